// Pages to what goes out: pixels or files.
#ifndef SIGHTLINE_SERVICES_PREPROCESS_PAGE_OUTPUT_H_
#define SIGHTLINE_SERVICES_PREPROCESS_PAGE_OUTPUT_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/image/image.h"
#include "sightline/preprocess/v1/preprocess.pb.h"

namespace sightline::preprocess {

// Errors: InvalidArgument OUTPUT_INVALID (an unknown format, a quality out of
// 0..100), `path` being the message's place in the request.
absl::Status CheckPageOutput(const v1::PageOutput& output,
                             absl::string_view path);

// Upper bound of what a page of this size takes while it is written, and until
// the answer that holds it has gone out; of JPEG, for any page that is not made
// up to break it. `output` is a checked one.
int64_t PageOutputBytes(const v1::PageOutput& output, int width, int height);

// `dots_per_inch`: 0 where it is not known. `path`: the message's place in the
// request. Errors: those of the encoders, above all InvalidArgument
// IMAGE_NOT_BILEVEL.
absl::StatusOr<v1::Page> WritePage(const GrayImage& page,
                                   const v1::PageOutput& output,
                                   double dots_per_inch,
                                   absl::string_view path);

}  // namespace sightline::preprocess

#endif  // SIGHTLINE_SERVICES_PREPROCESS_PAGE_OUTPUT_H_
