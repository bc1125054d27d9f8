#include "common/observe/page_server.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace sightline {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

// A connection to 127.0.0.1.
class Client {
 public:
  explicit Client(int port) : socket_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    is_connected_ = connect(socket_, reinterpret_cast<sockaddr*>(&address),
                            sizeof(address)) == 0;
  }
  ~Client() { close(socket_); }

  bool is_connected() const { return is_connected_; }

  void Send(const std::string& bytes) {
    send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  }

  // What comes until the server closes.
  std::string Receive() {
    std::string received;
    char buffer[4096];
    for (ssize_t size; (size = recv(socket_, buffer, sizeof(buffer), 0)) > 0;) {
      received.append(buffer, static_cast<size_t>(size));
    }
    return received;
  }

 private:
  const int socket_;
  bool is_connected_ = false;
};

std::unique_ptr<PageServer> Serve(std::function<std::string()> content) {
  absl::StatusOr<std::unique_ptr<PageServer>> server = PageServer::Listen(
      "127.0.0.1", 0,
      {.path = "/metrics", .content_type = "text/test", .content = content});
  EXPECT_TRUE(server.ok()) << server.status();
  return *std::move(server);
}

std::string Ask(const PageServer& server, const std::string& request) {
  Client client(server.port());
  client.Send(request);
  return client.Receive();
}

TEST(PageServer, AnswersWithThePage) {
  const auto server = Serve([] { return "hello"; });
  EXPECT_EQ(Ask(*server, "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n"),
            "HTTP/1.1 200 OK\r\nContent-Type: text/test\r\n"
            "Content-Length: 5\r\nConnection: close\r\n\r\nhello");
  EXPECT_THAT(Ask(*server, "GET /metrics?name[]=up HTTP/1.0\r\n\r\n"),
              HasSubstr("\r\n\r\nhello"));
}

TEST(PageServer, AnswersHeadWithoutThePage) {
  const auto server = Serve([] { return "hello"; });
  const std::string answer = Ask(*server, "HEAD /metrics HTTP/1.1\r\n\r\n");
  EXPECT_THAT(answer, HasSubstr("Content-Length: 5\r\n"));
  EXPECT_TRUE(absl::EndsWith(answer, "\r\n\r\n"));
}

TEST(PageServer, RefusesEverythingElse) {
  const auto server = Serve([] { return "hello"; });
  const std::pair<std::string, std::string> cases[] = {
      {"GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 404"},
      {"GET /metrics/ HTTP/1.1\r\n\r\n", "HTTP/1.1 404"},
      {"GET /../metrics HTTP/1.1\r\n\r\n", "HTTP/1.1 404"},
      {"POST /metrics HTTP/1.1\r\n\r\n", "HTTP/1.1 405"},
      {"get /metrics HTTP/1.1\r\n\r\n", "HTTP/1.1 405"},
      {"GET /metrics\r\n\r\n", "HTTP/1.1 400"},
      {"GET  /metrics HTTP/1.1\r\n\r\n", "HTTP/1.1 400"},
      {"GET /metrics HTTP/2\r\n\r\n", "HTTP/1.1 400"},
      {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "HTTP/1.1 400"},
      {"\r\n\r\n", "HTTP/1.1 400"},
      {std::string("\0\xFF\r\n\r\n", 6), "HTTP/1.1 400"},
      {std::string(9000, 'x'), "HTTP/1.1 431"},
  };
  for (const auto& [request, answer] : cases) {
    EXPECT_THAT(Ask(*server, request), StartsWith(answer)) << request;
  }
}

TEST(PageServer, SurvivesRandomBytes) {
  const auto server = Serve([] { return "hello"; });
  std::mt19937 random(7);
  for (int i = 0; i < 300; ++i) {
    std::string bytes(random() % 200, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random());
    Client client(server->port());
    client.Send(bytes);
  }
  EXPECT_THAT(Ask(*server, "GET /metrics HTTP/1.1\r\n\r\n"),
              HasSubstr("hello"));
}

TEST(PageServer, TakesARequestByteByByte) {
  const auto server = Serve([] { return "hello"; });
  Client client(server->port());
  for (const char c : std::string("GET /metrics HTTP/1.1\r\n\r\n")) {
    client.Send(std::string(1, c));
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  EXPECT_THAT(client.Receive(), HasSubstr("hello"));
}

TEST(PageServer, SendsAPageLargerThanTheSocketTakesAtOnce) {
  const std::string large(16 * 1024 * 1024, 'p');
  const auto server = Serve([&large] { return large; });
  Client client(server->port());
  client.Send("GET /metrics HTTP/1.1\r\n\r\n");
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  const std::string answer = client.Receive();
  EXPECT_TRUE(absl::EndsWith(answer, large));
}

TEST(PageServer, AnswersAPageThatFailsWith500) {
  const auto server =
      Serve([]() -> std::string { throw std::runtime_error("no page"); });
  const std::string answer = Ask(*server, "GET /metrics HTTP/1.1\r\n\r\n");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 500"));
  EXPECT_THAT(answer, Not(HasSubstr("no page")));
}

TEST(PageServer, SilentConnectionsMakeRoomAfterFiveSeconds) {
  const auto server = Serve([] { return "hello"; });
  std::vector<std::unique_ptr<Client>> silent;
  for (int i = 0; i < 16; ++i) {
    silent.push_back(std::make_unique<Client>(server->port()));
  }
  const absl::Time start = absl::Now();
  EXPECT_THAT(Ask(*server, "GET /metrics HTTP/1.1\r\n\r\n"),
              HasSubstr("hello"));
  EXPECT_GT(absl::Now() - start, absl::Seconds(4));
  EXPECT_LT(absl::Now() - start, absl::Seconds(20));
  EXPECT_EQ(silent.front()->Receive(), "");
}

TEST(PageServer, StopsAtOnceWithConnectionsOpen) {
  auto server = Serve([] { return "hello"; });
  const int port = server->port();
  Client client(port);
  client.Send("GET /met");
  const absl::Time start = absl::Now();
  server.reset();
  EXPECT_LT(absl::Now() - start, absl::Seconds(1));
  EXPECT_EQ(client.Receive(), "");
  EXPECT_FALSE(Client(port).is_connected());
}

TEST(PageServer, SaysWhyItCantListen) {
  const auto first = Serve([] { return ""; });
  const auto second = PageServer::Listen("127.0.0.1", first->port(), {});
  EXPECT_EQ(second.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(second.status().message()),
              HasSubstr("Address already in use"));
  // Of the block for documentation: never an address of this machine.
  EXPECT_EQ(PageServer::Listen("192.0.2.1", 0, {}).status().code(),
            absl::StatusCode::kUnavailable);
}

TEST(PageServer, WildcardOfVersion6AlsoTakesVersion4) {
  absl::StatusOr<std::unique_ptr<PageServer>> server = PageServer::Listen(
      "::", 0, {.path = "/metrics", .content_type = "t", .content = [] {
                  return "hello";
                }});
  if (!server.ok()) GTEST_SKIP() << "this machine has no IPv6";
  EXPECT_THAT(Ask(**server, "GET /metrics HTTP/1.1\r\n\r\n"),
              HasSubstr("hello"));
}

}  // namespace
}  // namespace sightline
