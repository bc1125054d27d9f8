// Colour to gray.
#ifndef SIGHTLINE_SERVICES_PREPROCESS_ENGINE_GRAY_H_
#define SIGHTLINE_SERVICES_PREPROCESS_ENGINE_GRAY_H_

#include "absl/status/status.h"
#include "common/image/image.h"
#include "services/preprocess/engine/execution.h"
#include "services/preprocess/engine/pixel_view.h"

namespace sightline::preprocess {

// Rec. 601 luma (pixel_rules/gray.h): the bits of OpenCV's cvtColor. Errors:
// CheckRun(), RunBands(), Resize(). Thread-safe.
absl::Status ConvertToGray(const RgbView& in, GrayImage& out,
                           const Execution& execution = {});

}  // namespace sightline::preprocess

#endif  // SIGHTLINE_SERVICES_PREPROCESS_ENGINE_GRAY_H_
