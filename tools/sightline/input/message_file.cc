#include "tools/sightline/input/message_file.h"

#include <cmath>
#include <filesystem>
#include <map>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/util/json_util.h"
#include "tools/sightline/arguments.h"
#include "tools/sightline/input/read_file.h"
#include "tools/sightline/text/json_text.h"

namespace sightline::cli {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::OneofDescriptor;
using Kind = JsonValue::Kind;

constexpr char kImageMessage[] = "sightline.common.v1.Image";

// Checks a JSON tree against a message type and replaces every
// {"file": ...} by what protobuf expects there.
class MessageShape {
 public:
  MessageShape(absl::string_view name, const std::string& folder,
               const MessageFileOptions& options)
      : name_(name), folder_(folder), options_(options) {}

  absl::Status Check(JsonValue& value, const Descriptor& type,
                     const std::string& path) const {
    if (absl::StartsWith(type.full_name(), "google.protobuf.")) {
      return absl::OkStatus();
    }
    SL_RETURN_IF_ERROR(Expect(value, Kind::kObject, path));
    if (type.full_name() == kImageMessage && value.Find("file") != nullptr) {
      return ResolveImage(value, path);
    }
    // Protobuf's parser takes one of each kind, and says nothing of places.
    std::map<const OneofDescriptor*, std::string> chosen;
    for (JsonMember& member : value.members) {
      const FieldDescriptor* field = FindField(type, member.name);
      if (field == nullptr) return UnknownField(member, type, path);
      const OneofDescriptor* choice = field->real_containing_oneof();
      if (choice != nullptr && member.value.kind != Kind::kNull) {
        const auto [other, is_first] = chosen.try_emplace(choice, member.name);
        if (!is_first) {
          return Fail(member.position, path,
                      absl::StrCat("\"", member.name, "\" does not go with \"",
                                   other->second, "\""));
        }
      }
      const std::string below =
          absl::StrCat(path, path.empty() ? "" : ".", member.name);
      SL_RETURN_IF_ERROR(CheckField(member.value, *field, below));
    }
    return absl::OkStatus();
  }

 private:
  absl::Status Fail(TextPosition position, absl::string_view path,
                    absl::string_view problem) const {
    return Error(absl::StatusCode::kInvalidArgument, "FILE_INVALID")
        .Message(absl::StrCat(name_, ":", position.line, ":", position.column,
                              ": ", path, path.empty() ? "" : ": ", problem));
  }

  absl::Status Expect(const JsonValue& value, Kind kind,
                      absl::string_view path) const {
    if (value.kind == kind) return absl::OkStatus();
    return Fail(value.position, path,
                absl::StrCat("expects ", KindName(kind), ", not ",
                             KindName(value.kind)));
  }

  static const FieldDescriptor* FindField(const Descriptor& type,
                                          const std::string& name) {
    for (int i = 0; i < type.field_count(); ++i) {
      const FieldDescriptor* field = type.field(i);
      if (field->name() == name || field->json_name() == name) return field;
    }
    return nullptr;
  }

  absl::Status UnknownField(const JsonMember& member, const Descriptor& type,
                            absl::string_view path) const {
    std::vector<std::string> names;
    for (int i = 0; i < type.field_count(); ++i) {
      names.push_back(type.field(i)->name());
    }
    const std::string nearest = NearestWord(member.name, names);
    return Fail(
        member.position, path,
        absl::StrCat(
            "there is no field \"", member.name, "\"",
            nearest.empty() ? "" : absl::StrCat("; \"", nearest, "\"?")));
  }

  absl::Status CheckField(JsonValue& value, const FieldDescriptor& field,
                          const std::string& path) const {
    // null means "not set" in protobuf's JSON.
    if (value.kind == Kind::kNull || field.is_map()) return absl::OkStatus();
    if (!field.is_repeated()) return CheckSingle(value, field, path);
    SL_RETURN_IF_ERROR(Expect(value, Kind::kArray, path));
    for (size_t i = 0; i < value.items.size(); ++i) {
      SL_RETURN_IF_ERROR(
          CheckSingle(value.items[i], field, absl::StrCat(path, "[", i, "]")));
    }
    return absl::OkStatus();
  }

