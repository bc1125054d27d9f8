// How tall letters are, and what is none.
#include "services/preprocess/engine/text_height.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "common/status/error.h"
#include "common/stop/stop_token.h"
#include "gtest/gtest.h"
#include "tests/unit/services/preprocess/engine/test_pages.h"

namespace sightline::preprocess {
namespace {

constexpr int kWidth = 600;
constexpr int kHeight = 400;

GrayImage Paper(uint8_t gray = 255) {
  GrayImage page(kWidth, kHeight);
  std::fill_n(page.data(), page.size_bytes(), gray);
  return page;
}

void Fill(GrayImage& page, int left, int top, int width, int height,
          uint8_t gray = 0) {
  for (int y = top; y < top + height; ++y) {
    std::fill_n(page.row(y) + left, width, gray);
  }
}

// Rows of "L" and "U" of one height, strokes a sixth of it.
void Write(GrayImage& page, int top, int bottom, int height) {
  const int stroke = std::max(2, height / 6);
  for (int y = top; y + height <= bottom; y += height + 6) {
    for (int x = 20; x + height < kWidth - 20; x += height + 5) {
      Fill(page, x, y, stroke, height);
      Fill(page, x, y + height - stroke, height, stroke);
      if (x % 2 == 0) Fill(page, x + height - stroke, y, stroke, height);
    }
  }
}

TextHeight Estimate(const GrayImage& page) {
  return EstimateTextHeight(page).value();
}

TEST(TextHeight, IsThatOfMostLetters) {
  for (const int height : {5, 7, 12, 20, 60}) {
    GrayImage page = Paper();
    Write(page, 10, kHeight, height);
    EXPECT_EQ(Estimate(page).pixels, height);
    EXPECT_FALSE(Estimate(page).is_doubtful);
  }
  GrayImage page = Paper();
  Write(page, 0, 80, 60);
  Write(page, 100, 300, 9);
  EXPECT_EQ(Estimate(page).pixels, 9) << "a title is not the text";
}

TEST(TextHeight, IsMeasuredOnFaintInkAsWell) {
  Random random(1);
  GrayImage page = Paper();
  Write(page, 10, kHeight, 12);
  for (int64_t i = 0; i < page.size_bytes(); ++i) {
    const int gray = page.data()[i] == 0 ? 90 : 120;
    page.data()[i] = static_cast<uint8_t>(gray + Between(random, -2, 2));
  }
  EXPECT_TRUE(Estimate(page).is_doubtful);
  EXPECT_EQ(EstimateTextHeight(page, {.offset = 10})->pixels, 12);
}

TEST(TextHeight, IsDoubtfulWhereNothingLooksLikeALetter) {
  EXPECT_TRUE(Estimate(Paper()).is_doubtful);
  EXPECT_TRUE(Estimate(Paper(0)).is_doubtful);
  Random random(2);
  GrayImage noise = Paper(200);
  std::normal_distribution<double> grays(200, 8);
  for (int64_t i = 0; i < noise.size_bytes(); ++i) {
    noise.data()[i] = static_cast<uint8_t>(grays(random));
  }
  EXPECT_TRUE(Estimate(noise).is_doubtful);

  // Lines, frames, hatching and specks of a drawing without words.
  GrayImage drawing = Paper();
  for (int x = 20; x < kWidth - 60; x += 60) {
    Fill(drawing, x, 20, 2, 300);
    Fill(drawing, x, 100, 50, 6);
    Fill(drawing, x + 10, 200, 40, 1);
    Fill(drawing, x + 10, 240, 40, 1);
    Fill(drawing, x + 10, 200, 1, 40);
    Fill(drawing, x + 50, 200, 1, 41);
    for (int i = 0; i < 30; ++i) Fill(drawing, x + i, 300 + i, 2, 1);
    Fill(drawing, x + 20, 50, 3, 3);
  }
  EXPECT_EQ(Estimate(drawing).letters, 0);
  EXPECT_TRUE(Estimate(drawing).is_doubtful);
  EXPECT_EQ(Estimate(drawing).pixels, 0);
  for (int i = 0; i < kFewestLetters - 1; ++i) {
    Fill(drawing, 30 + 60 * i, 340, 6, 10);
  }
  EXPECT_TRUE(Estimate(drawing).is_doubtful);
  Fill(drawing, 500, 340, 6, 10);
  EXPECT_FALSE(Estimate(drawing).is_doubtful);
  EXPECT_EQ(Estimate(drawing).pixels, 10);
}

// The heights of connected black pixels that look like letters, found the plain
// way: by filling one after the other.
std::vector<int> FilledHeights(GrayImage page) {
  std::vector<int> heights;
  for (int y = 0; y < page.height(); ++y) {
    for (int x = 0; x < page.width(); ++x) {
      if (page.row(y)[x] != 0) continue;
      int left = x, right = x, bottom = y;
      int64_t ink = 0;
      std::vector<std::pair<int, int>> open = {{x, y}};
      page.row(y)[x] = 255;
      while (!open.empty()) {
        const auto [at_x, at_y] = open.back();
        open.pop_back();
        ++ink;
        left = std::min(left, at_x);
        right = std::max(right, at_x);
        bottom = std::max(bottom, at_y);
        for (int j = std::max(at_y - 1, 0);
             j <= std::min(at_y + 1, page.height() - 1); ++j) {
          for (int i = std::max(at_x - 1, 0);
               i <= std::min(at_x + 1, page.width() - 1); ++i) {
            if (page.row(j)[i] != 0) continue;
            page.row(j)[i] = 255;
            open.push_back({i, j});
          }
        }
      }
      const int width = right - left + 1;
      const int height = bottom - y + 1;
      if (height >= 4 && height <= 255 && width <= 2.5 * height &&
          8 * width >= height && 5 * ink >= int64_t{width} * height) {
        heights.push_back(height);
      }
    }
  }
  std::sort(heights.begin(), heights.end());
  return heights;
}

TEST(TextHeight, FindsTheSamePiecesAsFillingThem) {
  Random random(3);
  int certain = 0;
  for (int i = 0; i < 60 * CaseFactor(); ++i) {
    GrayImage page(Between(random, 40, 220), Between(random, 40, 160));
    std::fill_n(page.data(), page.size_bytes(), 255);
    // Strokes this way and that, which meet, part, touch at corners and reach
    // every edge; sparse, so that the threshold takes black for ink everywhere.
    for (int n = Between(random, 0, page.width() * page.height() / 400); n > 0;
         --n) {
      int x = Between(random, 0, page.width() - 1);
      int y = Between(random, 0, page.height() - 1);
      for (int step = Between(random, 1, 25); step > 0; --step) {
        page.row(y)[x] = 0;
        x = std::clamp(x + Between(random, -1, 1), 0, page.width() - 1);
        y = std::clamp(y + Between(random, -1, 1), 0, page.height() - 1);
      }
    }
    const std::vector<int> expected = FilledHeights(page.Clone());
    const TextHeight found = Estimate(page);
    EXPECT_EQ(found.letters, static_cast<int64_t>(expected.size()));
    EXPECT_EQ(found.is_doubtful, found.letters < kFewestLetters);
    if (found.is_doubtful) continue;
    ++certain;
    EXPECT_EQ(found.pixels, expected[(expected.size() - 1) / 2]);
  }
  EXPECT_GT(certain, 10);
}

TEST(TextHeight, IsTheSameForAllInstructionsAndThreads) {
  Random random(4);
  const GrayImage page = RandomPage(random, 301, 203);
  const TextHeight expected = Estimate(page);
  for (const InstructionSet instructions : SupportedInstructionSets()) {
    for (const int threads : {1, 3}) {
      const TextHeight found =
          EstimateTextHeight(page, {},
                             {.threads = threads, .instructions = instructions})
              .value();
      EXPECT_EQ(found.pixels, expected.pixels);
      EXPECT_EQ(found.letters, expected.letters);
    }
  }
}

TEST(TextHeight, StopsAndRefusesWhatIsNoPage) {
  StopSource source;
  source.Stop(absl::CancelledError("nobody waits"));
  EXPECT_EQ(
      EstimateTextHeight(Paper(), {}, {.stop = source.token()}).status().code(),
      absl::StatusCode::kCancelled);
  EXPECT_EQ(EstimateTextHeight(GrayView()).status().code(),
            absl::StatusCode::kInvalidArgument);
  for (const double offset : {0.0, 256.0, std::nan("")}) {
    const absl::Status status =
        EstimateTextHeight(Paper(), {.offset = offset}).status();
    ASSERT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(DetailsOf(status)->fields[0].field, "offset");
  }
  // A strip has no letters, and does no harm.
  GrayImage strip(60000, 1);
  std::fill_n(strip.data(), strip.size_bytes(), 255);
  for (int x = 0; x < strip.width(); x += 2) strip.row(0)[x] = 0;
  EXPECT_TRUE(Estimate(strip).is_doubtful);
}

}  // namespace
}  // namespace sightline::preprocess
