#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "tools/sightline/arguments.h"
#include "tools/sightline/client/rpc_error.h"
#include "tools/sightline/command.h"

namespace sightline::cli {
namespace {

struct Command {
  const char* name;
  const char* summary;
  CommandFunction run;
};

constexpr Command kCommands[] = {
    {"align", "Find where scanned pages lie on their template", RunAlign},
    {"grade", "Read and score answer sheets", RunGrade},
    {"preprocess", "Clean pages and drawings for OCR", RunPreprocess},
    {"georef", "Lay what aerial frames show on the map", RunGeoref},
    {"layout", "Write the files of OMRChecker as a layout of ours", RunLayout},
    {"jobs", "List, watch, cancel and delete long work", RunJobs},
    {"health", "Whether a server and its services are serving", RunHealth},
    {"describe", "What a server offers: services, methods, messages",
     RunDescribe},
    {"bench", "Put load on a server and measure", RunBench},
    {"doctor", "Find what stands between this client and a server", RunDoctor},
};

std::string GeneralHelp() {
  std::string text =
      "Usage: sightline COMMAND [arguments]\n\n"
      "A client of Sightline's vision services.\n\nCommands:\n";
  for (const Command& command : kCommands) {
    const std::string name = command.name;
    absl::StrAppend(&text, "  ", name, std::string(12 - name.size(), ' '),
                    command.summary, "\n");
  }
  absl::StrAppend(&text, "\n",
                  WrapText("`sightline COMMAND --help` tells more. Exit code: "
                           "0, or 10 + the gRPC code of the failure.",
                           0, 80));
  return text;
}

int Fail(const absl::Status& status, Session& session) {
  session.err << "sightline: " << DescribeError(status) << std::flush;
  return ExitCode(status);
}

}  // namespace

int RunSightline(absl::Span<const std::string> arguments, Session& session) {
  if (arguments.empty()) {
    session.err << GeneralHelp();
    return ExitCode(absl::InvalidArgumentError("no command"));
  }
  const std::string& name = arguments[0];
  if (name == "--help" || name == "-h" || name == "help") {
    // "sightline help grade" and "sightline grade --help" are the same.
    if (name == "help" && arguments.size() > 1) {
      const std::string swapped[] = {arguments[1], "--help"};
      return RunSightline(swapped, session);
    }
    session.out << GeneralHelp();
    return 0;
  }
  if (name == "--version") {
    session.out << "sightline " SIGHTLINE_VERSION "\n";
    return 0;
  }
  std::vector<std::string> names;
  for (const Command& command : kCommands) {
    names.push_back(command.name);
    if (name != command.name) continue;
    const absl::StatusOr<int> exit_code =
        command.run(arguments.subspan(1), session);
    return exit_code.ok() ? *exit_code : Fail(exit_code.status(), session);
  }
  const std::string nearest = NearestWord(name, names);
  return Fail(
      Error(absl::StatusCode::kInvalidArgument, "COMMAND_UNKNOWN")
          .Message(absl::StrCat(
              "there is no command \"", name, "\"",
              nearest.empty() ? "" : absl::StrCat("; \"", nearest, "\"?"),
              " (sightline --help lists them)")),
      session);
}

}  // namespace sightline::cli
