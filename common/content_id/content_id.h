// Names a message by its content, so that it need not be sent twice.
#ifndef SIGHTLINE_COMMON_CONTENT_ID_CONTENT_ID_H_
#define SIGHTLINE_COMMON_CONTENT_ID_CONTENT_ID_H_

#include <string>

#include "google/protobuf/message_lite.h"

namespace sightline {

// SHA-256 of the message's wire form, 64 hex digits. Equal messages give equal
// ids within one build; across builds they usually do, so a caller must be
// ready for an id that the other side does not know. Thread-safe.
std::string ContentId(const google::protobuf::MessageLite& message);

}  // namespace sightline

#endif  // SIGHTLINE_COMMON_CONTENT_ID_CONTENT_ID_H_
