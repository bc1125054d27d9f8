// The page as it was printed: what a scan is registered to.
#ifndef SIGHTLINE_SERVICES_ALIGN_ENGINE_REFERENCE_H_
#define SIGHTLINE_SERVICES_ALIGN_ENGINE_REFERENCE_H_

#include <optional>
#include <vector>

#include "common/geometry/homography.h"
#include "common/image/image.h"
#include "services/align/engine/aruco.h"

namespace sightline::align {

enum class MarkerKind { kImage, kRing, kSquare, kAruco };

// A mark printed for registration.
struct Marker {
  MarkerKind kind = MarkerKind::kImage;
  // Centre and size in page units.
  PixelPoint center;
  PixelSize size;
  // How it looks (kImage only), any resolution, cropped to the marker.
  GrayImage image;
  // Which one it is (kAruco only); the size includes the black border.
  ArucoDictionary dictionary = ArucoDictionary::k4x4_50;
  int id = 0;
};

enum class ShapeKind {
  kEllipse,
  kRectangle,
  kBrackets,
  // No bubble: a filled rectangle, such as a timing mark.
  kSolid,
};

// A printed answer bubble: an outline whose inside may differ on every scan.
struct PrintedShape {
  // Centre and box in page units.
  PixelPoint center;
  PixelSize size;
  ShapeKind kind = ShapeKind::kEllipse;
};

// Equal dark bars at equal distances in a line.
struct TimingTrack {
  // Centres of the first and the last mark, page units.
  PixelPoint first;
  PixelPoint last;
  // Marks, both ends counted.
  int count = 0;
  // Of one mark, page units.
  PixelSize mark;
};

// A page. Coordinates are page units, corner-based: (0, 0)..(width, height).
struct Reference {
  PixelSize page;
  // The blank page, edge to edge, at any resolution.
  std::optional<GrayImage> image;
  std::vector<Marker> markers;
  // Left out when features of `image` are chosen; the printed structure to
  // verify against when there is no image.
  std::vector<PrintedShape> shapes;
  std::vector<TimingTrack> timing_tracks = {};
};

}  // namespace sightline::align

#endif  // SIGHTLINE_SERVICES_ALIGN_ENGINE_REFERENCE_H_
