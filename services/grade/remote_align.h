// The align service elsewhere, as the flags of sightline-grade name it.
#ifndef SIGHTLINE_SERVICES_GRADE_REMOTE_ALIGN_H_
#define SIGHTLINE_SERVICES_GRADE_REMOTE_ALIGN_H_

#include "absl/status/statusor.h"
#include "common/credentials/client_channel.h"

namespace sightline::grade {

// A channel as --align_address and the flags beside it say; does not connect
// yet. Its files are followed: a renewed certificate or token needs no restart.
// Errors: InvalidArgument BAD_CONFIGURATION, and those of
// ClientChannel::Open().
absl::StatusOr<ClientChannel> RemoteAlignFromFlags();

}  // namespace sightline::grade

#endif  // SIGHTLINE_SERVICES_GRADE_REMOTE_ALIGN_H_
