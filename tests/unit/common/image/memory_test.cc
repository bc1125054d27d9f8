// DecodeGrayBytes(), DecodeRgbBytes() and those of encoding are upper bounds of
// the memory that is taken: every malloc() of the process is counted.
//
// Sanitizers bring a malloc() of their own, under which this test has nothing
// to count and says so.
#include <malloc.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "common/image/encode.h"
#include "common/image/reasons.h"
#include "common/status/error.h"
#include "tests/unit/common/image/image_matchers.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SIGHTLINE_COUNTS_MALLOC 0
#else
#define SIGHTLINE_COUNTS_MALLOC 1
#endif

namespace {

std::atomic<int64_t> bytes_now = 0;
std::atomic<int64_t> bytes_peak = 0;
// Larger allocations of this thread fail.
thread_local size_t largest_allowed = SIZE_MAX;

void Count(int64_t bytes) {
  const int64_t now = bytes_now += bytes;
  int64_t peak = bytes_peak;
  while (now > peak && !bytes_peak.compare_exchange_weak(peak, now)) {
  }
}

}  // namespace

#if SIGHTLINE_COUNTS_MALLOC
// glibc's own allocator under its internal names.
extern "C" {
void* __libc_malloc(size_t);
void* __libc_calloc(size_t, size_t);
void* __libc_realloc(void*, size_t);
void* __libc_memalign(size_t, size_t);
void __libc_free(void*);

void* malloc(size_t size) {
  if (size > largest_allowed) return nullptr;
  void* block = __libc_malloc(size);
  if (block != nullptr) Count(static_cast<int64_t>(malloc_usable_size(block)));
  return block;
}
void* calloc(size_t count, size_t size) {
  if (count != 0 && size > largest_allowed / count) return nullptr;
  void* block = __libc_calloc(count, size);
  if (block != nullptr) Count(static_cast<int64_t>(malloc_usable_size(block)));
  return block;
}
void* realloc(void* old, size_t size) {
  if (size > largest_allowed) return nullptr;
  const auto before =
      old == nullptr ? 0 : static_cast<int64_t>(malloc_usable_size(old));
  void* block = __libc_realloc(old, size);
  if (block != nullptr) {
    Count(static_cast<int64_t>(malloc_usable_size(block)) - before);
  }
  return block;
}
void* memalign(size_t alignment, size_t size) {
  void* block = __libc_memalign(alignment, size);
  if (block != nullptr) Count(static_cast<int64_t>(malloc_usable_size(block)));
  return block;
}
void* aligned_alloc(size_t alignment, size_t size) {
  return memalign(alignment, size);
}
int posix_memalign(void** out, size_t alignment, size_t size) {
  *out = memalign(alignment, size);
  return *out == nullptr ? 12 : 0;
}
void free(void* block) {
  if (block != nullptr) Count(-static_cast<int64_t>(malloc_usable_size(block)));
  __libc_free(block);
}
}
#endif

