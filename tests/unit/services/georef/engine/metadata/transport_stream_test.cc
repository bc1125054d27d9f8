#include "services/georef/engine/metadata/transport_stream.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "common/status/error.h"
#include "services/georef/engine/metadata/program_tables.h"
#include "services/georef/engine/metadata/reasons.h"
#include "tests/support/metadata/written_stream.h"

namespace sightline::georef {
namespace {

struct Found {
  absl::StatusOr<TransportStreamReport> report;
  std::vector<ByteString> packets;
};

Found Read(const std::vector<ByteString>& parts) {
  Found found;
  const ByteString stream = Joined(parts);
  found.report = ReadKlvPackets(stream, [&](const KlvPacket& klv) {
    EXPECT_EQ(klv.stream, kWrittenStream);
    EXPECT_EQ(klv.presentation_ticks, kWrittenTicks);
    found.packets.emplace_back(klv.bytes.begin(), klv.bytes.end());
    return absl::OkStatus();
  });
  return found;
}

std::string ReasonOf(const absl::Status& status) {
  const auto details = DetailsOf(status);
  return details.has_value() ? details->reason : "";
}

TEST(TransportStream, FindsAsynchronousAndSynchronousKlv) {
  const ByteString set = ExampleLocalSet();
  for (const auto& unit :
       {Pes(0, 0xBD, set), Pes(0, 0xFC, Cell(3, set)), Pes(0, 0xFC, set)}) {
    const Found found = Read({Tables(0x15), unit});
    ASSERT_TRUE(found.report.ok()) << found.report.status();
    EXPECT_EQ(found.packets, std::vector<ByteString>{set});
    EXPECT_EQ(found.report->dropped_units, 0);
    EXPECT_EQ(found.report->skipped_bytes, 0);
  }
  EXPECT_EQ(Read({Tables(0x06), Pes(0, 0xBD, set)}).packets.size(), 1u);
}

TEST(TransportStream, PutsCellsTogetherAndSplitsUnits) {
  const ByteString set = ExampleLocalSet();
  const ByteString head(set.begin(), set.begin() + 40);
  const ByteString tail(set.begin() + 40, set.end());
  const Found cells = Read(
      {Tables(0x15), Pes(0, 0xFC, Joined({Cell(2, head), Cell(1, tail)}))});
  EXPECT_EQ(cells.packets, std::vector<ByteString>{set});
  const Found two = Read({Tables(0x06), Pes(0, 0xBD, Joined({set, set}))});
  EXPECT_EQ(two.packets.size(), 2u);
  const Found lost = Read({Tables(0x15), Pes(0, 0xFC, Cell(1, tail))});
  EXPECT_TRUE(lost.packets.empty());
  EXPECT_EQ(lost.report->dropped_units, 1);
}

TEST(TransportStream, LosesOnlyWhatIsDamaged) {
  const ByteString set = ExampleLocalSet();
  const ByteString long_unit = Joined({set, set});
  ByteString gap = Pes(1, 0xBD, long_unit);
  ASSERT_GE(gap.size(), 2u * 188);
  gap.erase(gap.begin() + 188, gap.begin() + 376);
  const Found found = Read({FromHex("AABBCC"), Tables(0x06), Pes(14, 0xBD, set),
                            gap, Pes(9, 0xBD, set)});
  ASSERT_TRUE(found.report.ok()) << found.report.status();
  EXPECT_EQ(found.packets, (std::vector<ByteString>{set, set}));
  EXPECT_EQ(found.report->dropped_units, 1);
  EXPECT_EQ(found.report->skipped_bytes, 3);
}

TEST(TransportStream, NamesWhatIsNoneAndWhatHasNoKlv) {
  EXPECT_EQ(ReasonOf(Read({FromHex("4700")}).report.status()),
            kTransportStreamInvalid);
  EXPECT_EQ(ReasonOf(Read({Tables(0x06, false)}).report.status()),
            kTransportStreamWithoutKlv);
}

TEST(TransportStream, SumsSectionsUpAsOthersDo) {
  // The check value of CRC-32/MPEG-2.
  EXPECT_EQ(SectionCrc(FromHex("313233343536373839")), 0x0376E6E7u);
}

TEST(TransportStream, StopsWhenItsTakerDoes) {
  const auto report = ReadKlvPackets(
      Joined({Tables(0x06), Pes(0, 0xBD, ExampleLocalSet())}),
      [](const KlvPacket&) { return absl::CancelledError("enough"); });
  EXPECT_TRUE(absl::IsCancelled(report.status()));
}

}  // namespace
}  // namespace sightline::georef
