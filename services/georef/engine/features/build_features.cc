#include "services/georef/engine/features/build_features.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "services/georef/engine/camera/reasons.h"
#include "services/georef/engine/features/ground_extent.h"
#include "services/georef/engine/features/ground_selection.h"
#include "services/georef/engine/features/reasons.h"
#include "services/georef/engine/features/region_outlines.h"
#include "services/georef/engine/features/ring_measure.h"
#include "services/georef/engine/features/vertex_mapper.h"
#include "services/georef/engine/reasons.h"

namespace sightline::georef {
namespace {

constexpr double kHighestLatitude = 89.99;
constexpr int kRegionsBetweenPolls = 256;

absl::Status CheckRange(const char* field, double value, double least,
                        double most) {
  if (value >= least && value <= most) return absl::OkStatus();
  return Error(absl::StatusCode::kInvalidArgument, kFeatureOptionInvalid)
      .Field(field,
             absl::StrCat("is ", value, ", must be ", least, "..", most));
}

absl::Status CheckOptions(const FeatureOptions& options) {
  constexpr double kEarthM2 = 1e15;
  SL_RETURN_IF_ERROR(
      CheckRange("minimum_area_m2", options.minimum_area_m2, 0, kEarthM2));
  SL_RETURN_IF_ERROR(
      CheckRange("minimum_hole_m2", options.minimum_hole_m2, 0, kEarthM2));
  SL_RETURN_IF_ERROR(CheckRange("mapping_tolerance_m",
                                options.mapping_tolerance_m, 0.0001, 1000));
  SL_RETURN_IF_ERROR(
      CheckRange("edge_tolerance_m", options.edge_tolerance_m, 0.001, 1000));
  return CheckRange("least_grazing_deg", options.least_grazing_deg, 0.1, 45);
}

absl::Status CheckInput(const FeatureInput& input) {
  if (input.mask.labels == nullptr || input.mask.stride < input.mask.width) {
    return Error(absl::StatusCode::kInvalidArgument, kMaskInvalid)
        .Field("mask", "has no pixels, or rows that overlap");
  }
  const PixelSize frame = input.camera->frame();
  if (input.mask.width != frame.width || input.mask.height != frame.height) {
    return Error(absl::StatusCode::kInvalidArgument, kMaskFrameMismatch)
        .Field("mask", absl::StrCat("is ", input.mask.width, " x ",
                                    input.mask.height, " pixels, its frame ",
                                    frame.width, " x ", frame.height));
  }
  return absl::OkStatus();
}

// The part of a mask that shows ground; the rest has a label nobody asks for.
class GroundMask {
 public:
  static absl::StatusOr<GroundMask> Create(const LabelMask& mask,
                                           const GroundExtent& extent,
                                           const std::vector<uint8_t>& labels) {
    std::array<bool, 256> is_wanted;
    is_wanted.fill(labels.empty());
    if (labels.empty()) is_wanted[0] = false;
    for (const uint8_t label : labels) is_wanted[label] = true;
    const auto free = std::find(is_wanted.begin(), is_wanted.end(), false);
    if (free == is_wanted.end()) {
      return Error(absl::StatusCode::kInvalidArgument, kFeatureOptionInvalid)
          .Field("labels",
                 "names all 256 labels: in a frame that shows the horizon one "
                 "must be left for what is above it");
    }
    const auto outside = static_cast<uint8_t>(free - is_wanted.begin());
    GroundMask ground;
    ground.pixels_.resize(static_cast<size_t>(mask.width) * mask.height,
                          outside);
    for (int y = 0; y < mask.height; ++y) {
      const uint8_t* row = mask.labels + y * mask.stride;
      const PixelInterval shown = extent.Row(y);
      std::copy(row + shown.begin, row + shown.end,
                ground.pixels_.begin() + static_cast<size_t>(y) * mask.width +
                    shown.begin);
      const auto count = [&](int begin, int end) {
        for (int x = begin; x < end; ++x) {
          ground.labelled_outside_ += is_wanted[row[x]];
        }
      };
      count(0, shown.begin);
      count(shown.end, mask.width);
    }
    ground.mask_ = {ground.pixels_.data(), mask.width, mask.height, mask.width};
    return ground;
  }

