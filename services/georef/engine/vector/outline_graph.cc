#include "services/georef/engine/vector/outline_graph.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "services/georef/engine/reasons.h"

namespace sightline::georef {
namespace {

constexpr size_t kRingsPerPoll = 1024;
constexpr uint32_t kNoArc = 0xffffffff;

// Turning by two is turning round.
enum Direction : int { kRight, kDown, kLeft, kUp };

Direction DirectionOf(PixelCorner from, PixelCorner to) {
  if (from.y == to.y) return from.x < to.x ? kRight : kLeft;
  return from.y < to.y ? kDown : kUp;
}

Direction Opposite(Direction direction) {
  return static_cast<Direction>((direction + 2) % 4);
}

// `items` in ascending order of `key`, 0..maximum; equal ones stay in order.
template <typename Key>
std::vector<uint32_t> SortedBy(const std::vector<uint32_t>& items, int maximum,
                               const Key& key) {
  std::vector<uint32_t> begin(static_cast<size_t>(maximum) + 2);
  for (const uint32_t item : items) ++begin[key(item) + 1];
  for (size_t i = 1; i < begin.size(); ++i) begin[i] += begin[i - 1];
  std::vector<uint32_t> sorted(items.size());
  for (const uint32_t item : items) sorted[begin[key(item)]++] = item;
  return sorted;
}

// Places are the different corners, numbered from left to right and from top
// to bottom.
class GraphBuilder {
 public:
  GraphBuilder(const TracedPolygons& traced, int width, int height)
      : traced_(traced), width_(width), height_(height) {}

  absl::StatusOr<OutlineGraph> Build(const StopToken& stop) && {
    SL_RETURN_IF_ERROR(CheckVertices());
    SL_RETURN_IF_ERROR(stop.Poll());
    NumberPlaces();
    // Outlines of one label never run past each other's corners.
    has_passed_places_ = HasSeveralLabels();
    if (has_passed_places_) SortColumns();
    SL_RETURN_IF_ERROR(stop.Poll());
    CollectDirections();
    arc_at_.assign(4 * vertex_of_place_.size(), kNoArc);
    graph_.corners.reserve(traced_.vertices.size() + traced_.rings.size());
    graph_.first_use.reserve(traced_.rings.size() + 1);
    for (size_t i = 0; i < traced_.rings.size(); ++i) {
      if (i % kRingsPerPoll == 0) SL_RETURN_IF_ERROR(stop.Poll());
      AddRing(traced_.rings[i]);
    }
    graph_.first_use.push_back(static_cast<uint32_t>(graph_.uses.size()));
    return std::move(graph_);
  }

 private:
  absl::Status CheckVertices() const {
    for (const PixelCorner& vertex : traced_.vertices) {
      if (vertex.x >= 0 && vertex.x <= width_ && vertex.y >= 0 &&
          vertex.y <= height_) {
        continue;
      }
      return Error(absl::StatusCode::kInvalidArgument, kSimplifyOptionInvalid)
          .Field("mask_width",
                 absl::StrCat("a polygon has the corner (", vertex.x, ", ",
                              vertex.y, "), outside the mask of ", width_,
                              " x ", height_, " pixels"));
    }
    return absl::OkStatus();
  }

  bool HasSeveralLabels() const {
    return std::any_of(traced_.polygons.begin(), traced_.polygons.end(),
                       [this](const TracedPolygon& polygon) {
                         return polygon.label != traced_.polygons[0].label;
                       });
  }

  void NumberPlaces() {
    const std::vector<PixelCorner>& vertices = traced_.vertices;
    std::vector<uint32_t> order(vertices.size());
    for (size_t i = 0; i < order.size(); ++i) {
      order[i] = static_cast<uint32_t>(i);
    }
    order = SortedBy(order, width_, [&](uint32_t v) { return vertices[v].x; });
    order = SortedBy(order, height_, [&](uint32_t v) { return vertices[v].y; });
    place_of_vertex_.resize(vertices.size());
    vertex_of_place_.reserve(vertices.size());
    for (const uint32_t vertex : order) {
      if (vertex_of_place_.empty() ||
          !(vertices[vertex] == vertices[vertex_of_place_.back()])) {
        vertex_of_place_.push_back(vertex);
      }
      place_of_vertex_[vertex] =
          static_cast<uint32_t>(vertex_of_place_.size() - 1);
    }
  }

  void SortColumns() {
    std::vector<uint32_t> places(vertex_of_place_.size());
    for (size_t i = 0; i < places.size(); ++i) {
      places[i] = static_cast<uint32_t>(i);
    }
    by_column_ = SortedBy(places, width_, [&](uint32_t p) { return At(p).x; });
    rank_in_columns_.resize(places.size());
    for (size_t i = 0; i < by_column_.size(); ++i) {
      rank_in_columns_[by_column_[i]] = static_cast<uint32_t>(i);
    }
  }

