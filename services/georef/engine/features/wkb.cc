#include "services/georef/engine/features/wkb.h"

#include <cstdint>
#include <cstring>

namespace sightline::georef {
namespace {

constexpr uint32_t kPolygonType = 3;
constexpr uint32_t kMultiPolygonType = 6;
// Extended form: the number of the coordinate system follows the type.
constexpr uint32_t kHasEpsg = 0x20000000;

void AppendUint(uint32_t value, std::string& bytes) {
  for (int shift = 0; shift < 32; shift += 8) {
    bytes += static_cast<char>(value >> shift & 0xff);
  }
}

void AppendDouble(double value, std::string& bytes) {
  uint64_t bits;
  std::memcpy(&bits, &value, sizeof(bits));
  AppendUint(static_cast<uint32_t>(bits), bytes);
  AppendUint(static_cast<uint32_t>(bits >> 32), bytes);
}

void AppendHeader(uint32_t type, std::optional<int> epsg, std::string& bytes) {
  bytes += '\x01';  // little-endian
  AppendUint(epsg.has_value() ? type | kHasEpsg : type, bytes);
  if (epsg.has_value()) AppendUint(static_cast<uint32_t>(*epsg), bytes);
}

void AppendPoint(const MapPoint& point, std::string& bytes) {
  AppendDouble(point.longitude_deg, bytes);
  AppendDouble(point.latitude_deg, bytes);
}

void AppendPolygon(const FeatureSet& set, const MapPolygon& polygon,
                   std::optional<int> epsg, std::string& bytes) {
  AppendHeader(kPolygonType, epsg, bytes);
  AppendUint(polygon.ring_count, bytes);
  for (const MapRing& ring : set.RingsOf(polygon)) {
    AppendUint(ring.vertex_count + 1, bytes);
    for (const MapPoint& vertex : set.VerticesOf(ring)) {
      AppendPoint(vertex, bytes);
    }
    AppendPoint(set.vertices[ring.first_vertex], bytes);
  }
}

}  // namespace

std::string ToWkb(const FeatureSet& set, const Feature& feature,
                  std::optional<int> epsg) {
  std::string bytes;
  const auto polygons = set.PolygonsOf(feature);
  if (polygons.size() == 1) {
    AppendPolygon(set, polygons[0], epsg, bytes);
    return bytes;
  }
  AppendHeader(kMultiPolygonType, epsg, bytes);
  AppendUint(static_cast<uint32_t>(polygons.size()), bytes);
  for (const MapPolygon& polygon : polygons) {
    AppendPolygon(set, polygon, std::nullopt, bytes);
  }
  return bytes;
}

}  // namespace sightline::georef
