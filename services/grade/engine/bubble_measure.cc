#include "services/grade/engine/bubble_measure.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>

namespace sightline::grade {
namespace {

// Shares of the printed size: what is surely within the line, what only a
// letter or a mark reaches, and what lies beyond the line.
constexpr double kInsideShare = 0.76;
constexpr double kMiddleShare = 0.5;
constexpr double kAroundShare = 1.2;
// Ring of paper, samples.
constexpr double kAroundSamples = 5;
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

}  // namespace

BubbleMeter::BubbleMeter(const GroupPrint& print)
    : frame_(print.frame),
      outline_(print.MakeOutline()),
      inside_(SamplesInside(
          print.shape, print.frame,
          print.frame.half_width * print.scale_x * kInsideShare,
          print.frame.half_height * print.scale_y * kInsideShare)),
      middle_(SamplesInside(
          print.shape, print.frame,
          print.frame.half_width * print.scale_x * kMiddleShare,
          print.frame.half_height * print.scale_y * kMiddleShare)),
      around_(Around(print)),
      own_shift_(print.has_outlines ? kOwnShift : 0),
      max_shift_x_(outline_.max_shift_x()),
      max_shift_y_(outline_.max_shift_y()),
      map_(print.frame) {}

BubbleMeasure BubbleMeter::Measure(const GrayImage& scan,
                                   const Homography& page_to_scan,
                                   PixelPoint center, Shift expected) {
  BubbleMeasure measure;
  SamplePatch(scan, page_to_scan, center, frame_, patch_);
  if (!patch_.is_mapped) return measure;
  map_.Clear();
  map_.Add(patch_.samples);
  expected.x = std::clamp(expected.x, -max_shift_x_, max_shift_x_);
  expected.y = std::clamp(expected.y, -max_shift_y_, max_shift_y_);
  Shift best = expected;
  float best_score = -1;
  for (int y = expected.y - own_shift_; y <= expected.y + own_shift_; ++y) {
    if (std::abs(y) > max_shift_y_) continue;
    for (int x = expected.x - own_shift_; x <= expected.x + own_shift_; ++x) {
      if (std::abs(x) > max_shift_x_) continue;
      // A bubble goes its own way only for a clearly better outline.
      const int far = (x - expected.x) * (x - expected.x) +
                      (y - expected.y) * (y - expected.y);
      const float score = outline_.Score(map_, {x, y}) / (1 + 0.1f * far);
      if (score > best_score) {
        best_score = score;
        best = {x, y};
      }
    }
  }
  measure.outline = outline_.Score(map_, best);

  const int width = frame_.width;
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
  measure.light = inside.Quantile(0.7);
  float middle = 0;
  for (const int offset : middle_) middle += map_.data()[start + offset];
  measure.middle = middle / middle_.size();

  // Across a shadow's edge the paper under the bubble lies between the paper on
  // either side; and one side may be full of ink.
  std::array<float, 4> papers;
  const int end = static_cast<int>(patch_.samples.size());
  for (size_t quarter = 0; quarter < around_.size(); ++quarter) {
    Histogram around;
    for (const int offset : around_[quarter]) {
      // The ring of a displaced bubble may leave the patch.
      const int at = start + offset;
      if (at >= 0 && at < end) around.Add(samples[at]);
    }
    papers[quarter] = around.Quantile(0.85);
  }
  std::sort(papers.begin(), papers.end());
  measure.paper = (papers[1] + papers[2]) / 2;
  if (papers[3] - papers[0] < kEvenPaper * papers[3]) {
    // On even ground the bubble's own inside may be the best paper there is:
    // white on a tinted row, or surrounded by print.
    measure.paper =
        std::max(measure.paper, static_cast<float>(inside.Quantile(0.9)));
  }
  measure.center =
      patch_.ToScan(frame_.width / 2.0 + best.x, frame_.height / 2.0 + best.y);
  const double half_x = frame_.half_width;
  const double half_y = frame_.half_height;
  measure.is_inside = true;
  for (const double x : {-half_x, half_x}) {
    for (const double y : {-half_y, half_y}) {
      const PixelPoint corner =
          patch_.ToScan(frame_.width / 2.0 + best.x + x * 0.8,
                        frame_.height / 2.0 + best.y + y * 0.8);
      measure.is_inside = measure.is_inside && corner.x >= 0 && corner.y >= 0 &&
                          corner.x <= scan.width() && corner.y <= scan.height();
    }
  }
  return measure;
}

}  // namespace sightline::grade
