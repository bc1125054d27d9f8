#include "services/align/engine/warp.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/status/error.h"
#include "services/align/engine/reasons.h"

namespace sightline::align {
namespace {

// Each pixel tells its place.
GrayImage Ramp(int width, int height) {
  GrayImage image(width, height);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      image.row(y)[x] = static_cast<uint8_t>((3 * x + 5 * y) % 200);
    }
  }
  return image;
}

TEST(WarpToPage, KeepsEveryPixelUnderTheIdentity) {
  const GrayImage scan = Ramp(40, 60);
  const auto page = WarpToPage(scan, Homography(), {40, 60}, 40);
  ASSERT_TRUE(page.ok()) << page.status();
  ASSERT_EQ(page->width(), 40);
  ASSERT_EQ(page->height(), 60);
  for (int y = 0; y < 60; ++y) {
    for (int x = 0; x < 40; ++x) {
      ASSERT_EQ(page->row(y)[x], scan.row(y)[x]) << x << ", " << y;
    }
  }
}

TEST(WarpToPage, AveragesFourPixelsAtHalfTheSize) {
  GrayImage scan(4, 4);
  for (int i = 0; i < 16; ++i) scan.data()[i] = static_cast<uint8_t>(10 * i);
  const auto page = WarpToPage(scan, Homography(), {4, 4}, 2);
  ASSERT_TRUE(page.ok());
  // Corner-based: the first output pixel's centre is the corner between the
  // first four of the scan.
  EXPECT_EQ(page->row(0)[0], (0 + 10 + 40 + 50) / 4);
  EXPECT_EQ(page->row(1)[1], (100 + 110 + 140 + 150) / 4);
}

TEST(WarpToPage, BendsThePageBackFlat) {
  const GrayImage scan = Ramp(40, 60);
  PageMesh mesh;
  mesh.page = {40, 60};
  mesh.columns = 2;
  mesh.rows = 3;
  // The lower half is seen two pixels to the right, all of it one down.
  mesh.displacements = {{0, 1}, {0, 1}, {2, 1}, {2, 1}, {2, 1}, {2, 1}};
  const auto page = WarpToPage(scan, Homography(), {40, 60}, 40, mesh);
  ASSERT_TRUE(page.ok()) << page.status();
  for (const int y : {30, 45, 58}) {
    for (const int x : {0, 20, 37}) {
      EXPECT_EQ(page->row(y)[x], scan.row(y + 1)[x + 2]) << x << ", " << y;
    }
  }
  // Beyond the scan there is nothing.
  EXPECT_EQ(page->row(59)[10], 255);
  EXPECT_EQ(page->row(45)[39], 255);
}

TEST(WarpToPage, IsWhiteWhereTheScanHasNothing) {
  GrayImage scan(10, 10);
  std::memset(scan.data(), 0, 100);
  const auto page =
      WarpToPage(scan, Homography::Translation(5, 0), {20, 10}, 20);
  ASSERT_TRUE(page.ok());
  EXPECT_EQ(page->row(4)[3], 255);
  EXPECT_EQ(page->row(4)[8], 0);
  EXPECT_EQ(page->row(4)[16], 255);
}

TEST(WarpToPage, IsWhiteBeyondTheHorizon) {
  GrayImage scan(100, 100);
  std::memset(scan.data(), 7, 10000);
  // The page's right part lies behind the camera.
  const Homography page_to_scan({1, 0, 0, 0, 1, 0, -0.015, 0, 1});
  const auto page = WarpToPage(scan, *page_to_scan.Inverse(), {100, 100}, 100);
  ASSERT_TRUE(page.ok());
  EXPECT_EQ(page->row(50)[10], 7);
  EXPECT_EQ(page->row(50)[99], 255);
}

TEST(WarpToPage, SaysWhatIsWrong) {
  const GrayImage scan = Ramp(10, 10);
  const struct {
    Homography map;
    PixelSize page;
    int width;
    std::string field;
  } cases[] = {
      {Homography({0, 0, 0, 0, 0, 0, 0, 0, 1}), {10, 10}, 10, "scan_to_page"},
      {Homography(), {0, 10}, 10, "page"},
      {Homography(), {10, 10}, 0, "output_width"},
      {Homography(), {10, 10}, 30000, "output_width"},
      {Homography(), {1, 1000}, 10000, "output_width"},
  };
  for (const auto& c : cases) {
    const auto page = WarpToPage(scan, c.map, c.page, c.width);
    ASSERT_EQ(page.status().code(), absl::StatusCode::kInvalidArgument);
    const auto details = DetailsOf(page.status());
    ASSERT_TRUE(details.has_value());
    EXPECT_EQ(details->reason, kWarpInvalid);
    ASSERT_EQ(details->fields.size(), 1u);
    EXPECT_EQ(details->fields[0].field, c.field);
  }
  EXPECT_FALSE(WarpToPage(GrayImage(), Homography(), {10, 10}, 10).ok());
}

}  // namespace
}  // namespace sightline::align
