#include "services/preprocess/engine/non_local_means.h"

#include <algorithm>
#include <vector>

#include "common/status/status_macros.h"
#include "services/preprocess/engine/kernels/kernels.h"
#include "services/preprocess/engine/parameter_check.h"

namespace sightline::preprocess {
namespace {

// The tile's source with its border, row after row.
void CopySource(const GrayView& in, int left, int top, int width, int height,
                uint8_t* to) {
  for (int y = 0; y < height; ++y) {
    const uint8_t* const row = in.row(rules::Reflect101(top + y, in.height()));
    for (int x = 0; x < width; ++x) {
      to[int64_t{y} * width + x] = row[rules::Reflect101(left + x, in.width())];
    }
  }
}

}  // namespace

NonLocalMeans::NonLocalMeans(const NonLocalMeansOptions& options)
    : template_radius_(options.template_size / 2),
      search_radius_(options.search_size / 2),
      weights_(rules::MakeLocalMeansWeights(
          options.template_size, options.search_size,
          static_cast<float>(options.strength))) {}

absl::StatusOr<NonLocalMeans> NonLocalMeans::Create(
    const NonLocalMeansOptions& options) {
  SL_RETURN_IF_ERROR(ParameterCheck()
                         .Range("strength", options.strength, 0.01, 255)
                         .Odd("template_size", options.template_size, 1, 21)
                         .Odd("search_size", options.search_size, 1, 51)
                         .status());
  return NonLocalMeans(options);
}

int64_t NonLocalMeans::WorkingBytes(int, int, int threads) const {
  const int64_t border = 2 * (template_radius_ + search_radius_);
  return threads *
         ((kLocalMeansTileWidth + border) * (kLocalMeansTileHeight + border) +
          4 * LocalMeansScratch(template_radius_, search_radius_) +
          8 * kLocalMeansTileWidth * kLocalMeansTileHeight + 1024);
}

absl::Status NonLocalMeans::Run(const GrayView& in, GrayImage& out,
                                const Execution& execution) const {
  SL_RETURN_IF_ERROR(CheckRun(in, execution));
  SL_RETURN_IF_ERROR(Resize(in.width(), in.height(), out));
  const Kernels& kernels = KernelsFor(execution.instructions);
  const int margin = template_radius_ + search_radius_;
  return RunBands(
      in.height(), kLocalMeansTileHeight, execution, [&](int begin, int end) {
        constexpr size_t kTilePixels =
            size_t{kLocalMeansTileWidth} * kLocalMeansTileHeight;
        std::vector<uint8_t> source(
            static_cast<size_t>(kLocalMeansTileWidth + 2 * margin) *
            static_cast<size_t>(kLocalMeansTileHeight + 2 * margin));
        std::vector<uint32_t> weighted(kTilePixels);
        std::vector<uint32_t> sums(kTilePixels);
        std::vector<uint32_t> scratch(static_cast<size_t>(
            LocalMeansScratch(template_radius_, search_radius_)));
        for (int left = 0; left < in.width(); left += kLocalMeansTileWidth) {
          LocalMeansTile tile;
          tile.template_radius = template_radius_;
          tile.search_radius = search_radius_;
          tile.weights = &weights_;
          tile.width = std::min(kLocalMeansTileWidth, in.width() - left);
          tile.height = end - begin;
          tile.source = source.data();
          tile.source_stride = tile.width + 2 * margin;
          tile.weighted = weighted.data();
          tile.sums = sums.data();
          tile.scratch = scratch.data();
          CopySource(in, left - margin, begin - margin, tile.width + 2 * margin,
                     tile.height + 2 * margin, source.data());
          kernels.local_means(tile);
          for (int y = 0; y < tile.height; ++y) {
            const size_t at = static_cast<size_t>(y) * kLocalMeansTileWidth;
            for (int x = 0; x < tile.width; ++x) {
              const size_t i = at + static_cast<size_t>(x);
              out.row(begin + y)[left + x] =
                  rules::LocalMean(weighted[i], sums[i]);
            }
          }
        }
      });
}

}  // namespace sightline::preprocess
