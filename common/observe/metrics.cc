#include "common/observe/metrics.h"

#include <prometheus/metric_family.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <cstdint>
#include <ctime>
#include <mutex>
#include <optional>
#include <sstream>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "common/memory/control_group.h"
#include "common/memory/process_memory.h"
#include "common/observe/page_server.h"
#include "common/observe/reasons.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"

namespace sightline {
namespace {

constexpr char kContentType[] = "text/plain; version=0.0.4; charset=utf-8";

double ProcessorSeconds() {
  timespec time = {};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) +
         static_cast<double>(time.tv_nsec) * 1e-9;
}

// What the process uses, read when asked.
class ProcessFigures {
 public:
  void AppendTo(std::vector<prometheus::MetricFamily>& families) const {
    const ControlGroup group = ReadControlGroup();
    Append(families, "sightline_resident_bytes", "Memory resident now.",
           static_cast<double>(ResidentBytes()));
    Append(families, "sightline_peak_resident_bytes",
           "The most memory ever resident.",
           static_cast<double>(PeakResidentBytes()));
    Append(families, "sightline_cgroup_memory_limit_bytes",
           "Memory at which the kernel kills; absent without a limit.",
           ToDouble(group.memory_limit_bytes));
    Append(families, "sightline_cgroup_memory_used_bytes",
           "Memory charged to the control group, less inactive file cache.",
           ToDouble(group.memory_used_bytes));
    Append(families, "sightline_cgroup_cpu_count",
           "Processors the control group may use; absent without a quota.",
           group.cpu_count);
    Append(families, "sightline_cpu_seconds_total", "CPU time used.",
           ProcessorSeconds(), prometheus::MetricType::Counter);
    Append(families, "sightline_start_time_seconds",
           "When the process started, in seconds since 1970.",
           absl::ToUnixSeconds(started_));
    Append(families, "sightline_build_info", "The version that runs; always 1.",
           1.0, prometheus::MetricType::Gauge,
           {{"version", SIGHTLINE_VERSION}});
  }

 private:
  static std::optional<double> ToDouble(std::optional<int64_t> value) {
    if (!value.has_value()) return std::nullopt;
    return static_cast<double>(*value);
  }

  static void Append(
      std::vector<prometheus::MetricFamily>& families, const char* name,
      const char* help, std::optional<double> value,
      prometheus::MetricType type = prometheus::MetricType::Gauge,
      std::vector<prometheus::ClientMetric::Label> labels = {}) {
    if (!value.has_value()) return;
    prometheus::ClientMetric metric;
    metric.label = std::move(labels);
    if (type == prometheus::MetricType::Counter) {
      metric.counter.value = *value;
    } else {
      metric.gauge.value = *value;
    }
    families.push_back({name, help, type, {std::move(metric)}});
  }

  const absl::Time started_ = absl::Now();
};

// What a scrape sees.
class Scrape {
 public:
  prometheus::Registry& registry() { return registry_; }

  void AtScrape(std::function<void()> function) {
    std::lock_guard<std::mutex> lock(mutex_);
    functions_.push_back(std::move(function));
  }

  std::string Render() const {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      for (const std::function<void()>& function : functions_) function();
    }
    std::vector<prometheus::MetricFamily> families = registry_.Collect();
    process_.AppendTo(families);
    // The registry's order is that of their types.
    std::sort(
        families.begin(), families.end(),
        [](const prometheus::MetricFamily& a,
           const prometheus::MetricFamily& b) { return a.name < b.name; });
    std::ostringstream text;
    prometheus::TextSerializer().Serialize(text, families);
    return std::move(text).str();
  }

 private:
  prometheus::Registry registry_;
  ProcessFigures process_;
  mutable std::mutex mutex_;
  std::vector<std::function<void()>> functions_;  // Guarded by mutex_.
};

// An address as Listen() takes it.
struct HostPort {
  // Without brackets.
  std::string host;
  int port = 0;
};

bool IsHost(absl::string_view host) {
  return !host.empty() && std::all_of(host.begin(), host.end(), [](char c) {
    return absl::ascii_isalnum(c) || c == '.' || c == '-';
  });
}

bool IsVersion6(absl::string_view host) {
  return absl::StrContains(host, ':') &&
         std::all_of(host.begin(), host.end(), [](char c) {
           return absl::ascii_isxdigit(c) || c == ':' || c == '.';
         });
}

absl::StatusOr<HostPort> ParseHostPort(absl::string_view text) {
  const size_t colon = text.rfind(':');
  if (colon != absl::string_view::npos) {
    absl::string_view host = text.substr(0, colon);
    const absl::string_view port = text.substr(colon + 1);
    const bool has_brackets =
        absl::ConsumePrefix(&host, "[") && absl::ConsumeSuffix(&host, "]");
    int number = 0;
    if ((has_brackets ? IsVersion6(host) : IsHost(host)) &&
        std::all_of(port.begin(), port.end(), absl::ascii_isdigit) &&
        absl::SimpleAtoi(port, &number) && number <= 65535) {
      return HostPort{std::string(host), number};
    }
  }
  return Error(absl::StatusCode::kInvalidArgument, kReasonMetricsAddressInvalid)
      .Message(absl::StrCat("--metrics_listen '", text,
                            "' is not an address and a port such as "
                            "127.0.0.1:51050 or [::]:51050"));
}

}  // namespace

class Metrics::Impl {
 public:
  Scrape& scrape() { return scrape_; }

  absl::Status Listen(const std::string& host_port) {
    SL_ASSIGN_OR_RETURN(const HostPort address, ParseHostPort(host_port));
    std::lock_guard<std::mutex> lock(mutex_);
    if (server_ != nullptr) {
      return Error(absl::StatusCode::kFailedPrecondition,
                   kReasonMetricsListening)
          .Message(absl::StrCat("metrics are served on port ", server_->port(),
                                " already"));
    }
    SL_ASSIGN_OR_RETURN(
        server_,
        PageServer::Listen(address.host, address.port,
                           {.path = "/metrics",
                            .content_type = kContentType,
                            .content = [this] { return scrape_.Render(); }}));
    return absl::OkStatus();
  }

  int port() const {
    std::lock_guard<std::mutex> lock(mutex_);
    return server_ == nullptr ? 0 : server_->port();
  }

 private:
  Scrape scrape_;
  mutable std::mutex mutex_;
  // Guarded by mutex_. Last: it stops before the rest goes.
  std::unique_ptr<PageServer> server_;
};

Metrics::Metrics() : impl_(std::make_unique<Impl>()) {}

Metrics::~Metrics() = default;

prometheus::Registry& Metrics::registry() { return impl_->scrape().registry(); }

void Metrics::AtScrape(std::function<void()> function) {
  impl_->scrape().AtScrape(std::move(function));
}

absl::Status Metrics::Listen(const std::string& host_port) {
  return impl_->Listen(host_port);
}

int Metrics::port() const { return impl_->port(); }

std::string Metrics::Render() const { return impl_->scrape().Render(); }

}  // namespace sightline
