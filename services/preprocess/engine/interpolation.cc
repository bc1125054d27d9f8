#include "services/preprocess/engine/interpolation.h"

#include <algorithm>
#include <array>
#include <memory>
#include <vector>

#include "common/status/status_macros.h"
#include "services/preprocess/engine/kernels/kernels.h"
#include "services/preprocess/engine/pixel_rules/resize.h"
#include "services/preprocess/engine/row_source.h"

namespace sightline::preprocess {
namespace {

// What a padded row has more than the page: taps begin two pixels before it at
// most, and a group may begin at its last pixel.
constexpr int kMarginLeft = 4;
constexpr int kMarginRight = kScaleReach + 4;

// Owns what a ScaleColumns points to.
class ColumnTable {
 public:
  ColumnTable(int source, int target, bool is_cubic)
      : is_cubic_(is_cubic),
        first_(static_cast<size_t>(target)),
        weights_(2 * first_.size()),
        right_weights_(is_cubic ? 2 * first_.size() : 0) {
    const double scale = static_cast<double>(source) / target;
    for (size_t x = 0; x < first_.size(); ++x) {
      rules::ResizePlace place =
          rules::ResizePlaceOf(static_cast<int>(x), scale);
      int weights[4] = {};
      if (is_cubic) {
        --place.first;
        rules::CubicWeights(place.fraction, weights);
        right_weights_[2 * x] = static_cast<int16_t>(weights[2]);
        right_weights_[2 * x + 1] = static_cast<int16_t>(weights[3]);
      } else {
        // Towards outside OpenCV's linear scaling does not interpolate along x.
        if (place.first < 0) place = {0, 0};
        if (place.first >= source - 1) place = {source - 1, 0};
        rules::LinearWeights(place.fraction, weights);
      }
      first_[x] = place.first;
      weights_[2 * x] = static_cast<int16_t>(weights[0]);
      weights_[2 * x + 1] = static_cast<int16_t>(weights[1]);
    }
    Group();
  }

  ScaleColumns columns() const {
    return {.first = first_.data(),
            .weights = weights_.data(),
            .right_weights = is_cubic_ ? right_weights_.data() : nullptr,
            .groups = groups_.empty() ? nullptr : groups_.data(),
            .places = places_.empty() ? nullptr : places_.data()};
  }

 private:
  // Only if every group can be made of kScaleReach pixels.
  void Group() {
    constexpr size_t kGroup = kScaleGroup;
    const size_t groups = first_.size() / kGroup;
    const int taps = is_cubic_ ? 4 : 2;
    for (size_t group = 0; group < groups; ++group) {
      const int* const first = first_.data() + group * kGroup;
      if (first[kGroup - 1] + taps - first[0] > kScaleReach) return;
    }
    groups_.resize(groups);
    places_.resize(4 * kGroup * groups);
    for (size_t x = 0; x < kGroup * groups; ++x) {
      const int begin = first_[x / kGroup * kGroup];
      groups_[x / kGroup] = begin;
      const int place = first_[x] - begin;
      places_[4 * x] = static_cast<uint8_t>(place);
      places_[4 * x + 1] = 0x80;
      places_[4 * x + 2] = static_cast<uint8_t>(place + 1);
      places_[4 * x + 3] = 0x80;
    }
  }

  const bool is_cubic_;
  std::vector<int> first_;
  std::vector<int16_t> weights_;
  std::vector<int16_t> right_weights_;
  std::vector<int> groups_;
  std::vector<uint8_t> places_;
};

// The last four scaled rows, as sums of type Sum.
template <typename Sum>
class ScaledRows {
 public:
  using ScaleRow = void (*)(const ScaleColumns&, const uint8_t*, int, Sum*);

  ScaledRows(const GrayView& in, const ScaleColumns& columns, int width,
             ScaleRow scale)
      : in_(in),
        columns_(columns),
        width_(width),
        scale_(scale),
        padded_(static_cast<size_t>(in.width() + kMarginLeft + kMarginRight)),
        sums_(4 * static_cast<size_t>(width)) {
    kept_.fill(-1);
  }

  // Row `y` of the page, which may lie outside; kept until four rows on.
  const Sum* Row(int y) {
    y = rules::ClampIndex(y, in_.height());
    const size_t slot = static_cast<size_t>(y % 4);
    Sum* const sums = sums_.data() + slot * static_cast<size_t>(width_);
    if (kept_[slot] != y) {
      kept_[slot] = y;
      // With what lies outside on both sides, so that no tap has to look.
      CopyReplicated(in_.row(y), in_.width(), kMarginLeft, kMarginRight,
                     padded_.data());
      scale_(columns_, padded_.data() + kMarginLeft, width_, sums);
    }
    return sums;
  }

 private:
  const GrayView in_;
  const ScaleColumns columns_;
  const int width_;
  const ScaleRow scale_;
  std::vector<uint8_t> padded_;
  std::vector<Sum> sums_;
  std::array<int, 4> kept_;
};

}  // namespace

int64_t InterpolationBytes(int source_width, int width, int threads) {
  const int64_t column = 4 + 4 + 4 + 4 + 1;
  return column * width + 1024 +
         threads * (int64_t{16} * width + source_width + kMarginLeft +
                    kMarginRight + 256);
}

absl::Status Interpolate(const GrayView& in, bool is_cubic,
                         const Execution& execution, GrayImage& out) {
  const Kernels& kernels = KernelsFor(execution.instructions);
  const int width = out.width();
  const int height = out.height();
  std::unique_ptr<const ColumnTable> table;
  SL_RETURN_IF_ERROR(RunBands(1, 1, execution, [&](int, int) {
    table = std::make_unique<const ColumnTable>(in.width(), width, is_cubic);
  }));
  const ScaleColumns columns = table->columns();
  const double scale = static_cast<double>(in.height()) / height;
  return RunBands(height, 64, execution, [&](int begin, int end) {
    if (is_cubic) {
      ScaledRows<int> scaled(in, columns, width, kernels.cubic_row);
      for (int y = begin; y < end; ++y) {
        const rules::ResizePlace place = rules::ResizePlaceOf(y, scale);
        int weights[4];
        rules::CubicWeights(place.fraction, weights);
        const int* rows[4];
        for (int i = 0; i < 4; ++i) rows[i] = scaled.Row(place.first - 1 + i);
        kernels.cubic_column(rows, weights, width, out.row(y));
      }
    } else {
      ScaledRows<int16_t> scaled(in, columns, width, kernels.linear_row);
      for (int y = begin; y < end; ++y) {
        // Outside the outermost row is blended with itself, as in OpenCV, which
        // may round differently.
        const rules::ResizePlace place = rules::ResizePlaceOf(y, scale);
        int weights[2];
        rules::LinearWeights(place.fraction, weights);
        const int16_t* const upper = scaled.Row(place.first);
        const int16_t* const lower = scaled.Row(place.first + 1);
        kernels.linear_column(upper, lower, weights[0], weights[1], width,
                              out.row(y));
      }
    }
  });
}

}  // namespace sightline::preprocess
