#include "services/georef/engine/metadata/picture_metadata.h"

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

std::vector<MetadataValue> Read(const std::vector<GpsEntry>& entries,
                                const std::string& xmp = "") {
  const auto values = ReadPictureMetadata(WriteJpegHead(
      entries.empty() ? ByteString() : WriteExif(entries, true), xmp));
  EXPECT_TRUE(values.ok()) << values.status();
  return values.ok() ? *values : std::vector<MetadataValue>();
}

void ExpectValue(const std::vector<MetadataValue>& values, Quantity quantity,
                 double expected, double resolution) {
  const MetadataValue* value = FindTrusted(values, quantity);
  ASSERT_NE(value, nullptr) << NameOf(quantity);
  EXPECT_NEAR(*value->value, expected, 1e-9) << NameOf(quantity);
  EXPECT_NEAR(value->resolution, resolution, 1e-12) << NameOf(quantity);
}

TEST(PictureMetadata, ReadsGpsInBothByteOrders) {
  for (const bool is_little : {true, false}) {
    const auto values = ReadPictureMetadata(
        WriteJpegHead(WriteExif(ExampleGps(), is_little), ""));
    ASSERT_TRUE(values.ok()) << values.status();
    ExpectValue(*values, Quantity::kSensorLatitude,
                -(37 + 30 / 60.0 + 15.5 / 3600), 0.1 / 3600);
    ExpectValue(*values, Quantity::kSensorLongitude,
                126 + 45 / 60.0 + 7.25 / 3600, 0.01 / 3600);
    ExpectValue(*values, Quantity::kSensorAltitude, 120.5, 0.1);
    ExpectValue(*values, Quantity::kImageDirectionTrue, 90, 0.01);
    // date -u -d '2024-02-29 12:34:56' +%s
    ExpectValue(*values, Quantity::kTimestamp, 1709210096500000, 100000);
    EXPECT_EQ((*values)[0].source, MetadataSource::kExif);
    EXPECT_EQ((*values)[0].origin, "GPSLatitude");
  }
}

TEST(PictureMetadata, ReadsWhatADroneWrites) {
  const std::vector<MetadataValue> values = Read({}, ExampleXmp());
  EXPECT_EQ(values.size(), 5u);
  ExpectValue(values, Quantity::kSensorHeightAboveTakeoff, 99.9, 0.1);
  ExpectValue(values, Quantity::kGimbalYaw, -178.5, 0.1);
  ExpectValue(values, Quantity::kGimbalPitch, -90, 0.01);
  ExpectValue(values, Quantity::kPlatformRoll, 2.5, 0.1);
  EXPECT_EQ(FindTrusted(values, Quantity::kPlatformHeading), nullptr)
      << "of another namespace";
  // The drone does not say above what.
  EXPECT_EQ(values[0].quantity, Quantity::kSensorUnstatedAltitude);
  EXPECT_EQ(values[0].value, 182.3);
  EXPECT_FALSE(values[0].is_trusted());
}

TEST(PictureMetadata, LeavesOutXmpThatIsNoNumber) {
  const struct {
    const char* text;
    Doubt doubt;
  } cases[] = {{"", Doubt::kUnknown},        {"nan", Doubt::kMalformed},
               {"1e3", Doubt::kMalformed},   {"0x10", Doubt::kMalformed},
               {"1.2.3", Doubt::kMalformed}, {"+", Doubt::kMalformed},
               {"12 m", Doubt::kMalformed},  {"181", Doubt::kOutOfRange}};
  for (const auto& item : cases) {
    const auto values = Read(
        {}, std::string(" drone-dji:GimbalPitchDegree=\"") + item.text + "\"");
    ASSERT_EQ(values.size(), 1u) << item.text;
    EXPECT_EQ(NameOf(values[0].doubt), NameOf(item.doubt)) << item.text;
    EXPECT_FALSE(values[0].value.has_value()) << item.text;
  }
}

TEST(PictureMetadata, DoubtsAnAttributeThatContradictsItself) {
  const auto values = Read({},
                           " drone-dji:GimbalYawDegree=\"1\" "
                           "drone-dji:GimbalYawDegree=\"2\" ");
  ASSERT_EQ(values.size(), 2u);
  EXPECT_EQ(values[0].doubt, Doubt::kContradictory);
}

