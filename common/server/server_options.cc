#include "common/server/server_options.h"

#include <cstdio>
#include <cstdlib>

#include "absl/flags/flag.h"
#include "absl/flags/reflection.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/server/byte_size.h"
#include "common/server/command_line.h"
#include "common/server/reasons.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"

using sightline::ByteSize;

ABSL_FLAG(std::string, listen, "",
          "Address to serve on: host:port or unix:/path. Default: 0.0.0.0 and "
          "the program's port.");
ABSL_FLAG(std::string, metrics_listen, "",
          "Address of the Prometheus endpoint: host:port, or 'off'. Default: "
          "0.0.0.0 and the program's port + 1000.");
ABSL_FLAG(ByteSize, memory_budget, ByteSize{0},
          "Memory the whole process may use, such as 512MiB. Calls share 0.8 "
          "of it less what the idle process takes. 0: the control group's "
          "limit, or the machine's memory.");
ABSL_FLAG(int, threads, 0,
          "Threads that compute. 0: one per processor of the control group.");
ABSL_FLAG(ByteSize, max_message_bytes, ByteSize{int64_t{8} << 20},
          "Largest unary request, and largest single message of a stream.");
ABSL_FLAG(ByteSize, max_item_bytes, ByteSize{int64_t{64} << 20},
          "Largest item of a conveyor stream.");
ABSL_FLAG(
    int, max_waiting, 256,
    "Calls that may wait for memory or a worker; more are told to retry.");
ABSL_FLAG(absl::Duration, queue_timeout, absl::Seconds(10),
          "How long a call may wait for memory or a worker.");
ABSL_FLAG(absl::Duration, body_timeout, absl::Seconds(30),
          "A client that sends nothing for this long while its request is "
          "incomplete is given up.");
ABSL_FLAG(absl::Duration, predrain, absl::Seconds(2),
          "After SIGTERM: how long to report NOT_SERVING before new calls are "
          "refused.");
ABSL_FLAG(absl::Duration, drain_timeout, absl::Seconds(25),
          "After SIGTERM: how long accepted calls may take to finish.");
ABSL_FLAG(absl::Duration, stall_timeout, absl::Minutes(5),
          "A worker that computes one call for longer makes the liveness "
          "probe fail.");
ABSL_FLAG(std::string, tls_certificate, "",
          "PEM file with the server's certificate chain. With --tls_key: serve "
          "TLS. Reloaded when it changes.");
ABSL_FLAG(std::string, tls_key, "", "PEM file with the certificate's key.");
ABSL_FLAG(std::string, tls_client_ca, "",
          "PEM file with the authorities of client certificates. Given: "
          "clients must present one (mTLS).");
ABSL_FLAG(std::string, token_file, "",
          "File with the bearer token that callers must send. Reloaded when it "
          "changes.");
ABSL_FLAG(bool, reflection, true, "Serve gRPC reflection.");
ABSL_FLAG(bool, channelz, false, "Serve channelz.");
ABSL_FLAG(std::string, log_format, "json", "Log lines: json or console.");

extern char** environ;

