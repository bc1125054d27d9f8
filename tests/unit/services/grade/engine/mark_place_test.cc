#include "services/grade/engine/mark_place.h"

#include <cmath>
#include <cstdint>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "sheet_reading.h"

namespace sightline::grade {
namespace {

using ::testing::Each;

// A page of plain paper with a dark square of a bubble's size for the second
// value of every field, `away` bubbles to the right of where it is read.
class MarkPlaces : public ::testing::Test {
 protected:
  MarkPlaces() {
    SheetLayout layout;
    layout.page = {400, 800};
    layout.bubble = {20, 20};
    FieldBlock& block = layout.blocks.emplace_back();
    block.labels = {"q1..12"};
    block.values = {"A", "B", "C", "D"};
    block.origin = {100, 60};
    block.value_gap = 60;
    block.field_gap = 50;
    sheet_ = MakeSheet(layout);
    scan_ = GrayImage(400, 800);
    Fill({200, 400}, {400, 800}, 240);
  }

  void Fill(PixelPoint center, PixelSize size, uint8_t gray) {
    for (int y = 0; y < scan_.height(); ++y) {
      for (int x = 0; x < scan_.width(); ++x) {
        if (std::abs(x + 0.5 - center.x) < size.width / 2 &&
            std::abs(y + 0.5 - center.y) < size.height / 2) {
          scan_.row(y)[x] = gray;
        }
      }
    }
  }

  void Mark(int fields, double away, uint8_t gray) {
    for (int f = 0; f < fields; ++f) {
      PixelPoint at = sheet_.fields()[f].bubbles[1].center;
      at.x += away * 20;
      Fill(at, {20, 20}, gray);
    }
  }

  std::vector<MarkPlace> Find() const {
    return FindMarkPlaces(scan_, Homography(), sheet_, [&](int f, int b) {
      ReadPlace place;
      place.is_usable = true;
      place.center = sheet_.fields()[f].bubbles[b].center;
      place.paper = 240;
      double sum = 0;
      for (int y = -8; y < 8; ++y) {
        for (int x = -8; x < 8; ++x) {
          sum += scan_.row(static_cast<int>(place.center.y) +
                           y)[static_cast<int>(place.center.x) + x];
        }
      }
      place.fill = static_cast<float>(1 - sum / 256 / 240);
      return place;
    });
  }

  Sheet sheet_;
  GrayImage scan_;
};

TEST_F(MarkPlaces, OnTheirBubblesVouchForThem) {
  Mark(12, 0, 60);
  EXPECT_THAT(Find(), Each(MarkPlace::kOnBubbles));
}

TEST_F(MarkPlaces, AsPeopleMakeThemAreNotQuiteCentred) {
  Mark(12, 0.2, 60);
  EXPECT_THAT(Find(), Each(MarkPlace::kOnBubbles));
}

TEST_F(MarkPlaces, HalfABubbleAwayTellOnTheReading) {
  for (const uint8_t gray : {60, 170}) {
    Fill({200, 400}, {400, 800}, 240);
    Mark(12, 0.5, gray);
    EXPECT_THAT(Find(), Each(MarkPlace::kBeside)) << int{gray};
  }
}

TEST_F(MarkPlaces, OfAFewFieldsDoNotTell) {
  Mark(2, 0.5, 60);
  EXPECT_THAT(Find(), Each(MarkPlace::kUnknown));
}

TEST_F(MarkPlaces, ABlankPageDoesNotTell) {
  EXPECT_THAT(Find(), Each(MarkPlace::kUnknown));
}

}  // namespace
}  // namespace sightline::grade
