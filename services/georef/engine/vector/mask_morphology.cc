#include "services/georef/engine/vector/mask_morphology.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "services/georef/engine/reasons.h"
#include "services/georef/engine/vector/bit_rows.h"
#include "services/georef/engine/vector/label_bits.h"
#include "services/georef/engine/vector/mask_check.h"
#include "services/georef/engine/vector/memory_guard.h"

namespace sightline::georef {
namespace {

constexpr int kRowsPerPoll = 16;

absl::Status OptionError(absl::string_view field, absl::string_view problem) {
  return Error(absl::StatusCode::kInvalidArgument, kMorphologyOptionInvalid)
      .Field(field, problem);
}

absl::Status CheckOptions(const MorphologyOptions& options) {
  if (options.operation < MaskOperation::kDilate ||
      options.operation > MaskOperation::kClose) {
    return OptionError("operation", "is none of those there are");
  }
  if (options.neighbourhood != Neighbourhood::kDisc &&
      options.neighbourhood != Neighbourhood::kSquare) {
    return OptionError("neighbourhood", "is none of those there are");
  }
  if (!(options.radius_pixels > 0 &&
        options.radius_pixels <= kMaximumMorphologyRadius)) {
    return OptionError(
        "radius_pixels",
        absl::StrCat("is ", options.radius_pixels, ", must be above 0 up to ",
                     kMaximumMorphologyRadius));
  }
  std::array<bool, 256> seen = {};
  for (const uint8_t label : options.labels) {
    if (label == 0) return OptionError("labels", "names 0, which is no label");
    if (seen[label]) {
      return OptionError("labels", absl::StrCat("names ", label, " twice"));
    }
    seen[label] = true;
  }
  return absl::OkStatus();
}

// By |dy| how far the neighbourhood reaches to the left and right.
std::vector<int> HalfWidths(const MorphologyOptions& options) {
  const double radius = options.radius_pixels;
  const int reach = static_cast<int>(radius);
  std::vector<int> half_widths(reach + 1, reach);
  if (options.neighbourhood == Neighbourhood::kSquare) return half_widths;
  for (int dy = 0; dy <= reach; ++dy) {
    int width = static_cast<int>(std::sqrt(radius * radius - dy * dy));
    // The root may be rounded across a whole number.
    while ((width + 1) * (width + 1) + dy * dy <= radius * radius) ++width;
    while (width * width + dy * dy > radius * radius) --width;
    half_widths[dy] = width;
  }
  return half_widths;
}

// Bits of rows, dilated and eroded in place.
class LabelPlane {
 public:
  LabelPlane(int width, int height, std::vector<int> half_widths)
      : half_widths_(std::move(half_widths)) {
    rows_.Resize(width, height);
    result_.Resize(width, height);
    near_.resize(rows_.words_per_row());
  }

  absl::Status Fill(const LabelMask& mask, uint8_t label,
                    const StopToken& stop) {
    return rows_.Fill(mask, label, stop);
  }

  absl::Status Apply(MaskOperation operation, const StopToken& stop) {
    const bool erodes_first =
        operation == MaskOperation::kErode || operation == MaskOperation::kOpen;
    SL_RETURN_IF_ERROR(erodes_first ? Erode(stop) : Dilate(stop));
    if (operation == MaskOperation::kOpen) return Dilate(stop);
    if (operation == MaskOperation::kClose) return Erode(stop);
    return absl::OkStatus();
  }

  const uint64_t* Row(int y) const { return rows_.Row(y); }
  int words_per_row() const { return rows_.words_per_row(); }

 private:
  // Each row, widened step by step, is laid upon the rows to which it reaches
  // at that width.
  absl::Status Dilate(const StopToken& stop) {
    const int height = rows_.height();
    const int words = rows_.words_per_row();
    for (int y = 0; y < height; ++y) {
      std::fill_n(result_.MutableRow(y), words, 0);
    }
    const int reach = static_cast<int>(half_widths_.size()) - 1;
    for (int y = 0; y < height; ++y) {
      if (y % kRowsPerPoll == 0) SL_RETURN_IF_ERROR(stop.Poll());
      const uint64_t* row = rows_.Row(y);
      if (std::all_of(row, row + words, [](uint64_t w) { return w == 0; })) {
        continue;
      }
      std::copy_n(row, words, near_.begin());
      int width = 0;
      for (int dy = reach; dy >= 0; --dy) {
        for (; width < half_widths_[dy]; ++width) Widen();
        LayUpon(y - dy);
        if (dy > 0) LayUpon(y + dy);
      }
    }
    for (int y = 0; y < height; ++y) ClearTail(result_.MutableRow(y));
    std::swap(rows_, result_);
    return absl::OkStatus();
  }

  // What is not within reach of pixels without the label.
  absl::Status Erode(const StopToken& stop) {
    Invert();
    SL_RETURN_IF_ERROR(Dilate(stop));
    Invert();
    return absl::OkStatus();
  }

