#include "common/credentials/client_channel.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

#include <mutex>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/credentials/followed.h"
#include "common/credentials/reasons.h"
#include "common/credentials/secret_file.h"
#include "common/credentials/server_credentials.h"
#include "common/credentials/tls_files.h"
#include "common/credentials/token_file.h"
#include "common/observe/log.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"

namespace sightline {
namespace {

bool UsesTls(const ClientSecurity& security) {
  return security.tls || !security.tls_ca.empty() ||
         !security.tls_cert.empty() || !security.tls_name.empty();
}

absl::Status CheckCombination(const std::string& address,
                              const ClientSecurity& security) {
  const std::string& prefix = security.flag_prefix;
  if (security.tls_cert.empty() != security.tls_key.empty()) {
    return Error(absl::StatusCode::kInvalidArgument, kReasonTlsFilesIncomplete)
        .Message(absl::StrCat(prefix, "tls_cert and ", prefix,
                              "tls_key belong together"));
  }
  if (!security.token_file.empty() && !UsesTls(security) &&
      !security.allow_plaintext_token && !IsLoopback(address)) {
    return Error(absl::StatusCode::kFailedPrecondition, kReasonTokenWouldLeak)
        .Message(absl::StrCat("the token would travel unencrypted to ", address,
                              ": use ", prefix, "tls_ca, or ", prefix,
                              "allow_plaintext_token if the way there is "
                              "safe"));
  }
  return absl::OkStatus();
}

absl::StatusOr<TlsContent> ReadTls(const ClientSecurity& security) {
  const std::string& prefix = security.flag_prefix;
  TlsContent content;
  if (!security.tls_ca.empty()) {
    SL_RETURN_IF_ERROR(ReadAuthorities(
        {absl::StrCat(prefix, "tls_ca"), security.tls_ca}, content));
  }
  if (!security.tls_cert.empty()) {
    SL_RETURN_IF_ERROR(ReadIdentity(
        {absl::StrCat(prefix, "tls_cert"), security.tls_cert},
        {absl::StrCat(prefix, "tls_key"), security.tls_key}, content));
  }
  return content;
}

std::string TokenFlag(const ClientSecurity& security) {
  return absl::StrCat(security.flag_prefix, "token_file");
}

absl::StatusOr<TokenFile> ReadToken(const ClientSecurity& security) {
  if (security.token_file.empty()) return TokenFile();
  return ReadTokenFile(TokenFlag(security), security.token_file);
}

// A server's log is where warnings are read; a command's user has other
// things to do.
void WarnIfExposed(const TokenFile& file, const ClientSecurity& security) {
  if (!file.others_may_read || !security.follow_files) return;
  WarnThatOthersMayRead(TokenFlag(security), security.token_file);
}

}  // namespace

class ClientChannel::State {
 public:
  explicit State(std::shared_ptr<grpc::Channel> channel)
      : channel_(std::move(channel)) {}

  State(std::string address, const ClientSecurity& security,
        grpc::ChannelArguments arguments, TlsContent tls, TokenFile token)
      : address_(std::move(address)),
        uses_tls_(UsesTls(security)),
        follows_(security.follow_files),
        arguments_(std::move(arguments)),
        tls_(std::in_place, std::move(tls),
             Followed<TlsContent>::Source{
                 [security] { return ReadTls(security); },
                 "the client's TLS files are not usable; those read before "
                 "stay in use",
                 [](const TlsContent&) {
                   Log(Severity::kInfo,
                       "further calls use the client's renewed TLS files");
                 }}),
        token_(std::in_place, std::move(token),
               Followed<TokenFile>::Source{
                   [security] { return ReadToken(security); },
                   "the client's token file is not usable; the token read "
                   "before stays in use",
                   [security](const TokenFile& changed) {
                     Log(Severity::kInfo, "further calls carry a new token",
                         {{"flag", TokenFlag(security)}});
                     WarnIfExposed(changed, security);
                   }}) {
    if (!security.tls_name.empty()) {
      arguments_.SetSslTargetNameOverride(security.tls_name);
    }
    Connect(tls_->Last());
  }

  std::shared_ptr<grpc::Channel> Prepare(grpc::ClientContext& context,
                                         absl::Time now) {
    if (!token_.has_value()) return channel_;
    const auto token = follows_ ? token_->Current(now) : token_->Last();
    if (!token->token.empty()) {
      context.AddMetadata("authorization",
                          absl::StrCat("Bearer ", token->token));
    }
    std::lock_guard<std::mutex> lock(mutex_);
    if (follows_ && uses_tls_) Connect(tls_->Current(now));
    return channel_;
  }

 private:
  // Calls that run keep the channel they have.
  void Connect(std::shared_ptr<const TlsContent> content) {
    if (content == used_ && channel_ != nullptr) return;
    used_ = std::move(content);
    std::shared_ptr<grpc::ChannelCredentials> credentials =
        grpc::InsecureChannelCredentials();
    if (uses_tls_) {
      grpc::SslCredentialsOptions ssl;
      ssl.pem_root_certs = used_->authorities;
      ssl.pem_cert_chain = used_->certificate;
      ssl.pem_private_key = used_->key;
      credentials = grpc::SslCredentials(ssl);
    }
    channel_ = grpc::CreateCustomChannel(address_, credentials, arguments_);
  }

  const std::string address_;
  const bool uses_tls_ = false;
  const bool follows_ = false;
  grpc::ChannelArguments arguments_;
  // Absent for a channel that was given.
  std::optional<Followed<TlsContent>> tls_;
  std::optional<Followed<TokenFile>> token_;
  std::mutex mutex_;
  // Guarded by mutex_.
  std::shared_ptr<const TlsContent> used_;
  std::shared_ptr<grpc::Channel> channel_;
};

absl::StatusOr<ClientChannel> ClientChannel::Open(
    const std::string& address, const ClientSecurity& security,
    const grpc::ChannelArguments& arguments) {
  SL_RETURN_IF_ERROR(CheckCombination(address, security));
  SL_ASSIGN_OR_RETURN(TlsContent tls, ReadTls(security));
  SL_ASSIGN_OR_RETURN(TokenFile token, ReadToken(security));
  WarnIfExposed(token, security);
  return ClientChannel(std::make_shared<State>(
      address, security, arguments, std::move(tls), std::move(token)));
}

ClientChannel::ClientChannel(std::shared_ptr<grpc::Channel> channel)
    : ClientChannel(std::make_shared<State>(std::move(channel))) {}

ClientChannel::ClientChannel(std::shared_ptr<State> state)
    : state_(std::move(state)) {}

std::shared_ptr<grpc::Channel> ClientChannel::Prepare(
    grpc::ClientContext& context, absl::Time now) const {
  return state_->Prepare(context, now);
}

}  // namespace sightline
