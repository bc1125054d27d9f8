#include "common/text/utf8.h"

#include <algorithm>
#include <cstdint>

namespace sightline {

int Utf8Length(absl::string_view text) {
  if (text.empty()) return 0;
  const auto byte = [text](size_t i) {
    return static_cast<unsigned char>(text[i]);
  };
  if (byte(0) < 0x80) return 1;
  size_t length = 0;
  uint32_t code = 0;
  if ((byte(0) & 0xe0) == 0xc0) {
    length = 2;
    code = byte(0) & 0x1f;
  } else if ((byte(0) & 0xf0) == 0xe0) {
    length = 3;
    code = byte(0) & 0x0f;
  } else if ((byte(0) & 0xf8) == 0xf0) {
    length = 4;
    code = byte(0) & 0x07;
  }
  if (length == 0 || text.size() < length) return 0;
  for (size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
    code = code << 6 | (byte(i) & 0x3f);
  }
  constexpr uint32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = code >= 0xd800 && code <= 0xdfff;
  if (code < kSmallest[length] || code > 0x10ffff || surrogate) return 0;
  return static_cast<int>(length);
}

int CountCharacters(absl::string_view text) {
  int count = 0;
  while (!text.empty()) {
    text.remove_prefix(std::max(1, Utf8Length(text)));
    ++count;
  }
  return count;
}

}  // namespace sightline
