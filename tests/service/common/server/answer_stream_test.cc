// One request, many answers, over real TCP.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <memory>
#include <numeric>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/clock.h"
#include "common/status/error.h"
#include "common/status/grpc_status.h"
#include "tests/support/probe/probe_service.h"

namespace sightline::probe {
namespace {

using ::testing::AnyOf;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// For what must happen, on the slowest machine.
constexpr absl::Duration kPatience = absl::Seconds(30);

template <typename Condition>
bool Comes(Condition condition) {
  const absl::Time end = absl::Now() + kPatience;
  while (!condition()) {
    if (absl::Now() > end) return false;
    absl::SleepFor(absl::Milliseconds(1));
  }
  return true;
}

// One call, read by the test.
class Stream {
 public:
  Stream(v1::ProbeService::Stub& stub, const v1::CountRequest& request,
         absl::Duration deadline = kPatience) {
    context_.set_deadline(absl::ToChronoTime(absl::Now() + deadline));
    reader_ = stub.Count(&context_, request);
  }

  // Waits until the server has accepted the request.
  Stream& Accepted() {
    reader_->WaitForInitialMetadata();
    return *this;
  }
  // The next number; -1 at the end.
  int Next() {
    v1::CountResponse response;
    return reader_->Read(&response) ? response.number() : -1;
  }
  std::vector<int> Rest() {
    std::vector<int> numbers;
    for (int number = Next(); number >= 0; number = Next()) {
      numbers.push_back(number);
    }
    return numbers;
  }
  absl::Status Finish() { return FromGrpcStatus(reader_->Finish()); }
  void Cancel() { context_.TryCancel(); }

 private:
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReader<v1::CountResponse>> reader_;
};

std::string ReasonOf(const absl::Status& status) {
  const auto details = DetailsOf(status);
  return details.has_value() ? details->reason : "";
}

v1::CountRequest Answers(int count) {
  v1::CountRequest request;
  request.set_answers(count);
  return request;
}

// Waits for an event before every answer.
v1::CountRequest Events(int count) {
  v1::CountRequest request = Answers(count);
  request.set_waits(true);
  return request;
}

std::vector<int> Numbers(int count) {
  std::vector<int> numbers(count);
  std::iota(numbers.begin(), numbers.end(), 0);
  return numbers;
}

TEST(AnswerStream, GivesAllAnswersInOrder) {
  ProbeServer server;
  for (const int count : {0, 1, 2000}) {
    Stream stream(*server.Stub(), Answers(count));
    EXPECT_EQ(stream.Rest(), Numbers(count));
    EXPECT_EQ(stream.Finish(), absl::OkStatus());
  }
  EXPECT_TRUE(Comes([&] { return server.service().counts_open() == 0; }));
}

TEST(AnswerStream, AnswersWhenSomethingHappens) {
  ProbeServer server;
  const auto stub = server.Stub();
  Stream stream(*stub, Events(3));
  stream.Accepted();
  absl::SleepFor(absl::Milliseconds(50));
  EXPECT_EQ(server.service().answers_produced(), 0);
  for (int i = 0; i < 3; ++i) {
    server.service().Tell();
    EXPECT_EQ(stream.Next(), i);
  }
  EXPECT_EQ(stream.Next(), -1);
  EXPECT_EQ(stream.Finish(), absl::OkStatus());
}

TEST(AnswerStream, MissesNoEventHoweverFastTheyCome) {
  ProbeServer server;
  constexpr int kTellers = 4;
  constexpr int kEach = 500;
  const auto stub = server.Stub();
  std::vector<std::unique_ptr<Stream>> streams;
  for (int i = 0; i < 3; ++i) {
    streams.push_back(
        std::make_unique<Stream>(*stub, Events(kTellers * kEach)));
  }
  std::vector<std::thread> tellers;
  for (int t = 0; t < kTellers; ++t) {
    tellers.emplace_back([&] {
      for (int i = 0; i < kEach; ++i) server.service().Tell();
    });
  }
  for (const auto& stream : streams) {
    EXPECT_EQ(stream->Rest(), Numbers(kTellers * kEach));
    EXPECT_EQ(stream->Finish(), absl::OkStatus());
  }
  for (std::thread& teller : tellers) teller.join();
}

TEST(AnswerStream, WaitsWithoutAThreadAndWithoutTheRequestsMemory) {
  ServerOptions options = TestOptions();
  options.threads = 1;
  // Room for about fifteen requests at a time, each counted at its largest.
  options.max_message_bytes = 8 << 20;
  ProbeServer server(options);
  const auto stub = server.Stub();
  const auto other = server.Stub();
  std::vector<std::unique_ptr<Stream>> streams;
  for (int i = 0; i < 60; ++i) {
    // gRPC takes 32 calls a connection.
    streams.push_back(
        std::make_unique<Stream>(i < 30 ? *stub : *other, Events(1)));
    streams.back()->Accepted();
  }
  EXPECT_EQ(server.service().counts_open(), 60);
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + kPatience));
  v1::DigestRequest request;
  request.set_data(std::string(7 << 20, 'x'));
  v1::DigestResponse response;
  EXPECT_TRUE(server.Stub()->Digest(&context, request, &response).ok());
  server.service().Tell();
  for (const auto& stream : streams) {
    EXPECT_THAT(stream->Rest(), ElementsAre(0));
    EXPECT_EQ(stream->Finish(), absl::OkStatus());
  }
}

