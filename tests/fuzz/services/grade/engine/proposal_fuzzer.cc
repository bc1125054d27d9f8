// Reads bytes as a picture of a page: as pixels of a small one, or as shapes
// that are drawn on a larger one, so that grids come about. Whatever is seen,
// nothing crashes; a proposal has a finding per block, confidences within
// 0..1, and numbers that are finite.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "services/grade/engine/proposal/layout_proposal.h"

namespace sightline::grade {
namespace {

void Demand(bool promise, const char* what) {
  if (promise) return;
  std::fprintf(stderr, "broken promise: %s\n", what);
  std::abort();
}

GrayImage Pixels(const uint8_t* data, size_t size) {
  constexpr int kSide = 160;
  GrayImage page(kSide, kSide);
  for (int i = 0; i < kSide * kSide; ++i) {
    page.data()[i] = size > 0 ? data[static_cast<size_t>(i) % size] : 255;
  }
  return page;
}

void DrawFrame(GrayImage& page, int left, int top, int width, int height,
               uint8_t gray) {
  for (int y = top; y < std::min(top + height, page.height()); ++y) {
    for (int x = left; x < std::min(left + width, page.width()); ++x) {
      const bool is_edge = y < top + 2 || y >= top + height - 2 ||
                           x < left + 2 || x >= left + width - 2;
      if (is_edge) page.row(y)[x] = gray;
    }
  }
}

// Six bytes a grid: place, size, gaps, counts.
GrayImage Shapes(const uint8_t* data, size_t size) {
  GrayImage page(400, 500);
  std::fill_n(page.data(), page.size_bytes(), uint8_t{255});
  for (size_t at = 0; at + 6 <= size && at < 240; at += 6) {
    const uint8_t* b = data + at;
    const int side = 4 + b[2] % 40;
    const int gap_x = 1 + b[3] % 90;
    const int gap_y = 1 + b[4] % 90;
    for (int r = 0; r <= b[5] / 16; ++r) {
      for (int c = 0; c <= b[5] % 16; ++c) {
        DrawFrame(page, b[0] + c * gap_x, b[1] + r * gap_y, side,
                  side - b[2] / 64, static_cast<uint8_t>(b[3] / 2));
      }
    }
  }
  return page;
}

void Run(const GrayImage& page, bool straighten) {
  ProposalOptions options;
  options.page = {210, 297};
  options.straighten = straighten;
  const absl::StatusOr<LayoutProposal> proposal =
      ProposeLayout(page, options, {});
  if (!proposal.ok()) {
    Demand(!proposal.status().message().empty(), "a failure says why");
    return;
  }
  const SheetLayout& layout = proposal->layout;
  Demand(!layout.blocks.empty(), "a proposal has blocks");
  Demand(layout.blocks.size() == proposal->blocks.size(),
         "every block has its finding");
  for (const BlockFinding& finding : proposal->blocks) {
    Demand(finding.confidence >= 0 && finding.confidence <= 1,
           "a confidence lies within 0..1");
  }
  for (const FieldBlock& block : layout.blocks) {
    Demand(std::isfinite(block.origin.x) && std::isfinite(block.origin.y) &&
               block.value_gap > 0 && block.field_gap > 0,
           "a block has a place");
  }
  Sheet::Check(layout);
}

}  // namespace
}  // namespace sightline::grade

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  const bool straighten = data[0] & 1;
  if (data[0] & 2) {
    sightline::grade::Run(sightline::grade::Pixels(data + 1, size - 1),
                          straighten);
  } else {
    sightline::grade::Run(sightline::grade::Shapes(data + 1, size - 1),
                          straighten);
  }
  return 0;
}
