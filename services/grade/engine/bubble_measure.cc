#include "services/grade/engine/bubble_measure.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <iterator>

namespace sightline::grade {
namespace {

// Shares of the printed size: what is surely within the line, and what lies
// beyond it.
constexpr double kInsideShare = 0.76;
constexpr double kAroundShare = 1.2;
// The outline lies between these.
constexpr double kRimFrom = 0.92;
constexpr double kRimTo = 1.2;
// Ring of paper, samples.
constexpr double kAroundSamples = 5;
// The path around a bubble on which lines that leave it are seen, its points,
// and what is ink there, as a share of the paper.
constexpr double kPathShare = 1.3;
constexpr int kPathPoints = 32;
constexpr float kPathInk = 0.7f;
// Points of a thin line's crossings; more is a scribble or print.
constexpr int kMostCrossed = 10;
// Ring quarters that differ by no more than this share lie in even light.
constexpr float kEvenPaper = 0.08f;
// How far a bubble may be from where its neighbours are.
constexpr int kOwnShift = 2;

// Quantiles of 8-bit samples by counting.
class Histogram {
 public:
  void Add(uint8_t value) {
    ++counts_[value];
    ++total_;
  }
  // The gray below which a share of `q` of the samples lies.
  int Quantile(double q) const {
    int left = static_cast<int>(q * (total_ - 1));
    for (int gray = 0; gray < 256; ++gray) {
      left -= counts_[gray];
      if (left < 0) return gray;
    }
    return 255;
  }

