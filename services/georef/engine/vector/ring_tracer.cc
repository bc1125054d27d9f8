#include "services/georef/engine/vector/ring_tracer.h"

#include <algorithm>

#include "common/status/status_macros.h"

namespace sightline::georef {
namespace {

constexpr uint32_t kRingsPerPoll = 1024;
constexpr uint32_t kUnvisited = 0xffffffff;

}  // namespace

absl::StatusOr<const RingForest*> RingTracer::Trace(
    const CrackCorners& corners, const StopToken& stop,
    std::vector<PixelCorner>& vertices) {
  corners_ = &corners;
  vertices_ = &vertices;
  ring_of_crack_.resize(corners.size());
  walk_of_corner_.assign(corners.size(), kUnvisited);
  forest_.rings.clear();
  forest_.containing_hole.clear();
  forest_.polygon_of_corner.resize(corners.size());
  uint32_t walks = 0;
  for (uint32_t start = 0; start < corners.size(); ++start) {
    if (walk_of_corner_[start] != kUnvisited) continue;
    if (walks % kRingsPerPoll == 0) SL_RETURN_IF_ERROR(stop.Poll());
    WalkFrom(start, walks++);
  }
  return &forest_;
}

// The first corner of a ring that is met is its topmost, leftmost one, so
// cracks lead right and down from it, and the ring of its left neighbour
// began earlier.
void RingTracer::WalkFrom(uint32_t start, uint32_t walk) {
  const bool is_outer = corners_->OpensOuterRing(start);
  const uint32_t neighbour = corners_->LeftNeighbour(start);
  const uint32_t left_ring =
      neighbour == kNoCorner ? kNoRing : ring_of_crack_[neighbour];
  uint32_t polygon;
  if (is_outer) {
    polygon = static_cast<uint32_t>(forest_.containing_hole.size());
    forest_.containing_hole.push_back(HoleAt(left_ring));
  } else {
    polygon = forest_.rings[left_ring].polygon;
  }
  if (CollectSteps(start, is_outer, walk, polygon)) {
    EmitSplit(polygon, is_outer);
  } else {
    Emit(steps_, polygon, is_outer);
  }
}

// To the right of a hole's crack lies that hole; to the right of an outer
// ring's crack lies whatever that polygon lies in.
uint32_t RingTracer::HoleAt(uint32_t left_ring) const {
  if (left_ring == kNoRing) return kNoRing;
  const OwnedRing& ring = forest_.rings[left_ring];
  return ring.is_outer ? forest_.containing_hole[ring.polygon] : left_ring;
}

// Walks with the label's pixels to the left. True if the ring touches
// itself.
bool RingTracer::CollectSteps(uint32_t start, bool is_outer, uint32_t walk,
                              uint32_t polygon) {
  steps_.clear();
  bool touches = false;
  bool vertically = is_outer;
  uint32_t corner = start;
  do {
    walk_of_corner_[corner] = walk;
    forest_.polygon_of_corner[corner] = polygon;
    const uint32_t twin = corners_->Twin(corner);
    touches |= twin != kNoCorner && walk_of_corner_[twin] == walk;
    if (vertically) {
      const uint32_t next = corners_->Vertically(corner);
      steps_.push_back({corner, std::min(corner, next)});
      corner = next;
    } else {
      steps_.push_back({corner, kNoCorner});
      corner = corners_->Horizontally(corner);
    }
    vertically = !vertically;
  } while (corner != start);
  return touches;
}

// Cuts off a ring whenever the walk comes back to a point. What is cut off
// is a hole: the topmost, leftmost corner, which is never such a point,
// stays with the rest.
void RingTracer::EmitSplit(uint32_t polygon, bool is_outer) {
  // The rest must come first, but is known last: it gets its number now.
  const size_t rest = forest_.rings.size();
  forest_.rings.emplace_back();
  if (position_.size() < corners_->size()) position_.resize(corners_->size());
  for (const Step& step : steps_) position_[step.corner] = kUnvisited;
  pending_.clear();
  for (const Step& step : steps_) {
    const uint32_t twin = corners_->Twin(step.corner);
    if (twin != kNoCorner &&
        walk_of_corner_[twin] == walk_of_corner_[step.corner] &&
        position_[twin] != kUnvisited) {
      const uint32_t from = position_[twin];
      Emit(absl::MakeConstSpan(pending_).subspan(from), polygon, false);
      for (size_t i = from + 1; i < pending_.size(); ++i) {
        position_[pending_[i].corner] = kUnvisited;
      }
      pending_.resize(from + 1);
      pending_[from].crack = step.crack;
    } else {
      position_[step.corner] = static_cast<uint32_t>(pending_.size());
      pending_.push_back(step);
    }
  }
  EmitAs(rest, pending_, polygon, is_outer);
}

void RingTracer::Emit(absl::Span<const Step> steps, uint32_t polygon,
                      bool is_outer) {
  forest_.rings.emplace_back();
  EmitAs(forest_.rings.size() - 1, steps, polygon, is_outer);
}

void RingTracer::EmitAs(size_t index, absl::Span<const Step> steps,
                        uint32_t polygon, bool is_outer) {
  OwnedRing& owned = forest_.rings[index];
  owned.polygon = polygon;
  owned.is_outer = is_outer;
  owned.ring.first_vertex = static_cast<uint32_t>(vertices_->size());
  owned.ring.vertex_count = static_cast<uint32_t>(steps.size());
  int64_t sum = 0;
  for (const Step& step : steps) {
    const int32_t x = corners_->x(step.corner);
    const int32_t y = corners_->y(step.corner);
    vertices_->push_back({x, y});
    if (step.crack == kNoCorner) continue;
    ring_of_crack_[step.crack] = static_cast<uint32_t>(index);
    // Green's theorem: x dy, summed over the vertical cracks, which lead
    // from one end to the other.
    const uint32_t lower = corners_->Vertically(step.crack);
    const int64_t length = corners_->y(lower) - corners_->y(step.crack);
    const bool downwards = corners_->y(step.crack) == y;
    sum += downwards ? -x * length : x * length;
  }
  owned.ring.enclosed_pixels = is_outer ? sum : -sum;
}

}  // namespace sightline::georef
