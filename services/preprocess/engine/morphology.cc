#include "services/preprocess/engine/morphology.h"

#include <algorithm>
#include <cstring>

#include "common/status/status_macros.h"
#include "services/preprocess/engine/parameter_check.h"

namespace sightline::preprocess {
namespace {

using rules::ElementShape;
using rules::ElementSpan;

// Erosion or dilation by name of its kernels.
struct Extreme {
  decltype(Kernels::minimum) combine;
  decltype(Kernels::window_minimum) window;
  // What pixels outside the image count as.
  uint8_t neutral;
};

Extreme ExtremeFor(bool is_erosion, const Kernels& kernels) {
  if (is_erosion) return {kernels.minimum, kernels.window_minimum, 255};
  return {kernels.maximum, kernels.window_maximum, 0};
}

// A row of the image with neutral pixels around it.
class PaddedRow {
 public:
  PaddedRow(int width, int pad, uint8_t neutral)
      : pad_(pad), pixels_(static_cast<size_t>(width + 2 * pad), neutral) {}

  void Fetch(RowSource& in, int y) {
    uint8_t* const inside = pixels_.data() + pad_;
    const uint8_t* const row = in.Row(y, inside);
    if (row != inside) {
      std::memcpy(inside, row, static_cast<size_t>(in.width()));
    }
  }
  // Column `x`, which may lie up to `pad` outside.
  const uint8_t* at(int x) const { return pixels_.data() + pad_ + x; }

 private:
  const int pad_;
  std::vector<uint8_t> pixels_;
};

// Rectangles, after van Herk (1992) and Gil and Werman (1993): rows are taken
// in blocks of the element's height. A window covers the end of one block and
// the beginning of the next; the extremes of all ends of a block are found at
// once, those of the beginnings one by one.
class RectangleRows : public RowSource {
 public:
  RectangleRows(RowSource& in, int element_width, int element_height,
                const Extreme& extreme)
      : RowSource(in.width(), in.height()),
        in_(in),
        element_width_(element_width),
        element_height_(element_height),
        extreme_(extreme),
        padded_(in.width(), element_width, extreme.neutral),
        ends_(Block()),
        next_block_(Block()),
        beginning_(static_cast<size_t>(in.width())) {}

  const uint8_t* Row(int y, uint8_t* buffer) override {
    const int top = y - element_height_ / 2;
    if (is_first_) {
      is_first_ = false;
      block_top_ = top;
      for (int i = 0; i < element_height_; ++i) Fetch(top + i, At(ends_, i));
      FindEnds();
    } else if (top == block_top_ + element_height_) {
      Fetch(top + element_height_ - 1, At(next_block_, element_height_ - 1));
      block_top_ = top;
      std::swap(ends_, next_block_);
      FindEnds();
    } else {
      // The bottom row is the next block's row number `depth` - 1.
      const int depth = top - block_top_;
      uint8_t* const bottom = At(next_block_, depth - 1);
      Fetch(top + element_height_ - 1, bottom);
      if (depth == 1) {
        std::memcpy(beginning_.data(), bottom, beginning_.size());
      } else {
        extreme_.combine(beginning_.data(), bottom, width(), beginning_.data());
      }
      extreme_.combine(At(ends_, depth), beginning_.data(), width(), buffer);
      return buffer;
    }
    std::memcpy(buffer, At(ends_, 0), static_cast<size_t>(width()));
    return buffer;
  }

 private:
  std::vector<uint8_t> Block() const {
    return std::vector<uint8_t>(static_cast<size_t>(width()) *
                                static_cast<size_t>(element_height_));
  }
  uint8_t* At(std::vector<uint8_t>& block, int row) const {
    return block.data() + int64_t{row} * width();
  }

  // The extremes along row `y`.
  void Fetch(int y, uint8_t* to) {
    if (y < 0 || y >= height()) {
      std::memset(to, extreme_.neutral, static_cast<size_t>(width()));
      return;
    }
    padded_.Fetch(in_, y);
    extreme_.window(padded_.at(-(element_width_ / 2)), element_width_, width(),
                    to);
  }

  void FindEnds() {
    for (int i = element_height_ - 2; i >= 0; --i) {
      extreme_.combine(At(ends_, i), At(ends_, i + 1), width(), At(ends_, i));
    }
  }

