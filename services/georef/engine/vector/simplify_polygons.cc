#include "services/georef/engine/vector/simplify_polygons.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "services/georef/engine/reasons.h"
#include "services/georef/engine/vector/chord_conflicts.h"
#include "services/georef/engine/vector/chords.h"
#include "services/georef/engine/vector/memory_guard.h"
#include "services/georef/engine/vector/outline_graph.h"

namespace sightline::georef {
namespace {

constexpr size_t kArcsPerPoll = 1024;
// Splitting at the farthest corner mends nearly all conflicts within a few
// rounds. Whatever is left then gets all its corners back.
constexpr int kRoundsOfSplitting = 24;
// The search for a tolerance by which the vertices fit: from this part of the
// plane's extent upwards in steps of two, then halving the last step.
constexpr double kSmallestPartOfExtent = 1.0 / (1 << 16);
constexpr int kHalvings = 5;

absl::Status OptionError(absl::string_view field, absl::string_view problem) {
  return Error(absl::StatusCode::kInvalidArgument, kSimplifyOptionInvalid)
      .Field(field, problem);
}

absl::Status CheckOptions(int mask_width, int mask_height,
                          const SimplifyOptions& options) {
  if (mask_width < 1 || mask_width > kMaximumMaskSide) {
    return OptionError(
        "mask_width",
        absl::StrCat("is ", mask_width, ", must be 1 to ", kMaximumMaskSide));
  }
  if (mask_height < 1 || mask_height > kMaximumMaskSide) {
    return OptionError(
        "mask_height",
        absl::StrCat("is ", mask_height, ", must be 1 to ", kMaximumMaskSide));
  }
  if (!(options.tolerance_m >= 0 &&
        options.tolerance_m <= kMaximumPlaneCoordinate)) {
    return OptionError(
        "tolerance_m",
        absl::StrCat("is ", options.tolerance_m, ", must be 0 to ",
                     kMaximumPlaneCoordinate, " metres"));
  }
  if (options.maximum_vertices < 0) {
    return OptionError("maximum_vertices",
                       absl::StrCat("is ", options.maximum_vertices,
                                    ", must be 0 (no limit) or more"));
  }
  return absl::OkStatus();
}

absl::Status CheckPositions(const TracedPolygons& traced,
                            absl::Span<const PlanePoint> positions) {
  if (positions.size() != traced.vertices.size()) {
    return Error(absl::StatusCode::kInvalidArgument, kPositionsInvalid)
        .Field("positions",
               absl::StrCat("are ", positions.size(), ", the polygons have ",
                            traced.vertices.size(), " vertices"));
  }
  for (size_t i = 0; i < positions.size(); ++i) {
    // Written so that what is no number fails.
    if (std::abs(positions[i].x) <= kMaximumPlaneCoordinate &&
        std::abs(positions[i].y) <= kMaximumPlaneCoordinate) {
      continue;
    }
    return Error(absl::StatusCode::kInvalidArgument, kPositionsInvalid)
        .Field(absl::StrCat("positions[", i, "]"),
               absl::StrCat("is (", positions[i].x, ", ", positions[i].y,
                            "), must be numbers within ",
                            kMaximumPlaneCoordinate, " metres"));
  }
  return absl::OkStatus();
}

// The bits of x and y in turns: numbers of corners near each other mostly are
// near each other (Morton 1966).
uint64_t MortonCode(PixelCorner corner) {
  const auto spread = [](uint64_t bits) {
    bits = (bits | bits << 8) & 0x00ff00ff;
    bits = (bits | bits << 4) & 0x0f0f0f0f;
    bits = (bits | bits << 2) & 0x33333333;
    return (bits | bits << 1) & 0x55555555;
  };
  return spread(static_cast<uint64_t>(corner.x)) |
         spread(static_cast<uint64_t>(corner.y)) << 1;
}

class Simplifier {
 public:
  Simplifier(const TracedPolygons& traced, OutlineGraph graph,
             absl::Span<const PlanePoint> positions)
      : traced_(traced), graph_(std::move(graph)) {
    positions_.reserve(graph_.corners.size());
    for (const uint32_t vertex : graph_.corners) {
      positions_.push_back(positions[vertex]);
    }
    uses_of_arc_.resize(graph_.arcs.size());
    for (const ArcUse& use : graph_.uses) ++uses_of_arc_[use.arc];
    OrderArcs();
  }

