#include "services/grade/engine/mark_place.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "services/grade/engine/bubble_patch.h"
#include "services/grade/engine/quantile.h"

namespace sightline::grade {
namespace {

// Fields looked at per group, evenly chosen.
constexpr int kFieldsPerGroup = 16;
// Places looked at: this many steps to every side, each this share of the
// bubble's side.
constexpr int kSteps = 2;
constexpr double kStep = 0.3;
constexpr int kPlaces = (2 * kSteps + 1) * (2 * kSteps + 1);
constexpr int kMiddle = kPlaces / 2;
// The part of the bubble that counts: its outline does not.
constexpr double kInner = 0.8;
// Ink of a mark, beyond what empty bubbles show at the same place: at least
// this much, and this share of what they show anywhere, for letters differ.
constexpr float kMark = 0.08f;
constexpr float kLetterShare = 0.5f;
// A mark lies beside its bubble when it holds this many times as much ink
// there, and this much more.
constexpr float kTimes = 1.6f;
constexpr float kMore = 0.03f;
// Marks that can speak for a group, and for the page.
constexpr int kEnough = 3;
// Marks that may lie beside their bubbles where the others lie on theirs.
constexpr double kFew = 0.2;

using InkMap = std::array<float, kPlaces>;

class PlaceMeter {
 public:
  PlaceMeter(const GrayImage& scan, const Homography& page_to_scan)
      : scan_(scan), page_to_scan_(page_to_scan) {}

  // Ink at every place around a bubble of `size` that was read at `read`.
  bool Measure(const ReadPlace& read, PixelSize size, InkMap& map) {
    const PatchFrame frame(size);
    SamplePatch(scan_, page_to_scan_, read.center, frame, patch_);
    if (!patch_.is_mapped || !patch_.is_inside || read.paper <= 0) return false;
    Accumulate(frame, read.paper);
    const double half_x = kInner * frame.half_width;
    const double half_y = kInner * frame.half_height;
    for (int place = 0; place < kPlaces; ++place) {
      const double x = frame.width / 2.0 + (place % (2 * kSteps + 1) - kSteps) *
                                               kStep * 2 * frame.half_width;
      const double y =
          frame.height / 2.0 +
          (place / (2 * kSteps + 1) - kSteps) * kStep * 2 * frame.half_height;
      map[place] = Mean(frame, x - half_x, y - half_y, x + half_x, y + half_y);
    }
    return true;
  }

 private:
  // Sums of ink above and to the left of every sample.
  void Accumulate(const PatchFrame& frame, float paper) {
    const int stride = frame.width + 1;
    sums_.assign(static_cast<size_t>(stride) * (frame.height + 1), 0);
    for (int y = 0; y < frame.height; ++y) {
      float row = 0;
      for (int x = 0; x < frame.width; ++x) {
        const float gray =
            patch_.samples[static_cast<size_t>(y) * frame.width + x];
        row += std::max(0.0f, 1 - gray / paper);
        sums_[static_cast<size_t>(y + 1) * stride + x + 1] =
            sums_[static_cast<size_t>(y) * stride + x + 1] + row;
      }
    }
  }

  float Mean(const PatchFrame& frame, double left, double top, double right,
             double bottom) const {
    const auto clamp = [](double value, int most) {
      return std::clamp(static_cast<int>(std::lround(value)), 0, most);
    };
    const int x0 = clamp(left, frame.width - 1);
    const int y0 = clamp(top, frame.height - 1);
    const int x1 = std::max(x0 + 1, clamp(right, frame.width));
    const int y1 = std::max(y0 + 1, clamp(bottom, frame.height));
    const auto at = [&](int x, int y) {
      return sums_[static_cast<size_t>(y) * (frame.width + 1) + x];
    };
    return (at(x1, y1) - at(x0, y1) - at(x1, y0) + at(x0, y0)) /
           ((x1 - x0) * (y1 - y0));
  }

