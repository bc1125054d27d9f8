// Generated sheets that were fed unevenly or do not lie flat: how far bubbles
// are off with the homography alone and with the mesh.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "services/align/engine/page_registrar.h"
#include "services/align/engine/warp.h"
#include "tests/generator/sheet_generator.h"

namespace sightline::align {
namespace {

using generator::Degradation;
using generator::FormFamily;
using generator::GeneratedSheet;
using generator::PrintedForm;

// Where a bent sheet shows what is printed at `p`, scan pixels.
PixelPoint InScan(const GeneratedSheet& sheet, PixelPoint p) {
  const double units = sheet.form->units_per_pixel;
  const PixelSize size{sheet.form->layout.page.width / units,
                       sheet.form->layout.page.height / units};
  const PixelPoint printed{p.x / units, p.y / units};
  PixelPoint flat = printed;
  for (int i = 0; i < 30; ++i) {
    const PixelPoint bent = generator::BentPoint(sheet.plan, size, flat);
    flat.x += printed.x - bent.x;
    flat.y += printed.y - bent.y;
  }
  return sheet.plan.print_to_scan.Map(flat);
}

struct Errors {
  double rms = 0;
  double largest = 0;
};

// Of all bubbles, scan pixels.
Errors ErrorsOf(const GeneratedSheet& sheet, const Homography& scan_to_page,
                const PageMesh& mesh) {
  const Homography page_to_scan = *scan_to_page.Inverse();
  Errors errors;
  int count = 0;
  for (const grade::Field& field : sheet.form->fields) {
    for (const grade::Bubble& bubble : field.bubbles) {
      const PixelPoint d = mesh.At(bubble.center);
      const PixelPoint found =
          page_to_scan.Map({bubble.center.x + d.x, bubble.center.y + d.y});
      const PixelPoint truth = InScan(sheet, bubble.center);
      const double error = std::hypot(found.x - truth.x, found.y - truth.y);
      errors.rms += error * error;
      errors.largest = std::max(errors.largest, error);
      ++count;
    }
  }
  errors.rms = std::sqrt(errors.rms / count);
  return errors;
}

struct Case {
  Degradation degradation;
  FormFamily family;
  bool with_picture;
  // Scan pixels, 300 dpi.
  double largest_after;
};

TEST(BentSheets, AreStraightenedByTheMesh) {
  const Case cases[] = {
      {Degradation::kStretch, FormFamily::kStandard, true, 3},
      {Degradation::kStretch, FormFamily::kDense100, true, 3},
      {Degradation::kStretch, FormFamily::kRingMarkers, false, 3},
      {Degradation::kCurl, FormFamily::kStandard, true, 4},
      {Degradation::kCurl, FormFamily::kBrackets, true, 6},
      {Degradation::kCurl, FormFamily::kTimingMarks, false, 4},
  };
  int number = 0;
  for (const Case& c : cases) {
    const auto form =
        std::make_shared<const PrintedForm>(generator::PrintForm(c.family, 1));
    auto registrar =
        PageRegistrar::Create(generator::ToReference(*form, c.with_picture));
    ASSERT_TRUE(registrar.ok()) << registrar.status();
    for (int i = 0; i < 2; ++i) {
      generator::SheetSpecification specification;
      specification.color = false;
      specification.degradations = {Degradation::kRotation, c.degradation};
      const auto sheet =
          generator::GenerateSheet(form, specification, 60 + ++number);
      ASSERT_TRUE(sheet.ok()) << sheet.status();
      const auto found = (*registrar)->Register(sheet->scan, {}, {});
      ASSERT_TRUE(found.ok()) << found.status();
      const auto mesh =
          (*registrar)->MeasureMesh(sheet->scan, found->scan_to_page, {});
      ASSERT_TRUE(mesh.ok()) << mesh.status();
      const Errors before = ErrorsOf(*sheet, found->scan_to_page, {});
      const Errors after = ErrorsOf(*sheet, found->scan_to_page, *mesh);
      const std::string what =
          std::string(generator::DegradationName(c.degradation)) + ", " +
          generator::FormFamilyName(c.family) + ", amplitude " +
          std::to_string(sheet->plan.curl + sheet->plan.stretch);
      std::printf("%s: rms %.2f -> %.2f, largest %.2f -> %.2f px\n",
                  what.c_str(), before.rms, after.rms, before.largest,
                  after.largest);
      EXPECT_LT(after.largest, c.largest_after) << what;
      EXPECT_LT(after.rms, 1.5) << what;
      if (before.rms > 2) {
        EXPECT_LT(after.rms, 0.5 * before.rms) << what;
      }
    }
  }
}

TEST(BentSheets, FlatOnesStayAsTheyAre) {
  const auto form = std::make_shared<const PrintedForm>(
      generator::PrintForm(FormFamily::kStandard, 2));
  for (const bool with_picture : {true, false}) {
    auto registrar =
        PageRegistrar::Create(generator::ToReference(*form, with_picture));
    ASSERT_TRUE(registrar.ok()) << registrar.status();
    generator::SheetSpecification specification;
    specification.color = false;
    const auto sheet = generator::GenerateSheet(form, specification, 3);
    ASSERT_TRUE(sheet.ok()) << sheet.status();
    const auto mesh =
        (*registrar)->MeasureMesh(sheet->scan, sheet->scan_to_page, {});
    ASSERT_TRUE(mesh.ok()) << mesh.status();
    EXPECT_LT(ErrorsOf(*sheet, sheet->scan_to_page, *mesh).largest, 0.7);
  }
}

}  // namespace
}  // namespace sightline::align
