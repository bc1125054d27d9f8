// Generated sheets with ArUco markers at their corners.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "common/stop/stop_token.h"
#include "scanned_sheets.h"
#include "services/align/engine/page_registrar.h"
#include "tests/generator/sheet_generator.h"

namespace sightline::align {
namespace {

using generator::Degradation;
using generator::FormFamily;
using generator::GeneratedSheet;
using generator::PrintedForm;

SharedForm Print(uint64_t seed) {
  return align::Print(FormFamily::kArucoMarkers, seed);
}

std::unique_ptr<PageRegistrar> Registrar(const PrintedForm& form,
                                         bool with_picture) {
  auto registrar =
      PageRegistrar::Create(generator::ToReference(form, with_picture));
  EXPECT_TRUE(registrar.ok()) << registrar.status();
  return *std::move(registrar);
}

// Bend included.
double Allowed(const GeneratedSheet& sheet) {
  return 0.4 + sheet.deviation / sheet.form->layout.bubble.width;
}

TEST(ArucoSheets, AreFoundUnderEveryDegradation) {
  int number = 0;
  for (const uint64_t form_seed : {1, 2}) {
    const SharedForm form = Print(form_seed);
    const auto registrar = Registrar(*form, false);
    RegistrationOptions by_markers;
    by_markers.method = Method::kMarkers;
    for (const Degradation degradation : generator::AllDegradations()) {
      if (++number % 2 == 0) continue;
      SCOPED_TRACE(generator::DegradationName(degradation));
      const GeneratedSheet sheet = Scan(form, {degradation}, 100 + number);
      const auto found = registrar->Register(sheet.scan, by_markers, {});
      if (degradation == Degradation::kCurl && !found.ok()) {
        // The corners of a bent page lie too far from where a map of straight
        // lines puts them.
        continue;
      }
      ASSERT_TRUE(found.ok()) << found.status();
      EXPECT_LT(LargestError(found->scan_to_page, sheet), Allowed(sheet));
    }
  }
}

// White paper over `count` of the markers.
GrayImage WithoutMarkers(const GeneratedSheet& sheet, int count) {
  GrayImage scan = sheet.scan.Clone();
  const Homography page_to_scan = *sheet.scan_to_page.Inverse();
  for (int i = 0; i < count; ++i) {
    const Marker& marker = sheet.form->markers[i];
    const PixelPoint c = page_to_scan.Map(marker.center);
    const int reach = static_cast<int>(marker.size.width * 0.8);
    for (int y = std::max(0, static_cast<int>(c.y) - reach);
         y < std::min<int>(scan.height(), c.y + reach); ++y) {
      for (int x = std::max(0, static_cast<int>(c.x) - reach);
           x < std::min<int>(scan.width(), c.x + reach); ++x) {
        scan.row(y)[x] = 240;
      }
    }
  }
  return scan;
}

TEST(ArucoSheets, AreFoundByTheMarkersThatAreLeft) {
  const SharedForm form = Print(3);
  const auto registrar = Registrar(*form, true);
  const GeneratedSheet sheet = Scan(form, {Degradation::kRotation180}, 5);
  RegistrationOptions by_markers;
  by_markers.method = Method::kMarkers;
  for (int hidden = 0; hidden < 4; ++hidden) {
    SCOPED_TRACE(hidden);
    const auto found =
        registrar->Register(WithoutMarkers(sheet, hidden), by_markers, {});
    ASSERT_TRUE(found.ok()) << found.status();
    EXPECT_LT(LargestError(found->scan_to_page, sheet), 0.3);
  }
  const auto none =
      registrar->Register(WithoutMarkers(sheet, 4), by_markers, {});
  EXPECT_FALSE(none.ok());
}

TEST(ArucoSheets, AreFoundWithADamagedMarker) {
  const SharedForm form = Print(4);
  for (const bool with_picture : {true, false}) {
    const auto registrar = Registrar(*form, with_picture);
    GeneratedSheet sheet = Scan(form, {Degradation::kRotation}, 6);
    // A blot over the lower half of the first marker.
    const Homography page_to_scan = *sheet.scan_to_page.Inverse();
    const Marker& marker = form->markers[0];
    const PixelPoint c = page_to_scan.Map(marker.center);
    for (int y = 0; y < marker.size.height * 0.7; ++y) {
      uint8_t* row = sheet.scan.row(static_cast<int>(c.y) + y);
      std::fill_n(row + static_cast<int>(c.x - marker.size.width * 0.6),
                  static_cast<int>(marker.size.width * 1.2), uint8_t{30});
    }
    const auto found = registrar->Register(sheet.scan, {}, {});
    ASSERT_TRUE(found.ok()) << found.status();
    EXPECT_LT(LargestError(found->scan_to_page, sheet), 0.3);
    EXPECT_GE(found->confidence, 0.9);
  }
}

// The pages of a series differ in their markers alone.
TEST(ArucoSheets, OfAnotherPageAreRefusedWhateverElseAgrees) {
  const SharedForm form = Print(5);
  auto next_page = std::make_shared<PrintedForm>(
      generator::PrintForm(FormFamily::kArucoMarkers, 5));
  for (Marker& marker : next_page->markers) {
    marker.id = (marker.id + 4) % ArucoCount(marker.dictionary);
  }
  for (const bool with_picture : {true, false}) {
    const auto right = Registrar(*form, with_picture);
    const auto wrong = Registrar(*next_page, with_picture);
    for (const Degradation degradation :
         {Degradation::kRotation, Degradation::kRotation180, Degradation::kFax,
          Degradation::kXerox, Degradation::kLowLight,
          Degradation::kPerspective, Degradation::kLowResolution}) {
      SCOPED_TRACE(generator::DegradationName(degradation));
      const GeneratedSheet sheet = Scan(form, {degradation}, 7);
      const auto found = right->Register(sheet.scan, {}, {});
      ASSERT_TRUE(found.ok()) << found.status();
      EXPECT_GE(found->confidence, 0.9);
      const auto mistaken = wrong->Register(sheet.scan, {}, {});
      EXPECT_TRUE(!mistaken.ok() || mistaken->confidence < 0.9)
          << mistaken->confidence;
      // Where the ids can be read it is beyond doubt.
      if (degradation == Degradation::kRotation && with_picture) {
        ASSERT_FALSE(mistaken.ok());
        EXPECT_THAT(std::string(mistaken.status().message()),
                    testing::HasSubstr("another page"));
      }
    }
  }
}

}  // namespace
}  // namespace sightline::align
