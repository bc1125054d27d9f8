#include "services/preprocess/engine/bilateral.h"

#include <cmath>

#include "common/status/status_macros.h"
#include "services/preprocess/engine/kernels/kernels.h"
#include "services/preprocess/engine/parameter_check.h"
#include "services/preprocess/engine/pixel_rules/bilateral.h"
#include "services/preprocess/engine/row_source.h"

namespace sightline::preprocess {

Bilateral::Bilateral(const BilateralOptions& options)
    : radius_(options.diameter / 2) {
  for (int y = -radius_; y <= radius_; ++y) {
    int reach = 0;
    while ((reach + 1) * (reach + 1) + y * y <= radius_ * radius_) ++reach;
    reach_.push_back(reach);
    for (int x = -radius_; x <= radius_; ++x) {
      nearness_.push_back(
          rules::BilateralTableEntry(x * x + y * y, options.sigma_space));
    }
  }
  for (int difference = 0; difference < 256; ++difference) {
    likeness_[static_cast<size_t>(difference)] =
        rules::BilateralTableEntry(difference * difference, options.sigma_gray);
  }
}

absl::StatusOr<Bilateral> Bilateral::Create(const BilateralOptions& options) {
  SL_RETURN_IF_ERROR(ParameterCheck()
                         .Odd("diameter", options.diameter, 3, 31)
                         .Range("sigma_gray", options.sigma_gray, 0.1, 1000)
                         .Range("sigma_space", options.sigma_space, 0.1, 1000)
                         .status());
  return Bilateral(options);
}

int64_t Bilateral::WorkingBytes(int width, int, int threads) const {
  return threads *
         (int64_t{2 * radius_ + 1} * (width + 2 * radius_ + 8) + 4096);
}

absl::Status Bilateral::Run(const GrayView& in, GrayImage& out,
                            const Execution& execution) const {
  SL_RETURN_IF_ERROR(CheckRun(in, execution));
  SL_RETURN_IF_ERROR(Resize(in.width(), in.height(), out));
  const Kernels& kernels = KernelsFor(execution.instructions);
  const int size = 2 * radius_ + 1;
  const int stride = in.width() + 2 * radius_;
  return RunBands(
      in.height(), RowsPerBand(size), execution, [&](int begin, int end) {
        std::vector<uint8_t> padded(static_cast<size_t>(size) *
                                    static_cast<size_t>(stride));
        std::vector<const uint8_t*> rows(static_cast<size_t>(size));
        // Row `y`, which may lie outside, in a slot of its own.
        const auto slot = [&](int y) {
          return padded.data() + int64_t{(y + size) % size} * stride;
        };
        const auto fetch = [&](int y) {
          CopyReflected(in.row(rules::Reflect101(y, in.height())), in.width(),
                        radius_, radius_, slot(y));
        };
        for (int y = begin - radius_; y < begin + radius_; ++y) fetch(y);
        for (int y = begin; y < end; ++y) {
          fetch(y + radius_);
          for (int i = 0; i < size; ++i) {
            rows[static_cast<size_t>(i)] = slot(y - radius_ + i);
          }
          kernels.bilateral(rows.data(), radius_, reach_.data(),
                            nearness_.data(), likeness_.data(), in.width(),
                            out.row(y));
        }
      });
}

}  // namespace sightline::preprocess
