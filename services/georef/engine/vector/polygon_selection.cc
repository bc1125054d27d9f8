#include "services/georef/engine/vector/polygon_selection.h"

#include <algorithm>
#include <numeric>
#include <vector>

namespace sightline::georef {
namespace {

// Which polygons belong together; each set is named by its first polygon.
class Regions {
 public:
  explicit Regions(size_t polygons) : parent_(polygons) {
    std::iota(parent_.begin(), parent_.end(), 0);
  }

  uint32_t Of(uint32_t polygon) {
    while (parent_[polygon] != polygon) {
      parent_[polygon] = parent_[parent_[polygon]];
      polygon = parent_[polygon];
    }
    return polygon;
  }

  void Unite(uint32_t a, uint32_t b) {
    a = Of(a);
    b = Of(b);
    parent_[std::max(a, b)] = std::min(a, b);
  }

 private:
  std::vector<uint32_t> parent_;
};

constexpr uint32_t kNone = 0xffffffff;

struct Candidate {
  uint32_t polygon = 0;
  uint32_t region = 0;
  uint32_t kept_rings = 0;
  // Within a closed hole of its own label.
  bool is_covered = false;
  int64_t pixels = 0;
};

bool IsClosed(const OwnedRing& owned, const TraceOptions& options) {
  return !owned.is_outer &&
         owned.ring.enclosed_pixels < options.minimum_hole_pixels;
}

std::vector<Candidate> CandidatesOf(const RingForest& forest,
                                    const TraceOptions& options) {
  std::vector<Candidate> candidates(forest.containing_hole.size());
  for (uint32_t i = 0; i < candidates.size(); ++i) {
    candidates[i].polygon = candidates[i].region = i;
    const uint32_t hole = forest.containing_hole[i];
    if (hole == kNoRing) continue;
    const OwnedRing& around = forest.rings[hole];
    // What lies further out has a lower number and is known already.
    candidates[i].is_covered =
        IsClosed(around, options) || candidates[around.polygon].is_covered;
  }
  for (const OwnedRing& owned : forest.rings) {
    if (IsClosed(owned, options)) continue;
    Candidate& candidate = candidates[owned.polygon];
    const int64_t pixels = owned.ring.enclosed_pixels;
    candidate.pixels += owned.is_outer ? pixels : -pixels;
    ++candidate.kept_rings;
  }
  return candidates;
}

void JoinAtCorners(const CrackCorners& corners, const RingForest& forest,
                   std::vector<Candidate>& candidates) {
  Regions regions(candidates.size());
  for (uint32_t i = 0; i < corners.size(); ++i) {
    const uint32_t twin = corners.Twin(i);
    if (twin == kNoCorner || twin < i) continue;
    const uint32_t a = forest.polygon_of_corner[i];
    const uint32_t b = forest.polygon_of_corner[twin];
    // A covered polygon joins nobody: it is no polygon any more.
    if (candidates[a].is_covered || candidates[b].is_covered) continue;
    regions.Unite(a, b);
  }
  for (Candidate& candidate : candidates) {
    candidate.region = regions.Of(candidate.polygon);
  }
  std::stable_sort(candidates.begin(), candidates.end(),
                   [](const Candidate& a, const Candidate& b) {
                     return a.region < b.region;
                   });
}

PixelBox BoxOf(absl::Span<const PixelCorner> vertices) {
  PixelBox box = {vertices[0].x, vertices[0].y, vertices[0].x, vertices[0].y};
  for (const PixelCorner& vertex : vertices) {
    box.left = std::min(box.left, vertex.x);
    box.top = std::min(box.top, vertex.y);
    box.right = std::max(box.right, vertex.x);
    box.bottom = std::max(box.bottom, vertex.y);
  }
  return box;
}

// Appends the polygons of all regions that are large enough, with room for
// their rings. Returns for each polygon its place in traced.polygons, or
// kNone.
std::vector<uint32_t> AppendPolygons(const std::vector<Candidate>& candidates,
                                     uint8_t label, int64_t minimum_pixels,
                                     TracedPolygons& traced) {
  std::vector<uint32_t> places(candidates.size(), kNone);
  uint32_t region =
      traced.polygons.empty() ? 0 : traced.polygons.back().region + 1;
  size_t ring = traced.rings.size();
  for (size_t begin = 0, end = 0; begin < candidates.size(); begin = end) {
    int64_t pixels = 0;
    for (; end < candidates.size() &&
           candidates[end].region == candidates[begin].region;
         ++end) {
      if (!candidates[end].is_covered) pixels += candidates[end].pixels;
    }
    if (pixels < minimum_pixels) continue;
    for (size_t i = begin; i < end; ++i) {
      const Candidate& candidate = candidates[i];
      if (candidate.is_covered) continue;
      places[candidate.polygon] = static_cast<uint32_t>(traced.polygons.size());
      TracedPolygon& polygon = traced.polygons.emplace_back();
      polygon.label = label;
      polygon.region = region;
      polygon.first_ring = static_cast<uint32_t>(ring);
      polygon.pixel_count = candidate.pixels;
      ring += candidate.kept_rings;
    }
    ++region;
  }
  traced.rings.resize(ring);
  return places;
}

}  // namespace

void SelectPolygons(const LabelMask& mask, uint8_t label,
                    const TraceOptions& options, const CrackCorners& corners,
                    const RingForest& forest, size_t first_vertex,
                    TracedPolygons& traced) {
  std::vector<Candidate> candidates = CandidatesOf(forest, options);
  if (options.connectivity == Connectivity::kSidesAndCorners) {
    JoinAtCorners(corners, forest, candidates);
  }
  const std::vector<uint32_t> places =
      AppendPolygons(candidates, label, options.minimum_region_pixels, traced);

  // In the order of their vertices, so that these move down only: rings that
  // were split stand before their cut-off parts, whose vertices come first.
  std::vector<uint32_t> order(forest.rings.size());
  std::iota(order.begin(), order.end(), 0);
  const auto stands_before = [&](uint32_t a, uint32_t b) {
    return forest.rings[a].ring.first_vertex <
           forest.rings[b].ring.first_vertex;
  };
  if (!std::is_sorted(order.begin(), order.end(), stands_before)) {
    std::sort(order.begin(), order.end(), stands_before);
  }
  std::vector<uint32_t> new_first(forest.rings.size(), kNone);
  size_t end = first_vertex;
  for (const uint32_t i : order) {
    const OwnedRing& owned = forest.rings[i];
    if (places[owned.polygon] == kNone || IsClosed(owned, options)) continue;
    new_first[i] = static_cast<uint32_t>(end);
    if (end != owned.ring.first_vertex) {
      const auto from = traced.vertices.begin() + owned.ring.first_vertex;
      std::copy(from, from + owned.ring.vertex_count,
                traced.vertices.begin() + end);
    }
    end += owned.ring.vertex_count;
  }
  traced.vertices.resize(end);

  std::vector<uint32_t> new_index(forest.rings.size(), kNoHole);
  for (uint32_t i = 0; i < forest.rings.size(); ++i) {
    if (new_first[i] == kNone) continue;
    const OwnedRing& owned = forest.rings[i];
    TracedPolygon& polygon = traced.polygons[places[owned.polygon]];
    new_index[i] = polygon.first_ring + polygon.ring_count;
    TracedRing& ring = traced.rings[polygon.first_ring + polygon.ring_count];
    ring = owned.ring;
    ring.first_vertex = new_first[i];
    ++polygon.ring_count;
    if (!owned.is_outer) continue;
    polygon.box = BoxOf(traced.VerticesOf(ring));
    polygon.truncated_by_edge = polygon.box.left == 0 || polygon.box.top == 0 ||
                                polygon.box.right == mask.width ||
                                polygon.box.bottom == mask.height;
  }
  for (uint32_t i = 0; i < places.size(); ++i) {
    const uint32_t hole = forest.containing_hole[i];
    if (places[i] == kNone || hole == kNoRing) continue;
    traced.polygons[places[i]].containing_hole = new_index[hole];
  }
}

}  // namespace sightline::georef
