#include "services/grade/engine/picture_evidence.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <optional>
#include <vector>

namespace sightline::grade {
namespace {

constexpr int kThumbnailSide = 1000;
// A place that votes: so many thumbnail pixels a side.
constexpr int kTile = 32;
// The most places that vote, those that differ most.
constexpr size_t kMaxTiles = 64;

// What decides. Where the numbers of questions differ, sheets from a scanner
// gave leads of 0.2 to 0.6 in every tile, all of the right sign.
struct PictureLimits {
  // Gray levels from which two pictures differ, and how many of a tile's
  // pixels, of which every other one a row and a column is looked at, must.
  int least_difference = 50;
  int least_pixels = 6;
  // Tiles below which nothing is said.
  size_t least_tiles = 3;
  // A tile votes when its correlations differ by this much.
  double vote = 0.1;
  // Share of the tiles that must vote, and share of the votes that must agree.
  double least_voters = 0.3;
  double least_agreement = 0.85;
};
constexpr PictureLimits kLimits;

// Bilinear; nullopt outside.
std::optional<float> Sample(const GrayImage& image, PixelPoint at) {
  if (!(at.x >= 0 && at.y >= 0 && at.x < image.width() &&
        at.y < image.height())) {
    return std::nullopt;
  }
  const double u = std::max(0.0, at.x - 0.5);
  const double v = std::max(0.0, at.y - 0.5);
  const int left = static_cast<int>(u);
  const int top = static_cast<int>(v);
  const int right = std::min(left + 1, image.width() - 1);
  const int bottom = std::min(top + 1, image.height() - 1);
  const double fx = u - left;
  const double fy = v - top;
  const uint8_t* upper = image.row(top);
  const uint8_t* lower = image.row(bottom);
  return static_cast<float>((1 - fy) *
                                ((1 - fx) * upper[left] + fx * upper[right]) +
                            fy * ((1 - fx) * lower[left] + fx * lower[right]));
}

// The mean of four samples around a thumbnail pixel's centre: a scan has about
// twice its resolution.
std::optional<float> SampleFinely(const GrayImage& image,
                                  const Homography& to_image, double x,
                                  double y) {
  float sum = 0;
  for (const double dy : {-0.25, 0.25}) {
    for (const double dx : {-0.25, 0.25}) {
      const auto sample = Sample(image, to_image.Map({x + dx, y + dy}));
      if (!sample.has_value()) return std::nullopt;
      sum += *sample;
    }
  }
  return sum / 4;
}

// Correlation of `scan`'s window that begins at (dx, dy), in a window one pixel
// larger on every side, with a tile. 0 where either is flat.
double Correlation(const std::vector<float>& scan, int dx, int dy,
                   const std::vector<float>& tile) {
  constexpr int kWindow = kTile + 2;
  double sums[5] = {};
  for (int y = 0; y < kTile; ++y) {
    const float* s = &scan[static_cast<size_t>(y + dy) * kWindow + dx];
    const float* t = &tile[static_cast<size_t>(y) * kTile];
    for (int x = 0; x < kTile; ++x) {
      sums[0] += s[x];
      sums[1] += t[x];
      sums[2] += s[x] * s[x];
      sums[3] += t[x] * t[x];
      sums[4] += s[x] * t[x];
    }
  }
  constexpr double kCount = kTile * kTile;
  const double vs = sums[2] - sums[0] * sums[0] / kCount;
  const double vt = sums[3] - sums[1] * sums[1] / kCount;
  if (vs < kCount || vt < kCount) return 0;
  return (sums[4] - sums[0] * sums[1] / kCount) / std::sqrt(vs * vt);
}

double BestCorrelation(const std::vector<float>& scan,
                       const std::vector<float>& tile) {
  double best = -1;
  for (int dy = 0; dy <= 2; ++dy) {
    for (int dx = 0; dx <= 2; ++dx) {
      best = std::max(best, Correlation(scan, dx, dy, tile));
    }
  }
  return best;
}

struct Tile {
  int left = 0;
  int top = 0;
  int differing = 0;
};

class PictureComparison {
 public:
  PictureComparison(const GrayImage& scan, const PicturedPage& a,
                    const PicturedPage& b, const Homography& page_to_scan)
      : scan_(scan), a_(*a.picture), b_(*b.picture) {
    const Homography to_page = Homography::Scale(a.page.width / a_.width(),
                                                 a.page.height / a_.height());
    to_scan_ = page_to_scan * to_page;
    to_b_ = Homography::Scale(b_.width() / b.page.width,
                              b_.height() / b.page.height) *
            b.scan_to_page * to_scan_;
  }

