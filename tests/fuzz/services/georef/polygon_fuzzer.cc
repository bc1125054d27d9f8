// Takes bytes as a mask and options for it: grows or shrinks its labels, traces
// and simplifies them. Whatever comes in, nothing crashes, and what comes out
// is as promised: areas are pixels, rings have three vertices or more and keep
// their orientation, no two outlines cross.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "common/status/error.h"
#include "services/georef/engine/vector/mask_morphology.h"
#include "services/georef/engine/vector/polygon_statistics.h"
#include "services/georef/engine/vector/simplify_polygons.h"
#include "services/georef/engine/vector/trace_polygons.h"

namespace sightline::georef {
namespace {

void Demand(bool promise, const char* what) {
  if (promise) return;
  std::fprintf(stderr, "broken promise: %s\n", what);
  std::abort();
}

void DemandReason(const absl::Status& status) {
  const auto details = DetailsOf(status);
  Demand(details.has_value() && !details->reason.empty(),
         "a refusal has a reason");
}

class Input {
 public:
  Input(const uint8_t* data, size_t size) : data_(data), size_(size) {}
  uint8_t Byte() { return next_ < size_ ? data_[next_++] : 0; }

 private:
  const uint8_t* data_;
  size_t size_;
  size_t next_ = 0;
};

double TwiceArea(absl::Span<const PlanePoint> ring) {
  double sum = 0;
  for (size_t i = 1; i + 1 < ring.size(); ++i) {
    sum += (ring[i].x - ring[0].x) * (ring[i + 1].y - ring[0].y) -
           (ring[i].y - ring[0].y) * (ring[i + 1].x - ring[0].x);
  }
  return sum;
}

bool Crosses(PlanePoint a, PlanePoint b, PlanePoint c, PlanePoint d) {
  const auto side = [](PlanePoint p, PlanePoint q, PlanePoint r) {
    const double cross = (q.x - p.x) * (r.y - p.y) - (q.y - p.y) * (r.x - p.x);
    return (cross > 1e-9) - (cross < -1e-9);
  };
  return side(a, b, c) * side(a, b, d) < 0 && side(c, d, a) * side(c, d, b) < 0;
}

void DemandNoCrossings(const TracedPolygons& polygons,
                       const std::vector<PlanePoint>& points) {
  std::vector<std::pair<PlanePoint, PlanePoint>> edges;
  for (const TracedRing& ring : polygons.rings) {
    for (uint32_t i = 0; i < ring.vertex_count; ++i) {
      edges.emplace_back(
          points[ring.first_vertex + i],
          points[ring.first_vertex + (i + 1) % ring.vertex_count]);
    }
  }
  // Of masks that make more, those that make less must do.
  if (edges.size() > 800) return;
  for (size_t i = 0; i < edges.size(); ++i) {
    for (size_t j = 0; j < i; ++j) {
      Demand(!Crosses(edges[i].first, edges[i].second, edges[j].first,
                      edges[j].second),
             "outlines do not cross");
    }
  }
}

void Try(Input input) {
  const int width = 1 + input.Byte() % 90;
  const int height = 1 + input.Byte() % 40;
  const uint8_t flags = input.Byte();
  MorphologyOptions morphology;
  morphology.operation = static_cast<MaskOperation>(flags & 3);
  morphology.neighbourhood = static_cast<Neighbourhood>(flags >> 2 & 1);
  morphology.radius_pixels = input.Byte() / 16.0;
  TraceOptions trace;
  if (flags & 8) trace.connectivity = Connectivity::kSidesAndCorners;
  trace.minimum_hole_pixels = 1 + (flags >> 4 & 7);
  trace.minimum_region_pixels = 1 + (flags >> 7) * 3;
  SimplifyOptions simplify;
  simplify.tolerance_m = input.Byte() / 16.0;
  simplify.maximum_vertices = 4 * input.Byte();
  const double shear = input.Byte() / 64.0 - 2;
  const double tilt = input.Byte() / 256.0;

  std::vector<uint8_t> labels;
  for (int i = 0; i < width * height; ++i) labels.push_back(input.Byte());
  const LabelMask mask = {labels.data(), width, height, width};
  const auto changed = ApplyMorphology(mask, morphology, StopToken());
  if (!changed.ok()) {
    DemandReason(changed.status());
  } else {
    labels = *changed;
  }
  const LabelMask traced_mask = {labels.data(), width, height, width};
  const auto traced = TracePolygons(traced_mask, trace, StopToken());
  Demand(traced.ok(), "every mask of this size is traced");
  for (const TracedPolygon& polygon : traced->polygons) {
    int64_t pixels = 0;
    for (const TracedRing& ring : traced->RingsOf(polygon)) {
      pixels =
          pixels == 0 ? ring.enclosed_pixels : pixels - ring.enclosed_pixels;
    }
    Demand(pixels == polygon.pixel_count, "areas are pixels");
  }
  const auto confidences = MeasureConfidence(
      traced_mask, *traced, ByteConfidences{labels.data(), width}, StopToken());
  Demand(confidences.ok(), "confidences of traced polygons are measured");

  const auto at = [&](PixelCorner corner) {
    const double depth = 1 - tilt * (height - corner.y) / (height + 1.0);
    const double y = (height - corner.y) / depth;
    return PlanePoint{corner.x / depth + shear * y, y};
  };
  std::vector<PlanePoint> before;
  for (const PixelCorner& corner : traced->vertices) {
    before.push_back(at(corner));
  }
  const auto simplified =
      SimplifyPolygons(*traced, width, height, before, simplify, StopToken());
  if (!simplified.ok()) {
    DemandReason(simplified.status());
    Demand(simplified.status().code() == absl::StatusCode::kResourceExhausted,
           "a plain view is simplified, or does not fit");
    return;
  }
  Demand(simplify.maximum_vertices == 0 ||
             static_cast<int64_t>(simplified->sources.size()) <=
                 simplify.maximum_vertices,
         "the limit of vertices holds");
  std::vector<PlanePoint> after;
  for (const PixelCorner& corner : simplified->polygons.vertices) {
    after.push_back(at(corner));
  }
  for (size_t i = 0; i < traced->rings.size(); ++i) {
    const TracedRing& old_ring = traced->rings[i];
    const TracedRing& ring = simplified->polygons.rings[i];
    Demand(ring.vertex_count >= 3, "rings have three vertices or more");
    const double old_area = TwiceArea(absl::MakeConstSpan(before).subspan(
        old_ring.first_vertex, old_ring.vertex_count));
    const double area = TwiceArea(absl::MakeConstSpan(after).subspan(
        ring.first_vertex, ring.vertex_count));
    Demand(old_area * area > 0, "rings keep their orientation");
  }
  DemandNoCrossings(simplified->polygons, after);
}

}  // namespace
}  // namespace sightline::georef

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  sightline::georef::Try(sightline::georef::Input(data, size));
  return 0;
}
