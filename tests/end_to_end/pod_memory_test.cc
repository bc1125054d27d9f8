// sightline-omr as a pod runs it: within a memory limit, with more clients
// than it can serve at once.
//
// POD_TEST_SHEETS sets how many sheets each of the load tests sends (400; some
// 20 seconds of CPU time).
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "common/status/error.h"
#include "common/status/grpc_status.h"
#include "sightline/grade/v1/grade.grpc.pb.h"
#include "tests/support/process/server_program.h"
#include "tests/support/sheets/sheet_batch.h"

namespace sightline {
namespace {

using grade::v1::GradeService;
using process::MemoryGroup;
using process::ServerProgram;
using process::ServerProgramOptions;
using sheets::SheetBatch;

constexpr int64_t kMiB = int64_t{1} << 20;
constexpr int64_t kIdleBytes = 32 * kMiB;
constexpr int64_t kLeftBehindBytes = 8 * kMiB;
constexpr int kClients = 16;
// Enough for the slowest machine; a server that never lets a call in fails.
constexpr int kMostAttempts = 50;

double ToMiB(int64_t bytes) { return static_cast<double>(bytes) / kMiB; }

int SheetCount() {
  int count = 400;
  if (const char* text = std::getenv("POD_TEST_SHEETS")) {
    EXPECT_TRUE(absl::SimpleAtoi(text, &count) && count > 0) << text;
  }
  return count;
}

const SheetBatch& Sheets() {
  static const SheetBatch& batch = *[] {
    constexpr uint64_t kSeed = 11;
    std::printf("sheets of seed %llu\n",
                static_cast<unsigned long long>(kSeed));
    absl::StatusOr<SheetBatch> made = SheetBatch::Make(8, kSeed);
    if (!made.ok()) {
      std::fprintf(stderr, "%s\n", made.status().ToString().c_str());
      std::abort();
    }
    return new SheetBatch(*std::move(made));
  }();
  return batch;
}

// What became of the sheets of all clients.
class Tally {
 public:
  void Answered(const std::string& mistakes) {
    ++answered_;
    if (!mistakes.empty()) Complain(mistakes);
  }
  // How long to wait before sending again; nullopt when that was not said.
  std::optional<absl::Duration> Refused(const absl::Status& status) {
    const auto details = DetailsOf(status);
    if (absl::IsResourceExhausted(status) && details.has_value() &&
        details->retry_after.has_value()) {
      ++refused_;
      return details->retry_after;
    }
    Complain(absl::StrCat("lost: ", status.ToString()));
    return std::nullopt;
  }
  void GaveUp(int sheet) {
    Complain(absl::StrCat("sheet ", sheet, " was told to retry ", kMostAttempts,
                          " times"));
  }

  int answered() const { return answered_; }
  int refused() const { return refused_; }
  std::vector<std::string> complaints() const { return complaints_; }

 private:
  void Complain(const std::string& what) {
    std::lock_guard<std::mutex> lock(mutex_);
    complaints_.push_back(what);
  }