  int Compare() const {
    const std::vector<Tile> tiles = FindTiles();
    if (tiles.size() < kLimits.least_tiles) return 0;
    int for_a = 0;
    int for_b = 0;
    for (const Tile& tile : tiles) {
      const double lead = LeadIn(tile);
      for_a += lead >= kLimits.vote;
      for_b += lead <= -kLimits.vote;
    }
    const int votes = for_a + for_b;
    if (votes < static_cast<int>(kLimits.least_tiles) ||
        votes < kLimits.least_voters * static_cast<double>(tiles.size())) {
      return 0;
    }
    if (for_a >= kLimits.least_agreement * votes) return 1;
    return for_b >= kLimits.least_agreement * votes ? -1 : 0;
  }

 private:
  // Where the pictures differ, the most first.
  std::vector<Tile> FindTiles() const {
    std::vector<Tile> tiles;
    for (int top = 1; top + kTile < a_.height(); top += kTile) {
      for (int left = 1; left + kTile < a_.width(); left += kTile) {
        Tile tile = {left, top, 0};
        for (int y = top; y < top + kTile; y += 2) {
          for (int x = left; x < left + kTile; x += 2) {
            const auto there = Sample(b_, to_b_.Map({x + 0.5, y + 0.5}));
            if (!there.has_value()) continue;
            tile.differing += std::abs(*there - a_.row(y)[x]) >=
                              static_cast<float>(kLimits.least_difference);
          }
        }
        if (tile.differing >= kLimits.least_pixels) tiles.push_back(tile);
      }
    }
    std::sort(tiles.begin(), tiles.end(), [](const Tile& x, const Tile& y) {
      return x.differing > y.differing;
    });
    if (tiles.size() > kMaxTiles) tiles.resize(kMaxTiles);
    return tiles;
  }

  // By how much the scan agrees better with a's picture than with b's; 0 where
  // it is cut off.
  double LeadIn(const Tile& tile) const {
    std::vector<float> scan;
    for (int y = tile.top - 1; y <= tile.top + kTile; ++y) {
      for (int x = tile.left - 1; x <= tile.left + kTile; ++x) {
        const auto sample = SampleFinely(scan_, to_scan_, x + 0.5, y + 0.5);
        if (!sample.has_value()) return 0;
        scan.push_back(*sample);
      }
    }
    std::vector<float> of_a;
    std::vector<float> of_b;
    for (int y = tile.top; y < tile.top + kTile; ++y) {
      for (int x = tile.left; x < tile.left + kTile; ++x) {
        const auto there = Sample(b_, to_b_.Map({x + 0.5, y + 0.5}));
        if (!there.has_value()) return 0;
        of_a.push_back(a_.row(y)[x]);
        of_b.push_back(*there);
      }
    }
    return BestCorrelation(scan, of_a) - BestCorrelation(scan, of_b);
  }

  const GrayImage& scan_;
  const GrayImage& a_;
  const GrayImage& b_;
  // From a's thumbnail.
  Homography to_scan_;
  Homography to_b_;
};

}  // namespace

GrayImage PageThumbnail(const GrayImage& picture) {
  const double scale =
      std::min(1.0, static_cast<double>(kThumbnailSide) /
                        std::max(picture.width(), picture.height()));
  const int width = std::max(1, static_cast<int>(picture.width() * scale));
  const int height = std::max(1, static_cast<int>(picture.height() * scale));
  GrayImage thumbnail(width, height);
  const Homography to_picture =
      Homography::Scale(static_cast<double>(picture.width()) / width,
                        static_cast<double>(picture.height()) / height);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      thumbnail.row(y)[x] = static_cast<uint8_t>(
          SampleFinely(picture, to_picture, x + 0.5, y + 0.5).value_or(255) +
          0.5f);
    }
  }
  return thumbnail;
}

int CompareByPicture(const GrayImage& scan, const PicturedPage& a,
                     const PicturedPage& b) {
  const auto page_to_scan = a.scan_to_page.Inverse();
  if (!page_to_scan.has_value() || scan.empty()) return 0;
  return PictureComparison(scan, a, b, *page_to_scan).Compare();
}

}  // namespace sightline::grade
