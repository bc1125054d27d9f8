#include "services/georef/engine/vector/chord_conflicts.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "services/georef/engine/reasons.h"

namespace sightline::georef {
namespace {

constexpr size_t kChildren = 8;
constexpr int64_t kTestsPerPoll = 1 << 14;

// Above the rounding error of a determinant of differences, in parts of its
// two products (Shewchuk 1997, ccwerrboundA).
constexpr double kRoundingError = 3.4e-16;

// 1 if `c` lies to the left of the line from `a` to `b`, -1 to the right, 0 if
// rounding leaves it open.
int SideOf(PlanePoint a, PlanePoint b, PlanePoint c) {
  const double left = (a.x - c.x) * (b.y - c.y);
  const double right = (a.y - c.y) * (b.x - c.x);
  const double difference = left - right;
  const double error = kRoundingError * (std::abs(left) + std::abs(right));
  if (difference > error) return 1;
  if (difference < -error) return -1;
  return 0;
}

PlaneBox BoxOf(PlanePoint a, PlanePoint b) {
  return {std::min(a.x, b.x), std::max(a.x, b.x), std::min(a.y, b.y),
          std::max(a.y, b.y)};
}

// What rounding leaves open counts as a common point.
bool SegmentsMeet(PlanePoint a, PlanePoint b, PlanePoint c, PlanePoint d) {
  if (!BoxOf(a, b).Overlaps(BoxOf(c, d))) return false;
  const int side_of_c = SideOf(a, b, c);
  if (side_of_c != 0 && side_of_c == SideOf(a, b, d)) return false;
  const int side_of_a = SideOf(c, d, a);
  return side_of_a == 0 || side_of_a != SideOf(c, d, b);
}

// Segments from a common point lie on each other.
bool OverlapFrom(PlanePoint common, PlanePoint a, PlanePoint b) {
  if (SideOf(common, a, b) != 0) return false;
  return (a.x - common.x) * (b.x - common.x) +
             (a.y - common.y) * (b.y - common.y) >
         0;
}

}  // namespace

absl::Status ChordConflicts::Mark(const std::vector<Chord>& chords,
                                  const std::vector<uint8_t>& is_new,
                                  std::vector<uint8_t>& is_marked,
                                  const StopToken& stop) {
  if (chords.empty()) return absl::OkStatus();
  chords_ = &chords;
  is_marked_ = &is_marked;
  stop_ = &stop;
  BuildLevels(chords, is_new);
  return TestWithin(levels_.size() - 1, 0);
}

void ChordConflicts::BuildLevels(const std::vector<Chord>& chords,
                                 const std::vector<uint8_t>& is_new) {
  // An eighth of an eighth and so on of the first, which may grow by a copy.
  static_assert(sizeof(Node) * (2 + 1.0 / (kChildren - 1)) < kBytesPerChord);
  levels_.resize(1);
  levels_[0].resize(chords.size());
  for (size_t i = 0; i < chords.size(); ++i) {
    levels_[0][i] = {chords[i].box, is_new[i] != 0};
  }
  while (levels_.back().size() > 1) {
    const std::vector<Node>& below = levels_.back();
    std::vector<Node> level((below.size() + kChildren - 1) / kChildren);
    for (size_t i = 0; i < below.size(); ++i) {
      Node& node = level[i / kChildren];
      if (i % kChildren == 0) {
        node = below[i];
      } else {
        node.box.Add(below[i].box);
        node.has_new |= below[i].has_new;
      }
    }
    levels_.push_back(std::move(level));
  }
}

absl::Status ChordConflicts::TestWithin(size_t level, size_t node) {
  if (level == 0 || !levels_[level][node].has_new) return absl::OkStatus();
  const std::vector<Node>& below = levels_[level - 1];
  const size_t begin = node * kChildren;
  const size_t end = std::min(begin + kChildren, below.size());
  for (size_t i = begin; i < end; ++i) {
    SL_RETURN_IF_ERROR(TestWithin(level - 1, i));
    for (size_t j = i + 1; j < end; ++j) {
      if ((below[i].has_new || below[j].has_new) &&
          below[i].box.Overlaps(below[j].box)) {
        SL_RETURN_IF_ERROR(TestBetween(level - 1, i, j));
      }
    }
  }
  return absl::OkStatus();
}

absl::Status ChordConflicts::TestBetween(size_t level, size_t a, size_t b) {
  if (level == 0) {
    return TestPair(static_cast<uint32_t>(a), static_cast<uint32_t>(b));
  }
  const std::vector<Node>& below = levels_[level - 1];
  const PlaneBox& box_of_b = levels_[level][b].box;
  const size_t end_of_a = std::min((a + 1) * kChildren, below.size());
  const size_t end_of_b = std::min((b + 1) * kChildren, below.size());
  for (size_t i = a * kChildren; i < end_of_a; ++i) {
    if (!below[i].box.Overlaps(box_of_b)) continue;
    for (size_t j = b * kChildren; j < end_of_b; ++j) {
      if ((below[i].has_new || below[j].has_new) &&
          below[i].box.Overlaps(below[j].box)) {
        SL_RETURN_IF_ERROR(TestBetween(level - 1, i, j));
      }
    }
  }
  return absl::OkStatus();
}

absl::Status ChordConflicts::TestPair(uint32_t a, uint32_t b) {
  if (++tests_ % kTestsPerPoll == 0) SL_RETURN_IF_ERROR(stop_->Poll());
  std::vector<uint8_t>& is_marked = *is_marked_;
  // A marked one is replaced, and what replaces it is tested.
  if (is_marked[a] || is_marked[b]) return absl::OkStatus();
  const Chord& chord_a = (*chords_)[a];
  const Chord& chord_b = (*chords_)[b];
  if (Meet(chord_a, chord_b)) {
    if (!chord_a.LeavesOutCorners() && !chord_b.LeavesOutCorners()) {
      return Error(absl::StatusCode::kInvalidArgument, kPositionsInvalid)
          .Field("positions",
                 absl::StrCat("outlines with all their corners meet between "
                              "vertices ",
                              corners_[chord_a.first], " and ",
                              corners_[chord_a.last],
                              "; the positions must "
                              "keep apart what is apart on the mask"));
    }
    const bool splits_a =
        chord_a.LeavesOutCorners() &&
        (!chord_b.LeavesOutCorners() ||
         chord_a.distance_squared >= chord_b.distance_squared);
    is_marked[splits_a ? a : b] = true;
    return absl::OkStatus();
  }
  is_marked[a] =
      Sweeps(chord_a, chord_b.first) || Sweeps(chord_a, chord_b.last);
  is_marked[b] =
      Sweeps(chord_b, chord_a.first) || Sweeps(chord_b, chord_a.last);
  return absl::OkStatus();
}

// True if the chords have more in common than one end.
bool ChordConflicts::Meet(const Chord& a, const Chord& b) const {
  const PlanePoint a0 = positions_[a.first];
  const PlanePoint a1 = positions_[a.last];
  const PlanePoint b0 = positions_[b.first];
  const PlanePoint b1 = positions_[b.last];
  const uint32_t a0_name = corners_[a.first];
  const uint32_t a1_name = corners_[a.last];
  const uint32_t b0_name = corners_[b.first];
  const uint32_t b1_name = corners_[b.last];
  if (a0_name == b0_name) return a1_name == b1_name || OverlapFrom(a0, a1, b1);
  if (a0_name == b1_name) return a1_name == b0_name || OverlapFrom(a0, a1, b0);
  if (a1_name == b0_name) return OverlapFrom(a1, a0, b1);
  if (a1_name == b1_name) return OverlapFrom(a1, a0, b0);
  return SegmentsMeet(a0, a1, b0, b1);
}

// The closed line along the chord's corners and back along the chord winds
// around `corner`, or rounding leaves it open.
bool ChordConflicts::Sweeps(const Chord& chord, uint32_t corner) const {
  if (!chord.LeavesOutCorners()) return false;
  const PlanePoint p = positions_[corner];
  if (!chord.box.Contains(p)) return false;
  const uint32_t name = corners_[corner];
  if (name == corners_[chord.first] || name == corners_[chord.last]) {
    return false;
  }
  constexpr double kSlack = 1 + 1e-9;
  if (DistanceSquared(p, positions_[chord.first], positions_[chord.last]) >
      kSlack * chord.distance_squared) {
    return false;
  }
  int winds = 0;
  PlanePoint a = positions_[chord.last];
  for (uint32_t i = chord.first; i <= chord.last; ++i) {
    const PlanePoint b = positions_[i];
    if ((a.y <= p.y) != (b.y <= p.y)) {
      const int side = SideOf(a, b, p);
      if (side == 0) return true;
      const bool is_upwards = a.y <= p.y;
      if (is_upwards == (side > 0)) winds += side;
    }
    a = b;
  }
  return winds != 0;
}

}  // namespace sightline::georef
