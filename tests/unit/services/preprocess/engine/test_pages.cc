#include "tests/unit/services/preprocess/engine/test_pages.h"

#include <algorithm>
#include <cstdlib>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace sightline::preprocess {
namespace {

int64_t compared_pixels = 0;

// Prints how much a test program has compared.
class Report : public testing::Environment {
 public:
  void TearDown() override {
    printf("compared %lld pixels\n", static_cast<long long>(compared_pixels));
  }
};
const testing::Environment* const kReport =
    testing::AddGlobalTestEnvironment(new Report);

}  // namespace

int Between(Random& random, int low, int high) {
  return low +
         static_cast<int>(random() % static_cast<uint32_t>(high - low + 1));
}

GrayImage RandomPage(Random& random, int width, int height) {
  GrayImage page(width, height);
  const int kind = Between(random, 0, 5);
  const int flat = Between(random, 0, 255);
  const int slope = Between(random, 1, 9);
  for (int y = 0; y < height; ++y) {
    uint8_t* const row = page.row(y);
    for (int x = 0; x < width; ++x) {
      const int noise = static_cast<int>(random() >> 8);
      int value = 0;
      switch (kind) {
        case 0:
          value = noise & 255;
          break;
        case 1:
          value = noise % 20 != 0 ? 235 + (noise >> 8) % 20 : (noise >> 8) % 60;
          break;
        case 2:
          value = (x * slope * 255 / width + y + noise % 9) & 255;
          break;
        case 3:
          value = (noise & 1) != 0 ? 255 : 0;
          break;
        case 4:
          value = noise % 97 == 0 ? 255 - flat : flat;
          break;
        default:
          value = std::clamp(((x / 7 + y / 5) % 3) * 110 + noise % 15, 0, 255);
          break;
      }
      row[x] = static_cast<uint8_t>(value);
    }
  }
  return page;
}

GrayImage RandomPage(Random& random) {
  const auto side = [&] {
    switch (Between(random, 0, 5)) {
      case 0:
        return Between(random, 1, 9);
      case 1:
        return 64 * Between(random, 1, 4) + Between(random, -1, 1);
      case 2:
        return 16 * Between(random, 1, 12) + Between(random, -1, 1);
      default:
        return Between(random, 10, 420);
    }
  };
  const int width = side();
  return RandomPage(random, width, side());
}

RgbImage RandomColourPage(Random& random, int width, int height) {
  RgbImage page(width, height);
  for (int64_t i = 0; i < page.size_bytes(); ++i) {
    page.data()[i] = static_cast<uint8_t>(random() >> 8);
  }
  return page;
}

int CaseFactor() {
  const char* const text = std::getenv("SIGHTLINE_PREPROCESS_CASES");
  int factor = 1;
  if (text != nullptr && absl::SimpleAtoi(text, &factor) && factor >= 1) {
    return factor;
  }
  return 1;
}

std::string Differences(const GrayImage& expected, const GrayImage& actual) {
  if (expected.width() != actual.width() ||
      expected.height() != actual.height()) {
    return absl::StrCat("is ", actual.width(), " x ", actual.height(), ", not ",
                        expected.width(), " x ", expected.height());
  }
  compared_pixels += expected.size_bytes();
  int64_t different = 0;
  std::string first;
  for (int y = 0; y < expected.height(); ++y) {
    for (int x = 0; x < expected.width(); ++x) {
      if (expected.row(y)[x] == actual.row(y)[x]) continue;
      if (different++ == 0) {
        first = absl::StrCat("(", x, ", ", y, ") is ", actual.row(y)[x],
                             ", not ", expected.row(y)[x]);
      }
    }
  }
  if (different == 0) return kSame;
  return absl::StrCat(different, " of ", expected.size_bytes(), " pixels of ",
                      expected.width(), " x ", expected.height(),
                      " differ; first: ", first);
}

std::string DifferencesOfAll(
    const GrayImage& expected,
    const std::function<absl::Status(const Execution&, GrayImage&)>& run) {
  for (const InstructionSet instructions : SupportedInstructionSets()) {
    // Three threads once: bands are the same with any instructions.
    for (const int threads : {1, 3}) {
      if (threads > 1 && instructions != BestInstructionSet()) continue;
      GrayImage actual;
      const absl::Status status =
          run({.threads = threads, .instructions = instructions}, actual);
      const std::string found = status.ok() ? Differences(expected, actual)
                                            : std::string(status.message());
      if (found != kSame) {
        return absl::StrCat(InstructionSetName(instructions), ", ", threads,
                            " threads: ", found);
      }
    }
  }
  return kSame;
}

}  // namespace sightline::preprocess
