#include "scanned_sheets.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "gtest/gtest.h"

namespace sightline::align {

SharedForm Print(generator::FormFamily family, uint64_t seed) {
  return std::make_shared<const generator::PrintedForm>(
      generator::PrintForm(family, seed));
}

generator::GeneratedSheet Scan(SharedForm form,
                               std::vector<generator::Degradation> degradations,
                               uint64_t seed) {
  generator::SheetSpecification specification;
  specification.degradations = std::move(degradations);
  specification.color = false;
  auto sheet = generator::GenerateSheet(std::move(form), specification, seed);
  EXPECT_TRUE(sheet.ok()) << sheet.status();
  return *std::move(sheet);
}

double LargestError(const Homography& scan_to_page,
                    const generator::GeneratedSheet& sheet) {
  const Homography page_to_scan = *sheet.scan_to_page.Inverse();
  double largest = 0;
  for (const grade::Field& field : sheet.form->fields) {
    for (const grade::Bubble& bubble : field.bubbles) {
      const PixelPoint p = scan_to_page.Map(page_to_scan.Map(bubble.center));
      largest = std::max(
          largest, std::hypot(p.x - bubble.center.x, p.y - bubble.center.y) /
                       std::min(bubble.size.width, bubble.size.height));
    }
  }
  return largest;
}

}  // namespace sightline::align
