// What the operator decides.
#ifndef SIGHTLINE_SERVICES_PREPROCESS_PREPROCESS_LIMITS_H_
#define SIGHTLINE_SERVICES_PREPROCESS_PREPROCESS_LIMITS_H_

#include "absl/status/statusor.h"
#include "common/image/sniff.h"

namespace sightline::preprocess {

struct PreprocessLimits {
  ImageLimits image;
  // Threads that compute one page: at most so many, fewer while other pages are
  // computed. The bits do not depend on it.
  int page_threads = 1;
  // Parts of a page that one request may name.
  int max_regions = 10000;

  // From the flags --page_threads and --max_regions. Errors: InvalidArgument
  // BAD_CONFIGURATION.
  static absl::StatusOr<PreprocessLimits> FromFlags();
};

}  // namespace sightline::preprocess

#endif  // SIGHTLINE_SERVICES_PREPROCESS_PREPROCESS_LIMITS_H_
