// The loops over rows of pixels in which segmenting spends its time beside the
// network: pixels to numbers, scores to classes. Eight pixels at a time where
// the processor can; results are the same on all processors up to rounding.
// All are thread-safe for different rows.
#ifndef SIGHTLINE_SERVICES_GEOREF_ENGINE_SEGMENT_WIDE_ROWS_H_
#define SIGHTLINE_SERVICES_GEOREF_ENGINE_SEGMENT_WIDE_ROWS_H_

#include <array>
#include <cstddef>
#include <cstdint>

namespace sightline::georef {

// What ClassifyRow() reads and writes; nothing of it overlaps.
struct ClassRow {
  // `classes` > 0 times `width` numbers: a row for each class.
  const float* scores = nullptr;
  int classes = 0;
  size_t width = 0;
  // Scores are logits, else probabilities.
  bool is_logits = true;
  // `width` numbers each. The class with the highest score, the first of
  // equals.
  int32_t* labels = nullptr;
  // 0..255: the class's softmax within 0.55 / 255 of it, rounding included, or
  // its probability.
  int32_t* confidence = nullptr;
  // What it needs beside: `width` numbers each.
  float* best = nullptr;
  float* sum = nullptr;
};

void ClassifyRow(const ClassRow& row);

// out[i] = a[i] + weight * (b[i] - a[i]) for i < count; `a` and `b` may
// overlap.
void Between(const float* a, const float* b, float weight, size_t count,
             float* out);

// out[2 * i] = even[i], out[2 * i + 1] = odd[i] for i < count; of 0..255.
void Interleave(const int32_t* even, const int32_t* odd, size_t count,
                uint8_t* out);

// What NormaliseRow() reads and writes; nothing of it overlaps.
struct PixelRow {
  // `width` times red, green, blue.
  const uint8_t* pixels = nullptr;
  size_t width = 0;
  // Of each channel of `pixels`: where its `width` numbers go, and
  // value * factor + offset is what they are.
  std::array<float*, 3> planes = {};
  std::array<float, 3> factor = {};
  std::array<float, 3> offset = {};
};
void NormaliseRow(const PixelRow& row);

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_ENGINE_SEGMENT_WIDE_ROWS_H_
