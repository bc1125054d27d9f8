// sightline describe: what a server offers, in the words of its contract.
#include <algorithm>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

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

// Prints texts with an empty line between them.
class Paragraphs {
 public:
  explicit Paragraphs(std::ostream& out) : out_(out) {}
  void Add(const std::string& text) {
    if (!std::exchange(first_, false)) out_ << "\n";
    out_ << text;
  }
  void Add(const ReachableTypes& types) {
    for (const auto* message : types.messages) Add(ContractText(*message));
    for (const auto* type : types.enums) Add(ContractText(*type));
  }

 private:
  std::ostream& out_;
  bool first_ = true;
};

// gRPC's own services last.
std::vector<std::string> InOrder(std::vector<std::string> services) {
  std::stable_partition(
      services.begin(), services.end(),
      [](const std::string& name) { return !absl::StartsWith(name, "grpc."); });
  return services;
}

absl::Status DescribeSymbol(const ServerDescription& server,
                            const std::string& name, bool json,
                            Session& session, Paragraphs& paragraphs) {
  ReachableTypes types;
  if (const auto* service = server.pool().FindServiceByName(name)) {
    if (json) {
      session.out << ContractJson(*service) << "\n";
      return absl::OkStatus();
    }
    paragraphs.Add(ContractText(*service));
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
  paragraphs.Add(types);
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
  Paragraphs paragraphs(session.out);
  for (const std::string& name : parsed.positional) {
    SL_RETURN_IF_ERROR(DescribeSymbol(server, name, json, session, paragraphs));
  }
  if (!parsed.positional.empty()) return 0;

  ReachableTypes types;
  for (const std::string& name : InOrder(server.services())) {
    const auto* service = server.pool().FindServiceByName(name);
    if (json) {
      if (service != nullptr) session.out << ContractJson(*service) << "\n";
    } else if (service == nullptr) {
      paragraphs.Add(
          absl::StrCat("service ", Printable(name), "  (not described)\n"));
    } else {
      paragraphs.Add(ContractText(*service));
      types.Add(*service);
    }
  }
  if (all && !json) paragraphs.Add(types);
  return 0;
}

}  // namespace sightline::cli
