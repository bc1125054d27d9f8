// The comments of the contracts, which servers don't carry.
//
// Generated code keeps descriptors without their comments, so reflection has
// none to give. This program carries the comments of the protos it was built
// with and looks them up by name.
#ifndef SIGHTLINE_TOOLS_SIGHTLINE_CLIENT_CONTRACT_COMMENTS_H_
#define SIGHTLINE_TOOLS_SIGHTLINE_CLIENT_CONTRACT_COMMENTS_H_

#include <string>

#include "google/protobuf/descriptor.h"

namespace sightline::cli {

// The comment on an element of the server's contract: the server's own if it
// sent one, else the one known here for the same full name, else "". Without
// indent, lines ended by newlines.
std::string CommentOf(const google::protobuf::ServiceDescriptor& service);
std::string CommentOf(const google::protobuf::MethodDescriptor& method);
std::string CommentOf(const google::protobuf::Descriptor& message);
std::string CommentOf(const google::protobuf::FieldDescriptor& field);
std::string CommentOf(const google::protobuf::EnumDescriptor& type);
std::string CommentOf(const google::protobuf::EnumValueDescriptor& value);

}  // namespace sightline::cli

#endif  // SIGHTLINE_TOOLS_SIGHTLINE_CLIENT_CONTRACT_COMMENTS_H_
