// Mask to valid polygons beside GDALPolygonize: processor time of one thread on
// the same masks in the same process, the polygons compared. And what follows
// on our side: simplifying.
//
//   georef_vector_bench                    the table
//   georef_vector_bench --json             one JSON object per figure
//   georef_vector_bench --repeat 40        the median of so many runs (default
//                                          25; of GDAL a fifth of them)
//
// Exits with 1 if vertices, rings or areas differ from GDAL's.
#include <time.h>

#include <algorithm>
#include <cstdio>
#include <functional>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "bench/georef/bench_mask.h"
#include "bench/georef/gdal_polygons.h"
#include "bench/georef/polygon_inventory.h"
#include "services/georef/engine/vector/simplify_polygons.h"
#include "services/georef/engine/vector/trace_polygons.h"

namespace sightline::georef {
namespace {

struct Options {
  bool json = false;
  int repeat = 25;
};

double ThreadSeconds() {
  timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) +
         1e-9 * static_cast<double>(now.tv_nsec);
}

double MedianMilliseconds(int repeat, const std::function<void()>& run) {
  run();
  std::vector<double> seconds;
  for (int i = 0; i < repeat; ++i) {
    const double begin = ThreadSeconds();
    run();
    seconds.push_back(ThreadSeconds() - begin);
  }
  const auto middle = seconds.begin() + repeat / 2;
  std::nth_element(seconds.begin(), middle, seconds.end());
  return 1000 * *middle;
}

// A picture taken straight down, 0.2 m a pixel.
std::vector<PlanePoint> PositionsOf(const TracedPolygons& traced) {
  std::vector<PlanePoint> positions;
  positions.reserve(traced.vertices.size());
  for (const PixelCorner& corner : traced.vertices) {
    positions.push_back({0.2 * corner.x, -0.2 * corner.y});
  }
  return positions;
}

struct Case {
  // In JSON "geo_polygonize_<name>_ms".
  std::string name;
  std::string title;
  BenchMask mask;
};

absl::Status Measure(const Options& options, const Case& one) {
  auto gdal = GdalPolygons::Create(one.mask);
  if (!gdal.ok()) return gdal.status();
  absl::Status status;
  const double theirs =
      MedianMilliseconds(std::max(3, options.repeat / 5),
                         [&] { status.Update(gdal->Polygonize()); });
  if (!status.ok()) return status;

  TraceOptions trace_options;
  trace_options.maximum_vertices = 10'000'000;
  absl::StatusOr<TracedPolygons> traced;
  const double ours = MedianMilliseconds(options.repeat, [&] {
    traced = TracePolygons(one.mask.View(), trace_options, StopToken());
  });
  if (!traced.ok()) return traced.status();

  const PolygonInventory our_inventory = InventoryOf(*traced);
  const std::string difference = our_inventory.DifferenceTo(gdal->Inventory());

  const std::vector<PlanePoint> positions = PositionsOf(*traced);
  const double tolerance_m = 0.2;
  absl::StatusOr<SimplifiedPolygons> simplified;
  const double simplifying = MedianMilliseconds(options.repeat, [&] {
    simplified = SimplifyPolygons(*traced, one.mask.width, one.mask.height,
                                  positions, {tolerance_m, 0}, StopToken());
  });
  if (!simplified.ok()) return simplified.status();

  if (options.json) {
    std::printf(
        "{\"figure\": \"geo_polygonize_%s_ms\", \"value\": %.4f, \"unit\": "
        "\"ms\", \"peer\": \"GDAL %s\", \"peer_value\": %.3f, \"ratio\": "
        "%.2f}\n",
        one.name.c_str(), ours, GdalPolygons::Version().c_str(), theirs,
        theirs / ours);
    std::printf(
        "{\"figure\": \"geo_simplify_%s_ms\", \"value\": %.4f, \"unit\": "
        "\"ms\"}\n",
        one.name.c_str(), simplifying);
  } else {
    std::printf("%-28s %9.2f %9.3f %7.1fx %9.3f %9zu %7lld %8zu %8zu  %s\n",
                one.title.c_str(), theirs, ours, theirs / ours, simplifying,
                traced->polygons.size(),
                static_cast<long long>(our_inventory.CountRings()),
                traced->vertices.size(), simplified->sources.size(),
                difference.empty() ? "equal" : difference.c_str());
  }
  if (difference.empty()) return absl::OkStatus();
  return absl::DataLossError(one.title +
                             ": ours against GDAL's: " + difference);
}

int Run(const Options& options) {
  if (!options.json) {
    std::printf(
        "processor ms of one thread, median; simplified by a pixel's side\n"
        "%-28s %9s %9s %8s %9s %9s %7s %8s %8s\n",
        "", ("GDAL " + GdalPolygons::Version()).c_str(), "ours", "ratio",
        "simplify", "polygons", "rings", "vertices", "left");
  }
  bool is_good = true;
  for (const Case& one : {Case{"1080p", "slick, 1920 x 1080", SlickMask()},
                          Case{"4096", "slick, 4096 x 4096", LargeSlickMask()},
                          Case{"noise", "noise, 1920 x 1080", NoisyMask()}}) {
    const absl::Status status = Measure(options, one);
    if (status.ok()) continue;
    std::fprintf(stderr, "georef_vector_bench: %s\n",
                 std::string(status.message()).c_str());
    is_good = false;
  }
  return is_good ? 0 : 1;
}

}  // namespace
}  // namespace sightline::georef

int main(int argc, char** argv) {
  sightline::georef::Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string flag = argv[i];
    if (flag == "--json") {
      options.json = true;
    } else if (flag != "--repeat" || i + 1 == argc ||
               !absl::SimpleAtoi(argv[++i], &options.repeat) ||
               options.repeat < 1) {
      std::fprintf(stderr,
                   "usage: georef_vector_bench [--json] [--repeat N]\n");
      return 2;
    }
  }
  return sightline::georef::Run(options);
}
