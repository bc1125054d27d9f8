// Real scans and phone photos, where they are at hand: beside the checkout in
// shared/data, or where SIGHTLINE_SHARED_DATA points.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "tests/unit/common/image/image_matchers.h"

namespace sightline::testing {
namespace {

std::filesystem::path DataFolder() {
  const char* given = std::getenv("SIGHTLINE_SHARED_DATA");
  return std::filesystem::path(given != nullptr ? given
                                                : SIGHTLINE_SOURCE_DIR
                                   "/../shared/data") /
         "omr";
}

std::string Contents(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(RealScans, AreReadAtEveryReductionAndLookAlike) {
  if (!std::filesystem::exists(DataFolder())) {
    GTEST_SKIP() << "SKIPPED: whole test: no scans at " << DataFolder();
  }
  int files = 0;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(DataFolder())) {
    const std::string extension = entry.path().extension();
    if (extension != ".jpg" && extension != ".jpeg" && extension != ".png") {
      continue;
    }
    ++files;
    SCOPED_TRACE(entry.path().filename());
    const std::string file = Contents(entry.path());
    const auto full = DecodeGray(file, {});
    ASSERT_TRUE(full.ok()) << full.status();
    const Picture picture = ToPicture(full->pixels);
    for (const int reduction : {2, 4, 8}) {
      SCOPED_TRACE(reduction);
      const auto reduced = DecodeGray(
          file, ReducedBy(reduction, std::max(picture.width, picture.height)));
      ASSERT_TRUE(reduced.ok()) << reduced.status();
      // The DCT's reduction rings at sharp edges, where means don't.
      EXPECT_LT(MeanDifference(ToPicture(reduced->pixels),
                               Averaged(picture, reduction)),
                4);
    }
    const auto rgb = DecodeRgb(file, {});
    ASSERT_TRUE(rgb.ok()) << rgb.status();
    EXPECT_LT(MeanDifference(ToGray(ToPicture(rgb->pixels)), picture), 1.5);
  }
  EXPECT_GT(files, 10);
}

}  // namespace
}  // namespace sightline::testing
