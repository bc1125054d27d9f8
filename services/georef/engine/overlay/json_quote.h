// Text and numbers as JSON writes them.
#ifndef SIGHTLINE_SERVICES_GEOREF_ENGINE_OVERLAY_JSON_QUOTE_H_
#define SIGHTLINE_SERVICES_GEOREF_ENGINE_OVERLAY_JSON_QUOTE_H_

#include <charconv>
#include <string>

#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"

namespace sightline::georef {

// `utf8` in quotes; other characters than quotes, backslashes and control
// characters stay as they are.
inline std::string JsonQuoted(absl::string_view utf8) {
  std::string quoted = "\"";
  for (const char c : utf8) {
    if (c == '"' || c == '\\') {
      quoted += '\\';
      quoted += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      absl::StrAppendFormat(&quoted, "\\u%04x", static_cast<int>(c));
    } else {
      quoted += c;
    }
  }
  return quoted + "\"";
}

// The shortest text that is read back to the same finite number.
inline std::string JsonNumber(double number) {
  char text[32];
  return {text, std::to_chars(text, text + sizeof(text), number).ptr};
}

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_ENGINE_OVERLAY_JSON_QUOTE_H_
