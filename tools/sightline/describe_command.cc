// sightline describe: what a server offers, in the words of its contract.
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "tools/sightline/client/connection.h"
#include "tools/sightline/client/reflection.h"
#include "tools/sightline/command.h"
#include "tools/sightline/output/contract_text.h"
#include "tools/sightline/text/printable.h"

namespace sightline::cli {
namespace {

constexpr char kDescription[] =
    "Asks a server, by gRPC reflection, for its services. Without a name: "
    "every service with its methods. With the full name of a service, a "
    "message or an enum: that and everything it is made of.\n\n"
    "  sightline describe\n"
    "  sightline describe sightline.grade.v1.SheetLayout";

void PrintTypes(const ReachableTypes& types, Session& session) {
  for (const auto* message : types.messages) {
    session.out << "\n" << ContractText(*message);
  }
  for (const auto* type : types.enums) {
    session.out << "\n" << ContractText(*type);
  }
}

absl::Status DescribeSymbol(const ServerDescription& server,
                            const std::string& name, bool json,
                            Session& session) {
  ReachableTypes types;
  if (const auto* service = server.pool().FindServiceByName(name)) {
    if (json) {
      session.out << ContractJson(*service) << "\n";
      return absl::OkStatus();
    }
    session.out << ContractText(*service);
    types.Add(*service);
  } else if (const auto* message = server.pool().FindMessageTypeByName(name)) {
    types.Add(*message);
  } else if (const auto* type = server.pool().FindEnumTypeByName(name)) {
    types.Add(*type);
  } else {
    return Error(absl::StatusCode::kNotFound, "SYMBOL_NOT_FOUND")
        .Message(absl::StrCat("the server knows no service, message or enum ",
                              name, "; `sightline describe` lists services"))
        .Resource("symbol", name);
  }
  if (json) {
    return Error(absl::StatusCode::kInvalidArgument, "FLAG_INVALID")
        .Message("--json describes services");
  }
  PrintTypes(types, session);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<int> RunDescribe(absl::Span<const std::string> arguments,
                                Session& session) {
  bool json = false;
  bool all = false;
  ConnectionOptions options;
  ArgumentParser parser("describe [NAME...] [flags]", kDescription);
  parser.AddSwitch("all", "Messages and enums of every service, too.", &all);
  parser.AddSwitch("json", "One JSON object per service on standard output.",
                   &json);
  AddConnectionFlags(parser, &options);
  SL_ASSIGN_OR_RETURN(const ParsedArguments parsed, parser.Parse(arguments));
  if (parsed.help) {
    session.out << parser.Help();
    return 0;
  }
  SL_ASSIGN_OR_RETURN(const Connection connection, Connection::Open(options));
  SL_ASSIGN_OR_RETURN(const ServerDescription server,
                      ServerDescription::Fetch(connection, session.stop));
  for (const std::string& name : parsed.positional) {
    SL_RETURN_IF_ERROR(DescribeSymbol(server, name, json, session));
  }
  if (!parsed.positional.empty()) return 0;

  ReachableTypes types;
  bool first = true;
  for (const std::string& name : server.services()) {
    const auto* service = server.pool().FindServiceByName(name);
    if (json) {
      if (service != nullptr) session.out << ContractJson(*service) << "\n";
      continue;
    }
    if (!first) session.out << "\n";
    first = false;
    if (service == nullptr) {
      session.out << "service " << Printable(name) << "  (not described)\n";
      continue;
    }
    session.out << ContractText(*service);
    types.Add(*service);
  }
  if (all && !json) PrintTypes(types, session);
  return 0;
}

}  // namespace sightline::cli
