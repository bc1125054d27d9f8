// Any message of a contract as JSON for programs.
#ifndef SIGHTLINE_TOOLS_SIGHTLINE_OUTPUT_MESSAGE_JSON_H_
#define SIGHTLINE_TOOLS_SIGHTLINE_OUTPUT_MESSAGE_JSON_H_

#include "google/protobuf/message.h"
#include "tools/sightline/text/json_writer.h"

namespace sightline::cli {

// One object with the names of the contract, numbers as numbers (protobuf's own
// JSON writes 64-bit ones as strings), enums by their names. Fields that are
// not set are left out where the contract can tell, and have their defaults
// where it cannot. Bytes are left out.
void WriteMessageJson(const google::protobuf::Message& message,
                      JsonWriter& json);

}  // namespace sightline::cli

#endif  // SIGHTLINE_TOOLS_SIGHTLINE_OUTPUT_MESSAGE_JSON_H_
