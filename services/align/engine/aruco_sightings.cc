#include "services/align/engine/aruco_sightings.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "services/align/engine/aruco_cells.h"
#include "services/align/engine/opencv_fit.h"
#include "services/align/engine/opencv_quads.h"
#include "services/align/engine/orientation.h"

namespace sightline::align {
namespace {

// Markers are looked for in a copy of the scan with this longer side, and read
// in the scan itself.
constexpr int kLongSide = 1200;
// Their size, relative to that in a scan that the page fills, and in pixels.
constexpr double kLeastZoom = 0.25;
constexpr double kMostZoom = 2;
constexpr double kMinPixels = 10;
// How exact corners are, thousandths of the page's width: those of several
// markers in one map, and what one marker leaves at the page's far end.
constexpr double kCornerTolerance = 6;
constexpr double kReachOfSeveral = 12;
constexpr double kReachOfOne = 40;
// Sightings that are tried alone.
constexpr size_t kMaxAlone = 8;
// Places around the expected one where cells are read, cells: a position is
// exact to less, paper bends by more.
constexpr double kShifts[][2] = {{0, 0},      {0.4, 0},    {-0.4, 0},
                                 {0, 0.4},    {0, -0.4},   {0.3, 0.3},
                                 {-0.3, 0.3}, {0.3, -0.3}, {-0.3, -0.3}};

Quad CornersOfMarker(const Marker& marker) {
  const double x = marker.size.width / 2;
  const double y = marker.size.height / 2;
  const PixelPoint& c = marker.center;
  return {PixelPoint{c.x - x, c.y - y},
          {c.x + x, c.y - y},
          {c.x + x, c.y + y},
          {c.x - x, c.y + y}};
}

std::optional<Homography> CellsToScan(const Quad& quad, int side) {
  const double across = side + 2;
  return Homography::FromQuads(CornersOf({across, across}), quad);
}

std::vector<ArucoDictionary> DictionariesOf(
    const std::vector<Marker>& markers) {
  std::vector<ArucoDictionary> used;
  for (const Marker& marker : markers) {
    if (marker.kind != MarkerKind::kAruco ||
        std::find(used.begin(), used.end(), marker.dictionary) != used.end()) {
      continue;
    }
    used.push_back(marker.dictionary);
  }
  return used;
}

// The marker that `quad` is; nullopt if none.
std::optional<ArucoSighting> Read(const GrayView& scan, const Quad& quad,
                                  ArucoDictionary dictionary,
                                  const std::vector<Marker>& markers) {
  const int side = ArucoSide(dictionary);
  const std::optional<Homography> map = CellsToScan(quad, side);
  if (!map.has_value()) return std::nullopt;
  const std::optional<uint64_t> cells = ReadCells(scan, *map, side);
  if (!cells.has_value()) return std::nullopt;
  const std::optional<ArucoReading> reading = ReadAruco(dictionary, *cells);
  if (!reading.has_value()) return std::nullopt;
  for (size_t i = 0; i < markers.size(); ++i) {
    const Marker& marker = markers[i];
    if (marker.kind != MarkerKind::kAruco || marker.dictionary != dictionary ||
        marker.id != reading->id) {
      continue;
    }
    return ArucoSighting{static_cast<int>(i),
                         BegunAt(quad, reading->quarter_turns),
                         reading->distance};
  }
  return std::nullopt;
}

void AddPairs(const ArucoSighting& sighting, const std::vector<Marker>& markers,
              std::vector<PointPair>& pairs) {
  const Quad on_page = CornersOfMarker(markers[sighting.marker]);
  for (int i = 0; i < 4; ++i) {
    pairs.push_back({sighting.corners[i], on_page[i]});
  }
}

}  // namespace

std::vector<ArucoSighting> FindAruco(const std::vector<Marker>& markers,
                                     double expected, ScanImages& scan) {
  std::vector<ArucoSighting> sightings;
  const std::vector<ArucoDictionary> dictionaries = DictionariesOf(markers);
  if (dictionaries.empty()) return sightings;
  const GrayImage image = scan.Scaled(kLongSide);
  const double scale_x = static_cast<double>(scan.width()) / image.width();
  const double scale_y = static_cast<double>(scan.height()) / image.height();
  const double here = expected / scale_x;
  const GrayView full = scan.LevelFor(1).view;
  for (Quad quad : FindDarkQuads(image, std::max(kMinPixels, kLeastZoom * here),
                                 std::max(2 * kMinPixels, kMostZoom * here))) {
    for (PixelPoint& corner : quad) {
      corner = {corner.x * scale_x, corner.y * scale_y};
    }
    quad = RefineCorners(full, quad);
    for (const ArucoDictionary dictionary : dictionaries) {
      const std::optional<ArucoSighting> sighting =
          Read(full, quad, dictionary, markers);
      if (!sighting.has_value()) continue;
      // Things have two outlines.
      const bool is_known = std::any_of(
          sightings.begin(), sightings.end(), [&](const ArucoSighting& other) {
            return other.marker == sighting->marker &&
                   std::hypot(other.corners[0].x - sighting->corners[0].x,
                              other.corners[0].y - sighting->corners[0].y) <
                       here * scale_x / 4;
          });
      if (!is_known) sightings.push_back(*sighting);
    }
  }
  std::stable_sort(sightings.begin(), sightings.end(),
                   [](const ArucoSighting& a, const ArucoSighting& b) {
                     return a.distance < b.distance;
                   });
  return sightings;
}

std::vector<Proposal> ProposalsOf(const std::vector<ArucoSighting>& sightings,
                                  const std::vector<Marker>& markers,
                                  PixelSize page) {
  std::vector<Proposal> proposals;
  std::vector<PointPair> all;
  for (const ArucoSighting& sighting : sightings) {
    AddPairs(sighting, markers, all);
  }
  if (sightings.size() > 1) {
    const std::optional<Fit> fit =
        FitHomography(all, kCornerTolerance * page.width / 1000);
    // More than the corners of one.
    if (fit.has_value() && fit->inliers.size() > 5) {
      proposals.push_back({fit->map, kReachOfSeveral, std::nullopt});
    }
  }
  for (size_t i = 0; i < std::min(kMaxAlone, sightings.size()); ++i) {
    std::vector<PointPair> pairs;
    AddPairs(sightings[i], markers, pairs);
    const std::optional<Fit> fit =
        FitSimilarity(pairs, kCornerTolerance * page.width / 1000);
    if (fit.has_value()) {
      proposals.push_back({fit->map, kReachOfOne, std::nullopt});
    }
    // A phone's view: the corners show some of its perspective.
    const std::optional<Homography> by_corners = Homography::FromQuads(
        sightings[i].corners, CornersOfMarker(markers[sightings[i].marker]));
    if (by_corners.has_value()) {
      proposals.push_back({*by_corners, kReachOfOne, std::nullopt});
    }
  }
  return proposals;
}

ArucoAgreement CompareAruco(const std::vector<Marker>& markers,
                            const Homography& scan_to_page, ScanImages& scan) {
  ArucoAgreement agreement;
  const std::optional<Homography> page_to_scan = scan_to_page.Inverse();
  if (!page_to_scan.has_value()) return agreement;
  const GrayView full = scan.LevelFor(1).view;
  for (const Marker& marker : markers) {
    if (marker.kind != MarkerKind::kAruco) continue;
    const int side = ArucoSide(marker.dictionary);
    const double across = side + 2;
    bool is_in_scan = true;
    for (const PixelPoint& corner : CornersOfMarker(marker)) {
      const PixelPoint p = page_to_scan->Map(corner);
      is_in_scan &=
          p.x >= 0 && p.y >= 0 && p.x <= full.width && p.y <= full.height;
    }
    if (!is_in_scan) continue;
    ++agreement.in_scan;
    const Homography cells_to_page =
        Homography::Translation(marker.center.x - marker.size.width / 2,
                                marker.center.y - marker.size.height / 2) *
        Homography::Scale(marker.size.width / across,
                          marker.size.height / across);
    std::optional<ArucoReading> best;
    for (const auto& [x, y] : kShifts) {
      const std::optional<uint64_t> cells = ReadCells(
          full, *page_to_scan * cells_to_page * Homography::Translation(x, y),
          side);
      if (!cells.has_value()) continue;
      const std::optional<ArucoReading> reading =
          ReadAruco(marker.dictionary, *cells);
      if (!reading.has_value()) continue;
      if (!best.has_value() || reading->distance < best->distance) {
        best = reading;
      }
      if (best->distance == 0) break;
    }
    if (!best.has_value()) continue;
    const bool is_right = best->id == marker.id && best->quarter_turns == 0;
    agreement.agree += is_right;
    agreement.contradict += !is_right && best->distance == 0;
  }
  return agreement;
}

}  // namespace sightline::align
