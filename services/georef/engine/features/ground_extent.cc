#include "services/georef/engine/features/ground_extent.h"

#include <algorithm>
#include <cmath>

#include "common/status/status_macros.h"

namespace sightline::georef {
namespace {

constexpr int kRowsBetweenPolls = 64;

class Rows {
 public:
  Rows(const GroundCamera& camera, int width, double least_grazing_deg)
      : camera_(camera),
        width_(width),
        least_grazing_deg_(least_grazing_deg),
        down_(-1.0 * Up(camera.place())),
        step_(camera.Direction({1, 0}) - camera.Direction({0, 0})) {}

  bool ShowsGround(int x, int y) const {
    const auto hit =
        camera_.Trace({static_cast<double>(x), static_cast<double>(y)});
    return hit.has_value() && hit->grazing_deg >= least_grazing_deg_;
  }

  // The pixel corners of a line that show ground, the last one included; empty
  // (end before begin) if none does.
  PixelInterval Corners(int y) const {
    const double steepest = Steepest(y);
    int inside = static_cast<int>(std::floor(steepest));
    if (!ShowsGround(inside, y)) {
      inside = static_cast<int>(std::ceil(steepest));
      if (!ShowsGround(inside, y)) return {0, -1};
    }
    return {Border(inside, 0, y), Border(inside, width_, y)};
  }

 private:
  // Where the line's rays are nearest to the vertical, 0..width: the angle to
  // it has one minimum along a straight line.
  double Steepest(int y) const {
    const Vector3 start = camera_.Direction({0, static_cast<double>(y)});
    const double along = Dot(step_, step_);
    const double mixed = Dot(start, step_);
    const double a = Dot(down_, start);
    const double b = Dot(down_, step_);
    const double slope = a * along - b * mixed;
    // The line looks up where it passes the vertical plane: it looks down, if
    // at all, towards the side that sinks.
    if (slope <= 0) return b > 0 ? width_ : 0;
    return std::clamp((b * Dot(start, start) - a * mixed) / slope, 0.0,
                      static_cast<double>(width_));
  }

  // The corner farthest from `inside`, towards `end`, that shows ground.
  int Border(int inside, int end, int y) const {
    if (ShowsGround(end, y)) return end;
    while (std::abs(end - inside) > 1) {
      const int middle = (inside + end) / 2;
      (ShowsGround(middle, y) ? inside : end) = middle;
    }
    return inside;
  }

  const GroundCamera& camera_;
  int width_;
  double least_grazing_deg_;
  Vector3 down_;
  Vector3 step_;
};

}  // namespace

absl::StatusOr<GroundExtent> GroundExtent::Create(const GroundCamera& camera,
                                                  int width, int height,
                                                  double least_grazing_deg,
                                                  const StopToken& stop) {
  GroundExtent extent(width, height);
  const Rows rows(camera, width, least_grazing_deg);
  if (rows.ShowsGround(0, 0) && rows.ShowsGround(width, 0) &&
      rows.ShowsGround(0, height) && rows.ShowsGround(width, height)) {
    return extent;
  }
  extent.rows_.reserve(height);
  PixelInterval upper = rows.Corners(0);
  for (int y = 0; y < height; ++y) {
    if (y % kRowsBetweenPolls == 0) SL_RETURN_IF_ERROR(stop.Poll());
    const PixelInterval lower = rows.Corners(y + 1);
    const int begin = std::max(upper.begin, lower.begin);
    const int end = std::min(upper.end, lower.end);
    extent.rows_.push_back(end > begin ? PixelInterval{begin, end}
                                       : PixelInterval{});
    upper = lower;
  }
  return extent;
}

int64_t GroundExtent::PixelsOutside() const {
  if (is_whole()) return 0;
  int64_t pixels = static_cast<int64_t>(width_) * height_;
  for (const PixelInterval& row : rows_) pixels -= row.end - row.begin;
  return pixels;
}

bool GroundExtent::BoundsVertically(const PixelCorner& from,
                                    const PixelCorner& to) const {
  if (from.x == 0 || from.x == width_) return false;
  for (int y = std::min(from.y, to.y); y < std::max(from.y, to.y); ++y) {
    if (from.x == rows_[y].begin || from.x == rows_[y].end) return true;
  }
  return false;
}

bool GroundExtent::BoundsHorizontally(const PixelCorner& from,
                                      const PixelCorner& to) const {
  if (from.y == 0 || from.y == height_) return false;
  const int begin = std::min(from.x, to.x);
  const int end = std::max(from.x, to.x);
  for (const PixelInterval& row : {rows_[from.y - 1], rows_[from.y]}) {
    if (begin < row.begin || end > row.end) return true;
  }
  return false;
}

bool GroundExtent::Bounds(absl::Span<const PixelCorner> ring) const {
  if (is_whole()) return false;
  for (size_t i = 0; i < ring.size(); ++i) {
    const PixelCorner& from = ring[i];
    const PixelCorner& to = ring[i + 1 == ring.size() ? 0 : i + 1];
    if (from.x == to.x ? BoundsVertically(from, to)
                       : BoundsHorizontally(from, to)) {
      return true;
    }
  }
  return false;
}

}  // namespace sightline::georef
