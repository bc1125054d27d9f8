#include "services/preprocess/engine/median.h"

#include <vector>

#include "common/status/status_macros.h"
#include "services/preprocess/engine/parameter_check.h"
#include "services/preprocess/engine/pixel_rules/host_device.h"

namespace sightline::preprocess {
namespace {

// 3 x 3, from the rows as they are.
class SmallMedianRows : public RowSource {
 public:
  SmallMedianRows(RowSource& in, const Kernels& kernels)
      : RowSource(in.width(), in.height()),
        kernels_(kernels),
        ring_(in, 1, 1) {}

  const uint8_t* Row(int y, uint8_t* buffer) override {
    ring_.MoveTo(y);
    kernels_.median_of_rows(
        ring_.row(rules::ClampIndex(y - 1, height())), ring_.row(y),
        ring_.row(rules::ClampIndex(y + 1, height())), width(), buffer);
    return buffer;
  }

 private:
  const Kernels& kernels_;
  RowRing ring_;
};

// Larger ones, by sorting columns first.
class MedianRows : public RowSource {
 public:
  MedianRows(RowSource& in, int size, const Kernels& kernels)
      : RowSource(in.width(), in.height()),
        size_(size),
        kernels_(kernels),
        ring_(in, size / 2, size / 2),
        padded_(static_cast<size_t>(size) * Stride()),
        rows_(static_cast<size_t>(size)) {
    for (int i = 0; i < size; ++i) {
      rows_[static_cast<size_t>(i)] =
          padded_.data() + static_cast<size_t>(i) * Stride();
    }
  }

  const uint8_t* Row(int y, uint8_t* buffer) override {
    ring_.MoveTo(y);
    const int radius = size_ / 2;
    for (int i = 0; i < size_; ++i) {
      CopyReplicated(ring_.row(rules::ClampIndex(y + i - radius, height())),
                     width(), radius, radius, rows_[static_cast<size_t>(i)]);
    }
    kernels_.sort_rows(rows_.data(), size_, width() + size_ - 1);
    kernels_.median(rows_.data(), size_, width(), buffer);
    return buffer;
  }

 private:
  size_t Stride() const {
    return static_cast<size_t>(width() + size_ - 1 + kRegisterBytes);
  }

  const int size_;
  const Kernels& kernels_;
  RowRing ring_;
  std::vector<uint8_t> padded_;
  std::vector<uint8_t*> rows_;
};

}  // namespace

absl::StatusOr<Median> Median::Create(const MedianOptions& options) {
  SL_RETURN_IF_ERROR(ParameterCheck().Odd("size", options.size, 3, 9).status());
  return Median(options.size);
}

int64_t Median::WorkingBytes(int width, int, int threads) const {
  const int64_t sorted =
      size_ == 3 ? 0 : size_ * (width + size_ + kRegisterBytes + 16);
  return threads * (RowRingBytes(width, size_ / 2, size_ / 2) + sorted + 1024);
}

std::unique_ptr<RowSource> Median::Rows(RowSource& in,
                                        const Kernels& kernels) const {
  if (size_ == 3) return std::make_unique<SmallMedianRows>(in, kernels);
  return std::make_unique<MedianRows>(in, size_, kernels);
}

absl::Status Median::Run(const GrayView& in, GrayImage& out,
                         const Execution& execution) const {
  return RunOnGray(*this, in, execution, out);
}

}  // namespace sightline::preprocess
