#include "services/georef/engine/metadata/metadata_value.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

namespace sightline::georef {
namespace {

MetadataValue Pitch(double value, double resolution, std::string origin) {
  return {.quantity = Quantity::kPlatformPitch,
          .value = value,
          .origin = std::move(origin),
          .resolution = resolution};
}

TEST(MetadataValue, EveryQuantityHasANameOfItsOwn) {
  std::set<std::string> names;
  for (int i = 0; i < kQuantities; ++i) {
    names.insert(std::string(NameOf(static_cast<Quantity>(i))));
  }
  EXPECT_EQ(names.size(), static_cast<size_t>(kQuantities));
  EXPECT_EQ(NameOf(UnitOf(Quantity::kSlantRange)), "m");
}

TEST(MetadataValue, FindsTheFinestTrustedValue) {
  std::vector<MetadataValue> values = {Pitch(1, 0.1, "a"), Pitch(2, 0.01, "b"),
                                       Pitch(3, 0.001, "c")};
  values[2].doubt = Doubt::kOutOfRange;
  const MetadataValue* found = FindTrusted(values, Quantity::kPlatformPitch);
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->value, 2);
  EXPECT_EQ(FindTrusted(values, Quantity::kPlatformRoll), nullptr);
}

TEST(MetadataValue, DoubtsWhatOneOriginSaysDifferently) {
  std::vector<MetadataValue> values = {Pitch(1, 0.1, "a"), Pitch(2, 0.1, "a"),
                                       Pitch(2, 0.1, "b"), Pitch(2, 0.1, "b")};
  DoubtContradictions(absl::MakeSpan(values));
  EXPECT_EQ(values[0].doubt, Doubt::kContradictory);
  EXPECT_EQ(values[1].doubt, Doubt::kContradictory);
  EXPECT_TRUE(values[2].is_trusted());
  EXPECT_TRUE(values[3].is_trusted());
}

}  // namespace
}  // namespace sightline::georef