  // Errors: those of ChordConflicts::Mark().
  absl::Status Simplify(double tolerance_m, const StopToken& stop) {
    chords_.clear();
    for (size_t i = 0; i < arc_order_.size(); ++i) {
      if (i % kArcsPerPoll == 0) SL_RETURN_IF_ERROR(stop.Poll());
      const OutlineArc& arc = graph_.arcs[arc_order_[i]];
      AppendChords(positions_, arc.first_corner,
                   arc.first_corner + arc.corner_count - 1, tolerance_m,
                   chords_);
    }
    is_new_.assign(chords_.size(), true);
    ChordConflicts conflicts(positions_, graph_.corners);
    for (int round = 0;; ++round) {
      is_marked_.assign(chords_.size(), false);
      SL_RETURN_IF_ERROR(conflicts.Mark(chords_, is_new_, is_marked_, stop));
      if (std::none_of(is_marked_.begin(), is_marked_.end(),
                       [](uint8_t is_marked) { return is_marked; })) {
        break;
      }
      RestoreCorners(round < kRoundsOfSplitting ? tolerance_m : 0,
                     round < kRoundsOfSplitting);
    }
    FindArcs();
    return absl::OkStatus();
  }

  int64_t CountVertices() const {
    int64_t count = 0;
    for (size_t i = 0; i < graph_.arcs.size(); ++i) {
      count += int64_t{uses_of_arc_[i]} *
               (chords_of_arc_[i].end - chords_of_arc_[i].begin);
    }
    return count;
  }

  double Extent() const {
    PlaneBox box = {0, 0, 0, 0};
    for (size_t i = 0; i < positions_.size(); ++i) {
      const PlanePoint p = positions_[i];
      const PlaneBox point = {p.x, p.x, p.y, p.y};
      if (i == 0) box = point;
      box.Add(point);
    }
    return std::hypot(box.right - box.left, box.top - box.bottom);
  }

  SimplifiedPolygons Answer(double tolerance_m) const {
    SimplifiedPolygons answer;
    answer.tolerance_m = tolerance_m;
    answer.polygons.polygons = traced_.polygons;
    answer.polygons.rings = traced_.rings;
    answer.sources.reserve(CountVertices());
    for (size_t i = 0; i < traced_.rings.size(); ++i) {
      TracedRing& ring = answer.polygons.rings[i];
      ring.first_vertex = static_cast<uint32_t>(answer.sources.size());
      for (uint32_t u = graph_.first_use[i]; u < graph_.first_use[i + 1]; ++u) {
        AppendVertices(graph_.uses[u], answer.sources);
      }
      ring.vertex_count =
          static_cast<uint32_t>(answer.sources.size()) - ring.first_vertex;
    }
    answer.polygons.vertices.reserve(answer.sources.size());
    for (const uint32_t source : answer.sources) {
      answer.polygons.vertices.push_back(traced_.vertices[source]);
    }
    return answer;
  }

