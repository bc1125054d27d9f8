#include "services/preprocess/engine/adaptive_gaussian.h"

#include <algorithm>

#include "common/status/status_macros.h"
#include "services/preprocess/engine/parameter_check.h"
#include "services/preprocess/engine/pixel_rules/adaptive_mean.h"
#include "services/preprocess/engine/pixel_rules/gaussian.h"

namespace sightline::preprocess {
namespace {

class WeightedMeanRows : public RowSource {
 public:
  WeightedMeanRows(const GrayView& in, const std::vector<float>& weights,
                   const MeanThreshold& rule, const Kernels& kernels)
      : RowSource(in.width(), in.height()),
        in_(in),
        weights_(weights),
        rule_(rule),
        kernels_(kernels),
        radius_(rule.size / 2),
        padded_(static_cast<size_t>(in.width() + rule.size - 1)),
        sums_(static_cast<size_t>(in.width()) * static_cast<size_t>(rule.size)),
        mean_(static_cast<size_t>(in.width())),
        rows_(static_cast<size_t>(rule.size)) {}

  const uint8_t* Row(int y, uint8_t* buffer) override {
    if (next_ < 0) next_ = std::max(y - radius_, 0);
    const int last = std::min(y + radius_, height() - 1);
    for (; next_ <= last; ++next_) Sum(next_);
    for (int i = 0; i < rule_.size; ++i) {
      rows_[static_cast<size_t>(i)] =
          Sums(rules::ClampIndex(y + i - radius_, height()));
    }
    kernels_.float_column(rows_.data(), weights_.data(), rule_.size, width(),
                          mean_.data());
    kernels_.float_threshold(in_.row(y), mean_.data(), rule_, width(), buffer);
    return buffer;
  }

 private:
  float* Sums(int y) {
    return sums_.data() + int64_t{y % rule_.size} * width();
  }

  void Sum(int y) {
    const uint8_t* const row = in_.row(y);
    float* const inside = padded_.data() + radius_;
    for (int x = 0; x < width(); ++x) inside[x] = row[x];
    std::fill_n(padded_.data(), radius_, inside[0]);
    std::fill_n(inside + width(), radius_, inside[width() - 1]);
    kernels_.float_row(padded_.data(), weights_.data(), rule_.size, width(),
                       Sums(y));
  }

  const GrayView in_;
  const std::vector<float>& weights_;
  const MeanThreshold rule_;
  const Kernels& kernels_;
  const int radius_;
  int next_ = -1;
  std::vector<float> padded_;
  std::vector<float> sums_;
  std::vector<float> mean_;
  std::vector<const float*> rows_;
};

}  // namespace

AdaptiveGaussian::AdaptiveGaussian(const AdaptiveMeanOptions& options)
    : options_(options) {
  std::vector<double> weights(static_cast<size_t>(options.size));
  rules::GaussianWeights(options.size, 0, weights.data());
  weights_.assign(weights.begin(), weights.end());
}

absl::StatusOr<AdaptiveGaussian> AdaptiveGaussian::Create(
    const AdaptiveMeanOptions& options) {
  SL_RETURN_IF_ERROR(ParameterCheck()
                         .Odd("size", options.size, 3, 255)
                         .Range("offset", options.offset, -255, 255)
                         .status());
  return AdaptiveGaussian(options);
}

int64_t AdaptiveGaussian::WorkingBytes(int width, int, int threads) const {
  return threads *
         (int64_t{4} * width * (options_.size + 2) + 16 * options_.size + 1024);
}

absl::Status AdaptiveGaussian::Run(const GrayView& in, GrayImage& out,
                                   const Execution& execution) const {
  SL_RETURN_IF_ERROR(CheckRun(in, execution));
  const Kernels& kernels = KernelsFor(execution.instructions);
  const MeanThreshold rule = {
      .size = options_.size,
      .delta = rules::MeanDelta(options_.offset, options_.is_inverted),
      .is_inverted = options_.is_inverted};
  return RunRows(
      in.width(), in.height(), options_.size, execution,
      [&](auto& sources) {
        sources.push_back(
            std::make_unique<WeightedMeanRows>(in, weights_, rule, kernels));
      },
      out);
}

}  // namespace sightline::preprocess
