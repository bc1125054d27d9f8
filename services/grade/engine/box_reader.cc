#include "services/grade/engine/box_reader.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "services/grade/engine/field_crop.h"
#include "services/grade/engine/reasons.h"
#include "services/grade/engine/stroke_map.h"

namespace sightline::grade {
namespace {

// The longer side of the picture that is looked at, pixels, and its shorter one
// where the scan has them: a stroke of half a millimetre is two pixels wide.
constexpr int kMaxSide = 500;
// The box's border, and what the registration leaves, as a share of the shorter
// side: left out on every side.
constexpr double kBorder = 0.1;
// Length of a stroke as a share of the shorter side: writing from here on, and
// not even doubtful below.
constexpr double kWriting = 0.28;
constexpr double kSpeck = 0.12;
// Pieces that count as ink.
constexpr double kCounted = 0.06;
// A blot: a piece this full that is shorter than this is a speck of the copier.
constexpr double kBlotFill = 0.5;
constexpr double kBlot = 0.5;
// The border where it is bent into the picture: a piece this many times as long
// as thick, along an edge and so near to it.
constexpr double kEdgeLength = 4;
constexpr double kEdge = 0.2;
// Ink lighter than this may be what shines through from the other side.
constexpr double kFaint = 0.16;
constexpr double kDoubt = 0.45;
constexpr double kSure = 0.97;

// The inside of a box, no finer than the scan.
CropFrame FrameOf(const HandwritingBox& box, const Homography& page_to_scan) {
  const double border = kBorder * std::min(box.size.width, box.size.height);
  const double width = box.size.width - 2 * border;
  const double height = box.size.height - 2 * border;
  const double pixels_per_unit =
      std::sqrt(std::abs(page_to_scan.JacobianAt(box.center)));
  CropFrame frame;
  frame.left = box.center.x - width / 2;
  frame.top = box.center.y - height / 2;
  frame.scale = std::min(kMaxSide / std::max(width, height),
                         std::isfinite(pixels_per_unit) ? pixels_per_unit : 0);
  const auto pixels = [&](double length) {
    return std::clamp(static_cast<int>(length * frame.scale), 1, kMaxSide);
  };
  frame.width = pixels(width);
  frame.height = pixels(height);
  return frame;
}

bool IsInside(const GrayImage& scan, const Homography& page_to_scan,
              const HandwritingBox& box) {
  for (const double x : {-0.5, 0.5}) {
    for (const double y : {-0.5, 0.5}) {
      const PixelPoint at =
          page_to_scan.Map({box.center.x + x * box.size.width,
                            box.center.y + y * box.size.height});
      if (!(at.x >= 0 && at.y >= 0 && at.x <= scan.width() &&
            at.y <= scan.height())) {
        return false;
      }
    }
  }
  return true;
}

// Whether a piece can be nothing but writing, by its form.
bool IsWriting(const InkPiece& piece, const CropFrame& frame) {
  const double side = std::min(frame.width, frame.height);
  const double length = piece.extent() / side;
  if (length < kWriting) return false;
  if (length < kBlot && piece.area > kBlotFill * piece.width * piece.height &&
      std::max(piece.width, piece.height) <
          2 * std::min(piece.width, piece.height)) {
    return false;
  }
  const bool is_flat = piece.width > kEdgeLength * piece.height &&
                       (piece.top + piece.height < kEdge * frame.height ||
                        piece.top > (1 - kEdge) * frame.height);
  const bool is_steep = piece.height > kEdgeLength * piece.width &&
                        (piece.left + piece.width < kEdge * side ||
                         piece.left > frame.width - kEdge * side);
  return !is_flat && !is_steep;
}

void Judge(const std::vector<InkPiece>& pieces, const CropFrame& frame,
           const HandwritingBox& box, BoxReading& box_reading) {
  FieldReading& reading = box_reading.reading;
  const double side = std::min(frame.width, frame.height);
  int64_t area = 0;
  bool is_written = false;
  double darkest = 0;
  for (const InkPiece& piece : pieces) {
    if (piece.extent() / side < kCounted) break;
    area += piece.area;
    if (!IsWriting(piece, frame)) continue;
    is_written = true;
    darkest = std::max(darkest, piece.darkness);
  }
  box_reading.ink =
      static_cast<double>(area) / (int64_t{frame.width} * frame.height);
  reading.confidence = kSure;
  if (pieces.empty() || pieces[0].extent() / side < kSpeck) {
    reading.flags = {Flag::kBlank};
    reading.needs_review = box.is_required;
    return;
  }
  if (is_written) reading.answer = box.value;
  if (is_written && darkest >= kFaint) return;
  reading.flags = {is_written ? Flag::kFaint : Flag::kAmbiguous};
  reading.confidence = kDoubt;
  reading.needs_review = true;
}

BoxReading ReadBox(const GrayImage& scan, const Homography& scan_to_page,
                   const Homography& page_to_scan, const HandwritingBox& box) {
  BoxReading box_reading;
  const CropFrame frame = FrameOf(box, page_to_scan);
  const auto picture = CutField(scan, scan_to_page, frame);
  if (picture.has_value()) {
    Judge(FindStrokes(*picture), frame, box, box_reading);
  }
  if (picture.has_value() && IsInside(scan, page_to_scan, box)) {
    return box_reading;
  }
  // Whatever is seen of it, the rest is not.
  FieldReading& reading = box_reading.reading;
  reading.flags = {Flag::kCutOff};
  reading.confidence = kDoubt;
  reading.needs_review = true;
  return box_reading;
}

}  // namespace

absl::StatusOr<std::vector<BoxReading>> ReadBoxes(
    const GrayImage& scan, const Homography& scan_to_page, const Sheet& sheet,
    const StopToken& stop) {
  std::vector<BoxReading> readings;
  if (sheet.boxes().empty()) return readings;
  const auto page_to_scan = scan_to_page.Inverse();
  if (!page_to_scan.has_value()) {
    return Error(absl::StatusCode::kInvalidArgument, kHomographySingular)
        .Message("the map from scan to page cannot be inverted");
  }
  for (const HandwritingBox& box : sheet.boxes()) {
    SL_RETURN_IF_ERROR(stop.Poll());
    readings.push_back(ReadBox(scan, scan_to_page, *page_to_scan, box));
  }
  return readings;
}

int64_t ReadBoxesBytes(const Sheet& sheet) {
  // The picture and its smoothed copy, its darkness (the noise's sample before
  // it), the ink, and the stack while it grows.
  constexpr int64_t kBytesPerPixel = 2 + 8 + 1 + 12;
  if (sheet.boxes().empty()) return 0;
  return int64_t{kMaxSide} * kMaxSide * kBytesPerPixel + 10000 * 32;
}

}  // namespace sightline::grade
