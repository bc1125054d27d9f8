#include "tools/sightline/bench/load_report.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tools/sightline/client/rpc_error.h"
#include "tools/sightline/text/json_writer.h"

namespace sightline::cli {
namespace {

constexpr std::pair<const char*, double> kQuantiles[] = {
    {"p50", 0.50}, {"p90", 0.90}, {"p99", 0.99}, {"p999", 0.999}};
constexpr int kBarCells = 40;

double PerSecond(int64_t count, absl::Duration elapsed) {
  const double seconds = absl::ToDoubleSeconds(elapsed);
  return seconds > 0 ? static_cast<double>(count) / seconds : 0;
}

std::string Milliseconds(absl::Duration duration) {
  const double value = absl::ToDoubleMilliseconds(duration);
  return value < 1000 ? absl::StrFormat("%.3g", value)
                      : absl::StrFormat("%.0f", value);
}

}  // namespace

std::string LoadText(absl::string_view payload, const LoadPlan& plan,
                     const LoadResult& result) {
  std::string text = absl::StrFormat(
      "%s: %s, %.1f s\n", payload,
      plan.rate > 0 ? absl::StrCat("open loop of ", plan.rate, "/s, at most ",
                                   plan.concurrency, " at a time")
                    : absl::StrCat("closed loop of ", plan.concurrency),
      absl::ToDoubleSeconds(result.elapsed));
  absl::StrAppendFormat(&text, "  calls    %d (%.1f/s)\n", result.total(),
                        PerSecond(result.total(), result.elapsed));
  for (const auto& [code, count] : result.calls) {
    absl::StrAppendFormat(&text, "    %-20s %d\n", CodeName(code), count);
  }
  if (result.not_made > 0) {
    absl::StrAppendFormat(&text, "    %-20s %d\n", "never made",
                          result.not_made);
  }
  if (!result.first_failure.ok()) {
    absl::StrAppend(&text,
                    "  first failure: ", DescribeError(result.first_failure));
  }
  const LatencyHistogram& latency = result.latency;
  if (latency.count() == 0) return text;
  absl::StrAppend(&text, "  latency  ms: min ", Milliseconds(latency.min()),
                  "  mean ", Milliseconds(latency.mean()));
  for (const auto& [name, quantile] : kQuantiles) {
    absl::StrAppend(&text, "  ", name, " ",
                    Milliseconds(latency.Quantile(quantile)));
  }
  absl::StrAppend(&text, "  max ", Milliseconds(latency.max()), "\n");
  const auto bars = latency.Bars();
  int64_t tallest = 1;
  for (const auto& bar : bars) tallest = std::max(tallest, bar.count);
  for (const auto& bar : bars) {
    // Few is not none.
    const auto cells =
        static_cast<size_t>((bar.count * kBarCells + tallest - 1) / tallest);
    absl::StrAppendFormat(&text, "  %9s ..%9s ms  %s%d\n",
                          Milliseconds(bar.from), Milliseconds(bar.to),
                          cells > 0 ? std::string(cells, '#') + " " : "",
                          bar.count);
  }
  return text;
}

std::string LoadJson(absl::string_view payload, const LoadPlan& plan,
                     const LoadResult& result) {
  const LatencyHistogram& latency = result.latency;
  JsonWriter json;
  json.BeginObject();
  json.Key("payload").String(payload);
  json.Key("loop").String(plan.rate > 0 ? "open" : "closed");
  json.Key("concurrency").Integer(plan.concurrency);
  json.Key("rate_per_s");
  if (plan.rate > 0) {
    json.Number(plan.rate);
  } else {
    json.Null();
  }
  json.Key("elapsed_s").Number(absl::ToDoubleSeconds(result.elapsed));
  json.Key("calls").Integer(result.total());
  json.Key("ok").Integer(result.succeeded());
  json.Key("not_made").Integer(result.not_made);
  json.Key("errors").BeginObject();
  for (const auto& [code, count] : result.calls) {
    if (code != absl::StatusCode::kOk) json.Key(CodeName(code)).Integer(count);
  }
  json.EndObject();
  json.Key("ok_per_s").Number(PerSecond(result.succeeded(), result.elapsed));
  json.Key("latency_ms");
  if (latency.count() == 0) {
    json.Null();
  } else {
    json.BeginObject();
    json.Key("min").Number(absl::ToDoubleMilliseconds(latency.min()));
    json.Key("mean").Number(absl::ToDoubleMilliseconds(latency.mean()));
    for (const auto& [name, quantile] : kQuantiles) {
      json.Key(name).Number(
          absl::ToDoubleMilliseconds(latency.Quantile(quantile)));
    }
    json.Key("max").Number(absl::ToDoubleMilliseconds(latency.max()));
    json.EndObject();
  }
  json.Key("histogram").BeginArray();
  for (const auto& bar : latency.Bars()) {
    json.BeginObject();
    json.Key("from_ms").Number(absl::ToDoubleMilliseconds(bar.from));
    json.Key("to_ms").Number(absl::ToDoubleMilliseconds(bar.to));
    json.Key("count").Integer(bar.count);
    json.EndObject();
  }
  json.EndArray();
  json.EndObject();
  return json.text();
}

}  // namespace sightline::cli
