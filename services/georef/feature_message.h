// Options of features, and features, between the contract and the engine.
//
// Everything is thread-safe.
#ifndef SIGHTLINE_SERVICES_GEOREF_FEATURE_MESSAGE_H_
#define SIGHTLINE_SERVICES_GEOREF_FEATURE_MESSAGE_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/georef/engine/features/build_features.h"
#include "services/georef/engine/features/geojson.h"
#include "sightline/georef/v1/feature.pb.h"

namespace sightline::georef {

// A checked request's options. `path`: the message's place in the request.
// Errors: InvalidArgument GEOREF_OPTION_INVALID.
absl::StatusOr<FeatureOptions> ToFeatureOptions(
    const v1::FeatureOptions& options, absl::string_view path,
    int maximum_vertices);

// Whether polygons can be written so. Errors: InvalidArgument
// GEOREF_OPTION_INVALID, and those of an unknown reference system.
absl::Status CheckFeatureOutput(const v1::FeatureOutput& output,
                                absl::string_view path);

// `set` as `output` (checked) wants it. Errors: those of reprojection.
absl::StatusOr<v1::FeatureSet> ToProto(const FeatureSet& set,
                                       const ClassNames& names,
                                       const v1::FeatureOutput& output);

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_FEATURE_MESSAGE_H_