TEST(AnswerStream, HoldsTheMemoryOfOneAnswerAtATime) {
  ProbeServer server;
  v1::CountRequest request = Answers(20);
  // Half of what there is for all.
  request.set_reserve_bytes(server.server().call_memory_bytes() / 3);
  const auto stub = server.Stub();
  Stream one(*stub, request);
  Stream two(*stub, request);
  EXPECT_EQ(one.Rest(), Numbers(20));
  EXPECT_EQ(two.Rest(), Numbers(20));
  EXPECT_EQ(one.Finish(), absl::OkStatus());
  EXPECT_EQ(two.Finish(), absl::OkStatus());
}

TEST(AnswerStream, ASlowClientHoldsUpNobody) {
  ServerOptions options = TestOptions();
  options.threads = 1;
  ProbeServer server(options);
  v1::CountRequest request = Answers(400);
  request.set_padding_bytes(256 << 10);
  const auto stub = server.Stub();
  Stream slow(*stub, request);
  slow.Accepted();
  // It has stopped producing: what gRPC and the sockets take is a fraction.
  int before = -1;
  EXPECT_TRUE(Comes([&] {
    const int now = server.service().answers_produced();
    const bool rests = now == before;
    before = now;
    absl::SleepFor(absl::Milliseconds(200));
    return rests;
  }));
  EXPECT_LT(server.service().answers_produced(), 200);
  Stream quick(*server.Stub(), Answers(10));
  EXPECT_EQ(quick.Rest(), Numbers(10));
  EXPECT_EQ(slow.Rest(), Numbers(400));
  EXPECT_EQ(slow.Finish(), absl::OkStatus());
}

TEST(AnswerStream, AFailureComesAfterTheAnswersBeforeIt) {
  ProbeServer server;
  v1::CountRequest request = Answers(10);
  request.set_fail_after(3);
  Stream stream(*server.Stub(), request);
  EXPECT_EQ(stream.Rest(), Numbers(3));
  const absl::Status status = stream.Finish();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ReasonOf(status), "PROBE_FAILED");
  EXPECT_EQ(DetailsOf(status)->fields.at(0).field, "fail_after");
}

TEST(AnswerStream, AnExceptionIsAnInternalErrorNotACrash) {
  ProbeServer server;
  v1::CountRequest request = Answers(10);
  request.set_throw_after(2);
  Stream stream(*server.Stub(), request);
  EXPECT_EQ(stream.Rest(), Numbers(2));
  const absl::Status status = stream.Finish();
  EXPECT_EQ(status.code(), absl::StatusCode::kInternal);
  EXPECT_EQ(ReasonOf(status), "INTERNAL");
}

TEST(AnswerStream, ARequestCanBeRefused) {
  ProbeServer server;
  v1::CountRequest request;
  request.set_padding_bytes(-1);
  Stream stream(*server.Stub(), request);
  EXPECT_THAT(stream.Rest(), IsEmpty());
  EXPECT_EQ(ReasonOf(stream.Finish()), "PROBE_FAILED");
}