 private:
  // To the marked chords: the farthest corner, or all.
  void RestoreCorners(double tolerance_m, bool only_farthest) {
    next_chords_.clear();
    next_is_new_.clear();
    for (size_t i = 0; i < chords_.size(); ++i) {
      const Chord& chord = chords_[i];
      if (!is_marked_[i]) {
        next_chords_.push_back(chord);
        next_is_new_.push_back(false);
        continue;
      }
      if (only_farthest) {
        AppendChords(positions_, chord.first, chord.farthest, tolerance_m,
                     next_chords_);
        AppendChords(positions_, chord.farthest, chord.last, tolerance_m,
                     next_chords_);
      } else {
        for (uint32_t corner = chord.first; corner < chord.last; ++corner) {
          AppendChords(positions_, corner, corner + 1, tolerance_m,
                       next_chords_);
        }
      }
      next_is_new_.resize(next_chords_.size(), true);
    }
    std::swap(chords_, next_chords_);
    std::swap(is_new_, next_is_new_);
  }

  struct Range {
    uint32_t begin = 0;
    uint32_t end = 0;
  };

  // Those near each other one after the other, for ChordConflicts.
  void OrderArcs() {
    std::vector<std::pair<uint64_t, uint32_t>> codes;
    codes.reserve(graph_.arcs.size());
    for (size_t i = 0; i < graph_.arcs.size(); ++i) {
      const uint32_t vertex = graph_.corners[graph_.arcs[i].first_corner];
      codes.emplace_back(MortonCode(traced_.vertices[vertex]),
                         static_cast<uint32_t>(i));
    }
    std::sort(codes.begin(), codes.end());
    arc_order_.reserve(codes.size());
    for (const auto& [code, arc] : codes) arc_order_.push_back(arc);
  }

  void FindArcs() {
    chords_of_arc_.resize(graph_.arcs.size());
    uint32_t chord = 0;
    for (const uint32_t i : arc_order_) {
      const OutlineArc& arc = graph_.arcs[i];
      chords_of_arc_[i].begin = chord;
      const uint32_t last = arc.first_corner + arc.corner_count - 1;
      while (chords_[chord].last != last) ++chord;
      chords_of_arc_[i].end = ++chord;
    }
  }

  // All but the last: with that the ring's next arc begins.
  void AppendVertices(const ArcUse& use, std::vector<uint32_t>& sources) const {
    const auto [begin, end] = chords_of_arc_[use.arc];
    if (use.is_reversed) {
      for (uint32_t i = end; i-- > begin;) {
        sources.push_back(graph_.corners[chords_[i].last]);
      }
    } else {
      for (uint32_t i = begin; i < end; ++i) {
        sources.push_back(graph_.corners[chords_[i].first]);
      }
    }
  }

