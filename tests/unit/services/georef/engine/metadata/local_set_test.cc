#include "services/georef/engine/metadata/local_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "common/status/error.h"
#include "services/georef/engine/metadata/reasons.h"
#include "tests/support/metadata/written_metadata.h"

namespace sightline::georef {
namespace {

std::string ReasonOf(const absl::Status& status) {
  const auto details = DetailsOf(status);
  return details.has_value() ? details->reason : "";
}

std::string OffsetOf(const absl::Status& status) {
  const auto details = DetailsOf(status);
  return details.has_value() && details->metadata.count("offset") != 0
             ? details->metadata.at("offset")
             : "";
}

MetadataValue Only(uint32_t tag, const std::string& hex) {
  const auto set = ParseLocalSet(WriteLocalSet({{tag, FromHex(hex)}}));
  EXPECT_TRUE(set.ok()) << set.status();
  if (!set.ok() || set->values.size() != 1) return MetadataValue();
  return set->values[0];
}

struct Example {
  uint32_t tag;
  const char* hex;
  Quantity quantity;
  double value;
  double tolerance;
};

// The example values of MISB ST 0601, as far as the standard prints digits.
const Example kExamples[] = {
    {2, "000459F4A6AA4AA8", Quantity::kTimestamp, 1224807209913000, 0},
    {5, "71C2", Quantity::kPlatformHeading, 159.9744, 5e-5},
    {6, "FD3D", Quantity::kPlatformPitch, -0.4315317, 5e-8},
    {7, "08B8", Quantity::kPlatformRoll, 3.405866, 5e-7},
    {13, "5595B66D", Quantity::kSensorLatitude, 60.1768229669783, 5e-13},
    {14, "5B5360C4", Quantity::kSensorLongitude, 128.426759042045, 5e-12},
    {15, "C221", Quantity::kSensorAltitude, 14190.72, 5e-3},
    {16, "CD9C", Quantity::kHorizontalFieldOfView, 144.5713, 5e-5},
    {17, "D917", Quantity::kVerticalFieldOfView, 152.6436, 5e-5},
    {18, "724A0A20", Quantity::kSensorRelativeAzimuth, 160.71921143697557,
     5e-12},
    {19, "87F84B86", Quantity::kSensorRelativeElevation, -168.792324833941,
     5e-12},
    {20, "7DC55ECE", Quantity::kSensorRelativeRoll, 176.86543764939194, 5e-12},
    {21, "03830926", Quantity::kSlantRange, 68590.98, 5e-3},
    {22, "1281", Quantity::kTargetWidth, 722.8199, 5e-5},
    {23, "F101A229", Quantity::kFrameCenterLatitude, -10.5423886331461, 5e-13},
    {24, "14BC082B", Quantity::kFrameCenterLongitude, 29.157890122923, 5e-12},
    {25, "34F3", Quantity::kFrameCenterElevation, 3216.037, 5e-4},
    {33, "C06E", Quantity::kCorner4LongitudeOffset, -0.0372494, 5e-6},
    {65, "0D", Quantity::kLocalSetVersion, 13, 0},
    {75, "C221", Quantity::kSensorEllipsoidHeight, 14190.72, 5e-3},
    {89, "5B5360C4", Quantity::kCorner4Longitude, 128.426759042045, 5e-12},
    {90, "7FFFFFFF", Quantity::kPlatformPitch, 90, 0},
    {91, "80000001", Quantity::kPlatformRoll, -90, 0},
    {96, "00D92A", Quantity::kTargetWidth, 13898.5, 0},
    {104, "2F921E", Quantity::kSensorEllipsoidHeight, 23456.24, 1e-2},
};

TEST(LocalSet, ReadsTheStandardsExamples) {
  for (const Example& example : kExamples) {
    const MetadataValue value = Only(example.tag, example.hex);
    ASSERT_TRUE(value.is_trusted()) << "tag " << example.tag;
    EXPECT_EQ(value.quantity, example.quantity) << "tag " << example.tag;
    EXPECT_NEAR(*value.value, example.value, example.tolerance)
        << "tag " << example.tag;
    EXPECT_EQ(value.origin, "tag " + std::to_string(example.tag));
    EXPECT_EQ(value.source, MetadataSource::kLocalSet);
  }
}

TEST(LocalSet, SaysHowFinelyAValueIsWritten) {
  EXPECT_DOUBLE_EQ(Only(5, "0000").resolution, 360.0 / 65535);
  EXPECT_DOUBLE_EQ(Only(6, "0000").resolution, 20.0 / 32767);
  EXPECT_DOUBLE_EQ(Only(13, "00000000").resolution, 90.0 / 2147483647);
  // MISB ST 1201: 2^21 is the power of two above 1,500,000.
  EXPECT_DOUBLE_EQ(Only(96, "000000").resolution, 0.25);
  EXPECT_DOUBLE_EQ(Only(96, "0000").resolution, 64);
}

TEST(LocalSet, TakesTheFullRangeAngleBeforeTheShortOne) {
  const auto set = ParseLocalSet(
      WriteLocalSet({{6, FromHex("8000")}, {90, FromHex("40000000")}}));
  ASSERT_TRUE(set.ok()) << set.status();
  EXPECT_EQ(set->values[0].doubt, Doubt::kOutOfRange);
  const MetadataValue* pitch =
      FindTrusted(set->values, Quantity::kPlatformPitch);
  ASSERT_NE(pitch, nullptr);
  EXPECT_EQ(pitch->origin, "tag 90");
  EXPECT_NEAR(*pitch->value, 45, 1e-7);
}

TEST(LocalSet, LeavesOutWhatTheSourceDoesNotKnow) {
  const struct {
    uint32_t tag;
    const char* hex;
    Doubt doubt;
  } cases[] = {
      {5, "", Doubt::kUnknown},
      {6, "8000", Doubt::kOutOfRange},
      {7, "8000", Doubt::kOutOfRange},
      {13, "80000000", Doubt::kErrorCode},
      {23, "80000000", Doubt::kOffEarth},
      {26, "8000", Doubt::kOffEarth},
      {82, "80000000", Doubt::kOffEarth},
      {90, "80000000", Doubt::kOutOfRange},
      {13, "0000", Doubt::kMalformed},
      {5, "000000", Doubt::kMalformed},
      {104, "000000000000000000", Doubt::kMalformed},
      // MISB ST 1201: plus infinity, and above the range.
      {104, "C80000", Doubt::kErrorCode},
      {104, "7FFFFF", Doubt::kOutOfRange},
      {2, "FFFFFFFFFFFFFFFF", Doubt::kOutOfRange},
  };
  for (const auto& item : cases) {
    const MetadataValue value = Only(item.tag, item.hex);
    EXPECT_FALSE(value.value.has_value()) << item.tag << " " << item.hex;
    EXPECT_EQ(NameOf(value.doubt), NameOf(item.doubt))
        << item.tag << " " << item.hex;
    EXPECT_FALSE(value.is_trusted());
  }
}

TEST(LocalSet, CountsOtherTagsAndSkipsTheSecuritySet) {
  const auto set = ParseLocalSet(WriteLocalSet({{3, FromHex("4142")},
                                                {48, FromHex("010101")},
                                                {70000, {}},
                                                {70000, {}}}));
  ASSERT_TRUE(set.ok()) << set.status();
  EXPECT_TRUE(set->values.empty());
  EXPECT_TRUE(set->has_security_set);
  EXPECT_THAT(set->other_tags, testing::ElementsAre(testing::Pair(3, 1),
                                                    testing::Pair(70000, 2)));
}

TEST(LocalSet, DoubtsATagThatContradictsItself) {
  const auto set = ParseLocalSet(
      WriteLocalSet({{5, FromHex("0000")}, {5, FromHex("8000")}}));
  ASSERT_TRUE(set.ok());
  EXPECT_EQ(FindTrusted(set->values, Quantity::kPlatformHeading), nullptr);
}

TEST(LocalSet, ReadsLongLengthsAndStopsAtItsEnd) {
  ByteString bytes = WriteLocalSet({{5, FromHex("71C2")}}, true);
  const auto size = static_cast<int64_t>(bytes.size());
  bytes.resize(bytes.size() + 9, 0xAA);
  const auto set = ParseLocalSet(bytes);
  ASSERT_TRUE(set.ok()) << set.status();
  EXPECT_EQ(set->size_bytes, size);
}

TEST(LocalSet, EveryCutIsTruncated) {
  const ByteString bytes = ExampleLocalSet();
  for (size_t size = 0; size < bytes.size(); ++size) {
    const auto set = ParseLocalSet(Bytes(bytes).subspan(0, size));
    EXPECT_EQ(ReasonOf(set.status()), kKlvTruncated) << size;
    EXPECT_EQ(OffsetOf(set.status()), std::to_string(size));
    EXPECT_TRUE(absl::IsDataLoss(set.status()));
  }
}

TEST(LocalSet, EveryDamagedByteIsNoticed) {
  const ByteString good = ExampleLocalSet();
  ASSERT_TRUE(ParseLocalSet(good).ok());
  for (size_t i = 0; i < good.size(); ++i) {
    ByteString bad = good;
    bad[i] ^= 0x10;
    EXPECT_FALSE(ParseLocalSet(bad).ok()) << "byte " << i;
  }
}

TEST(LocalSet, NamesAnotherKey) {
  ByteString bytes = ExampleLocalSet();
  bytes[13] = 9;
  const auto set = ParseLocalSet(bytes);
  EXPECT_EQ(ReasonOf(set.status()), kKlvKeyUnknown);
  EXPECT_EQ(OffsetOf(set.status()), "13");
}

TEST(LocalSet, NamesAWrongChecksumAndAMissingOne) {
  ByteString wrong = ExampleLocalSet();
  wrong.back() ^= 1;
  EXPECT_EQ(ReasonOf(ParseLocalSet(wrong).status()), kKlvChecksumInvalid);
  EXPECT_EQ(OffsetOf(ParseLocalSet(wrong).status()),
            std::to_string(wrong.size() - 2));
  ByteString missing(kLocalSetKey.begin(), kLocalSetKey.end());
  missing.insert(missing.end(), {4, 5, 2, 0, 0});
  EXPECT_EQ(ReasonOf(ParseLocalSet(missing).status()), kKlvChecksumInvalid);
}

TEST(LocalSet, NamesBadLengthsAndTags) {
  // The items begin after 16 bytes of key and 1 of length.
  const struct {
    const char* items;
    const char* reason;
    const char* offset;
  } cases[] = {
      {"050371C2", kKlvLengthInvalid, "18"},
      {"0580", kKlvLengthInvalid, "18"},
      {"0589", kKlvLengthInvalid, "18"},
      {"05FF", kKlvLengthInvalid, "18"},
      {"0588FFFFFFFFFFFFFFFF", kKlvLengthInvalid, "18"},
      {"05", kKlvLengthInvalid, "18"},
      {"050271C280", kKlvTagInvalid, "21"},
      {"800100", kKlvTagInvalid, "17"},
      {"FFFFFFFFFF7F00", kKlvTagInvalid, "17"},
      {"8F", kKlvTagInvalid, "17"},
  };
  for (const auto& item : cases) {
    const auto set = ParseLocalSet(WrapLocalSet(FromHex(item.items)));
    EXPECT_EQ(ReasonOf(set.status()), item.reason) << item.items;
    EXPECT_EQ(OffsetOf(set.status()), item.offset) << item.items;
  }
  ByteString indefinite(kLocalSetKey.begin(), kLocalSetKey.end());
  indefinite.push_back(0x80);
  EXPECT_EQ(ReasonOf(ParseLocalSet(indefinite).status()), kKlvLengthInvalid);
}

}  // namespace
}  // namespace sightline::georef