  const LabelMask& mask() const { return mask_; }
  int64_t labelled_outside() const { return labelled_outside_; }

 private:
  std::vector<uint8_t> pixels_;
  LabelMask mask_;
  int64_t labelled_outside_ = 0;
};

// Makes longitudes relative to the first one, so that they do not jump.
absl::StatusOr<double> MakeRelative(std::vector<MapPoint>& points) {
  if (points.empty()) return 0.0;
  const double reference = points[0].longitude_deg;
  double least = 0;
  double most = 0;
  double highest = 0;
  for (MapPoint& point : points) {
    point.longitude_deg = WrapLongitude(point.longitude_deg - reference);
    least = std::min(least, point.longitude_deg);
    most = std::max(most, point.longitude_deg);
    highest = std::max(highest, std::abs(point.latitude_deg));
  }
  if (highest > kHighestLatitude || most - least >= 180) {
    return Error(absl::StatusCode::kInvalidArgument, kTooNearPole)
        .Message(
            "the features go around a pole or pass too near to it: outlines in "
            "longitude and latitude would not be true there");
  }
  return reference;
}

// Everything that stays the same from region to region.
struct Frame {
  const FeatureInput& input;
  const FeatureOptions& options;
  const GroundExtent& extent;
  const TracedPolygons& traced;
  const VertexMapper& mapper;
  // Of the traced vertices, longitudes relative to the reference.
  std::vector<MapPoint> points;
  double reference = 0;
  std::vector<RingMeasure> measures;

