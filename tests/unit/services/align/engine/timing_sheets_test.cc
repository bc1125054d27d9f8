// Generated sheets with timing marks along two edges.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>
#include <vector>

#include "scanned_sheets.h"
#include "services/align/engine/page_registrar.h"
#include "tests/generator/sheet_generator.h"

namespace sightline::align {
namespace {

using generator::Degradation;
using generator::FormFamily;
using generator::GeneratedSheet;
using generator::PrintedForm;

// White paper over `count` marks of each track, from number `first` on.
void Remove(GeneratedSheet& sheet, int first, int count) {
  const Homography page_to_scan = *sheet.scan_to_page.Inverse();
  for (const TimingTrack& track : sheet.form->timing_tracks) {
    for (int i = first; i < first + count; ++i) {
      const double t = i / (track.count - 1.0);
      const PixelPoint c = page_to_scan.Map(
          {track.first.x + t * (track.last.x - track.first.x),
           track.first.y + t * (track.last.y - track.first.y)});
      constexpr int kReach = 40;
      for (int y = -kReach; y <= kReach; ++y) {
        uint8_t* row = sheet.scan.row(
            std::clamp(static_cast<int>(c.y) + y, 0, sheet.scan.height() - 1));
        for (int x = -kReach; x <= kReach; ++x) {
          row[std::clamp(static_cast<int>(c.x) + x, 0,
                         sheet.scan.width() - 1)] = 240;
        }
      }
    }
  }
}

RegistrationOptions ByTimingMarks() {
  RegistrationOptions options;
  options.method = Method::kTimingMarks;
  return options;
}

TEST(TimingSheets, AreFoundUnderEveryDegradation) {
  int number = 0;
  for (const uint64_t form_seed : {1, 2}) {
    const SharedForm form = Print(FormFamily::kTimingMarks, form_seed);
    const auto registrar =
        PageRegistrar::Create(generator::ToReference(*form, false));
    ASSERT_TRUE(registrar.ok()) << registrar.status();
    for (const Degradation degradation : generator::AllDegradations()) {
      if (++number % 2 == 0) continue;
      SCOPED_TRACE(generator::DegradationName(degradation));
      const GeneratedSheet sheet = Scan(form, {degradation}, 200 + number);
      const auto found =
          (*registrar)->Register(sheet.scan, ByTimingMarks(), {});
      if (degradation == Degradation::kPerspective && !found.ok()) {
        // Seen at an angle the marks of a track are not evenly spaced.
        continue;
      }
      ASSERT_TRUE(found.ok()) << found.status();
      EXPECT_LT(LargestError(found->scan_to_page, sheet),
                0.4 + sheet.deviation / form->layout.bubble.width);
    }
  }
}

TEST(TimingSheets, AreFoundWithMarksMissing) {
  const SharedForm form = Print(FormFamily::kTimingMarks, 3);
  const auto registrar =
      PageRegistrar::Create(generator::ToReference(*form, false));
  ASSERT_TRUE(registrar.ok()) << registrar.status();
  const struct {
    int first;
    int count;
  } cases[] = {{0, 3}, {6, 4}, {13, 3}};
  for (const auto& c : cases) {
    SCOPED_TRACE(c.first);
    GeneratedSheet sheet = Scan(form, {Degradation::kRotation180}, 9);
    Remove(sheet, c.first, c.count);
    const auto found = (*registrar)->Register(sheet.scan, ByTimingMarks(), {});
    ASSERT_TRUE(found.ok()) << found.status();
    EXPECT_LT(LargestError(found->scan_to_page, sheet), 0.3);
  }
}

// Of the same bubbles nobody knows, without picture and edge, which row is the
// first; the marks are there to tell.
TEST(TimingSheets, OneTrackSuffices) {
  const SharedForm form = Print(FormFamily::kDense100, 4);
  const auto registrar =
      PageRegistrar::Create(generator::ToReference(*form, false));
  ASSERT_TRUE(registrar.ok()) << registrar.status();
  for (const Degradation degradation :
       {Degradation::kRotation, Degradation::kRotation90,
        Degradation::kXerox}) {
    SCOPED_TRACE(generator::DegradationName(degradation));
    const GeneratedSheet sheet = Scan(form, {degradation}, 10);
    const auto found = (*registrar)->Register(sheet.scan, ByTimingMarks(), {});
    ASSERT_TRUE(found.ok()) << found.status();
    EXPECT_LT(LargestError(found->scan_to_page, sheet), 0.4);
  }
}

TEST(TimingSheets, NeedASecondDimension) {
  const SharedForm form = Print(FormFamily::kTimingMarks, 1);
  Reference reference;
  reference.page = form->layout.page;
  reference.timing_tracks = form->timing_tracks;
  const auto registrar = PageRegistrar::Create(std::move(reference));
  EXPECT_EQ(registrar.status().code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace sightline::align
