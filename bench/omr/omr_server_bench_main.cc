// Memory and time of sightline-omr, measured at the built server: eight clients
// at once, then one alone. Figures without a suffix are for a good flatbed's
// scans (about 0.6 MB), those with "_grainy" for noisy ones (about 1.8 MB).
//
//   omr_server_bench [--json]
#include <grpcpp/grpcpp.h>

#include <cstdio>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "bench/support/figures.h"
#include "common/status/grpc_status.h"
#include "common/status/status_macros.h"
#include "sightline/grade/v1/grade.grpc.pb.h"
#include "tests/support/process/server_program.h"
#include "tests/support/sheets/sheet_batch.h"

namespace sightline::bench {
namespace {

using grade::v1::GradeService;
using process::ServerProgram;
using process::ServerProgramOptions;
using sheets::SheetBatch;

constexpr int kClients = 8;
constexpr int kSheetsPerClient = 8;

// Sends `count` sheets of `sheets` one after another, from `first` on.
absl::Status Grade(ServerProgram& server, const SheetBatch& sheets, int first,
                   int count) {
  const auto stub = GradeService::NewStub(server.Connect());
  for (int i = 0; i < count; ++i) {
    const int sheet = (first + i) % sheets.count();
    grpc::ClientContext context;
    grade::v1::GradeSheetResponse answer;
    SL_RETURN_IF_ERROR(FromGrpcStatus(
        stub->GradeSheet(&context, sheets.request(sheet), &answer)));
    const std::string mistakes = sheets.Mistakes(sheet, answer);
    if (!mistakes.empty()) {
      return absl::InternalError(absl::StrCat("sheet ", sheet, ": ", mistakes));
    }
  }
  return absl::OkStatus();
}

absl::Status GradeAtOnce(ServerProgram& server, const SheetBatch& sheets) {
  std::mutex mutex;
  absl::Status failure;
  std::vector<std::thread> clients;
  for (int i = 0; i < kClients; ++i) {
    clients.emplace_back([&, i] {
      const absl::Status graded = Grade(server, sheets, i, kSheetsPerClient);
      std::lock_guard<std::mutex> lock(mutex);
      failure.Update(graded);
    });
  }
  for (std::thread& client : clients) client.join();
  return failure;
}

// The figures of one kind of scans, each from a server of its own; their names
// end with `suffix`.
absl::Status MeasureScans(sheets::Scanner scanner, const std::string& suffix,
                          std::vector<Figure>& figures) {
  SL_ASSIGN_OR_RETURN(const SheetBatch sheets,
                      SheetBatch::Make(kClients, /*seed=*/31, scanner));
  size_t bytes = 0;
  for (int i = 0; i < sheets.count(); ++i) bytes += sheets.scan(i).size();
  std::fprintf(stderr, "%d sheets of %zu KB on average\n", sheets.count(),
               bytes / sheets.count() / 1000);
  ServerProgramOptions options;
  // As a pod has it.
  options.flags = {"--memory_budget=512MiB", "--predrain=0s"};
  SL_ASSIGN_OR_RETURN(const auto server,
                      ServerProgram::Start("sightline-omr", options));
  absl::SleepFor(absl::Seconds(1));
  const int64_t idle_bytes = server->process().ResidentBytes();
  SL_RETURN_IF_ERROR(GradeAtOnce(*server, sheets));
  const int64_t peak_bytes = server->process().PeakResidentBytes();
  absl::SleepFor(absl::Seconds(1));
  const int64_t after_bytes = server->process().ResidentBytes();
  const absl::Duration before = server->process().ProcessorTime();
  const absl::Time begin = absl::Now();
  constexpr int kInTurn = 10 * kClients;
  SL_RETURN_IF_ERROR(Grade(*server, sheets, 0, kInTurn));
  const absl::Duration wall = absl::Now() - begin;
  const absl::Duration cpu = server->process().ProcessorTime() - before;
  const auto add = [&](const std::string& name, double value,
                       const std::string& unit) {
    figures.push_back({absl::StrCat(name, suffix), value, unit});
  };
  add("omr_idle_rss_mb", ToMegabytes(idle_bytes), "MB");
  add("omr_peak_rss_8_concurrent_mb", ToMegabytes(peak_bytes), "MB");
  add("omr_rss_after_load_mb", ToMegabytes(after_bytes), "MB");
  add("omr_server_cpu_ms_per_sheet", absl::ToDoubleMilliseconds(cpu) / kInTurn,
      "ms");
  add("omr_server_wall_ms_per_sheet",
      absl::ToDoubleMilliseconds(wall) / kInTurn, "ms");
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Figure>> Measure() {
  std::vector<Figure> figures;
  SL_RETURN_IF_ERROR(MeasureScans(sheets::Scanner::kFlatbed, "", figures));
  SL_RETURN_IF_ERROR(
      MeasureScans(sheets::Scanner::kGrainy, "_grainy", figures));
  return figures;
}

}  // namespace
}  // namespace sightline::bench

int main(int argc, char** argv) {
  return sightline::bench::RunBenchmark(argc, argv, sightline::bench::Measure);
}
