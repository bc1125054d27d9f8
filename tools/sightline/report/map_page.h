// map.html: what the frames of a run show, on one map.
//
// The page needs nothing but itself: no tiles, no scripts of others, no
// network. It carries the polygons as the server gave them and a script that
// draws them with a graticule, a scale bar and the footprints of the frames.
// Whatever stands in names and answers stays text.
#ifndef SIGHTLINE_TOOLS_SIGHTLINE_REPORT_MAP_PAGE_H_
#define SIGHTLINE_TOOLS_SIGHTLINE_REPORT_MAP_PAGE_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "sightline/georef/v1/georef.pb.h"
#include "tools/sightline/output/class_palette.h"

namespace sightline::cli {

struct MapLimits {
  // Of all polygons: what a browser opens without thinking long. Frames beyond
  // are on the map with their footprints alone.
  int64_t polygon_bytes = int64_t{48} << 20;
  // Failures that are told of.
  int failures = 200;
};

// Not thread-safe.
class MapPage {
 public:
  explicit MapPage(const MapLimits& limits = {}) : limits_(limits) {}

  // One frame's outcome; polygons must have come as GeoJSON.
  void Add(absl::string_view name,
           const absl::StatusOr<georef::v1::ProcessResponse>& outcome,
           const ClassPalette& palette);

  std::string Html() const;

 private:
  const MapLimits limits_;
  // JSON objects, and script elements with the polygons of each.
  std::vector<std::string> frames_;
  std::vector<std::string> polygons_;
  int64_t polygon_bytes_ = 0;
  int frames_without_polygons_ = 0;
  std::map<uint32_t, ClassLook> classes_;
  std::vector<std::string> failures_;
  int failed_ = 0;
  int64_t features_ = 0;
};

}  // namespace sightline::cli

#endif  // SIGHTLINE_TOOLS_SIGHTLINE_REPORT_MAP_PAGE_H_
