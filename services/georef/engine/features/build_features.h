// From the label mask of a frame to features on the map: outlines along the
// pixels' edges, mapped to the ground vertex by vertex, with all that is said
// of them.
//
// The mask is never resampled. It is cut below the horizon, traced, and every
// vertex is mapped through the camera; what is too small is left out by its
// area on the ground, whatever its number of pixels.
#ifndef SIGHTLINE_SERVICES_GEOREF_ENGINE_FEATURES_BUILD_FEATURES_H_
#define SIGHTLINE_SERVICES_GEOREF_ENGINE_FEATURES_BUILD_FEATURES_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "common/stop/stop_token.h"
#include "services/georef/engine/camera/ground_camera.h"
#include "services/georef/engine/camera/position_error.h"
#include "services/georef/engine/features/feature_set.h"
#include "services/georef/engine/vector/mask_morphology.h"
#include "services/georef/engine/vector/trace_polygons.h"

namespace sightline::georef {

// A view of how sure the label of every pixel is, 0 (not at all) to 255
// (fully); as large as the mask. The caller keeps the values.
struct ConfidencePlane {
  const uint8_t* values = nullptr;
  // Bytes from one row to the next, at least the mask's width.
  ptrdiff_t stride = 0;
};

// The pose of the camera with its standard deviations.
struct UncertainPose {
  Pose pose;
  PoseUncertainty uncertainty;
};

// A change of the labels before they are traced (mask_morphology.h).
struct LabelSmoothing {
  MaskOperation operation = MaskOperation::kClose;
  Neighbourhood neighbourhood = Neighbourhood::kDisc;
  // Above 0 up to kMaximumMorphologyRadius.
  double radius_pixels = 1;
  // Instead of it, if given: metres, as large as they are in the middle of the
  // frame.
  std::optional<double> radius_m;
};

struct FeatureOptions {
  // Labels to trace, each once; empty: every label of the mask but 0.
  std::vector<uint8_t> labels;
  Connectivity connectivity = Connectivity::kSides;
  // Applied one after the other to the labels that are traced, 0 excepted.
  std::vector<LabelSmoothing> smoothing;
  // Regions that cover less are left out, as traced; 0 or more, m2.
  double minimum_area_m2 = 0;
  // Holes that enclose less are closed, and regions of the same label in them
  // vanish; 0 or more, m2.
  double minimum_hole_m2 = 0;
  // Outlines may leave those of the pixels by this, with fewer vertices;
  // 0..10,000 m, 0: as the pixels' edges run. Regions neither overlap nor part
  // from their neighbours (simplify_polygons.h). Metres are those of a plane
  // map of the frame: true in its middle latitude, to a percent for each 50 km
  // from there at 60 degrees.
  double simplify_tolerance_m = 0;
  // The most vertices of all outlines in the answer, 0 for no limit: where
  // there are more the tolerance is raised until they fit. Those that
  // `edge_tolerance_m` puts between are not counted here.
  int64_t maximum_vertices = 0;
  // The most corners that the outlines of all labels may have as traced, and
  // the most vertices in the answer, those of `edge_tolerance_m` included;
  // 4..kMaximumVertices.
  int64_t maximum_traced_vertices = 1'000'000;
  // Vertices may be mapped through an interpolating grid that is this exact;
  // 0.0001..1000 m.
  double mapping_tolerance_m = 0.001;
  // Straight edges of pixels bend on the map, the more the longer they are.
  // Where they would leave their straight line in longitude and latitude by
  // more than this, vertices are put between; 0.001..1000 m.
  double edge_tolerance_m = 0.05;
  // Pixels that meet the ground at a flatter angle count as above the horizon;
  // 0.1..45 degrees. At 0.1 a milliradian of attitude moves a place by half of
  // its distance.
  double least_grazing_deg = 0.1;
};

// What a frame gives. The mask is as large as the camera's frame.
struct FeatureInput {
  LabelMask mask;
  const GroundCamera* camera = nullptr;
  std::optional<ConfidencePlane> confidence;
  // The pose that `camera` was made from.
  std::optional<UncertainPose> uncertain_pose;
};

// The features of a frame. Deterministic; thread-safe. A mask without the
// labels, or one that shows no ground, gives no features.
// Errors: those of TracePolygons() and ApplyMorphology(); ResourceExhausted
// GEOREF_TOO_MANY_VERTICES also when the outlines can't be simplified to so few
// vertices, or GEOREF_OUT_OF_MEMORY while doing so; InvalidArgument
// MASK_FRAME_MISMATCH (the mask and the camera's frame differ in size),
// FEATURE_OPTION_INVALID (an option out of its range), TOO_NEAR_POLE (outlines
// go around a pole, pass within 0.01 degrees of it or span half of all
// longitudes), CAMERA_POSE_INVALID (a deviation is negative or not a number);
// why `stop` stopped.
absl::StatusOr<FeatureSet> BuildFeatures(const FeatureInput& input,
                                         const FeatureOptions& options,
                                         const StopToken& stop);

// The most bytes that BuildFeatures() holds at once for a mask of this size,
// its answer included.
int64_t BuildFeaturesBytes(int width, int height,
                           const FeatureOptions& options);

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_ENGINE_FEATURES_BUILD_FEATURES_H_
