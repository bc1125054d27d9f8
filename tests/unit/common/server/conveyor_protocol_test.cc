#include "common/server/conveyor_protocol.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "common/status/error.h"

namespace sightline {
namespace {

using ::testing::HasSubstr;
using Kind = ConveyorPart::Kind;

common::v1::ItemHeader Header(const std::string& id, int64_t bytes) {
  common::v1::ItemHeader header;
  header.set_id(id);
  header.set_byte_size(bytes);
  return header;
}

TEST(ConveyorProtocol, WantsSettingsThenItemsEachWithItsChunks) {
  IncomingItem current;
  current.content.header = Header("page 1", 10);
  current.received_bytes = 4;
  struct Case {
    Kind kind;
    bool settings_taken;
    const IncomingItem* current;
    // Empty: may come.
    std::string said;
  };
  const Case cases[] = {
      {Kind::kSettings, false, nullptr, ""},
      {Kind::kItem, true, nullptr, ""},
      {Kind::kChunk, true, &current, ""},
      {Kind::kNone, true, nullptr, "neither settings nor an item nor a chunk"},
      {Kind::kSettings, true, nullptr, "a second time"},
      {Kind::kSettings, true, &current, "a second time"},
      {Kind::kItem, false, nullptr, "first message must hold the settings"},
      {Kind::kChunk, false, nullptr, "first message must hold the settings"},
      {Kind::kChunk, true, nullptr, "without an item before it"},
      {Kind::kItem, true, &current,
       "item 'page 2' begins although 'page 1' has received only 4 of its 10 "
       "bytes"},
  };
  for (const Case& c : cases) {
    ConveyorPart part;
    part.kind = c.kind;
    part.item = Header("page 2", 1);
    const absl::Status status = CheckOrder(part, c.settings_taken, c.current);
    EXPECT_EQ(status.ok(), c.said.empty()) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr(c.said));
  }
}

TEST(ConveyorProtocol, WantsAnIdOfItsOwnAndASize) {
  EXPECT_TRUE(CheckHeader(Header("b", 1), {"a"}).ok());
  EXPECT_TRUE(CheckHeader(Header(std::string(256, 'x'), 1), {}).ok());
  for (const auto& header : {Header("", 1), Header(std::string(257, 'x'), 1),
                             Header("a", 1), Header("b", 0), Header("b", -1)}) {
    EXPECT_EQ(CheckHeader(header, {"a"}).code(),
              absl::StatusCode::kInvalidArgument)
        << header.ShortDebugString();
  }
}

TEST(ConveyorProtocol, TakesAsManyBytesAsWereDeclaredInSmallChunks) {
  IncomingItem item;
  item.content.header = Header("a", 1 << 20);
  item.received_bytes = (1 << 20) - (256 << 10);
  EXPECT_TRUE(CheckChunk(item, 256 << 10).ok());
  EXPECT_TRUE(CheckChunk(item, 1).ok());
  EXPECT_THAT(std::string(CheckChunk(item, 0).message()), HasSubstr("0 bytes"));
  EXPECT_THAT(std::string(CheckChunk(item, (256 << 10) + 1).message()),
              HasSubstr("1 to 262144"));
  ++item.received_bytes;
  EXPECT_THAT(std::string(CheckChunk(item, 256 << 10).message()),
              HasSubstr("more bytes than the 1048576 declared"));
}

TEST(ConveyorProtocol, NamesTheLimitThatAnItemExceeds) {
  EXPECT_TRUE(CheckItemSize(100, 100).ok());
  const absl::Status status = CheckItemSize(101, 100);
  EXPECT_EQ(DetailsOf(status)->reason, "ITEM_TOO_LARGE");
  EXPECT_EQ(DetailsOf(status)->quota->subject, "max_item_bytes");
}

}  // namespace
}  // namespace sightline
