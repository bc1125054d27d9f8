#include "services/align/engine/printed_structure.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

#include "services/align/engine/printed_patterns.h"
#include "services/align/engine/timing_tracks.h"

namespace sightline::align {
namespace {

// Bubbles are drawn about this large: enough to see an outline, small enough
// to be quick.
constexpr double kBubblePixels = 18;
constexpr int kMinFrameWidth = 300;
constexpr int kMaxFrameWidth = 1000;
// Print may be this much smaller or larger than the layout says. Layouts are
// written by hand, and often give the box that is read, within the outline: on
// most samples the outlines are a fifth larger.
constexpr double kOutlineSizes[] = {1, 1.12, 1.25, 1.4, 0.88};
constexpr double kMarkerSizes[] = {1,    0.92, 1.09, 0.85, 1.18,
                                   0.78, 1.28, 0.71, 1.39, 0.64};
// ArUco markers are printed by programs, which know their size.
constexpr double kArucoSizeError = 0.1;
// Grid of the bubbles that are searched, two of each cell.
constexpr int kGridColumns = 7;
constexpr int kGridRows = 9;
// All are searched where there are not more than this.
constexpr int kAllSearched = 100;
// Share of the distance to the next bubble within which an outline is looked
// for: beyond a half it would be the neighbour's.
constexpr double kReachShare = 0.42;
constexpr double kMinReach = 2;
// Bubbles of one side of a comparison with a rival.
constexpr int kRivalSample = 16;

double SmallerSide(PixelSize size) { return std::min(size.width, size.height); }

int FrameWidthFor(const Reference& reference) {
  if (reference.shapes.empty()) return kMaxFrameWidth;
  std::vector<double> sides;
  for (const PrintedShape& shape : reference.shapes) {
    sides.push_back(SmallerSide(shape.size));
  }
  const auto median = sides.begin() + sides.size() / 2;
  std::nth_element(sides.begin(), median, sides.end());
  return static_cast<int>(
      std::clamp<double>(reference.page.width * kBubblePixels / *median,
                         kMinFrameWidth, kMaxFrameWidth));
}

// Timing marks are looked for as bubbles are: they, too, have neighbours that
// look the same.
std::vector<PrintedShape> ShapesAndMarks(const Reference& reference) {
  std::vector<PrintedShape> shapes = reference.shapes;
  for (const TimingTrack& track : reference.timing_tracks) {
    for (const PixelPoint& center : MarkCenters(track)) {
      shapes.push_back({center, track.mark, ShapeKind::kSolid});
    }
  }
  return shapes;
}

bool IsAlike(PixelSize a, PixelSize b) {
  return std::abs(a.width - b.width) < 0.3 &&
         std::abs(a.height - b.height) < 0.3;
}

bool IsAlike(const GrayImage& a, const GrayImage& b) {
  return a.width() == b.width() && a.height() == b.height() &&
         (a.empty() || std::memcmp(a.data(), b.data(), a.size_bytes()) == 0);
}

// Every k-th of `items`, so that at most `most` remain.
template <typename Item>
void Thin(std::vector<Item>& items, int most) {
  const int count = static_cast<int>(items.size());
  for (int i = 0; count > most && i < most; ++i) {
    items[i] = items[static_cast<size_t>(i) * count / most];
  }
  if (count > most) items.resize(most);
  items.shrink_to_fit();
}

int64_t BytesOf(const std::vector<PrintedStructure::Look>& looks) {
  int64_t bytes = 0;
  for (const PrintedStructure::Look& look : looks) {
    bytes += static_cast<int64_t>(sizeof(look));
    for (const std::optional<Patch>& patch : look.patches) {
      bytes += static_cast<int64_t>(sizeof(patch));
      if (patch.has_value()) bytes += patch->bytes();
    }
  }
  return bytes;
}

}  // namespace

PrintedStructure::PrintedStructure(const Reference& reference)
    : frame(PageFrame::OfWidth(reference.page, FrameWidthFor(reference))) {
  const std::vector<PrintedShape> shapes = ShapesAndMarks(reference);
  AddBubbles(shapes);
  timing_marks = static_cast<int>(shapes.size() - reference.shapes.size());
  ChooseSearched();
  AddMarkers(reference.markers);
  rivals = FindRivalPositions(shapes, reference.page);
  for (RivalPosition& rival : rivals) {
    Thin(rival.ours, kRivalSample);
    Thin(rival.theirs, kRivalSample);
    Thin(rival.theirs_shape, kRivalSample);
  }
}

void PrintedStructure::AddBubbles(const std::vector<PrintedShape>& shapes) {
  double nearest = frame.width;
  double gap = frame.width;
  for (size_t i = 0; i < shapes.size(); ++i) {
    const PixelPoint a = frame.ToFrame(shapes[i].center);
    for (size_t j = i + 1; j < shapes.size(); ++j) {
      const PixelPoint b = frame.ToFrame(shapes[j].center);
      const PixelSize size = frame.ToFrame(shapes[j].size);
      const double dx = std::abs(a.x - b.x);
      const double dy = std::abs(a.y - b.y);
      nearest = std::min(nearest, std::max(dx, dy));
      gap = std::min(gap, std::max(dx - size.width, dy - size.height));
    }
  }
  bubble_reach = std::max(kMinReach, kReachShare * nearest);

  std::vector<ShapeKind> kinds;
  for (const PrintedShape& shape : shapes) {
    const PixelSize size = frame.ToFrame(shape.size);
    size_t look = 0;
    while (look < bubble_looks.size() &&
           !(kinds[look] == shape.kind &&
             IsAlike(bubble_looks[look].size, size))) {
      ++look;
    }
    if (look == bubble_looks.size()) {
      Look added{size, {}};
      for (double factor : kOutlineSizes) {
        // What layouts say of marks is the print itself.
        if (shape.kind == ShapeKind::kSolid) factor = 1;
        const double left = gap - (factor - 1) * SmallerSide(size);
        const double margin =
            std::clamp(0.6 * left, 1.5, 0.35 * SmallerSide(size) + 1.5);
        added.patches.push_back(OutlinePatch(
            shape.kind, {size.width * factor, size.height * factor}, margin));
      }
      bubble_looks.push_back(std::move(added));
      kinds.push_back(shape.kind);
    }
    bubbles.push_back({frame.ToFrame(shape.center), static_cast<int>(look)});
  }
}

// The first and the last bubbles of each cell: those at the borders of blocks
// rather than those within.
void PrintedStructure::ChooseSearched() {
  const int count = static_cast<int>(bubbles.size());
  std::vector<int> in_cell(kGridColumns * kGridRows, 0);
  const auto take = [&](int i) {
    const PixelPoint& c = bubbles[i].center;
    const int column =
        std::clamp<int>(static_cast<int>(c.x * kGridColumns / frame.width), 0,
                        kGridColumns - 1);
    const int row = std::clamp<int>(
        static_cast<int>(c.y * kGridRows / frame.height), 0, kGridRows - 1);
    int& taken = in_cell[row * kGridColumns + column];
    if (count > kAllSearched && taken >= 2) return;
    ++taken;
    searched.push_back(i);
  };
  for (int i = 0; i < (count + 1) / 2; ++i) {
    take(i);
    if (count - 1 - i != i) take(count - 1 - i);
  }
}

void PrintedStructure::AddMarkers(const std::vector<Marker>& added) {
  for (size_t i = 0; i < added.size(); ++i) {
    const Marker& marker = added[i];
    const PixelSize size = frame.ToFrame(marker.size);
    Site site{frame.ToFrame(marker.center), -1};
    for (size_t j = 0; j < i && site.look < 0; ++j) {
      if (added[j].kind == marker.kind &&
          IsAlike(frame.ToFrame(added[j].size), size) &&
          IsAlike(added[j].image, marker.image)) {
        site.look = markers[j].look;
      }
    }
    if (site.look < 0) {
      Look look{size, {}};
      for (const double factor : kMarkerSizes) {
        // Each id looks different: of 64 that would be many pictures.
        if (marker.kind == MarkerKind::kAruco &&
            std::abs(factor - 1) > kArucoSizeError) {
          look.patches.push_back(std::nullopt);
          continue;
        }
        look.patches.push_back(
            MarkerPatch(marker, {size.width * factor, size.height * factor}));
      }
      site.look = static_cast<int>(marker_looks.size());
      marker_looks.push_back(std::move(look));
    }
    markers.push_back(site);
  }
}

int64_t PrintedStructure::bytes() const {
  int64_t bytes = BytesOf(bubble_looks) + BytesOf(marker_looks) +
                  static_cast<int64_t>(
                      (bubbles.capacity() + markers.capacity()) * sizeof(Site) +
                      searched.capacity() * sizeof(int));
  for (const RivalPosition& rival : rivals) {
    bytes += static_cast<int64_t>(
        sizeof(rival) +
        (rival.ours.capacity() + rival.theirs_shape.capacity()) * sizeof(int) +
        rival.theirs.capacity() * sizeof(PixelPoint));
  }
  return bytes;
}

}  // namespace sightline::align
