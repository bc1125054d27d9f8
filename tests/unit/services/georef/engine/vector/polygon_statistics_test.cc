// Confidences of polygons against flood fill, and what is refused.
#include "services/georef/engine/vector/polygon_statistics.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <string>

#include "common/status/error.h"
#include "services/georef/engine/reasons.h"
#include "tests/unit/services/georef/engine/vector/random_mask.h"

namespace sightline::georef {
namespace {

std::string ReasonOf(const absl::Status& status) {
  const auto details = DetailsOf(status);
  return details ? details->reason : "";
}

// A pixel's centre is within the polygon: an odd number of vertical edges to
// its left.
bool Covers(const TracedPolygons& traced, const TracedPolygon& polygon, int x,
            int y) {
  bool covers = false;
  for (const TracedRing& ring : traced.RingsOf(polygon)) {
    const auto vertices = traced.VerticesOf(ring);
    for (size_t i = 0; i < vertices.size(); ++i) {
      const PixelCorner a = vertices[i];
      const PixelCorner b = vertices[(i + 1) % vertices.size()];
      covers ^= a.x == b.x && a.x <= x && std::min(a.y, b.y) <= y &&
                std::max(a.y, b.y) > y;
    }
  }
  return covers;
}

TEST(MeasureConfidence, AgreesWithThePlainReference) {
  std::mt19937 random(12);
  for (int round = 0; round < 300; ++round) {
    const RandomMask mask = MakeRandomMask(random, round % 10 == 0 ? 90 : 18);
    SCOPED_TRACE("round " + std::to_string(round) + "\n" + mask.Text());
    TraceOptions options;
    if (round % 2) options.minimum_hole_pixels = 5;
    const auto traced = TracePolygons(mask.View(), options, StopToken());
    ASSERT_TRUE(traced.ok()) << traced.status();
    const int stride = mask.width + 3;
    std::vector<uint8_t> bytes(stride * mask.height);
    std::vector<float> floats(bytes.size());
    for (size_t i = 0; i < bytes.size(); ++i) {
      bytes[i] = static_cast<uint8_t>(random());
      floats[i] = bytes[i] / 255.0F;
    }
    const auto of_bytes =
        MeasureConfidence(mask.View(), *traced,
                          ByteConfidences{bytes.data(), stride}, StopToken());
    const auto of_floats =
        MeasureConfidence(mask.View(), *traced,
                          FloatConfidences{floats.data(), stride}, StopToken());
    ASSERT_TRUE(of_bytes.ok()) << of_bytes.status();
    ASSERT_TRUE(of_floats.ok()) << of_floats.status();
    ASSERT_EQ(of_bytes->size(), traced->polygons.size());
    ASSERT_EQ(of_floats->size(), traced->polygons.size());
    for (size_t i = 0; i < traced->polygons.size(); ++i) {
      const TracedPolygon& polygon = traced->polygons[i];
      double sum = 0;
      double minimum = 1;
      int64_t count = 0;
      for (int y = 0; y < mask.height; ++y) {
        for (int x = 0; x < mask.width; ++x) {
          if (mask.labels[y * mask.width + x] != polygon.label ||
              !Covers(*traced, polygon, x, y)) {
            continue;
          }
          const double value = bytes[y * stride + x] / 255.0;
          sum += value;
          minimum = std::min(minimum, value);
          ++count;
        }
      }
      for (const auto& measured : {(*of_bytes)[i], (*of_floats)[i]}) {
        ASSERT_EQ(measured.pixel_count, count);
        ASSERT_NEAR(measured.mean, sum / static_cast<double>(count), 1e-6);
        ASSERT_NEAR(measured.minimum, minimum, 1e-6);
      }
    }
  }
}

struct Fixture {
  Fixture() : mask({4, 3, {0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0}}) {
    traced = *TracePolygons(mask.View(), {}, StopToken());
  }
  RandomMask mask;
  TracedPolygons traced;
};

TEST(MeasureConfidence, RefusesPlanesThatAreNone) {
  const Fixture one;
  const std::vector<uint8_t> bytes(12, 200);
  const auto reason = [&](const ByteConfidences& confidences) {
    return ReasonOf(
        MeasureConfidence(one.mask.View(), one.traced, confidences, StopToken())
            .status());
  };
  EXPECT_EQ(reason({bytes.data(), 4}), "");
  EXPECT_EQ(reason({nullptr, 4}), kConfidenceInvalid);
  EXPECT_EQ(reason({bytes.data(), 3}), kConfidenceInvalid);
  EXPECT_EQ(
      ReasonOf(MeasureConfidence(LabelMask(), one.traced,
                                 ByteConfidences{bytes.data(), 4}, StopToken())
                   .status()),
      kMaskInvalid);
}

TEST(MeasureConfidence, RefusesValuesThatAreNoConfidence) {
  const Fixture one;
  for (const float wrong : {-0.1F, 1.1F, std::numeric_limits<float>::infinity(),
                            std::numeric_limits<float>::quiet_NaN()}) {
    std::vector<float> floats(12, 0.5F);
    const auto measure = [&] {
      return MeasureConfidence(one.mask.View(), one.traced,
                               FloatConfidences{floats.data(), 4}, StopToken());
    };
    // Only what is looked at counts.
    floats[0] = wrong;
    EXPECT_TRUE(measure().ok());
    floats[6] = wrong;
    EXPECT_EQ(ReasonOf(measure().status()), kConfidenceInvalid) << wrong;
  }
}

TEST(MeasureConfidence, RefusesPolygonsOfAnotherMask) {
  const Fixture one;
  const std::vector<uint8_t> bytes(12, 200);
  const auto reason = [&](const TracedPolygons& traced) {
    return ReasonOf(MeasureConfidence(one.mask.View(), traced,
                                      ByteConfidences{bytes.data(), 4},
                                      StopToken())
                        .status());
  };
  TracedPolygons other = one.traced;
  other.polygons[0].label = 2;
  EXPECT_EQ(reason(other), kConfidenceInvalid);
  other = one.traced;
  for (PixelCorner& corner : other.vertices) corner.y += 2;
  EXPECT_EQ(reason(other), kConfidenceInvalid);
  other = one.traced;
  other.vertices[0].x += 1;
  EXPECT_EQ(reason(other), kConfidenceInvalid);
}

TEST(MeasureConfidence, StopsWhenAsked) {
  StopSource source;
  source.Stop(absl::CancelledError("enough"));
  const Fixture one;
  const std::vector<uint8_t> bytes(12, 200);
  EXPECT_EQ(MeasureConfidence(one.mask.View(), one.traced,
                              ByteConfidences{bytes.data(), 4}, source.token())
                .status()
                .code(),
            absl::StatusCode::kCancelled);
}

}  // namespace
}  // namespace sightline::georef
