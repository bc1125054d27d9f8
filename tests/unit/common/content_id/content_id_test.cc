#include "common/content_id/content_id.h"

#include <gtest/gtest.h>

#include <string>

#include "sightline/align/v1/align.pb.h"

namespace sightline {
namespace {

TEST(ContentId, IsTheSha256OfTheWireForm) {
  // An empty message has no bytes; the digest is that of FIPS 180-4's empty
  // message.
  EXPECT_EQ(ContentId(align::v1::Reference()),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(ContentId, EqualMessagesAreEqualHoweverTheyWereMade) {
  align::v1::Reference one;
  one.mutable_page()->set_width(100);
  one.mutable_image()->set_encoded("picture");
  align::v1::Reference other;
  other.mutable_image()->set_encoded("another");
  other.mutable_image()->set_encoded("picture");
  other.mutable_page()->set_width(100);
  EXPECT_EQ(ContentId(one), ContentId(other));
  align::v1::Reference parsed;
  ASSERT_TRUE(parsed.ParseFromString(other.SerializeAsString()));
  EXPECT_EQ(ContentId(parsed), ContentId(one));
}

TEST(ContentId, EveryDifferenceCounts) {
  align::v1::Reference one;
  one.mutable_page()->set_width(100);
  align::v1::Reference other = one;
  other.mutable_page()->set_height(1);
  EXPECT_NE(ContentId(one), ContentId(other));
  other = one;
  other.add_markers();
  EXPECT_NE(ContentId(one), ContentId(other));
  other = one;
  other.mutable_image()->set_page(1);
  EXPECT_NE(ContentId(one), ContentId(other));
}

}  // namespace
}  // namespace sightline
