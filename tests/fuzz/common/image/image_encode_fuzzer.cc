// Reads bytes as a small gray page and writes it in every format that loses
// nothing: what is read back is the page, or the page is refused because of the
// grays it has.
//
// The first byte chooses the width, the second how the others become pixels:
// their bits, runs of black and white, or grays as they are.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/image/decode.h"
#include "common/image/encode.h"

namespace sightline {
namespace {

void Demand(bool promise, const char* what) {
  if (promise) return;
  std::fprintf(stderr, "broken promise: %s\n", what);
  std::abort();
}

constexpr size_t kMaxPixels = 40'000;

std::vector<uint8_t> PixelsOf(const uint8_t* data, size_t size, int kind) {
  std::vector<uint8_t> pixels;
  for (size_t i = 0; i < size && pixels.size() < kMaxPixels; ++i) {
    if (kind == 0) {
      for (int bit = 7; bit >= 0; --bit) {
        pixels.push_back((data[i] >> bit & 1) != 0 ? 255 : 0);
      }
    } else if (kind == 1) {
      // Above 200 long ones, as codes for them differ.
      const int run = data[i] <= 200 ? data[i] : (data[i] - 200) * 97;
      pixels.insert(pixels.end(), static_cast<size_t>(run),
                    i % 2 == 0 ? 255 : 0);
    } else {
      pixels.push_back(data[i]);
    }
  }
  pixels.resize(std::min(pixels.size(), kMaxPixels));
  return pixels;
}

bool IsBilevel(const GrayImage& page) {
  return std::all_of(page.data(), page.data() + page.size_bytes(),
                     [](uint8_t value) { return value == 0 || value == 255; });
}

void CheckFile(const absl::StatusOr<std::string>& file, bool is_expected,
               const GrayImage& page) {
  if (!is_expected) {
    Demand(absl::IsInvalidArgument(file.status()), "grays are refused");
    return;
  }
  Demand(file.ok(), "a page is written");
  DecodeOptions options;
  options.limits.max_side_pixels = static_cast<int>(kMaxPixels);
  const auto decoded = DecodeGray(*file, options);
  Demand(decoded.ok(), "a file is read");
  Demand(decoded->pixels.width() == page.width() &&
             decoded->pixels.height() == page.height() &&
             std::equal(page.data(), page.data() + page.size_bytes(),
                        decoded->pixels.data()),
         "nothing is lost");
}

void Run(const uint8_t* data, size_t size) {
  if (size < 3) return;
  const std::vector<uint8_t> pixels = PixelsOf(data + 2, size - 2, data[1] % 3);
  if (pixels.empty()) return;
  // Up to 64 pixels each width, then ever wider.
  const size_t wanted =
      data[0] < 64 ? data[0] + 1u : 64u + (data[0] - 63u) * (data[0] - 63u);
  const int width = static_cast<int>(std::min(wanted, pixels.size()));
  const int height = static_cast<int>(pixels.size()) / width;
  GrayImage page(width, height);
  std::copy_n(pixels.begin(), page.size_bytes(), page.data());

  const bool is_bilevel = IsBilevel(page);
  CheckFile(EncodeTiffG4(page, 300), is_bilevel, page);
  CheckFile(EncodeBilevelPng(page, data[1] % 10), is_bilevel, page);
  CheckFile(EncodePng(page, data[1] % 10, 200), true, page);
  const auto bits = PackBilevel(page);
  Demand(bits.ok() == is_bilevel, "bits are of black and white");
}

}  // namespace
}  // namespace sightline

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  sightline::Run(data, size);
  return 0;
}
