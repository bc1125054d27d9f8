// A number of bytes as a flag: "512MiB", "64 KiB", "1048576".
#ifndef SIGHTLINE_COMMON_SERVER_BYTE_SIZE_H_
#define SIGHTLINE_COMMON_SERVER_BYTE_SIZE_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace sightline {

struct ByteSize {
  int64_t bytes = 0;
};

// A non-negative number, optionally followed by B, KB, MB, GB (powers of 1000)
// or Ki, KiB, Mi, MiB, Gi, GiB (powers of 1024), case-insensitive. False with
// `error` set for anything else. Found by absl flags through ADL.
bool AbslParseFlag(absl::string_view text, ByteSize* size, std::string* error);
std::string AbslUnparseFlag(ByteSize size);

}  // namespace sightline

#endif  // SIGHTLINE_COMMON_SERVER_BYTE_SIZE_H_
