// Looking at untrusted bytes. Internal to common/image.
#ifndef SIGHTLINE_COMMON_IMAGE_BYTE_READER_H_
#define SIGHTLINE_COMMON_IMAGE_BYTE_READER_H_

#include <cstdint>

#include "absl/strings/string_view.h"

namespace sightline::image_internal {

enum class ByteOrder { kLittleEndian, kBigEndian };

// Numbers in a view of bytes. Reading past the end gives 0, so that a
// forgotten check can make an answer wrong but never read foreign memory;
// Has() tells the two zeros apart.
class ByteReader {
 public:
  ByteReader(absl::string_view bytes, ByteOrder order)
      : bytes_(bytes), order_(order) {}

  uint64_t size() const { return bytes_.size(); }
  absl::string_view bytes() const { return bytes_; }
  ByteOrder order() const { return order_; }

  bool Has(uint64_t at, uint64_t count) const {
    return at <= bytes_.size() && count <= bytes_.size() - at;
  }

  uint32_t U8(uint64_t at) const {
    return Has(at, 1) ? static_cast<uint8_t>(bytes_[at]) : 0;
  }
  uint32_t U16(uint64_t at) const {
    if (!Has(at, 2)) return 0;
    const uint32_t a = U8(at), b = U8(at + 1);
    return order_ == ByteOrder::kBigEndian ? a << 8 | b : b << 8 | a;
  }
  uint32_t U32(uint64_t at) const {
    if (!Has(at, 4)) return 0;
    const uint32_t a = U16(at), b = U16(at + 2);
    return order_ == ByteOrder::kBigEndian ? a << 16 | b : b << 16 | a;
  }

  // At most `count` bytes from `at`; fewer, or none, at the end.
  absl::string_view View(uint64_t at, uint64_t count) const {
    return at <= bytes_.size() ? bytes_.substr(at, count) : absl::string_view();
  }

 private:
  absl::string_view bytes_;
  ByteOrder order_;
};

}  // namespace sightline::image_internal

#endif  // SIGHTLINE_COMMON_IMAGE_BYTE_READER_H_
