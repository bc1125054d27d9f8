// Figures about the process, for Prometheus.
//
// A Metrics holds the registry and, once asked to Listen(), the HTTP endpoint
// that Prometheus scrapes at /metrics. What it always shows: version, resident
// and peak memory, the control group's limit and use, CPU time and start time,
// all read at the moment of the scrape. Servers add theirs (server_metrics.h),
// services may add their own to the registry under names sightline_*.
//
// Thread-safe.
#ifndef SIGHTLINE_COMMON_OBSERVE_METRICS_H_
#define SIGHTLINE_COMMON_OBSERVE_METRICS_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"

namespace prometheus {
class Registry;
}  // namespace prometheus

namespace sightline {

class Metrics {
 public:
  Metrics();
  // Stops listening first; waits for scrapes under way.
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  // Lives as long as this object.
  prometheus::Registry& registry();

  // Runs `function` at the beginning of every scrape and Render(), to set
  // gauges to what is true just then. It must be thread-safe, must not block,
  // and must stay callable for the life of this object.
  void AtScrape(std::function<void()> function);

  // Serves GET /metrics on `host_port`: an address and a port,
  // "127.0.0.1:51050", "[::]:51050", "localhost:51050"; port 0 picks a free
  // one. May be called once. Errors: InvalidArgument (not of that form),
  // Unavailable (can't be listened on), FailedPrecondition (listening already).
  absl::Status Listen(const std::string& host_port);

  // The port listened on; 0 if none.
  int port() const;

  // What a scrape would answer, in the text exposition format.
  std::string Render() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sightline

#endif  // SIGHTLINE_COMMON_OBSERVE_METRICS_H_
