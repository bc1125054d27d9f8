#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "common/image/headers.h"
#include "common/image/image_error.h"

namespace sightline::image_internal {
namespace {

// The lossless bitstream up to its entropy image (RFC 9649, section 3), which
// says how many sets of code tables follow.

constexpr int kLengthSymbols = 24;
constexpr int kLiterals = 256;
constexpr int kDistanceSymbols = 40;
constexpr int kMaxCacheBits = 11;
constexpr int kMaxSymbols = kLiterals + kLengthSymbols + (1 << kMaxCacheBits);
constexpr int kMaxCodeLength = 15;

// Bits from the lowest of each byte upwards. Behind the end come zeros.
class BitReader {
 public:
  explicit BitReader(absl::string_view bytes) : bytes_(bytes) {}

  uint32_t Bit() {
    const uint64_t byte = at_ / 8;
    if (byte >= bytes_.size()) {
      is_exhausted_ = true;
      return 0;
    }
    const auto value = static_cast<uint8_t>(bytes_[byte]);
    return (value >> (at_++ % 8)) & 1;
  }
  uint32_t Bits(int count) {
    uint32_t value = 0;
    for (int i = 0; i < count; ++i) value |= Bit() << i;
    return value;
  }
  bool is_exhausted() const { return is_exhausted_; }

 private:
  absl::string_view bytes_;
  uint64_t at_ = 0;
  bool is_exhausted_ = false;
};

// A canonical prefix code, decoded bit by bit from the number of codes of each
// length: slow, small and easy to trust.
class PrefixCode {
 public:
  // False if the lengths leave codes unused or use too many.
  bool Build(const uint8_t* lengths, int symbols) {
    counts_ = {};
    for (int i = 0; i < symbols; ++i) ++counts_[lengths[i]];
    counts_[0] = 0;
    std::array<int, kMaxCodeLength + 2> first = {};
    for (int length = 1; length <= kMaxCodeLength; ++length) {
      first[length + 1] = first[length] + counts_[length];
    }
    used_ = first[kMaxCodeLength + 1];
    for (int i = 0; i < symbols; ++i) {
      if (lengths[i] != 0) {
        symbols_[first[lengths[i]]++] = static_cast<uint16_t>(i);
      }
    }
    if (used_ == 1) return true;  // The only symbol takes no bits.
    int unused = 1;
    for (int length = 1; length <= kMaxCodeLength; ++length) {
      unused = 2 * unused - counts_[length];
      if (unused < 0) return false;
    }
    return unused == 0;
  }

  int Read(BitReader& bits) const {
    if (used_ == 1) return symbols_[0];
    int code = 0, first = 0, index = 0;
    for (int length = 1; length <= kMaxCodeLength; ++length) {
      code |= static_cast<int>(bits.Bit());
      const int count = counts_[length];
      if (code - count < first) return symbols_[index + code - first];
      index += count;
      first = (first + count) << 1;
      code <<= 1;
    }
    return 0;  // A complete code never comes here.
  }