  absl::Status CheckSingle(JsonValue& value, const FieldDescriptor& field,
                           const std::string& path) const {
    switch (field.type()) {
      case FieldDescriptor::TYPE_MESSAGE:
        return Check(value, *field.message_type(), path);
      case FieldDescriptor::TYPE_BYTES:
        return CheckBytes(value, path);
      case FieldDescriptor::TYPE_ENUM:
        return CheckEnum(value, *field.enum_type(), path);
      case FieldDescriptor::TYPE_BOOL:
        return Expect(value, Kind::kBool, path);
      case FieldDescriptor::TYPE_STRING:
        return Expect(value, Kind::kString, path);
      default:
        return CheckNumber(value, field, path);
    }
  }

  absl::Status CheckNumber(const JsonValue& value, const FieldDescriptor& field,
                           const std::string& path) const {
    // Protobuf writes 64-bit numbers as strings, and reads all of them so.
    if (value.kind != Kind::kNumber && value.kind != Kind::kString) {
      return Expect(value, Kind::kNumber, path);
    }
    double number = 0;
    if (!absl::SimpleAtod(value.text, &number) || !std::isfinite(number)) {
      return Fail(value.position, path, "expects a number");
    }
    const bool whole = field.cpp_type() == FieldDescriptor::CPPTYPE_INT32 ||
                       field.cpp_type() == FieldDescriptor::CPPTYPE_UINT32 ||
                       field.cpp_type() == FieldDescriptor::CPPTYPE_INT64 ||
                       field.cpp_type() == FieldDescriptor::CPPTYPE_UINT64;
    if (whole && number != std::floor(number)) {
      return Fail(value.position, path, "expects a whole number");
    }
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_INT32 &&
        std::abs(number) > 2147483647.0) {
      return Fail(value.position, path, "is too large a number");
    }
    return absl::OkStatus();
  }

  absl::Status CheckEnum(const JsonValue& value, const EnumDescriptor& type,
                         const std::string& path) const {
    if (value.kind == Kind::kNumber) return absl::OkStatus();
    SL_RETURN_IF_ERROR(Expect(value, Kind::kString, path));
    if (type.FindValueByName(value.text) != nullptr) return absl::OkStatus();
    std::vector<std::string> names;
    std::string meant;
    const std::string ending =
        absl::StrCat("_", absl::AsciiStrToUpper(value.text));
    for (int i = 0; i < type.value_count(); ++i) {
      names.push_back(type.value(i)->name());
      // "INTEGER" instead of "FIELD_KIND_INTEGER".
      if (absl::EndsWith(names.back(), ending)) meant = names.back();
    }
    if (meant.empty()) meant = NearestWord(value.text, names);
    return Fail(
        value.position, path,
        absl::StrCat("\"", value.text, "\" is not one of its values",
                     meant.empty() ? "" : absl::StrCat("; \"", meant, "\"?")));
  }

  absl::Status CheckBytes(JsonValue& value, const std::string& path) const {
    if (value.kind == Kind::kString) {
      std::string ignored;
      if (absl::Base64Unescape(value.text, &ignored) ||
          absl::WebSafeBase64Unescape(value.text, &ignored)) {
        return absl::OkStatus();
      }
      return Fail(value.position, path,
                  "expects base64, or {\"file\": \"name\"}");
    }
    if (value.kind != Kind::kObject || value.members.size() != 1 ||
        value.members[0].name != "file") {
      return Fail(value.position, path,
                  "expects base64, or {\"file\": \"name\"}");
    }
    SL_ASSIGN_OR_RETURN(const std::string content,
                        ReadNamed(value.members[0].value, path));
    value = String(content, value.position);
    return absl::OkStatus();
  }

