#include "services/georef/engine/segment/segmentor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "common/inference/reasons.h"
#include "common/status/error.h"
#include "services/georef/engine/segment/reasons.h"
#include "tests/generator/random.h"
#include "tests/support/models/colour_model.h"

namespace sightline::georef {
namespace {

using ::sightline::testing::ColourModel;
using ::sightline::testing::WriteColourModel;
using ::sightline::testing::WrittenModel;

std::string ReasonOf(const absl::Status& status) {
  const auto details = DetailsOf(status);
  return details ? details->reason : std::string(status.ToString());
}

std::shared_ptr<const Model> LoadWritten(const WrittenModel& written) {
  const auto model = LoadModel(written.file, written.card, {});
  EXPECT_TRUE(model.ok()) << model.status();
  return model.ok() ? *model : nullptr;
}

std::shared_ptr<const Model> LoadColours(const ColourModel& colours) {
  return LoadWritten(WriteColourModel(colours));
}

Segmentor MakeSegmentor(const ColourModel& colours,
                        const SegmentationOptions& options = {}) {
  auto segmentor = Segmentor::Create(LoadColours(colours), options);
  EXPECT_TRUE(segmentor.ok()) << segmentor.status();
  return *std::move(segmentor);
}

// Blocks of the model's colours, and the truth.
struct Mosaic {
  Mosaic(int width, int height, int block, uint64_t seed)
      : image(width, height), classes(width, height) {
    generator::Random random(seed);
    constexpr std::array<std::array<uint8_t, 3>, 4> kColours = {
        {{0, 0, 0}, {255, 0, 0}, {0, 255, 0}, {0, 0, 255}}};
    const int across = (width + block - 1) / block;
    std::vector<uint8_t> blocks(across * ((height + block - 1) / block));
    for (uint8_t& one : blocks) one = random.Integer(0, 3);
    for (int y = 0; y < height; ++y) {
      for (int x = 0; x < width; ++x) {
        const uint8_t label = blocks[y / block * across + x / block];
        classes.row(y)[x] = label;
        for (int c = 0; c < 3; ++c) {
          image.row(y)[3 * x + c] = kColours[label][c];
        }
      }
    }
  }
  RgbImage image;
  GrayImage classes;
};

int64_t Different(const GrayImage& a, const GrayImage& b) {
  int64_t different = 0;
  for (int64_t i = 0; i < a.size_bytes(); ++i) {
    different += a.data()[i] != b.data()[i];
  }
  return different;
}

TEST(Segmentor, GivesEveryPixelItsClassWhateverTheTiles) {
  const Segmentor segmentor = MakeSegmentor({}, {.tile_overlap = 16});
  for (const auto& [width, height] :
       {std::pair(1, 1), std::pair(64, 64), std::pair(31, 200),
        std::pair(333, 77), std::pair(65, 64)}) {
    SCOPED_TRACE(::testing::Message() << width << " x " << height);
    const Mosaic mosaic(width, height, 1, 3);
    const auto found = segmentor.Segment(mosaic.image, {}, StopToken());
    ASSERT_TRUE(found.ok()) << found.status();
    EXPECT_EQ(found->labels.width(), width);
    EXPECT_EQ(found->confidence.height(), height);
    EXPECT_EQ(Different(found->labels, mosaic.classes), 0);
    // Scores are 0 for the class and -10 or -20 for others.
    for (int64_t i = 0; i < found->confidence.size_bytes(); ++i) {
      ASSERT_EQ(found->confidence.data()[i], 255);
    }
  }
}

TEST(Segmentor, BringsCoarseScoresBackToPixels) {
  ColourModel colours;
  colours.stride = 4;
  const Segmentor segmentor = MakeSegmentor(colours, {.tile_overlap = 16});
  // Tiles begin at whole cells here, so that a block is two cells.
  const Mosaic mosaic(160, 112, 8, 5);
  const auto found = segmentor.Segment(mosaic.image, {}, StopToken());
  ASSERT_TRUE(found.ok()) << found.status();
  EXPECT_GT(found->tiles, 4);
  // In the middle of blocks only that class was seen; edges are interpolated
  // half way, corners may go to any neighbour.
  int64_t wrong = 0;
  for (int y = 0; y < 112; ++y) {
    for (int x = 0; x < 160; ++x) {
      const bool is_middle = x % 8 >= 2 && x % 8 < 6 && y % 8 >= 2 && y % 8 < 6;
      const bool is_same = found->labels.row(y)[x] == mosaic.classes.row(y)[x];
      if (is_middle) {
        EXPECT_TRUE(is_same) << x << ", " << y;
      }
      wrong += !is_same;
    }
  }
  EXPECT_LT(wrong, 160 * 112 / 20);
}

TEST(Segmentor, WorksAtTheScaleThatItIsGiven) {
  ColourModel colours;
  WrittenModel written = WriteColourModel(colours);
  written.card.ground_sample_distance_m = 2;
  const auto model = LoadWritten(written);
  const auto segmentor = Segmentor::Create(model, {});
  ASSERT_TRUE(segmentor.ok());
  const Mosaic mosaic(240, 160, 20, 9);
  struct Case {
    FrameScale scale;
    double expected;
  };
  for (const Case& one : {Case{{}, 1}, Case{{1.0, {}}, 0.5}, Case{{4.0, {}}, 2},
                          Case{{1.0, 0.25}, 0.25}, Case{{{}, 1.7}, 1.7}}) {
    SCOPED_TRACE(one.expected);
    const auto found = segmentor->Segment(mosaic.image, one.scale, StopToken());
    ASSERT_TRUE(found.ok()) << found.status();
    EXPECT_EQ(found->scale, one.expected);
    // Away from the edges of blocks by a pixel of the input and its next.
    const int edge = static_cast<int>(std::ceil(1.5 / one.expected)) + 1;
    for (int y = 0; y < 160; ++y) {
      for (int x = 0; x < 240; ++x) {
        if (x % 20 < edge || x % 20 >= 20 - edge || y % 20 < edge ||
            y % 20 >= 20 - edge) {
          continue;
        }
        ASSERT_EQ(found->labels.row(y)[x], mosaic.classes.row(y)[x])
            << x << ", " << y;
      }
    }
  }
}

TEST(Segmentor, MovesNothing) {
  // An edge in the middle of the frame stays there at any scale, to a pixel.
  const Segmentor segmentor = MakeSegmentor({});
  RgbImage frame(200, 60);
  for (int y = 0; y < 60; ++y) {
    for (int x = 0; x < 200; ++x) {
      for (int c = 0; c < 3; ++c) {
        frame.row(y)[3 * x + c] = c == 0 && x >= 100 ? 255 : 0;
      }
    }
  }
  for (const double scale : {0.2, 0.31, 0.5, 0.77, 1.0, 1.3, 2.0, 3.1}) {
    const auto found =
        segmentor.Segment(frame, {std::nullopt, scale}, StopToken());
    ASSERT_TRUE(found.ok()) << found.status();
    for (int y = 0; y < 60; ++y) {
      int edge = 0;
      while (edge < 200 && found->labels.row(y)[edge] == 0) ++edge;
      EXPECT_NEAR(edge, 100, 1) << scale << ", row " << y;
    }
  }
}

TEST(Segmentor, TakesGrayForColourAndColourForGray) {
  // Black, and white, which is nearest to nothing but itself.
  ColourModel colours;
  colours.colours = {{0, 0, 0}, {1, 1, 1}};
  GrayImage gray(40, 30);
  for (int64_t i = 0; i < gray.size_bytes(); ++i) {
    gray.data()[i] = i % 3 == 0 ? 255 : 20;
  }
  auto found = MakeSegmentor(colours).Segment(gray, {}, StopToken());
  ASSERT_TRUE(found.ok()) << found.status();
  for (int64_t i = 0; i < gray.size_bytes(); ++i) {
    ASSERT_EQ(found->labels.data()[i], i % 3 == 0 ? 1 : 0);
  }

  colours.channels = ChannelOrder::kGray;
  RgbImage rgb(40, 30);
  for (int64_t i = 0; i < rgb.size_bytes(); i += 3) {
    // Green is light (0.587), red and blue are dark.
    const bool is_green = i % 2 == 0;
    rgb.data()[i] = rgb.data()[i + 2] = is_green ? 0 : 200;
    rgb.data()[i + 1] = is_green ? 255 : 0;
  }
  found = MakeSegmentor(colours).Segment(rgb, {}, StopToken());
  ASSERT_TRUE(found.ok()) << found.status();
  for (int64_t i = 0; i < gray.size_bytes(); ++i) {
    ASSERT_EQ(found->labels.data()[i], i % 2 == 0 ? 1 : 0);
  }
}

TEST(Segmentor, TellsTheOrderOfChannels) {
  WrittenModel written = WriteColourModel({});
  written.card.input.channels = ChannelOrder::kBgr;
  const auto segmentor = Segmentor::Create(LoadWritten(written), {});
  ASSERT_TRUE(segmentor.ok());
  const Mosaic mosaic(40, 40, 4, 2);
  const auto found = segmentor->Segment(mosaic.image, {}, StopToken());
  ASSERT_TRUE(found.ok());
  // Red (1) and blue (3) change places.
  constexpr std::array<int, 4> kSwapped = {0, 3, 2, 1};
  for (int64_t i = 0; i < mosaic.classes.size_bytes(); ++i) {
    ASSERT_EQ(found->labels.data()[i], kSwapped[mosaic.classes.data()[i]]);
  }
}

TEST(Segmentor, RefusesModelsThatDoNotSegment) {
  const WrittenModel good = WriteColourModel({});
  WrittenModel written = good;
  written.card.outputs[0].meaning = OutputMeaning::kValues;
  EXPECT_EQ(ReasonOf(Segmentor::Check(*LoadWritten(written))),
            kModelCardMismatch);
  written = good;
  written.card.classes.pop_back();
  EXPECT_EQ(ReasonOf(Segmentor::Create(LoadWritten(written), {}).status()),
            kModelCardMismatch);
  written.card.classes.clear();
  EXPECT_EQ(ReasonOf(Segmentor::Check(*LoadWritten(written))),
            kModelCardMismatch);
  EXPECT_TRUE(Segmentor::Check(*LoadWritten(good)).ok());
}

TEST(Segmentor, RefusesOptionsThatMakeNoSense) {
  const auto model = LoadColours({});
  for (const SegmentationOptions& options :
       {SegmentationOptions{.tile_overlap = -1},
        SegmentationOptions{.tile_overlap = 1 << 20},
        SegmentationOptions{.maximum_tiles = 0},
        SegmentationOptions{.scale = 0}, SegmentationOptions{.scale = 9},
        SegmentationOptions{.scale =
                                std::numeric_limits<double>::quiet_NaN()}}) {
    EXPECT_EQ(ReasonOf(Segmentor::Create(model, options).status()),
              kSegmentOptionInvalid);
  }
}

TEST(Segmentor, RefusesFramesThatItCannotSegment) {
  const Segmentor segmentor =
      MakeSegmentor({}, {.tile_overlap = 0, .maximum_tiles = 4});
  EXPECT_EQ(ReasonOf(segmentor.Segment(RgbImage(), {}, StopToken()).status()),
            kSegmentFrameInvalid);
  EXPECT_EQ(ReasonOf(segmentor.SegmentBytes(70'000, 1, {}).status()),
            kSegmentFrameInvalid);
  EXPECT_TRUE(segmentor.Segment(GrayImage(128, 128), {}, StopToken()).ok());
  EXPECT_EQ(
      ReasonOf(
          segmentor.Segment(GrayImage(129, 128), {}, StopToken()).status()),
      kSegmentTooManyTiles);
  for (const double scale :
       {0.0, -1.0, 1e9, std::numeric_limits<double>::quiet_NaN()}) {
    EXPECT_EQ(ReasonOf(segmentor
                           .Segment(GrayImage(9, 9), {std::nullopt, scale},
                                    StopToken())
                           .status()),
              kSegmentOptionInvalid);
  }
}

TEST(Segmentor, StopsWhenNobodyWaits) {
  const Segmentor segmentor = MakeSegmentor({});
  StopSource source;
  source.Stop(absl::CancelledError("gone"));
  EXPECT_EQ(segmentor.Segment(GrayImage(300, 300), {}, source.token())
                .status()
                .code(),
            absl::StatusCode::kCancelled);
}

TEST(Segmentor, SaysWhatMemoryItTakes) {
  const Segmentor segmentor = MakeSegmentor({});
  const auto small = segmentor.SegmentBytes(100, 100, {});
  const auto large = segmentor.SegmentBytes(400, 300, {});
  ASSERT_TRUE(small.ok()) << small.status();
  ASSERT_TRUE(large.ok()) << large.status();
  // The planes of labels and confidence, and the model's own.
  EXPECT_GE(*large, 2 * 400 * 300 + segmentor.model().memory().run_bytes);
  // Everything else does not grow with the frame's area.
  EXPECT_LE(*large - *small, 2 * (400 * 300 - 100 * 100) + 50'000);
}

}  // namespace
}  // namespace sightline::georef
