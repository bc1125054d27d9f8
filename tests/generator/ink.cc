#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <string>
#include <vector>

#include "tests/generator/degradation.h"
#include "tests/generator/marks.h"

namespace sightline::generator {
namespace {

// Mean darkening inside a bubble, 0..1, as `tones` shows it. Pixels.
double InkOf(const PageImage& blank, const PageImage& marked,
             const grade::Bubble& bubble, double per_pixel,
             const std::array<double, 256>& tones) {
  const PixelPoint c{bubble.center.x * per_pixel, bubble.center.y * per_pixel};
  const double rx = bubble.size.width * per_pixel * 0.4;
  const double ry = bubble.size.height * per_pixel * 0.4;
  const bool round = bubble.shape == grade::BubbleShape::kEllipse;
  double sum = 0;
  int count = 0;
  for (int y = static_cast<int>(c.y - ry); y <= c.y + ry; ++y) {
    for (int x = static_cast<int>(c.x - rx); x <= c.x + rx; ++x) {
      const double u = (x + 0.5 - c.x) / rx;
      const double v = (y + 0.5 - c.y) / ry;
      const bool inside =
          round ? u * u + v * v <= 1 : std::abs(u) <= 1 && std::abs(v) <= 1;
      if (!inside) continue;
      sum += tones[blank.luma.row(y)[x]] - tones[marked.luma.row(y)[x]];
      ++count;
    }
  }
  const double range = tones[255] - tones[0];
  // A scan without contrast shows nothing at all.
  return count == 0 || range <= 0 ? 0 : sum / (range * count);
}

bool IsCutOff(const grade::Bubble& bubble, const Homography& page_to_scan,
              const CapturePlan& plan) {
  for (const double x : {-0.5, 0.5}) {
    for (const double y : {-0.5, 0.5}) {
      const PixelPoint p =
          page_to_scan.Map({bubble.center.x + x * bubble.size.width,
                            bubble.center.y + y * bubble.size.height});
      if (p.x < 0 || p.y < 0 || p.x > plan.width || p.y > plan.height) {
        return true;
      }
    }
  }
  return false;
}

}  // namespace

void MeasureInk(const PrintedForm& form, const PageImage& page,
                const CapturePlan& plan, std::vector<FieldTruth>& truth) {
  const double per_pixel = 1 / form.units_per_pixel;
  const Homography page_to_scan =
      plan.print_to_scan * Homography::Scale(per_pixel, per_pixel);
  for (size_t f = 0; f < form.fields.size(); ++f) {
    FieldTruth& field = truth[f];
    std::set<std::string> doubts(field.doubts.begin(), field.doubts.end());
    for (const grade::Bubble& bubble : form.fields[f].bubbles) {
      const double ink =
          InkOf(form.print, page, bubble, per_pixel,
                ToneCurve(plan, page_to_scan.Map(bubble.center)));
      field.ink.push_back(ink);
      const bool meant = std::find(field.values.begin(), field.values.end(),
                                   bubble.value) != field.values.end();
      if (meant && ink < kFaintInk) {
        doubts.insert(ink < kLostInk ? "lost" : "faint");
      }
      if (meant && ink >= kLostInk) field.visible_answer += bubble.value;
      if (!meant && ink > kStrayInk && !doubts.contains("erased")) {
        doubts.insert("stray");
      }
      if (IsCutOff(bubble, page_to_scan, plan)) doubts.insert("cut_off");
    }
    if (field.visible_answer.empty()) {
      field.visible_answer = form.fields[f].empty_value;
    }
    field.doubts.assign(doubts.begin(), doubts.end());
  }
}

}  // namespace sightline::generator
