// The contract's operations and the engine's are the same ones.
#include "services/preprocess/operation_from_proto.h"

#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/text_format.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "services/preprocess/engine/pipeline/pipeline.h"
#include "services/preprocess/engine/reasons.h"
#include "services/preprocess/operation_parameters.h"

namespace sightline::preprocess {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::util::MessageDifferencer;

v1::OperationList List(const std::string& text) {
  v1::OperationList list;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &list))
      << text;
  return list;
}

// The one operation of a list that must be good.
Operation Only(const std::string& text, double dots_per_inch = 0) {
  const auto operations =
      ToOperations(List(absl::StrCat("operations {", text, "}")),
                   {.dots_per_inch = dots_per_inch});
  EXPECT_TRUE(operations.ok()) << operations.status();
  return operations.ok() ? operations->front() : Operation();
}

FieldViolation Wrong(const std::string& text, double dots_per_inch = 0) {
  const auto operations =
      ToOperations(List(text), {.dots_per_inch = dots_per_inch});
  const ErrorDetails details =
      DetailsOf(operations.status()).value_or(ErrorDetails{});
  EXPECT_EQ(details.reason, kParameterInvalid) << text;
  return details.fields.empty() ? FieldViolation{} : details.fields.front();
}

// Fields of `message` that `parameters` do not name.
std::set<std::string> Unnamed(const Descriptor& message,
                              const std::vector<Parameter>& parameters) {
  std::set<std::string> fields;
  for (int i = 0; i < message.field_count(); ++i) {
    fields.insert(message.field(i)->name());
  }
  for (const Parameter& parameter : parameters) {
    EXPECT_EQ(fields.erase(parameter.name), 1u)
        << message.name() << " has no " << parameter.name;
    if (const auto* inner =
            std::get_if<std::vector<Parameter>>(&parameter.place)) {
      const FieldDescriptor* field = message.FindFieldByName(parameter.name);
      for (const std::string& name : Unnamed(*field->message_type(), *inner)) {
        fields.insert(absl::StrCat(parameter.name, ".", name));
      }
    }
  }
  return fields;
}

TEST(OperationFromProto, EveryOperationHasItsMessageAndEveryFieldItsPlace) {
  const auto* kinds = v1::Operation::descriptor()->FindOneofByName("kind");
  EXPECT_EQ(static_cast<size_t>(kinds->field_count()),
            DefaultOperations().size());
  for (Operation operation : DefaultOperations()) {
    const std::string name(NameOf(operation));
    const FieldDescriptor* kind =
        v1::Operation::descriptor()->FindFieldByName(name);
    ASSERT_NE(kind, nullptr) << name;
    std::set<std::string> expected;
    if (name == "resample") expected.insert("target_dots_per_inch");
    EXPECT_EQ(Unnamed(*kind->message_type(), ParametersOf(operation)), expected)
        << name;
  }
}

TEST(OperationFromProto, AnEmptyMessageIsTheEnginesDefault) {
  for (const Operation& operation : DefaultOperations()) {
    const std::string name(NameOf(operation));
    const v1::Operation expected = ToProto(operation);
    const v1::Operation actual = ToProto(Only(absl::StrCat(name, " {}")));
    EXPECT_TRUE(MessageDifferencer::Equals(expected, actual))
        << actual.DebugString();
  }
}

TEST(OperationFromProto, ValuesThatAreSetArriveAndComeBack) {
  const Operation morphology = Only(
      "morphology {operation: MORPHOLOGY_OPERATION_ERODE "
      "shape: ELEMENT_SHAPE_ELLIPSE width: 7 height: 1}");
  const auto& options = std::get<MorphologyOptions>(morphology);
  EXPECT_EQ(options.operation, MorphologyOperation::kErode);
  EXPECT_EQ(options.shape, rules::ElementShape::kEllipse);
  EXPECT_EQ(options.width, 7);
  EXPECT_EQ(options.height, 1);
  EXPECT_EQ(ToProto(morphology).morphology().operation(),
            v1::MORPHOLOGY_OPERATION_ERODE);
  EXPECT_EQ(ToProto(morphology).morphology().shape(),
            v1::ELEMENT_SHAPE_ELLIPSE);

  const Operation threshold =
      Only("local_threshold {method: LOCAL_THRESHOLD_METHOD_WOLF k: 0}");
  const auto& wolf = std::get<LocalThresholdOptions>(threshold);
  EXPECT_EQ(wolf.method, LocalThresholdMethod::kWolf);
  EXPECT_EQ(wolf.k, 0) << "0 that is set is 0, not the default";

  const Operation light =
      Only("even_light {flatten {sigma: 20} least_unevenness: 0}");
  EXPECT_EQ(std::get<EvenLight>(light).flatten.sigma, 20);
  EXPECT_EQ(std::get<EvenLight>(light).flatten.closing_size, 31);
  EXPECT_EQ(std::get<EvenLight>(light).least_unevenness, 0);
}

TEST(OperationFromProto, ATargetResolutionBecomesAFactor) {
  EXPECT_DOUBLE_EQ(
      std::get<Resample>(Only("resample {target_dots_per_inch: 300}", 150))
          .factor,
      2);
  EXPECT_DOUBLE_EQ(std::get<Resample>(Only("resample {factor: 0.5}")).factor,
                   0.5);
  // The second one starts from what the first one made.
  const auto twice =
      ToOperations(List("operations {resample {factor: 2}}"
                        "operations {resample {target_dots_per_inch: 300}}"),
                   {.dots_per_inch = 150});
  ASSERT_TRUE(twice.ok());
  EXPECT_DOUBLE_EQ(std::get<Resample>((*twice)[1]).factor, 1);
}

TEST(OperationFromProto, WhatTheEngineHasNoWordsForIsNamed) {
  EXPECT_EQ(Wrong("operations {}").field, "operations[0].kind");
  EXPECT_EQ(
      Wrong("operations {otsu {}} operations {morphology {shape: 9}}").field,
      "operations[1].morphology.shape");
  EXPECT_EQ(Wrong("operations {resample {target_dots_per_inch: 300}}").field,
            "operations[0].resample.target_dots_per_inch");
  EXPECT_EQ(
      Wrong("operations {resample {target_dots_per_inch: 300}}", 20).field,
      "operations[0].resample.target_dots_per_inch");
  EXPECT_EQ(
      Wrong("operations {resample {target_dots_per_inch: nan}}", 300).field,
      "operations[0].resample.target_dots_per_inch");
}

TEST(OperationFromProto, PresetsAreTheEngines) {
  for (const Preset preset : AllPresets()) {
    const auto back = ToPreset(ToProto(preset));
    ASSERT_TRUE(back.ok());
    EXPECT_EQ(*back, preset);
    v1::OperationList list;
    for (const Operation& operation : OperationsOf(preset)) {
      *list.add_operations() = ToProto(operation);
    }
    const auto operations = ToOperations(list, {});
    ASSERT_TRUE(operations.ok()) << operations.status();
    EXPECT_TRUE(Pipeline::Create(*operations).ok());
  }
  EXPECT_FALSE(ToPreset(static_cast<v1::Preset>(99)).ok());
}

}  // namespace
}  // namespace sightline::preprocess