namespace sightline::testing {
namespace {

// The most memory that `work` held above what was there before it.
template <typename Work>
int64_t PeakOf(const Work& work) {
  const int64_t before = bytes_now;
  bytes_peak = before;
  work();
  return bytes_peak - before;
}

std::map<std::string, std::string> FilesOfEveryKind(int width, int height) {
  std::map<std::string, std::string> files;
  for (const int channels : {1, 3, 4}) {
    const Picture picture = NoisePicture(width, height, channels, 4);
    const std::string suffix = " " + std::to_string(channels);
    files["png" + suffix] = PngFile(picture);
    files["png turned" + suffix] = PngFile(picture, {.orientation = 6});
    files["png 16" + suffix] = PngFile(picture, {.bit_depth = 16});
    files["png interlaced" + suffix] = PngFile(picture, {.interlaced = true});
    files["tiff" + suffix] = TiffFile(picture, {.compression = 5});
    files["tiff strip" + suffix] =
        TiffFile(picture, {.compression = 8, .rows_per_strip = height});
    files["tiff none" + suffix] =
        TiffFile(picture, {.bits = 16, .rows_per_strip = height});
    files["tiff tiles" + suffix] =
        TiffFile(picture, {.compression = 5, .tile_side = 64});
    files["jpeg" + suffix] = JpegFile(picture);
    files["jpeg progressive" + suffix] =
        JpegFile(picture, {.progressive = true});
    if (channels >= 3) {
      files["tiff planes" + suffix] = TiffFile(
          picture,
          {.compression = 5, .planar = true, .rows_per_strip = height});
      files["tiff planar tiles" + suffix] = TiffFile(
          picture, {.compression = 5, .planar = true, .tile_side = 128});
      files["webp" + suffix] = WebpFile(picture);
      files["webp lossless" + suffix] = WebpFile(picture, {.lossless = true});
    }
    if (channels == 3) {
      files["jpeg turned"] = JpegFile(picture, {.orientation = 8});
      files["jpeg full chroma"] = JpegFile(picture, {.full_chroma = true});
      files["jpeg scans"] = JpegFile(picture, {.separate_scans = true});
      files["tiff jpeg"] = TiffFile(picture, {.compression = 7});
      files["bmp"] = BmpFile(picture);
    }
    if (channels == 1) {
      files["tiff g4"] = TiffFile(
          picture, {.compression = 4, .bits = 1, .rows_per_strip = height});
      files["tiff g3"] = TiffFile(picture, {.compression = 3, .bits = 1});
      files["bmp 1"] = BmpFile(picture, {.bits = 1});
    }
  }
  // A picture whose lossless coding uses several entropy groups and a cache.
  Picture mixed = SmoothPicture(width, height, 3);
  const Picture noise = NoisePicture(width, height, 3, 5);
  for (int y = 0; y < height / 2; ++y) {
    for (int x = 0; x < width / 2; ++x) {
      for (int c = 0; c < 3; ++c) mixed.at(x, y, c) = noise.at(x, y, c) & 0xE0;
    }
  }
  files["webp groups"] = WebpFile(mixed, {.lossless = true});
  return files;
}

TEST(DecodeMemory, StaysBelowTheBound) {
  if (SIGHTLINE_COUNTS_MALLOC == 0) {
    GTEST_SKIP() << "SKIPPED: whole test: a sanitizer replaces malloc()";
  }
  for (const auto& [width, height] :
       {std::pair(320, 240), std::pair(37, 501), std::pair(1500, 41)}) {
    for (const auto& [name, file] : FilesOfEveryKind(width, height)) {
      for (const int reduction : {1, 2, 8}) {
        SCOPED_TRACE(::testing::Message() << name << " " << width << " x "
                                          << height << " by " << reduction);
        const DecodeOptions options =
            ReducedBy(reduction, std::max(width, height));
        const auto info = SniffImage(file);
        ASSERT_TRUE(info.ok()) << info.status();
        const int64_t gray_peak = PeakOf([&file = file, &options] {
          ASSERT_TRUE(DecodeGray(file, options).ok());
        });
        const int64_t gray_bound = DecodeGrayBytes(*info, options);
        EXPECT_LE(gray_peak, gray_bound);
        const int64_t rgb_peak = PeakOf([&file = file, &options] {
          ASSERT_TRUE(DecodeRgb(file, options).ok());
        });
        const int64_t rgb_bound = DecodeRgbBytes(*info, options);
        EXPECT_LE(rgb_peak, rgb_bound);
        // Something was counted at all.
        EXPECT_GE(gray_peak, int64_t{width} * height / 64);
        if (width == 320 && reduction == 2) {
          std::printf("%-22s gray %8lld of %8lld, colour %8lld of %8lld\n",
                      name.c_str(), static_cast<long long>(gray_peak),
                      static_cast<long long>(gray_bound),
                      static_cast<long long>(rgb_peak),
                      static_cast<long long>(rgb_bound));
        }
      }
    }
  }
}

TEST(DecodeMemory, StaysBelowTheBoundOfDamagedFiles) {
  if (SIGHTLINE_COUNTS_MALLOC == 0) {
    GTEST_SKIP() << "SKIPPED: whole test: a sanitizer replaces malloc()";
  }
  std::mt19937 random(7);
  int decoded = 0, refused = 0;
  for (const auto& [name, file] : FilesOfEveryKind(150, 110)) {
    for (int round = 0; round < 60; ++round) {
      SCOPED_TRACE(::testing::Message() << name << ", round " << round);
      std::string damaged = file;
      // Where headers are: at the ends.
      for (int i = 0; i < 2; ++i) {
        const size_t at = random() % std::min<size_t>(damaged.size(), 400);
        damaged[round % 2 == 0 ? at : damaged.size() - 1 - at] =
            static_cast<char>(random());
      }
      DecodeOptions options = ReducedBy(1 << round % 4, 150);
      options.limits.max_side_pixels = 5000;
      options.limits.max_pixels = 4'000'000;
      const auto info = SniffImage(damaged);
      if (!info.ok() ||
          !CheckLimits(*info, static_cast<int64_t>(damaged.size()),
                       options.limits)
               .ok()) {
        continue;
      }
      bool is_ok = false;
      const int64_t peak =
          PeakOf([&] { is_ok = DecodeGray(damaged, options).status().ok(); });
      EXPECT_LE(peak, DecodeGrayBytes(*info, options));
      ++(is_ok ? decoded : refused);
    }
  }
  EXPECT_GT(decoded, 100);
  EXPECT_GT(refused, 100);
}

TEST(DecodeMemory, IsSmallForReducedBaselineScans) {
  if (SIGHTLINE_COUNTS_MALLOC == 0) {
    GTEST_SKIP() << "SKIPPED: whole test: a sanitizer replaces malloc()";
  }
  // An A4 page at 300 dpi: 8.7 MB in full.
  const Picture page = SmoothPicture(2480, 3508, 1);
  for (const std::string& file :
       {JpegFile(page), PngFile(page), TiffFile(page, {.compression = 5})}) {
    const DecodeOptions options = ReducedBy(2, 3508);
    const int64_t bound = DecodeGrayBytes(*SniffImage(file), options);
    EXPECT_LT(bound, 3'200'000);
    EXPECT_LE(PeakOf([&] { ASSERT_TRUE(DecodeGray(file, options).ok()); }),
              bound);
  }
}

TEST(DecodeMemory, RunningOutIsAnErrorNotACrash) {
  if (SIGHTLINE_COUNTS_MALLOC == 0) {
    GTEST_SKIP() << "SKIPPED: whole test: a sanitizer replaces malloc()";
  }
  for (const auto& [name, file] : FilesOfEveryKind(1200, 900)) {
    SCOPED_TRACE(name);
    // Less than the 1 MB of the result.
    largest_allowed = 600'000;
    const absl::Status status = DecodeGray(file, DecodeOptions()).status();
    largest_allowed = SIZE_MAX;
    EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted) << status;
    const auto details = DetailsOf(status);
    ASSERT_TRUE(details.has_value());
    EXPECT_EQ(details->reason, kImageOutOfMemory);
  }
}

// Pages on which encoders take most and least: noise, alternation, nothing.
template <typename Image>
std::vector<Image> PagesToEncode(int width, int height, bool is_bilevel) {
  std::vector<Image> pages;
  std::mt19937 random(3);
  for (int kind = 0; kind < 5; ++kind) {
    Image& page = pages.emplace_back(width, height);
    for (int64_t i = 0; i < page.size_bytes(); ++i) {
      const int64_t y = i / page.stride_bytes();
      const uint32_t noise = static_cast<uint32_t>(random());
      const uint32_t values[] = {noise, 0u, (i + y) % 2 == 0 ? 255u : 0u,
                                 noise % 3 == 0 ? 255u : 0u,
                                 (i + 3 * y) / 4 % 2 == 0 ? 255u : 0u};
      const uint32_t value = values[kind] & 255;
      page.data()[i] =
          static_cast<uint8_t>(is_bilevel ? (value & 1) * 255 : value);
    }
  }
  return pages;
}

struct Encoding {
  const char* name;
  std::function<absl::StatusOr<std::string>(const GrayImage&)> encode;
  std::function<int64_t(int width, int height)> bytes;
};

const Encoding kEncodings[] = {
    {"TIFF", [](const GrayImage& page) { return EncodeTiffG4(page, 300); },
     EncodeTiffG4Bytes},
    {"1-bit PNG", [](const GrayImage& page) { return EncodeBilevelPng(page); },
     EncodeBilevelPngBytes},
    {"stored 1-bit PNG",
     [](const GrayImage& page) { return EncodeBilevelPng(page, 0, 300); },
     EncodeBilevelPngBytes},
    {"bits", PackBilevel, PackBilevelBytes}};

TEST(EncodeMemory, StaysBelowTheBound) {
  if (SIGHTLINE_COUNTS_MALLOC == 0) {
    GTEST_SKIP() << "SKIPPED: whole test: a sanitizer replaces malloc()";
  }
  for (const auto& [width, height] :
       {std::pair(1, 1), std::pair(9, 1), std::pair(1, 9), std::pair(640, 480),
        std::pair(1500, 41), std::pair(20'000, 3), std::pair(3, 20'000)}) {
    SCOPED_TRACE(::testing::Message() << width << " x " << height);
    for (const GrayImage& page :
         PagesToEncode<GrayImage>(width, height, true)) {
      for (const Encoding& encoding : kEncodings) {
        const int64_t bound = encoding.bytes(width, height);
        const int64_t peak =
            PeakOf([&] { ASSERT_TRUE(encoding.encode(page).ok()); });
        EXPECT_LE(peak, bound) << encoding.name;
        if (width == 640) {
          std::printf("%-18s %8lld of %8lld\n", encoding.name,
                      static_cast<long long>(peak),
                      static_cast<long long>(bound));
        }
      }
    }
    for (const int compression : {0, 1, 9}) {
      for (const GrayImage& page :
           PagesToEncode<GrayImage>(width, height, false)) {
        EXPECT_LE(
            PeakOf([&] { ASSERT_TRUE(EncodePng(page, compression).ok()); }),
            EncodePngBytes(width, height, 1));
      }
      for (const RgbImage& page :
           PagesToEncode<RgbImage>(width, height, false)) {
        EXPECT_LE(
            PeakOf([&] { ASSERT_TRUE(EncodePng(page, compression).ok()); }),
            EncodePngBytes(width, height, 3));
      }
    }
  }
}

// Whichever allocation is the one that fails.
TEST(EncodeMemory, RunningOutIsAnErrorNotACrash) {
  if (SIGHTLINE_COUNTS_MALLOC == 0) {
    GTEST_SKIP() << "SKIPPED: whole test: a sanitizer replaces malloc()";
  }
  const GrayImage page =
      PagesToEncode<GrayImage>(6000, 900, true).front().Clone();
  for (const Encoding& encoding : kEncodings) {
    int failures = 0;
    for (const size_t largest :
         {1000u, 3000u, 7000u, 40'000u, 65'000u, 90'000u, 200'000u, 650'000u}) {
      SCOPED_TRACE(::testing::Message() << encoding.name << ", " << largest);
      largest_allowed = largest;
      const absl::Status status = encoding.encode(page).status();
      largest_allowed = SIZE_MAX;
      if (status.ok()) continue;
      ++failures;
      EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted) << status;
      EXPECT_EQ(ReasonOf(status), kImageOutOfMemory);
    }
    EXPECT_GE(failures, 5) << encoding.name;
  }
}

TEST(SniffMemory, AllocatesNothing) {
  if (SIGHTLINE_COUNTS_MALLOC == 0) {
    GTEST_SKIP() << "SKIPPED: whole test: a sanitizer replaces malloc()";
  }
  for (const auto& [name, file] : FilesOfEveryKind(100, 80)) {
    SCOPED_TRACE(name);
    EXPECT_EQ(PeakOf([&file = file] { ASSERT_TRUE(SniffImage(file).ok()); }),
              0);
  }
}

}  // namespace
}  // namespace sightline::testing
