// Options of a request, with the server's own limits applied.
#ifndef SIGHTLINE_SERVICES_ALIGN_ALIGN_OPTIONS_H_
#define SIGHTLINE_SERVICES_ALIGN_ALIGN_OPTIONS_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "common/image/sniff.h"
#include "services/align/engine/page_registrar.h"
#include "sightline/align/v1/align.pb.h"

namespace sightline::align {

// What the operator decides.
struct AlignLimits {
  ImageLimits image;
  // Defaults of requests that give none, and upper bounds of those that do.
  int max_dimension = 2000;
  int sift_max_features = 1500;
  int downsample_size = 800;
  // Off: strategies that need more than a lean pod's memory may run whenever
  // the budget allows.
  bool optimize_memory = true;
  // References whose features are kept.
  int64_t reference_cache_bytes = int64_t{8} << 20;

  // From the flags --max_image_dimension, --sift_max_features,
  // --alignment_downsample_size, --memory_optimization_enabled,
  // --reference_cache_bytes. Errors: InvalidArgument BAD_CONFIGURATION.
  static absl::StatusOr<AlignLimits> FromFlags();
};

// Names of the OMR memory guide for those flags.
std::vector<std::pair<std::string, std::string>> AlignEnvironmentAliases();

// A checked request's options.
struct AlignSettings {
  RegistrationOptions registration;
  // DecodeOptions::min_long_side that keeps the scan near max_dimension.
  int min_long_side = 1600;
  bool return_image = false;
  bool return_mesh = false;
  common::v1::ImageOutput output;
  // 0: the page's own width.
  int output_width = 0;
};

// Errors: InvalidArgument OPTIONS_INVALID with the field's path below the
// message.
absl::StatusOr<AlignSettings> ToSettings(const v1::AlignOptions& options,
                                         const AlignLimits& limits);

}  // namespace sightline::align

#endif  // SIGHTLINE_SERVICES_ALIGN_ALIGN_OPTIONS_H_
