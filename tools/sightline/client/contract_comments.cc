#include "tools/sightline/client/contract_comments.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "google/protobuf/descriptor.pb.h"
#include "tools/sightline/client/known_contracts.h"

namespace sightline::cli {
namespace {

using google::protobuf::DescriptorPool;
using google::protobuf::SourceLocation;

const DescriptorPool& KnownContracts() {
  static const DescriptorPool& pool = *[] {
    auto* known = new DescriptorPool;
    google::protobuf::FileDescriptorSet files;
    // protoc writes a file after those it depends on.
    if (files.ParseFromArray(kKnownContracts,
                             static_cast<int>(kKnownContractsSize))) {
      for (const auto& file : files.file()) known->BuildFile(file);
    }
    return known;
  }();
  return pool;
}

// Each line of a comment begins with the space after "//".
std::string WithoutIndent(absl::string_view comment) {
  std::string text;
  for (absl::string_view line :
       absl::StrSplit(absl::StripSuffix(comment, "\n"), '\n')) {
    absl::ConsumePrefix(&line, " ");
    absl::StrAppend(&text, line, "\n");
  }
  return text == "\n" ? "" : text;
}

template <typename Element>
std::string Find(const Element& element, const Element* known) {
  SourceLocation location;
  for (const Element* candidate : {&element, known}) {
    if (candidate != nullptr && candidate->GetSourceLocation(&location) &&
        !location.leading_comments.empty()) {
      return WithoutIndent(location.leading_comments);
    }
  }
  return "";
}

}  // namespace

std::string CommentOf(const google::protobuf::ServiceDescriptor& service) {
  return Find(service, KnownContracts().FindServiceByName(service.full_name()));
}

std::string CommentOf(const google::protobuf::MethodDescriptor& method) {
  return Find(method, KnownContracts().FindMethodByName(method.full_name()));
}

std::string CommentOf(const google::protobuf::Descriptor& message) {
  return Find(message,
              KnownContracts().FindMessageTypeByName(message.full_name()));
}

std::string CommentOf(const google::protobuf::FieldDescriptor& field) {
  return Find(field, KnownContracts().FindFieldByName(field.full_name()));
}

std::string CommentOf(const google::protobuf::EnumDescriptor& type) {
  return Find(type, KnownContracts().FindEnumTypeByName(type.full_name()));
}

std::string CommentOf(const google::protobuf::EnumValueDescriptor& value) {
  return Find(value, KnownContracts().FindEnumValueByName(value.full_name()));
}

}  // namespace sightline::cli