TEST(AnswerStream, OpenStreamsAreBoundedByTheirPool) {
  ServerOptions options = TestOptions();
  options.max_message_bytes = 8 << 20;
  ProbeServer server(options);
  const auto stub = server.Stub();
  std::vector<std::unique_ptr<Stream>> streams;
  v1::CountRequest request = Events(1);
  request.set_data(std::string(7 << 20, 'x'));
  absl::Status refused;
  while (refused.ok() && streams.size() < 30) {
    auto stream = std::make_unique<Stream>(*stub, request);
    stream->Accepted();
    const int open = static_cast<int>(streams.size()) + 1;
    if (server.service().counts_open() == open) {
      streams.push_back(std::move(stream));
    } else {
      refused = stream->Finish();
    }
  }
  EXPECT_EQ(refused.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_TRUE(DetailsOf(refused)->retry_after.has_value());
  EXPECT_GT(streams.size(), 1u);
  // When they have gone there is room again.
  server.service().Tell();
  for (const auto& stream : streams) {
    EXPECT_THAT(stream->Rest(), ElementsAre(0));
    EXPECT_EQ(stream->Finish(), absl::OkStatus());
  }
  Stream again(*stub, request);
  EXPECT_THAT(again.Rest(), ElementsAre(0));
}

TEST(AnswerStream, ACancelledCallLetsItsProducerGo) {
  ProbeServer server;
  const auto stub = server.Stub();
  Stream waiting(*stub, Events(1));
  Stream busy(*stub, Answers(-1));
  v1::CountRequest large = Answers(-1);
  large.set_padding_bytes(256 << 10);
  Stream stuck(*stub, large);
  waiting.Accepted();
  busy.Accepted();
  stuck.Accepted();
  EXPECT_EQ(server.service().counts_open(), 3);
  for (Stream* stream : {&waiting, &busy, &stuck}) {
    stream->Cancel();
    stream->Rest();
    EXPECT_EQ(stream->Finish().code(), absl::StatusCode::kCancelled);
  }
  EXPECT_TRUE(Comes([&] { return server.service().counts_open() == 0; }));
  server.service().Tell();  // To nobody.
}

TEST(AnswerStream, ADeadlineEndsTheWaiting) {
  ProbeServer server;
  Stream stream(*server.Stub(), Events(1), absl::Milliseconds(300));
  EXPECT_THAT(stream.Rest(), IsEmpty());
  EXPECT_EQ(stream.Finish().code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_TRUE(Comes([&] { return server.service().counts_open() == 0; }));
}

TEST(AnswerStream, ADrainEndsTheWaitingAndLetsOthersFinish) {
  ProbeServer server;
  const auto stub = server.Stub();
  Stream waiting(*stub, Events(5));
  waiting.Accepted();
  server.service().Tell();
  EXPECT_EQ(waiting.Next(), 0);
  v1::CountRequest much = Answers(100);
  much.set_padding_bytes(256 << 10);
  Stream busy(*stub, much);
  EXPECT_EQ(busy.Next(), 0);
  std::thread drain([&] { server.server().Drain(); });
  EXPECT_THAT(waiting.Rest(), IsEmpty());
  const absl::Status status = waiting.Finish();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(ReasonOf(status), "DRAINING");
  EXPECT_TRUE(DetailsOf(status)->retry_after.has_value());
  EXPECT_EQ(busy.Rest().size(), 99u);
  EXPECT_EQ(busy.Finish(), absl::OkStatus());
  drain.join();
  EXPECT_EQ(server.service().counts_open(), 0);
}

TEST(AnswerStream, ADrainIsNotHeldUpForEver) {
  ServerOptions options = TestOptions();
  options.drain_timeout = absl::Milliseconds(200);
  ProbeServer server(options);
  const auto stub = server.Stub();
  Stream endless(*stub, Answers(-1));
  v1::CountRequest large = Answers(-1);
  large.set_padding_bytes(256 << 10);
  Stream stuck(*stub, large);  // Nobody reads it.
  endless.Accepted();
  stuck.Accepted();
  std::thread reader([&] { endless.Rest(); });
  const absl::Time start = absl::Now();
  server.server().Drain();
  EXPECT_LT(absl::Now() - start, absl::Seconds(15));
  reader.join();
  EXPECT_EQ(ReasonOf(endless.Finish()), "DRAINING");
  stuck.Rest();
  EXPECT_FALSE(stuck.Finish().ok());
  EXPECT_EQ(server.service().counts_open(), 0);
}

TEST(AnswerStream, GoesOnAfterTheServerWasTooBusy) {
  ServerOptions options = TestOptions();
  options.threads = 1;
  options.max_waiting = 1;
  ProbeServer server(options);
  const auto stub = server.Stub();
  std::vector<std::unique_ptr<Stream>> streams;
  for (int i = 0; i < 8; ++i) {
    streams.push_back(std::make_unique<Stream>(*stub, Events(2)));
    streams.back()->Accepted();
  }
  EXPECT_TRUE(Comes([&] { return server.service().counts_open() == 8; }));
  // All of them want the thread at once, and one may wait for it.
  server.service().Tell();
  server.service().Tell();
  for (const auto& stream : streams) {
    EXPECT_THAT(stream->Rest(), ElementsAre(0, 1));
    EXPECT_EQ(stream->Finish(), absl::OkStatus());
  }
}

}  // namespace
}  // namespace sightline::probe