  const TracedPolygons& traced_;
  const OutlineGraph graph_;
  std::vector<PlanePoint> positions_;  // by corner of the graph
  std::vector<uint8_t> uses_of_arc_;
  std::vector<uint32_t> arc_order_;
  // In the order of the arcs.
  std::vector<Chord> chords_;
  std::vector<uint8_t> is_new_;
  std::vector<uint8_t> is_marked_;
  std::vector<Chord> next_chords_;
  std::vector<uint8_t> next_is_new_;
  std::vector<Range> chords_of_arc_;
};

absl::Status CannotFit(int64_t count, int64_t allowed) {
  return Error(absl::StatusCode::kResourceExhausted, kTooManyVertices)
      .Message(absl::StrCat("the simplest outlines that keep the polygons' "
                            "topology have ",
                            count, " vertices, at most ", allowed,
                            " are allowed; leave out small polygons and holes "
                            "or raise maximum_vertices"))
      .Quota("maximum_vertices",
             absl::StrCat(count, " vertices, at most ", allowed))
      .With("limit", absl::StrCat(allowed));
}

// The tolerance by which the vertices fit, with the simplifier left in the
// state that it made.
absl::StatusOr<double> SimplifyToFit(const SimplifyOptions& options,
                                     const StopToken& stop,
                                     Simplifier& simplifier) {
  const auto fits = [&] {
    return options.maximum_vertices == 0 ||
           simplifier.CountVertices() <= options.maximum_vertices;
  };
  SL_RETURN_IF_ERROR(simplifier.Simplify(options.tolerance_m, stop));
  if (fits()) return options.tolerance_m;
  const double extent = simplifier.Extent();
  double too_small = options.tolerance_m;
  double enough = std::max(2 * too_small, extent * kSmallestPartOfExtent);
  while (true) {
    SL_RETURN_IF_ERROR(simplifier.Simplify(enough, stop));
    if (fits()) break;
    if (enough > extent) {
      return CannotFit(simplifier.CountVertices(), options.maximum_vertices);
    }
    too_small = enough;
    enough *= 2;
  }
  bool is_current = true;
  for (int i = 0; i < kHalvings; ++i) {
    const double between =
        too_small > 0 ? std::sqrt(too_small * enough) : enough / 2;
    SL_RETURN_IF_ERROR(simplifier.Simplify(between, stop));
    is_current = fits();
    (is_current ? enough : too_small) = between;
  }
  if (!is_current) SL_RETURN_IF_ERROR(simplifier.Simplify(enough, stop));
  return enough;
}

}  // namespace

absl::StatusOr<SimplifiedPolygons> SimplifyPolygons(
    const TracedPolygons& traced, int mask_width, int mask_height,
    absl::Span<const PlanePoint> positions, const SimplifyOptions& options,
    const StopToken& stop) {
  SL_RETURN_IF_ERROR(CheckOptions(mask_width, mask_height, options));
  SL_RETURN_IF_ERROR(CheckPositions(traced, positions));
  return WithinMemory<SimplifiedPolygons>(
      [&]() -> absl::StatusOr<SimplifiedPolygons> {
        SL_ASSIGN_OR_RETURN(
            OutlineGraph graph,
            BuildOutlineGraph(traced, mask_width, mask_height, stop));
        Simplifier simplifier(traced, std::move(graph), positions);
        SL_ASSIGN_OR_RETURN(const double tolerance_m,
                            SimplifyToFit(options, stop, simplifier));
        return simplifier.Answer(tolerance_m);
      });
}

int64_t SimplifyPolygonsBytes(const TracedPolygons& traced, int mask_width,
                              int mask_height) {
  const auto vertices = static_cast<int64_t>(traced.vertices.size());
  const auto rings = static_cast<int64_t>(traced.rings.size());
  const auto polygons = static_cast<int64_t>(traced.polygons.size());
  // A place is passed by two outlines at most, and by none where there is one
  // label. Arcs and chords are no more than corners.
  const bool has_several_labels =
      std::any_of(traced.polygons.begin(), traced.polygons.end(),
                  [&](const TracedPolygon& polygon) {
                    return polygon.label != traced.polygons[0].label;
                  });
  const int64_t corners = (has_several_labels ? 3 : 1) * vertices + rings;
  // By vertex: orders, places, directions, ends of arcs.
  const int64_t by_vertex = 7 * sizeof(uint32_t) + 1 + 4 * sizeof(uint32_t);
  // A vector that grows holds up to three times what is asked of it.
  const int64_t growing =
      3 * int64_t{2 * sizeof(uint32_t) + sizeof(OutlineArc) + sizeof(ArcUse) +
                  sizeof(uint32_t) + 2 * sizeof(Chord) + 4};
  const int64_t fixed = sizeof(PlanePoint) + 1 + sizeof(uint32_t) +
                        2 * sizeof(uint64_t) + 2 * sizeof(uint32_t) +
                        ChordConflicts::kBytesPerChord;
  const int64_t answer =
      corners * int64_t{sizeof(PixelCorner) + sizeof(uint32_t)} +
      rings * int64_t{sizeof(TracedRing) + sizeof(uint32_t)} +
      polygons * int64_t{sizeof(TracedPolygon)};
  constexpr int64_t kSmall = 16 << 10;
  return int64_t{8} * (mask_width + mask_height + 4) + vertices * by_vertex +
         corners * (growing + fixed) + answer + kSmall;
}

}  // namespace sightline::georef
