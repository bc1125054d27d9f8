#include "tools/sightline/output/small_letters.h"

#include <algorithm>
#include <cstdint>

namespace sightline::cli {
namespace {

constexpr int kWidth = 5;
constexpr int kHeight = 7;

struct Letter {
  char character;
  // From the top; the highest of five bits is at the left.
  uint8_t rows[kHeight];
};

constexpr Letter kLetters[] = {
    {'0', {0x0E, 0x11, 0x13, 0x15, 0x19, 0x11, 0x0E}},
    {'1', {0x04, 0x0C, 0x04, 0x04, 0x04, 0x04, 0x0E}},
    {'2', {0x0E, 0x11, 0x01, 0x02, 0x04, 0x08, 0x1F}},
    {'3', {0x1F, 0x02, 0x04, 0x02, 0x01, 0x11, 0x0E}},
    {'4', {0x02, 0x06, 0x0A, 0x12, 0x1F, 0x02, 0x02}},
    {'5', {0x1F, 0x10, 0x1E, 0x01, 0x01, 0x11, 0x0E}},
    {'6', {0x06, 0x08, 0x10, 0x1E, 0x11, 0x11, 0x0E}},
    {'7', {0x1F, 0x01, 0x02, 0x04, 0x08, 0x08, 0x08}},
    {'8', {0x0E, 0x11, 0x11, 0x0E, 0x11, 0x11, 0x0E}},
    {'9', {0x0E, 0x11, 0x11, 0x0F, 0x01, 0x02, 0x0C}},
    {'.', {0x00, 0x00, 0x00, 0x00, 0x00, 0x0C, 0x0C}},
    {'k', {0x10, 0x10, 0x12, 0x14, 0x18, 0x14, 0x12}},
    {'m', {0x00, 0x00, 0x1A, 0x15, 0x15, 0x11, 0x11}},
    {'h', {0x10, 0x10, 0x16, 0x19, 0x11, 0x11, 0x11}},
    {'a', {0x00, 0x00, 0x0E, 0x01, 0x0F, 0x11, 0x0F}},
    {'^', {0x0C, 0x02, 0x04, 0x0E, 0x00, 0x00, 0x00}},
};

void Fill(int left, int top, int width, int height, uint8_t gray,
          RgbImage& picture) {
  const int from_x = std::clamp(left, 0, picture.width());
  const int to_x = std::clamp(left + width, 0, picture.width());
  const int to_y = std::clamp(top + height, 0, picture.height());
  for (int y = std::clamp(top, 0, picture.height()); y < to_y; ++y) {
    std::fill(picture.row(y) + 3 * from_x, picture.row(y) + 3 * to_x, gray);
  }
}

}  // namespace

int LabelWidth(absl::string_view text, int scale) {
  return static_cast<int>(text.size()) * (kWidth + 1) * scale + scale;
}

int LabelHeight(int scale) { return (kHeight + 2) * scale; }

void DrawLabel(absl::string_view text, int x, int y, int scale,
               RgbImage& picture) {
  const int step = (kWidth + 1) * scale;
  const int width = LabelWidth(text, scale);
  const int height = LabelHeight(scale);
  const int left =
      std::clamp(x - width / 2, 0, std::max(0, picture.width() - width));
  const int top =
      std::clamp(y - height / 2, 0, std::max(0, picture.height() - height));
  Fill(left, top, width, height, 0, picture);
  for (size_t i = 0; i < text.size(); ++i) {
    const auto* letter =
        std::find_if(std::begin(kLetters), std::end(kLetters),
                     [&](const Letter& l) { return l.character == text[i]; });
    if (letter == std::end(kLetters)) continue;
    for (int row = 0; row < kHeight; ++row) {
      for (int column = 0; column < kWidth; ++column) {
        if ((letter->rows[row] >> (kWidth - 1 - column) & 1) == 0) continue;
        Fill(left + static_cast<int>(i) * step + (column + 1) * scale,
             top + (row + 1) * scale, scale, scale, 255, picture);
      }
    }
  }
}

}  // namespace sightline::cli
