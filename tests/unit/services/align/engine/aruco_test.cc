#include "services/align/engine/aruco.h"

#include <gtest/gtest.h>

#include <optional>
#include <vector>

#include "common/geometry/homography.h"
#include "services/align/engine/aruco_cells.h"
#include "services/align/engine/aruco_sightings.h"
#include "services/align/engine/orientation.h"
#include "services/align/engine/scan_images.h"

namespace sightline::align {
namespace {

constexpr ArucoDictionary kAll[] = {
    ArucoDictionary::k4x4_50,   ArucoDictionary::k4x4_100,
    ArucoDictionary::k5x5_100,  ArucoDictionary::k6x6_250,
    ArucoDictionary::kOriginal, ArucoDictionary::kAprilTag36h11};

uint64_t TurnedBy(uint64_t cells, int side, int quarter_turns) {
  for (int i = 0; i < quarter_turns; ++i) cells = TurnedCells(cells, side);
  return cells;
}

TEST(Aruco, ReadsEveryIdInEveryTurn) {
  for (const ArucoDictionary dictionary : kAll) {
    const int side = ArucoSide(dictionary);
    int ambiguous = 0;
    for (int id = 0; id < ArucoCount(dictionary); ++id) {
      for (int turns = 0; turns < 4; ++turns) {
        const std::optional<ArucoReading> reading = ReadAruco(
            dictionary, TurnedBy(ArucoCells(dictionary, id), side, turns));
        if (!reading.has_value()) {
          ++ambiguous;
          continue;
        }
        EXPECT_EQ(reading->id, id);
        EXPECT_EQ(reading->quarter_turns, turns) << id;
        EXPECT_EQ(reading->distance, 0) << id;
      }
    }
    // Of the first library's markers some are others, turned.
    if (dictionary != ArucoDictionary::kOriginal) {
      EXPECT_EQ(ambiguous, 0);
    } else {
      EXPECT_GT(ambiguous, 0);
      EXPECT_LT(ambiguous, 4 * 1024 / 20);
    }
  }
}

// As printed by OpenCV 4.6, cv2.aruco.drawMarker(dictionary, id, side + 2).
TEST(Aruco, HasTheCellsThatOpenCvPrints) {
  EXPECT_EQ(ArucoCells(ArucoDictionary::k4x4_50, 0), 0b1011'0101'0011'0010u);
  EXPECT_EQ(ArucoCells(ArucoDictionary::kOriginal, 5),
            0b10000'10000'10000'10111'10111u);
  EXPECT_EQ(ArucoCells(ArucoDictionary::kOriginal, 1023),
            0b01110'01110'01110'01110'01110u);
}

TEST(Aruco, CorrectsAsManyCellsAsTheDictionaryAllows) {
  const struct {
    ArucoDictionary dictionary;
    int correctable;
  } cases[] = {{ArucoDictionary::k4x4_50, 1},
               {ArucoDictionary::k5x5_100, 3},
               {ArucoDictionary::k6x6_250, 5},
               {ArucoDictionary::kAprilTag36h11, 5}};
  for (const auto& c : cases) {
    for (int id = 0; id < ArucoCount(c.dictionary); id += 7) {
      uint64_t cells = ArucoCells(c.dictionary, id);
      for (int wrong = 0; wrong <= c.correctable; ++wrong) {
        const auto reading = ReadAruco(c.dictionary, cells);
        ASSERT_TRUE(reading.has_value()) << id << ", " << wrong << " wrong";
        EXPECT_EQ(reading->id, id);
        EXPECT_EQ(reading->distance, wrong);
        cells ^= uint64_t{1} << (3 * wrong);
      }
      // One more may be another marker's, but never this one's.
      const auto reading = ReadAruco(c.dictionary, cells);
      EXPECT_TRUE(!reading.has_value() || reading->id != id) << id;
    }
  }
}

TEST(ReadCells, ReadsWhatIsDrawnAndRefusesWhatIsNoMarker) {
  const GrayImage drawn = DrawAruco(ArucoDictionary::k6x6_250, 42, 5);
  const Homography map = Homography::Scale(5, 5);
  EXPECT_EQ(ReadCells(drawn, map, 6),
            ArucoCells(ArucoDictionary::k6x6_250, 42));
  // Half a marker beside the scan, plain paper, a white border.
  EXPECT_FALSE(
      ReadCells(drawn, Homography::Translation(20, 0) * map, 6).has_value());
  GrayImage paper(40, 40);
  for (int y = 0; y < 40; ++y) {
    for (int x = 0; x < 40; ++x) paper.row(y)[x] = 200;
  }
  EXPECT_FALSE(ReadCells(paper, map, 6).has_value());
  GrayImage inverted = drawn.Clone();
  for (int y = 0; y < 40; ++y) {
    for (int x = 0; x < 40; ++x) inverted.row(y)[x] = 255 - drawn.row(y)[x];
  }
  EXPECT_FALSE(ReadCells(inverted, map, 6).has_value());
  EXPECT_FALSE(
      ReadCells(drawn, Homography({0, 0, 0, 0, 0, 0, 0, 0, 0}), 6).has_value());
}

// A page with a marker of every id of a dictionary, four in a row, each row
// turned once more.
TEST(FindAruco, SeesEveryIdOfADictionaryInEveryTurn) {
  constexpr int kCell = 8;
  constexpr int kPitch = 80;
  GrayImage page(10 * kPitch, 20 * kPitch);
  for (int y = 0; y < page.height(); ++y) {
    std::fill_n(page.row(y), page.width(), uint8_t{230});
  }
  std::vector<Marker> markers;
  const Homography turn({0, -1, 6, 1, 0, 0, 0, 0, 1});
  for (int id = 0; id < 50; ++id) {
    Marker marker;
    marker.kind = MarkerKind::kAruco;
    marker.id = id;
    marker.size = {6 * kCell, 6 * kCell};
    markers.push_back(std::move(marker));
    const GrayImage drawn = DrawAruco(ArucoDictionary::k4x4_50, id, 1);
    for (int turns = 0; turns < 4; ++turns) {
      const int number = 4 * id + turns;
      const int left = number % 10 * kPitch + 16;
      const int top = number / 10 * kPitch + 16;
      for (int y = 0; y < 6 * kCell; ++y) {
        for (int x = 0; x < 6 * kCell; ++x) {
          // From the turned marker's cells back to the upright one's.
          PixelPoint p{(x + 0.5) / kCell, (y + 0.5) / kCell};
          for (int i = 0; i < turns; ++i) p = turn.Inverse()->Map(p);
          page.row(top + y)[left + x] =
              drawn.row(static_cast<int>(p.y))[static_cast<int>(p.x)] > 0 ? 230
                                                                          : 20;
        }
      }
    }
  }
  ScanImages images(page);
  const std::vector<ArucoSighting> sightings =
      FindAruco(markers, 6 * kCell, images);
  EXPECT_EQ(sightings.size(), 200u);
  std::vector<int> seen(50);
  for (const ArucoSighting& sighting : sightings) {
    ++seen[sighting.marker];
    EXPECT_EQ(sighting.distance, 0);
    // The marker's own top left corner is where its turn brought it.
    const int column = static_cast<int>(sighting.corners[0].x) / kPitch;
    const int row = static_cast<int>(sighting.corners[0].y) / kPitch;
    const int number = row * 10 + column;
    EXPECT_EQ(sighting.marker, number / 4);
    const double left = column * kPitch + 16;
    const double top = row * kPitch + 16;
    const Quad upright = {PixelPoint{left, top},
                          {left + 48, top},
                          {left + 48, top + 48},
                          {left, top + 48}};
    const Quad expected = BegunAt(upright, number % 4);
    for (int i = 0; i < 4; ++i) {
      EXPECT_NEAR(sighting.corners[i].x, expected[i].x, 1);
      EXPECT_NEAR(sighting.corners[i].y, expected[i].y, 1);
    }
  }
  EXPECT_EQ(seen, std::vector<int>(50, 4));
}

}  // namespace
}  // namespace sightline::align
