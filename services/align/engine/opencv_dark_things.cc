#include "services/align/engine/opencv_dark_things.h"

#include <algorithm>
#include <opencv2/imgproc.hpp>
#include <utility>
#include <vector>

namespace sightline::align {
namespace {

using Outlines = std::vector<std::vector<cv::Point>>;

// How much darker than its surroundings ink is, gray levels: a third of what
// is left in low light.
constexpr double kMinDarkness = 8;
// Width to height of a thing's box: a tilted page foreshortens marks.
constexpr double kMaxAspect = 1.7;
// Lines up to this wide are cut off, pixels.
constexpr int kLineWidth = 4;

double SizeOf(const cv::Rect& box) { return (box.width + box.height) / 2.0; }

// The connected parts of a mask, and how large they are.
class Parts {
 public:
  Parts(const cv::Mat& mask, int connectivity) {
    const int count =
        cv::connectedComponents(mask, labels_, connectivity, CV_32S);
    boxes_.resize(count);
    for (int y = 0; y < labels_.rows; ++y) {
      ForEachRun(y, [&](int label, int begin, int end) {
        const cv::Rect run(begin, y, end - begin, 1);
        boxes_[label] = boxes_[label].empty() ? run : boxes_[label] | run;
      });
    }
  }

  // Sets the pixels of those below `size` to `value`.
  void Paint(double size, uint8_t value, cv::Mat& image) const {
    for (int y = 0; y < labels_.rows; ++y) {
      uint8_t* row = image.ptr<uint8_t>(y);
      ForEachRun(y, [&](int label, int begin, int end) {
        if (label > 0 && SizeOf(boxes_[label]) < size) {
          std::fill(row + begin, row + end, value);
        }
      });
    }
  }

 private:
  // Calls `use` with each run of one label in row `y`: [begin, end).
  template <typename Use>
  void ForEachRun(int y, const Use& use) const {
    const int* row = labels_.ptr<int>(y);
    for (int begin = 0; begin < labels_.cols;) {
      int end = begin + 1;
      while (end < labels_.cols && row[end] == row[begin]) ++end;
      use(row[begin], begin, end);
      begin = end;
    }
  }

  // 0 outside the mask.
  cv::Mat labels_;
  std::vector<cv::Rect> boxes_;
};

// Adds the outlines of `dark`'s things that fit, also of those that lie within
// a hole of another one: a dark table is one thing around the whole page.
void Collect(const cv::Mat& dark, double min_size, double max_size,
             Outlines& outlines) {
  Outlines contours;
  std::vector<cv::Vec4i> hierarchy;
  cv::findContours(dark, contours, hierarchy, cv::RETR_CCOMP,
                   cv::CHAIN_APPROX_SIMPLE);
  for (size_t i = 0; i < contours.size(); ++i) {
    const cv::Rect box = cv::boundingRect(contours[i]);
    const bool is_hole = hierarchy[i][3] >= 0;
    const bool is_long = std::max(box.width, box.height) >
                         kMaxAspect * std::min(box.width, box.height);
    if (is_hole || is_long || SizeOf(box) < min_size ||
        SizeOf(box) > max_size) {
      continue;
    }
    outlines.push_back(std::move(contours[i]));
  }
}

}  // namespace

DarkThings FindDarkThings(const cv::Mat& scene, double min_size,
                          double max_size) {
  DarkThings things;
  // Against the mean of a neighbourhood larger than any mark, so that a black
  // square is not hollowed out.
  const int block = std::max(3, 2 * static_cast<int>(max_size) + 1);
  cv::adaptiveThreshold(scene, things.binary, 255, cv::ADAPTIVE_THRESH_MEAN_C,
                        cv::THRESH_BINARY_INV, block, kMinDarkness);
  cv::Mat dark = things.binary.clone();
  cv::Mat solid = things.binary.clone();
  {
    const Parts light(~things.binary, 4);
    light.Paint(min_size, 255, dark);
    light.Paint(max_size, 255, solid);
  }
  // Specks and pinholes are no things, and noise has more of them than there is
  // memory for their outlines.
  Parts(dark, 8).Paint(min_size, 0, dark);
  Collect(dark, min_size, max_size, things.outlines);
  // A second time without thin parts, as rules and frames often run into
  // marks. Rings stay, as their holes are filled.
  cv::morphologyEx(solid, solid, cv::MORPH_OPEN,
                   cv::Mat::ones(kLineWidth + 1, kLineWidth + 1, CV_8UC1));
  Collect(solid, min_size, max_size, things.outlines);
  return things;
}

}  // namespace sightline::align
