#include "tools/sightline/input/message_file.h"

#include <sys/stat.h>

#include <filesystem>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "sightline/grade/v1/layout.pb.h"
#include "tests/support/files/temporary_folder.h"

namespace sightline::cli {
namespace {

using grade::v1::SheetLayout;
using ::testing::EndsWith;
using ::testing::HasSubstr;

class MessageFile : public testing::Test {
 protected:
  absl::Status Parse(const std::string& text,
                     const MessageFileOptions& options = {}) {
    layout_.Clear();
    return ParseMessageText(text, "layout.json", folder_.Path("forms"), options,
                            &layout_);
  }

  TemporaryFolder folder_;
  SheetLayout layout_;
};

TEST_F(MessageFile, ReadsALayoutWithPicturesFromFiles) {
  folder_.Write("forms/page.png", std::string("\x89PNG\0pixels", 11));
  folder_.Write("forms/marks/ring.jpg", "ring");
  const std::string path = folder_.Write("forms/layout.json", R"({
    "name": "form", "page": {"width": 1000, "height": 1400.5},
    "reference": {"file": "page.png", "page": 2},
    "markers": [{"kind": "MARKER_KIND_IMAGE",
                 "image": {"file": "marks/ring.jpg"}},
                {"kind": "MARKER_KIND_IMAGE", "image": "cmluZw=="}],
    "blocks": [{"valueGap": 30, "field_gap": "40", "values": null}]
  })");
  ASSERT_TRUE(ReadMessageFile(path, {}, &layout_).ok());
  EXPECT_EQ(layout_.reference().encoded(), std::string("\x89PNG\0pixels", 11));
  EXPECT_EQ(layout_.reference().page(), 2);
  EXPECT_EQ(layout_.markers(0).image(), "ring");
  EXPECT_EQ(layout_.markers(1).image(), "ring");
  EXPECT_EQ(layout_.page().height(), 1400.5);
  EXPECT_EQ(layout_.blocks(0).value_gap(), 30);
  EXPECT_EQ(layout_.blocks(0).field_gap(), 40);
}

TEST_F(MessageFile, SaysWhereAndWhatIsWrong) {
  folder_.Write("forms/page.png", "png");
  const struct {
    const char* text;
    const char* message;
  } kCases[] = {
      {"{\n  \"blocks\": [{}, {\"orgin\": {}}]\n}",
       "layout.json:2:19: blocks[1]: there is no field \"orgin\"; \"origin\"?"},
      {"{\"quite_something_else\": 1}",
       "layout.json:1:2: there is no field \"quite_something_else\""},
      {"[]", "layout.json:1:1: expects an object, not a list"},
      {"{\"page\": 3}", "page: expects an object, not a number"},
      {"{\"page\": {\"width\": \"wide\"}}", "page.width: expects a number"},
      {"{\"page\": {\"width\": true}}",
       "page.width: expects a number, not true or false"},
      {"{\"blocks\": {}}", "blocks: expects a list, not an object"},
      {"{\"blocks\": [{\"labels\": [1]}]}",
       "blocks[0].labels[0]: expects a string, not a number"},
      {"{\"blocks\": [{\"kind\": \"INTEGER\"}]}",
       "\"INTEGER\" is not one of its values; \"FIELD_KIND_INTEGER\"?"},
      {"{\"blocks\": [{\"kind\": \"FIELD_KIND_INTEGR\"}]}",
       "\"FIELD_KIND_INTEGER\"?"},
      {"{\"alignment\": {\"options\": {\"max_features\": 1.5}}}",
       "expects a whole number"},
      {"{\"alignment\": {\"options\": {\"max_features\": 3000000000}}}",
       "too large"},
      {"{\"alignment\": {\"options\": {\"enhance\": 1}}}",
       "expects true or false"},
      {"{\"markers\": [{\"image\": \"no base64!\"}]}",
       "markers[0].image: expects base64, or {\"file\": \"name\"}"},
      {"{\"markers\": [{\"image\": {\"path\": \"x\"}}]}", "expects base64"},
      {"{\"reference\": {\"file\": \"none.png\"}}",
       "reference: \"none.png\": No such file"},
      {"{\"reference\": {\"file\": 3}}", "expects a string"},
      {"{\"reference\": {\"file\": \"\"}}", "names no file"},
      {"{\"reference\": {\"file\": \"page.png\", \"encoded\": \"\"}}",
       "\"encoded\" does not go with \"file\""},
      {"{\"name\": \"x\"", "layout.json: line 1, column 13: expected , or }"},
  };
  for (const auto& test : kCases) {
    const absl::Status status = Parse(test.text);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << test.text;
    EXPECT_THAT(std::string(status.message()), HasSubstr(test.message));
    ASSERT_TRUE(DetailsOf(status).has_value());
    EXPECT_EQ(DetailsOf(status)->reason, "FILE_INVALID");
  }
}

TEST_F(MessageFile, NeverReadsOutsideItsFolder) {
  folder_.Write("secret", "secret");
  folder_.Write("forms-of-others/x", "secret");
  folder_.Write("forms/inside/page.png", "fine");
  std::filesystem::create_symlink(folder_.Path("secret"),
                                  folder_.Path("forms/link.png"));
  std::filesystem::create_directory_symlink(folder_.path(),
                                            folder_.Path("forms/up"));
  std::filesystem::create_symlink("inside/page.png",
                                  folder_.Path("forms/good.png"));
  const auto read = [&](const std::string& file,
                        const MessageFileOptions& options = {}) {
    return Parse(absl::StrCat("{\"reference\": {\"file\": \"", file, "\"}}"),
                 options);
  };
  for (const std::string& file :
       {std::string("../secret"), std::string("inside/../../secret"),
        std::string("../forms-of-others/x"), folder_.Path("secret"),
        std::string("link.png"), std::string("up/secret"),
        std::string("/etc/passwd")}) {
    const absl::Status status = read(file);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << file;
    EXPECT_THAT(std::string(status.message()),
                HasSubstr("lies outside the folder"))
        << file;
    EXPECT_EQ(layout_.reference().encoded(), "");
  }
  EXPECT_TRUE(read("good.png").ok());
  EXPECT_TRUE(read("inside/../inside/page.png").ok());
  EXPECT_EQ(layout_.reference().encoded(), "fine");
  MessageFileOptions outside;
  outside.allow_outside = true;
  EXPECT_TRUE(read("../secret", outside).ok());
  EXPECT_EQ(layout_.reference().encoded(), "secret");
}

TEST_F(MessageFile, RefusesWhatIsNoOrdinaryFile) {
  folder_.Write("forms/page.png", std::string(2000, 'x'));
  ASSERT_EQ(mkfifo(folder_.Path("forms/pipe").c_str(), 0600), 0);
  const auto message = [&](const std::string& file,
                           const MessageFileOptions& options = {}) {
    return std::string(
        Parse(absl::StrCat("{\"reference\": {\"file\": \"", file, "\"}}"),
              options)
            .message());
  };
  EXPECT_THAT(message("pipe"), EndsWith("not a regular file"));
  EXPECT_THAT(message("."), EndsWith("not a regular file"));
  MessageFileOptions outside;
  outside.allow_outside = true;
  EXPECT_THAT(message("/dev/zero", outside), EndsWith("not a regular file"));
  EXPECT_THAT(message("page.png", {false, 1999, nullptr}),
              EndsWith("larger than 1999 bytes"));
  EXPECT_EQ(message("page.png", {false, 2000, nullptr}), "");
  EXPECT_THAT(message("a\\u0000b"), EndsWith("is no file name"));
}

TEST_F(MessageFile, SaysWhyItCannotBeRead) {
  const auto reason = [&](const std::string& path,
                          const MessageFileOptions& options = {}) {
    return DetailsOf(ReadMessageFile(path, options, &layout_))->reason;
  };
  EXPECT_EQ(reason(folder_.Path("none.json")), "FILE_NOT_FOUND");
  EXPECT_EQ(reason(folder_.path()), "FILE_UNREADABLE");
  MessageFileOptions options;
  options.limit_bytes = 5;
  EXPECT_EQ(reason(folder_.Write("long.json", "{     }"), options),
            "FILE_TOO_LARGE");
}

TEST_F(MessageFile, TellsWhichFilesBelongToIt) {
  folder_.Write("forms/page.png", "png");
  std::vector<std::string> named;
  MessageFileOptions options;
  options.named_files = &named;
  ASSERT_TRUE(Parse("{\"reference\": {\"file\": \"page.png\"}}", options).ok());
  EXPECT_THAT(named, testing::ElementsAre(EndsWith("forms/page.png")));
}

}  // namespace
}  // namespace sightline::cli
