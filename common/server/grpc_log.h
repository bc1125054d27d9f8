// Brings what gRPC itself has to say into the server's log.
#ifndef SIGHTLINE_COMMON_SERVER_GRPC_LOG_H_
#define SIGHTLINE_COMMON_SERVER_GRPC_LOG_H_

namespace sightline {

// From now on gRPC's lines are lines of Log(), message "grpc", instead of text
// on stderr. A peer can cause some of them at will (broken TLS handshakes,
// malformed frames): 20 are written in 10 seconds, the field `dropped` counts
// the others. Errors of gRPC are warnings of ours: what must not be missed
// comes back as a status. For the whole process; call it before gRPC is used.
void RouteGrpcLog();

}  // namespace sightline

#endif  // SIGHTLINE_COMMON_SERVER_GRPC_LOG_H_
