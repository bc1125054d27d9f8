#include "services/grade/engine/read_options.h"

#include "common/status/error.h"
#include "services/grade/engine/reasons.h"

namespace sightline::grade {

absl::Status CheckReadOptions(const ReadOptions& options) {
  Error error(absl::StatusCode::kInvalidArgument, kReadOptionInvalid);
  bool failed = false;
  const auto check = [&](bool ok, const char* field, const char* range) {
    if (ok) return;
    failed = true;
    error.Field(field, range);
  };
  check(!options.threshold.has_value() ||
            (*options.threshold >= 0 && *options.threshold <= 1),
        "threshold", "must be 0 to 1");
  check(options.batch_size >= 1 && options.batch_size <= 10000, "batch_size",
        "must be 1 to 10000");
  check(options.review_below >= 0 && options.review_below <= 1, "review_below",
        "must be 0 to 1");
  if (failed) return error;
  return absl::OkStatus();
}

}  // namespace sightline::grade
