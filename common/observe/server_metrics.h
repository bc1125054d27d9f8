// What a server counts about its calls, its memory pools and its threads: the
// one table of metrics that every service has. docs/operations.md explains
// them, deploy/grafana/sightline.json shows them.
//
//   sightline_requests_total{method,code}         counter
//   sightline_requests_rejected_total{method,reason}  counter
//   sightline_inflight{method}                    gauge
//   sightline_queue_seconds{method}               histogram
//   sightline_request_seconds{method}             histogram
//   sightline_stage_seconds{method,stage}         histogram
//   sightline_pool_budget_bytes{pool}             gauge
//   sightline_pool_leased_bytes{pool}             gauge
//   sightline_pool_waiting_calls{pool}            gauge
//   sightline_executor_threads{pool}              gauge
//   sightline_executor_busy_threads{pool}         gauge
//   sightline_executor_queued_calls{pool}         gauge
//
// Labels must come from the code, never from a caller: every distinct value is
// a time series for ever. As a fuse, a metric that already has 200 of them puts
// further ones under "other".
#ifndef SIGHTLINE_COMMON_OBSERVE_SERVER_METRICS_H_
#define SIGHTLINE_COMMON_OBSERVE_SERVER_METRICS_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/time/time.h"

namespace prometheus {
class Registry;
}  // namespace prometheus

namespace sightline {

// Thread-safe. Cheap enough for every call: a lookup under a lock and atomic
// additions.
class ServerMetrics {
 public:
  // `registry` must outlive this object.
  explicit ServerMetrics(prometheus::Registry& registry);
  ~ServerMetrics();
  ServerMetrics(const ServerMetrics&) = delete;
  ServerMetrics& operator=(const ServerMetrics&) = delete;

  // `method`: "AlignService/Align". Every CallStarted is followed by one
  // CallFinished, also when the call failed or was rejected.
  void CallStarted(const std::string& method);

  // `code_name`: the gRPC code, "OK", "RESOURCE_EXHAUSTED". `queued`: time
  // between arrival and the first moment of compute; `total`: between arrival
  // and the answer. Negative durations count as zero.
  void CallFinished(const std::string& method, const std::string& code_name,
                    absl::Duration queued, absl::Duration total);

  // `stage`: the name the answer's cost breakdown has for it, "decode".
  void StageFinished(const std::string& method, const std::string& stage,
                     absl::Duration duration);

  // A call refused before any work was done. `reason`: from docs/errors.md.
  void Rejected(const std::string& method, const std::string& reason);

  // State of a pool of bytes: what it may lease, what is leased, and how many
  // calls wait for a lease.
  void SetPool(const std::string& pool, int64_t budget_bytes,
               int64_t leased_bytes, int waiting);

  // State of an executor: its threads, those at work, and calls queued.
  void SetExecutor(const std::string& pool, int threads, int busy, int queued);

 private:
  struct Families;
  std::unique_ptr<Families> families_;
};

}  // namespace sightline

#endif  // SIGHTLINE_COMMON_OBSERVE_SERVER_METRICS_H_
