// Conveyor streams over real TCP.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/status/error.h"
#include "common/status/grpc_status.h"
#include "tests/support/probe/probe_service.h"

namespace sightline::probe {
namespace {

using testing::HasSubstr;

constexpr size_t kChunk = 256 << 10;

// One stream, written by the test and read to its end.
class Stream {
 public:
  enum class Order { kAsReady, kAsTheyCame };
  explicit Stream(ProbeServer& server, Order order = Order::kAsReady)
      : stub_(server.Stub()),
        stream_(order == Order::kAsReady ? stub_->DigestStream(&context_)
                                         : stub_->DigestInOrder(&context_)) {}

  Stream& Settings(const v1::Work& work = {}) {
    v1::DigestStreamRequest request;
    *request.mutable_settings() = work;
    ok_ = stream_->Write(request) && ok_;
    return *this;
  }
  Stream& Header(const std::string& id, int64_t bytes) {
    v1::DigestStreamRequest request;
    request.mutable_item()->set_id(id);
    request.mutable_item()->set_byte_size(bytes);
    ok_ = stream_->Write(request) && ok_;
    return *this;
  }
  Stream& Chunk(const std::string& bytes) {
    v1::DigestStreamRequest request;
    request.set_chunk(bytes);
    ok_ = stream_->Write(request) && ok_;
    return *this;
  }
  Stream& Item(const std::string& id, const std::string& bytes) {
    Header(id, static_cast<int64_t>(bytes.size()));
    for (size_t at = 0; at < bytes.size(); at += kChunk) {
      Chunk(bytes.substr(at, kChunk));
    }
    return *this;
  }
  // Half-closes, reads all answers and the status.
  absl::Status End() {
    stream_->WritesDone();
    return Drain();
  }
  absl::Status Drain() {
    v1::DigestStreamResponse response;
    while (stream_->Read(&response)) {
      EXPECT_EQ(answers.count(response.item_id()), 0) << "answered twice";
      answers[response.item_id()] = response;
      order.push_back(response.item_id());
    }
    return FromGrpcStatus(stream_->Finish());
  }
  std::string Reason(const std::string& id) {
    const auto details = DetailsOf(FromRpcStatus(answers[id].error()));
    return details.has_value() ? details->reason : "";
  }
  grpc::ClientContext& context() { return context_; }

  std::map<std::string, v1::DigestStreamResponse> answers;
  std::vector<std::string> order;