  void Invert() {
    for (int y = 0; y < rows_.height(); ++y) {
      uint64_t* row = rows_.MutableRow(y);
      for (int i = 0; i < rows_.words_per_row(); ++i) row[i] = ~row[i];
      ClearTail(row);
    }
  }

  // By one pixel to either side.
  void Widen() {
    const int words = rows_.words_per_row();
    uint64_t before = 0;
    for (int i = 0; i < words; ++i) {
      const uint64_t word = near_[i];
      const uint64_t after = i + 1 < words ? near_[i + 1] : 0;
      near_[i] =
          word | (word << 1) | (before >> 63) | (word >> 1) | (after << 63);
      before = word;
    }
    ClearTail(near_.data());
  }

  void LayUpon(int y) {
    if (y < 0 || y >= rows_.height()) return;
    uint64_t* row = result_.MutableRow(y);
    for (int i = 0; i < rows_.words_per_row(); ++i) row[i] |= near_[i];
  }

  // Bits to the right of the mask. The last word has some always.
  void ClearTail(uint64_t* row) const {
    const int last = rows_.words_per_row() - 1;
    row[last] &= (uint64_t{1} << (rows_.width() - 64 * last)) - 1;
  }

  const std::vector<int> half_widths_;
  BitRows rows_;
  BitRows result_;
  std::vector<uint64_t> near_;
};

std::vector<uint8_t> LabelsOf(const LabelMask& mask) {
  std::array<bool, 256> seen = {};
  for (int y = 0; y < mask.height; ++y) {
    const uint8_t* row = mask.labels + y * mask.stride;
    int x = 0;
    for (; x + 64 <= mask.width; x += 64) {
      seen[row[x]] = true;
      if (EqualBits(row + x, row[x]) == ~uint64_t{0}) continue;
      for (int i = 1; i < 64; ++i) seen[row[x + i]] = true;
    }
    for (; x < mask.width; ++x) seen[row[x]] = true;
  }
  std::vector<uint8_t> labels;
  for (int label = 1; label < 256; ++label) {
    if (seen[label]) labels.push_back(static_cast<uint8_t>(label));
  }
  return labels;
}

// `changed` holds what later labels may still take: 0 and labels not listed.
void Lay(const LabelMask& mask, uint8_t label, const LabelPlane& plane,
         const std::array<bool, 256>& is_listed,
         std::vector<uint8_t>& changed) {
  for (int y = 0; y < mask.height; ++y) {
    const uint8_t* before = mask.labels + y * mask.stride;
    uint8_t* after = &changed[static_cast<size_t>(y) * mask.width];
    const uint64_t* bits = plane.Row(y);
    for (int i = 0; i < plane.words_per_row(); ++i) {
      const int x = 64 * i;
      const int count = std::min(64, mask.width - x);
      if (bits[i] == 0) {
        // Taken away, if it was there.
        for (int k = x; k < x + count; ++k) {
          if (before[k] == label) after[k] = 0;
        }
        continue;
      }
      for (int k = 0; k < count; ++k) {
        const uint8_t old = before[x + k];
        const bool has = bits[i] >> k & 1;
        if (old == label) {
          after[x + k] = has ? label : 0;
        } else if (has && !is_listed[old] && !is_listed[after[x + k]]) {
          after[x + k] = label;
        }
      }
    }
  }
}

}  // namespace

absl::StatusOr<std::vector<uint8_t>> ApplyMorphology(
    const LabelMask& mask, const MorphologyOptions& options,
    const StopToken& stop) {
  SL_RETURN_IF_ERROR(CheckMask(mask));
  SL_RETURN_IF_ERROR(CheckOptions(options));
  return WithinMemory<std::vector<uint8_t>>(
      [&]() -> absl::StatusOr<std::vector<uint8_t>> {
        const std::vector<uint8_t> labels =
            options.labels.empty() ? LabelsOf(mask) : options.labels;
        std::array<bool, 256> is_listed = {};
        for (const uint8_t label : labels) is_listed[label] = true;
        std::vector<uint8_t> changed;
        changed.reserve(static_cast<size_t>(mask.width) * mask.height);
        for (int y = 0; y < mask.height; ++y) {
          const uint8_t* row = mask.labels + y * mask.stride;
          changed.insert(changed.end(), row, row + mask.width);
        }
        LabelPlane plane(mask.width, mask.height, HalfWidths(options));
        for (const uint8_t label : labels) {
          SL_RETURN_IF_ERROR(plane.Fill(mask, label, stop));
          SL_RETURN_IF_ERROR(plane.Apply(options.operation, stop));
          Lay(mask, label, plane, is_listed, changed);
        }
        return changed;
      });
}

int64_t ApplyMorphologyBytes(int width, int height) {
  constexpr int64_t kSmall = 16 << 10;
  return int64_t{width} * height + 2 * BitRows::Bytes(width, height) +
         8 * (int64_t{width} / 64 + 1) + kSmall;
}

}  // namespace sightline::georef
