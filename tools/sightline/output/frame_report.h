// Frames on the map, for people and as JSON.
#ifndef SIGHTLINE_TOOLS_SIGHTLINE_OUTPUT_FRAME_REPORT_H_
#define SIGHTLINE_TOOLS_SIGHTLINE_OUTPUT_FRAME_REPORT_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "sightline/georef/v1/georef.pb.h"
#include "tools/sightline/input/scan_list.h"
#include "tools/sightline/output/class_palette.h"
#include "tools/sightline/output/frame_files.h"

namespace sightline::cli {

// A line with the classes, their areas and the ground in view, a line for each
// note of the pose; a failure as DescribeError() has it.
std::string FrameText(
    const Scan& scan,
    const absl::StatusOr<georef::v1::ProcessResponse>& outcome,
    const FrameFiles& files, const ClassPalette& palette, bool coloured);

// One object in one line; its members are listed in docs/cli.md. `with_geojson`
// adds the polygons.
std::string FrameJson(
    const Scan& scan,
    const absl::StatusOr<georef::v1::ProcessResponse>& outcome,
    const FrameFiles& files, bool with_geojson);

// "file", "page", "error" and "response" (null on failure) of one frame's
// question, in one line.
std::string ResponseJson(const Scan& scan, const absl::Status& status,
                         const google::protobuf::Message* response);

// The ground that a camera sees, a line for each corner of its outline.
std::string FootprintText(const georef::v1::ComputeFootprintResponse& response,
                          bool coloured);

// A line for each field of an overlay, and one for each value they give.
std::string OverlayText(
    const Scan& scan,
    const absl::StatusOr<georef::v1::ReadOverlayResponse>& outcome,
    bool coloured);

// The networks of a server with their classes.
std::string ModelsText(const georef::v1::DescribeModelResponse& response,
                       bool coloured);

}  // namespace sightline::cli

#endif  // SIGHTLINE_TOOLS_SIGHTLINE_OUTPUT_FRAME_REPORT_H_
