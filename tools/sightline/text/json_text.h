// JSON files that people write: read by common/text, and back to text here.
#ifndef SIGHTLINE_TOOLS_SIGHTLINE_TEXT_JSON_TEXT_H_
#define SIGHTLINE_TOOLS_SIGHTLINE_TEXT_JSON_TEXT_H_

#include <string>

#include "common/text/json_text.h"

namespace sightline::cli {

// Compact JSON text of `value`.
std::string ToText(const JsonValue& value);

}  // namespace sightline::cli

#endif  // SIGHTLINE_TOOLS_SIGHTLINE_TEXT_JSON_TEXT_H_
