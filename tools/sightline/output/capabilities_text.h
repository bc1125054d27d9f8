// What a preprocess server can do, for people.
#ifndef SIGHTLINE_TOOLS_SIGHTLINE_OUTPUT_CAPABILITIES_TEXT_H_
#define SIGHTLINE_TOOLS_SIGHTLINE_OUTPUT_CAPABILITIES_TEXT_H_

#include <string>

#include "sightline/preprocess/v1/preprocess.pb.h"

namespace sightline::cli {

// A table of its devices, then its limits and what its presets do.
std::string CapabilitiesText(
    const preprocess::v1::GetCapabilitiesResponse& capabilities, bool coloured);

}  // namespace sightline::cli

#endif  // SIGHTLINE_TOOLS_SIGHTLINE_OUTPUT_CAPABILITIES_TEXT_H_
