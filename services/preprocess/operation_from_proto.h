// Operations, to and from the contract.
#ifndef SIGHTLINE_SERVICES_PREPROCESS_OPERATION_FROM_PROTO_H_
#define SIGHTLINE_SERVICES_PREPROCESS_OPERATION_FROM_PROTO_H_

#include <vector>

#include "absl/status/statusor.h"
#include "services/preprocess/engine/pipeline/operation.h"
#include "services/preprocess/engine/pipeline/presets.h"
#include "sightline/preprocess/v1/operation.pb.h"

namespace sightline::preprocess {

// What is known of pages beside their pixels.
struct PageResolution {
  // 0: not known.
  double dots_per_inch = 0;
};

// Parameters that are not set take their defaults; ranges are the engine's to
// check (Pipeline::Create). Errors: InvalidArgument
// PREPROCESS_PARAMETER_INVALID for what the engine has no words for (no kind,
// an unknown enum value, a target resolution for a page whose own is not
// known), `operations[i]` and so on below the list.
absl::StatusOr<std::vector<Operation>> ToOperations(
    const v1::OperationList& list, const PageResolution& resolution);

// Every parameter is written out. `operation` as ToOperations() makes it.
v1::Operation ToProto(const Operation& operation);

// Errors: InvalidArgument PREPROCESS_PARAMETER_INVALID at "preset".
absl::StatusOr<Preset> ToPreset(v1::Preset preset);
v1::Preset ToProto(Preset preset);

}  // namespace sightline::preprocess

#endif  // SIGHTLINE_SERVICES_PREPROCESS_OPERATION_FROM_PROTO_H_
