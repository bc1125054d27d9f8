// What a pipeline did, as the contract says it.
#ifndef SIGHTLINE_SERVICES_PREPROCESS_REPORT_TO_PROTO_H_
#define SIGHTLINE_SERVICES_PREPROCESS_REPORT_TO_PROTO_H_

#include "common/geometry/homography.h"
#include "services/preprocess/engine/pipeline/report.h"
#include "sightline/preprocess/v1/preprocess.pb.h"

namespace sightline::preprocess {

v1::StageReport ToProto(const StageReport& report);

// `input_to_page`: what takes the pipeline's input to the page that was sent,
// for a part of it; corner-based.
v1::PipelineReport ToProto(const PipelineReport& report,
                           const Homography& input_to_page = Homography());

}  // namespace sightline::preprocess

#endif  // SIGHTLINE_SERVICES_PREPROCESS_REPORT_TO_PROTO_H_
