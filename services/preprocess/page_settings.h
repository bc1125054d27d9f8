// A request's options, checked once.
#ifndef SIGHTLINE_SERVICES_PREPROCESS_PAGE_SETTINGS_H_
#define SIGHTLINE_SERVICES_PREPROCESS_PAGE_SETTINGS_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/preprocess/engine/pipeline/pipeline.h"
#include "sightline/preprocess/v1/preprocess.pb.h"

namespace sightline::preprocess {

// Immutable.
class PageSettings {
 public:
  // `path`: the message's place in the request. Errors: InvalidArgument
  // PREPROCESS_PARAMETER_INVALID with every field that is wrong,
  // OUTPUT_INVALID.
  static absl::StatusOr<PageSettings> Create(
      const v1::PreprocessOptions& options, absl::string_view path);

  // For a page whose file says `dots_per_inch` (0: nothing). Errors:
  // PREPROCESS_PARAMETER_INVALID for a target resolution that such a page
  // cannot be brought to.
  absl::StatusOr<Pipeline> PipelineFor(double dots_per_inch) const;

  // The resolution that counts for such a page: the request's, if it gives one.
  double ResolutionOf(double dots_per_inch) const;

  const v1::PageOutput& output() const { return options_.output(); }
  // Its place in the request.
  std::string output_path() const { return path_ + ".output"; }
  bool is_cpu_only() const { return options_.device() == v1::DEVICE_CPU; }

 private:
  PageSettings() = default;

  std::string path_;
  v1::PreprocessOptions options_;
};

// Whether a request's resolution may be one. `path`: its place. Errors:
// PREPROCESS_PARAMETER_INVALID.
absl::Status CheckResolution(double dots_per_inch, absl::string_view path);

}  // namespace sightline::preprocess

#endif  // SIGHTLINE_SERVICES_PREPROCESS_PAGE_SETTINGS_H_