namespace sightline {
namespace {

constexpr char kPrefix[] = "SIGHTLINE_";

absl::Status Bad(absl::string_view what) {
  return Error(absl::StatusCode::kInvalidArgument, kBadConfiguration)
      .Message(what);
}

absl::Status SetFlag(const std::string& variable, const std::string& flag_name,
                     const std::string& value) {
  absl::CommandLineFlag* flag = FindProgramFlag(flag_name);
  if (flag == nullptr) {
    return Bad(absl::StrCat(
        "environment variable ", variable, " is unknown: no flag --", flag_name,
        ". (In Kubernetes, set enableServiceLinks: false on the pod: a Service "
        "named sightline-* would otherwise add such variables.)"));
  }
  std::string error;
  if (!flag->ParseFrom(value, &error)) {
    return Bad(absl::StrCat("environment variable ", variable, ": ", error));
  }
  return absl::OkStatus();
}

std::string OrDefault(const std::string& value, const std::string& otherwise) {
  return value.empty() ? otherwise : value;
}

// Answers --help and --version, and ends the process then.
void AnswerQuestions(const std::vector<std::string>& arguments,
                     const Program& program) {
  for (const std::string& argument : arguments) {
    if (argument == "--help") {
      std::fputs(HelpText(program.name, program.purpose).c_str(), stdout);
    } else if (argument == "--version") {
      std::printf("%s %s\n", program.name.c_str(), SIGHTLINE_VERSION);
    } else {
      continue;
    }
    std::fflush(stdout);
    std::exit(0);
  }
}

absl::StatusOr<ServerOptions> FromFlags(const Program& program) {
  ServerOptions options;
  options.listen = OrDefault(absl::GetFlag(FLAGS_listen),
                             absl::StrCat("0.0.0.0:", program.port));
  options.metrics_listen =
      OrDefault(absl::GetFlag(FLAGS_metrics_listen),
                absl::StrCat("0.0.0.0:", program.port + 1000));
  if (options.metrics_listen == "off") options.metrics_listen.clear();
  options.memory_budget_bytes = absl::GetFlag(FLAGS_memory_budget).bytes;
  options.threads = absl::GetFlag(FLAGS_threads);
  if (options.threads < 0 || options.threads > 1024) {
    return Bad("--threads must be 0..1024");
  }
  options.max_message_bytes = absl::GetFlag(FLAGS_max_message_bytes).bytes;
  if (options.max_message_bytes < (1 << 16) ||
      options.max_message_bytes > (int64_t{1} << 30)) {
    return Bad("--max_message_bytes must be 64KiB..1GiB");
  }
  options.max_item_bytes = absl::GetFlag(FLAGS_max_item_bytes).bytes;
  if (options.max_item_bytes < 1) {
    return Bad("--max_item_bytes must be positive");
  }
  options.max_waiting = absl::GetFlag(FLAGS_max_waiting);
  if (options.max_waiting < 1) return Bad("--max_waiting must be positive");
  options.queue_timeout = absl::GetFlag(FLAGS_queue_timeout);
  options.body_timeout = absl::GetFlag(FLAGS_body_timeout);
  options.predrain = absl::GetFlag(FLAGS_predrain);
  options.drain_timeout = absl::GetFlag(FLAGS_drain_timeout);
  options.stall_timeout = absl::GetFlag(FLAGS_stall_timeout);
  for (const auto& [name, duration] :
       {std::pair("queue_timeout", options.queue_timeout),
        std::pair("body_timeout", options.body_timeout),
        std::pair("stall_timeout", options.stall_timeout)}) {
    if (duration <= absl::ZeroDuration()) {
      return Bad(absl::StrCat("--", name, " must be positive"));
    }
  }
  if (options.predrain < absl::ZeroDuration() ||
      options.drain_timeout < absl::ZeroDuration()) {
    return Bad("--predrain and --drain_timeout must not be negative");
  }
  TlsFiles tls{absl::GetFlag(FLAGS_tls_certificate),
               absl::GetFlag(FLAGS_tls_key),
               absl::GetFlag(FLAGS_tls_client_ca)};
  if (tls.certificate.empty() != tls.key.empty()) {
    return Bad("--tls_certificate and --tls_key belong together");
  }
  if (!tls.certificate.empty()) {
    options.tls = tls;
  } else if (!tls.client_ca.empty()) {
    return Bad("--tls_client_ca needs --tls_certificate and --tls_key");
  }
  options.token_file = absl::GetFlag(FLAGS_token_file);
  options.reflection = absl::GetFlag(FLAGS_reflection);
  options.channelz = absl::GetFlag(FLAGS_channelz);
  const std::string format = absl::GetFlag(FLAGS_log_format);
  if (format != "json" && format != "console") {
    return Bad("--log_format must be json or console");
  }
  options.log_format =
      format == "json" ? LogFormat::kJson : LogFormat::kConsole;
  return options;
}

}  // namespace

absl::Status ApplyEnvironment(const std::vector<std::string>& environment,
                              const Program& program) {
  // Aliases first, so that a flag's own twin wins over them.
  for (const std::string& entry : environment) {
    const size_t equals = entry.find('=');
    if (equals == std::string::npos) continue;
    const std::string name = entry.substr(0, equals);
    for (const auto& [alias, flag] : program.environment_aliases) {
      if (name != alias) continue;
      SL_RETURN_IF_ERROR(SetFlag(name, flag, entry.substr(equals + 1)));
    }
  }
  for (const std::string& entry : environment) {
    const size_t equals = entry.find('=');
    if (equals == std::string::npos || !absl::StartsWith(entry, kPrefix)) {
      continue;
    }
    const std::string name = entry.substr(0, equals);
    const std::string flag =
        absl::AsciiStrToLower(name.substr(sizeof(kPrefix) - 1));
    SL_RETURN_IF_ERROR(SetFlag(name, flag, entry.substr(equals + 1)));
  }
  return absl::OkStatus();
}

std::vector<std::pair<std::string, std::string>> EffectiveConfiguration() {
  std::vector<std::pair<std::string, std::string>> out;
  for (const absl::CommandLineFlag* flag : ProgramFlags()) {
    out.emplace_back(std::string(flag->Name()), flag->CurrentValue());
  }
  return out;
}

absl::StatusOr<ServerOptions> ServerOptions::FromCommandLine(
    int argc, char** argv, const Program& program) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  AnswerQuestions(arguments, program);
  std::vector<std::string> environment;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    environment.emplace_back(*entry);
  }
  SL_RETURN_IF_ERROR(ApplyEnvironment(environment, program));
  SL_RETURN_IF_ERROR(ParseFlags(arguments));
  return FromFlags(program);
}

}  // namespace sightline
