#include "services/grade/remote_align.h"

#include <grpcpp/support/channel_arguments.h>

#include <string>

#include "absl/flags/flag.h"
#include "common/server/reasons.h"
#include "common/status/error.h"

ABSL_FLAG(std::string, align_address, "localhost:50051",
          "Where the align service is: host:port, dns:///name:port or "
          "unix:/path.");
ABSL_FLAG(std::string, align_tls_ca, "",
          "PEM file with the authorities that may have issued the align "
          "service's certificate. Given: calls to it are encrypted; empty: "
          "they are not.");
ABSL_FLAG(std::string, align_tls_cert, "",
          "PEM file with this server's certificate chain, for an align service "
          "that asks for one (mTLS). With --align_tls_key.");
ABSL_FLAG(std::string, align_tls_key, "",
          "PEM file with that certificate's key.");
ABSL_FLAG(std::string, align_tls_name, "",
          "Name the align service's certificate must have; empty: the host of "
          "--align_address.");
ABSL_FLAG(std::string, align_token_file, "",
          "File with the bearer token to send to the align service. Reloaded "
          "when it changes.");
ABSL_FLAG(bool, align_allow_plaintext_token, false,
          "Send the token to another machine without TLS.");

namespace sightline::grade {

absl::StatusOr<ClientChannel> RemoteAlignFromFlags() {
  ClientSecurity security;
  security.flag_prefix = "--align_";
  security.tls_ca = absl::GetFlag(FLAGS_align_tls_ca);
  security.tls_cert = absl::GetFlag(FLAGS_align_tls_cert);
  security.tls_key = absl::GetFlag(FLAGS_align_tls_key);
  security.tls_name = absl::GetFlag(FLAGS_align_tls_name);
  security.token_file = absl::GetFlag(FLAGS_align_token_file);
  security.allow_plaintext_token =
      absl::GetFlag(FLAGS_align_allow_plaintext_token);
  security.follow_files = true;
  // Within a cluster the public authorities vouch for nobody: to be trusted by
  // the system's list alone would be an oversight.
  if (security.tls_ca.empty() &&
      (!security.tls_cert.empty() || !security.tls_key.empty() ||
       !security.tls_name.empty())) {
    return Error(absl::StatusCode::kInvalidArgument, kBadConfiguration)
        .Message(
            "--align_tls_cert, --align_tls_key and --align_tls_name need "
            "--align_tls_ca");
  }
  grpc::ChannelArguments arguments;
  arguments.SetLoadBalancingPolicyName("round_robin");
  return ClientChannel::Open(absl::GetFlag(FLAGS_align_address), security,
                             arguments);
}

}  // namespace sightline::grade
