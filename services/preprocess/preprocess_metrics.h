// What preprocess counts beside what every server does:
//
//   sightline_preprocess_pages_total{outcome}           counter: ok, error
//   sightline_preprocess_device_jobs_total{device}      counter: stages run
//   sightline_preprocess_fallbacks_total{reason}        counter: stages that
//       the processor did although there is a graphics device
//   sightline_preprocess_batch_pages                    histogram
//   sightline_preprocess_device_present                 gauge: 0, 1
//   sightline_preprocess_device_healthy                 gauge: 0, 1
//
// docs/operations.md explains them, deploy/grafana/sightline.json shows them.
#ifndef SIGHTLINE_SERVICES_PREPROCESS_PREPROCESS_METRICS_H_
#define SIGHTLINE_SERVICES_PREPROCESS_PREPROCESS_METRICS_H_

#include <array>
#include <cstdint>
#include <mutex>

#include "absl/status/statusor.h"
#include "services/preprocess/graphics_device.h"
#include "sightline/preprocess/v1/preprocess.pb.h"

namespace prometheus {
class Counter;
class Gauge;
class Histogram;
class Registry;
template <typename T>
class Family;
}  // namespace prometheus

namespace sightline::preprocess {

// Thread-safe.
class PreprocessMetrics {
 public:
  // Both must outlive it.
  PreprocessMetrics(prometheus::Registry& registry,
                    const GraphicsDevice& device);

  // Counts what became of a page, or of the parts of one, and passes it on.
  absl::StatusOr<v1::PreprocessResponse> Counted(
      absl::StatusOr<v1::PreprocessResponse> response);
  absl::StatusOr<v1::PreprocessRegionsResponse> Counted(
      absl::StatusOr<v1::PreprocessRegionsResponse> response);

 private:
  void CountStages(const v1::PipelineReport& report);
  // What the device has done since the last time.
  void UpdateDevice();

  const GraphicsDevice& device_;
  prometheus::Counter& pages_ok_;
  prometheus::Counter& pages_error_;
  prometheus::Family<prometheus::Counter>& device_jobs_;
  prometheus::Family<prometheus::Counter>& fallbacks_;
  prometheus::Histogram& batch_pages_;
  prometheus::Gauge& device_healthy_;
  std::mutex mutex_;
  // The following are guarded by mutex_.
  std::array<int64_t, 11> batch_sizes_seen_ = {};
  int64_t pages_seen_ = 0;
};

}  // namespace sightline::preprocess

#endif  // SIGHTLINE_SERVICES_PREPROCESS_PREPROCESS_METRICS_H_
