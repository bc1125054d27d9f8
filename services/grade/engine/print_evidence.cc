#include "services/grade/engine/print_evidence.h"

#include <cstdlib>

#include "services/grade/engine/quantile.h"
#include "services/grade/engine/shift_search.h"

namespace sightline::grade {

void ConfirmOutlines(const GrayImage& scan, const Homography& page_to_scan,
                     const std::vector<Witness>& witnesses, float tile_score,
                     BubblePatch& patch, GroupPrint& print) {
  // On the real sheets at hand outlines score 2.6 to 10 times what is beside
  // them and 0.9 of the tiles' score; letters, other forms and noise mostly
  // less than 2 times or less than half. Marks blur the second figure where
  // the print is pale.
  constexpr float kMinContrast = 2.4f;
  constexpr float kMinAgreement = 0.7f;
  constexpr float kHighContrast = 3.2f;
  constexpr float kLowAgreement = 0.4f;
  // Below a line of 1.2 % of the paper nothing is printed.
  constexpr float kMinOutline = 0.012f;
  constexpr Shift kBeside[] = {{5, 2}, {-2, 5}, {-5, -2}, {2, -5}};
  const Outline outline = print.MakeOutline();
  std::vector<float> own;
  std::vector<float> beside;
  LineMap map(print.frame);
  for (const Witness& witness : witnesses) {
    SamplePatch(scan, page_to_scan, witness.center, print.frame, patch);
    if (!patch.is_mapped) continue;
    map.Clear();
    map.Add(patch.samples);
    own.push_back(SearchShift(map, outline, witness.shift, {1, 1}).score);
    for (const Shift& away : kBeside) {
      const Shift shift = {witness.shift.x + away.x, witness.shift.y + away.y};
      if (std::abs(shift.x) < outline.max_shift_x() &&
          std::abs(shift.y) < outline.max_shift_y()) {
        beside.push_back(SearchShift(map, outline, shift, {1, 1}).score);
      }
    }
  }
  print.outline = Quantile(own, 0.5);
  print.clutter = Quantile(beside, 0.5);
  const auto stands_out = [&](float contrast, float agreement) {
    return print.outline >= contrast * print.clutter &&
           print.outline >= agreement * tile_score;
  };
  print.has_outlines = print.outline >= kMinOutline &&
                       (stands_out(kMinContrast, kMinAgreement) ||
                        stands_out(kHighContrast, kLowAgreement));
}

void CountLetters(const GrayImage& scan, const Homography& page_to_scan,
                  const std::vector<Witness>& witnesses, BubblePatch& patch,
                  GroupPrint& print) {
  constexpr float kMinLetter = 0.008f;
  const auto inside = [&](double share) {
    return SamplesInside(print.shape, print.frame,
                         print.frame.half_width * share,
                         print.frame.half_height * share);
  };
  const auto middle = inside(0.6);
  const auto hole = inside(0.8);
  const auto whole = inside(1.25);
  LineMap map(print.frame);
  const auto sum = [&](const std::vector<int>& offsets, Shift shift) {
    const float* at = map.data() + shift.y * map.width() + shift.x;
    float total = 0;
    for (const int offset : offsets) total += at[offset];
    return total;
  };
  int letters = 0;
  int asked = 0;
  for (const Witness& witness : witnesses) {
    SamplePatch(scan, page_to_scan, witness.center, print.frame, patch);
    if (!patch.is_mapped) continue;
    map.Clear();
    map.Add(patch.samples);
    const float letter = sum(middle, witness.shift) / middle.size();
    const float rim = (sum(whole, witness.shift) - sum(hole, witness.shift)) /
                      (whole.size() - hole.size());
    letters += letter > kMinLetter && letter > 2 * rim;
    ++asked;
  }
  print.letter_share = asked > 0 ? double(letters) / asked : 0;
}

}  // namespace sightline::grade
