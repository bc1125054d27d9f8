// How sure a classifier was of the pixels of each polygon.
#ifndef SIGHTLINE_SERVICES_GEOREF_ENGINE_VECTOR_POLYGON_STATISTICS_H_
#define SIGHTLINE_SERVICES_GEOREF_ENGINE_VECTOR_POLYGON_STATISTICS_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "common/stop/stop_token.h"
#include "services/georef/engine/vector/trace_polygons.h"

namespace sightline::georef {

// Views of one confidence a pixel, of the mask's size; the caller keeps the
// values.
struct ByteConfidences {
  // 255 for certain.
  const uint8_t* values = nullptr;
  // Values from one row to the next, at least the mask's width.
  ptrdiff_t stride = 0;
};
struct FloatConfidences {
  // 0 to 1, 1 for certain.
  const float* values = nullptr;
  ptrdiff_t stride = 0;
};

// Over the pixels within a polygon that have its label: not those of other
// labels that a closed hole brought in.
struct PolygonConfidence {
  // 0 to 1.
  double mean = 0;
  double minimum = 0;
  // At least 1.
  int64_t pixel_count = 0;
};

// By polygon of `traced`, which TracePolygons() gave for `mask`. Looks at each
// polygon's pixels once, row by row between its outlines. Thread-safe.
// Allocates at most MeasureConfidenceBytes(). Errors: InvalidArgument
// GEOREF_MASK_INVALID or GEOREF_CONFIDENCE_INVALID (no values, rows that
// overlap, a value looked at that is not 0 to 1, polygons that are not outlines
// of pixels of this mask), ResourceExhausted GEOREF_OUT_OF_MEMORY, or why
// `stop` stopped.
absl::StatusOr<std::vector<PolygonConfidence>> MeasureConfidence(
    const LabelMask& mask, const TracedPolygons& traced,
    const ByteConfidences& confidences, const StopToken& stop);
absl::StatusOr<std::vector<PolygonConfidence>> MeasureConfidence(
    const LabelMask& mask, const TracedPolygons& traced,
    const FloatConfidences& confidences, const StopToken& stop);

// The most bytes that MeasureConfidence() holds at once for these polygons, its
// answer included.
int64_t MeasureConfidenceBytes(const TracedPolygons& traced);

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_ENGINE_VECTOR_POLYGON_STATISTICS_H_