  // Calls `visit` for the places strictly between two that an edge joins, in
  // the edge's direction.
  template <typename Visit>
  void ForEachPassed(uint32_t from, uint32_t to, const Visit& visit) const {
    if (!has_passed_places_) return;
    if (At(from).y == At(to).y) {
      const int step = from < to ? 1 : -1;
      for (uint32_t p = from + step; p != to; p += step) visit(p);
    } else {
      const uint32_t last = rank_in_columns_[to];
      const int step = from < to ? 1 : -1;
      for (uint32_t i = rank_in_columns_[from] + step; i != last; i += step) {
        visit(by_column_[i]);
      }
    }
  }

  void CollectDirections() {
    directions_.resize(vertex_of_place_.size());
    for (const TracedRing& ring : traced_.rings) {
      uint32_t from = PlaceOf(ring, ring.vertex_count - 1);
      for (uint32_t i = 0; i < ring.vertex_count; ++i) {
        const uint32_t to = PlaceOf(ring, i);
        const Direction direction = DirectionOf(At(from), At(to));
        const auto both =
            static_cast<uint8_t>((1 << direction) | (1 << Opposite(direction)));
        directions_[from] |= 1 << direction;
        directions_[to] |= 1 << Opposite(direction);
        ForEachPassed(from, to, [&](uint32_t p) { directions_[p] |= both; });
        from = to;
      }
    }
  }

  bool IsNode(uint32_t place) const {
    const PixelCorner at = At(place);
    return at.x == 0 || at.y == 0 || at.x == width_ || at.y == height_ ||
           std::popcount(directions_[place]) > 2;
  }

  void AddRing(const TracedRing& ring) {
    places_.clear();
    for (uint32_t i = 0; i < ring.vertex_count; ++i) {
      const uint32_t from = PlaceOf(ring, i);
      const uint32_t to = PlaceOf(ring, (i + 1) % ring.vertex_count);
      places_.push_back(from);
      ForEachPassed(from, to, [this](uint32_t p) { places_.push_back(p); });
    }
    auto start = std::find_if(places_.begin(), places_.end(),
                              [this](uint32_t p) { return IsNode(p); });
    const bool has_nodes = start != places_.end();
    if (!has_nodes) start = std::min_element(places_.begin(), places_.end());
    std::rotate(places_.begin(), start, places_.end());
    places_.push_back(places_.front());

    graph_.first_use.push_back(static_cast<uint32_t>(graph_.uses.size()));
    for (size_t begin = 0; begin + 1 < places_.size();) {
      size_t end = begin + 1;
      while (end + 1 < places_.size() && !(has_nodes && IsNode(places_[end]))) {
        ++end;
      }
      AddUse(begin, end);
      begin = end;
    }
  }

  // Of the arc along places_[begin..end].
  void AddUse(size_t begin, size_t end) {
    const size_t leaving = End(places_[begin], places_[begin + 1]);
    if (arc_at_[leaving] != kNoArc) {
      const uint32_t arc = arc_at_[leaving] / 2;
      graph_.uses.push_back({arc, arc_at_[leaving] % 2 == 1});
      return;
    }
    const auto arc = static_cast<uint32_t>(graph_.arcs.size());
    graph_.arcs.push_back({static_cast<uint32_t>(graph_.corners.size()),
                           static_cast<uint32_t>(end - begin + 1)});
    for (size_t i = begin; i <= end; ++i) {
      graph_.corners.push_back(vertex_of_place_[places_[i]]);
    }
    arc_at_[leaving] = 2 * arc;
    arc_at_[End(places_[end], places_[end - 1])] = 2 * arc + 1;
    graph_.uses.push_back({arc, false});
  }

  // Names the end of an arc by its place and where it leads from there.
  size_t End(uint32_t place, uint32_t next) const {
    return 4 * size_t{place} + DirectionOf(At(place), At(next));
  }

  PixelCorner At(uint32_t place) const {
    return traced_.vertices[vertex_of_place_[place]];
  }
  uint32_t PlaceOf(const TracedRing& ring, uint32_t i) const {
    return place_of_vertex_[ring.first_vertex + i];
  }

  const TracedPolygons& traced_;
  const int width_;
  const int height_;
  bool has_passed_places_ = false;
  std::vector<uint32_t> place_of_vertex_;
  std::vector<uint32_t> vertex_of_place_;
  std::vector<uint32_t> by_column_;
  std::vector<uint32_t> rank_in_columns_;
  // By place, a bit for each direction into which a crack leads.
  std::vector<uint8_t> directions_;
  // By end, twice the arc, one more if the arc ends there.
  std::vector<uint32_t> arc_at_;
  std::vector<uint32_t> places_;
  OutlineGraph graph_;
};

}  // namespace

absl::StatusOr<OutlineGraph> BuildOutlineGraph(const TracedPolygons& traced,
                                               int width, int height,
                                               const StopToken& stop) {
  return GraphBuilder(traced, width, height).Build(stop);
}

}  // namespace sightline::georef
