#include "services/georef/engine/vector/crack_corners.h"

#include <algorithm>
#include <bit>
#include <utility>
#include <vector>

#include "common/status/status_macros.h"

namespace sightline::georef {
namespace {

constexpr int kLinesPerPoll = 64;
constexpr int kLinesPerSample = 16;

int HighestBit(uint64_t word) { return 63 - std::countl_zero(word); }

// The vertical cracks in a row of pixels, looked for only where somebody asks.
class CracksToTheLeft {
 public:
  explicit CracksToTheLeft(const uint64_t* row) : row_(row) {}

  // Of the last crack in the words before `word`, -1 if there is none. Asked
  // for ascending words.
  int LastBefore(int word) {
    for (int i = word - 1; i >= known_words_; --i) {
      const uint64_t carry = i > 0 ? row_[i - 1] >> 63 : 0;
      const uint64_t cracks = row_[i] ^ ((row_[i] << 1) | carry);
      if (cracks == 0) continue;
      last_ = i * 64 + HighestBit(cracks);
      break;
    }
    known_words_ = word;
    return last_;
  }

 private:
  const uint64_t* row_;
  // `last_` is the last crack in the words before this one.
  int known_words_ = 0;
  int last_ = -1;
};

}  // namespace

// Appends to the arrays by pointers of its own: what is written through them
// could otherwise, for all that a compiler knows, be the pointers.
class CrackCorners::Writer {
 public:
  Writer(Place* places, uint32_t* vertical, uint32_t* left, uint8_t* kinds,
         uint32_t size)
      : places_(places),
        vertical_(vertical),
        left_(left),
        kinds_(kinds),
        size_(size) {}

  uint32_t Add(int x, int y, uint8_t kind) {
    const uint32_t corner = size_++;
    places_[corner] = {static_cast<uint16_t>(x), static_cast<uint16_t>(y)};
    kinds_[corner] = kind;
    return corner;
  }
  void Join(uint32_t upper, uint32_t lower) {
    vertical_[upper] = lower;
    vertical_[lower] = upper;
  }
  void SetLeft(uint32_t corner, uint32_t left) { left_[corner] = left; }
  uint32_t size() const { return size_; }

 private:
  Place* const places_;
  uint32_t* const vertical_;
  uint32_t* const left_;
  uint8_t* const kinds_;
  uint32_t size_;
};

CrackCorners::Arrays::Arrays(int64_t capacity)
    : places(std::make_unique_for_overwrite<Place[]>(capacity)),
      vertical(std::make_unique_for_overwrite<uint32_t[]>(capacity)),
      left(std::make_unique_for_overwrite<uint32_t[]>(capacity)),
      kinds(std::make_unique_for_overwrite<uint8_t[]>(capacity)) {}

// For a word's corners. False if there are more than the maximum already.
bool CrackCorners::MakeRoom() {
  if (size_ > maximum_) return false;
  capacity_ = std::min(2 * capacity_, maximum_) + kSpare;
  Arrays arrays(capacity_);
  std::copy_n(arrays_.places.get(), size_, arrays.places.get());
  std::copy_n(arrays_.vertical.get(), size_, arrays.vertical.get());
  std::copy_n(arrays_.left.get(), size_, arrays.left.get());
  std::copy_n(arrays_.kinds.get(), size_, arrays.kinds.get());
  arrays_ = std::move(arrays);
  return true;
}

void CrackCorners::AddLine(const BitRows& rows, int y) {
  uint32_t* const open = open_.data();
  const uint64_t* upper = rows.Row(y - 1);
  const uint64_t* lower = rows.Row(y);
  uint64_t upper_carry = 0;
  uint64_t lower_carry = 0;
  CracksToTheLeft cracks(lower);
  for (int i = 0;; ++i) {
    i = SkipWordsWithoutCorners(upper, lower, i, rows.words_per_row(),
                                upper_carry, lower_carry);
    if (i == rows.words_per_row()) break;
    const CornerWord word =
        CornersOf(upper[i], lower[i], upper_carry, lower_carry);
    if (size_ + kSpare > std::min(capacity_, maximum_ + kSpare) &&
        !MakeRoom()) {
      found_all_ = false;
      return;
    }
    Writer writer(arrays_.places.get(), arrays_.vertical.get(),
                  arrays_.left.get(), arrays_.kinds.get(), size_);
    for (uint64_t rest = word.corners; rest != 0; rest &= rest - 1) {
      const int bit = std::countr_zero(rest);
      const uint64_t here = uint64_t{1} << bit;
      const int x = i * 64 + bit;
      const bool above = word.above & here;
      const bool label_below = lower[i] & here;
      if (above && (word.below & here)) {
        const uint32_t reaching = open[x];
        if (label_below) {  // the pixels to the upper left and lower right
          writer.Join(reaching, writer.Add(x, y, kFirstOfTwins));
          open[x] = writer.Add(x, y, kSecondOfTwins | kLabelBelow);
        } else {  // the pixels to the lower left and upper right
          open[x] = writer.Add(x, y, kFirstOfTwins);
          writer.Join(reaching, writer.Add(x, y, kSecondOfTwins));
        }
      } else {
        // Whether a crack comes from above or leads down changes from corner to
        // corner in no order that a processor could foresee: so both are done
        // alike. A corner that nothing comes to joins itself for now, and what
        // is left open by one that nothing leaves is not looked at.
        const uint32_t corner = writer.Add(x, y, label_below ? kLabelBelow : 0);
        writer.Join(above ? open[x] : corner, corner);
        open[x] = corner;
      }
    }
    for (uint64_t rest = word.starts; rest != 0; rest &= rest - 1) {
      const int bit = std::countr_zero(rest);
      const uint64_t before = word.below & ((uint64_t{1} << bit) - 1);
      const int left =
          before ? i * 64 + HighestBit(before) : cracks.LastBefore(i);
      writer.SetLeft(open[i * 64 + bit], left >= 0 ? open[left] : kNoCorner);
    }
    size_ = writer.size();
  }
}

absl::Status CrackCorners::Find(const BitRows& rows, int64_t maximum,
                                const StopToken& stop) {
  maximum_ = maximum;
  found_all_ = true;
  size_ = 0;
  // A sample of the lines tells how many there will be, nearly.
  const int64_t expected =
      kLinesPerSample * rows.CountCorners(kLinesPerSample) * 9 / 8;
  const int64_t capacity = std::min(expected, maximum) + kSpare;
  if (capacity > capacity_) {
    arrays_ = Arrays(0);
    arrays_ = Arrays(capacity);
    capacity_ = capacity;
  }
  open_.assign(static_cast<size_t>(rows.width()) + 1, kNoCorner);
  for (int y = 0; y <= rows.height() && found_all_; ++y) {
    if (y % kLinesPerPoll == 0) SL_RETURN_IF_ERROR(stop.Poll());
    AddLine(rows, y);
  }
  if (size_ > maximum) found_all_ = false;
  return absl::OkStatus();
}

int64_t CrackCorners::Bytes(int width, int64_t count) {
  // While it grows, what it was and what it becomes.
  return 4 * (int64_t{width} + 1) + 2 * kBytesPerCorner * (count + kSpare);
}

}  // namespace sightline::georef
