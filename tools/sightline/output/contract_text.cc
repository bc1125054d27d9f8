#include "tools/sightline/output/contract_text.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "google/protobuf/descriptor.pb.h"
#include "tools/sightline/client/contract_comments.h"
#include "tools/sightline/text/json_writer.h"
#include "tools/sightline/text/printable.h"

namespace sightline::cli {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;

std::string CommentLines(const std::string& comment, absl::string_view indent) {
  std::string text;
  if (comment.empty()) return text;
  for (absl::string_view line :
       absl::StrSplit(absl::StripSuffix(comment, "\n"), '\n')) {
    absl::StrAppend(&text, indent, line.empty() ? "//" : "// ", Printable(line),
                    "\n");
  }
  return text;
}

std::string TypeName(const FieldDescriptor& field) {
  if (field.is_map()) {
    const Descriptor& entry = *field.message_type();
    return absl::StrCat("map<", TypeName(*entry.map_key()), ", ",
                        TypeName(*entry.map_value()), ">");
  }
  if (field.message_type() != nullptr) return field.message_type()->full_name();
  if (field.enum_type() != nullptr) return field.enum_type()->full_name();
  return field.type_name();
}

absl::string_view LabelOf(const FieldDescriptor& field) {
  if (field.is_map()) return "";
  if (field.is_repeated()) return "repeated ";
  // proto3's "optional".
  if (field.containing_oneof() != nullptr &&
      field.real_containing_oneof() == nullptr) {
    return "optional ";
  }
  return "";
}

std::string FieldLine(const FieldDescriptor& field, absl::string_view indent) {
  return absl::StrCat(CommentLines(CommentOf(field), indent), indent,
                      LabelOf(field), TypeName(field), " ", field.name(), " = ",
                      field.number(), ";\n");
}

std::string Streamed(bool streaming, const Descriptor& message) {
  return absl::StrCat(streaming ? "stream " : "", message.full_name());
}

void WriteComment(const std::string& comment, JsonWriter& json) {
  json.Key("comment").String(absl::StripSuffix(comment, "\n"));
}

void WriteMethod(const MethodDescriptor& method, JsonWriter& json) {
  json.BeginObject();
  json.Key("name").String(method.name());
  json.Key("request").String(method.input_type()->full_name());
  json.Key("request_stream").Bool(method.client_streaming());
  json.Key("response").String(method.output_type()->full_name());
  json.Key("response_stream").Bool(method.server_streaming());
  WriteComment(CommentOf(method), json);
  json.EndObject();
}

void WriteMessage(const Descriptor& message, JsonWriter& json) {
  json.BeginObject();
  json.Key("name").String(message.full_name());
  WriteComment(CommentOf(message), json);
  json.Key("fields").BeginArray();
  for (int i = 0; i < message.field_count(); ++i) {
    const FieldDescriptor& field = *message.field(i);
    json.BeginObject();
    json.Key("name").String(field.name());
    json.Key("number").Integer(field.number());
    json.Key("type").String(absl::StrCat(LabelOf(field), TypeName(field)));
    if (field.real_containing_oneof() != nullptr) {
      json.Key("oneof").String(field.real_containing_oneof()->name());
    }
    WriteComment(CommentOf(field), json);
    json.EndObject();
  }
  json.EndArray();
  json.EndObject();
}

void WriteEnum(const EnumDescriptor& type, JsonWriter& json) {
  json.BeginObject();
  json.Key("name").String(type.full_name());
  WriteComment(CommentOf(type), json);
  json.Key("values").BeginArray();
  for (int i = 0; i < type.value_count(); ++i) {
    const EnumValueDescriptor& value = *type.value(i);
    json.BeginObject();
    json.Key("name").String(value.name());
    json.Key("number").Integer(value.number());
    WriteComment(CommentOf(value), json);
    json.EndObject();
  }
  json.EndArray();
  json.EndObject();
}

}  // namespace

void ReachableTypes::Add(const Descriptor& message) {
  if (absl::StartsWith(message.full_name(), "google.protobuf.") ||
      std::find(messages.begin(), messages.end(), &message) != messages.end()) {
    return;
  }
  // A map's entry is written as map<> where it is used.
  if (!message.options().map_entry()) messages.push_back(&message);
  for (int i = 0; i < message.field_count(); ++i) {
    const FieldDescriptor& field = *message.field(i);
    if (field.message_type() != nullptr) Add(*field.message_type());
    if (field.enum_type() != nullptr) Add(*field.enum_type());
  }
}

void ReachableTypes::Add(const EnumDescriptor& type) {
  if (std::find(enums.begin(), enums.end(), &type) == enums.end()) {
    enums.push_back(&type);
  }
}

void ReachableTypes::Add(const ServiceDescriptor& service) {
  for (int i = 0; i < service.method_count(); ++i) {
    Add(*service.method(i)->input_type());
    Add(*service.method(i)->output_type());
  }
}

std::string ContractText(const ServiceDescriptor& service) {
  std::string text = absl::StrCat(CommentLines(CommentOf(service), ""),
                                  "service ", service.full_name(), " {\n");
  for (int i = 0; i < service.method_count(); ++i) {
    const MethodDescriptor& method = *service.method(i);
    absl::StrAppend(
        &text, CommentLines(CommentOf(method), "  "), "  rpc ", method.name(),
        "(", Streamed(method.client_streaming(), *method.input_type()),
        ") returns (",
        Streamed(method.server_streaming(), *method.output_type()), ");\n");
  }
  return text + "}\n";
}

std::string ContractText(const Descriptor& message) {
  std::string text = absl::StrCat(CommentLines(CommentOf(message), ""),
                                  "message ", message.full_name(), " {\n");
  const google::protobuf::OneofDescriptor* open = nullptr;
  for (int i = 0; i < message.field_count(); ++i) {
    const FieldDescriptor& field = *message.field(i);
    const auto* oneof = field.real_containing_oneof();
    if (oneof != open) {
      if (open != nullptr) absl::StrAppend(&text, "  }\n");
      if (oneof != nullptr) {
        absl::StrAppend(&text, "  oneof ", oneof->name(), " {\n");
      }
      open = oneof;
    }
    absl::StrAppend(&text, FieldLine(field, open == nullptr ? "  " : "    "));
  }
  if (open != nullptr) absl::StrAppend(&text, "  }\n");
  return text + "}\n";
}

std::string ContractText(const EnumDescriptor& type) {
  std::string text = absl::StrCat(CommentLines(CommentOf(type), ""), "enum ",
                                  type.full_name(), " {\n");
  for (int i = 0; i < type.value_count(); ++i) {
    const EnumValueDescriptor& value = *type.value(i);
    absl::StrAppend(&text, CommentLines(CommentOf(value), "  "), "  ",
                    value.name(), " = ", value.number(), ";\n");
  }
  return text + "}\n";
}

std::string ContractJson(const ServiceDescriptor& service) {
  JsonWriter json;
  json.BeginObject();
  json.Key("service").String(service.full_name());
  WriteComment(CommentOf(service), json);
  json.Key("methods").BeginArray();
  for (int i = 0; i < service.method_count(); ++i) {
    WriteMethod(*service.method(i), json);
  }
  json.EndArray();
  ReachableTypes types;
  types.Add(service);
  json.Key("messages").BeginArray();
  for (const Descriptor* message : types.messages) WriteMessage(*message, json);
  json.EndArray();
  json.Key("enums").BeginArray();
  for (const EnumDescriptor* type : types.enums) WriteEnum(*type, json);
  json.EndArray();
  json.EndObject();
  return json.text();
}

}  // namespace sightline::cli
