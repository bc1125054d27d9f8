#include "services/preprocess/operation_from_proto.h"

#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "services/preprocess/engine/reasons.h"
#include "services/preprocess/operation_parameters.h"

namespace sightline::preprocess {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// A page of 300 dots per inch can be brought to any target between these.
constexpr double kLeastTarget = 30;
constexpr double kGreatestTarget = 2400;

absl::Status Wrong(absl::string_view field, absl::string_view description) {
  return Error(absl::StatusCode::kInvalidArgument, kParameterInvalid)
      .Field(field, description);
}

absl::Status Read(const Message& message, std::vector<Parameter>& parameters);

// The value of `field`, which is set, into its place.
struct Reader {
  const Message& message;
  const FieldDescriptor* field;

  absl::Status operator()(int* place) const {
    *place = message.GetReflection()->GetInt32(message, field);
    return absl::OkStatus();
  }
  absl::Status operator()(double* place) const {
    *place = message.GetReflection()->GetDouble(message, field);
    return absl::OkStatus();
  }
  absl::Status operator()(bool* place) const {
    *place = message.GetReflection()->GetBool(message, field);
    return absl::OkStatus();
  }
  absl::Status operator()(const Choice& choice) const {
    const int number = message.GetReflection()->GetEnumValue(message, field);
    if (number < 0 || number > choice.count) {
      return Wrong(field->name(), absl::StrCat("has no value ", number));
    }
    if (number > 0) choice.set(number);
    return absl::OkStatus();
  }
  absl::Status operator()(std::vector<Parameter>& inner) const {
    return PrefixFields(
        Read(message.GetReflection()->GetMessage(message, field), inner),
        field->name());
  }
};

absl::Status Read(const Message& message, std::vector<Parameter>& parameters) {
  for (Parameter& parameter : parameters) {
    const FieldDescriptor* field =
        message.GetDescriptor()->FindFieldByName(parameter.name);
    // What has no presence is not set where it is 0, its own default.
    if (!message.GetReflection()->HasField(message, field)) continue;
    SL_RETURN_IF_ERROR(std::visit(Reader{message, field}, parameter.place));
  }
  return absl::OkStatus();
}

void Write(std::vector<Parameter>& parameters, Message& message);

struct Writer {
  Message& message;
  const FieldDescriptor* field;

  void operator()(const int* place) const {
    message.GetReflection()->SetInt32(&message, field, *place);
  }
  void operator()(const double* place) const {
    message.GetReflection()->SetDouble(&message, field, *place);
  }
  void operator()(const bool* place) const {
    message.GetReflection()->SetBool(&message, field, *place);
  }
  void operator()(const Choice& choice) const {
    message.GetReflection()->SetEnumValue(&message, field, choice.get());
  }
  void operator()(std::vector<Parameter>& inner) const {
    Write(inner, *message.GetReflection()->MutableMessage(&message, field));
  }
};

void Write(std::vector<Parameter>& parameters, Message& message) {
  for (Parameter& parameter : parameters) {
    const FieldDescriptor* field =
        message.GetDescriptor()->FindFieldByName(parameter.name);
    std::visit(Writer{message, field}, parameter.place);
  }
}

// The field that says which operation it is; null if there is none.
const FieldDescriptor* KindOf(const v1::Operation& operation) {
  const auto* kinds = v1::Operation::descriptor()->FindOneofByName("kind");
  return operation.GetReflection()->GetOneofFieldDescriptor(operation, kinds);
}

// An operation with its defaults; the contract and the engine call it the same.
std::optional<Operation> DefaultOf(absl::string_view name) {
  for (const Operation& operation : DefaultOperations()) {
    if (NameOf(operation) == name) return operation;
  }
  return std::nullopt;
}

// To a target, from the page's own resolution. `current` becomes the target.
absl::Status SetTarget(const v1::Resample& message, double& current,
                       Resample& resample) {
  if (!message.has_target_dots_per_inch()) {
    current *= resample.factor;
    return absl::OkStatus();
  }
  const double target = message.target_dots_per_inch();
  if (!(target >= kLeastTarget && target <= kGreatestTarget)) {
    return Wrong("target_dots_per_inch",
                 absl::StrCat("is ", target, "; ", kLeastTarget, " to ",
                              kGreatestTarget, " are allowed"));
  }
  if (!(current > 0)) {
    return Wrong("target_dots_per_inch",
                 "needs the page's own resolution, which its file does not "
                 "say: give options.dots_per_inch, or a factor");
  }
  resample.factor = target / current;
  if (!(resample.factor >= 0.05 && resample.factor <= 8)) {
    return Wrong("target_dots_per_inch",
                 absl::StrCat("is ", target, ", the page has ", current,
                              ": pages are scaled by 0.05 to 8"));
  }
  current = target;
  return absl::OkStatus();
}

absl::StatusOr<Operation> ToOperation(const v1::Operation& message,
                                      double& dots_per_inch) {
  const FieldDescriptor* kind = KindOf(message);
  std::optional<Operation> operation =
      kind == nullptr ? std::nullopt : DefaultOf(kind->name());
  if (!operation) {
    return Wrong("kind", "is missing: say what is to be done");
  }
  std::vector<Parameter> parameters = ParametersOf(*operation);
  absl::Status read =
      Read(message.GetReflection()->GetMessage(message, kind), parameters);
  if (auto* resample = std::get_if<Resample>(&*operation);
      resample && read.ok()) {
    read = SetTarget(message.resample(), dots_per_inch, *resample);
  }
  if (!read.ok()) return PrefixFields(read, kind->name());
  return *std::move(operation);
}

}  // namespace

absl::StatusOr<std::vector<Operation>> ToOperations(
    const v1::OperationList& list, const PageResolution& resolution) {
  std::vector<Operation> operations;
  double dots_per_inch = resolution.dots_per_inch;
  for (int i = 0; i < list.operations_size(); ++i) {
    absl::StatusOr<Operation> operation =
        ToOperation(list.operations(i), dots_per_inch);
    if (!operation.ok()) {
      return PrefixFields(operation.status(),
                          absl::StrCat("operations[", i, "]"));
    }
    operations.push_back(*std::move(operation));
  }
  return operations;
}

v1::Operation ToProto(const Operation& operation) {
  v1::Operation message;
  const FieldDescriptor* kind = v1::Operation::descriptor()->FindFieldByName(
      std::string(NameOf(operation)));
  Operation copy = operation;
  std::vector<Parameter> parameters = ParametersOf(copy);
  Write(parameters, *message.GetReflection()->MutableMessage(&message, kind));
  return message;
}

absl::StatusOr<Preset> ToPreset(v1::Preset preset) {
  switch (preset) {
    case v1::PRESET_UNSPECIFIED:
    case v1::PRESET_AUTO:
      return Preset::kAuto;
    case v1::PRESET_DOCUMENT:
      return Preset::kDocument;
    case v1::PRESET_DRAWING:
      return Preset::kDrawing;
    case v1::PRESET_SEED_COMPAT:
      return Preset::kSeedCompat;
    default:
      return Wrong("preset", absl::StrCat("has no value ", preset));
  }
}

v1::Preset ToProto(Preset preset) {
  switch (preset) {
    case Preset::kSeedCompat:
      return v1::PRESET_SEED_COMPAT;
    case Preset::kDocument:
      return v1::PRESET_DOCUMENT;
    case Preset::kDrawing:
      return v1::PRESET_DRAWING;
    case Preset::kAuto:
      break;
  }
  return v1::PRESET_AUTO;
}

}  // namespace sightline::preprocess
