// Calls from a server to itself.
//
// They pass the gate while the server drains and need no token, so they must
// be told from calls of others beyond doubt: every call on the internal
// channel carries a secret that is made at the start and never leaves the
// process. (The in-process transport gives a peer no name of its own.)
#ifndef SIGHTLINE_COMMON_SERVER_INTERNAL_CHANNEL_H_
#define SIGHTLINE_COMMON_SERVER_INTERNAL_CHANNEL_H_

#include <grpcpp/channel.h>
#include <grpcpp/server.h>
#include <grpcpp/server_context.h>

#include <memory>
#include <string>

namespace sightline {

// Immutable; thread-safe.
class InternalCaller {
 public:
  // Draws the secret: 256 random bits.
  InternalCaller();

  // An in-process channel to `server` whose calls carry the secret.
  std::shared_ptr<grpc::Channel> Connect(grpc::Server& server) const;

  // Whether a call came over such a channel.
  bool IsInternal(const grpc::CallbackServerContext& context) const;

 private:
  std::string secret_;
};

}  // namespace sightline

#endif  // SIGHTLINE_COMMON_SERVER_INTERNAL_CHANNEL_H_
