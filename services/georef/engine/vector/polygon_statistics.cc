#include "services/georef/engine/vector/polygon_statistics.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "services/georef/engine/reasons.h"
#include "services/georef/engine/vector/mask_check.h"
#include "services/georef/engine/vector/memory_guard.h"

namespace sightline::georef {
namespace {

constexpr size_t kPolygonsPerPoll = 256;
constexpr int kRowsPerPoll = 64;

absl::Status ConfidenceError(absl::string_view field,
                             absl::string_view problem) {
  return Error(absl::StatusCode::kInvalidArgument, kConfidenceInvalid)
      .Field(field, problem);
}

// Sums what runs of pixels hold.
class ByteSum {
 public:
  // False if a value is no confidence.
  bool Add(const uint8_t* labels, const uint8_t* values, int count,
           uint8_t label) {
    uint32_t sum = 0;
    uint32_t pixels = 0;
    uint8_t minimum = 255;
    for (int i = 0; i < count; ++i) {
      const bool counts = labels[i] == label;
      sum += counts ? values[i] : 0;
      pixels += counts;
      minimum = std::min<uint8_t>(minimum, counts ? values[i] : 255);
    }
    sum_ += sum;
    pixels_ += pixels;
    minimum_ = std::min(minimum_, minimum);
    return true;
  }
  PolygonConfidence Confidence() const {
    return {static_cast<double>(sum_) / (255.0 * static_cast<double>(pixels_)),
            minimum_ / 255.0, pixels_};
  }
  int64_t pixels() const { return pixels_; }

 private:
  int64_t sum_ = 0;
  int64_t pixels_ = 0;
  uint8_t minimum_ = 255;
};

class FloatSum {
 public:
  bool Add(const uint8_t* labels, const float* values, int count,
           uint8_t label) {
    bool all_good = true;
    for (int i = 0; i < count; ++i) {
      if (labels[i] != label) continue;
      const float value = values[i];
      // Written so that what is no number fails.
      all_good &= value >= 0 && value <= 1;
      sum_ += value;
      minimum_ = std::min(minimum_, value);
      ++pixels_;
    }
    return all_good;
  }
  PolygonConfidence Confidence() const {
    return {sum_ / static_cast<double>(pixels_), minimum_, pixels_};
  }
  int64_t pixels() const { return pixels_; }

 private:
  double sum_ = 0;
  int64_t pixels_ = 0;
  float minimum_ = 1;
};

// A vertical edge: it bounds the rows of pixels top..bottom - 1.
struct Edge {
  int32_t x;
  int32_t top;
  int32_t bottom;
};

template <typename Confidences, typename Sum>
class Meter {
 public:
  Meter(const LabelMask& mask, const TracedPolygons& traced,
        const Confidences& confidences)
      : mask_(mask), traced_(traced), confidences_(confidences) {}

  absl::StatusOr<std::vector<PolygonConfidence>> Measure(
      const StopToken& stop) {
    std::vector<PolygonConfidence> all;
    all.reserve(traced_.polygons.size());
    for (size_t i = 0; i < traced_.polygons.size(); ++i) {
      if (i % kPolygonsPerPoll == 0) SL_RETURN_IF_ERROR(stop.Poll());
      const TracedPolygon& polygon = traced_.polygons[i];
      SL_RETURN_IF_ERROR(CollectEdges(i));
      Sum sum;
      SL_RETURN_IF_ERROR(Scan(polygon.label, stop, sum));
      if (sum.pixels() == 0) {
        return ConfidenceError(absl::StrCat("polygons[", i, "]"),
                               "covers no pixel of its label on this mask");
      }
      all.push_back(sum.Confidence());
    }
    return all;
  }

