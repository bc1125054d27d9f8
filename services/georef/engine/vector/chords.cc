#include "services/georef/engine/vector/chords.h"

namespace sightline::georef {
namespace {

// Each corner is looked at once per level. Where splitting at the farthest
// corner cuts off little again and again, halving bounds the levels; a smooth
// outline of a million corners needs about 20.
constexpr int kLevelsBeforeHalving = 48;

struct Run {
  uint32_t first;
  uint32_t last;
  int level;
};

Chord ChordOf(absl::Span<const PlanePoint> positions, uint32_t first,
              uint32_t last) {
  const PlanePoint a = positions[first];
  const PlanePoint b = positions[last];
  Chord chord;
  chord.first = chord.farthest = first;
  chord.last = last;
  chord.box = {std::min(a.x, b.x), std::max(a.x, b.x), std::min(a.y, b.y),
               std::max(a.y, b.y)};
  const double dx = b.x - a.x;
  const double dy = b.y - a.y;
  const double length_squared = dx * dx + dy * dy;
  const double scale = length_squared > 0 ? 1 / length_squared : 0;
  double farthest_squared = -1;
  for (uint32_t i = first + 1; i < last; ++i) {
    const PlanePoint p = positions[i];
    chord.box.left = std::min(chord.box.left, p.x);
    chord.box.right = std::max(chord.box.right, p.x);
    chord.box.bottom = std::min(chord.box.bottom, p.y);
    chord.box.top = std::max(chord.box.top, p.y);
    const double x = p.x - a.x;
    const double y = p.y - a.y;
    const double along = std::clamp((x * dx + y * dy) * scale, 0.0, 1.0);
    const double away_x = x - along * dx;
    const double away_y = y - along * dy;
    const double squared = away_x * away_x + away_y * away_y;
    if (squared > farthest_squared) {
      farthest_squared = squared;
      chord.farthest = i;
    }
  }
  chord.distance_squared = std::max(farthest_squared, 0.0);
  return chord;
}

}  // namespace

double DistanceSquared(PlanePoint p, PlanePoint a, PlanePoint b) {
  const double dx = b.x - a.x;
  const double dy = b.y - a.y;
  const double x = p.x - a.x;
  const double y = p.y - a.y;
  const double length_squared = dx * dx + dy * dy;
  const double along =
      length_squared > 0
          ? std::clamp((x * dx + y * dy) / length_squared, 0.0, 1.0)
          : 0;
  const double away_x = x - along * dx;
  const double away_y = y - along * dy;
  return away_x * away_x + away_y * away_y;
}

void AppendChords(absl::Span<const PlanePoint> positions, uint32_t first,
                  uint32_t last, double tolerance_m,
                  std::vector<Chord>& chords) {
  const double tolerance_squared = tolerance_m * tolerance_m;
  std::vector<Run> runs = {{first, last, 0}};
  while (!runs.empty()) {
    const Run run = runs.back();
    runs.pop_back();
    const Chord chord = ChordOf(positions, run.first, run.last);
    const bool is_point = positions[run.first] == positions[run.last];
    if (!chord.LeavesOutCorners() ||
        (!is_point && chord.distance_squared <= tolerance_squared)) {
      chords.push_back(chord);
      continue;
    }
    const uint32_t middle = run.level < kLevelsBeforeHalving
                                ? chord.farthest
                                : run.first + (run.last - run.first) / 2;
    runs.push_back({middle, run.last, run.level + 1});
    runs.push_back({run.first, middle, run.level + 1});
  }
}

}  // namespace sightline::georef