  absl::Span<const MapPoint> PointsOf(const TracedRing& ring) const {
    return absl::MakeConstSpan(points).subspan(ring.first_vertex,
                                               ring.vertex_count);
  }
};

absl::StatusOr<RegionOutlines> OutlinesOf(const Frame& frame,
                                          const GroundSelection& selection,
                                          const SelectedRegion& region) {
  RegionOutlines outlines;
  for (const uint32_t i : region.polygons) {
    const TracedPolygon& polygon = frame.traced.polygons[i];
    RingList& rings = outlines.polygons.emplace_back();
    for (uint32_t r = 0; r < polygon.ring_count; ++r) {
      const uint32_t index = polygon.first_ring + r;
      if (selection.is_closed[index]) continue;
      const TracedRing& traced = frame.traced.rings[index];
      std::vector<MapPoint>& ring = rings.emplace_back();
      ring.reserve(traced.vertex_count);
      SL_ASSIGN_OR_RETURN(
          const bool is_refined,
          AppendRefinedRing(
              frame.mapper, frame.reference, frame.traced.VerticesOf(traced),
              frame.PointsOf(traced), frame.options.edge_tolerance_m, ring));
      outlines.measure.Add(is_refined ? MeasureRing(ring)
                                      : frame.measures[index]);
    }
  }
  return outlines;
}

void DescribePixels(const Frame& frame, const GroundSelection& selection,
                    const SelectedRegion& region, Feature& feature) {
  feature.label = frame.traced.polygons[region.polygons[0]].label;
  feature.pixel_count = region.pixel_count;
  feature.pixel_box = frame.traced.polygons[region.polygons[0]].box;
  for (const uint32_t i : region.polygons) {
    const TracedPolygon& polygon = frame.traced.polygons[i];
    PixelBox& box = feature.pixel_box;
    box.left = std::min(box.left, polygon.box.left);
    box.top = std::min(box.top, polygon.box.top);
    box.right = std::max(box.right, polygon.box.right);
    box.bottom = std::max(box.bottom, polygon.box.bottom);
    feature.is_truncated_by_edge |= polygon.truncated_by_edge;
    for (uint32_t r = 0; r < polygon.ring_count; ++r) {
      const uint32_t index = polygon.first_ring + r;
      if (selection.is_closed[index]) continue;
      feature.is_truncated_by_horizon |= frame.extent.Bounds(
          frame.traced.VerticesOf(frame.traced.rings[index]));
    }
  }
}

// nullopt where no figure would be honest.
std::optional<double> PositionErrorAt(const GroundCamera& camera,
                                      const PositionErrorEstimator& estimator,
                                      const MapPoint& place) {
  const auto pixel = camera.Pixel(
      {place.longitude_deg, place.latitude_deg, camera.ground_height_m()});
  if (!pixel.ok()) return std::nullopt;
  const auto error = estimator.Estimate(*pixel);
  if (!error.ok()) return std::nullopt;
  return error->radial_m;
}

absl::Status AppendRegions(const Frame& frame, const GroundSelection& selection,
                           const StopToken& stop, FeatureSet& set) {
  std::optional<PositionErrorEstimator> estimator;
  const GroundCamera& camera = *frame.input.camera;
  if (frame.input.uncertain_pose.has_value()) {
    SL_ASSIGN_OR_RETURN(estimator,
                        PositionErrorEstimator::Create(
                            frame.input.uncertain_pose->pose, camera.frame(),
                            frame.input.uncertain_pose->uncertainty));
  }
  set.vertices.reserve(frame.points.size());
  set.rings.reserve(frame.traced.rings.size());
  set.polygons.reserve(frame.traced.polygons.size());
  set.features.reserve(selection.regions.size());
  for (const SelectedRegion& region : selection.regions) {
    if (set.features.size() % kRegionsBetweenPolls == 0) {
      SL_RETURN_IF_ERROR(stop.Poll());
    }
    Feature feature;
    DescribePixels(frame, selection, region, feature);
    SL_ASSIGN_OR_RETURN(RegionOutlines outlines,
                        OutlinesOf(frame, selection, region));
    AppendOutlines(std::move(outlines), frame.reference, feature, set);
    if (estimator.has_value()) {
      feature.position_error_m =
          PositionErrorAt(camera, *estimator, feature.centroid);
    }
    set.features.push_back(feature);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<FeatureSet> BuildFeatures(const FeatureInput& input,
                                         const FeatureOptions& options,
                                         const StopToken& stop) {
  SL_RETURN_IF_ERROR(CheckInput(input));
  SL_RETURN_IF_ERROR(CheckOptions(options));
  TraceOptions trace;
  trace.labels = options.labels;
  trace.connectivity = options.connectivity;
  trace.maximum_vertices = options.maximum_vertices;
  FeatureSet set;
  SL_ASSIGN_OR_RETURN(
      const GroundExtent extent,
      GroundExtent::Create(*input.camera, input.mask.width, input.mask.height,
                           options.least_grazing_deg, stop));
  absl::StatusOr<TracedPolygons> traced;
  if (extent.is_whole()) {
    traced = TracePolygons(input.mask, trace, stop);
  } else {
    SL_ASSIGN_OR_RETURN(const GroundMask ground,
                        GroundMask::Create(input.mask, extent, options.labels));
    set.pixels_above_horizon = extent.PixelsOutside();
    set.labelled_pixels_above_horizon = ground.labelled_outside();
    traced = TracePolygons(ground.mask(), trace, stop);
  }
  SL_RETURN_IF_ERROR(traced.status());
  const VertexMapper mapper(*input.camera, traced->vertices,
                            options.mapping_tolerance_m);
  set.mapping = mapper.certificate();
  Frame frame{input, options, extent, *traced, mapper, {}, 0, {}};
  SL_ASSIGN_OR_RETURN(frame.points, mapper.MapAll(traced->vertices, stop));
  SL_ASSIGN_OR_RETURN(frame.reference, MakeRelative(frame.points));
  frame.measures.reserve(traced->rings.size());
  for (const TracedRing& ring : traced->rings) {
    frame.measures.push_back(MeasureRing(frame.PointsOf(ring)));
  }
  const GroundSelection selection =
      SelectOnGround(*traced, frame.measures, options.minimum_area_m2,
                     options.minimum_hole_m2);
  SL_RETURN_IF_ERROR(AppendRegions(frame, selection, stop, set));
  return set;
}

}  // namespace sightline::georef
