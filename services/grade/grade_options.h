// Options of a request, with the server's own limits applied.
#ifndef SIGHTLINE_SERVICES_GRADE_GRADE_OPTIONS_H_
#define SIGHTLINE_SERVICES_GRADE_GRADE_OPTIONS_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "common/image/sniff.h"
#include "services/grade/engine/sheet_reader.h"
#include "sightline/grade/v1/grade.pb.h"

namespace sightline::grade {

// What the operator decides.
struct GradeLimits {
  ImageLimits image;
  // Fields read at a time by requests that do not say.
  int batch_size = 15;
  // DecodeOptions::min_long_side: what reading needs to see bubbles clearly.
  int min_long_side = 1600;

  // From the flag --omr_batch_size. Errors: InvalidArgument BAD_CONFIGURATION.
  static absl::StatusOr<GradeLimits> FromFlags();
};

// Name of the OMR memory guide for that flag.
std::vector<std::pair<std::string, std::string>> GradeEnvironmentAliases();

// How doubtful fields are cut out.
struct CropSettings {
  int max_side = 400;
  int max_count = 100;
  common::v1::ImageOutput output;
};

// A checked request's options.
struct GradeSettings {
  ReadOptions read;
  bool return_annotated = false;
  bool return_bubbles = false;
  common::v1::ImageOutput output;
  int annotated_width = 1000;
  bool return_crops = false;
  CropSettings crop;
};

// `page_width`: the layout's, an upper bound of the default image width.
// Errors: InvalidArgument GRADE_OPTIONS_INVALID with the field's path below
// the message.
absl::StatusOr<GradeSettings> ToSettings(const v1::GradeOptions& options,
                                         const GradeLimits& limits,
                                         double page_width);

}  // namespace sightline::grade

#endif  // SIGHTLINE_SERVICES_GRADE_GRADE_OPTIONS_H_
