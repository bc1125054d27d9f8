#include "common/server/grpc_log.h"

#include <grpc/support/log.h>

#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/observe/log.h"

namespace sightline {
namespace {

void Forward(gpr_log_func_args* line) {
  static auto* const limiter = new LogLimiter(20, absl::Seconds(10));
  const std::optional<int64_t> dropped = limiter->Allow();
  if (!dropped.has_value()) return;
  // The source's path is that of the machine gRPC was built on.
  const absl::string_view path = line->file;
  const absl::string_view file = path.substr(path.rfind('/') + 1);
  const Severity severity = line->severity == GPR_LOG_SEVERITY_ERROR
                                ? Severity::kWarning
                                : Severity::kInfo;
  Log(severity, "grpc",
      {{"text", absl::string_view(line->message)},
       {"source", absl::StrCat(file, ":", line->line)},
       {"dropped", *dropped}});
}

}  // namespace

void RouteGrpcLog() { gpr_set_log_function(&Forward); }

}  // namespace sightline
