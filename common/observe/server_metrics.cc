#include "common/observe/server_metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <algorithm>
#include <mutex>
#include <unordered_map>
#include <utility>
#include <vector>

namespace sightline {
namespace {

// Distinct label values a metric may have; beyond it is a mistake in the code,
// which must not grow the process for ever.
constexpr size_t kMaximumSeries = 200;

// From a no-op that waited for a thread to a page that SIFT had to register.
const prometheus::Histogram::BucketBoundaries& Buckets() {
  static const auto& buckets = *new prometheus::Histogram::BucketBoundaries{
      0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,
      0.25,  0.5,    1,     2.5,  5,     10,   30};
  return buckets;
}

// The time series of one metric. Looking one up here costs one hash of a short
// string, in prometheus::Family a map of labels built anew.
template <typename Metric>
class Series {
 public:
  // `builder`: BuildCounter(), BuildGauge() or BuildHistogram().
  template <typename Builder>
  Series(Builder builder, const char* name, const char* help,
         std::vector<std::string> labels, prometheus::Registry& registry)
      : family_(builder.Name(name).Help(help).Register(registry)),
        labels_(std::move(labels)) {}

  // The series with these values of the labels, in their order.
  Metric& With(const std::vector<std::string>& values) {
    std::string key;
    for (const std::string& value : values) {
      key += value;
      key += '\0';
    }
    std::lock_guard<std::mutex> lock(mutex_);
    const auto known = known_.find(key);
    if (known != known_.end()) return *known->second;
    if (known_.size() >= kMaximumSeries) return Add({});
    Metric& added = Add(values);
    known_.emplace(std::move(key), &added);
    return added;
  }

 private:
  // Without values: the series "other".
  Metric& Add(const std::vector<std::string>& values) {
    prometheus::Labels labels;
    for (size_t i = 0; i < labels_.size(); ++i) {
      labels[labels_[i]] = values.empty() ? "other" : values[i];
    }
    if constexpr (std::is_same_v<Metric, prometheus::Histogram>) {
      return family_.Add(labels, Buckets());
    } else {
      return family_.Add(labels);
    }
  }

  prometheus::Family<Metric>& family_;
  const std::vector<std::string> labels_;
  std::mutex mutex_;
  // Guarded by mutex_.
  std::unordered_map<std::string, Metric*> known_;
};

using Counters = Series<prometheus::Counter>;
using Gauges = Series<prometheus::Gauge>;
using Histograms = Series<prometheus::Histogram>;

double Seconds(absl::Duration duration) {
  return std::max(0.0, absl::ToDoubleSeconds(duration));
}

}  // namespace

struct ServerMetrics::Families {
  explicit Families(prometheus::Registry& registry)
      : requests(prometheus::BuildCounter(), "sightline_requests_total",
                 "Calls answered, by gRPC code.", {"method", "code"}, registry),
        rejected(prometheus::BuildCounter(),
                 "sightline_requests_rejected_total",
                 "Calls refused before any work was done.",
                 {"method", "reason"}, registry),
        inflight(prometheus::BuildGauge(), "sightline_inflight",
                 "Calls that have arrived and are not answered yet.",
                 {"method"}, registry),
        queue(prometheus::BuildHistogram(), "sightline_queue_seconds",
              "From a call's arrival to the first moment of compute.",
              {"method"}, registry),
        total(prometheus::BuildHistogram(), "sightline_request_seconds",
              "From a call's arrival to its answer.", {"method"}, registry),
        stages(prometheus::BuildHistogram(), "sightline_stage_seconds",
               "Time in one stage of a call.", {"method", "stage"}, registry),
        budget(prometheus::BuildGauge(), "sightline_pool_budget_bytes",
               "Bytes a pool may lease.", {"pool"}, registry),
        leased(prometheus::BuildGauge(), "sightline_pool_leased_bytes",
               "Bytes leased to calls now.", {"pool"}, registry),
        waiting(prometheus::BuildGauge(), "sightline_pool_waiting_calls",
                "Calls that wait for a lease.", {"pool"}, registry),
        threads(prometheus::BuildGauge(), "sightline_executor_threads",
                "Threads that compute.", {"pool"}, registry),
        busy(prometheus::BuildGauge(), "sightline_executor_busy_threads",
             "Threads that compute at this moment.", {"pool"}, registry),
        queued(prometheus::BuildGauge(), "sightline_executor_queued_calls",
               "Calls that wait for a thread.", {"pool"}, registry) {}

  Counters requests, rejected;
  Gauges inflight;
  Histograms queue, total, stages;
  Gauges budget, leased, waiting;
  Gauges threads, busy, queued;
};

ServerMetrics::ServerMetrics(prometheus::Registry& registry)
    : families_(std::make_unique<Families>(registry)) {}

ServerMetrics::~ServerMetrics() = default;

void ServerMetrics::CallStarted(const std::string& method) {
  families_->inflight.With({method}).Increment();
}

void ServerMetrics::CallFinished(const std::string& method,
                                 const std::string& code_name,
                                 absl::Duration queued, absl::Duration total) {
  families_->requests.With({method, code_name}).Increment();
  families_->queue.With({method}).Observe(Seconds(queued));
  families_->total.With({method}).Observe(Seconds(total));
  families_->inflight.With({method}).Decrement();
}

void ServerMetrics::StageFinished(const std::string& method,
                                  const std::string& stage,
                                  absl::Duration duration) {
  families_->stages.With({method, stage}).Observe(Seconds(duration));
}

void ServerMetrics::Rejected(const std::string& method,
                             const std::string& reason) {
  families_->rejected.With({method, reason}).Increment();
}

void ServerMetrics::SetPool(const std::string& pool, int64_t budget_bytes,
                            int64_t leased_bytes, int waiting) {
  families_->budget.With({pool}).Set(static_cast<double>(budget_bytes));
  families_->leased.With({pool}).Set(static_cast<double>(leased_bytes));
  families_->waiting.With({pool}).Set(waiting);
}

void ServerMetrics::SetExecutor(const std::string& pool, int threads, int busy,
                                int queued) {
  families_->threads.With({pool}).Set(threads);
  families_->busy.With({pool}).Set(busy);
  families_->queued.With({pool}).Set(queued);
}

}  // namespace sightline