  const GrayImage& scan_;
  const Homography& page_to_scan_;
  BubblePatch patch_;
  std::vector<float> sums_;
};

struct Count {
  int marks = 0;
  int beside = 0;

  MarkPlace Place() const {
    if (marks < kEnough) return MarkPlace::kUnknown;
    if (2 * beside > marks) return MarkPlace::kBeside;
    return beside <= kFew * marks ? MarkPlace::kOnBubbles : MarkPlace::kUnknown;
  }
};

// The ink of empty bubbles: the median at every place.
InkMap TypicalOf(const std::vector<InkMap>& maps) {
  InkMap typical = {};
  std::vector<float> values;
  for (int place = 0; place < kPlaces; ++place) {
    values.clear();
    for (const InkMap& map : maps) values.push_back(map[place]);
    typical[place] = Quantile(values, 0.5);
  }
  return typical;
}

Count CountMarks(const std::vector<InkMap>& darkest, const InkMap& empty) {
  const float print = *std::max_element(empty.begin(), empty.end());
  const float least = std::max(kMark, kLetterShare * print);
  Count count;
  for (const InkMap& map : darkest) {
    float most = 0;
    for (int place = 0; place < kPlaces; ++place) {
      most = std::max(most, map[place] - empty[place]);
    }
    if (most < least) continue;
    const float own = std::max(0.0f, map[kMiddle] - empty[kMiddle]);
    ++count.marks;
    count.beside += most > kTimes * own && most > own + kMore;
  }
  return count;
}

}  // namespace

std::vector<MarkPlace> FindMarkPlaces(
    const GrayImage& scan, const Homography& page_to_scan, const Sheet& sheet,
    const std::function<ReadPlace(int f, int b)>& place) {
  std::vector<std::vector<int>> fields(sheet.group_count());
  for (size_t f = 0; f < sheet.fields().size(); ++f) {
    fields[sheet.groups()[f]].push_back(static_cast<int>(f));
  }
  PlaceMeter meter(scan, page_to_scan);
  std::vector<std::pair<float, int>> by_fill;
  std::vector<Count> counts(sheet.group_count());
  Count page;
  for (int group = 0; group < sheet.group_count(); ++group) {
    std::vector<InkMap> darkest;
    std::vector<InkMap> empty;
    const size_t step =
        (fields[group].size() + kFieldsPerGroup - 1) / kFieldsPerGroup;
    for (size_t i = 0; i < fields[group].size(); i += step) {
      const int f = fields[group][i];
      const auto& bubbles = sheet.fields()[f].bubbles;
      by_fill.clear();
      for (size_t b = 0; b < bubbles.size(); ++b) {
        const ReadPlace read = place(f, static_cast<int>(b));
        if (read.is_usable) by_fill.push_back({read.fill, static_cast<int>(b)});
      }
      if (by_fill.size() < 2) continue;
      std::sort(by_fill.begin(), by_fill.end());
      InkMap map;
      const int dark = by_fill.back().second;
      if (meter.Measure(place(f, dark), bubbles[dark].size, map)) {
        darkest.push_back(map);
      }
      // Not the lightest: its letter is the lightest, too.
      const int middle = by_fill[(by_fill.size() - 1) / 2].second;
      if (meter.Measure(place(f, middle), bubbles[middle].size, map)) {
        empty.push_back(map);
      }
    }
    if (empty.empty()) continue;
    counts[group] = CountMarks(darkest, TypicalOf(empty));
    page.marks += counts[group].marks;
    page.beside += counts[group].beside;
  }
  std::vector<MarkPlace> places;
  for (const Count& count : counts) {
    const bool follows_page =
        count.marks < kEnough && page.Place() == MarkPlace::kBeside;
    places.push_back(follows_page ? MarkPlace::kBeside : count.Place());
  }
  return places;
}

}  // namespace sightline::grade
