#include "services/grade/omrchecker/appearance.h"

#include "gtest/gtest.h"
#include "services/grade/layout_from_proto.h"
#include "services/grade/omrchecker/import.h"

namespace sightline::grade::omrchecker {
namespace {

// Two blocks, one of uneven gaps, with bubbles that just fit.
Import TightSheet() {
  Files files;
  files.template_json = R"({"pageDimensions": [600, 800],
    "bubbleDimensions": [20, 20], "fieldBlocks": {
    "q": {"fieldType": "QTYPE_MCQ4", "origin": [0, 0], "bubblesGap": 21,
          "labelsGap": 40, "fieldLabels": ["q1..3"]},
    "u": {"fieldType": "QTYPE_MCQ4", "origin": [200, 20], "bubblesGap": 21,
          "labelsGap": [20, 40], "fieldLabels": ["u1..3"]}}})";
  return ImportFiles(files);
}

TEST(Appearance, TheFirstIsTheLayoutsOwn) {
  const Import imported = TightSheet();
  ASSERT_FALSE(imported.has_errors);
  ASSERT_FALSE(imported.appearances.empty());
  const v1::SheetLayout same =
      WithAppearance(imported.layout, imported.appearances[0]);
  EXPECT_EQ(same.bubble().width(), 20);
  EXPECT_EQ(same.bubble_shape(), imported.layout.bubble_shape());
  EXPECT_EQ(same.alignment().mode(), v1::Alignment::MODE_REGISTER);
}

TEST(Appearance, EveryOneIsALayoutThatCanBeUsed) {
  const Import imported = TightSheet();
  for (const v1::SheetAppearance& appearance : imported.appearances) {
    const auto sheet =
        Sheet::Create(*ToLayout(WithAppearance(imported.layout, appearance)));
    EXPECT_TRUE(sheet.ok())
        << appearance.ShortDebugString() << ": " << sheet.status();
  }
}

TEST(Appearance, ScansAreTakenAsTheyAreOnlyWhereOmrCheckerDoes) {
  const auto takes_as_is = [](PageSource source) {
    for (const v1::SheetAppearance& appearance : AppearancesOf(source)) {
      if (appearance.mode() == v1::Alignment::MODE_ALIGNED) return true;
    }
    return false;
  };
  EXPECT_TRUE(takes_as_is(PageSource::kScan));
  EXPECT_FALSE(takes_as_is(PageSource::kOutline));
  EXPECT_FALSE(takes_as_is(PageSource::kMarkers));
  EXPECT_FALSE(takes_as_is(PageSource::kReference));
}

TEST(Appearance, MarkersMayBePrintedSmaller) {
  double smallest = 1;
  for (const v1::SheetAppearance& a : AppearancesOf(PageSource::kMarkers)) {
    smallest = std::min(smallest, a.marker_scale());
  }
  EXPECT_LE(smallest, 0.5);
  v1::SheetLayout layout;
  layout.add_markers()->mutable_size()->set_width(100);
  v1::SheetAppearance half;
  half.set_marker_scale(0.5);
  half.set_bubble_scale(1);
  EXPECT_EQ(WithAppearance(layout, half).markers(0).size().width(), 50);
}

}  // namespace
}  // namespace sightline::grade::omrchecker
