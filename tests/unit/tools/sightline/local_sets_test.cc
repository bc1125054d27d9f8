// Which local set of a recording is which frame's.
#include "tools/sightline/input/local_sets.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "common/status/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/georef/engine/metadata/local_set.h"
#include "tests/support/files/temporary_folder.h"
#include "tests/support/metadata/written_metadata.h"
#include "tests/support/metadata/written_stream.h"

namespace sightline::cli {
namespace {

using georef::ByteString;
using ::testing::HasSubstr;

std::string TextOf(const ByteString& bytes) {
  return {bytes.begin(), bytes.end()};
}

// A set that says which it is.
ByteString Numbered(uint8_t number) {
  return georef::WriteLocalSet({{65, {number}}});
}

// A time as a packet's head has it (ISO/IEC 13818-1, 2.4.3.7).
std::array<uint8_t, 5> TimeBytes(int64_t ticks) {
  return {
      static_cast<uint8_t>(0x21 | (ticks >> 29 & 0x0E)),
      static_cast<uint8_t>(ticks >> 22), static_cast<uint8_t>(ticks >> 14 | 1),
      static_cast<uint8_t>(ticks >> 7), static_cast<uint8_t>(ticks << 1 | 1)};
}

// A transport stream with a set at each of `ticks`.
std::string Recording(const std::vector<int64_t>& ticks) {
  std::vector<ByteString> parts = {georef::Tables(0x15)};
  const auto written = TimeBytes(georef::kWrittenTicks);
  for (size_t i = 0; i < ticks.size(); ++i) {
    ByteString packet =
        georef::Pes(static_cast<int>(i), 0xFC,
                    georef::Cell(3, Numbered(static_cast<uint8_t>(i + 1))));
    const auto at = std::search(packet.begin(), packet.end(), written.begin(),
                                written.end());
    EXPECT_NE(at, packet.end());
    const auto time = TimeBytes(ticks[i]);
    std::copy(time.begin(), time.end(), at);
    parts.push_back(packet);
  }
  return TextOf(georef::Joined(parts));
}

std::string ReasonOf(const absl::Status& status) {
  return DetailsOf(status).value_or(ErrorDetails{}).reason;
}

TEST(SplitLocalSets, FindsSetsOneAfterAnother) {
  const std::string first = TextOf(Numbered(1));
  const std::string second =
      TextOf(georef::WriteLocalSet({{65, {2}}}, /*long_length=*/true));
  const auto found = SplitLocalSets(first + second, "flight.klv");
  ASSERT_TRUE(found.ok()) << found.status();
  ASSERT_EQ(found->sets.size(), 2);
  EXPECT_EQ(found->sets[0].bytes, first);
  EXPECT_EQ(found->sets[1].bytes, second);
}

TEST(SplitLocalSets, SaysWhereAFileIsNotOne) {
  const std::string set = TextOf(Numbered(1));
  const struct {
    std::string bytes;
    const char* complaint;
  } kCases[] = {
      {"", "flight.klv: byte 0: the file is empty"},
      {"no metadata", "byte 0: no MISB ST 0601 local set begins here"},
      {set + "?", "byte 24: no MISB ST 0601"},
      {set.substr(0, set.size() - 1),
       "byte 0: the local set that begins here "
       "is cut off"},
      {set.substr(0, 16), "is cut off"},
  };
  for (const auto& [bytes, complaint] : kCases) {
    const auto found = SplitLocalSets(bytes, "flight.klv");
    EXPECT_EQ(ReasonOf(found.status()), "FILE_INVALID");
    EXPECT_THAT(found.status().message(), HasSubstr(complaint));
  }
}

TEST(ReadTransportStreamFile, FindsSetsWithTheirTimes) {
  const TemporaryFolder folder;
  // Its clock begins again after 2^33 ticks.
  const int64_t last = (int64_t{1} << 33) - 45000;
  const auto found = ReadTransportStreamFile(
      folder.Write("flight.ts", Recording({last, 0, 45000})));
  ASSERT_TRUE(found.ok()) << found.status();
  ASSERT_EQ(found->sets.size(), 3);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(found->sets[i].bytes, TextOf(Numbered(i + 1)));
    ASSERT_TRUE(found->sets[i].seconds.has_value());
    EXPECT_DOUBLE_EQ(*found->sets[i].seconds, 0.5 * i);
  }
  EXPECT_EQ(found->note, "");
}

TEST(ReadTransportStreamFile, KeepsTheReasonsOfTheReader) {
  const TemporaryFolder folder;
  EXPECT_EQ(
      ReasonOf(
          ReadTransportStreamFile(folder.Write("a.ts", "no stream")).status()),
      "TRANSPORT_STREAM_INVALID");
  EXPECT_EQ(ReasonOf(ReadTransportStreamFile(folder.Path("b.ts")).status()),
            "FILE_NOT_FOUND");
  // KLV of another kind.
  ByteString other = Numbered(1);
  other[10] ^= 1;
  const std::string stream = TextOf(georef::Joined(
      {georef::Tables(0x15), georef::Pes(0, 0xFC, georef::Cell(3, other))}));
  EXPECT_EQ(
      ReasonOf(ReadTransportStreamFile(folder.Write("c.ts", stream)).status()),
      "LOCAL_SET_MISSING");
}

LocalSets ThreeSets() { return {{{"a", 0.0}, {"b", 0.25}, {"c", 2.0}}, ""}; }

TEST(LocalSetOf, GoesByNumberUnlessTimesAreSaid) {
  const LocalSets sets = ThreeSets();
  EXPECT_EQ(*LocalSetOf(sets, {}, 0), "a");
  EXPECT_EQ(*LocalSetOf(sets, {}, 2), "c");
  const auto missing = LocalSetOf(sets, {}, 3);
  EXPECT_EQ(ReasonOf(missing.status()), "LOCAL_SET_MISSING");
  EXPECT_THAT(missing.status().message(),
              HasSubstr("frame 4, and there are 3 local sets"));
}

TEST(LocalSetOf, TakesTheNearestInTime) {
  const LocalSets sets = ThreeSets();
  EXPECT_EQ(*LocalSetOf(sets, {0.2, 0}, 0), "b");
  // 0.1 s, 0.35 s, 1.6 s.
  EXPECT_EQ(*LocalSetOf(sets, {0.1, 4}, 0), "a");
  EXPECT_EQ(*LocalSetOf(sets, {0.1, 4}, 1), "b");
  EXPECT_EQ(*LocalSetOf(sets, {0.1, 4}, 6), "c");
  const auto gap = LocalSetOf(sets, {1.1, 0}, 0);
  EXPECT_EQ(ReasonOf(gap.status()), "LOCAL_SET_MISSING");
  EXPECT_THAT(gap.status().message(), HasSubstr("0.850 s away"));
}

TEST(LocalSetOf, NeedsTimesToGoByTime) {
  const LocalSets sets = {{{"a", std::nullopt}}, ""};
  EXPECT_EQ(*LocalSetOf(sets, {}, 0), "a");
  const auto timeless = LocalSetOf(sets, {0.0, 0}, 0);
  EXPECT_EQ(ReasonOf(timeless.status()), "LOCAL_SET_MISSING");
  EXPECT_THAT(timeless.status().message(), HasSubstr("say no time"));
}

}  // namespace
}  // namespace sightline::cli
