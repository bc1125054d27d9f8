// Reasons of the failures this folder makes; docs/errors.md lists them.
#ifndef SIGHTLINE_COMMON_CREDENTIALS_REASONS_H_
#define SIGHTLINE_COMMON_CREDENTIALS_REASONS_H_

namespace sightline {

// A certificate, key or token file is missing, not a regular file, not
// readable, empty or too large.
inline constexpr char kReasonCredentialFileUnreadable[] =
    "CREDENTIAL_FILE_UNREADABLE";
// A key or token file can be written by others than its owner.
inline constexpr char kReasonCredentialFileExposed[] =
    "CREDENTIAL_FILE_EXPOSED";
// A certificate or key file is not the PEM that is needed, or OpenSSL's
// security level refuses it.
inline constexpr char kReasonTlsFileInvalid[] = "TLS_FILE_INVALID";
// The private key is not that of the first certificate.
inline constexpr char kReasonTlsKeyMismatch[] = "TLS_KEY_MISMATCH";
// A certificate is expired or not valid yet.
inline constexpr char kReasonTlsCertificateExpired[] =
    "TLS_CERTIFICATE_EXPIRED";
// The token file does not hold exactly one token.
inline constexpr char kReasonTokenFileInvalid[] = "TOKEN_FILE_INVALID";

// A client's certificate was named without its key, or the key alone.
inline constexpr char kReasonTlsFilesIncomplete[] = "TLS_FILES_INCOMPLETE";
// A client's token would travel unencrypted beyond this machine.
inline constexpr char kReasonTokenWouldLeak[] = "TOKEN_WOULD_LEAK";

}  // namespace sightline

#endif  // SIGHTLINE_COMMON_CREDENTIALS_REASONS_H_