TEST(PictureMetadata, GuessesNoHemisphereLevelOrNorth) {
  const auto values = Read({{2, {{37, 1}, {0, 1}, {0, 1}}, ""},
                            {6, {{100, 1}}, ""},
                            {17, {{90, 1}}, ""}});
  ASSERT_EQ(values.size(), 3u);
  EXPECT_EQ(values[0].doubt, Doubt::kMalformed);
  EXPECT_EQ(values[1].doubt, Doubt::kReferenceUnclear);
  EXPECT_EQ(values[2].doubt, Doubt::kReferenceUnclear);
  for (const MetadataValue& value : values) EXPECT_FALSE(value.value);
}

TEST(PictureMetadata, ReadsTheReferencesOfAltitudeAndNorth) {
  ExpectValue(Read({{5, {}, "", 1}, {6, {{100, 1}}, ""}}),
              Quantity::kSensorAltitude, -100, 1);
  ExpectValue(Read({{5, {}, "", 2}, {6, {{100, 1}}, ""}}),
              Quantity::kSensorEllipsoidHeight, 100, 1);
  ExpectValue(Read({{16, {}, "M"}, {17, {{90, 1}}, ""}}),
              Quantity::kImageDirectionMagnetic, 90, 1);
}

TEST(PictureMetadata, LeavesOutImpossibleGps) {
  const std::vector<std::vector<GpsEntry>> cases = {
      {{1, {}, "N"}, {2, {{91, 1}, {0, 1}, {0, 1}}, ""}},
      {{1, {}, "N"}, {2, {{1, 1}, {60, 1}, {0, 1}}, ""}},
      {{1, {}, "N"}, {2, {{1, 0}, {0, 1}, {0, 1}}, ""}},
      {{1, {}, "N"}, {2, {{1, 1}, {0, 1}}, ""}},
      {{1, {}, "E"}, {2, {{1, 1}, {0, 1}, {0, 1}}, ""}},
      {{7, {{12, 1}, {0, 1}, {0, 1}}, ""}},
      {{7, {{24, 1}, {0, 1}, {0, 1}}, ""}, {29, {}, "2024:02:28"}},
      {{7, {{12, 1}, {0, 1}, {0, 1}}, ""}, {29, {}, "2023:02:29"}},
      {{16, {}, "T"}, {17, {{361, 1}}, ""}},
  };
  for (size_t i = 0; i < cases.size(); ++i) {
    const auto values = Read(cases[i]);
    ASSERT_EQ(values.size(), 1u) << i;
    EXPECT_FALSE(values[0].value.has_value()) << i;
  }
}

TEST(PictureMetadata, DoubtsAPositionOfAnotherDatum) {
  std::vector<GpsEntry> gps = ExampleGps();
  gps.push_back({18, {}, "TOKYO"});
  EXPECT_EQ(FindTrusted(Read(gps), Quantity::kSensorLatitude), nullptr);
  gps.back().text = "WGS-84";
  EXPECT_NE(FindTrusted(Read(gps), Quantity::kSensorLatitude), nullptr);
}

TEST(PictureMetadata, APictureWithoutMetadataHasNone) {
  EXPECT_TRUE(Read({}).empty());
}

TEST(PictureMetadata, EveryCutIsTruncated) {
  const ByteString jpeg =
      WriteJpegHead(WriteExif(ExampleGps(), true), ExampleXmp());
  for (size_t size = 2; size < jpeg.size(); ++size) {
    EXPECT_EQ(
        ReasonOf(ReadPictureMetadata(Bytes(jpeg).subspan(0, size)).status()),
        kPictureMetadataTruncated)
        << size;
  }
}

TEST(PictureMetadata, NamesWhatIsNoJpeg) {
  EXPECT_EQ(ReasonOf(ReadPictureMetadata(FromHex("89504E47")).status()),
            kPictureNotJpeg);
  EXPECT_EQ(ReasonOf(ReadPictureMetadata(FromHex("FFD800")).status()),
            kPictureNotJpeg);
  EXPECT_EQ(ReasonOf(ReadPictureMetadata(FromHex("FFD8FFE10001")).status()),
            kPictureNotJpeg);
}

TEST(PictureMetadata, NamesADirectoryThatIsElsewhere) {
  // Of the header; of the first directory; of the GPS directory.
  for (const size_t at : {2u, 4u, 18u}) {
    ByteString exif = WriteExif(ExampleGps(), true);
    exif[at + 1] = 0xFF;
    const auto values = ReadPictureMetadata(WriteJpegHead(exif, ""));
    EXPECT_EQ(ReasonOf(values.status()), kExifInvalid) << at;
  }
}

}  // namespace
}  // namespace sightline::georef
