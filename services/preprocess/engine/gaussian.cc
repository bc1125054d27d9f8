#include "services/preprocess/engine/gaussian.h"

#include <algorithm>
#include <cmath>

#include "common/status/status_macros.h"
#include "services/preprocess/engine/parameter_check.h"
#include "services/preprocess/engine/pixel_rules/gaussian.h"

namespace sightline::preprocess {
namespace {

constexpr int kMaxTaps = 255;
constexpr uint16_t kOne[] = {256};

// OpenCV's choice for 8-bit images.
int TapsFor(double sigma) {
  return static_cast<int>(std::lrint(sigma * 6 + 1)) | 1;
}

// Row sums are made once and kept in a ring; a column sum looks at `taps` of
// them.
class GaussianRows : public RowSource {
 public:
  GaussianRows(RowSource& in, const std::vector<uint16_t>& weights_x,
               const std::vector<uint16_t>& weights_y, const Kernels& kernels)
      : RowSource(in.width(), in.height()),
        in_(in),
        kernels_(kernels),
        // One column is not blurred along x, one row not along y.
        weights_x_(in.width() == 1 ? kOne : weights_x.data()),
        taps_x_(in.width() == 1 ? 1 : static_cast<int>(weights_x.size())),
        weights_y_(in.height() == 1 ? kOne : weights_y.data()),
        taps_y_(in.height() == 1 ? 1 : static_cast<int>(weights_y.size())),
        capacity_(std::min(taps_y_, in.height())),
        buffer_(static_cast<size_t>(in.width())),
        padded_(static_cast<size_t>(in.width() + taps_x_)),
        sums_(static_cast<size_t>(capacity_) * static_cast<size_t>(in.width())),
        rows_(static_cast<size_t>(taps_y_)) {}

  const uint8_t* Row(int y, uint8_t* buffer) override {
    const int radius = taps_y_ / 2;
    const int last = std::min(y + radius, height() - 1);
    if (next_ < 0) next_ = std::max(y - radius, 0);
    for (; next_ <= last; ++next_) Sum(next_);
    for (int i = 0; i < taps_y_; ++i) {
      rows_[static_cast<size_t>(i)] =
          Sums(rules::Reflect101(y + i - radius, height()));
    }
    kernels_.gaussian_column(rows_.data(), weights_y_, taps_y_, width(),
                             buffer);
    return buffer;
  }

 private:
  uint16_t* Sums(int y) {
    return sums_.data() + static_cast<int64_t>(y % capacity_) * width();
  }

  void Sum(int y) {
    const uint8_t* const row = in_.Row(y, buffer_.data());
    CopyReflected(row, width(), taps_x_ / 2, taps_x_ / 2, padded_.data());
    kernels_.gaussian_row(padded_.data(), weights_x_, taps_x_, width(),
                          Sums(y));
  }

  RowSource& in_;
  const Kernels& kernels_;
  const uint16_t* const weights_x_;
  const int taps_x_;
  const uint16_t* const weights_y_;
  const int taps_y_;
  const int capacity_;
  int next_ = -1;
  std::vector<uint8_t> buffer_;
  std::vector<uint8_t> padded_;
  std::vector<uint16_t> sums_;
  std::vector<const uint16_t*> rows_;
};

}  // namespace

absl::StatusOr<Gaussian> Gaussian::Create(const GaussianOptions& options) {
  ParameterCheck check;
  check.Range("sigma_x", options.sigma_x, 0, 42.5)
      .Range("sigma_y", options.sigma_y, 0, 42.5);
  if (options.size_x != 0) check.Odd("size_x", options.size_x, 1, kMaxTaps);
  if (options.size_y != 0) check.Odd("size_y", options.size_y, 1, kMaxTaps);
  const double sigma_y =
      options.sigma_y > 0 ? options.sigma_y : options.sigma_x;
  SL_RETURN_IF_ERROR(check
                         .Demand(options.size_x != 0 || options.sigma_x > 0,
                                 "sigma_x", "must be above 0 where size_x is 0")
                         .Demand(options.size_y != 0 || sigma_y > 0, "sigma_y",
                                 "must be above 0 where size_y is 0")
                         .status());
  const int taps_x =
      options.size_x != 0 ? options.size_x : TapsFor(options.sigma_x);
  const int taps_y = options.size_y != 0 ? options.size_y : TapsFor(sigma_y);
  Gaussian gaussian;
  gaussian.weights_x_.resize(static_cast<size_t>(taps_x));
  gaussian.weights_y_.resize(static_cast<size_t>(taps_y));
  rules::FixedGaussianWeights(taps_x, options.sigma_x,
                              gaussian.weights_x_.data());
  rules::FixedGaussianWeights(taps_y, sigma_y, gaussian.weights_y_.data());
  return gaussian;
}

int64_t Gaussian::WorkingBytes(int width, int height, int threads) const {
  const int64_t ring = int64_t{2} * width * std::min(support(), height);
  const int64_t rows = 2 * width + static_cast<int64_t>(weights_x_.size()) +
                       8 * support() + 1024;
  return threads * (ring + rows);
}

std::unique_ptr<RowSource> Gaussian::Rows(RowSource& in,
                                          const Kernels& kernels) const {
  return std::make_unique<GaussianRows>(in, weights_x_, weights_y_, kernels);
}

absl::Status Gaussian::Run(const GrayView& in, GrayImage& out,
                           const Execution& execution) const {
  return RunOnGray(*this, in, execution, out);
}

}  // namespace sightline::preprocess
