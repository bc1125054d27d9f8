#include "common/observe/metrics.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/memory/control_group.h"
#include "common/observe/reasons.h"
#include "common/status/error.h"

namespace sightline {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// The value of an unlabelled metric in a text exposition.
std::optional<double> Value(const std::string& text, const std::string& name) {
  const std::vector<std::string> lines = absl::StrSplit(text, '\n');
  for (const std::string& line : lines) {
    const std::vector<std::string> words = absl::StrSplit(line, ' ');
    double value = 0;
    if (words.size() >= 2 && words[0] == name &&
        absl::SimpleAtod(words[1], &value)) {
      return value;
    }
  }
  return std::nullopt;
}

// Connects to 127.0.0.1.
int Connect(int port) {
  const int connection = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(connection, reinterpret_cast<sockaddr*>(&address),
              sizeof(address)) != 0) {
    close(connection);
    return -1;
  }
  return connection;
}

// The whole answer to "GET path".
std::string Get(int port, const std::string& path) {
  const int connection = Connect(port);
  if (connection < 0) return "no connection";
  const std::string request =
      absl::StrCat("GET ", path, " HTTP/1.1\r\nHost: localhost\r\n",
                   "Connection: close\r\n\r\n");
  EXPECT_EQ(write(connection, request.data(), request.size()),
            static_cast<ssize_t>(request.size()));
  std::string answer;
  char buffer[4096];
  for (ssize_t size; (size = read(connection, buffer, sizeof(buffer))) > 0;) {
    answer.append(buffer, static_cast<size_t>(size));
  }
  close(connection);
  return answer;
}

TEST(Metrics, RendersWhatTheProcessUses) {
  Metrics metrics;
  const std::string text = metrics.Render();
  EXPECT_GT(Value(text, "sightline_resident_bytes").value_or(0), 1e6);
  EXPECT_GE(Value(text, "sightline_peak_resident_bytes").value_or(0),
            Value(text, "sightline_resident_bytes").value_or(1e300));
  EXPECT_GT(Value(text, "sightline_cpu_seconds_total").value_or(-1), 0);
  EXPECT_NEAR(Value(text, "sightline_start_time_seconds").value_or(0),
              absl::ToUnixSeconds(absl::Now()), 60);
  EXPECT_THAT(text, HasSubstr("sightline_build_info{version=\"0."));
  EXPECT_THAT(text, HasSubstr("# TYPE sightline_cpu_seconds_total counter"));
  EXPECT_THAT(text, HasSubstr("# TYPE sightline_resident_bytes gauge"));
  const ControlGroup group = ReadControlGroup();
  EXPECT_EQ(Value(text, "sightline_cgroup_memory_limit_bytes").has_value(),
            group.memory_limit_bytes.has_value());
  EXPECT_EQ(Value(text, "sightline_cgroup_memory_used_bytes").has_value(),
            group.memory_used_bytes.has_value());
}

TEST(Metrics, RendersFamiliesOnceAndInOrder) {
  Metrics metrics;
  prometheus::BuildCounter()
      .Name("sightline_a_total")
      .Help("First.")
      .Register(metrics.registry())
      .Add({});
  std::vector<std::string> names;
  const std::vector<std::string> lines = absl::StrSplit(metrics.Render(), '\n');
  for (const std::string& line : lines) {
    const std::vector<std::string> words = absl::StrSplit(line, ' ');
    if (words.size() > 2 && words[1] == "TYPE") names.push_back(words[2]);
  }
  EXPECT_GE(names.size(), 6u);
  EXPECT_EQ(names.front(), "sightline_a_total");
  EXPECT_TRUE(std::is_sorted(names.begin(), names.end()));
  EXPECT_EQ(std::adjacent_find(names.begin(), names.end()), names.end());
}

