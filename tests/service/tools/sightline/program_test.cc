// The built program itself: exit codes, signals, pipes.
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/service/tools/sightline/fake_services.h"
#include "tools/sightline/input/child_process.h"

namespace sightline::cli {
namespace {

using ::testing::HasSubstr;

const char* Program() { return SIGHTLINE_BINARY_DIR "/bin/sightline"; }

TEST(SightlineProgram, ExitsWithTenPlusTheCode) {
  FakeServer server;
  const struct {
    std::vector<std::string> arguments;
    int exit_code;
    const char* output;
  } kCases[] = {
      {{Program(), "--help"}, 0, "Commands:"},
      {{Program(), "help", "grade"}, 0, "--layout FILE"},
      {{Program(), "--version"}, 0, "sightline 0."},
      {{Program()}, 13, "Commands:"},
      {{Program(), "gade"}, 13, "\"grade\"?"},
      {{Program(), "xyzzy"}, 13, "COMMAND_UNKNOWN"},
      {{Program(), "health", "", "--server", server.address()}, 0, "SERVING"},
      {{Program(), "health", "x", "--server", server.address()}, 15, ""},
  };
  for (const auto& test : kCases) {
    const auto outcome =
        RunChild(test.arguments, absl::Seconds(30), StopToken());
    ASSERT_TRUE(outcome.ok()) << outcome.status();
    EXPECT_EQ(outcome->exit_code, test.exit_code) << outcome->output;
    EXPECT_THAT(outcome->output, HasSubstr(test.output));
    EXPECT_THAT(outcome->output, testing::Not(HasSubstr("\x1b")));
  }
}

TEST(SightlineProgram, StopsAtOnceWhenInterrupted) {
  FakeServer server;
  std::atomic<bool> arrived = false;
  std::atomic<bool> let_go = false;
  server.grade.conveyor.answer = [&](const ReceivedItem&,
                                     grade::v1::GradeSheetsResponse* response) {
    arrived = true;
    while (!let_go) absl::SleepFor(absl::Milliseconds(5));
    response->mutable_result();
    return GradeConveyor::Next::kGoOn;
  };
  const std::string scan = server.folder().Write("scan.jpg", "photo");
  const std::string layout = server.folder().Write("layout.json", kSmallLayout);
  const std::string address = absl::StrCat("--server=", server.address());
  const std::string layout_flag = absl::StrCat("--layout=", layout);
  std::vector<const char*> arguments = {Program(),       "grade",
                                        scan.c_str(),    layout_flag.c_str(),
                                        address.c_str(), nullptr};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  pid_t child = 0;
  ASSERT_EQ(posix_spawn(&child, Program(), &actions, nullptr,
                        const_cast<char**>(arguments.data()), environ),
            0);
  posix_spawn_file_actions_destroy(&actions);
  const absl::Time patience = absl::Now() + absl::Seconds(30);
  while (!arrived && absl::Now() < patience) {
    absl::SleepFor(absl::Milliseconds(5));
  }
  EXPECT_TRUE(arrived);
  const absl::Time start = absl::Now();
  kill(child, SIGINT);
  int state = 0;
  ASSERT_EQ(waitpid(child, &state, 0), child);
  const absl::Duration took = absl::Now() - start;
  let_go = true;
  ASSERT_TRUE(WIFEXITED(state));
  EXPECT_EQ(WEXITSTATUS(state), 11);
  EXPECT_LT(took, absl::Seconds(5));
}

TEST(SightlineProgram, EndsWhenNobodyReadsItsOutput) {
  FakeServer server;
  server.grade.conveyor.answer = [](const ReceivedItem&,
                                    grade::v1::GradeSheetsResponse* response) {
    response->mutable_result();
    return GradeConveyor::Next::kGoOn;
  };
  for (int i = 0; i < 50; ++i) {
    server.folder().Write(absl::StrCat("scans/", i, ".jpg"), "photo");
  }
  server.folder().Write("layout.json", kSmallLayout);
  // A shell's pipe whose reader ends first; the exit code is the program's.
  const auto outcome = RunChild(
      {"bash", "-c",
       absl::StrCat("cd ", server.folder().path(), "; ", Program(),
                    " grade scans --layout layout.json --in_flight 1 --server ",
                    server.address(), " | true; exit ${PIPESTATUS[0]}")},
      absl::Seconds(30), StopToken());
  ASSERT_TRUE(outcome.ok()) << outcome.status();
  EXPECT_EQ(outcome->exit_code, 23) << outcome->output;
  EXPECT_THAT(outcome->output, HasSubstr("cannot write to standard output"));
}

}  // namespace
}  // namespace sightline::cli
