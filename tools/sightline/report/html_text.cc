#include "tools/sightline/report/html_text.h"

#include <openssl/sha.h>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/text/utf8.h"

namespace sightline::cli {

std::string HtmlText(absl::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const int length = Utf8Length(text);
    const auto byte = static_cast<unsigned char>(text[0]);
    if (length == 0 || byte == 0x7f ||
        (byte < 0x20 && byte != '\n' && byte != '\t')) {
      out += "\xef\xbf\xbd";
      text.remove_prefix(1);
      continue;
    }
    switch (byte) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        absl::StrAppend(&out, text.substr(0, length));
    }
    text.remove_prefix(length);
  }
  return out;
}

std::string HtmlName(absl::string_view text) {
  return absl::StrCat("<bdi>", HtmlText(text), "</bdi>");
}

std::string ImageDataUri(absl::string_view file) {
  absl::string_view type;
  if (absl::StartsWith(file, "\xff\xd8\xff")) {
    type = "jpeg";
  } else if (absl::StartsWith(file, "\x89PNG\r\n\x1a\n")) {
    type = "png";
  } else {
    return "";
  }
  return absl::StrCat("data:image/", type, ";base64,",
                      absl::Base64Escape(file));
}

std::string PolicySource(absl::string_view text) {
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(),
         digest);
  return absl::StrCat(
      "'sha256-",
      absl::Base64Escape(absl::string_view(
          reinterpret_cast<const char*>(digest), sizeof(digest))),
      "'");
}

}  // namespace sightline::cli