 private:
  std::array<uint16_t, 256> counts_{};
  int total_ = 0;
};

// The ring of paper around a bubble, in four quarters that meet at its
// diagonals.
std::array<std::vector<int>, 4> Around(const GroupPrint& print) {
  const PatchFrame& frame = print.frame;
  const double half_width = frame.half_width * print.scale_x * kAroundShare;
  const double half_height = frame.half_height * print.scale_y * kAroundShare;
  std::vector<bool> is_bubble(static_cast<size_t>(frame.width) * frame.height);
  for (const int offset :
       SamplesInside(print.shape, frame, half_width, half_height)) {
    is_bubble[offset] = true;
  }
  std::array<std::vector<int>, 4> around;
  for (const int offset : SamplesInside(BubbleShape::kRectangle, frame,
                                        half_width + kAroundSamples,
                                        half_height + kAroundSamples)) {
    if (is_bubble[offset]) continue;
    const int column = offset % frame.width;
    const int row = offset / frame.width;
    const double x =
        (column + 0.5 - frame.width / 2.0) / (half_width + kAroundSamples);
    const double y =
        (row + 0.5 - frame.height / 2.0) / (half_height + kAroundSamples);
    const int quarter =
        std::abs(x) > std::abs(y) ? (x > 0 ? 0 : 1) : (y > 0 ? 2 : 3);
    around[quarter].push_back(offset);
  }
  return around;
}

std::vector<int> Within(const GroupPrint& print, double share) {
  return SamplesInside(print.shape, print.frame,
                       print.frame.half_width * print.scale_x * share,
                       print.frame.half_height * print.scale_y * share);
}

std::vector<int> WithinRim(const GroupPrint& print) {
  const std::vector<int> inner = Within(print, kRimFrom);
  std::vector<int> rim = Within(print, kRimTo);
  std::vector<int> between;
  std::sort(rim.begin(), rim.end());
  std::set_difference(rim.begin(), rim.end(), inner.begin(), inner.end(),
                      std::back_inserter(between));
  return between;
}

// Points around a bubble, clockwise from its right.
std::vector<int> Path(const GroupPrint& print) {
  const PatchFrame& frame = print.frame;
  std::vector<int> path;
  for (int i = 0; i < kPathPoints; ++i) {
    const double angle = 2 * M_PI * i / kPathPoints;
    double x = std::cos(angle);
    double y = std::sin(angle);
    if (print.shape != BubbleShape::kEllipse) {
      const double longer = std::max(std::abs(x), std::abs(y));
      x /= longer;
      y /= longer;
    }
    const int column = static_cast<int>(
        frame.width / 2.0 + x * kPathShare * frame.half_width * print.scale_x);
    const int row =
        static_cast<int>(frame.height / 2.0 +
                         y * kPathShare * frame.half_height * print.scale_y);
    path.push_back(row * frame.width + column);
  }
  return path;
}

// Whether ink on a path lies on opposite sides, three eighths of a turn or more
// apart, and on little else.
bool IsCrossed(const uint8_t* samples, const std::vector<int>& path,
               float paper) {
  std::array<bool, kPathPoints> is_ink;
  int count = 0;
  for (int i = 0; i < kPathPoints; ++i) {
    is_ink[i] = samples[path[i]] < kPathInk * paper;
    count += is_ink[i];
  }
  if (count < 2 || count > kMostCrossed) return false;
  for (int i = 0; i < kPathPoints; ++i) {
    for (int apart = 3 * kPathPoints / 8; apart <= kPathPoints / 2; ++apart) {
      if (is_ink[i] && is_ink[(i + apart) % kPathPoints]) return true;
    }
  }
  return false;
}

// Room for the ring of paper and for a bubble that goes its own way.
GroupPrint CloseUp(const GroupPrint& print) {
  GroupPrint close = print;
  const double reach = kAroundSamples + kOwnShift;
  close.frame = print.frame.Reaching(
      print.frame.half_width * print.scale_x * kAroundShare + reach,
      print.frame.half_height * print.scale_y * kAroundShare + reach);
  return close;
}

}  // namespace

double MatchOf(const BubbleMeasure& measure, const GroupPrint& print) {
  if (!measure.is_inside) return 0;
  if (!print.has_outlines) {
    // Where nothing but letters is printed nothing shows a wrong place.
    return print.letter_share;
  }
  const double from = print.clutter;
  const double to = std::max(0.6 * print.outline, from + 1e-6);
  return std::clamp((measure.outline - from) / (to - from), 0.0, 1.0);
}

BubbleMeter::BubbleMeter(const GroupPrint& print)
    : print_(CloseUp(print)),
      outline_(print_.MakeOutline()),
      inside_(Within(print_, kInsideShare)),
      around_(Around(print_)),
      rim_(WithinRim(print_)),
      path_(Path(print_)),
      own_shift_(print_.has_outlines ? kOwnShift : 0),
      map_(print_.frame) {}

BubbleMeasure BubbleMeter::Measure(const GrayImage& scan,
                                   const Homography& page_to_scan,
                                   PixelPoint center, Shift expected) {
  BubbleMeasure measure;
  const PatchFrame& frame = print_.frame;
  const PixelPoint place = {center.x + expected.x * frame.pitch,
                            center.y + expected.y * frame.pitch};
  SamplePatch(scan, page_to_scan, place, frame, patch_);
  if (!patch_.is_mapped) return measure;
  map_.Clear();
  map_.Add(patch_.samples);
  Shift best;
  float best_score = -1;
  for (int y = -own_shift_; y <= own_shift_; ++y) {
    for (int x = -own_shift_; x <= own_shift_; ++x) {
      // A bubble goes its own way only for a clearly better outline.
      const float score =
          outline_.Score(map_, {x, y}) / (1 + 0.1f * (x * x + y * y));
      if (score > best_score) {
        best_score = score;
        best = {x, y};
      }
    }
  }
  measure.outline = outline_.Score(map_, best);

  const int width = frame.width;
  const int start = best.y * width + best.x;
  const uint8_t* samples = patch_.samples.data();
  Histogram inside;
  int64_t sum = 0;
  for (const int offset : inside_) {
    const uint8_t sample = samples[start + offset];
    inside.Add(sample);
    sum += sample;
  }
  measure.inside = static_cast<float>(sum) / inside_.size();
  sum = 0;
  for (const int offset : rim_) sum += samples[start + offset];
  measure.rim = static_cast<float>(sum) / std::max<size_t>(1, rim_.size());
  measure.light = inside.Quantile(0.7);
  measure.dark = inside.Quantile(0.12);

  // Across a shadow's edge the paper under the bubble lies between the paper on
  // either side; and one side may be full of ink.
  std::array<float, 4> papers;
  for (size_t quarter = 0; quarter < around_.size(); ++quarter) {
    Histogram around;
    for (const int offset : around_[quarter]) {
      around.Add(samples[start + offset]);
    }
    papers[quarter] = around.Quantile(0.85);
  }
  std::sort(papers.begin(), papers.end());
  measure.paper = (papers[1] + papers[2]) / 2;
  measure.darkest_paper = papers[0];
  if (papers[3] - papers[0] < kEvenPaper * papers[3]) {
    // On even ground the bubble's own inside may be the best paper there is:
    // white on a tinted row, or surrounded by print.
    measure.paper =
        std::max(measure.paper, static_cast<float>(inside.Quantile(0.9)));
    measure.darkest_paper = measure.paper;
  }
  measure.is_crossed = IsCrossed(samples + start, path_, measure.paper);
  measure.center =
      patch_.ToScan(frame.width / 2.0 + best.x, frame.height / 2.0 + best.y);
  const double half_x = frame.half_width;
  const double half_y = frame.half_height;
  measure.is_inside = true;
  for (const double x : {-half_x, half_x}) {
    for (const double y : {-half_y, half_y}) {
      const PixelPoint corner =
          patch_.ToScan(frame.width / 2.0 + best.x + x * 0.8,
                        frame.height / 2.0 + best.y + y * 0.8);
      measure.is_inside = measure.is_inside && corner.x >= 0 && corner.y >= 0 &&
                          corner.x <= scan.width() && corner.y <= scan.height();
    }
  }
  return measure;
}

}  // namespace sightline::grade
