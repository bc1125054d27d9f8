// Asks the align service where a page lies.
//
// grade knows registration only as a contract: the same code reaches an align
// service in its own process and one across the network.
#ifndef SIGHTLINE_SERVICES_GRADE_ALIGN_CLIENT_H_
#define SIGHTLINE_SERVICES_GRADE_ALIGN_CLIENT_H_

#include <functional>
#include <mutex>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "common/credentials/client_channel.h"
#include "common/image/image.h"
#include "common/stop/stop_token.h"
#include "sightline/align/v1/align.grpc.pb.h"

namespace sightline::grade {

// A reference with the id the align service will give it.
struct NamedReference {
  align::v1::Reference reference;
  std::string id;
};

// Thread-safe.
class AlignClient {
 public:
  using ChannelSource = std::function<ClientChannel()>;

  // `channel` is asked on first use: a server's own channel exists only after
  // its start.
  explicit AlignClient(ChannelSource channel);

  // Registers `scan`; the answer's homography maps its pixels. The reference
  // is named first and sent only if the service does not know it. Blocks;
  // cancelled with `stop`, whose deadline is passed on. Errors: the service's
  // own; Unavailable ALIGN_UNAVAILABLE when it cannot be reached, or refuses
  // this server: neither is the caller's doing.
  absl::StatusOr<align::v1::AlignResponse> Align(
      const GrayImage& scan, const NamedReference& reference,
      const align::v1::AlignOptions& options, const StopToken& stop);

  // Bytes that Align() allocates for a scan.
  static int64_t AlignBytes(int64_t scan_bytes) { return 2 * scan_bytes; }

 private:
  absl::StatusOr<align::v1::AlignResponse> Call(
      const align::v1::AlignRequest& request, const StopToken& stop);

  const ChannelSource source_;
  std::once_flag connected_;
  std::optional<ClientChannel> channel_;
};

}  // namespace sightline::grade

#endif  // SIGHTLINE_SERVICES_GRADE_ALIGN_CLIENT_H_
