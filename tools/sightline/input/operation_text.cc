#include "tools/sightline/input/operation_text.h"

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "tools/sightline/arguments.h"

namespace sightline::cli {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

absl::Status Fail(absl::string_view operation, absl::string_view problem) {
  return Error(absl::StatusCode::kInvalidArgument, "FLAG_INVALID")
      .Message(absl::StrCat("--operation ", operation, ": ", problem));
}

std::vector<std::string> FieldNames(const Descriptor& type) {
  std::vector<std::string> names;
  for (int i = 0; i < type.field_count(); ++i) {
    names.push_back(type.field(i)->name());
  }
  return names;
}

// What is wrong with `name`, which is no field of `type`.
std::string Unknown(absl::string_view kind, absl::string_view name,
                    const Descriptor& type) {
  const std::vector<std::string> names = FieldNames(type);
  const std::string nearest = NearestWord(name, names);
  std::string known = absl::StrCat("; there are ", absl::StrJoin(names, ", "));
  if (names.empty()) known = "; it has none";
  return absl::StrCat(
      "there is no ", kind, " \"", name, "\"",
      nearest.empty() ? known : absl::StrCat("; \"", nearest, "\"?"));
}

// "CROSS" of "ELEMENT_SHAPE_CROSS".
std::vector<std::string> EnumWords(const EnumDescriptor& type) {
  // All names begin with what the first one has before UNSPECIFIED.
  const size_t prefix =
      type.value(0)->name().size() - std::string("UNSPECIFIED").size();
  std::vector<std::string> words;
  for (int i = 1; i < type.value_count(); ++i) {
    words.push_back(
        absl::AsciiStrToLower(type.value(i)->name().substr(prefix)));
  }
  return words;
}

// Returns what is wrong with `text`, or "".
std::string SetValue(const FieldDescriptor& field, const std::string& text,
                     Message& message) {
  const auto& reflection = *message.GetReflection();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32: {
      int32_t value = 0;
      if (!absl::SimpleAtoi(text, &value)) return "expects a whole number";
      reflection.SetInt32(&message, &field, value);
      return "";
    }
    case FieldDescriptor::CPPTYPE_DOUBLE: {
      double value = 0;
      if (!absl::SimpleAtod(text, &value) || !std::isfinite(value)) {
        return "expects a number";
      }
      reflection.SetDouble(&message, &field, value);
      return "";
    }
    case FieldDescriptor::CPPTYPE_BOOL: {
      bool value = false;
      if (!absl::SimpleAtob(text, &value)) return "expects true or false";
      reflection.SetBool(&message, &field, value);
      return "";
    }
    case FieldDescriptor::CPPTYPE_ENUM: {
      const std::vector<std::string> words = EnumWords(*field.enum_type());
      for (size_t i = 0; i < words.size(); ++i) {
        if (words[i] != absl::AsciiStrToLower(text)) continue;
        reflection.SetEnum(&message, &field,
                           field.enum_type()->value(static_cast<int>(i) + 1));
        return "";
      }
      return absl::StrCat("expects one of ", absl::StrJoin(words, ", "));
    }
    default:
      return "is a group of parameters";
  }
}

// Sets "clip_limit=2" or "despeckle.contrast=80"; returns what is wrong, or "".
std::string SetParameter(absl::string_view assignment, Message* message) {
  const size_t equals = assignment.find('=');
  if (equals == absl::string_view::npos) {
    return absl::StrCat("\"", assignment, "\" has no value; write NAME=VALUE");
  }
  const std::vector<std::string> path =
      absl::StrSplit(assignment.substr(0, equals), '.');
  const std::string value(
      absl::StripAsciiWhitespace(assignment.substr(equals + 1)));
  for (size_t i = 0; i < path.size(); ++i) {
    const std::string name(absl::StripAsciiWhitespace(path[i]));
    const FieldDescriptor* field =
        message->GetDescriptor()->FindFieldByName(name);
    if (field == nullptr) {
      return Unknown("parameter", name, *message->GetDescriptor());
    }
    const auto& reflection = *message->GetReflection();
    if (i + 1 < path.size()) {
      if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) {
        return absl::StrCat("\"", name, "\" has no parameters of its own");
      }
      message = reflection.MutableMessage(message, field);
      continue;
    }
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      return absl::StrCat(
          "\"", name, "\" is a group of parameters; write ",
          absl::StrJoin(FieldNames(*field->message_type()), ", ",
                        [&](std::string* out, const std::string& member) {
                          absl::StrAppend(out, name, ".", member, "=...");
                        }));
    }
    if (field->has_presence() && reflection.HasField(*message, field)) {
      return absl::StrCat("\"", name, "\" is given twice");
    }
    const auto* choice = field->real_containing_oneof();
    if (choice != nullptr && reflection.HasOneof(*message, choice)) {
      return absl::StrCat(
          "\"", name, "\" does not go with \"",
          reflection.GetOneofFieldDescriptor(*message, choice)->name(), "\"");
    }
    const std::string problem = SetValue(*field, value, *message);
    if (!problem.empty()) {
      return absl::StrCat(name, " ", problem, ", not \"", value, "\"");
    }
  }
  return "";
}

}  // namespace

absl::StatusOr<preprocess::v1::Operation> ParseOperation(
    absl::string_view text) {
  preprocess::v1::Operation operation;
  const size_t colon = text.find(':');
  const std::string name(absl::StripAsciiWhitespace(text.substr(0, colon)));
  const FieldDescriptor* field =
      operation.GetDescriptor()->FindFieldByName(name);
  if (field == nullptr) {
    return Fail(text, Unknown("operation", name, *operation.GetDescriptor()));
  }
  Message* parameters =
      operation.GetReflection()->MutableMessage(&operation, field);
  if (colon == absl::string_view::npos) return operation;
  for (absl::string_view assignment :
       absl::StrSplit(text.substr(colon + 1), ',')) {
    const std::string problem = SetParameter(assignment, parameters);
    if (!problem.empty()) return Fail(text, problem);
  }
  return operation;
}

}  // namespace sightline::cli