TEST(Metrics, AnswersAScrapeOverHttp) {
  Metrics metrics;
  prometheus::Gauge& gauge = prometheus::BuildGauge()
                                 .Name("sightline_test")
                                 .Help("A gauge.")
                                 .Register(metrics.registry())
                                 .Add({});
  std::atomic<int> scrapes = 0;
  metrics.AtScrape([&] { gauge.Set(++scrapes); });
  EXPECT_EQ(metrics.port(), 0);
  ASSERT_TRUE(metrics.Listen("127.0.0.1:0").ok());
  ASSERT_GT(metrics.port(), 0);
  for (const int expected : {1, 2}) {
    const std::string answer = Get(metrics.port(), "/metrics");
    EXPECT_THAT(answer, HasSubstr("HTTP/1.1 200 OK"));
    EXPECT_THAT(answer, HasSubstr("text/plain"));
    EXPECT_EQ(Value(answer, "sightline_test"), expected);
    EXPECT_GT(Value(answer, "sightline_resident_bytes").value_or(0), 1e6);
  }
}

TEST(Metrics, ServesNothingButMetrics) {
  Metrics metrics;
  ASSERT_TRUE(metrics.Listen("127.0.0.1:0").ok());
  for (const char* path :
       {"/", "/etc/passwd", "/../../../etc/passwd", "/%2e%2e/etc/passwd"}) {
    const std::string answer = Get(metrics.port(), path);
    EXPECT_THAT(answer, Not(HasSubstr(" 200 "))) << path;
    EXPECT_THAT(answer, Not(HasSubstr("root:"))) << path;
  }
}

TEST(Metrics, AnswersWhileAnotherScraperSaysNothing) {
  Metrics metrics;
  ASSERT_TRUE(metrics.Listen("127.0.0.1:0").ok());
  const int silent = Connect(metrics.port());
  ASSERT_GE(silent, 0);
  EXPECT_THAT(Get(metrics.port(), "/metrics"), HasSubstr("200 OK"));
  close(silent);
}

TEST(Metrics, StopsListeningWhenDestroyed) {
  int port = 0;
  {
    Metrics metrics;
    ASSERT_TRUE(metrics.Listen("127.0.0.1:0").ok());
    port = metrics.port();
  }
  EXPECT_LT(Connect(port), 0);
}

TEST(Metrics, ListensByNameAndOnVersion6) {
  Metrics by_name;
  EXPECT_TRUE(by_name.Listen("localhost:0").ok());
  EXPECT_GT(by_name.port(), 0);
  const int probe = socket(AF_INET6, SOCK_STREAM, 0);
  sockaddr_in6 loopback = {};
  loopback.sin6_family = AF_INET6;
  loopback.sin6_addr = in6addr_loopback;
  const bool has_version_6 =
      probe >= 0 && bind(probe, reinterpret_cast<sockaddr*>(&loopback),
                         sizeof(loopback)) == 0;
  if (probe >= 0) close(probe);
  if (!has_version_6) GTEST_SKIP() << "this machine has no IPv6 loopback";
  Metrics version_6;
  EXPECT_TRUE(version_6.Listen("[::1]:0").ok());
}

TEST(Metrics, RefusesWhatIsNotOneAddressAndPort) {
  for (const char* address :
       {"", "51050", ":51050", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x",
        "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1:8080s", "1.2.3.4:80r",
        "127.0.0.1:0,127.0.0.1:0", "+8080", "::1:80", "[]:80", "[1.2.3.4]:80",
        "[::1:80", "unix:/x", "a b:1"}) {
    Metrics metrics;
    const absl::Status status = metrics.Listen(address);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << address;
    EXPECT_EQ(DetailsOf(status)->reason, kReasonMetricsAddressInvalid);
    EXPECT_EQ(metrics.port(), 0);
  }
}

TEST(Metrics, SaysWhenThePortIsTaken) {
  Metrics first, second;
  ASSERT_TRUE(first.Listen("127.0.0.1:0").ok());
  const absl::Status status =
      second.Listen(absl::StrCat("127.0.0.1:", first.port()));
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(DetailsOf(status)->reason, kReasonMetricsAddressUnavailable);
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("Address already in use"));
  EXPECT_EQ(second.port(), 0);
  EXPECT_TRUE(second.Listen("127.0.0.1:0").ok());
}

TEST(Metrics, ListensOnce) {
  Metrics metrics;
  ASSERT_TRUE(metrics.Listen("127.0.0.1:0").ok());
  const absl::Status status = metrics.Listen("127.0.0.1:0");
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(DetailsOf(status)->reason, kReasonMetricsListening);
}

}  // namespace
}  // namespace sightline
