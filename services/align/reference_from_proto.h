// Reference messages to the engine's Reference.
#ifndef SIGHTLINE_SERVICES_ALIGN_REFERENCE_FROM_PROTO_H_
#define SIGHTLINE_SERVICES_ALIGN_REFERENCE_FROM_PROTO_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "common/image/sniff.h"
#include "services/align/engine/page_registrar.h"
#include "services/align/engine/reference.h"
#include "sightline/align/v1/align.pb.h"

namespace sightline::align {

// Upper bound of the bytes that ToReference() allocates. Errors: those of
// looking at the images' headers; paths are below the message.
absl::StatusOr<int64_t> ReferenceBytes(const v1::Reference& message,
                                       const ImageLimits& limits);

// Decodes the images and checks what the contract says of numbers, counts and
// enum values. Errors: InvalidArgument REFERENCE_UNUSABLE with the field's path
// below the message, and those of decoding.
absl::StatusOr<Reference> ToReference(const v1::Reference& message,
                                      const ImageLimits& limits);

v1::AlignMethod ToProto(Method method);

}  // namespace sightline::align

#endif  // SIGHTLINE_SERVICES_ALIGN_REFERENCE_FROM_PROTO_H_
