// What tests of common/image ask of decoded pixels and of failures.
#ifndef SIGHTLINE_TESTS_UNIT_COMMON_IMAGE_IMAGE_MATCHERS_H_
#define SIGHTLINE_TESTS_UNIT_COMMON_IMAGE_IMAGE_MATCHERS_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/image/decode.h"
#include "common/image/reasons.h"
#include "common/status/error.h"
#include "tests/support/images/image_files.h"

namespace sightline::testing {

template <int kChannels>
Picture ToPicture(const Raster<kChannels>& image) {
  Picture picture(image.width(), image.height(), kChannels);
  picture.samples.assign(image.data(), image.data() + image.size_bytes());
  return picture;
}

// Whether both have the same size and no sample differs by more than
// `tolerance`; says where the worst one is.
::testing::AssertionResult Near(const Picture& actual, const Picture& expected,
                                int tolerance);

// Mean absolute difference of two pictures of the same size.
double MeanDifference(const Picture& a, const Picture& b);

// The reason of a failure; "OK" or "no details" where there is none.
std::string ReasonOf(const absl::Status& status);

// Options that make the reduction `reduction` for an image of this longer side.
DecodeOptions ReducedBy(int reduction, int long_side);

// Decodes `file` to gray and to colour with every reduction and compares with
// `seen`: the picture as a person sees it, opaque. `tolerance` a sample.
void ExpectDecodesTo(const std::string& file, const Picture& seen,
                     int tolerance);

}  // namespace sightline::testing

#endif  // SIGHTLINE_TESTS_UNIT_COMMON_IMAGE_IMAGE_MATCHERS_H_
