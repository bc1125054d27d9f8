#include "tools/sightline/output/message_json.h"

#include "google/protobuf/descriptor.h"

namespace sightline::cli {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

// Element `index` of a repeated field; index < 0: a field that is not.
void WriteValue(const Message& message, const FieldDescriptor& field, int index,
                JsonWriter& json) {
  const Reflection& reflection = *message.GetReflection();
  const bool repeated = index >= 0;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      json.Integer(repeated
                       ? reflection.GetRepeatedInt32(message, &field, index)
                       : reflection.GetInt32(message, &field));
      return;
    case FieldDescriptor::CPPTYPE_INT64:
      json.Integer(repeated
                       ? reflection.GetRepeatedInt64(message, &field, index)
                       : reflection.GetInt64(message, &field));
      return;
    case FieldDescriptor::CPPTYPE_UINT32:
      json.Integer(repeated
                       ? reflection.GetRepeatedUInt32(message, &field, index)
                       : reflection.GetUInt32(message, &field));
      return;
    case FieldDescriptor::CPPTYPE_UINT64:
      json.Number(static_cast<double>(
          repeated ? reflection.GetRepeatedUInt64(message, &field, index)
                   : reflection.GetUInt64(message, &field)));
      return;
    case FieldDescriptor::CPPTYPE_DOUBLE:
      json.Number(repeated
                      ? reflection.GetRepeatedDouble(message, &field, index)
                      : reflection.GetDouble(message, &field));
      return;
    case FieldDescriptor::CPPTYPE_FLOAT:
      json.Number(repeated ? reflection.GetRepeatedFloat(message, &field, index)
                           : reflection.GetFloat(message, &field));
      return;
    case FieldDescriptor::CPPTYPE_BOOL:
      json.Bool(repeated ? reflection.GetRepeatedBool(message, &field, index)
                         : reflection.GetBool(message, &field));
      return;
    case FieldDescriptor::CPPTYPE_ENUM:
      json.String((repeated ? reflection.GetRepeatedEnum(message, &field, index)
                            : reflection.GetEnum(message, &field))
                      ->name());
      return;
    case FieldDescriptor::CPPTYPE_STRING:
      json.String(repeated
                      ? reflection.GetRepeatedString(message, &field, index)
                      : reflection.GetString(message, &field));
      return;
    case FieldDescriptor::CPPTYPE_MESSAGE:
      WriteMessageJson(
          repeated ? reflection.GetRepeatedMessage(message, &field, index)
                   : reflection.GetMessage(message, &field),
          json);
      return;
  }
}

}  // namespace

void WriteMessageJson(const Message& message, JsonWriter& json) {
  const auto& type = *message.GetDescriptor();
  const Reflection& reflection = *message.GetReflection();
  json.BeginObject();
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    if (field.type() == FieldDescriptor::TYPE_BYTES) continue;
    if (field.is_repeated()) {
      json.Key(field.name()).BeginArray();
      const int count = reflection.FieldSize(message, &field);
      for (int index = 0; index < count; ++index) {
        WriteValue(message, field, index, json);
      }
      json.EndArray();
      continue;
    }
    if (field.has_presence() && !reflection.HasField(message, &field)) continue;
    json.Key(field.name());
    WriteValue(message, field, -1, json);
  }
  json.EndObject();
}

}  // namespace sightline::cli
