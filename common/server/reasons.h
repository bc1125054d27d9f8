// Reasons of failures that the server chassis gives; see docs/errors.md.
#ifndef SIGHTLINE_COMMON_SERVER_REASONS_H_
#define SIGHTLINE_COMMON_SERVER_REASONS_H_

namespace sightline {

// No bearer token, or a wrong one.
inline constexpr char kUnauthenticated[] = "UNAUTHENTICATED";
// The server is shutting down; another one will answer.
inline constexpr char kDraining[] = "DRAINING";
// The client gave up.
inline constexpr char kCancelled[] = "CANCELLED";
// The request message is not a valid protobuf, or there is none.
inline constexpr char kMalformedRequest[] = "MALFORMED_REQUEST";
// The client stopped sending before its request was complete.
inline constexpr char kBodyTimeout[] = "BODY_TIMEOUT";
// Parts of a stream came in an order or size the contract does not allow.
inline constexpr char kStreamProtocol[] = "STREAM_PROTOCOL";
// An item of a stream is larger than the server takes.
inline constexpr char kItemTooLarge[] = "ITEM_TOO_LARGE";
// An item ended before all of its declared bytes had come.
inline constexpr char kItemTruncated[] = "ITEM_TRUNCATED";
// A defect of the server: an exception that nobody foresaw.
inline constexpr char kInternal[] = "INTERNAL";
// A flag or an environment variable is unknown or has a bad value.
inline constexpr char kBadConfiguration[] = "BAD_CONFIGURATION";

}  // namespace sightline

#endif  // SIGHTLINE_COMMON_SERVER_REASONS_H_
