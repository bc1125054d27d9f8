// Pages through sightline-preprocess, measured at the built server: what a page
// costs and where, how many go through, how long each takes.
//
//   preprocess_server_bench [--json]
//
// A page of 3840 x 2160 as a JPEG of quality 90 goes through
//
//   decode  no operation, gray pixels come back: decode and transport alone
//   gray    CLAHE, Gaussian 3, mean 11; gray pixels come back
//   packed  the same; a bit a pixel comes back
//   auto    the preset, PNG comes back
//
// each with 1, 4 and 16 clients. CPU is the server's, all threads together.
#include <grpcpp/grpcpp.h>

#include <cstdio>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "bench/preprocess/bench_page.h"
#include "bench/support/figures.h"
#include "common/image/encode.h"
#include "common/status/grpc_status.h"
#include "common/status/status_macros.h"
#include "sightline/preprocess/v1/preprocess.grpc.pb.h"
#include "tests/support/process/server_program.h"

namespace sightline::bench {
namespace {

namespace v1 = preprocess::v1;
using process::ServerProgram;
using process::ServerProgramOptions;

constexpr int kClients[] = {1, 4, 16};
constexpr int kPages = 48;

// What one run of pages has shown.
struct Run {
  std::vector<double> milliseconds;
  // Sums over the pages, by stage.
  std::map<std::string, double> stages;
};

absl::Status SendPages(ServerProgram& server,
                       const v1::PreprocessRequest& request, int count,
                       std::mutex& mutex, Run& run) {
  const auto stub = v1::PreprocessService::NewStub(server.Connect());
  for (int i = 0; i < count; ++i) {
    grpc::ClientContext context;
    v1::PreprocessResponse answer;
    const absl::Time start = absl::Now();
    SL_RETURN_IF_ERROR(
        FromGrpcStatus(stub->Preprocess(&context, request, &answer)));
    const double elapsed = absl::ToDoubleMilliseconds(absl::Now() - start);
    std::lock_guard<std::mutex> lock(mutex);
    run.milliseconds.push_back(elapsed);
    for (const auto& stage : answer.cost().stages()) {
      run.stages[stage.stage()] +=
          1e3 * stage.duration().seconds() + 1e-6 * stage.duration().nanos();
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<Run> SendAtOnce(ServerProgram& server,
                               const v1::PreprocessRequest& request,
                               int clients) {
  std::mutex mutex;
  Run run;
  absl::Status failure;
  std::vector<std::thread> threads;
  for (int i = 0; i < clients; ++i) {
    threads.emplace_back([&] {
      const absl::Status sent =
          SendPages(server, request, kPages / clients, mutex, run);
      std::lock_guard<std::mutex> lock(mutex);
      failure.Update(sent);
    });
  }
  for (std::thread& thread : threads) thread.join();
  SL_RETURN_IF_ERROR(failure);
  return run;
}

absl::Status MeasureWork(const std::string& name,
                         const v1::PreprocessRequest& request,
                         std::vector<Figure>& figures) {
  ServerProgramOptions options;
  options.flags = {"--memory_budget=2GiB", "--predrain=0s"};
  SL_ASSIGN_OR_RETURN(const auto server,
                      ServerProgram::Start("sightline-preprocess", options));
  const double idle = ToMegabytes(server->process().ResidentBytes());
  SL_RETURN_IF_ERROR(SendAtOnce(*server, request, 2).status());
  const std::string prefix = absl::StrCat("pre_server_", name, "_");
  for (const int clients : kClients) {
    const absl::Duration before = server->process().ProcessorTime();
    const absl::Time start = absl::Now();
    SL_ASSIGN_OR_RETURN(const Run run, SendAtOnce(*server, request, clients));
    const double seconds = absl::ToDoubleSeconds(absl::Now() - start);
    const absl::Duration cpu = server->process().ProcessorTime() - before;
    const double pages = static_cast<double>(run.milliseconds.size());
    const auto add = [&](const std::string& figure, double value,
                         const std::string& unit) {
      figures.push_back(
          {absl::StrCat(prefix, figure, "_", clients), value, unit});
    };
    add("cpu_ms_per_page", absl::ToDoubleMilliseconds(cpu) / pages, "ms");
    add("pages_per_s", pages / seconds, "1/s");
    add("p50_ms", Percentile(run.milliseconds, 0.5), "ms");
    add("p99_ms", Percentile(run.milliseconds, 0.99), "ms");
    if (clients != 1) continue;
    for (const auto& [stage, sum] : run.stages) {
      add(absl::StrCat(stage, "_ms"), sum / pages, "ms");
    }
  }
  figures.push_back({absl::StrCat(prefix, "idle_rss_mb"), idle, "MB"});
  figures.push_back({absl::StrCat(prefix, "peak_rss_mb"),
                     ToMegabytes(server->process().PeakResidentBytes()), "MB"});
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Figure>> Measure() {
  SL_ASSIGN_OR_RETURN(const std::string page,
                      EncodeJpeg(preprocess::BenchPage(), 90));
  std::fprintf(stderr, "a page of %zu KB\n", page.size() / 1000);
  v1::PreprocessRequest decode;
  decode.mutable_page()->set_encoded(page);
  decode.mutable_options()->mutable_operations();
  v1::PreprocessRequest gray = decode;
  v1::OperationList& list = *gray.mutable_options()->mutable_operations();
  list.add_operations()->mutable_clahe();
  list.add_operations()->mutable_gaussian();
  v1::AdaptiveThreshold& mean = *list.add_operations()->mutable_adaptive_mean();
  mean.set_size(11);
  mean.set_offset(2);
  v1::PreprocessRequest packed = gray;
  packed.mutable_options()->mutable_output()->set_format(
      v1::PAGE_FORMAT_PACKED);
  v1::PreprocessRequest automatic;
  automatic.mutable_page()->set_encoded(page);
  automatic.mutable_options()->mutable_output()->set_format(
      v1::PAGE_FORMAT_PNG);
  std::vector<Figure> figures;
  for (const auto& [name, request] :
       {std::pair{"decode", &decode}, std::pair{"gray", &gray},
        std::pair{"packed", &packed}, std::pair{"auto", &automatic}}) {
    SL_RETURN_IF_ERROR(MeasureWork(name, *request, figures));
  }
  return figures;
}

}  // namespace
}  // namespace sightline::bench

int main(int argc, char** argv) {
  return sightline::bench::RunBenchmark(argc, argv, sightline::bench::Measure);
}
