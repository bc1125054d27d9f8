#include "tests/support/metadata/written_metadata.h"

#include "services/georef/engine/metadata/local_set.h"

namespace sightline::georef {
namespace {

void Append(const ByteString& more, ByteString& bytes) {
  bytes.insert(bytes.end(), more.begin(), more.end());
}

}  // namespace

ByteString FromHex(const std::string& digits) {
  ByteString bytes;
  for (size_t i = 0; i + 1 < digits.size(); i += 2) {
    bytes.push_back(
        static_cast<uint8_t>(std::stoi(digits.substr(i, 2), nullptr, 16)));
  }
  return bytes;
}

ByteString BerTag(uint32_t tag) {
  ByteString bytes = {static_cast<uint8_t>(tag & 0x7F)};
  while ((tag >>= 7) != 0) {
    bytes.insert(bytes.begin(), static_cast<uint8_t>(0x80 | (tag & 0x7F)));
  }
  return bytes;
}

ByteString WrapLocalSet(const ByteString& items, bool long_length) {
  ByteString set(kLocalSetKey.begin(), kLocalSetKey.end());
  const size_t size = items.size() + 4;
  if (long_length) {
    Append({0x84, 0, 0, static_cast<uint8_t>(size >> 8),
            static_cast<uint8_t>(size)},
           set);
  } else if (size < 128) {
    set.push_back(static_cast<uint8_t>(size));
  } else {
    Append({0x82, static_cast<uint8_t>(size >> 8), static_cast<uint8_t>(size)},
           set);
  }
  Append(items, set);
  Append({1, 2}, set);
  // By the words of the standard, 16 bits at a time, not the parser's way.
  uint32_t sum = 0;
  for (size_t i = 0; i < set.size(); ++i) {
    sum += static_cast<uint32_t>(set[i]) << (8 * ((i + 1) % 2));
  }
  Append({static_cast<uint8_t>(sum >> 8), static_cast<uint8_t>(sum)}, set);
  return set;
}

ByteString WriteLocalSet(const std::vector<LocalSetItem>& items,
                         bool long_length) {
  ByteString bytes;
  for (const LocalSetItem& item : items) {
    Append(BerTag(item.tag), bytes);
    bytes.push_back(static_cast<uint8_t>(item.bytes.size()));
    Append(item.bytes, bytes);
  }
  return WrapLocalSet(bytes, long_length);
}

ByteString ExampleLocalSet() {
  return WriteLocalSet({{2, FromHex("000459F4A6AA4AA8")},
                        {5, FromHex("71C2")},
                        {6, FromHex("FD3D")},
                        {7, FromHex("08B8")},
                        {13, FromHex("5595B66D")},
                        {14, FromHex("5B5360C4")},
                        {15, FromHex("C221")},
                        {16, FromHex("CD9C")},
                        {17, FromHex("D917")},
                        {18, FromHex("724A0A20")},
                        {19, FromHex("87F84B86")},
                        {20, FromHex("7DC55ECE")},
                        {21, FromHex("03830926")},
                        {22, FromHex("1281")},
                        {23, FromHex("F101A229")},
                        {24, FromHex("14BC082B")},
                        {25, FromHex("34F3")},
                        {96, FromHex("00D92A")},
                        {104, FromHex("2F921E")},
                        {65, FromHex("0D")}});
}

}  // namespace sightline::georef
