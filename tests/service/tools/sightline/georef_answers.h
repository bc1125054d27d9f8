// Made-up answers of a georef server.
#ifndef SIGHTLINE_TESTS_SERVICE_TOOLS_SIGHTLINE_GEOREF_ANSWERS_H_
#define SIGHTLINE_TESTS_SERVICE_TOOLS_SIGHTLINE_GEOREF_ANSWERS_H_

#include <algorithm>
#include <string>

#include "common/image/encode.h"
#include "common/image/image.h"
#include "sightline/georef/v1/georef.pb.h"

namespace sightline::cli {

inline constexpr char kOneSquare[] =
    R"({"type": "FeatureCollection", "features": [{"type": "Feature",)"
    R"( "geometry": {"type": "Polygon", "coordinates": [[[9.18, 54.9],)"
    R"( [9.19, 54.9], [9.19, 54.91], [9.18, 54.91], [9.18, 54.9]]]},)"
    R"( "properties": {"label": 2, "class": "oil", "area_m2": 12400.5}}]})";

// 8 x 6 pixels of one gray.
inline std::string FramePng(uint8_t gray) {
  GrayImage image(8, 6);
  std::fill_n(image.data(), image.size_bytes(), gray);
  return *EncodePng(image);
}

// 8 x 6 labels: 2 in a block of 3 x 2 pixels, else 0.
inline std::string BlockMaskPng() {
  GrayImage mask(8, 6);
  std::fill_n(mask.data(), mask.size_bytes(), 0);
  for (int y = 2; y < 4; ++y) std::fill_n(mask.row(y) + 1, 3, 2);
  return *EncodePng(mask);
}

// One slick on the map, with what was asked for.
inline georef::v1::ProcessResponse OneSlick(
    const georef::v1::FeatureOutput& output, bool with_mask) {
  georef::v1::ProcessResponse response;
  auto& set = *response.mutable_features();
  auto& feature = *set.add_features();
  feature.set_label(2);
  feature.set_class_name("oil");
  feature.set_area_m2(12400.5);
  feature.set_perimeter_m(450);
  feature.set_pixel_count(6);
  feature.set_mean_confidence(0.75);
  if (output.format() == georef::v1::FEATURE_FORMAT_GEOJSON) {
    set.set_geojson(kOneSquare);
  }
  if (output.format() == georef::v1::FEATURE_FORMAT_WKB) {
    feature.set_wkb(std::string("\x01\x03\xAB", 3));
  }
  if (with_mask) response.set_mask_png(BlockMaskPng());
  auto& footprint = *response.mutable_footprint();
  for (const auto& [longitude, latitude] :
       {std::pair{9.17, 54.92}, {9.2, 54.92}, {9.2, 54.89}, {9.17, 54.89}}) {
    auto& point = *footprint.add_outline();
    point.set_longitude_deg(longitude);
    point.set_latitude_deg(latitude);
  }
  footprint.set_area_m2(6.4e6);
  footprint.mutable_center()->set_longitude_deg(9.185);
  footprint.set_shortest_pixel_m(0.25);
  footprint.set_longest_pixel_m(1.5);
  response.mutable_pose()->add_notes("roll is assumed to be 0");
  response.mutable_segment()->set_model("sea");
  return response;
}

}  // namespace sightline::cli

#endif  // SIGHTLINE_TESTS_SERVICE_TOOLS_SIGHTLINE_GEOREF_ANSWERS_H_
