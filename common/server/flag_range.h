// Checks the values of a service's own flags.
#ifndef SIGHTLINE_COMMON_SERVER_FLAG_RANGE_H_
#define SIGHTLINE_COMMON_SERVER_FLAG_RANGE_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace sightline {

// InvalidArgument BAD_CONFIGURATION, naming the flag, its value and the range,
// unless `least` <= `value` <= `most`. The server then does not start.
absl::Status CheckFlagRange(absl::string_view flag, int64_t value,
                            int64_t least, int64_t most);

}  // namespace sightline

#endif  // SIGHTLINE_COMMON_SERVER_FLAG_RANGE_H_
