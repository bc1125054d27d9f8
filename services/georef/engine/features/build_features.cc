#include "services/georef/engine/features/build_features.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "services/georef/engine/camera/reasons.h"
#include "services/georef/engine/features/ground_extent.h"
#include "services/georef/engine/features/ground_selection.h"
#include "services/georef/engine/features/prepared_mask.h"
#include "services/georef/engine/features/reasons.h"
#include "services/georef/engine/features/region_outlines.h"
#include "services/georef/engine/features/ring_measure.h"
#include "services/georef/engine/features/vertex_mapper.h"
#include "services/georef/engine/reasons.h"
#include "services/georef/engine/vector/polygon_statistics.h"
#include "services/georef/engine/vector/simplify_polygons.h"

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
  SL_RETURN_IF_ERROR(CheckRange("simplify_tolerance_m",
                                options.simplify_tolerance_m, 0, 10000));
  if (options.maximum_vertices < 0) {
    return Error(absl::StatusCode::kInvalidArgument, kFeatureOptionInvalid)
        .Field("maximum_vertices", absl::StrCat("is ", options.maximum_vertices,
                                                ", must be 0 or more"));
  }
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
  const VertexMapper& mapper;
  // Longitudes of outlines are relative to it.
  double reference = 0;
};

void MeasureRings(GroundOutlines& outlines) {
  outlines.measures.clear();
  outlines.measures.reserve(outlines.traced.rings.size());
  for (const TracedRing& ring : outlines.traced.rings) {
    outlines.measures.push_back(MeasureRing(outlines.PointsOf(ring)));
  }
}

// What the pixels say of each region.
std::vector<Feature> DescribeRegions(const Frame& frame,
                                     const TracedPolygons& traced) {
  std::vector<Feature> features;
  for (size_t i = 0; i < traced.polygons.size(); ++i) {
    const TracedPolygon& polygon = traced.polygons[i];
    if (i == 0 || polygon.region != traced.polygons[i - 1].region) {
      Feature& feature = features.emplace_back();
      feature.label = polygon.label;
      feature.pixel_box = polygon.box;
    }
    Feature& feature = features.back();
    feature.pixel_count += polygon.pixel_count;
    PixelBox& box = feature.pixel_box;
    box.left = std::min(box.left, polygon.box.left);
    box.top = std::min(box.top, polygon.box.top);
    box.right = std::max(box.right, polygon.box.right);
    box.bottom = std::max(box.bottom, polygon.box.bottom);
    feature.is_truncated_by_edge |= polygon.truncated_by_edge;
    for (const TracedRing& ring : traced.RingsOf(polygon)) {
      feature.is_truncated_by_horizon |=
          frame.extent.Bounds(traced.VerticesOf(ring));
    }
  }
  return features;
}

// The vertices on a plane of metres: true along the meridians, and along the
// parallel in the middle.
std::vector<PlanePoint> OnPlane(absl::Span<const MapPoint> points) {
  double south = 90;
  double north = -90;
  for (const MapPoint& point : points) {
    south = std::min(south, point.latitude_deg);
    north = std::max(north, point.latitude_deg);
  }
  const double middle = 0.5 * (south + north);
  const double sine = std::sin(middle * kDegree);
  const double w = 1 - kEccentricitySquared * sine * sine;
  const double across = kSemiMajorAxis / std::sqrt(w) * kDegree;
  const double along = across * (1 - kEccentricitySquared) / w;
  const double east = across * std::sqrt(1 - sine * sine);
  std::vector<PlanePoint> plane;
  plane.reserve(points.size());
  for (const MapPoint& point : points) {
    plane.push_back(
        {point.longitude_deg * east, (point.latitude_deg - middle) * along});
  }
  return plane;
}

