// Many parts of one page, each cleaned as a page of its own.
#ifndef SIGHTLINE_SERVICES_PREPROCESS_REGION_PROCESSOR_H_
#define SIGHTLINE_SERVICES_PREPROCESS_REGION_PROCESSOR_H_

#include "absl/status/statusor.h"
#include "common/server/call.h"
#include "services/preprocess/page_processor.h"
#include "sightline/preprocess/v1/preprocess.pb.h"

namespace sightline::preprocess {

// The page is decoded once; the parts run on as many threads as there are. A
// part that fails has its own error in the answer. Errors: those of
// PageProcessor::Plan(); InvalidArgument PREPROCESS_REGIONS_INVALID (none, too
// many, one that does not lie on the page), with every such field up to ten.
absl::StatusOr<v1::PreprocessRegionsResponse> ProcessRegions(
    Call& call, const v1::PreprocessRegionsRequest& request,
    PageProcessor& processor);

}  // namespace sightline::preprocess

#endif  // SIGHTLINE_SERVICES_PREPROCESS_REGION_PROCESSOR_H_
