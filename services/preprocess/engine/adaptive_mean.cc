#include "services/preprocess/engine/adaptive_mean.h"

#include <algorithm>

#include "common/status/status_macros.h"
#include "services/preprocess/engine/parameter_check.h"
#include "services/preprocess/engine/pixel_rules/adaptive_mean.h"

namespace sightline::preprocess {
namespace {

class MeanRows : public RowSource {
 public:
  MeanRows(RowSource& in, const MeanThreshold& rule, const Kernels& kernels)
      : RowSource(in.width(), in.height()),
        rule_(rule),
        radius_(rule.size / 2),
        kernels_(kernels),
        // The row that leaves is one above the window.
        ring_(in, radius_ + 1, radius_),
        columns_(static_cast<size_t>(in.width() + 2 * radius_)),
        zeros_(static_cast<size_t>(in.width())) {}

  const uint8_t* Row(int y, uint8_t* buffer) override {
    ring_.MoveTo(y);
    uint16_t* const columns = columns_.data() + radius_;
    if (is_first_) {
      is_first_ = false;
      for (int i = -radius_; i <= radius_; ++i) {
        kernels_.slide(Inside(y + i), zeros_.data(), width(), columns);
      }
    } else {
      kernels_.slide(Inside(y + radius_), Inside(y - radius_ - 1), width(),
                     columns);
    }
    std::fill_n(columns_.data(), radius_, columns[0]);
    std::fill_n(columns + width(), radius_, columns[width() - 1]);
    kernels_.mean_threshold(columns_.data(), ring_.row(y), rule_, width(),
                            buffer);
    return buffer;
  }

 private:
  const uint8_t* Inside(int y) const {
    return ring_.row(rules::ClampIndex(y, height()));
  }

  const MeanThreshold rule_;
  const int radius_;
  const Kernels& kernels_;
  RowRing ring_;
  bool is_first_ = true;
  // With radius_ replicated ones on each side.
  std::vector<uint16_t> columns_;
  const std::vector<uint8_t> zeros_;
};

}  // namespace

absl::StatusOr<AdaptiveMean> AdaptiveMean::Create(
    const AdaptiveMeanOptions& options) {
  SL_RETURN_IF_ERROR(ParameterCheck()
                         .Odd("size", options.size, 3, 255)
                         .Range("offset", options.offset, -255, 255)
                         .status());
  return AdaptiveMean(options);
}

int64_t AdaptiveMean::WorkingBytes(int width, int, int threads) const {
  const int radius = options_.size / 2;
  return threads * (RowRingBytes(width, radius + 1, radius) + 3 * width +
                    2 * options_.size + 1024);
}

std::unique_ptr<RowSource> AdaptiveMean::Rows(RowSource& in,
                                              const Kernels& kernels) const {
  const MeanThreshold rule = {
      .size = options_.size,
      .delta = rules::MeanDelta(options_.offset, options_.is_inverted),
      .is_inverted = options_.is_inverted};
  return std::make_unique<MeanRows>(in, rule, kernels);
}

absl::Status AdaptiveMean::Run(const GrayView& in, GrayImage& out,
                               const Execution& execution) const {
  return RunOnGray(*this, in, execution, out);
}

}  // namespace sightline::preprocess