 private:
  absl::Status CollectEdges(size_t polygon) {
    edges_.clear();
    for (const TracedRing& ring : traced_.RingsOf(traced_.polygons[polygon])) {
      const auto vertices = traced_.VerticesOf(ring);
      for (size_t i = 0; i < vertices.size(); ++i) {
        const PixelCorner a = vertices[i];
        const PixelCorner b = vertices[i + 1 == vertices.size() ? 0 : i + 1];
        if ((a.x != b.x && a.y != b.y) || a.x < 0 || a.y < 0 ||
            a.x > mask_.width || a.y > mask_.height) {
          return ConfidenceError(
              absl::StrCat("polygons[", polygon, "]"),
              absl::StrCat("does not run along pixels of the mask at (", a.x,
                           ", ", a.y, "); give the outlines as traced"));
        }
        if (a.x == b.x && a.y != b.y) {
          edges_.push_back({a.x, std::min(a.y, b.y), std::max(a.y, b.y)});
        }
      }
    }
    std::sort(edges_.begin(), edges_.end(), [](const Edge& a, const Edge& b) {
      return a.top != b.top ? a.top < b.top : a.x < b.x;
    });
    return absl::OkStatus();
  }

  // Row by row, between each edge with an odd number and the next one.
  absl::Status Scan(uint8_t label, const StopToken& stop, Sum& sum) {
    active_.clear();
    size_t next = 0;
    for (int y = edges_.empty() ? 0 : edges_[0].top;
         next < edges_.size() || !active_.empty(); ++y) {
      if (y % kRowsPerPoll == 0) SL_RETURN_IF_ERROR(stop.Poll());
      std::erase_if(active_, [y](const Edge& e) { return e.bottom <= y; });
      const auto kept = static_cast<ptrdiff_t>(active_.size());
      for (; next < edges_.size() && edges_[next].top <= y; ++next) {
        active_.push_back(edges_[next]);
      }
      // In place: what allocates would go unnoticed by the promise of bytes.
      if (kept < static_cast<ptrdiff_t>(active_.size())) {
        std::sort(active_.begin(), active_.end(),
                  [](const Edge& a, const Edge& b) { return a.x < b.x; });
      }
      for (size_t i = 0; i + 1 < active_.size(); i += 2) {
        const int left = active_[i].x;
        if (!sum.Add(mask_.labels + y * mask_.stride + left,
                     confidences_.values + y * confidences_.stride + left,
                     active_[i + 1].x - left, label)) {
          return ConfidenceError(
              "confidences",
              absl::StrCat("hold a value that is not 0 to 1 in row ", y));
        }
      }
    }
    return absl::OkStatus();
  }

  const LabelMask& mask_;
  const TracedPolygons& traced_;
  const Confidences& confidences_;
  std::vector<Edge> edges_;
  // Those that bound the current row, from left to right.
  std::vector<Edge> active_;
};

template <typename Sum, typename Confidences>
absl::StatusOr<std::vector<PolygonConfidence>> Measure(
    const LabelMask& mask, const TracedPolygons& traced,
    const Confidences& confidences, const StopToken& stop) {
  SL_RETURN_IF_ERROR(CheckMask(mask));
  if (confidences.values == nullptr) {
    return ConfidenceError("confidences", "are missing");
  }
  if (confidences.stride < mask.width) {
    return ConfidenceError(
        "confidences.stride",
        absl::StrCat("is ", confidences.stride, ", below the width of ",
                     mask.width, " pixels"));
  }
  return WithinMemory<std::vector<PolygonConfidence>>([&] {
    return Meter<Confidences, Sum>(mask, traced, confidences).Measure(stop);
  });
}

}  // namespace

absl::StatusOr<std::vector<PolygonConfidence>> MeasureConfidence(
    const LabelMask& mask, const TracedPolygons& traced,
    const ByteConfidences& confidences, const StopToken& stop) {
  return Measure<ByteSum>(mask, traced, confidences, stop);
}

absl::StatusOr<std::vector<PolygonConfidence>> MeasureConfidence(
    const LabelMask& mask, const TracedPolygons& traced,
    const FloatConfidences& confidences, const StopToken& stop) {
  return Measure<FloatSum>(mask, traced, confidences, stop);
}

int64_t MeasureConfidenceBytes(const TracedPolygons& traced) {
  const auto vertices = static_cast<int64_t>(traced.vertices.size());
  const auto polygons = static_cast<int64_t>(traced.polygons.size());
  // Every other edge is vertical. Vectors that grow hold up to three times what
  // is asked of them.
  return 3 * vertices * int64_t{sizeof(Edge)} +
         polygons * int64_t{sizeof(PolygonConfidence)} + (4 << 10);
}

}  // namespace sightline::georef
