#include "services/align/engine/page_patches.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "services/align/engine/opencv_image.h"

namespace sightline::align {
namespace {

// Neighbourhood of the corner measure, pixels.
constexpr int kCornerBlock = 7;
// Strength below which there is no corner worth having.
constexpr float kMinStrength = 1e-4f;
// Corners tried per cell before the strongest is taken as it is.
constexpr int kCandidates = 3;
// The same pattern near by scores above this: the patch is not distinctive.
constexpr double kRivalScore = 0.75;
// A shift below this is the patch itself, pixels.
constexpr int kSelfReach = 6;

// 1 where a patch may be centred.
std::vector<uint8_t> AllowedCenters(const PageFrame& frame,
                                    const std::vector<PrintedShape>& shapes,
                                    int half_side) {
  std::vector<uint8_t> allowed(static_cast<size_t>(frame.width) * frame.height,
                               1);
  const auto forbid = [&](int left, int top, int right, int bottom) {
    left = std::clamp(left, 0, frame.width);
    right = std::clamp(right, left, frame.width);
    for (int y = std::max(0, top); y < std::min(bottom, frame.height); ++y) {
      uint8_t* row = &allowed[static_cast<size_t>(y) * frame.width];
      std::fill(row + left, row + right, 0);
    }
  };
  // One pixel more than the patch, for the samples between pixels.
  const int rim = half_side + 2;
  forbid(0, 0, frame.width, rim);
  forbid(0, frame.height - rim, frame.width, frame.height);
  forbid(0, 0, rim, frame.height);
  forbid(frame.width - rim, 0, frame.width, frame.height);
  for (const PrintedShape& shape : shapes) {
    const PixelPoint center = frame.ToFrame(shape.center);
    const PixelSize size = frame.ToFrame(shape.size);
    // Marks leave their bubbles: a fifth of the bubble more on each side.
    const double half_width = size.width * 0.7 + half_side;
    const double half_height = size.height * 0.7 + half_side;
    forbid(static_cast<int>(std::floor(center.x - half_width)),
           static_cast<int>(std::floor(center.y - half_height)),
           static_cast<int>(std::ceil(center.x + half_width)),
           static_cast<int>(std::ceil(center.y + half_height)));
  }
  return allowed;
}

std::optional<Patch> PatchAt(ScanImages& page, PixelPoint center,
                             const PatchLayout& layout) {
  std::vector<uint8_t> pixels;
  const int side = 2 * layout.half_side + 1;
  ReadSquare(page, AffineMap(), center, 1, side, pixels);
  std::optional<Pattern> fine = Pattern::Create(side, pixels, {});
  // An odd number of samples that covers the fine patch.
  const int coarse_side = 2 * ((layout.half_side + 1) / 2) + 1;
  ReadSquare(page, AffineMap(), center, 2, coarse_side, pixels);
  std::optional<Pattern> coarse = Pattern::Create(coarse_side, pixels, {});
  if (!fine.has_value() || !coarse.has_value()) return std::nullopt;
  Patch patch{center, *std::move(fine), *std::move(coarse)};
  if (layout.rival_reach > 0) {
    const int reach = layout.rival_reach / 2;
    const int window_side = coarse_side + 2 * reach;
    ReadSquare(page, AffineMap(), center, 2, window_side, pixels);
    patch.is_distinctive =
        patch.coarse->RivalScore(pixels.data(), window_side, kSelfReach / 2) <
        kRivalScore;
  }
  return patch;
}

// Corner strength of some rows of the page.
struct Band {
  int top = 0;
  int width = 0;
  std::vector<float> strength;

  float* row(int y) { return &strength[static_cast<size_t>(y - top) * width]; }
};

// Band by band: OpenCV's corner measure takes 24 bytes a pixel.
Band StrengthBetween(const GrayImage& page, int top, int bottom,
                     const std::vector<uint8_t>& allowed) {
  const int margin = kCornerBlock + 1;
  const int first = std::max(0, top - margin);
  const int last = std::min(page.height(), bottom + margin);
  GrayView view(page);
  view.pixels = page.row(first);
  view.height = last - first;
  Band band{first, page.width(), CornerStrength(view, kCornerBlock)};
  const uint8_t* is_allowed =
      &allowed[static_cast<size_t>(first) * page.width()];
  for (size_t i = 0; i < band.strength.size(); ++i) {
    if (!is_allowed[i]) band.strength[i] = 0;
  }
  return band;
}

struct Cell {
  int left, top, right, bottom;
};

// The best patch of a cell; takes its surroundings out of `band` as it goes.
std::optional<Patch> BestInCell(ScanImages& page, const Cell& cell,
                                const PatchLayout& layout, Band& band) {
  std::optional<Patch> best;
  for (int attempt = 0; attempt < kCandidates; ++attempt) {
    float strongest = kMinStrength;
    int at_x = -1;
    int at_y = -1;
    for (int y = cell.top; y < cell.bottom; ++y) {
      const float* row = band.row(y);
      for (int x = cell.left; x < cell.right; ++x) {
        if (row[x] <= strongest) continue;
        strongest = row[x];
        at_x = x;
        at_y = y;
      }
    }
    if (at_x < 0) break;
    std::optional<Patch> patch =
        PatchAt(page, {at_x + 0.5, at_y + 0.5}, layout);
    if (patch.has_value() && (!best.has_value() || patch->is_distinctive)) {
      best = std::move(patch);
    }
    if (layout.rival_reach == 0 || (best.has_value() && best->is_distinctive)) {
      break;
    }
    const int around = layout.half_side;
    for (int y = std::max(cell.top, at_y - around);
         y < std::min(cell.bottom, at_y + around + 1); ++y) {
      float* row = band.row(y);
      std::fill(row + std::max(cell.left, at_x - around),
                row + std::min(cell.right, at_x + around + 1), 0.0f);
    }
  }
  return best;
}

}  // namespace

std::vector<Patch> ChoosePatches(const GrayImage& page, const PageFrame& frame,
                                 const std::vector<PrintedShape>& shapes,
                                 const PatchLayout& layout) {
  const std::vector<uint8_t> allowed =
      AllowedCenters(frame, shapes, layout.half_side);
  ScanImages images(page);
  std::vector<Patch> patches;
  for (int row = 0; row < layout.rows; ++row) {
    const int top = frame.height * row / layout.rows;
    const int bottom = frame.height * (row + 1) / layout.rows;
    Band band = StrengthBetween(page, top, bottom, allowed);
    for (int column = 0; column < layout.columns; ++column) {
      const Cell cell{frame.width * column / layout.columns, top,
                      frame.width * (column + 1) / layout.columns, bottom};
      std::optional<Patch> patch = BestInCell(images, cell, layout, band);
      if (patch.has_value()) patches.push_back(*std::move(patch));
    }
  }
  return patches;
}

}  // namespace sightline::align
