// Text of others made fit for a terminal.
#ifndef SIGHTLINE_TOOLS_SIGHTLINE_TEXT_PRINTABLE_H_
#define SIGHTLINE_TOOLS_SIGHTLINE_TEXT_PRINTABLE_H_

#include <string>

#include "absl/strings/string_view.h"

namespace sightline::cli {

// `text` with control characters, which could move the cursor or recolour the
// screen, replaced by '?', and line breaks and tabs by spaces.
std::string Printable(absl::string_view text);

}  // namespace sightline::cli

#endif  // SIGHTLINE_TOOLS_SIGHTLINE_TEXT_PRINTABLE_H_
