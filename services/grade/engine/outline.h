// Printed outlines of bubbles: what they look like and where they are.
#ifndef SIGHTLINE_SERVICES_GRADE_ENGINE_OUTLINE_H_
#define SIGHTLINE_SERVICES_GRADE_ENGINE_OUTLINE_H_

#include <array>
#include <cstdint>
#include <vector>

#include "services/grade/engine/bubble_patch.h"
#include "services/grade/engine/layout.h"

namespace sightline::grade {

// A displacement on a patch, in whole samples.
struct Shift {
  int x = 0;
  int y = 0;
  bool operator==(const Shift&) const = default;
};

// How dark every sample of a patch is against its own neighbourhood: lines and
// the dark side of edges stand out, shadows and gray paper do not.
class LineMap {
 public:
  explicit LineMap(const PatchFrame& frame)
      : width_(frame.width),
        height_(frame.height),
        values_(static_cast<size_t>(frame.width) * frame.height, 0.0f) {}

  // Adds the lines of `samples` (this map's size): per sample
  //   min(kCap, max(0, mean of the 7 x 7 samples around - sample) / paper),
  // paper being the brightest such mean of the patch.
  void Add(const std::vector<uint8_t>& samples);
  void Clear();
  void AddMap(const LineMap& other);
  void Divide(float by);

  int width() const { return width_; }
  int height() const { return height_; }
  const float* data() const { return values_.data(); }

 private:
  // Black ink counts no more than firm print: a scribble beside a bubble must
  // not outweigh the outlines of its neighbours.
  static constexpr float kCap = 0.25f;
  static constexpr int kRadius = 3;

  int width_;
  int height_;
  std::vector<float> values_;
  // Working space of Add().
  std::vector<int> column_sums_;
  std::vector<int> area_sums_;
};

// The points of an outline as offsets into a LineMap, in four quarters, so
// that a line that covers only one side is told from an outline.
class Outline {
 public:
  // An outline of half-sides `half_width` x `half_height` samples around the
  // middle of a patch of `frame`.
  Outline(BubbleShape shape, const PatchFrame& frame, double half_width,
          double half_height);

  // Darkness along the outline displaced by `shift`: half the mean, half that
  // of the weakest quarter. Every displaced point must lie on the map.
  float Score(const LineMap& map, Shift shift) const;

  // Share of the outline's points, 0..1, that are darker than `threshold`.
  float Coverage(const LineMap& map, Shift shift, float threshold) const;

  // Mean darkness along it.
  float Mean(const LineMap& map, Shift shift) const;

  // The largest shift to either side that keeps every point on the map.
  int max_shift_x() const { return max_shift_x_; }
  int max_shift_y() const { return max_shift_y_; }

 private:
  static constexpr int kQuarterPoints = 8;
  std::array<std::array<int, kQuarterPoints>, 4> points_;
  int max_shift_x_ = 0;
  int max_shift_y_ = 0;
};

// Offsets into a patch of all samples of `shape` with these half-sides around
// its middle.
std::vector<int> SamplesInside(BubbleShape shape, const PatchFrame& frame,
                               double half_width, double half_height);

}  // namespace sightline::grade

#endif  // SIGHTLINE_SERVICES_GRADE_ENGINE_OUTLINE_H_