  std::atomic<int> answered_ = 0;
  std::atomic<int> refused_ = 0;
  std::mutex mutex_;
  std::vector<std::string> complaints_;  // Guarded by mutex_.
};

// A client that sends one call after the other.
void SendUnary(ServerProgram& server, const std::vector<int>& sheets,
               Tally& tally) {
  const auto stub = GradeService::NewStub(server.Connect());
  for (const int sheet : sheets) {
    for (int attempt = 1;; ++attempt) {
      grpc::ClientContext context;
      grade::v1::GradeSheetResponse answer;
      const grpc::Status status =
          stub->GradeSheet(&context, Sheets().request(sheet), &answer);
      if (status.ok()) {
        tally.Answered(Sheets().Mistakes(sheet, answer));
        break;
      }
      const auto delay = tally.Refused(FromGrpcStatus(status));
      if (!delay.has_value()) break;
      if (attempt == kMostAttempts) {
        tally.GaveUp(sheet);
        break;
      }
      absl::SleepFor(*delay);
    }
  }
}

void WriteItem(grpc::ClientReaderWriter<grade::v1::GradeSheetsRequest,
                                        grade::v1::GradeSheetsResponse>& stream,
               int item, const std::string& scan) {
  constexpr size_t kChunkBytes = 256 << 10;
  grade::v1::GradeSheetsRequest part;
  part.mutable_item()->set_id(absl::StrCat(item));
  part.mutable_item()->set_byte_size(static_cast<int64_t>(scan.size()));
  bool intact = stream.Write(part);
  for (size_t at = 0; intact && at < scan.size(); at += kChunkBytes) {
    part.set_chunk(scan.substr(at, kChunkBytes));
    intact = stream.Write(part);
  }
}

// A client that sends its sheets through a stream, and those that were refused
// through another one.
void SendStream(ServerProgram& server, const std::vector<int>& sheets,
                Tally& tally) {
  const auto stub = GradeService::NewStub(server.Connect());
  std::set<int> open;  // Indices into `sheets`.
  for (size_t i = 0; i < sheets.size(); ++i) open.insert(static_cast<int>(i));
  for (int attempt = 1; !open.empty(); ++attempt) {
    if (attempt > kMostAttempts) {
      for (const int item : open) tally.GaveUp(sheets[item]);
      return;
    }
    grpc::ClientContext context;
    const auto stream = stub->GradeSheets(&context);
    std::thread writer([&, sent = open] {
      grade::v1::GradeSheetsRequest part;
      *part.mutable_settings() = Sheets().settings();
      stream->Write(part);
      for (const int item : sent) {
        WriteItem(*stream, item, Sheets().scan(sheets[item]));
      }
      stream->WritesDone();
    });
    std::optional<absl::Duration> delay = absl::ZeroDuration();
    grade::v1::GradeSheetsResponse answer;
    while (stream->Read(&answer)) {
      int item = 0;
      if (!absl::SimpleAtoi(answer.item_id(), &item) || open.count(item) == 0) {
        ADD_FAILURE() << "an answer to what was not asked: "
                      << answer.item_id();
        continue;
      }
      if (answer.has_result()) {
        tally.Answered(Sheets().Mistakes(sheets[item], answer.result()));
        open.erase(item);
        continue;
      }
      delay = tally.Refused(FromRpcStatus(answer.error()));
      if (!delay.has_value()) open.erase(item);
    }
    writer.join();
    const grpc::Status status = stream->Finish();
    if (!status.ok()) {
      delay = tally.Refused(FromGrpcStatus(status));
      if (!delay.has_value()) return;
    }
    absl::SleepFor(delay.value_or(absl::ZeroDuration()));
  }
}

// Sends `count` sheets from kClients clients at once; every second one uses
// streams.
void SendAll(ServerProgram& server, int count, Tally& tally) {
  std::vector<std::vector<int>> sheets(kClients);
  for (int i = 0; i < count; ++i) {
    sheets[i % kClients].push_back((i / kClients + i) % Sheets().count());
  }
  std::vector<std::thread> threads;
  for (int i = 0; i < kClients; ++i) {
    const auto send = i % 2 == 0 ? SendUnary : SendStream;
    threads.emplace_back([&, send, i] { send(server, sheets[i], tally); });
  }
  for (std::thread& thread : threads) thread.join();
}

// The resident memory once it has settled at no more than `bytes`, or what it
// is when it won't.
int64_t SettledBytes(ServerProgram& server, int64_t bytes) {
  const absl::Time deadline = absl::Now() + absl::Seconds(10);
  while (server.process().ResidentBytes() > bytes && absl::Now() < deadline) {
    absl::SleepFor(absl::Milliseconds(100));
  }
  absl::SleepFor(absl::Seconds(1));
  return server.process().ResidentBytes();
}

// An instrumented program's memory says nothing about the real one's.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kIsInstrumented = true;
#else
constexpr bool kIsInstrumented = false;
#endif

TEST(Pod, TakesLittleMemoryWhileIdle) {
  if (kIsInstrumented) GTEST_SKIP() << "built with sanitizers";
  const auto server = ServerProgram::Start("sightline-omr");
  ASSERT_TRUE(server.ok()) << server.status().message();
  const int64_t idle = SettledBytes(**server, kIdleBytes);
  std::printf("idle: %.1f MiB\n", ToMiB(idle));
  EXPECT_LE(idle, kIdleBytes);
}

struct Load {
  const char* name;
  int64_t limit_bytes;
  std::vector<std::string> flags;
  // Whether the load is too much for the server most of the time.
  bool is_too_much = false;
};

class PodUnderLoad : public testing::TestWithParam<Load> {};

TEST_P(PodUnderLoad, AnswersEverySheetWithinItsLimit) {
  if (kIsInstrumented) GTEST_SKIP() << "built with sanitizers";
  const Load& load = GetParam();
  auto group = MemoryGroup::Create(load.limit_bytes);
  if (!group.ok()) GTEST_SKIP() << group.status().message();
  ServerProgramOptions options;
  options.memory_group = &*group;
  options.flags = load.flags;
  const auto started = ServerProgram::Start("sightline-omr", options);
  ASSERT_TRUE(started.ok()) << started.status().message();
  ServerProgram& server = **started;
  const int64_t idle = SettledBytes(server, kIdleBytes);
  (void)Sheets();  // Takes time that is not the server's.

  const int count = load.is_too_much ? (SheetCount() + 3) / 4 : SheetCount();
  Tally tally;
  const absl::Time start = absl::Now();
  SendAll(server, count, tally);
  const absl::Duration took = absl::Now() - start;
  const int64_t after = SettledBytes(server, idle + kLeftBehindBytes);
  const int64_t peak = server.process().PeakResidentBytes();
  const std::string report = absl::StrFormat(
      "%s: %d sheets in %.1f s, %d refused and sent again, idle %.1f MiB, "
      "peak %.1f, control group %.1f of %.0f, after %.1f",
      load.name, tally.answered(), absl::ToDoubleSeconds(took), tally.refused(),
      ToMiB(idle), ToMiB(peak), ToMiB(group->PeakBytes().value_or(0)),
      ToMiB(load.limit_bytes), ToMiB(after));
  std::printf("%s\n", report.c_str());

  EXPECT_EQ(group->Kills(), 0);
  EXPECT_EQ(tally.answered(), count);
  EXPECT_THAT(tally.complaints(), testing::IsEmpty());
  if (load.is_too_much) {
    EXPECT_GT(tally.refused(), 0);
  }
  EXPECT_LE(after, idle + kLeftBehindBytes);
  server.process().Signal(SIGTERM);
  const auto end = server.process().Wait(absl::Seconds(60));
  ASSERT_TRUE(end.has_value());
  EXPECT_EQ(end->code, 0);
}

INSTANTIATE_TEST_SUITE_P(
    Loads, PodUnderLoad,
    testing::Values(
        Load{"In512MiB", 512 * kMiB, {}}, Load{"In128MiB", 128 * kMiB, {}},
        // Calls are turned away all the time, and all come back.
        Load{"In128MiBWithAShortLine", 128 * kMiB, {"--max_waiting=2"}, true}),
    [](const testing::TestParamInfo<Load>& load) {
      return std::string(load.param.name);
    });

}  // namespace
}  // namespace sightline
