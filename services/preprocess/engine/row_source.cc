#include "services/preprocess/engine/row_source.h"

#include <algorithm>
#include <cstring>

#include "common/status/status_macros.h"
#include "services/preprocess/engine/pixel_rules/host_device.h"

namespace sightline::preprocess {
namespace {

// Loops may write and read whole vectors of a row.
constexpr int kRowPadding = 64;

class GrayImageRows : public RowSource {
 public:
  explicit GrayImageRows(const GrayView& image)
      : RowSource(image.width(), image.height()), image_(image) {}
  const uint8_t* Row(int y, uint8_t*) override { return image_.row(y); }
  bool IsStateless() const override { return true; }

 private:
  const GrayView image_;
};

class RgbImageRows : public RowSource {
 public:
  RgbImageRows(const RgbView& image, const Kernels& kernels)
      : RowSource(image.width(), image.height()),
        image_(image),
        kernels_(kernels) {}
  const uint8_t* Row(int y, uint8_t* buffer) override {
    kernels_.gray(image_.row(y), width(), buffer);
    return buffer;
  }
  bool IsStateless() const override { return true; }

 private:
  const RgbView image_;
  const Kernels& kernels_;
};

}  // namespace

std::unique_ptr<RowSource> GrayRows(const GrayView& image) {
  return std::make_unique<GrayImageRows>(image);
}

std::unique_ptr<RowSource> GrayRows(const RgbView& image,
                                    const Kernels& kernels) {
  return std::make_unique<RgbImageRows>(image, kernels);
}

int64_t RowRingBytes(int width, int above, int below) {
  return int64_t{above + below + 1} *
         (width + kRowPadding + static_cast<int>(sizeof(void*)));
}

RowRing::RowRing(RowSource& source, int above, int below)
    : source_(source),
      above_(above),
      below_(below),
      capacity_(std::min(above + below + 1, source.height())),
      memory_(static_cast<size_t>(capacity_) *
              static_cast<size_t>(source.width() + kRowPadding)),
      rows_(static_cast<size_t>(capacity_)) {}

void RowRing::MoveTo(int y) {
  const int last = std::min(y + below_, source_.height() - 1);
  if (next_ < 0) next_ = std::max(y - above_, 0);
  for (; next_ <= last; ++next_) {
    const int slot = next_ % capacity_;
    uint8_t* const buffer =
        memory_.data() +
        static_cast<int64_t>(slot) * (source_.width() + kRowPadding);
    rows_[static_cast<size_t>(slot)] = source_.Row(next_, buffer);
  }
}

int RowsPerBand(int support) { return std::max(128, 8 * support); }

absl::Status RunRows(int width, int height, int support,
                     const Execution& execution, const MakeRows& make,
                     GrayImage& out) {
  SL_RETURN_IF_ERROR(Resize(width, height, out));
  return RunBands(
      height, RowsPerBand(support), execution, [&](int begin, int end) {
        std::vector<std::unique_ptr<RowSource>> sources;
        make(sources);
        for (int y = begin; y < end; ++y) {
          const uint8_t* const row = sources.back()->Row(y, out.row(y));
          if (row != out.row(y)) {
            std::memcpy(out.row(y), row, static_cast<size_t>(width));
          }
        }
      });
}

void CopyReflected(const uint8_t* row, int width, int left, int right,
                   uint8_t* to) {
  for (int x = -left; x < 0; ++x) {
    to[left + x] = row[rules::Reflect101(x, width)];
  }
  std::memcpy(to + left, row, static_cast<size_t>(width));
  for (int x = width; x < width + right; ++x) {
    to[left + x] = row[rules::Reflect101(x, width)];
  }
}

void CopyReplicated(const uint8_t* row, int width, int left, int right,
                    uint8_t* to) {
  std::memset(to, row[0], static_cast<size_t>(left));
  std::memcpy(to + left, row, static_cast<size_t>(width));
  std::memset(to + left + width, row[width - 1], static_cast<size_t>(right));
}

}  // namespace sightline::preprocess
