#include "common/inference/wire_reader.h"

namespace sightline {
namespace {

// Wire types; 3 and 4 (groups) do not occur in ONNX.
constexpr int kVarint = 0;
constexpr int kFixed64 = 1;
constexpr int kBytes = 2;
constexpr int kFixed32 = 5;

}  // namespace

bool WireReader::Fail() {
  is_ok_ = false;
  return false;
}

bool WireReader::ReadVarint(uint64_t& value) {
  value = 0;
  for (int shift = 0; shift < 64; shift += 7) {
    if (rest_.empty()) return false;
    const auto byte = static_cast<unsigned char>(rest_.front());
    rest_.remove_prefix(1);
    value |= uint64_t{byte & 0x7fu} << shift;
    if ((byte & 0x80) == 0) return true;
  }
  return false;
}

bool WireReader::ReadFixed(int bytes, uint64_t& value) {
  if (rest_.size() < static_cast<size_t>(bytes)) return false;
  value = 0;
  for (int i = bytes - 1; i >= 0; --i) {
    value = value << 8 | static_cast<unsigned char>(rest_[i]);
  }
  rest_.remove_prefix(bytes);
  return true;
}

bool WireReader::Next(WireField& field) {
  if (!is_ok_ || rest_.empty()) return false;
  field = WireField();
  uint64_t tag = 0;
  constexpr uint64_t kMostFieldNumber = (1 << 29) - 1;
  if (!ReadVarint(tag) || tag >> 3 == 0 || tag >> 3 > kMostFieldNumber) {
    return Fail();
  }
  field.number = static_cast<int>(tag >> 3);
  switch (tag & 7) {
    case kVarint:
      return ReadVarint(field.value) || Fail();
    case kFixed64:
      return ReadFixed(8, field.value) || Fail();
    case kFixed32:
      return ReadFixed(4, field.value) || Fail();
    case kBytes: {
      uint64_t length = 0;
      if (!ReadVarint(length) || length > rest_.size()) return Fail();
      field.is_bytes = true;
      field.bytes = rest_.substr(0, length);
      rest_.remove_prefix(length);
      return true;
    }
    default:
      return Fail();
  }
}

}  // namespace sightline
