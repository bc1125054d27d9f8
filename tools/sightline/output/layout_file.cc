#include "tools/sightline/output/layout_file.h"

#include <cstdint>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "google/protobuf/util/json_util.h"
#include "tools/sightline/input/read_file.h"
#include "tools/sightline/text/json_writer.h"

namespace sightline::cli {
namespace {

namespace fs = std::filesystem;

absl::StatusOr<std::string> MessageText(
    const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = true;
  options.preserve_proto_field_names = true;
  std::string text;
  const auto status =
      google::protobuf::util::MessageToJsonString(message, &text, options);
  if (!status.ok()) {
    return Error(absl::StatusCode::kInternal, "FILE_UNWRITABLE")
        .Message(absl::StrCat("the layout can't be written as JSON: ",
                              std::string(status.message())));
  }
  return text;
}

// Puts a mark in the place of pictures that have a file, and says what the
// mark, as JSON writes it, is to be replaced by.
class PictureNames {
 public:
  explicit PictureNames(const std::map<std::string, std::string>& files)
      : files_(files) {}

  void Replace(std::string* content) {
    const auto found = files_.find(*content);
    if (found == files_.end()) return;
    // No picture begins like this, and the number keeps marks apart.
    *content = absl::StrCat("picture of a layout, number ", names_.size());
    names_.emplace_back(
        absl::StrCat("\"", absl::Base64Escape(*content), "\""),
        absl::StrCat("{\"file\": ", JsonString(found->second), "}"));
  }

  // Those of all pages.
  void ReplaceIn(grade::v1::SheetLayout* layout) {
    for (align::v1::Marker& marker : *layout->mutable_markers()) {
      Replace(marker.mutable_image());
    }
    if (layout->reference().has_encoded()) {
      Replace(layout->mutable_reference()->mutable_encoded());
    }
    for (grade::v1::SheetLayout& page : *layout->mutable_more_pages()) {
      ReplaceIn(&page);
    }
  }

  const std::vector<std::pair<std::string, std::string>>& names() const {
    return names_;
  }

 private:
  const std::map<std::string, std::string>& files_;
  std::vector<std::pair<std::string, std::string>> names_;
};

}  // namespace

absl::StatusOr<std::string> LayoutText(
    grade::v1::SheetLayout layout,
    const std::map<std::string, std::string>& files) {
  PictureNames pictures(files);
  pictures.ReplaceIn(&layout);
  SL_ASSIGN_OR_RETURN(const std::string text, MessageText(layout));
  return absl::StrReplaceAll(text, pictures.names());
}

std::map<std::string, std::string> PicturesBeside(
    const std::string& out, const std::vector<std::string>& pictures) {
  std::map<std::string, std::string> names;
  if (out.empty()) return names;
  std::error_code error;
  const fs::path folder =
      fs::weakly_canonical(fs::absolute(out), error).parent_path();
  for (const std::string& picture : pictures) {
    const std::string name = fs::weakly_canonical(fs::absolute(picture), error)
                                 .lexically_relative(folder)
                                 .string();
    if (name.empty() || absl::StartsWith(name, "..")) continue;
    const auto content = ReadFile(picture, int64_t{32} << 20);
    if (content.ok()) names.emplace(*content, name);
  }
  return names;
}

absl::StatusOr<std::string> KeyText(const grade::v1::AnswerKey& key) {
  return MessageText(key);
}

}  // namespace sightline::cli
