#include "services/preprocess/engine/pipeline/page_measures.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

#include "absl/status/status.h"
#include "common/status/status_macros.h"
#include "services/preprocess/engine/histogram.h"
#include "services/preprocess/engine/noise.h"
#include "services/preprocess/engine/pixel_rules/light.h"

namespace sightline::preprocess {
namespace {

constexpr int kMostTiles = 16;
constexpr int kLeastTileSide = 16;
// One per cent of specks must be several.
constexpr int kLeastSpeckTileSide = 32;

// One value for each tile, in ascending order.
class TileValues {
 public:
  template <typename Measure>
  static absl::StatusOr<TileValues> Of(const GrayView& in, int least_side,
                                       Measure&& measure) {
    TileValues tiles;
    const int columns = std::clamp(in.width() / least_side, 1, kMostTiles);
    const int rows = std::clamp(in.height() / least_side, 1, kMostTiles);
    for (int row = 0; row < rows; ++row) {
      const int top = Border(in.height(), row, rows);
      const int bottom = Border(in.height(), row + 1, rows);
      for (int column = 0; column < columns; ++column) {
        const int left = Border(in.width(), column, columns);
        const int right = Border(in.width(), column + 1, columns);
        SL_ASSIGN_OR_RETURN(
            tiles.values_[static_cast<size_t>(tiles.count_)],
            measure(in.Part(left, top, right - left, bottom - top)));
        ++tiles.count_;
      }
    }
    std::sort(tiles.values_.begin(), tiles.values_.begin() + tiles.count_);
    return tiles;
  }

  double Quantile(double share) const {
    return values_[static_cast<size_t>(std::lrint(share * (count_ - 1)))];
  }

 private:
  static int Border(int side, int i, int count) {
    return static_cast<int>(int64_t{side} * i / count);
  }

  std::array<double, kMostTiles * kMostTiles> values_;
  int count_ = 0;
};

int PercentileOf(const GrayView& in, const Histogram& histogram, double share) {
  return rules::PercentileGray(histogram.data(),
                               int64_t{in.width()} * in.height(), share);
}

}  // namespace

absl::StatusOr<double> PaperNoise(const GrayView& in,
                                  const Execution& execution) {
  SL_RETURN_IF_ERROR(CheckRun(in, execution));
  SL_ASSIGN_OR_RETURN(
      const TileValues tiles,
      TileValues::Of(in, kLeastTileSide, [&](const GrayView& tile) {
        return EstimateNoise(tile, execution);
      }));
  return tiles.Quantile(0.25);
}

absl::StatusOr<double> QuietSpeckShare(const GrayView& in,
                                       const Despeckle& despeckle,
                                       const Execution& execution) {
  SL_RETURN_IF_ERROR(CheckRun(in, execution));
  SL_ASSIGN_OR_RETURN(
      const TileValues tiles,
      TileValues::Of(in, kLeastSpeckTileSide,
                     [&](const GrayView& tile) -> absl::StatusOr<double> {
                       SL_ASSIGN_OR_RETURN(const Speckles speckles,
                                           despeckle.Estimate(tile, execution));
                       return speckles.share;
                     }));
  return tiles.Quantile(0.1);
}

absl::StatusOr<double> LightUnevenness(const GrayView& in,
                                       const Execution& execution) {
  SL_RETURN_IF_ERROR(CheckRun(in, execution));
  SL_ASSIGN_OR_RETURN(
      const TileValues tiles,
      TileValues::Of(in, kLeastTileSide, [&](const GrayView& tile) {
        return GrayPercentile(tile, 0.8, execution);
      }));
  const double bright = tiles.Quantile(0.9);
  return bright > 0 ? 1 - tiles.Quantile(0.1) / bright : 0.0;
}

absl::StatusOr<int> InkContrast(const GrayView& in,
                                const Execution& execution) {
  SL_ASSIGN_OR_RETURN(const Histogram histogram, CountGrays(in, execution));
  return PercentileOf(in, histogram, 0.99) - PercentileOf(in, histogram, 0.001);
}

absl::StatusOr<int> GrayPercentile(const GrayView& in, double share,
                                   const Execution& execution) {
  SL_ASSIGN_OR_RETURN(const Histogram histogram, CountGrays(in, execution));
  return PercentileOf(in, histogram, share);
}

}  // namespace sightline::preprocess
