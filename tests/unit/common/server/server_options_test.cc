#include "common/server/server_options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>

#include "absl/flags/declare.h"
#include "absl/flags/flag.h"
#include "absl/flags/reflection.h"
#include "common/server/byte_size.h"
#include "common/status/error.h"

ABSL_DECLARE_FLAG(std::string, listen);
ABSL_DECLARE_FLAG(int, threads);
ABSL_DECLARE_FLAG(sightline::ByteSize, memory_budget);

namespace sightline {
namespace {

using testing::HasSubstr;

Program TestProgram() {
  Program program;
  program.name = "sightline-test";
  program.purpose = "Tests.";
  program.port = 50099;
  program.environment_aliases = {{"WORKER_THREADS", "threads"}};
  return program;
}

absl::StatusOr<ServerOptions> Parse(std::vector<std::string> arguments) {
  std::vector<char*> argv;
  arguments.insert(arguments.begin(), "sightline-test");
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  return ServerOptions::FromCommandLine(static_cast<int>(arguments.size()),
                                        argv.data(), TestProgram());
}

TEST(ServerOptions, DefaultsFollowTheProgramsPort) {
  absl::FlagSaver saver;
  const auto options = Parse({});
  ASSERT_TRUE(options.ok()) << options.status();
  EXPECT_EQ(options->listen, "0.0.0.0:50099");
  EXPECT_EQ(options->metrics_listen, "0.0.0.0:51099");
  EXPECT_EQ(options->max_message_bytes, 8 << 20);
}

TEST(ServerOptions, EnvironmentTwinsSetFlags) {
  absl::FlagSaver saver;
  ASSERT_TRUE(ApplyEnvironment({"SIGHTLINE_MEMORY_BUDGET=512Mi",
                                "WORKER_THREADS=3", "HOME=/root"},
                               TestProgram())
                  .ok());
  EXPECT_EQ(absl::GetFlag(FLAGS_memory_budget).bytes, int64_t{512} << 20);
  EXPECT_EQ(absl::GetFlag(FLAGS_threads), 3);
}

TEST(ServerOptions, AFlagsOwnTwinWinsOverItsAlias) {
  absl::FlagSaver saver;
  ASSERT_TRUE(ApplyEnvironment({"SIGHTLINE_THREADS=5", "WORKER_THREADS=3"},
                               TestProgram())
                  .ok());
  EXPECT_EQ(absl::GetFlag(FLAGS_threads), 5);
}

TEST(ServerOptions, RefusesAVariableThatIsNoFlagsTwin) {
  absl::FlagSaver saver;
  for (const char* variable :
       {"SIGHTLINE_MEMORY_BUDGT=1", "SIGHTLINE_OMR_SERVICE_HOST=10.0.0.1",
        "SIGHTLINE_FLAGFILE=/etc/passwd", "SIGHTLINE_=1"}) {
    const absl::Status status = ApplyEnvironment({variable}, TestProgram());
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << variable;
    EXPECT_EQ(DetailsOf(status)->reason, "BAD_CONFIGURATION");
    const std::string name(variable, strcspn(variable, "="));
    EXPECT_THAT(std::string(status.message()), HasSubstr(name));
  }
}

TEST(ServerOptions, RefusesValuesThatCannotWork) {
  for (const auto& [argument, word] :
       std::vector<std::pair<std::string, std::string>>{
           {"--threads=-1", "--threads"},
           {"--max_message_bytes=10", "--max_message_bytes"},
           {"--max_waiting=0", "--max_waiting"},
           {"--body_timeout=0s", "--body_timeout"},
           {"--predrain=-1s", "--predrain"},
           {"--tls_certificate=a.pem", "--tls_key"},
           {"--tls_client_ca=a.pem", "--tls_certificate"},
           {"--log_format=xml", "--log_format"},
           {"--threads=many", "--threads"},
           {"--memory_budget=lots", "--memory_budget"},
           {"--predrain=7", "--predrain"},
           {"--thread=2", "--thread=2"},
           {"--nothreads", "--nothreads"},
           {"--noreflection=true", "--noreflection=true"},
           {"--listen", "--listen"},
           {"--flagfile=/etc/passwd", "--flagfile"},
           {"-threads=2", "-threads=2"},
           {"--", "--"},
           {"stray", "stray"}}) {
    absl::FlagSaver saver;
    const auto options = Parse({argument});
    ASSERT_FALSE(options.ok()) << argument;
    EXPECT_THAT(std::string(options.status().message()), HasSubstr(word));
  }
}

TEST(ServerOptions, TakesFlagsInTheFormsPeopleWrite) {
  absl::FlagSaver saver;
  const auto options =
      Parse({"--threads=3", "--listen", "localhost:1", "--noreflection",
             "--channelz", "--log_format=console", "--channelz=false"});
  ASSERT_TRUE(options.ok()) << options.status();
  EXPECT_EQ(options->threads, 3);
  EXPECT_EQ(options->listen, "localhost:1");
  EXPECT_FALSE(options->reflection);
  EXPECT_FALSE(options->channelz);
  EXPECT_EQ(options->log_format, LogFormat::kConsole);
}

TEST(ServerOptions, TheEffectiveConfigurationListsOurFlagsAlone) {
  const auto configuration = EffectiveConfiguration();
  bool has_listen = false;
  for (const auto& [name, value] : configuration) {
    EXPECT_NE(name, "flagfile");
    has_listen = has_listen || name == "listen";
  }
  EXPECT_TRUE(has_listen);
}

TEST(ByteSize, ReadsWhatPeopleAndKubernetesWrite) {
  const std::vector<std::pair<const char*, int64_t>> good = {
      {"0", 0},
      {"1048576", 1 << 20},
      {"512MiB", 512 << 20},
      {"512Mi", 512 << 20},
      {"64 KiB", 64 << 10},
      {"1.5KB", 1500},
      {"2gb", 2000000000},
      {"1GiB", 1 << 30},
      {"7B", 7}};
  for (const auto& [text, bytes] : good) {
    ByteSize size;
    std::string error;
    EXPECT_TRUE(AbslParseFlag(text, &size, &error)) << text;
    EXPECT_EQ(size.bytes, bytes) << text;
  }
  for (const char* text : {"", "MiB", "-1", "1TiB", "1e3", "0x10", "1 2",
                           "99999999999999999999"}) {
    ByteSize size;
    std::string error;
    EXPECT_FALSE(AbslParseFlag(text, &size, &error)) << text;
    EXPECT_THAT(error, HasSubstr("512MiB"));
  }
  EXPECT_EQ(AbslUnparseFlag(ByteSize{int64_t{3} << 20}), "3MiB");
  EXPECT_EQ(AbslUnparseFlag(ByteSize{1000}), "1000");
}

}  // namespace
}  // namespace sightline
