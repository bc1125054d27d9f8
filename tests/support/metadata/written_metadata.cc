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

ByteString WriteExif(const std::vector<GpsEntry>& entries, bool is_little) {
  ByteString tiff;
  const auto put = [&](uint32_t number, int size) {
    for (int i = 0; i < size; ++i) {
      const int shift = 8 * (is_little ? i : size - 1 - i);
      tiff.push_back(static_cast<uint8_t>(number >> shift));
    }
  };
  tiff.assign(2, is_little ? 'I' : 'M');
  put(42, 2);
  put(8, 4);
  put(1, 2);
  put(0x8825, 2);
  put(4, 2);
  put(1, 4);
  put(26, 4);
  put(0, 4);
  put(static_cast<uint32_t>(entries.size()), 2);
  uint32_t data = 26 + 2 + 12 * static_cast<uint32_t>(entries.size()) + 4;
  for (const GpsEntry& entry : entries) {
    put(entry.tag, 2);
    if (entry.byte >= 0) {
      put(1, 2);
      put(1, 4);
      put(static_cast<uint32_t>(entry.byte), 1);
      put(0, 3);
    } else if (!entry.text.empty()) {
      const auto size = static_cast<uint32_t>(entry.text.size()) + 1;
      put(2, 2);
      put(size, 4);
      if (size <= 4) {
        for (const char c : entry.text) put(static_cast<uint8_t>(c), 1);
        for (size_t i = entry.text.size(); i < 4; ++i) put(0, 1);
      } else {
        put(data, 4);
        data += size;
      }
    } else {
      put(5, 2);
      put(static_cast<uint32_t>(entry.rationals.size()), 4);
      put(data, 4);
      data += 8 * static_cast<uint32_t>(entry.rationals.size());
    }
  }
  put(0, 4);
  for (const GpsEntry& entry : entries) {
    for (const ExifRational& rational : entry.rationals) {
      put(rational.over, 4);
      put(rational.under, 4);
    }
    if (entry.text.size() >= 4) {
      tiff.insert(tiff.end(), entry.text.begin(), entry.text.end());
      tiff.push_back(0);
    }
  }
  return tiff;
}

ByteString WriteJpegHead(const ByteString& exif, const std::string& xmp) {
  ByteString jpeg = {0xFF, 0xD8};
  const auto segment = [&](const std::string& prefix, const auto& payload) {
    if (payload.empty()) return;
    const size_t size = 2 + prefix.size() + payload.size();
    Append({0xFF, 0xE1, static_cast<uint8_t>(size >> 8),
            static_cast<uint8_t>(size)},
           jpeg);
    jpeg.insert(jpeg.end(), prefix.begin(), prefix.end());
    jpeg.insert(jpeg.end(), payload.begin(), payload.end());
  };
  segment(std::string("Exif\0\0", 6), exif);
  segment(std::string("http://ns.adobe.com/xap/1.0/\0", 29), xmp);
  Append({0xFF, 0xDA}, jpeg);
  return jpeg;
}

std::vector<GpsEntry> ExampleGps() {
  return {{1, {}, "S"},
          {2, {{37, 1}, {30, 1}, {155, 10}}, ""},
          {3, {}, "E"},
          {4, {{126, 1}, {45, 1}, {725, 100}}, ""},
          {5, {}, "", 0},
          {6, {{1205, 10}}, ""},
          {7, {{12, 1}, {34, 1}, {565, 10}}, ""},
          {16, {}, "T"},
          {17, {{9000, 100}}, ""},
          {29, {}, "2024:02:29"}};
}

std::string ExampleXmp() {
  return "<x:xmpmeta><rdf:Description drone-dji:AbsoluteAltitude=\"+182.30\" "
         "drone-dji:RelativeAltitude='+99.9'\n"
         "drone-dji:GimbalYawDegree=\"-178.5\" "
         "drone-dji:GimbalPitchDegree=\"-90.00\" "
         "other:FlightYawDegree=\"12\">"
         "<drone-dji:FlightRollDegree>2.5</drone-dji:FlightRollDegree>"
         "</rdf:Description></x:xmpmeta>";
}

}  // namespace sightline::georef
