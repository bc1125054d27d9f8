#include "common/server/flag_range.h"

#include "absl/strings/str_cat.h"
#include "common/server/reasons.h"
#include "common/status/error.h"

namespace sightline {

absl::Status CheckFlagRange(absl::string_view flag, int64_t value,
                            int64_t least, int64_t most) {
  if (value >= least && value <= most) return absl::OkStatus();
  return Error(absl::StatusCode::kInvalidArgument, kBadConfiguration)
      .Message(absl::StrCat("--", flag, " is ", value, "; ", least, " to ",
                            most, " are allowed"));
}

}  // namespace sightline
