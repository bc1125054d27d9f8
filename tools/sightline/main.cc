// The command `sightline`.
#include <signal.h>
#include <unistd.h>

#include <exception>
#include <iostream>
#include <string>
#include <thread>
#include <vector>

#include "tools/sightline/command.h"

namespace {

// Turns Ctrl-C and SIGTERM into a stop; a second one ends the program at once.
// The signals must be blocked in all threads.
void WatchSignals(sigset_t signals, sightline::StopSource& stop) {
  int signal = 0;
  sigwait(&signals, &signal);
  stop.Stop(absl::CancelledError("interrupted"));
  sigwait(&signals, &signal);
  _exit(128 + signal);
}

}  // namespace

int main(int argc, char** argv) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  // A pipe whose reader has gone is a failed write, after which temporary
  // files are still removed.
  signal(SIGPIPE, SIG_IGN);

  // Outlives the watching thread, which is never joined.
  static sightline::StopSource stop;
  std::thread(WatchSignals, signals, std::ref(stop)).detach();
  sightline::cli::Session session = {std::cout, std::cerr,
                                     isatty(STDOUT_FILENO) != 0,
                                     isatty(STDERR_FILENO) != 0, stop.token()};
  const std::vector<std::string> arguments(argv + std::min(argc, 1),
                                           argv + argc);
  int exit_code = 0;
  try {
    exit_code = sightline::cli::RunSightline(arguments, session);
  } catch (const std::exception& error) {
    std::cerr << "sightline: " << error.what() << "\n";
    exit_code = sightline::cli::ExitCode(absl::InternalError(error.what()));
  }
  std::cout.flush();
  // Without running destructors: the watching thread may use them.
  _exit(exit_code);
}
