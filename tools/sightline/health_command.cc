// sightline health: whether a server, and each of its services, is serving.
#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "common/status/status_macros.h"
#include "tools/sightline/client/connection.h"
#include "tools/sightline/client/health.h"
#include "tools/sightline/client/reflection.h"
#include "tools/sightline/client/rpc_error.h"
#include "tools/sightline/command.h"
#include "tools/sightline/output/sheet_report.h"
#include "tools/sightline/text/json_writer.h"
#include "tools/sightline/text/table.h"

namespace sightline::cli {
namespace {

constexpr char kDescription[] =
    "Asks grpc.health.v1 whether the server as a whole and each of its "
    "Sightline services is serving; with names, only those.\n\n"
    "Exit code: 0 when all are serving, 24 (UNAVAILABLE) when one is not, 10 + "
    "the gRPC code when one could not be asked.";

// "" stands for the whole server.
std::string ShownName(const std::string& service) {
  return service.empty() ? "(server)" : service;
}

std::vector<std::string> ServicesToAsk(const Connection& connection,
                                       const StopToken& stop) {
  std::vector<std::string> names = {""};
  const auto listed = ListServices(connection, stop);
  // Health must be askable of a server without reflection.
  if (!listed.ok()) return names;
  for (const std::string& name : *listed) {
    if (!absl::StartsWith(name, "grpc.")) names.push_back(name);
  }
  return names;
}

}  // namespace

absl::StatusOr<int> RunHealth(absl::Span<const std::string> arguments,
                              Session& session) {
  bool json = false;
  ConnectionOptions options;
  ArgumentParser parser("health [SERVICE...] [flags]", kDescription);
  parser.AddSwitch("json", "One JSON object per service on standard output.",
                   &json);
  AddConnectionFlags(parser, &options);
  SL_ASSIGN_OR_RETURN(const ParsedArguments parsed, parser.Parse(arguments));
  if (parsed.help) {
    session.out << parser.Help();
    return 0;
  }
  SL_ASSIGN_OR_RETURN(const Connection connection, Connection::Open(options));
  std::vector<std::string> services = parsed.positional;
  if (services.empty()) {
    // Asked first: it fails quickly where no server is.
    SL_RETURN_IF_ERROR(CheckHealth(connection, "", session.stop).status());
    services = ServicesToAsk(connection, session.stop);
  }
  absl::Status outcome;
  Table table({{"service"}, {"state"}, {"ms", true}});
  for (const std::string& service : services) {
    const absl::Time start = absl::Now();
    const absl::StatusOr<std::string> state =
        CheckHealth(connection, service, session.stop);
    const double milliseconds = absl::ToDoubleMilliseconds(absl::Now() - start);
    const bool serving = state.ok() && *state == kServing;
    if (!state.ok()) {
      outcome.Update(state.status());
    } else if (!serving) {
      outcome.Update(absl::UnavailableError(*state));
    }
    if (json) {
      JsonWriter line;
      line.BeginObject();
      line.Key("service").String(service);
      line.Key("state").String(state.ok() ? *state : "");
      line.Key("error");
      WriteErrorJson(state.status(), line);
      line.Key("latency_ms").Number(milliseconds);
      line.EndObject();
      session.out << line.text() << "\n";
    } else {
      table.AddRow({{ShownName(service)},
                    {state.ok() ? *state : SummarizeError(state.status()),
                     serving ? Style::kGood : Style::kBad},
                    {absl::StrFormat("%.2f", milliseconds)}});
    }
  }
  session.out << table.Render(session.out_is_terminal);
  return ExitCode(outcome);
}

}  // namespace sightline::cli
