#include "tools/sightline/report/html_text.h"

#include "absl/strings/escaping.h"
#include "gtest/gtest.h"

namespace sightline::cli {
namespace {

TEST(HtmlText, LeavesNoMarkup) {
  EXPECT_EQ(HtmlText("<script>alert('1' & \"2\")</script>"),
            "&lt;script&gt;alert(&#39;1&#39; &amp; &quot;2&quot;)"
            "&lt;/script&gt;");
  EXPECT_EQ(HtmlText("Übung 3 – 日本"), "Übung 3 – 日本");
  EXPECT_EQ(HtmlName("a<b"), "<bdi>a&lt;b</bdi>");
}

TEST(HtmlText, ReplacesWhatIsNoText) {
  EXPECT_EQ(HtmlText(std::string("a\0b\x1b\x7f", 5)),
            "a\xef\xbf\xbd"
            "b\xef\xbf\xbd\xef\xbf\xbd");
  // A byte that is not UTF-8 must not swallow the quote after it.
  EXPECT_EQ(HtmlText("\xe2\"\xff"), "\xef\xbf\xbd&quot;\xef\xbf\xbd");
}

TEST(ImageDataUri, TakesJpegAndPngAndNothingElse) {
  EXPECT_EQ(ImageDataUri("\xff\xd8\xff\xe0"),
            "data:image/jpeg;base64,/9j/4A==");
  const std::string png = "\x89PNG\r\n\x1a\nrest";
  EXPECT_EQ(ImageDataUri(png),
            "data:image/png;base64," + absl::Base64Escape(png));
  EXPECT_EQ(ImageDataUri("<svg onload=\"a()\"/>"), "");
  EXPECT_EQ(ImageDataUri(""), "");
}

}  // namespace
}  // namespace sightline::cli
