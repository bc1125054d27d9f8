// Frames through sightline-georef, measured at the built server: what a frame
// costs and where, how long it takes, how much memory there is in it.
//
//   georef_server_bench [--json]
//
// A frame of 1920 x 1080 as a JPEG of quality 85 comes with a mask (the slick
// of georef_vector_bench) and a pose; one client, one thread of the server.
//
//   packed   the frame is decoded, the mask comes as labels, polygons go back
//   as
//            numbers
//   png      the same, the mask comes as PNG
//   geojson  the same as packed, polygons go back as text
//   raster   the same as packed, and the frame as a GeoTIFF (JPEG)
#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "bench/georef/bench_mask.h"
#include "bench/support/figures.h"
#include "common/image/encode.h"
#include "common/status/grpc_status.h"
#include "common/status/status_macros.h"
#include "sightline/georef/v1/georef.grpc.pb.h"
#include "tests/generator/sea/sea_frame.h"
#include "tests/support/georef/scene.h"
#include "tests/support/process/server_program.h"

namespace sightline::bench {
namespace {

namespace v1 = georef::v1;
using process::ServerProgram;
using process::ServerProgramOptions;

constexpr int kWidth = 1920;
constexpr int kHeight = 1080;
constexpr int kFrames = 400;
constexpr int kWarmUp = 20;

absl::Status Measure(const std::string& name, const v1::ProcessRequest& request,
                     std::vector<Figure>& figures) {
  ServerProgramOptions options;
  options.flags = {"--threads=1", "--predrain=0s"};
  SL_ASSIGN_OR_RETURN(const auto server,
                      ServerProgram::Start("sightline-georef", options));
  const auto stub = v1::GeorefService::NewStub(server->Connect());
  std::vector<double> milliseconds;
  std::map<std::string, double> stages;
  absl::Duration before;
  for (int i = 0; i < kWarmUp + kFrames; ++i) {
    if (i == kWarmUp) before = server->process().ProcessorTime();
    grpc::ClientContext context;
    v1::ProcessResponse answer;
    const absl::Time start = absl::Now();
    SL_RETURN_IF_ERROR(
        FromGrpcStatus(stub->Process(&context, request, &answer)));
    if (i < kWarmUp) continue;
    milliseconds.push_back(absl::ToDoubleMilliseconds(absl::Now() - start));
    for (const auto& stage : answer.cost().stages()) {
      stages[stage.stage()] +=
          1e3 * stage.duration().seconds() + 1e-6 * stage.duration().nanos();
    }
  }
  const absl::Duration cpu = server->process().ProcessorTime() - before;
  const std::string prefix = name == "packed"
                                 ? "geo_process_"
                                 : absl::StrCat("geo_process_", name, "_");
  const auto add = [&](const std::string& figure, double value,
                       const std::string& unit) {
    figures.push_back({absl::StrCat(prefix, figure), value, unit});
  };
  add("p50_ms", Percentile(milliseconds, 0.5), "ms");
  add("p99_ms", Percentile(milliseconds, 0.99), "ms");
  add("cpu_ms", absl::ToDoubleMilliseconds(cpu) / kFrames, "ms");
  for (const auto& [stage, sum] : stages) {
    add(absl::StrCat(stage, "_ms"), sum / kFrames, "ms");
  }
  add("peak_rss_mb", ToMegabytes(server->process().PeakResidentBytes()), "MB");
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Figure>> MeasureAll() {
  v1::ProcessRequest request;
  const generator::SeaFrame frame =
      generator::DrawSeaFrame(/*seed=*/1, kWidth, kHeight);
  SL_ASSIGN_OR_RETURN(*request.mutable_frame()->mutable_encoded(),
                      EncodeJpeg(frame.image, 85));
  const georef::BenchMask slick = georef::SlickMask();
  GrayImage mask(kWidth, kHeight);
  std::copy(slick.labels.begin(), slick.labels.end(), mask.data());
  *request.mutable_mask() = georef::Labels(mask);
  *request.mutable_metadata()->mutable_pose() = georef::NadirPose();
  v1::ProcessRequest png = request;
  *png.mutable_mask() = georef::LabelsPng(mask);
  std::fprintf(stderr, "a frame of %zu KB, a mask of %zu KB as PNG\n",
               request.frame().encoded().size() / 1000,
               png.mask().png().size() / 1000);
  v1::ProcessRequest geojson = request;
  geojson.mutable_output()->set_format(v1::FEATURE_FORMAT_GEOJSON);
  v1::ProcessRequest raster = request;
  raster.mutable_raster()->set_format(v1::RASTER_FORMAT_GEOTIFF);
  std::vector<Figure> figures;
  for (const auto& [name, message] :
       {std::pair{"packed", &request}, std::pair{"png", &png},
        std::pair{"geojson", &geojson}, std::pair{"raster", &raster}}) {
    SL_RETURN_IF_ERROR(Measure(name, *message, figures));
  }
  return figures;
}

}  // namespace
}  // namespace sightline::bench

int main(int argc, char** argv) {
  return sightline::bench::RunBenchmark(argc, argv,
                                        sightline::bench::MeasureAll);
}
