// Thousands of small random masks, simplified from many views: what is promised
// of the answer, checked plainly.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "services/georef/engine/vector/simplify_polygons.h"
#include "tests/unit/services/georef/engine/vector/random_mask.h"

namespace sightline::georef {
namespace {

using Corner = std::pair<int, int>;

Corner Of(PixelCorner corner) { return {corner.x, corner.y}; }

double Cross(PlanePoint a, PlanePoint b, PlanePoint c) {
  return (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
}

double Distance(PlanePoint p, PlanePoint a, PlanePoint b) {
  const double dx = b.x - a.x;
  const double dy = b.y - a.y;
  const double length = dx * dx + dy * dy;
  const double along =
      std::clamp(((p.x - a.x) * dx + (p.y - a.y) * dy) / length, 0.0, 1.0);
  return std::hypot(p.x - a.x - along * dx, p.y - a.y - along * dy);
}

// Of a ring, with the corners at their places in the plane.
struct PlaneRing {
  std::vector<Corner> corners;
  std::vector<PlanePoint> points;

  double TwiceArea() const {
    double sum = 0;
    for (size_t i = 0; i < points.size(); ++i) {
      sum += Cross(points[0], points[i], points[(i + 1) % points.size()]);
    }
    return sum;
  }
};

std::vector<PlaneRing> RingsOf(const TracedPolygons& polygons,
                               const RandomView& view) {
  std::vector<PlaneRing> rings;
  for (const TracedRing& ring : polygons.rings) {
    PlaneRing& plane_ring = rings.emplace_back();
    for (const PixelCorner& corner : polygons.VerticesOf(ring)) {
      plane_ring.corners.push_back(Of(corner));
      plane_ring.points.push_back(view.At(corner));
    }
  }
  return rings;
}

// Different edges of all rings have no point in common but corners that both
// end at.
void ExpectNoCrossings(const std::vector<PlaneRing>& rings) {
  struct Edge {
    Corner from, to;
    PlanePoint a, b;
  };
  std::map<std::pair<Corner, Corner>, Edge> edges;
  for (const PlaneRing& ring : rings) {
    for (size_t i = 0; i < ring.points.size(); ++i) {
      const size_t j = (i + 1) % ring.points.size();
      Edge edge = {ring.corners[i], ring.corners[j], ring.points[i],
                   ring.points[j]};
      if (edge.to < edge.from) {
        std::swap(edge.from, edge.to);
        std::swap(edge.a, edge.b);
      }
      edges.insert({{edge.from, edge.to}, edge});
    }
  }
  for (auto one = edges.begin(); one != edges.end(); ++one) {
    for (auto other = std::next(one); other != edges.end(); ++other) {
      const Edge& s = one->second;
      const Edge& t = other->second;
      const bool common =
          s.from == t.from || s.from == t.to || s.to == t.from || s.to == t.to;
      const double c = Cross(s.a, s.b, t.a);
      const double d = Cross(s.a, s.b, t.b);
      const double a = Cross(t.a, t.b, s.a);
      const double b = Cross(t.a, t.b, s.b);
      if (common) {
        // The ends that are not common lie apart from the other edge.
        for (const auto& [corner, point, edge] :
             {std::tuple{s.from, s.a, t}, std::tuple{s.to, s.b, t},
              std::tuple{t.from, t.a, s}, std::tuple{t.to, t.b, s}}) {
          if (corner == edge.from || corner == edge.to) continue;
          ASSERT_GT(Distance(point, edge.a, edge.b), 0);
        }
      } else {
        ASSERT_FALSE(c * d <= 0 && a * b <= 0 &&
                     std::max(s.a.x, s.b.x) >= std::min(t.a.x, t.b.x) &&
                     std::max(t.a.x, t.b.x) >= std::min(s.a.x, s.b.x) &&
                     std::max(s.a.y, s.b.y) >= std::min(t.a.y, t.b.y) &&
                     std::max(t.a.y, t.b.y) >= std::min(s.a.y, s.b.y))
            << "(" << s.from.first << "," << s.from.second << ")-("
            << s.to.first << "," << s.to.second << ") meets (" << t.from.first
            << "," << t.from.second << ")-(" << t.to.first << "," << t.to.second
            << ")";
      }
    }
  }
}

bool IsWithin(PlanePoint p, const PlaneRing& ring) {
  bool within = false;
  for (size_t i = 0; i < ring.points.size(); ++i) {
    const PlanePoint a = ring.points[i];
    const PlanePoint b = ring.points[(i + 1) % ring.points.size()];
    if ((a.y <= p.y) == (b.y <= p.y)) continue;
    within ^= (Cross(a, b, p) > 0) == (a.y <= p.y);
  }
  return within;
}

// Corners of other rings, as far as they are left, are on the side of every
// ring where they were.
void ExpectSameSides(const std::vector<PlaneRing>& before,
                     const std::vector<PlaneRing>& after) {
  for (size_t i = 0; i < after.size(); ++i) {
    const std::set<Corner> own_before(before[i].corners.begin(),
                                      before[i].corners.end());
    const std::set<Corner> own_after(after[i].corners.begin(),
                                     after[i].corners.end());
    for (size_t j = 0; j < after.size(); ++j) {
      for (size_t k = 0; k < after[j].corners.size(); ++k) {
        const Corner corner = after[j].corners[k];
        if (own_before.contains(corner) || own_after.contains(corner)) continue;
        const PlanePoint p = after[j].points[k];
        ASSERT_EQ(IsWithin(p, before[i]), IsWithin(p, after[i]))
            << "(" << corner.first << "," << corner.second << ") and ring "
            << i;
      }
    }
  }
}

// Both ways, corner by corner: every corner that was is near the ring that is;
// runs between corners that are left are near the edges between them.
void ExpectNear(const PlaneRing& before, const PlaneRing& after,
                double tolerance) {
  for (const PlanePoint& p : before.points) {
    double least = 1e300;
    for (size_t i = 0; i < after.points.size(); ++i) {
      least = std::min(least,
                       Distance(p, after.points[i],
                                after.points[(i + 1) % after.points.size()]));
    }
    ASSERT_LE(least, tolerance * (1 + 1e-9) + 1e-9);
  }
  for (size_t i = 0; i < after.points.size(); ++i) {
    const PlanePoint a = after.points[i];
    const PlanePoint b = after.points[(i + 1) % after.points.size()];
    for (int part = 0; part <= 8; ++part) {
      const PlanePoint p = {a.x + (b.x - a.x) * part / 8,
                            a.y + (b.y - a.y) * part / 8};
      double least = 1e300;
      for (size_t k = 0; k < before.points.size(); ++k) {
        least = std::min(
            least, Distance(p, before.points[k],
                            before.points[(k + 1) % before.points.size()]));
      }
      ASSERT_LE(least, tolerance * (1 + 1e-9) + 1e-9);
    }
  }
}

// Corners where three or four outlines' cracks meet, or on the mask's edge,
// found crack by crack.
std::set<Corner> Nodes(const TracedPolygons& traced, const RandomMask& mask) {
  std::map<Corner, std::set<Corner>> neighbours;
  std::set<Corner> nodes;
  for (const TracedRing& ring : traced.rings) {
    const auto vertices = traced.VerticesOf(ring);
    for (size_t i = 0; i < vertices.size(); ++i) {
      PixelCorner p = vertices[i];
      const PixelCorner to = vertices[(i + 1) % vertices.size()];
      if (p.x == 0 || p.y == 0 || p.x == mask.width || p.y == mask.height) {
        nodes.insert(Of(p));
      }
      while (!(p == to)) {
        const PixelCorner next = {p.x + (to.x > p.x) - (to.x < p.x),
                                  p.y + (to.y > p.y) - (to.y < p.y)};
        neighbours[Of(p)].insert(Of(next));
        neighbours[Of(next)].insert(Of(p));
        p = next;
      }
    }
  }
  for (const auto& [corner, others] : neighbours) {
    if (others.size() > 2) nodes.insert(corner);
  }
  return nodes;
}

// Every ring has the nodes that lie on it.
void ExpectNodesKept(const TracedPolygons& traced, const RandomMask& mask,
                     const std::vector<PlaneRing>& after) {
  const std::set<Corner> nodes = Nodes(traced, mask);
  for (size_t i = 0; i < after.size(); ++i) {
    const std::set<Corner> kept(after[i].corners.begin(),
                                after[i].corners.end());
    const auto vertices = traced.VerticesOf(traced.rings[i]);
    for (size_t k = 0; k < vertices.size(); ++k) {
      PixelCorner p = vertices[k];
      const PixelCorner to = vertices[(k + 1) % vertices.size()];
      while (!(p == to)) {
        if (nodes.contains(Of(p))) {
          ASSERT_TRUE(kept.contains(Of(p)))
              << "ring " << i << " lost (" << p.x << "," << p.y << ")";
        }
        p = {p.x + (to.x > p.x) - (to.x < p.x),
             p.y + (to.y > p.y) - (to.y < p.y)};
      }
    }
  }
}

bool HasOneLabel(const TracedPolygons& traced) {
  return std::all_of(traced.polygons.begin(), traced.polygons.end(),
                     [&](const TracedPolygon& polygon) {
                       return polygon.label == traced.polygons[0].label;
                     });
}

class SimplifiedRandomMasks : public testing::TestWithParam<bool> {};

TEST_P(SimplifiedRandomMasks, KeepWhatIsPromised) {
  const bool is_oblique = GetParam();
  std::mt19937 random(is_oblique ? 91 : 17);
  int64_t before_vertices = 0;
  int64_t after_vertices = 0;
  for (int round = 0; round < 1200; ++round) {
    const RandomMask mask = MakeRandomMask(random, 28);
    SCOPED_TRACE("round " + std::to_string(round) + "\n" + mask.Text());
    TraceOptions trace_options;
    if (random() % 3 == 0) trace_options.minimum_hole_pixels = 4;
    if (random() % 3 == 0) {
      trace_options.connectivity = Connectivity::kSidesAndCorners;
    }
    const auto traced = TracePolygons(mask.View(), trace_options, StopToken());
    ASSERT_TRUE(traced.ok()) << traced.status();
    const RandomView view(random, mask, is_oblique);
    const std::vector<PlanePoint> positions = view.At(traced->vertices);
    SimplifyOptions options;
    options.tolerance_m = std::exp2(static_cast<int>(random() % 8) - 4);
    const auto simplified = SimplifyPolygons(*traced, mask.width, mask.height,
                                             positions, options, StopToken());
    ASSERT_TRUE(simplified.ok()) << simplified.status();
    ASSERT_EQ(simplified->tolerance_m, options.tolerance_m);
    ASSERT_EQ(simplified->polygons.rings.size(), traced->rings.size());
    ASSERT_EQ(simplified->sources.size(), simplified->polygons.vertices.size());
    for (size_t i = 0; i < simplified->sources.size(); ++i) {
      ASSERT_EQ(simplified->polygons.vertices[i],
                traced->vertices[simplified->sources[i]]);
    }
    const std::vector<PlaneRing> before = RingsOf(*traced, view);
    const std::vector<PlaneRing> after = RingsOf(simplified->polygons, view);
    for (size_t i = 0; i < after.size(); ++i) {
      ASSERT_GE(after[i].points.size(), 3u);
      ASSERT_GT(after[i].TwiceArea() * before[i].TwiceArea(), 0)
          << "ring " << i;
      ExpectNear(before[i], after[i], options.tolerance_m);
    }
    ExpectNoCrossings(after);
    ExpectSameSides(before, after);
    ExpectNodesKept(*traced, mask, after);
    if (HasFailure()) return;
    // Where many labels meet, nearly all corners stay.
    if (HasOneLabel(*traced)) {
      before_vertices += traced->vertices.size();
      after_vertices += simplified->polygons.vertices.size();
    }
  }
  EXPECT_LT(after_vertices, before_vertices * 9 / 10);
}

INSTANTIATE_TEST_SUITE_P(Views, SimplifiedRandomMasks, testing::Bool(),
                         [](const testing::TestParamInfo<bool>& info) {
                           return info.param ? "Oblique" : "StraightDown";
                         });

// Along a common border of two labels, the edges are the same: every edge of
// the simplified rings is of as many labels as the arc that it stands for.
TEST(SimplifyPolygons, NeighboursHaveTheSameEdges) {
  std::mt19937 random(5);
  for (int round = 0; round < 400; ++round) {
    RandomMask mask = MakeRandomMask(random, 28);
    // Without 0 every edge that is not the mask's is of two labels.
    for (uint8_t& label : mask.labels) {
      if (label == 0) label = 7;
    }
    SCOPED_TRACE("round " + std::to_string(round) + "\n" + mask.Text());
    const auto traced = TracePolygons(mask.View(), {}, StopToken());
    ASSERT_TRUE(traced.ok()) << traced.status();
    const RandomView view(random, mask, false);
    const auto simplified =
        SimplifyPolygons(*traced, mask.width, mask.height,
                         view.At(traced->vertices), {1.5, 0}, StopToken());
    ASSERT_TRUE(simplified.ok()) << simplified.status();
    std::map<std::pair<Corner, Corner>, int> balance;
    double area = 0;
    for (const PlaneRing& ring : RingsOf(simplified->polygons, view)) {
      area += ring.TwiceArea() / 2;
      for (size_t i = 0; i < ring.corners.size(); ++i) {
        const Corner a = ring.corners[i];
        const Corner b = ring.corners[(i + 1) % ring.corners.size()];
        const bool is_mask_edge =
            (a.first == b.first && (a.first == 0 || a.first == mask.width)) ||
            (a.second == b.second &&
             (a.second == 0 || a.second == mask.height));
        if (is_mask_edge) continue;
        ++balance[{a, b}];
        --balance[{b, a}];
      }
    }
    for (const auto& [edge, count] : balance) ASSERT_EQ(count, 0);
    const PlanePoint a = view.At(PixelCorner{0, 0});
    const PlanePoint b = view.At(PixelCorner{mask.width, 0});
    const PlanePoint c = view.At(PixelCorner{0, mask.height});
    ASSERT_NEAR(std::abs(area), std::abs(Cross(a, b, c)),
                1e-9 * std::abs(area));
  }
}

}  // namespace
}  // namespace sightline::georef
