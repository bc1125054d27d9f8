// The probe as a Service, and a server around it for tests.
#ifndef SIGHTLINE_TESTS_SUPPORT_PROBE_PROBE_SERVICE_H_
#define SIGHTLINE_TESTS_SUPPORT_PROBE_PROBE_SERVICE_H_

#include <grpcpp/channel.h>

#include <atomic>
#include <functional>
#include <list>
#include <memory>
#include <mutex>

#include "common/server/server.h"
#include "common/server/service.h"
#include "tests/support/probe/probe.grpc.pb.h"

namespace sightline::probe {

class ProbeService final : public Service {
 public:
  using ChannelSource = std::function<std::shared_ptr<grpc::Channel>()>;

  // `forward`: where Forward() calls.
  explicit ProbeService(ChannelSource forward = nullptr);

  // One more event for every Count() that waits, or will.
  void Tell();
  // Counts that are open, and answers they have produced, all in all.
  int counts_open() const { return counts_open_; }
  int answers_produced() const { return answers_produced_; }

  // Handlers inside now and at most until now, and stages they have begun.
  int inside() const { return inside_; }
  int most_inside() const { return most_inside_; }
  int stages_begun() const { return stages_begun_; }

 private:
  absl::StatusOr<v1::DigestResponse> Digest(Call& call, const v1::Work& work,
                                            absl::string_view data);
  absl::StatusOr<v1::DigestResponse> DigestItemInOrder(
      Call& call, const v1::Work& work, const ConveyorItem& item);
  absl::StatusOr<v1::DigestResponse> Forward(Call& call,
                                             const v1::DigestRequest& request);

  absl::StatusOr<Producer<v1::CountResponse>> Count(
      const v1::CountRequest& request, StreamWaker waker);

  const ChannelSource forward_;
  std::mutex mutex_;
  int told_ = 0;                      // Guarded by mutex_.
  std::list<StreamWaker> listeners_;  // Guarded by mutex_.
  std::atomic<int> counts_open_ = 0;
  std::atomic<int> answers_produced_ = 0;
  std::atomic<int> inside_ = 0;
  std::atomic<int> most_inside_ = 0;
  std::atomic<int> stages_begun_ = 0;
};

// Options for a server in a test: a free loopback port, no metrics endpoint,
// short times.
ServerOptions TestOptions();

// A running server with a ProbeService.
class ProbeServer {
 public:
  explicit ProbeServer(ServerOptions options = TestOptions());

  Server& server() { return server_; }
  ProbeService& service() { return *service_; }
  // A new connection; `max_receive_bytes` as gRPC takes it.
  std::shared_ptr<grpc::Channel> Connect() const;
  std::unique_ptr<v1::ProbeService::Stub> Stub() const;

 private:
  Server server_;
  ProbeService* service_;
};

}  // namespace sightline::probe

#endif  // SIGHTLINE_TESTS_SUPPORT_PROBE_PROBE_SERVICE_H_
