// The protos this program was built with: a serialized
// google.protobuf.FileDescriptorSet with comments. The definition is generated
// (CMakeLists.txt).
#ifndef SIGHTLINE_TOOLS_SIGHTLINE_CLIENT_KNOWN_CONTRACTS_H_
#define SIGHTLINE_TOOLS_SIGHTLINE_CLIENT_KNOWN_CONTRACTS_H_

#include <cstddef>

namespace sightline::cli {

extern const unsigned char kKnownContracts[];
extern const std::size_t kKnownContractsSize;

}  // namespace sightline::cli

#endif  // SIGHTLINE_TOOLS_SIGHTLINE_CLIENT_KNOWN_CONTRACTS_H_
