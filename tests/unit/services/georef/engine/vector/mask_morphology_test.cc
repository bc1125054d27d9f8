// Morphology of masks against a plain reference, and what is refused.
#include "services/georef/engine/vector/mask_morphology.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <string>

#include "common/status/error.h"
#include "services/georef/engine/reasons.h"
#include "tests/unit/services/georef/engine/vector/random_mask.h"

namespace sightline::georef {
namespace {

RandomMask Drawing(const std::vector<std::string>& rows) {
  RandomMask mask;
  mask.width = static_cast<int>(rows[0].size());
  mask.height = static_cast<int>(rows.size());
  for (const std::string& row : rows) {
    for (const char c : row) mask.labels.push_back(c == '.' ? 0 : c - '0');
  }
  return mask;
}

std::string Changed(RandomMask mask, const MorphologyOptions& options) {
  const auto changed = ApplyMorphology(mask.View(), options, StopToken());
  EXPECT_TRUE(changed.ok()) << changed.status();
  mask.labels = *changed;
  return mask.Text();
}

std::string ReasonOf(const absl::Status& status) {
  const auto details = DetailsOf(status);
  return details ? details->reason : "";
}

using Pixels = std::vector<bool>;

// Pixel by pixel, by the words of the header.
Pixels Plain(const RandomMask& mask, const Pixels& has, bool dilates,
             const MorphologyOptions& options) {
  Pixels result(has.size());
  const double r = options.radius_pixels;
  const int reach = static_cast<int>(std::ceil(r));
  for (int y = 0; y < mask.height; ++y) {
    for (int x = 0; x < mask.width; ++x) {
      bool any = false;
      bool all = true;
      for (int dy = -reach; dy <= reach; ++dy) {
        for (int dx = -reach; dx <= reach; ++dx) {
          const bool near = options.neighbourhood == Neighbourhood::kDisc
                                ? dx * dx + dy * dy <= r * r
                                : std::abs(dx) <= r && std::abs(dy) <= r;
          const int px = x + dx;
          const int py = y + dy;
          if (!near || px < 0 || py < 0 || px >= mask.width ||
              py >= mask.height) {
            continue;
          }
          const bool there = has[py * mask.width + px];
          any |= there;
          all &= there;
        }
      }
      result[y * mask.width + x] = dilates ? any : all;
    }
  }
  return result;
}

std::vector<uint8_t> Plain(const RandomMask& mask,
                           const MorphologyOptions& options) {
  std::vector<uint8_t> labels = options.labels;
  for (int label = 1; options.labels.empty() && label < 256; ++label) {
    labels.push_back(static_cast<uint8_t>(label));
  }
  const auto is_listed = [&](uint8_t label) {
    return std::find(labels.begin(), labels.end(), label) != labels.end();
  };
  std::vector<uint8_t> changed = mask.labels;
  for (const uint8_t label : labels) {
    Pixels has;
    for (const uint8_t old : mask.labels) has.push_back(old == label);
    if (std::none_of(has.begin(), has.end(), [](bool b) { return b; })) {
      continue;
    }
    const bool dilates_first = options.operation == MaskOperation::kDilate ||
                               options.operation == MaskOperation::kClose;
    has = Plain(mask, has, dilates_first, options);
    if (options.operation == MaskOperation::kOpen ||
        options.operation == MaskOperation::kClose) {
      has = Plain(mask, has, !dilates_first, options);
    }
    for (size_t i = 0; i < has.size(); ++i) {
      if (mask.labels[i] == label) {
        if (!has[i]) changed[i] = 0;
      } else if (has[i] && !is_listed(mask.labels[i]) &&
                 changed[i] == mask.labels[i]) {
        changed[i] = label;
      }
    }
  }
  return changed;
}

TEST(ApplyMorphology, AgreesWithThePlainReference) {
  std::mt19937 random(44);
  for (int round = 0; round < 1500; ++round) {
    const RandomMask mask = MakeRandomMask(random, round % 8 == 0 ? 140 : 20);
    MorphologyOptions options;
    options.operation = static_cast<MaskOperation>(random() % 4);
    options.neighbourhood = static_cast<Neighbourhood>(random() % 2);
    options.radius_pixels =
        random() % 2 ? 1 + random() % 5 : 0.5 + 0.01 * (random() % 500);
    if (random() % 2) options.labels = {3, 1};
    const auto changed = ApplyMorphology(mask.View(), options, StopToken());
    ASSERT_TRUE(changed.ok()) << changed.status();
    ASSERT_EQ(*changed, Plain(mask, options))
        << "round " << round << ", operation "
        << static_cast<int>(options.operation) << ", radius "
        << options.radius_pixels << "\n"
        << mask.Text();
  }
}

TEST(ApplyMorphology, DilatesDiscsAndSquares) {
  const RandomMask point =
      Drawing({".....", ".....", "..1..", ".....", "....."});
  MorphologyOptions options;
  options.operation = MaskOperation::kDilate;
  options.radius_pixels = 2;
  EXPECT_EQ(Changed(point, options), "..1..\n.111.\n11111\n.111.\n..1..\n");
  options.radius_pixels = 1.5;
  EXPECT_EQ(Changed(point, options), ".....\n.111.\n.111.\n.111.\n.....\n");
  options.neighbourhood = Neighbourhood::kSquare;
  options.radius_pixels = 2.9;
  EXPECT_EQ(Changed(point, options), "11111\n11111\n11111\n11111\n11111\n");
}

TEST(ApplyMorphology, LabelsThatMeetStopEachOther) {
  MorphologyOptions options;
  options.operation = MaskOperation::kDilate;
  options.radius_pixels = 2;
  EXPECT_EQ(Changed(Drawing({"1...2"}), options), "11122\n");
  options.labels = {2, 1};
  EXPECT_EQ(Changed(Drawing({"1...2"}), options), "11222\n");
  // A label that is not listed gives way, one that is listed does not.
  options.labels = {2};
  EXPECT_EQ(Changed(Drawing({"1..12"}), options), "1.222\n");
  options.labels = {2, 1};
  EXPECT_EQ(Changed(Drawing({"...12"}), options), ".1212\n");
}

TEST(ApplyMorphology, TheMasksEdgeNeitherAddsNorTakes) {
  MorphologyOptions options;
  options.operation = MaskOperation::kErode;
  EXPECT_EQ(Changed(Drawing({"111", "111"}), options), "111\n111\n");
  EXPECT_EQ(Changed(Drawing({"11.", "11."}), options), "1..\n1..\n");
}

TEST(ApplyMorphology, RowsMayBeFartherApartThanTheyAreWide) {
  const std::vector<uint8_t> labels = {1, 0, 0, 9, 0, 0, 0, 9};
  MorphologyOptions options;
  options.operation = MaskOperation::kDilate;
  const auto changed =
      ApplyMorphology({labels.data(), 3, 2, 4}, options, StopToken());
  ASSERT_TRUE(changed.ok()) << changed.status();
  EXPECT_EQ(*changed, (std::vector<uint8_t>{1, 1, 0, 1, 0, 0}));
}

TEST(ApplyMorphology, RefusesOptionsOutOfTheirRange) {
  std::vector<MorphologyOptions> wrong(8);
  wrong[0].radius_pixels = 0;
  wrong[1].radius_pixels = -1;
  wrong[2].radius_pixels = 256;
  wrong[3].radius_pixels = std::numeric_limits<double>::quiet_NaN();
  wrong[4].labels = {1, 1};
  wrong[5].labels = {0};
  wrong[6].operation = static_cast<MaskOperation>(4);
  wrong[7].neighbourhood = static_cast<Neighbourhood>(2);
  const RandomMask mask = Drawing({"1"});
  for (const MorphologyOptions& options : wrong) {
    const auto changed = ApplyMorphology(mask.View(), options, StopToken());
    EXPECT_EQ(changed.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(ReasonOf(changed.status()), kMorphologyOptionInvalid);
  }
  EXPECT_EQ(ReasonOf(ApplyMorphology(LabelMask(), {}, StopToken()).status()),
            kMaskInvalid);
}

TEST(ApplyMorphology, StopsWhenAsked) {
  StopSource source;
  source.Stop(absl::CancelledError("enough"));
  const RandomMask mask = Drawing({"1"});
  EXPECT_EQ(ApplyMorphology(mask.View(), {}, source.token()).status().code(),
            absl::StatusCode::kCancelled);
}

}  // namespace
}  // namespace sightline::georef
