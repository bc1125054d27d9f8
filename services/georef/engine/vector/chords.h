// Chords: straight pieces that stand for a run of an arc's corners, none of
// which is farther from its chord than a tolerance.
//
// Then no point of either is farther from the other: the distance to a segment
// is convex, so its maximum along the corners' polyline is at a corner; and
// nearest points move continuously along the chord from one end to the other,
// so each point of the chord is the nearest one of some point of the polyline.
// The tolerance bounds the Hausdorff distance.
#ifndef SIGHTLINE_SERVICES_GEOREF_ENGINE_VECTOR_CHORDS_H_
#define SIGHTLINE_SERVICES_GEOREF_ENGINE_VECTOR_CHORDS_H_

#include <algorithm>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "services/georef/engine/vector/plane_point.h"

namespace sightline::georef {

struct PlaneBox {
  double left = 0;
  double right = 0;
  double bottom = 0;
  double top = 0;

  bool Overlaps(const PlaneBox& other) const {
    return left <= other.right && other.left <= right && bottom <= other.top &&
           other.bottom <= top;
  }
  bool Contains(PlanePoint p) const {
    return p.x >= left && p.x <= right && p.y >= bottom && p.y <= top;
  }
  void Add(const PlaneBox& other) {
    left = std::min(left, other.left);
    right = std::max(right, other.right);
    bottom = std::min(bottom, other.bottom);
    top = std::max(top, other.top);
  }
};

struct Chord {
  // The corners it joins; first < last. Those between it leaves out.
  uint32_t first = 0;
  uint32_t last = 0;
  // Of those between the one farthest from it; `first` if there are none.
  uint32_t farthest = 0;
  bool LeavesOutCorners() const { return last > first + 1; }
  // Of the farthest one, square metres.
  double distance_squared = 0;
  // Around all its corners, those left out included.
  PlaneBox box;
};

double DistanceSquared(PlanePoint p, PlanePoint a, PlanePoint b);

// Appends chords for the corners `first`..`last` by the rule of Douglas and
// Peucker (1973): where the farthest corner is farther than the tolerance, it
// is kept. `positions`: of all corners of all arcs; equal at `first` and `last`
// of an arc that ends where it begins, and then one corner more is kept.
void AppendChords(absl::Span<const PlanePoint> positions, uint32_t first,
                  uint32_t last, double tolerance_m,
                  std::vector<Chord>& chords);

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_ENGINE_VECTOR_CHORDS_H_