  RowSource& in_;
  const int element_width_;
  const int element_height_;
  const Extreme extreme_;
  PaddedRow padded_;
  bool is_first_ = true;
  int block_top_ = 0;
  // Extremes from each row of a block to its end.
  std::vector<uint8_t> ends_;
  // Rows of the block below, as far as they were fetched.
  std::vector<uint8_t> next_block_;
  // Extremes from the beginning of the block below to the last row fetched.
  std::vector<uint8_t> beginning_;
};

// Any element: a row of the image goes into all rows of the result that see it,
// through the extremes along each different span of the element.
class SpanRows : public RowSource {
 public:
  SpanRows(RowSource& in, const MorphologyOptions& element,
           const Extreme& extreme)
      : RowSource(in.width(), in.height()),
        in_(in),
        element_height_(element.height),
        anchor_x_(element.width / 2),
        anchor_y_(element.height / 2),
        extreme_(extreme),
        padded_(in.width(), element.width, extreme.neutral),
        along_(static_cast<size_t>(in.width())),
        results_(static_cast<size_t>(in.width()) *
                     static_cast<size_t>(element.height),
                 extreme.neutral) {
    for (int row = 0; row < element.height; ++row) {
      const ElementSpan span =
          rules::ElementRow(element.shape, element.width, element.height, row);
      if (span.begin >= span.end) continue;
      auto found = std::find_if(
          spans_.begin(), spans_.end(), [&](const SpanOfRows& other) {
            return other.span.begin == span.begin && other.span.end == span.end;
          });
      if (found == spans_.end()) found = spans_.insert(found, {span, {}});
      found->rows.push_back(row);
    }
  }

  const uint8_t* Row(int y, uint8_t* buffer) override {
    if (first_ < 0) {
      first_ = y;
      next_ = std::max(y - anchor_y_, 0);
    }
    const int last =
        std::min(y + element_height_ - 1 - anchor_y_, height() - 1);
    for (; next_ <= last; ++next_) Spread(y);
    uint8_t* const result = Result(y);
    std::memcpy(buffer, result, static_cast<size_t>(width()));
    std::memset(result, extreme_.neutral, static_cast<size_t>(width()));
    return buffer;
  }

 private:
  struct SpanOfRows {
    ElementSpan span;
    std::vector<int> rows;
  };

  uint8_t* Result(int y) {
    return results_.data() + int64_t{y % element_height_} * width();
  }

  // Row next_ of the image, into rows of the result from `y` on.
  void Spread(int y) {
    padded_.Fetch(in_, next_);
    for (const SpanOfRows& each : spans_) {
      extreme_.window(padded_.at(each.span.begin - anchor_x_),
                      each.span.end - each.span.begin, width(), along_.data());
      for (const int row : each.rows) {
        const int target = next_ - row + anchor_y_;
        if (target < y || target >= height()) continue;
        extreme_.combine(Result(target), along_.data(), width(),
                         Result(target));
      }
    }
  }

  RowSource& in_;
  const int element_height_;
  const int anchor_x_;
  const int anchor_y_;
  const Extreme extreme_;
  PaddedRow padded_;
  std::vector<uint8_t> along_;
  // A ring of unfinished rows.
  std::vector<uint8_t> results_;
  std::vector<SpanOfRows> spans_;
  int first_ = -1;
  int next_ = 0;
};

std::unique_ptr<RowSource> ExtremeRows(RowSource& in,
                                       const MorphologyOptions& element,
                                       bool is_erosion,
                                       const Kernels& kernels) {
  const Extreme extreme = ExtremeFor(is_erosion, kernels);
  if (element.shape == ElementShape::kRectangle) {
    return std::make_unique<RectangleRows>(in, element.width, element.height,
                                           extreme);
  }
  return std::make_unique<SpanRows>(in, element, extreme);
}

}  // namespace

absl::StatusOr<Morphology> Morphology::Create(
    const MorphologyOptions& options) {
  SL_RETURN_IF_ERROR(ParameterCheck()
                         .Range("width", options.width, 1, 1001)
                         .Range("height", options.height, 1, 1001)
                         .status());
  return Morphology(options);
}

int Morphology::support() const {
  const bool is_double = options_.operation == MorphologyOperation::kOpen ||
                         options_.operation == MorphologyOperation::kClose;
  return options_.height * (is_double ? 2 : 1);
}

int64_t Morphology::WorkingBytes(int width, int, int threads) const {
  const int64_t one = int64_t{2 * options_.height + 4} * width +
                      2 * options_.width + 64 * options_.height + 1024;
  return threads * 2 * one;
}

void Morphology::AddRows(std::vector<std::unique_ptr<RowSource>>& sources,
                         const Kernels& kernels) const {
  const auto add = [&](bool is_erosion) {
    sources.push_back(
        ExtremeRows(*sources.back(), options_, is_erosion, kernels));
  };
  switch (options_.operation) {
    case MorphologyOperation::kErode:
      return add(true);
    case MorphologyOperation::kDilate:
      return add(false);
    case MorphologyOperation::kOpen:
      add(true);
      return add(false);
    case MorphologyOperation::kClose:
      add(false);
      return add(true);
  }
}

absl::Status Morphology::Run(const GrayView& in, GrayImage& out,
                             const Execution& execution) const {
  SL_RETURN_IF_ERROR(CheckRun(in, execution));
  const Kernels& kernels = KernelsFor(execution.instructions);
  return RunRows(
      in.width(), in.height(), support(), execution,
      [&](auto& sources) {
        sources.push_back(GrayRows(in));
        AddRows(sources, kernels);
      },
      out);
}

}  // namespace sightline::preprocess