 private:
  std::array<int, kMaxCodeLength + 1> counts_;
  std::array<uint16_t, kMaxSymbols> symbols_;
  int used_ = 0;
};

// Codes of green with lengths and cache indices, red, blue, alpha, distances.
struct CodeSet {
  std::array<PrefixCode, 5> codes;
};

bool ReadCode(BitReader& bits, int symbols, PrefixCode& code) {
  std::array<uint8_t, kMaxSymbols> lengths = {};
  if (bits.Bit() != 0) {
    const bool has_two = bits.Bit() != 0;
    const int first_bits = bits.Bit() != 0 ? 8 : 1;
    lengths[bits.Bits(first_bits)] = 1;
    if (has_two) lengths[bits.Bits(8)] = 1;
    return code.Build(lengths.data(), symbols);
  }
  constexpr uint8_t kOrder[] = {17, 18, 0, 1,  2,  3,  4,  5,  16, 6,
                                7,  8,  9, 10, 11, 12, 13, 14, 15};
  std::array<uint8_t, 19> length_lengths = {};
  const uint32_t count = 4 + bits.Bits(4);
  for (uint32_t i = 0; i < count; ++i) {
    length_lengths[kOrder[i]] = static_cast<uint8_t>(bits.Bits(3));
  }
  PrefixCode length_code;
  if (!length_code.Build(length_lengths.data(), 19)) return false;
  int left = symbols;
  if (bits.Bit() != 0) {
    const int width = 2 + 2 * static_cast<int>(bits.Bits(3));
    left = 2 + static_cast<int>(bits.Bits(width));
    if (left > symbols) return false;
  }
  uint8_t previous = 8;
  for (int symbol = 0; symbol < symbols && left > 0; --left) {
    const int value = length_code.Read(bits);
    if (value < 16) {
      lengths[symbol++] = static_cast<uint8_t>(value);
      if (value != 0) previous = static_cast<uint8_t>(value);
      continue;
    }
    const int repeats = value == 16   ? 3 + static_cast<int>(bits.Bits(2))
                        : value == 17 ? 3 + static_cast<int>(bits.Bits(3))
                                      : 11 + static_cast<int>(bits.Bits(7));
    if (symbol + repeats > symbols) return false;
    std::fill_n(lengths.begin() + symbol, repeats, value == 16 ? previous : 0);
    symbol += repeats;
  }
  return code.Build(lengths.data(), symbols);
}

bool ReadCodeSet(BitReader& bits, int cache_bits, CodeSet& set) {
  const int cache = cache_bits > 0 ? 1 << cache_bits : 0;
  const int symbols[] = {kLiterals + kLengthSymbols + cache, kLiterals,
                         kLiterals, kLiterals, kDistanceSymbols};
  for (int i = 0; i < 5; ++i) {
    if (!ReadCode(bits, symbols[i], set.codes[i])) return false;
  }
  return true;
}

// 0: no cache; -1: not allowed.
int ReadCacheBits(BitReader& bits) {
  if (bits.Bit() == 0) return 0;
  const int cache_bits = static_cast<int>(bits.Bits(4));
  return cache_bits >= 1 && cache_bits <= kMaxCacheBits ? cache_bits : -1;
}

// The number that a length or distance symbol stands for.
int64_t ReadPrefixed(BitReader& bits, int symbol) {
  if (symbol < 4) return symbol + 1;
  const int extra = (symbol - 2) >> 1;
  return (int64_t{2 + (symbol & 1)} << extra) + bits.Bits(extra) + 1;
}

// How far back a distance code points in an image `width` wide: the first 120
// are neighbours, as (8 - dx) + 16 * dy.
int64_t Distance(int64_t code, int width) {
  constexpr uint8_t kNeighbours[120] = {
      0x18, 0x07, 0x17, 0x19, 0x28, 0x06, 0x27, 0x29, 0x16, 0x1a, 0x26, 0x2a,
      0x38, 0x05, 0x37, 0x39, 0x15, 0x1b, 0x36, 0x3a, 0x25, 0x2b, 0x48, 0x04,
      0x47, 0x49, 0x14, 0x1c, 0x35, 0x3b, 0x46, 0x4a, 0x24, 0x2c, 0x58, 0x45,
      0x4b, 0x34, 0x3c, 0x03, 0x57, 0x59, 0x13, 0x1d, 0x56, 0x5a, 0x23, 0x2d,
      0x44, 0x4c, 0x55, 0x5b, 0x33, 0x3d, 0x68, 0x02, 0x67, 0x69, 0x12, 0x1e,
      0x66, 0x6a, 0x22, 0x2e, 0x54, 0x5c, 0x43, 0x4d, 0x65, 0x6b, 0x32, 0x3e,
      0x78, 0x01, 0x77, 0x79, 0x53, 0x5d, 0x11, 0x1f, 0x64, 0x6c, 0x42, 0x4e,
      0x76, 0x7a, 0x21, 0x2f, 0x75, 0x7b, 0x31, 0x3f, 0x63, 0x6d, 0x52, 0x5e,
      0x00, 0x74, 0x7c, 0x41, 0x4f, 0x10, 0x20, 0x62, 0x6e, 0x30, 0x73, 0x7d,
      0x51, 0x5f, 0x40, 0x72, 0x7e, 0x61, 0x6f, 0x50, 0x71, 0x7f, 0x60, 0x70};
  if (code > 120) return code - 120;
  const int packed = kNeighbours[code - 1];
  return std::max(1, (packed >> 4) * width + 8 - (packed & 15));
}

// Reads an image without transforms and entropy groups of its own. Fills
// `pixels` if it is not null; the bits can be followed without.
bool ReadPlainImage(BitReader& bits, int width, int height,
                    std::vector<uint32_t>* pixels) {
  const int cache_bits = ReadCacheBits(bits);
  CodeSet set;
  if (cache_bits < 0 || !ReadCodeSet(bits, cache_bits, set)) return false;
  std::vector<uint32_t> cache(
      pixels != nullptr && cache_bits > 0 ? size_t{1} << cache_bits : 0);
  const auto put = [&](uint32_t argb) {
    pixels->push_back(argb);
    if (!cache.empty()) {
      cache[(0x1E35A7BDu * argb) >> (32 - cache_bits)] = argb;
    }
  };
  const int64_t total = int64_t{width} * height;
  for (int64_t at = 0; at < total;) {
    if (bits.is_exhausted()) return false;
    const int symbol = set.codes[0].Read(bits);
    if (symbol < kLiterals) {
      const auto red = static_cast<uint32_t>(set.codes[1].Read(bits));
      const auto blue = static_cast<uint32_t>(set.codes[2].Read(bits));
      const auto alpha = static_cast<uint32_t>(set.codes[3].Read(bits));
      if (pixels != nullptr) {
        put(alpha << 24 | red << 16 | static_cast<uint32_t>(symbol) << 8 |
            blue);
      }
      ++at;
    } else if (symbol < kLiterals + kLengthSymbols) {
      const int64_t length = ReadPrefixed(bits, symbol - kLiterals);
      const int distance_symbol = set.codes[4].Read(bits);
      const int64_t distance =
          Distance(ReadPrefixed(bits, distance_symbol), width);
      if (distance > at || length > total - at) return false;
      for (int64_t i = 0; pixels != nullptr && i < length; ++i) {
        put((*pixels)[static_cast<size_t>(at + i - distance)]);
      }
      at += length;
    } else {
      if (pixels != nullptr) {
        put(cache[symbol - kLiterals - kLengthSymbols]);
      }
      ++at;
    }
  }
  return !bits.is_exhausted();
}

int Blocks(int side, int bits) { return (side + (1 << bits) - 1) >> bits; }

// Passes over the transforms; `width` becomes the coded image's.
bool SkipTransforms(BitReader& bits, int& width, int height) {
  uint32_t seen = 0;
  while (bits.Bit() != 0) {
    const uint32_t type = bits.Bits(2);
    if ((seen >> type & 1) != 0) return false;
    seen |= 1u << type;
    constexpr uint32_t kSubtractGreen = 2, kPalette = 3;
    if (type == kPalette) {
      const int colours = static_cast<int>(bits.Bits(8)) + 1;
      if (!ReadPlainImage(bits, colours, 1, nullptr)) return false;
      const int packing = colours > 16  ? 0
                          : colours > 4 ? 1
                          : colours > 2 ? 2
                                        : 3;
      width = Blocks(width, packing);
    } else if (type != kSubtractGreen) {
      const int block_bits = static_cast<int>(bits.Bits(3)) + 2;
      if (!ReadPlainImage(bits, Blocks(width, block_bits),
                          Blocks(height, block_bits), nullptr)) {
        return false;
      }
    }
  }
  return true;
}

// Sets of code tables of a lossless stream; 0 if it is damaged or ends early.
int CountEntropyGroups(BitReader& bits, int width, int height) {
  if (!SkipTransforms(bits, width, height)) return 0;
  if (ReadCacheBits(bits) < 0) return 0;
  if (bits.Bit() == 0) return 1;
  const int block_bits = static_cast<int>(bits.Bits(3)) + 2;
  std::vector<uint32_t> pixels;
  const int across = Blocks(width, block_bits);
  const int down = Blocks(height, block_bits);
  pixels.reserve(static_cast<size_t>(across) * down);
  if (!ReadPlainImage(bits, across, down, &pixels)) return 0;
  uint32_t last = 0;
  for (const uint32_t pixel : pixels) {
    last = std::max(last, (pixel >> 8) & 0xFFFF);
  }
  return static_cast<int>(last) + 1;
}

}  // namespace

absl::Status CheckWebpEntropyGroups(const WebpHeader& header) {
  if (header.lossless_stream.empty()) return absl::OkStatus();
  BitReader bits(header.lossless_stream);
  const int groups =
      CountEntropyGroups(bits, header.info.width, header.info.height);
  if (bits.is_exhausted()) {
    return PixelsTruncated("WebP", 0, header.info.height);
  }
  if (groups == 0) return Corrupt("WebP", "its lossless header");
  if (groups > kMaxWebpEntropyGroups) {
    return FeatureUnsupported(
        absl::StrCat("lossless WebP of ", groups, " entropy groups"));
  }
  return absl::OkStatus();
}

}  // namespace sightline::image_internal
