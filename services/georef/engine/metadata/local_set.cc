#include "services/georef/engine/metadata/local_set.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "services/georef/engine/metadata/ber.h"
#include "services/georef/engine/metadata/local_set_tags.h"
#include "services/georef/engine/metadata/reasons.h"

namespace sightline::georef {
namespace {

constexpr uint32_t kChecksumTag = 1;
constexpr uint32_t kSecurityTag = 48;
// Tag, length and two bytes.
constexpr size_t kChecksumBytes = 4;

absl::Status Fault(absl::StatusCode code, absl::string_view reason,
                   size_t offset, absl::string_view what) {
  return Error(code, reason)
      .Message(absl::StrCat("the local set, byte ", offset, ": ", what))
      .With("offset", absl::StrCat(offset));
}

absl::Status Truncated(size_t offset, absl::string_view what) {
  return Fault(absl::StatusCode::kDataLoss, kKlvTruncated, offset, what);
}

absl::Status Invalid(absl::string_view reason, size_t offset,
                     absl::string_view what) {
  return Fault(absl::StatusCode::kInvalidArgument, reason, offset, what);
}

// Where the items are, the checksum among them.
struct Frame {
  size_t begin;
  size_t end;
};

absl::StatusOr<Frame> ReadFrame(Bytes bytes) {
  const size_t known = std::min(bytes.size(), kLocalSetKey.size());
  for (size_t i = 0; i < known; ++i) {
    if (bytes[i] != kLocalSetKey[i]) {
      return Invalid(kKlvKeyUnknown, i,
                     "the key is not that of MISB ST 0601; other sets are not "
                     "read");
    }
  }
  if (known < kLocalSetKey.size()) {
    return Truncated(known, "it ends within its key");
  }
  const BerNumber length = ReadBerLength(bytes.subspan(known));
  if (length.state == BerNumber::State::kTruncated) {
    return Truncated(bytes.size(), "it ends within its length");
  }
  if (length.state == BerNumber::State::kInvalid) {
    return Invalid(kKlvLengthInvalid, known,
                   "its length is indefinite or has more than 8 bytes");
  }
  const size_t begin = known + length.size_bytes;
  if (length.number > bytes.size() - begin) {
    return Truncated(bytes.size(),
                     absl::StrCat("it declares ", length.number,
                                  " bytes after "
                                  "its length, ",
                                  bytes.size() - begin, " are there"));
  }
  return Frame{begin, begin + static_cast<size_t>(length.number)};
}

absl::Status CheckSum(Bytes bytes, const Frame& frame) {
  if (frame.end - frame.begin < kChecksumBytes ||
      bytes[frame.end - 4] != kChecksumTag || bytes[frame.end - 3] != 2) {
    return Fault(absl::StatusCode::kDataLoss, kKlvChecksumInvalid, frame.end,
                 "it does not end in a checksum (tag 1, 2 bytes)");
  }
  const size_t at = frame.end - 2;
  const auto said = static_cast<uint16_t>(BigEndian(bytes.subspan(at, 2)));
  const uint16_t sum = LocalSetChecksum(bytes.subspan(0, at));
  if (said == sum) return absl::OkStatus();
  return Fault(
      absl::StatusCode::kDataLoss, kKlvChecksumInvalid, at,
      absl::StrCat("its checksum says 0x", absl::Hex(said, absl::kZeroPad4),
                   ", its bytes sum up to 0x", absl::Hex(sum, absl::kZeroPad4),
                   ": it was damaged on the way"));
}

// Takes the item at `at` into `set`; returns where the next one begins.
absl::StatusOr<size_t> ReadItem(Bytes bytes, size_t at, size_t end,
                                LocalSet& set) {
  const BerNumber tag = ReadBerTag(bytes.subspan(at, end - at));
  if (tag.state != BerNumber::State::kGood) {
    return Invalid(kKlvTagInvalid, at,
                   "a tag does not end within the set, has leading zeros or "
                   "more than 32 bits");
  }
  const size_t length_at = at + tag.size_bytes;
  const BerNumber length =
      ReadBerLength(bytes.subspan(length_at, end - length_at));
  if (length.state != BerNumber::State::kGood) {
    return Invalid(kKlvLengthInvalid, length_at,
                   absl::StrCat("the length of tag ", tag.number,
                                " is indefinite, has more than 8 bytes or does "
                                "not end within the set"));
  }
  const size_t item_at = length_at + length.size_bytes;
  if (length.number > end - item_at) {
    return Invalid(kKlvLengthInvalid, length_at,
                   absl::StrCat("tag ", tag.number, " declares ", length.number,
                                " bytes, ", end - item_at,
                                " are left before the checksum"));
  }
  const auto size = static_cast<size_t>(length.number);
  const auto number = static_cast<uint32_t>(tag.number);
  if (const LocalSetTag* known = FindLocalSetTag(number)) {
    set.values.push_back(DecodeItem(*known, bytes.subspan(item_at, size)));
  } else if (number == kSecurityTag) {
    set.has_security_set = true;
  } else {
    ++set.other_tags[number];
  }
  return item_at + size;
}

}  // namespace

uint16_t LocalSetChecksum(Bytes bytes) {
  uint16_t sum = 0;
  for (size_t i = 0; i < bytes.size(); ++i) {
    sum = static_cast<uint16_t>(sum + (i % 2 == 0 ? bytes[i] << 8 : bytes[i]));
  }
  return sum;
}

absl::StatusOr<LocalSet> ParseLocalSet(Bytes bytes) {
  const absl::StatusOr<Frame> frame = ReadFrame(bytes);
  if (!frame.ok()) return frame.status();
  const absl::Status sum = CheckSum(bytes, *frame);
  if (!sum.ok()) return sum;
  LocalSet set;
  set.size_bytes = static_cast<int64_t>(frame->end);
  const size_t end = frame->end - kChecksumBytes;
  size_t at = frame->begin;
  while (at < end) {
    const absl::StatusOr<size_t> next = ReadItem(bytes, at, end, set);
    if (!next.ok()) return next.status();
    at = *next;
  }
  DoubtContradictions(absl::MakeSpan(set.values));
  return set;
}

}  // namespace sightline::georef
