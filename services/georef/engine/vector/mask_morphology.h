// Grows, shrinks and smooths the labels of a mask before it is traced: what
// closes the gaps of a torn slick and takes away single pixels.
#ifndef SIGHTLINE_SERVICES_GEOREF_ENGINE_VECTOR_MASK_MORPHOLOGY_H_
#define SIGHTLINE_SERVICES_GEOREF_ENGINE_VECTOR_MASK_MORPHOLOGY_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "common/stop/stop_token.h"
#include "services/georef/engine/vector/trace_polygons.h"

namespace sightline::georef {

enum class MaskOperation {
  // A pixel gets the label if one that has it is within the radius.
  kDilate,
  // A pixel keeps the label if all within the radius have it.
  kErode,
  // Eroded, then dilated: takes away what is thinner than the radius.
  kOpen,
  // Dilated, then eroded: fills what is narrower than the radius.
  kClose,
};

// What is within the radius of a pixel, by the distances dx, dy of centres.
enum class Neighbourhood {
  // dx^2 + dy^2 <= radius^2.
  kDisc,
  // |dx| <= radius and |dy| <= radius.
  kSquare,
};

struct MorphologyOptions {
  MaskOperation operation = MaskOperation::kClose;
  Neighbourhood neighbourhood = Neighbourhood::kDisc;
  // Pixels, above 0 up to kMaximumMorphologyRadius.
  double radius_pixels = 1;
  // The labels that change, each once and none of them 0, the more important
  // ones first; empty: every label of the mask but 0, ascending.
  std::vector<uint8_t> labels;
};
inline constexpr double kMaximumMorphologyRadius = 255;

// `mask` with its labels changed, rows without gaps.
//
// Each label is worked on by itself, on the mask as it is given. Then:
// 1. A pixel whose label is listed never gets another listed one: it keeps its
//    own, or falls to 0 where eroding or opening takes that away.
// 2. Every other pixel, 0 or a label not listed, gets the first of the listed
//    labels that reach it.
// So slick dilated alone grows over the water, whatever label that has, and
// two labels dilated together stop where they meet.
//
// What lies outside the mask neither dilates into it nor erodes it, as with
// OpenCV's and SciPy's defaults: a label cut off by the mask's edge stays so.
//
// Deterministic; thread-safe. Takes about (radius + 1) * pixels / 20 ns a label
// and step. Allocates at most ApplyMorphologyBytes(). Errors: InvalidArgument
// GEOREF_MASK_INVALID or GEOREF_MORPHOLOGY_OPTION_INVALID, ResourceExhausted
// GEOREF_OUT_OF_MEMORY, or why `stop` stopped.
absl::StatusOr<std::vector<uint8_t>> ApplyMorphology(
    const LabelMask& mask, const MorphologyOptions& options,
    const StopToken& stop);

// The most bytes that ApplyMorphology() holds at once, its answer included.
int64_t ApplyMorphologyBytes(int width, int height);

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_ENGINE_VECTOR_MASK_MORPHOLOGY_H_
