#include "services/georef/engine/features/wkb.h"

#include <gtest/gtest.h>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace sightline::georef {
namespace {

FeatureSet Triangles(int polygons) {
  FeatureSet set;
  Feature feature;
  feature.polygon_count = polygons;
  for (int i = 0; i < polygons; ++i) {
    set.polygons.push_back({static_cast<uint32_t>(i), 1});
    set.rings.push_back({static_cast<uint32_t>(3 * i), 3});
    set.vertices.insert(set.vertices.end(), {{0, 0}, {1, 0}, {0, 2}});
  }
  set.features.push_back(feature);
  return set;
}

// Doubles: 0, 1 and 2.
constexpr char kZero[] = "0000000000000000";
constexpr char kOne[] = "000000000000f03f";
constexpr char kTwo[] = "0000000000000040";

std::string RingHex() {
  return absl::StrCat("04000000", kZero, kZero, kOne, kZero, kZero, kTwo, kZero,
                      kZero);
}

TEST(Wkb, WritesPolygons) {
  const FeatureSet set = Triangles(1);
  EXPECT_EQ(absl::BytesToHexString(ToWkb(set, set.features[0])),
            "01"
            "03000000"
            "01000000" +
                RingHex());
}

TEST(Wkb, SaysTheCoordinateSystemInTheExtendedForm) {
  const FeatureSet set = Triangles(1);
  EXPECT_EQ(absl::BytesToHexString(ToWkb(set, set.features[0], 4326)),
            "01"
            "03000020"
            "e6100000"
            "01000000" +
                RingHex());
}

TEST(Wkb, WritesMultiPolygons) {
  const FeatureSet set = Triangles(2);
  const std::string part =
      "01"
      "03000000"
      "01000000" +
      RingHex();
  EXPECT_EQ(absl::BytesToHexString(ToWkb(set, set.features[0], 4326)),
            "01"
            "06000020"
            "e6100000"
            "02000000" +
                part + part);
}

}  // namespace
}  // namespace sightline::georef
