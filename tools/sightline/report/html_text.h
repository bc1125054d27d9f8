// Text and bytes made fit for an HTML page.
#ifndef SIGHTLINE_TOOLS_SIGHTLINE_REPORT_HTML_TEXT_H_
#define SIGHTLINE_TOOLS_SIGHTLINE_REPORT_HTML_TEXT_H_

#include <string>

#include "absl/strings/string_view.h"

namespace sightline::cli {

// `text` for element content and for attribute values in quotes: markup shows
// as written. Bytes that are not UTF-8 and control characters become U+FFFD.
std::string HtmlText(absl::string_view text);

// The same where the direction of writing in `text` must not reach what stands
// around it: names of files and labels, in <bdi>.
std::string HtmlName(absl::string_view text);

// "data:image/jpeg;base64,..." of a JPEG or PNG file; empty for anything else.
std::string ImageDataUri(absl::string_view file);

// "'sha256-...'": a source of a content security policy, this style or script
// and no other.
std::string PolicySource(absl::string_view text);

}  // namespace sightline::cli

#endif  // SIGHTLINE_TOOLS_SIGHTLINE_REPORT_HTML_TEXT_H_
