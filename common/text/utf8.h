// Just enough of UTF-8: where characters begin, and which bytes are none.
#ifndef SIGHTLINE_COMMON_TEXT_UTF8_H_
#define SIGHTLINE_COMMON_TEXT_UTF8_H_

#include "absl/strings/string_view.h"

namespace sightline {

// Bytes of the character that `text` begins with, 1..4; 0 when it begins with
// none (empty, a stray continuation, overlong, a surrogate, cut off).
int Utf8Length(absl::string_view text);

// Number of characters; a byte that belongs to none counts as one.
int CountCharacters(absl::string_view text);

}  // namespace sightline

#endif  // SIGHTLINE_COMMON_TEXT_UTF8_H_
