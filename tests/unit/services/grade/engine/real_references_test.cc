// Looks for the grids of real sheets in their scans. They are no blank pages:
// a mark hides the bubble below it. What must be found all the same is the
// grid; a table says how much of it.
#include <cmath>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "common/image/decode.h"
#include "gtest/gtest.h"
#include "real_sheets.h"
#include "services/grade/engine/proposal/layout_proposal.h"

namespace sightline::grade {
namespace {

struct Expectation {
  const char* sample;
  const char* sheet;
  // Shares of the layout's bubbles that are proposed, and of the proposed ones
  // that are the layout's, at least.
  double recall = 0;
  double precision = 0;
};

// What was measured, less some hundredths. Left out are photos and the sheets
// whose boxes are paler than their paper's noise.
constexpr Expectation kExpectations[] = {
    {"community__UmarFarootAPS", "scan-type-1.jpg", 0.98, 0.98},
    {"community__Sandeep-1507", "omr-1.png", 0.82, 0.88},
    {"sample2", "adrian_omr.png", 0.98, 0.98},
    {"sample2", "adrian_omr_2.png", 0.98, 0.98},
};

// Bubbles of `sheet` in `points`, each within a third of its size.
int CountFound(const std::vector<PixelPoint>& wanted, PixelSize size,
               const std::vector<PixelPoint>& points) {
  int found = 0;
  for (const PixelPoint& point : wanted) {
    for (const PixelPoint& other : points) {
      if (std::abs(point.x - other.x) <= size.width / 3 &&
          std::abs(point.y - other.y) <= size.height / 3) {
        ++found;
        break;
      }
    }
  }
  return found;
}

TEST(RealReferences, GridsAreFoundInScans) {
  const auto folder = RealSheetFolder();
  if (!folder.has_value()) {
    GTEST_SKIP() << "SKIPPED: whole test: no real sheets on this machine "
                    "(SIGHTLINE_SHARED_DATA)";
  }
  std::printf("%-42s %8s %8s %8s %9s\n", "sheet", "bubbles", "proposed",
              "recall", "precision");
  for (const Expectation& expected : kExpectations) {
    const auto sheets =
        LoadRealSheets(*folder, expected.sample, BubbleShape::kEllipse);
    ASSERT_TRUE(sheets.ok()) << sheets.status();
    for (const RealSheet& real : *sheets) {
      if (real.name.find(expected.sheet) == std::string::npos) continue;
      SCOPED_TRACE(real.name);
      const auto page = DecodeGray(real.file, {});
      ASSERT_TRUE(page.ok()) << page.status();
      const absl::StatusOr<LayoutProposal> proposal =
          ProposeLayout(page->pixels, {}, {});
      ASSERT_TRUE(proposal.ok()) << proposal.status();
      const absl::StatusOr<Sheet> sheet = Sheet::Create(proposal->layout);
      ASSERT_TRUE(sheet.ok()) << sheet.status();
      std::vector<PixelPoint> proposed;
      for (const Field& field : sheet->fields()) {
        for (const Bubble& b : field.bubbles) proposed.push_back(b.center);
      }
      const auto to_scan = real.scan_to_page.Inverse();
      ASSERT_TRUE(to_scan.has_value());
      const absl::StatusOr<Sheet> truth = Sheet::Create(real.layout);
      ASSERT_TRUE(truth.ok()) << truth.status();
      std::vector<PixelPoint> bubbles;
      for (const Field& field : truth->fields()) {
        for (const Bubble& b : field.bubbles) {
          bubbles.push_back(to_scan->Map(b.center));
        }
      }
      const PixelSize size = sheet->fields()[0].bubbles[0].size;
      const double recall =
          double(CountFound(bubbles, size, proposed)) / bubbles.size();
      const double precision =
          double(CountFound(proposed, size, bubbles)) / proposed.size();
      std::printf("%-42s %8zu %8zu %8.3f %9.3f\n", real.name.c_str(),
                  bubbles.size(), proposed.size(), recall, precision);
      EXPECT_GE(recall, expected.recall);
      EXPECT_GE(precision, expected.precision);
    }
  }
}

// The reference of sample6 shows four bubbles of its template, one of them
// filled; the others are printed on the sheets alone.
TEST(RealReferences, ABlankReferenceShowsWhatIsPrintedOnIt) {
  const auto folder = RealSheetFolder();
  if (!folder.has_value()) {
    GTEST_SKIP() << "SKIPPED: whole test: no real sheets on this machine "
                    "(SIGHTLINE_SHARED_DATA)";
  }
  std::ifstream in(*folder + "/sample6/reference.png", std::ios::binary);
  const std::string file(std::istreambuf_iterator<char>(in), {});
  const auto page = DecodeGray(file, {});
  ASSERT_TRUE(page.ok()) << page.status();
  const absl::StatusOr<LayoutProposal> proposal =
      ProposeLayout(page->pixels, {}, {});
  ASSERT_TRUE(proposal.ok()) << proposal.status();
  const absl::StatusOr<Sheet> sheet = Sheet::Create(proposal->layout);
  ASSERT_TRUE(sheet.ok()) << sheet.status();
  ASSERT_EQ(sheet->bubble_count(), 4);
  // The block "Stu" of the template: its first box begins at (1636, 1290),
  // boxes of 42 pixels follow each 50. The print lies a few pixels beside.
  for (int v = 0; v < 4; ++v) {
    const PixelPoint center = sheet->fields()[0].bubbles[v].center;
    EXPECT_NEAR(center.x, 1657, 5);
    EXPECT_NEAR(center.y, 1311 + 50 * v, 5);
  }
  EXPECT_LT(proposal->blocks[0].confidence, 0.6);
}

}  // namespace
}  // namespace sightline::grade
