// Thousands of small random masks against a plain reference: flood fill,
// shoelace sums, and the polygons drawn back into a mask.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "services/georef/engine/vector/trace_polygons.h"

namespace sightline::georef {
namespace {

struct Picture {
  int width = 0;
  int height = 0;
  std::vector<uint8_t> labels;

  LabelMask Mask() const { return {labels.data(), width, height, width}; }
  int At(int x, int y) const {
    if (x < 0 || y < 0 || x >= width || y >= height) return -1;
    return labels[y * width + x];
  }
  std::string Text() const {
    std::string text;
    for (int y = 0; y < height; ++y) {
      for (int x = 0; x < width; ++x) text += ".123456789"[At(x, y)];
      text += '\n';
    }
    return text;
  }
};

// Sizes of the regions that `inside` makes up, by flood fill.
template <typename Inside>
std::vector<int64_t> RegionSizes(int left, int top, int right, int bottom,
                                 bool through_corners, const Inside& inside) {
  std::set<std::pair<int, int>> seen;
  std::vector<int64_t> sizes;
  for (int y = top; y < bottom; ++y) {
    for (int x = left; x < right; ++x) {
      if (!inside(x, y) || !seen.insert({x, y}).second) continue;
      std::vector<std::pair<int, int>> todo = {{x, y}};
      int64_t size = 0;
      while (!todo.empty()) {
        const auto [px, py] = todo.back();
        todo.pop_back();
        ++size;
        for (int dy = -1; dy <= 1; ++dy) {
          for (int dx = -1; dx <= 1; ++dx) {
            if (dx != 0 && dy != 0 && !through_corners) continue;
            const int nx = px + dx;
            const int ny = py + dy;
            if (nx < left || ny < top || nx >= right || ny >= bottom) continue;
            if (inside(nx, ny) && seen.insert({nx, ny}).second) {
              todo.push_back({nx, ny});
            }
          }
        }
      }
      sizes.push_back(size);
    }
  }
  std::sort(sizes.begin(), sizes.end());
  return sizes;
}

int64_t TwiceShoelace(absl::Span<const PixelCorner> ring) {
  int64_t sum = 0;
  for (size_t i = 0; i < ring.size(); ++i) {
    const PixelCorner a = ring[i];
    const PixelCorner b = ring[(i + 1) % ring.size()];
    sum += int64_t{a.x} * b.y - int64_t{b.x} * a.y;
  }
  return sum;
}

// Unit cracks of a ring as (x, y, is vertical).
using Cracks = std::set<std::tuple<int, int, bool>>;

// Adds a ring's cracks. False if one is there already.
bool AddCracks(absl::Span<const PixelCorner> ring, Cracks& cracks) {
  for (size_t i = 0; i < ring.size(); ++i) {
    const PixelCorner a = ring[i];
    const PixelCorner b = ring[(i + 1) % ring.size()];
    for (int x = std::min(a.x, b.x); x < std::max(a.x, b.x); ++x) {
      if (!cracks.insert({x, a.y, false}).second) return false;
    }
    for (int y = std::min(a.y, b.y); y < std::max(a.y, b.y); ++y) {
      if (!cracks.insert({a.x, y, true}).second) return false;
    }
  }
  return true;
}

// Every crack point of the ring is passed once: it neither touches nor crosses
// itself. Consecutive edges are at right angles: no collinear point.
void ExpectSimple(absl::Span<const PixelCorner> ring) {
  ASSERT_GE(ring.size(), 4u);
  std::set<std::pair<int, int>> points;
  for (size_t i = 0; i < ring.size(); ++i) {
    const PixelCorner a = ring[i];
    const PixelCorner b = ring[(i + 1) % ring.size()];
    const PixelCorner c = ring[(i + 2) % ring.size()];
    ASSERT_NE(a.x == b.x, a.y == b.y);
    ASSERT_NE(a.x == b.x, b.x == c.x);
    const int dx = (b.x > a.x) - (b.x < a.x);
    const int dy = (b.y > a.y) - (b.y < a.y);
    for (PixelCorner p = a; p != b; p.x += dx, p.y += dy) {
      ASSERT_TRUE(points.insert({p.x, p.y}).second)
          << "passes (" << p.x << ", " << p.y << ") twice";
    }
  }
}

// Pixels within one ring, by the cracks to their left.
std::set<std::pair<int, int>> PixelsWithin(absl::Span<const PixelCorner> ring,
                                           int width, int height) {
  Cracks cracks;
  AddCracks(ring, cracks);
  std::set<std::pair<int, int>> pixels;
  for (int y = 0; y < height; ++y) {
    bool within = false;
    for (int x = 0; x < width; ++x) {
      within ^= cracks.contains({x, y, true});
      if (within) pixels.insert({x, y});
    }
  }
  return pixels;
}

// How often each pixel is covered by polygons of `label`. Holes must lie
// within their outer rings and apart from each other.
std::vector<int> Drawn(const TracedPolygons& traced, int label, int width,
                       int height) {
  std::vector<int> drawn(width * height);
  for (const TracedPolygon& polygon : traced.polygons) {
    if (polygon.label != label) continue;
    const auto rings = traced.RingsOf(polygon);
    auto left = PixelsWithin(traced.VerticesOf(rings[0]), width, height);
    for (const TracedRing& hole : rings.subspan(1)) {
      for (const auto& pixel :
           PixelsWithin(traced.VerticesOf(hole), width, height)) {
        EXPECT_EQ(left.erase(pixel), 1u) << "a hole outside its polygon";
      }
    }
    EXPECT_EQ(RegionSizes(0, 0, width, height, false,
                          [&](int x, int y) {
                            return left.contains({x, y});
                          })
                  .size(),
              1u)
        << "a polygon's interior must be connected";
    EXPECT_EQ(static_cast<int64_t>(left.size()), polygon.pixel_count);
    for (const auto& [x, y] : left) ++drawn[y * width + x];
  }
  return drawn;
}

void ExpectSoundRings(const TracedPolygons& traced, const Picture& picture) {
  size_t next_ring = 0;
  std::map<int, Cracks> cracks;
  for (const TracedPolygon& polygon : traced.polygons) {
    ASSERT_EQ(polygon.first_ring, next_ring);
    next_ring += polygon.ring_count;
    int64_t pixels = 0;
    bool is_outer = true;
    for (const TracedRing& ring : traced.RingsOf(polygon)) {
      const auto vertices = traced.VerticesOf(ring);
      ExpectSimple(vertices);
      ASSERT_TRUE(AddCracks(vertices, cracks[polygon.label]));
      const int64_t twice = TwiceShoelace(vertices);
      ASSERT_EQ(std::abs(twice), 2 * ring.enclosed_pixels);
      ASSERT_EQ(twice < 0, is_outer) << "orientation";
      pixels -= twice / 2;
      is_outer = false;
    }
    ASSERT_EQ(pixels, polygon.pixel_count);
    const PixelBox& box = polygon.box;
    ASSERT_EQ(polygon.truncated_by_edge, box.left == 0 || box.top == 0 ||
                                             box.right == picture.width ||
                                             box.bottom == picture.height);
  }
  ASSERT_EQ(traced.rings.size(), next_ring);
  size_t vertices = 0;
  for (const TracedRing& ring : traced.rings) vertices += ring.vertex_count;
  ASSERT_EQ(traced.vertices.size(), vertices) << "vertices of no ring";
}

int64_t HolesOf(const TracedPolygons& traced, int label) {
  int64_t holes = 0;
  for (const TracedPolygon& polygon : traced.polygons) {
    if (polygon.label == label) holes += polygon.ring_count - 1;
  }
  return holes;
}

// Holes of all regions connected through sides. Each region is looked at by
// itself; what it does not cover and does not reach the edge is holes, apart
// from each other unless they share a side.
int64_t ReferenceHoles(const Picture& picture, int label) {
  int64_t holes = 0;
  std::vector<int> region(picture.width * picture.height, -1);
  int regions = 0;
  for (int start = 0; start < picture.width * picture.height; ++start) {
    if (picture.labels[start] != label || region[start] >= 0) continue;
    std::vector<int> todo = {start};
    region[start] = regions;
    while (!todo.empty()) {
      const int at = todo.back();
      todo.pop_back();
      const int x = at % picture.width;
      const int y = at / picture.width;
      for (const auto& [nx, ny] : {std::pair{x - 1, y}, std::pair{x + 1, y},
                                   std::pair{x, y - 1}, std::pair{x, y + 1}}) {
        if (picture.At(nx, ny) != label) continue;
        const int next = ny * picture.width + nx;
        if (region[next] >= 0) continue;
        region[next] = regions;
        todo.push_back(next);
      }
    }
    const int current = regions++;
    // The surroundings are one region more, which is no hole.
    holes += RegionSizes(-1, -1, picture.width + 1, picture.height + 1, false,
                         [&](int x, int y) {
                           return picture.At(x, y) < 0 ||
                                  region[y * picture.width + x] != current;
                         })
                 .size() -
             1;
  }
  return holes;
}

Picture RandomPicture(std::mt19937& random) {
  Picture picture;
  picture.width = random() % 12 == 0 ? 60 + random() % 10 : 1 + random() % 12;
  picture.height = 1 + random() % 12;
  const int labels = 1 + random() % 3;
  const unsigned share = 10 + random() % 81;
  for (int i = 0; i < picture.width * picture.height; ++i) {
    picture.labels.push_back(random() % 100 < share ? 1 + random() % labels
                                                    : 0);
  }
  return picture;
}

class RandomMasks : public testing::TestWithParam<Connectivity> {};

TEST_P(RandomMasks, AgreeWithThePlainReference) {
  std::mt19937 random(20240517);
  const bool through_corners = GetParam() == Connectivity::kSidesAndCorners;
  for (int round = 0; round < 3000; ++round) {
    const Picture picture = RandomPicture(random);
    SCOPED_TRACE("round " + std::to_string(round) + "\n" + picture.Text());
    TraceOptions options;
    options.connectivity = GetParam();
    const auto traced = TracePolygons(picture.Mask(), options, StopToken());
    ASSERT_TRUE(traced.ok()) << traced.status();
    ExpectSoundRings(*traced, picture);
    std::set<int> labels(picture.labels.begin(), picture.labels.end());
    labels.erase(0);
    std::set<int> traced_labels;
    for (const TracedPolygon& polygon : traced->polygons) {
      traced_labels.insert(polygon.label);
    }
    ASSERT_EQ(traced_labels, labels);
    for (const int label : labels) {
      const auto drawn = Drawn(*traced, label, picture.width, picture.height);
      for (size_t i = 0; i < drawn.size(); ++i) {
        ASSERT_EQ(drawn[i], picture.labels[i] == label) << "pixel " << i;
      }
      std::map<uint32_t, int64_t> sizes_by_region;
      for (const TracedPolygon& polygon : traced->polygons) {
        if (polygon.label == label) {
          sizes_by_region[polygon.region] += polygon.pixel_count;
        }
      }
      std::vector<int64_t> sizes;
      for (const auto& [region, size] : sizes_by_region) sizes.push_back(size);
      std::sort(sizes.begin(), sizes.end());
      ASSERT_EQ(sizes, RegionSizes(0, 0, picture.width, picture.height,
                                   through_corners, [&](int x, int y) {
                                     return picture.At(x, y) == label;
                                   }));
      ASSERT_EQ(HolesOf(*traced, label), ReferenceHoles(picture, label));
    }
    if (HasFailure()) return;
  }
}

// Small holes are closed and small regions left out, as a reference that
// closes holes in the drawn mask says.
TEST_P(RandomMasks, LeaveOutWhatIsSmall) {
  std::mt19937 random(7);
  const bool through_corners = GetParam() == Connectivity::kSidesAndCorners;
  for (int round = 0; round < 2000; ++round) {
    const Picture picture = RandomPicture(random);
    SCOPED_TRACE("round " + std::to_string(round) + "\n" + picture.Text());
    TraceOptions all;
    all.labels = {1};
    all.connectivity = GetParam();
    const auto complete = TracePolygons(picture.Mask(), all, StopToken());
    ASSERT_TRUE(complete.ok()) << complete.status();
    TraceOptions options = all;
    options.minimum_hole_pixels = 1 + random() % 30;
    options.minimum_region_pixels = random() % 2 ? 1 : 1 + random() % 12;
    const auto traced = TracePolygons(picture.Mask(), options, StopToken());
    ASSERT_TRUE(traced.ok()) << traced.status();
    ExpectSoundRings(*traced, picture);

    std::vector<bool> filled(picture.labels.size());
    for (size_t i = 0; i < filled.size(); ++i) {
      filled[i] = picture.labels[i] == 1;
    }
    for (const TracedPolygon& polygon : complete->polygons) {
      for (const TracedRing& hole : complete->RingsOf(polygon).subspan(1)) {
        if (hole.enclosed_pixels >= options.minimum_hole_pixels) continue;
        for (const auto& [x, y] : PixelsWithin(complete->VerticesOf(hole),
                                               picture.width, picture.height)) {
          filled[y * picture.width + x] = true;
        }
      }
    }
    std::vector<int64_t> expected = RegionSizes(
        0, 0, picture.width, picture.height, through_corners,
        [&](int x, int y) { return filled[y * picture.width + x]; });
    std::erase_if(expected, [&](int64_t size) {
      return size < options.minimum_region_pixels;
    });
    std::map<uint32_t, int64_t> sizes_by_region;
    for (const TracedPolygon& polygon : traced->polygons) {
      sizes_by_region[polygon.region] += polygon.pixel_count;
      for (const TracedRing& hole : traced->RingsOf(polygon).subspan(1)) {
        ASSERT_GE(hole.enclosed_pixels, options.minimum_hole_pixels);
      }
    }
    std::vector<int64_t> sizes;
    for (const auto& [region, size] : sizes_by_region) sizes.push_back(size);
    std::sort(sizes.begin(), sizes.end());
    ASSERT_EQ(sizes, expected);
    for (const int times : Drawn(*traced, 1, picture.width, picture.height)) {
      ASSERT_LE(times, 1) << "polygons overlap";
    }
    if (HasFailure()) return;
  }
}

INSTANTIATE_TEST_SUITE_P(Both, RandomMasks,
                         testing::Values(Connectivity::kSides,
                                         Connectivity::kSidesAndCorners));

}  // namespace
}  // namespace sightline::georef
