// The marker strategy by itself, on generated sheets with rings, squares and
// pictures, with and without a picture of the blank page.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "common/stop/stop_token.h"
#include "services/align/engine/page_registrar.h"
#include "tests/generator/sheet_generator.h"

namespace sightline::align {
namespace {

using generator::FormFamily;
using generator::GeneratedSheet;
using generator::PrintedForm;

struct Offset {
  double mean = 0;
  double largest = 0;
};

// Of the bubbles' centres, in bubbles.
Offset OffsetOf(const Homography& scan_to_page, const GeneratedSheet& sheet) {
  const Homography page_to_scan = *sheet.scan_to_page.Inverse();
  Offset offset;
  int count = 0;
  for (const grade::Field& field : sheet.form->fields) {
    for (const grade::Bubble& bubble : field.bubbles) {
      const PixelPoint p = scan_to_page.Map(page_to_scan.Map(bubble.center));
      const double distance =
          std::hypot(p.x - bubble.center.x, p.y - bubble.center.y) /
          std::min(bubble.size.width, bubble.size.height);
      offset.mean += distance;
      offset.largest = std::max(offset.largest, distance);
      ++count;
    }
  }
  offset.mean /= count;
  return offset;
}

// A family and which of its members.
using Param = std::tuple<FormFamily, int>;

class MarkerSheets : public ::testing::TestWithParam<Param> {};

// Each family sees each of these, two of them on each of its forms. In "crop"
// up to two of the markers are cut off.
const char* const kConditions[] = {
    "none",  "perspective",     "scanner",     "crop",
    "photo", "strong_rotation", "rotation180", "bad_copy"};
constexpr int kForms = 4;

TEST_P(MarkerSheets, AreFoundByTheirMarkersAlone) {
  const auto [family, form_seed] = GetParam();
  const auto form = std::make_shared<const PrintedForm>(
      generator::PrintForm(family, form_seed));
  const auto with_picture =
      PageRegistrar::Create(generator::ToReference(*form, true));
  const auto without_picture =
      PageRegistrar::Create(generator::ToReference(*form, false));
  ASSERT_TRUE(with_picture.ok()) << with_picture.status();
  ASSERT_TRUE(without_picture.ok()) << without_picture.status();
  for (const int index : {form_seed, form_seed + kForms}) {
    const std::string condition = kConditions[index];
    generator::SheetSpecification specification;
    specification.color = false;
    specification.degradations =
        generator::FindCondition(condition)->degradations;
    const auto sheet = generator::GenerateSheet(form, specification, index);
    ASSERT_TRUE(sheet.ok()) << sheet.status();
    for (const bool has_picture : {true, false}) {
      const PageRegistrar& registrar =
          has_picture ? **with_picture : **without_picture;
      RegistrationOptions options;
      options.method = Method::kMarkers;
      const auto found = registrar.Register(sheet->scan, options, StopToken());
      const std::string what =
          condition + (has_picture ? ", with" : ", without") + " a picture";
      EXPECT_TRUE(found.ok()) << what << ": " << found.status();
      if (!found.ok()) continue;
      const Offset offset = OffsetOf(found->scan_to_page, *sheet);
      EXPECT_LT(offset.mean, 0.1) << what;
      EXPECT_LT(offset.largest, 0.3) << what;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    EachKind, MarkerSheets,
    ::testing::Combine(::testing::Values(FormFamily::kRingMarkers,
                                         FormFamily::kSquareMarkers,
                                         FormFamily::kImageMarkers),
                       ::testing::Range(0, kForms)),
    [](const ::testing::TestParamInfo<Param>& info) {
      return std::string(generator::FormFamilyName(std::get<0>(info.param))) +
             "_" + std::to_string(std::get<1>(info.param));
    });

}  // namespace
}  // namespace sightline::align