absl::Status Simplify(const Frame& frame, const StopToken& stop,
                      GroundOutlines& outlines, FeatureSet& set) {
  SimplifyOptions options;
  options.tolerance_m = frame.options.simplify_tolerance_m;
  options.maximum_vertices = frame.options.maximum_vertices;
  const LabelMask& mask = frame.input.mask;
  absl::StatusOr<SimplifiedPolygons> result =
      SimplifyPolygons(outlines.traced, mask.width, mask.height,
                       OnPlane(outlines.points), options, stop);
  if (result.status().code() == absl::StatusCode::kInvalidArgument) {
    // Corner to corner, outlines of one pixel's width may cross where a row of
    // pixels is an arc of kilometres; refined, they do not.
    return Error(absl::StatusCode::kInvalidArgument, kFeatureOptionInvalid)
        .Field("simplify_tolerance_m",
               absl::StrCat("outlines of this view can't be simplified: "
                            "straight lines between their ",
                            outlines.points.size(),
                            " corners would cross near the horizon; leave it "
                            "0 and allow as many vertices, or cut the frame "
                            "farther below the horizon"));
  }
  SL_RETURN_IF_ERROR(result.status());
  SimplifiedPolygons& simplified = *result;
  GroundOutlines simpler;
  simpler.traced = std::move(simplified.polygons);
  simpler.points.reserve(simplified.sources.size());
  for (const uint32_t source : simplified.sources) {
    simpler.points.push_back(outlines.points[source]);
  }
  MeasureRings(simpler);
  outlines = std::move(simpler);
  set.simplify_tolerance_m = simplified.tolerance_m;
  return absl::OkStatus();
}

