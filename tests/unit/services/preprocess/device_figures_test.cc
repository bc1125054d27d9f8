#include "services/preprocess/device_figures.h"

#include <gtest/gtest.h>

namespace sightline::preprocess {
namespace {

TEST(DeviceFigures, TellsWhatTheDriverTells) {
  const auto source =
      DeviceFigureSource::Open(SIGHTLINE_FAKE_NVML, "0000:02:00.0");
  ASSERT_TRUE(source.ok()) << source.status();
  const DeviceFigures figures = (*source)->Read();
  EXPECT_EQ(figures.utilization_percent, 42);
  EXPECT_EQ(figures.temperature_celsius, 83);
}

TEST(DeviceFigures, LeavesOutWhatTheDriverDoesNotTell) {
  const auto source =
      DeviceFigureSource::Open(SIGHTLINE_FAKE_NVML, "0000:01:00.0");
  ASSERT_TRUE(source.ok()) << source.status();
  const DeviceFigures figures = (*source)->Read();
  EXPECT_FALSE(figures.utilization_percent.has_value());
  EXPECT_FALSE(figures.temperature_celsius.has_value());
}

TEST(DeviceFigures, SaysWhatIsMissing) {
  EXPECT_EQ(DeviceFigureSource::Open(SIGHTLINE_FAKE_NVML, "0000:09:00.0")
                .status()
                .code(),
            absl::StatusCode::kUnavailable);
  EXPECT_EQ(DeviceFigureSource::Open("/no/such/library.so", "0000:01:00.0")
                .status()
                .message(),
            "/no/such/library.so is not there");
  EXPECT_EQ(
      DeviceFigureSource::Open("libc.so.6", "0000:01:00.0").status().message(),
      "libc.so.6 is no NVML");
}

}  // namespace
}  // namespace sightline::preprocess
