// Polygons of random masks, as they are traced and as they are simplified,
// judged by GEOS. SIGHTLINE_VALIDITY_MASKS sets how many masks (default 2,000
// of each kind).
#include <geos_c.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "services/georef/engine/vector/simplify_polygons.h"
#include "tests/unit/services/georef/engine/vector/random_mask.h"

namespace sightline::georef {
namespace {

int MaskCount() {
  const char* text = std::getenv("SIGHTLINE_VALIDITY_MASKS");
  int count = 2000;
  if (text != nullptr && !absl::SimpleAtoi(text, &count)) {
    ADD_FAILURE() << "SIGHTLINE_VALIDITY_MASKS is no number: " << text;
  }
  return count;
}

class Geos {
 public:
  Geos() : context_(GEOS_init_r()) {}
  ~Geos() { GEOS_finish_r(context_); }
  Geos(const Geos&) = delete;
  Geos& operator=(const Geos&) = delete;

  // What is wrong with any polygon or region; empty if nothing is. `points`:
  // of polygons.vertices.
  std::string Problem(const TracedPolygons& polygons,
                      const std::vector<PlanePoint>& points) const {
    size_t begin = 0;
    while (begin < polygons.polygons.size()) {
      size_t end = begin + 1;
      while (end < polygons.polygons.size() &&
             polygons.polygons[end].region == polygons.polygons[begin].region) {
        ++end;
      }
      std::vector<GEOSGeometry*> parts;
      for (size_t i = begin; i < end; ++i) {
        parts.push_back(Polygon(polygons, polygons.polygons[i], points));
      }
      GEOSGeometry* region =
          GEOSGeom_createCollection_r(context_, GEOS_MULTIPOLYGON, parts.data(),
                                      static_cast<unsigned>(parts.size()));
      const bool is_valid = GEOSisValid_r(context_, region) == 1;
      std::string problem;
      if (!is_valid) {
        char* reason = GEOSisValidReason_r(context_, region);
        problem = "polygon " + std::to_string(begin) + ": " + reason;
        GEOSFree_r(context_, reason);
      }
      GEOSGeom_destroy_r(context_, region);
      if (!problem.empty()) return problem;
      begin = end;
    }
    return "";
  }

 private:
  GEOSGeometry* Ring(const TracedRing& ring,
                     const std::vector<PlanePoint>& points) const {
    GEOSCoordSequence* sequence =
        GEOSCoordSeq_create_r(context_, ring.vertex_count + 1, 2);
    for (uint32_t i = 0; i <= ring.vertex_count; ++i) {
      const PlanePoint& p = points[ring.first_vertex + i % ring.vertex_count];
      GEOSCoordSeq_setXY_r(context_, sequence, i, p.x, p.y);
    }
    return GEOSGeom_createLinearRing_r(context_, sequence);
  }

  GEOSGeometry* Polygon(const TracedPolygons& polygons,
                        const TracedPolygon& polygon,
                        const std::vector<PlanePoint>& points) const {
    std::vector<GEOSGeometry*> rings;
    for (const TracedRing& ring : polygons.RingsOf(polygon)) {
      rings.push_back(Ring(ring, points));
    }
    return GEOSGeom_createPolygon_r(context_, rings[0], rings.data() + 1,
                                    static_cast<unsigned>(rings.size() - 1));
  }

  GEOSContextHandle_t context_;
};

std::vector<PlanePoint> AsPoints(const std::vector<PixelCorner>& corners) {
  std::vector<PlanePoint> points;
  for (const PixelCorner& corner : corners) {
    points.push_back(
        {static_cast<double>(corner.x), static_cast<double>(corner.y)});
  }
  return points;
}

TEST(Geos, SeesWhatIsWrong) {
  TracedPolygons bow_tie;
  bow_tie.vertices = {{0, 0}, {2, 2}, {2, 0}, {0, 2}};
  bow_tie.rings = {{0, 4, 2}};
  bow_tie.polygons.resize(1);
  bow_tie.polygons[0].ring_count = 1;
  EXPECT_NE(Geos().Problem(bow_tie, AsPoints(bow_tie.vertices)), "");
}

class PolygonValidity : public testing::TestWithParam<Connectivity> {};

TEST_P(PolygonValidity, OfTracedAndSimplifiedMasks) {
  const Geos geos;
  const int count = MaskCount();
  int64_t polygons = 0;
  for (int round = 0; round < count; ++round) {
    // Each mask by itself can be made again.
    std::mt19937 random(1000003 * static_cast<int>(GetParam()) + round);
    const RandomMask mask = MakeRandomMask(random, round % 10 == 0 ? 150 : 50);
    SCOPED_TRACE("mask " + std::to_string(round));
    TraceOptions trace_options;
    trace_options.connectivity = GetParam();
    const auto traced = TracePolygons(mask.View(), trace_options, StopToken());
    ASSERT_TRUE(traced.ok()) << traced.status();
    polygons += traced->polygons.size();
    ASSERT_EQ(geos.Problem(*traced, AsPoints(traced->vertices)), "");
    const RandomView view(random, mask, round % 2 == 1);
    const double tolerance = std::exp2(static_cast<int>(random() % 9) - 4);
    const auto simplified = SimplifyPolygons(*traced, mask.width, mask.height,
                                             view.At(traced->vertices),
                                             {tolerance, 0}, StopToken());
    ASSERT_TRUE(simplified.ok()) << simplified.status();
    ASSERT_EQ(geos.Problem(simplified->polygons,
                           view.At(simplified->polygons.vertices)),
              "")
        << "tolerance " << tolerance;
  }
  RecordProperty("masks", count);
  RecordProperty("polygons", static_cast<int>(polygons));
}

INSTANTIATE_TEST_SUITE_P(Connectivities, PolygonValidity,
                         testing::Values(Connectivity::kSides,
                                         Connectivity::kSidesAndCorners));

}  // namespace
}  // namespace sightline::georef