// The outlines of the polygons begin..end-1.
absl::StatusOr<RegionOutlines> OutlinesOf(const Frame& frame,
                                          const GroundOutlines& outlines,
                                          size_t begin, size_t end,
                                          size_t maximum_vertices) {
  RegionOutlines region;
  for (size_t i = begin; i < end; ++i) {
    const TracedPolygon& polygon = outlines.traced.polygons[i];
    RingList& rings = region.polygons.emplace_back();
    rings.reserve(polygon.ring_count);
    for (uint32_t r = 0; r < polygon.ring_count; ++r) {
      const uint32_t index = polygon.first_ring + r;
      const TracedRing& traced = outlines.traced.rings[index];
      std::vector<MapPoint>& ring = rings.emplace_back();
      ring.reserve(traced.vertex_count);
      SL_ASSIGN_OR_RETURN(const bool is_refined,
                          AppendRefinedRing(frame.mapper, frame.reference,
                                            outlines.traced.VerticesOf(traced),
                                            outlines.PointsOf(traced),
                                            frame.options.edge_tolerance_m,
                                            maximum_vertices, ring));
      maximum_vertices -= ring.size();
      region.measure.Add(is_refined ? MeasureRing(ring)
                                    : outlines.measures[index]);
    }
  }
  return region;
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

absl::Status AppendRegions(const Frame& frame, const GroundOutlines& outlines,
                           std::vector<Feature> features, const StopToken& stop,
                           FeatureSet& set) {
  std::optional<PositionErrorEstimator> estimator;
  const GroundCamera& camera = *frame.input.camera;
  if (frame.input.uncertain_pose.has_value()) {
    SL_ASSIGN_OR_RETURN(estimator,
                        PositionErrorEstimator::Create(
                            frame.input.uncertain_pose->pose, camera.frame(),
                            frame.input.uncertain_pose->uncertainty));
  }
  set.vertices.reserve(outlines.points.size());
  set.rings.reserve(outlines.traced.rings.size());
  set.polygons.reserve(outlines.traced.polygons.size());
  const auto& polygons = outlines.traced.polygons;
  size_t begin = 0;
  for (size_t i = 0; i < features.size(); ++i) {
    if (i % kRegionsBetweenPolls == 0) SL_RETURN_IF_ERROR(stop.Poll());
    size_t end = begin;
    while (end < polygons.size() &&
           polygons[end].region == polygons[begin].region) {
      ++end;
    }
    // A cut at the antimeridian may have added a few more.
    const size_t limit =
        static_cast<size_t>(frame.options.maximum_traced_vertices);
    const size_t room = limit - std::min(limit, set.vertices.size());
    SL_ASSIGN_OR_RETURN(RegionOutlines region,
                        OutlinesOf(frame, outlines, begin, end, room));
    begin = end;
    Feature& feature = features[i];
    AppendOutlines(std::move(region), frame.reference, feature, set);
    if (estimator.has_value()) {
      feature.position_error_m =
          PositionErrorAt(camera, *estimator, feature.centroid);
    }
  }
  set.features = std::move(features);
  return absl::OkStatus();
}

// How sure the classifier was of each region.
absl::Status AddConfidence(const ConfidencePlane& plane, const LabelMask& mask,
                           const TracedPolygons& traced, const StopToken& stop,
                           std::vector<Feature>& features) {
  SL_ASSIGN_OR_RETURN(
      const std::vector<PolygonConfidence> polygons,
      MeasureConfidence(mask, traced,
                        ByteConfidences{plane.values, plane.stride}, stop));
  size_t next = 0;
  for (Feature& feature : features) {
    double sum = 0;
    double least = 1;
    int64_t pixels = 0;
    const uint32_t region = traced.polygons[next].region;
    for (; next < polygons.size() && traced.polygons[next].region == region;
         ++next) {
      const PolygonConfidence& polygon = polygons[next];
      sum += polygon.mean * static_cast<double>(polygon.pixel_count);
      least = std::min(least, polygon.minimum);
      pixels += polygon.pixel_count;
    }
    feature.mean_confidence = sum / static_cast<double>(pixels);
    feature.minimum_confidence = least;
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<FeatureSet> BuildFeatures(const FeatureInput& input,
                                         const FeatureOptions& options,
                                         const StopToken& stop) {
  SL_RETURN_IF_ERROR(CheckInput(input));
  SL_RETURN_IF_ERROR(CheckOptions(options));
  FeatureSet set;
  SL_ASSIGN_OR_RETURN(
      const GroundExtent extent,
      GroundExtent::Create(*input.camera, input.mask.width, input.mask.height,
                           options.least_grazing_deg, stop));
  SL_ASSIGN_OR_RETURN(const PreparedMask mask,
                      PreparedMask::Create(input, options, extent, stop));
  set.pixels_above_horizon = extent.PixelsOutside();
  set.labelled_pixels_above_horizon = mask.labelled_above_horizon();
  TraceOptions trace;
  trace.labels = options.labels;
  trace.connectivity = options.connectivity;
  trace.maximum_vertices = options.maximum_traced_vertices;
  GroundOutlines outlines;
  SL_ASSIGN_OR_RETURN(outlines.traced, TracePolygons(mask.view(), trace, stop));
  const VertexMapper mapper(*input.camera, outlines.traced.vertices,
                            options.mapping_tolerance_m);
  set.mapping = mapper.certificate();
  SL_ASSIGN_OR_RETURN(outlines.points,
                      mapper.MapAll(outlines.traced.vertices, stop));
  Frame frame{input, options, extent, mapper, 0};
  SL_ASSIGN_OR_RETURN(frame.reference, MakeRelative(outlines.points));
  MeasureRings(outlines);
  SelectOnGround(options.minimum_area_m2, options.minimum_hole_m2, outlines);
  std::vector<Feature> features = DescribeRegions(frame, outlines.traced);
  if (input.confidence.has_value()) {
    SL_RETURN_IF_ERROR(AddConfidence(*input.confidence, mask.view(),
                                     outlines.traced, stop, features));
  }
  const bool has_too_many =
      options.maximum_vertices > 0 &&
      static_cast<int64_t>(outlines.traced.vertices.size()) >
          options.maximum_vertices;
  if (options.simplify_tolerance_m > 0 || has_too_many) {
    SL_RETURN_IF_ERROR(Simplify(frame, stop, outlines, set));
  }
  SL_RETURN_IF_ERROR(
      AppendRegions(frame, outlines, std::move(features), stop, set));
  return set;
}

int64_t BuildFeaturesBytes(int width, int height,
                           const FeatureOptions& options) {
  // A vertex as traced, on the map, refined, measured and in the answer.
  constexpr int64_t kBytesPerVertex = 256;
  constexpr int64_t kFixedBytes = int64_t{1} << 20;
  TraceOptions trace;
  trace.labels = options.labels;
  trace.connectivity = options.connectivity;
  trace.maximum_vertices = options.maximum_traced_vertices;
  return TracePolygonsBytes(width, height, trace) + int64_t{width} * height +
         kBytesPerVertex * options.maximum_traced_vertices + kFixedBytes;
}

}  // namespace sightline::georef