 private:
  std::unique_ptr<v1::ProbeService::Stub> stub_;
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReaderWriter<v1::DigestStreamRequest,
                                           v1::DigestStreamResponse>>
      stream_;
  bool ok_ = true;
};

std::string ReasonOf(const absl::Status& status) {
  const auto details = DetailsOf(status);
  return details.has_value() ? details->reason : "";
}

TEST(Conveyor, AnswersEveryItemWithItsId) {
  ProbeServer server;
  Stream stream(server);
  stream.Settings();
  for (int i = 1; i <= 20; ++i) {
    stream.Item(absl::StrCat("item", i), std::string(1000 * i, 1));
  }
  ASSERT_TRUE(stream.End().ok());
  ASSERT_EQ(stream.answers.size(), 20);
  for (int i = 1; i <= 20; ++i) {
    EXPECT_EQ(stream.answers[absl::StrCat("item", i)].result().sum(), 1000 * i);
  }
}

TEST(ConveyorInOrder, AnswersInOrderWhateverAnItemTakesOrLacks) {
  ServerOptions options = TestOptions();
  options.threads = 4;
  options.max_item_bytes = 1 << 20;
  ProbeServer server(options);
  v1::Work work;
  work.set_stages(1);
  work.set_stage_ms(30);
  Stream stream(server, Stream::Order::kAsTheyCame);
  stream.Settings(work);
  std::vector<std::string> sent;
  for (int i = 0; i < 4; ++i) {
    stream.Item(absl::StrCat("slow", i), "abc");
    stream.Item(absl::StrCat("quick", i), "abc");
    stream.Item(absl::StrCat("bad", i), "abc");
    // Refused at its header, long before the slow one is done.
    stream.Item(absl::StrCat("large", i), std::string((1 << 20) + 1, 'x'));
    for (const char* name : {"slow", "quick", "bad", "large"}) {
      sent.push_back(absl::StrCat(name, i));
    }
  }
  stream.Header("slow_cut", 10).Chunk("abc");
  sent.push_back("slow_cut");
  ASSERT_TRUE(stream.End().ok());
  EXPECT_EQ(stream.order, sent);
  EXPECT_EQ(server.service().most_inside(), 1);
  EXPECT_EQ(stream.answers["slow3"].result().sum(), 'a' + 'b' + 'c');
  EXPECT_EQ(stream.Reason("bad0"), "PROBE_FAILED");
  EXPECT_EQ(stream.Reason("large0"), "ITEM_TOO_LARGE");
  EXPECT_EQ(stream.Reason("slow_cut"), "ITEM_TRUNCATED");
}

TEST(ConveyorInOrder, SeveralStreamsRunAtOnce) {
  ServerOptions options = TestOptions();
  options.threads = 4;
  ProbeServer server(options);
  v1::Work work;
  work.set_stages(1);
  work.set_stage_ms(100);
  std::vector<std::thread> clients;
  for (int client = 0; client < 3; ++client) {
    clients.emplace_back([&] {
      Stream stream(server, Stream::Order::kAsTheyCame);
      stream.Settings(work);
      for (int i = 0; i < 5; ++i) stream.Item(absl::StrCat("slow", i), "abc");
      EXPECT_TRUE(stream.End().ok());
      EXPECT_EQ(stream.answers.size(), 5);
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_GE(server.service().most_inside(), 2);
}

TEST(ConveyorInOrder, ACancelledStreamLeavesNothingBehind) {
  ProbeServer server;
  v1::Work work;
  work.set_stages(100);
  work.set_stage_ms(10);
  {
    Stream stream(server, Stream::Order::kAsTheyCame);
    stream.Settings(work);
    for (int i = 0; i < 3; ++i) stream.Item(absl::StrCat("slow", i), "abc");
    while (server.service().inside() == 0)
      absl::SleepFor(absl::Milliseconds(1));
    stream.context().TryCancel();
    EXPECT_FALSE(stream.Drain().ok());
  }
  const absl::Time limit = absl::Now() + absl::Seconds(10);
  while (server.service().inside() > 0 && absl::Now() < limit) {
    absl::SleepFor(absl::Milliseconds(5));
  }
  EXPECT_EQ(server.service().inside(), 0);
  // The first one was begun; the others saw that nobody waits.
  EXPECT_LT(server.service().stages_begun(), 100);
}

TEST(Conveyor, OneBadItemDoesNotStopTheOthers) {
  ProbeServer server;
  Stream stream(server);
  stream.Settings().Item("a", "x").Item("bad", "y").Item("b", "z");
  ASSERT_TRUE(stream.End().ok());
  EXPECT_TRUE(stream.answers["a"].has_result());
  EXPECT_TRUE(stream.answers["b"].has_result());
  ASSERT_TRUE(stream.answers["bad"].has_error());
  EXPECT_EQ(stream.Reason("bad"), "PROBE_FAILED");
}

TEST(Conveyor, AnItemBeyondTheLimitIsAnsweredAndItsBytesArePassedOver) {
  ServerOptions options = TestOptions();
  options.max_item_bytes = 1 << 20;
  ProbeServer server(options);
  Stream stream(server);
  stream.Settings().Item("large", std::string((1 << 20) + 1, 'x'));
  stream.Item("small", "x");
  ASSERT_TRUE(stream.End().ok());
  EXPECT_EQ(stream.Reason("large"), "ITEM_TOO_LARGE");
  EXPECT_TRUE(stream.answers["small"].has_result());
}

TEST(Conveyor, AnItemThatNeverFitsIsAnsweredAndTheOthersGoOn) {
  ServerOptions options = TestOptions();
  options.memory_budget_bytes = int64_t{100} << 20;
  options.max_item_bytes = int64_t{1} << 40;
  ProbeServer server(options);
  Stream stream(server);
  stream.Settings();
  // Declared, and given up by the server before a byte of it is needed.
  stream.Header("huge", int64_t{1} << 32);
  stream.Chunk("x");
  const absl::Status status = stream.End();
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(stream.Reason("huge"), "NEVER_FITS");
}

TEST(Conveyor, AStreamThatEndsWithinAnItemLosesThatItemAlone) {
  ProbeServer server;
  Stream stream(server);
  stream.Settings().Item("whole", "abc").Header("cut", 10).Chunk("abc");
  ASSERT_TRUE(stream.End().ok());
  EXPECT_TRUE(stream.answers["whole"].has_result());
  EXPECT_EQ(stream.Reason("cut"), "ITEM_TRUNCATED");
  EXPECT_EQ(stream.answers["cut"].error().code(),
            static_cast<int>(absl::StatusCode::kDataLoss));
}

TEST(Conveyor, BreachesOfTheProtocolAreNamed) {
  struct Case {
    const char* name;
    std::function<void(Stream&)> write;
    const char* says;
  };
  const std::vector<Case> cases = {
      {"item first", [](Stream& s) { s.Header("a", 1); }, "settings"},
      {"chunk first", [](Stream& s) { s.Chunk("a"); }, "settings"},
      {"nothing", [](Stream&) {}, "before its settings"},
      {"settings twice", [](Stream& s) { s.Settings().Settings(); },
       "second time"},
      {"chunk without item", [](Stream& s) { s.Settings().Chunk("a"); },
       "without an item"},
      {"item within item",
       [](Stream& s) {
         s.Settings().Header("a", 10).Chunk("a").Header("b", 1);
       },
       "only 1 of its 10"},
      {"too many bytes",
       [](Stream& s) { s.Settings().Header("a", 2).Chunk("abc"); },
       "more bytes than the 2"},
      {"empty id", [](Stream& s) { s.Settings().Header("", 2); }, "id"},
      {"long id",
       [](Stream& s) { s.Settings().Header(std::string(257, 'x'), 2); }, "id"},
      {"no size", [](Stream& s) { s.Settings().Header("a", 0); }, "positive"},
      {"empty chunk", [](Stream& s) { s.Settings().Header("a", 2).Chunk(""); },
       "chunk"},
      {"large chunk",
       [](Stream& s) {
         s.Settings().Header("a", 1 << 20).Chunk(std::string(kChunk + 1, 'x'));
       },
       "chunk"},
  };
  ProbeServer server;
  for (const Case& c : cases) {
    Stream stream(server);
    c.write(stream);
    const absl::Status status = stream.End();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << c.name;
    EXPECT_EQ(ReasonOf(status), "STREAM_PROTOCOL") << c.name;
    EXPECT_THAT(std::string(status.message()), HasSubstr(c.says)) << c.name;
  }
}

TEST(Conveyor, ABreachAnswersTheItemsBeforeIt) {
  ProbeServer server;
  Stream stream(server);
  v1::Work work;
  work.set_stages(1);
  work.set_stage_ms(50);
  stream.Settings(work).Item("a", "x").Item("b", "y").Chunk("stray");
  EXPECT_EQ(ReasonOf(stream.End()), "STREAM_PROTOCOL");
  EXPECT_TRUE(stream.answers["a"].has_result());
  EXPECT_TRUE(stream.answers["b"].has_result());
}

TEST(Conveyor, BadSettingsEndTheStream) {
  ProbeServer server;
  Stream stream(server);
  v1::Work work;
  work.set_stages(-1);
  stream.Settings(work);
  const absl::Status status = stream.End();
  EXPECT_EQ(ReasonOf(status), "PROBE_FAILED");
}

TEST(Conveyor, AClientThatFallsSilentWithinAnItemIsGivenUp) {
  ServerOptions options = TestOptions();
  options.body_timeout = absl::Milliseconds(150);
  ProbeServer server(options);
  Stream stream(server);
  stream.Settings().Item("a", "x").Header("b", 10).Chunk("abc");
  const absl::Status status = stream.Drain();
  EXPECT_EQ(ReasonOf(status), "BODY_TIMEOUT");
  EXPECT_TRUE(stream.answers["a"].has_result());
}

TEST(Conveyor, SilenceWhileItemsAreComputedIsAllowed) {
  ServerOptions options = TestOptions();
  options.body_timeout = absl::Milliseconds(100);
  ProbeServer server(options);
  Stream stream(server);
  v1::Work work;
  work.set_stages(1);
  work.set_stage_ms(400);
  stream.Settings(work).Item("a", "x");
  absl::SleepFor(absl::Milliseconds(250));
  ASSERT_TRUE(stream.End().ok());
  EXPECT_TRUE(stream.answers["a"].has_result());
}

TEST(Conveyor, CancellingStopsItsItems) {
  ProbeServer server;
  Stream stream(server);
  v1::Work work;
  work.set_stages(100000);
  work.set_stage_ms(10);
  stream.Settings(work).Item("a", "x").Item("b", "x");
  while (server.service().inside() < 2) absl::SleepFor(absl::Milliseconds(1));
  stream.context().TryCancel();
  EXPECT_EQ(stream.Drain().code(), absl::StatusCode::kCancelled);
  const absl::Time end = absl::Now() + absl::Seconds(20);
  while (server.service().inside() > 0 && absl::Now() < end) {
    absl::SleepFor(absl::Milliseconds(1));
  }
  EXPECT_EQ(server.service().inside(), 0);
}

TEST(Conveyor, DrainingAnswersWhatItHasTakenAndRefusesTheRest) {
  ProbeServer server;
  Stream stream(server);
  v1::Work work;
  work.set_stages(1);
  work.set_stage_ms(200);
  stream.Settings(work).Item("a", "x").Item("b", "y");
  while (server.service().inside() < 2) absl::SleepFor(absl::Milliseconds(1));
  std::thread drain([&] { server.server().Drain(); });
  const absl::Status status = stream.Drain();
  drain.join();
  EXPECT_EQ(ReasonOf(status), "DRAINING");
  EXPECT_TRUE(stream.answers["a"].has_result());
  EXPECT_TRUE(stream.answers["b"].has_result());
}

TEST(Conveyor, ManyStreamsShareALittleMemory) {
  ServerOptions options = TestOptions();
  options.memory_budget_bytes = int64_t{100} << 20;
  ProbeServer server(options);
  std::vector<std::thread> clients;
  std::atomic<int> answered = 0;
  for (int c = 0; c < 8; ++c) {
    clients.emplace_back([&] {
      Stream stream(server);
      v1::Work work;
      work.set_reserve_bytes(10 << 20);
      stream.Settings(work);
      for (int i = 0; i < 6; ++i) {
        stream.Item(absl::StrCat("item", i), std::string(2 << 20, 1));
      }
      const absl::Status status = stream.End();
      EXPECT_TRUE(status.ok()) << status;
      for (const auto& [id, answer] : stream.answers) {
        EXPECT_TRUE(answer.has_result()) << answer.error().message();
        if (answer.has_result()) ++answered;
      }
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(answered, 48);
}

}  // namespace
}  // namespace sightline::probe
