#include "common/server/byte_size.h"

#include <array>
#include <cmath>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace sightline {
namespace {

struct Unit {
  const char* name;
  int64_t bytes;
};
constexpr int64_t kKi = 1024;
constexpr std::array<Unit, 13> kUnits = {{{"", 1},
                                          {"b", 1},
                                          {"kb", 1000},
                                          {"mb", 1000 * 1000},
                                          {"gb", 1000 * 1000 * 1000},
                                          {"k", 1000},
                                          {"m", 1000 * 1000},
                                          {"ki", kKi},
                                          {"kib", kKi},
                                          {"mi", kKi* kKi},
                                          {"mib", kKi* kKi},
                                          {"gi", kKi* kKi* kKi},
                                          {"gib", kKi* kKi* kKi}}};

}  // namespace

bool AbslParseFlag(absl::string_view text, ByteSize* size, std::string* error) {
  text = absl::StripAsciiWhitespace(text);
  const size_t end = text.find_first_not_of("0123456789.");
  const absl::string_view number = text.substr(0, end);
  const std::string unit =
      end == absl::string_view::npos
          ? ""
          : absl::AsciiStrToLower(absl::StripAsciiWhitespace(text.substr(end)));
  double value = 0;
  if (absl::SimpleAtod(number, &value) && std::isfinite(value) && value >= 0) {
    for (const Unit& candidate : kUnits) {
      const double bytes = value * static_cast<double>(candidate.bytes);
      if (unit == candidate.name && bytes < 9e18) {
        size->bytes = static_cast<int64_t>(bytes);
        return true;
      }
    }
  }
  *error = absl::StrCat("'", text, "' is not a size such as 512MiB or 1048576");
  return false;
}

std::string AbslUnparseFlag(ByteSize size) {
  if (size.bytes > 0 && size.bytes % (kKi * kKi) == 0) {
    return absl::StrCat(size.bytes / (kKi * kKi), "MiB");
  }
  return absl::StrCat(size.bytes);
}

}  // namespace sightline
