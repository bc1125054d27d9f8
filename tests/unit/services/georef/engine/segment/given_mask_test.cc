#include "services/georef/engine/segment/given_mask.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "common/status/error.h"
#include "services/georef/engine/reasons.h"
#include "services/georef/engine/segment/reasons.h"

namespace sightline::georef {
namespace {

using ::testing::HasSubstr;

TEST(GivenMask, FitsItsFrameAndItsClasses) {
  // Rows of 5 pixels, 7 bytes apart; what is between them does not count.
  std::vector<uint8_t> bytes(7 * 3, 255);
  for (int y = 0; y < 3; ++y) {
    for (int x = 0; x < 5; ++x) bytes[7 * y + x] = static_cast<uint8_t>(x % 3);
  }
  const LabelMask mask = {bytes.data(), 5, 3, 7};
  EXPECT_TRUE(CheckGivenMask(mask, 5, 3, 3).ok());
  EXPECT_TRUE(CheckGivenMask(mask, 5, 3, 256).ok());

  absl::Status status = CheckGivenMask(mask, 5, 3, 2);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(DetailsOf(status)->reason, kMaskLabelOutOfRange);
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("label 2 at pixel (2, 0)"));

  for (const auto& [width, height] :
       {std::pair(4, 3), std::pair(5, 4), std::pair(3, 5)}) {
    status = CheckGivenMask(mask, width, height, 3);
    EXPECT_EQ(DetailsOf(status)->reason, kMaskSizeMismatch);
  }
  bytes[7 * 2 + 4] = 255;
  status = CheckGivenMask(mask, 5, 3, 255);
  EXPECT_EQ(DetailsOf(status)->reason, kMaskLabelOutOfRange);
  EXPECT_THAT(std::string(status.message()), HasSubstr("(4, 2)"));
  EXPECT_TRUE(CheckGivenMask(mask, 5, 3, 256).ok());
}

TEST(GivenMask, HasPixels) {
  const uint8_t byte = 0;
  for (const LabelMask& mask :
       {LabelMask{}, LabelMask{nullptr, 1, 1, 1}, LabelMask{&byte, 0, 1, 1},
        LabelMask{&byte, 1, -1, 1}, LabelMask{&byte, 2, 1, 1}}) {
    const absl::Status status =
        CheckGivenMask(mask, mask.width, mask.height, 2);
    EXPECT_EQ(DetailsOf(status)->reason, kMaskInvalid);
  }
}

}  // namespace
}  // namespace sightline::georef
