#include "services/preprocess/preprocess_metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <string>
#include <vector>

namespace sightline::preprocess {
namespace {

// DeviceEngineCounters::batch_sizes has a class for all above the last one.
const prometheus::Histogram::BucketBoundaries kBatchSizes = {
    1, 2, 4, 8, 16, 32, 64, 128, 256, 512};

prometheus::Counter& PagesOf(prometheus::Registry& registry,
                             const char* outcome) {
  return prometheus::BuildCounter()
      .Name("sightline_preprocess_pages_total")
      .Help("Pages and parts of pages by what became of them.")
      .Register(registry)
      .Add({{"outcome", outcome}});
}

prometheus::Gauge& GaugeOf(prometheus::Registry& registry, const char* name,
                           const char* help) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add(
      {});
}

}  // namespace

PreprocessMetrics::PreprocessMetrics(prometheus::Registry& registry,
                                     const GraphicsDevice& device)
    : device_(device),
      pages_ok_(PagesOf(registry, "ok")),
      pages_error_(PagesOf(registry, "error")),
      device_jobs_(prometheus::BuildCounter()
                       .Name("sightline_preprocess_device_jobs_total")
                       .Help("Stages of pipelines by what they ran on.")
                       .Register(registry)),
      fallbacks_(prometheus::BuildCounter()
                     .Name("sightline_preprocess_fallbacks_total")
                     .Help("Stages that the processor did although there is a "
                           "graphics device.")
                     .Register(registry)),
      batch_pages_(prometheus::BuildHistogram()
                       .Name("sightline_preprocess_batch_pages")
                       .Help("Pages in a batch of the graphics device.")
                       .Register(registry)
                       .Add({}, kBatchSizes)),
      device_healthy_(GaugeOf(registry, "sightline_preprocess_device_healthy",
                              "1 while the graphics device takes work.")) {
  GaugeOf(registry, "sightline_preprocess_device_present",
          "1 if there is a graphics device.")
      .Set(device.engine() != nullptr ? 1 : 0);
  UpdateDevice();
}

absl::StatusOr<v1::PreprocessResponse> PreprocessMetrics::Counted(
    absl::StatusOr<v1::PreprocessResponse> response) {
  (response.ok() ? pages_ok_ : pages_error_).Increment();
  if (response.ok()) CountStages(response->report());
  UpdateDevice();
  return response;
}

absl::StatusOr<v1::PreprocessRegionsResponse> PreprocessMetrics::Counted(
    absl::StatusOr<v1::PreprocessRegionsResponse> response) {
  if (!response.ok()) {
    pages_error_.Increment();
    return response;
  }
  for (const v1::RegionResult& result : response->results()) {
    (result.has_page() ? pages_ok_ : pages_error_).Increment();
    CountStages(result.report());
  }
  UpdateDevice();
  return response;
}

void PreprocessMetrics::CountStages(const v1::PipelineReport& report) {
  for (const v1::StageReport& stage : report.stages()) {
    if (stage.has_run()) {
      device_jobs_.Add({{"device", stage.device()}}).Increment();
    }
    if (!stage.fallback_reason().empty()) {
      fallbacks_.Add({{"reason", stage.fallback_reason()}}).Increment();
    }
  }
}

void PreprocessMetrics::UpdateDevice() {
  const device::DeviceEngine* const engine = device_.engine();
  if (engine == nullptr) return;
  const device::DeviceEngineCounters counters = engine->counters();
  const int64_t pages =
      counters.pages[static_cast<size_t>(FallbackReason::kNone)];
  std::lock_guard<std::mutex> lock(mutex_);
  std::vector<double> added;
  bool is_newer = true;
  for (size_t i = 0; i < counters.batch_sizes.size(); ++i) {
    const int64_t more = counters.batch_sizes[i] - batch_sizes_seen_[i];
    // Another thread may have been here with later counters.
    is_newer = is_newer && more >= 0;
    added.push_back(static_cast<double>(more));
  }
  if (!is_newer || pages < pages_seen_) return;
  batch_pages_.ObserveMultiple(added, static_cast<double>(pages - pages_seen_));
  batch_sizes_seen_ = counters.batch_sizes;
  pages_seen_ = pages;
  device_healthy_.Set(counters.is_healthy ? 1 : 0);
}

}  // namespace sightline::preprocess