  absl::Status ResolveImage(JsonValue& value, const std::string& path) const {
    for (JsonMember& member : value.members) {
      if (member.name == "page") {
        SL_RETURN_IF_ERROR(Expect(member.value, Kind::kNumber, path));
        continue;
      }
      if (member.name != "file") {
        return Fail(
            member.position, path,
            absl::StrCat("\"", member.name, "\" does not go with \"file\""));
      }
      SL_ASSIGN_OR_RETURN(const std::string content,
                          ReadNamed(member.value, path));
      member.value = String(content, member.position);
      member.name = "encoded";
    }
    return absl::OkStatus();
  }

  static JsonValue String(const std::string& content, TextPosition position) {
    JsonValue value;
    value.kind = Kind::kString;
    value.position = position;
    value.text = absl::Base64Escape(content);
    return value;
  }

  absl::StatusOr<std::string> ReadNamed(const JsonValue& value,
                                        const std::string& path) const {
    SL_RETURN_IF_ERROR(Expect(value, Kind::kString, path));
    const auto fail = [&](absl::string_view problem) {
      return Fail(value.position, path,
                  absl::StrCat("\"", value.text, "\": ", problem));
    };
    if (value.text.empty()) return fail("names no file");
    if (value.text.find('\0') != std::string::npos) {
      return fail("is no file name");
    }
    const std::filesystem::path base = folder_.empty() ? "." : folder_;
    std::filesystem::path file = base / value.text;
    if (!options_.allow_outside) {
      std::error_code error;
      const auto real_base = std::filesystem::canonical(base, error);
      if (error) return fail(error.message());
      const auto real_file = std::filesystem::canonical(file, error);
      if (error) return fail(error.message());
      const auto [end, ignored] =
          std::mismatch(real_base.begin(), real_base.end(), real_file.begin(),
                        real_file.end());
      if (end != real_base.end()) {
        return fail(
            "lies outside the folder of this file; --allow_outside permits it");
      }
      // What was checked is what is read.
      file = real_file;
    }
    absl::StatusOr<std::string> content =
        ReadFile(file.string(), options_.limit_bytes);
    if (!content.ok()) return fail(content.status().message());
    if (options_.named_files != nullptr) {
      options_.named_files->push_back(file.string());
    }
    return content;
  }

  const std::string name_;
  const std::string folder_;
  const MessageFileOptions& options_;
};

}  // namespace

absl::Status ParseMessageText(absl::string_view text, absl::string_view name,
                              const std::string& folder,
                              const MessageFileOptions& options,
                              google::protobuf::Message* message) {
  absl::StatusOr<JsonValue> tree = ParseJson(text);
  if (!tree.ok()) {
    return Error(absl::StatusCode::kInvalidArgument, "FILE_INVALID")
        .Message(absl::StrCat(name, ": ", tree.status().message()));
  }
  SL_RETURN_IF_ERROR(MessageShape(name, folder, options)
                         .Check(*tree, *message->GetDescriptor(), ""));
  const auto parsed =
      google::protobuf::util::JsonStringToMessage(ToText(*tree), message);
  if (!parsed.ok()) {
    return Error(absl::StatusCode::kInvalidArgument, "FILE_INVALID")
        .Message(absl::StrCat(
            name, ": ",
            std::string(parsed.message().data(), parsed.message().size())));
  }
  return absl::OkStatus();
}

absl::Status ReadMessageFile(const std::string& path,
                             const MessageFileOptions& options,
                             google::protobuf::Message* message) {
  SL_ASSIGN_OR_RETURN(const std::string text,
                      ReadFile(path, options.limit_bytes));
  return ParseMessageText(text, path,
                          std::filesystem::path(path).parent_path().string(),
                          options, message);
}

}  // namespace sightline::cli
