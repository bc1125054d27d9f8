#include "tests/unit/common/image/image_matchers.h"

#include <algorithm>
#include <cmath>

namespace sightline::testing {

::testing::AssertionResult Near(const Picture& actual, const Picture& expected,
                                int tolerance) {
  if (actual.width != expected.width || actual.height != expected.height ||
      actual.channels != expected.channels) {
    return ::testing::AssertionFailure()
           << actual.width << " x " << actual.height << " x " << actual.channels
           << " instead of " << expected.width << " x " << expected.height
           << " x " << expected.channels;
  }
  int worst = 0, worst_x = 0, worst_y = 0, worst_c = 0;
  for (int y = 0; y < actual.height; ++y) {
    for (int x = 0; x < actual.width; ++x) {
      for (int c = 0; c < actual.channels; ++c) {
        const int difference =
            std::abs(actual.at(x, y, c) - expected.at(x, y, c));
        if (difference > worst) {
          worst = difference;
          worst_x = x;
          worst_y = y;
          worst_c = c;
        }
      }
    }
  }
  if (worst <= tolerance) return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure()
         << "pixel (" << worst_x << ", " << worst_y << ") channel " << worst_c
         << " is " << int{actual.at(worst_x, worst_y, worst_c)}
         << " instead of " << int{expected.at(worst_x, worst_y, worst_c)};
}

double MeanDifference(const Picture& a, const Picture& b) {
  if (a.samples.size() != b.samples.size() || a.samples.empty()) return 255;
  double sum = 0;
  for (size_t i = 0; i < a.samples.size(); ++i) {
    sum += std::abs(a.samples[i] - b.samples[i]);
  }
  return sum / static_cast<double>(a.samples.size());
}

std::string ReasonOf(const absl::Status& status) {
  if (status.ok()) return "OK";
  const auto details = DetailsOf(status);
  return details.has_value() ? details->reason : "no details";
}

DecodeOptions ReducedBy(int reduction, int long_side) {
  DecodeOptions options;
  options.min_long_side =
      reduction == 1 ? 0 : (long_side + reduction - 1) / reduction;
  return options;
}

void ExpectDecodesTo(const std::string& file, const Picture& seen,
                     int tolerance) {
  const Picture rgb = ToRgb(seen), gray = ToGray(seen);
  const int long_side = std::max(seen.width, seen.height);
  for (const int reduction : {1, 2, 4, 8}) {
    SCOPED_TRACE(::testing::Message() << "reduction " << reduction);
    // Small images can be reduced no further than to the same few pixels.
    const DecodeOptions options = ReducedBy(reduction, long_side);
    const auto as_gray = DecodeGray(file, options);
    ASSERT_TRUE(as_gray.ok()) << as_gray.status();
    const int chosen = as_gray->reduction;
    EXPECT_GE(chosen, reduction);
    EXPECT_TRUE(
        Near(ToPicture(as_gray->pixels), Averaged(gray, chosen), tolerance + 1))
        << "gray";
    const auto as_rgb = DecodeRgb(file, options);
    ASSERT_TRUE(as_rgb.ok()) << as_rgb.status();
    EXPECT_TRUE(
        Near(ToPicture(as_rgb->pixels), Averaged(rgb, chosen), tolerance))
        << "colour";
  }
}

}  // namespace sightline::testing
