// sightline doctor: what stands between this client and a server.
#include <functional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "tools/sightline/client/connection.h"
#include "tools/sightline/client/health.h"
#include "tools/sightline/client/reflection.h"
#include "tools/sightline/client/rpc_error.h"
#include "tools/sightline/command.h"
#include "tools/sightline/input/child_process.h"
#include "tools/sightline/text/json_writer.h"
#include "tools/sightline/text/printable.h"
#include "tools/sightline/text/table.h"

namespace sightline::cli {
namespace {

constexpr char kDescription[] =
    "Checks one thing after another: that the flags and files are sound, that "
    "the server can be reached, with TLS where asked for, that it is serving, "
    "that it describes itself, and that PDF files can be read.\n\n"
    "Exit code: 0, or 10 + the gRPC code of the first check that failed.";

absl::StatusOr<std::string> CheckPdfTools(const StopToken& stop) {
  for (const char* program : {"pdfinfo", "pdftoppm"}) {
    const auto outcome = RunChild({program, "-v"}, absl::Seconds(10), stop);
    if (!outcome.ok()) {
      return Error(absl::StatusCode::kNotFound, "PROGRAM_NOT_FOUND")
          .Message(absl::StrCat(program,
                                " is not installed: PDF files can't be read "
                                "(apt-get install poppler-utils)"));
    }
  }
  return "pdfinfo and pdftoppm are here";
}

struct Check {
  std::string name;
  absl::StatusOr<std::string> outcome;
  // Whether a server can be used without it.
  bool optional = false;
};

std::vector<Check> RunChecks(const ConnectionOptions& options,
                             const StopToken& stop) {
  std::vector<Check> checks;
  const auto add = [&checks](absl::string_view name,
                             absl::StatusOr<std::string> outcome,
                             bool optional = false) {
    checks.push_back({std::string(name), std::move(outcome), optional});
    return checks.back().outcome.ok();
  };
  add("pdf", CheckPdfTools(stop), true);
  const absl::StatusOr<Connection> connection = Connection::Open(options);
  if (!add("flags", connection.ok()
                        ? absl::StatusOr<std::string>("files are readable")
                        : connection.status())) {
    return checks;
  }
  const absl::Time start = absl::Now();
  const absl::Status ready = connection->WaitUntilReady(stop);
  if (!add("connect",
           ready.ok() ? absl::StatusOr<std::string>(absl::StrCat(
                            options.server, " answers after ",
                            absl::FormatDuration(absl::Trunc(
                                absl::Now() - start, absl::Microseconds(100)))))
                      : ready)) {
    return checks;
  }
  absl::StatusOr<std::string> state = CheckHealth(*connection, "", stop);
  if (state.ok() && *state != kServing) {
    state = absl::UnavailableError(absl::StrCat("the server is ", *state));
  }
  add("health", state);
  const auto services = ListServices(*connection, stop);
  add("reflection",
      services.ok()
          ? absl::StatusOr<std::string>(absl::StrJoin(*services, ", "))
          : services.status(),
      true);
  return checks;
}

}  // namespace

absl::StatusOr<int> RunDoctor(absl::Span<const std::string> arguments,
                              Session& session) {
  bool json = false;
  ConnectionOptions options;
  options.deadline = absl::Seconds(10);
  options.retries = 0;
  ArgumentParser parser("doctor [flags]", kDescription);
  parser.AddSwitch("json", "One JSON object per check on standard output.",
                   &json);
  AddConnectionFlags(parser, &options);
  SL_ASSIGN_OR_RETURN(const ParsedArguments parsed, parser.Parse(arguments));
  if (parsed.help) {
    session.out << parser.Help();
    return 0;
  }
  absl::Status first_failure;
  for (const Check& check : RunChecks(options, session.stop)) {
    const bool ok = check.outcome.ok();
    if (!ok && !check.optional) first_failure.Update(check.outcome.status());
    const std::string word = ok ? "ok" : check.optional ? "missing" : "failed";
    if (json) {
      JsonWriter line;
      line.BeginObject();
      line.Key("check").String(check.name);
      line.Key("state").String(word);
      line.Key("message").String(ok ? *check.outcome
                                    : SummarizeError(check.outcome.status()));
      line.EndObject();
      session.out << line.text() << "\n";
      continue;
    }
    const std::string padding(12 - check.name.size(), ' ');
    session.out << check.name << padding
                << Styled(word,
                          ok               ? Style::kGood
                          : check.optional ? Style::kDoubtful
                                           : Style::kBad,
                          session.out_is_terminal)
                << ": "
                << (ok ? Printable(*check.outcome) + "\n"
                       : DescribeError(check.outcome.status()));
  }
  return ExitCode(first_failure);
}

}  // namespace sightline::cli
