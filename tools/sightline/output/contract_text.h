// Services and messages for people and as JSON.
#ifndef SIGHTLINE_TOOLS_SIGHTLINE_OUTPUT_CONTRACT_TEXT_H_
#define SIGHTLINE_TOOLS_SIGHTLINE_OUTPUT_CONTRACT_TEXT_H_

#include <string>
#include <vector>

#include "google/protobuf/descriptor.h"

namespace sightline::cli {

// Messages and enums, in the order in which they are first met. Types of
// google.protobuf are left out: everybody knows them.
struct ReachableTypes {
  std::vector<const google::protobuf::Descriptor*> messages;
  std::vector<const google::protobuf::EnumDescriptor*> enums;

  // Adds a type and everything its fields are made of.
  void Add(const google::protobuf::Descriptor& message);
  void Add(const google::protobuf::EnumDescriptor& type);
  // Adds requests and responses of all methods.
  void Add(const google::protobuf::ServiceDescriptor& service);
};

// In the words of a .proto file, with comments.
std::string ContractText(const google::protobuf::ServiceDescriptor& service);
std::string ContractText(const google::protobuf::Descriptor& message);
std::string ContractText(const google::protobuf::EnumDescriptor& type);

// One JSON object: service, comment, methods, and the messages and enums they
// use.
std::string ContractJson(const google::protobuf::ServiceDescriptor& service);

}  // namespace sightline::cli

#endif  // SIGHTLINE_TOOLS_SIGHTLINE_OUTPUT_CONTRACT_TEXT_H_
