// A file that is being written, in memory taken once. Internal to common/image.
//
// How large a file gets is known only when it is written; how large it can get
// at most is known before. A string that grows as it is written holds three
// times its bytes while it grows. This one asks for the most there can be in
// one piece: of that, only what is written to takes memory.
#ifndef SIGHTLINE_COMMON_IMAGE_OUTPUT_FILE_H_
#define SIGHTLINE_COMMON_IMAGE_OUTPUT_FILE_H_

#include <cstdint>
#include <cstring>
#include <string>
#include <utility>

namespace sightline::image_internal {

class OutputFile {
 public:
  // May throw std::bad_alloc; nothing else here does, so that C libraries may
  // call it.
  explicit OutputFile(int64_t most_bytes) {
    bytes_.reserve(static_cast<size_t>(most_bytes));
  }

  size_t size() const { return bytes_.size(); }
  const char* data() const { return bytes_.data(); }

  // Writes `count` bytes at `at`, over what is there; a gap before them is
  // filled with zeros. False, and nothing is written, if the file would become
  // longer than it may.
  bool Put(uint64_t at, const void* from, size_t count) noexcept {
    if (at > bytes_.capacity() || count > bytes_.capacity() - at) return false;
    if (bytes_.size() < at + count) bytes_.resize(at + count);
    std::memcpy(bytes_.data() + at, from, count);
    return true;
  }
  bool Append(const void* from, size_t count) noexcept {
    return Put(bytes_.size(), from, count);
  }

  // The bytes. What was asked for and not used is given back where that takes
  // a small copy.
  std::string Take() && {
    if (bytes_.size() < bytes_.capacity() / kCopiedPart) bytes_.shrink_to_fit();
    return std::move(bytes_);
  }

  // Upper bound of what is allocated, Take() included.
  static int64_t Bytes(int64_t most_bytes) {
    constexpr int64_t kBlock = 64;
    return most_bytes + most_bytes / kCopiedPart + 2 * kBlock;
  }

 private:
  static constexpr int kCopiedPart = 8;

  std::string bytes_;
};

}  // namespace sightline::image_internal

#endif  // SIGHTLINE_COMMON_IMAGE_OUTPUT_FILE_H_
