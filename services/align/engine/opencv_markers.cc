#include "services/align/engine/opencv_markers.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "services/align/engine/opencv_matrix.h"
#include "services/align/engine/pattern.h"

namespace sightline::align {
namespace {

// A picture that looks this much like itself after a quarter turn needs not
// be looked for in the others.
constexpr double kSameTurned = 0.85;
// By how much a turn must look better than the others to be told.
constexpr double kClearTurn = 0.15;
// A mark's area relative to that of the ideal shape of its box.
constexpr double kMinFill = 0.86;
constexpr double kMaxFill = 1.12;
// Width to height of a mark's box: a tilted page foreshortens it.
constexpr double kMaxAspect = 1.7;
// How much darker than its surroundings ink is, gray levels: a third of what
// is left in low light.
constexpr double kMinDarkness = 8;
// Marks are brought to this size to be compared.
constexpr int kCommonSide = 24;
// Rows correlated at once: OpenCV's correlation takes 20 bytes a pixel.
constexpr int kStripRows = 128;

double Likeness(const cv::Mat& a, const cv::Mat& b) {
  if (a.size() != b.size()) return 0;
  cv::Mat score;
  cv::matchTemplate(a, b, score, cv::TM_CCOEFF_NORMED);
  return score.at<float>(0, 0);
}

// Dark things between two sizes, each with its outline, on a paper of whatever
// brightness. Against the mean of a neighbourhood larger than any mark, so
// that a black square is not hollowed out.
struct DarkThings {
  cv::Mat binary;
  std::vector<std::vector<cv::Point>> outlines;
};

DarkThings FindDarkThings(const cv::Mat& scene, double min_size,
                          double max_size) {
  DarkThings things;
  const int block = std::max(3, 2 * static_cast<int>(max_size) + 1);
  cv::adaptiveThreshold(scene, things.binary, 255, cv::ADAPTIVE_THRESH_MEAN_C,
                        cv::THRESH_BINARY_INV, block, kMinDarkness);
  // Outer outlines, also of things that lie within a hole of another one: a
  // dark table is one thing around the whole page.
  std::vector<std::vector<cv::Point>> contours;
  std::vector<cv::Vec4i> hierarchy;
  cv::findContours(things.binary, contours, hierarchy, cv::RETR_CCOMP,
                   cv::CHAIN_APPROX_SIMPLE);
  for (size_t i = 0; i < contours.size(); ++i) {
    if (hierarchy[i][3] >= 0) continue;
    std::vector<cv::Point>& contour = contours[i];
    const cv::Rect box = cv::boundingRect(contour);
    const double size = (box.width + box.height) / 2.0;
    if (size < min_size || size > max_size) continue;
    if (std::max(box.width, box.height) >
        kMaxAspect * std::min(box.width, box.height)) {
      continue;
    }
    things.outlines.push_back(std::move(contour));
  }
  return things;
}

// The box around everything dark in a picture.
cv::Rect InkBox(const cv::Mat& picture) {
  cv::Mat dark;
  cv::threshold(picture, dark, 0, 255, cv::THRESH_BINARY_INV | cv::THRESH_OTSU);
  const cv::Rect box = cv::boundingRect(dark);
  return box.area() > 0 ? box : cv::Rect(0, 0, picture.cols, picture.rows);
}

cv::Mat AtCommonSize(const cv::Mat& image) {
  cv::Mat out;
  cv::resize(image, out, cv::Size(kCommonSide, kCommonSide), 0, 0,
             image.cols > kCommonSide ? cv::INTER_AREA : cv::INTER_LINEAR);
  return out;
}

// Adds the best places of `picture` in `strip`, which begins at row `top` of
// the image.
void CollectPeaks(const cv::Mat& strip, const cv::Mat& picture, int top,
                  double min_score, int most, std::optional<int> turns,
                  std::vector<MarkerCandidate>& candidates) {
  cv::Mat scores;
  cv::matchTemplate(strip, picture, scores, cv::TM_CCOEFF_NORMED);
  for (int i = 0; i < most; ++i) {
    double best;
    cv::Point at;
    cv::minMaxLoc(scores, nullptr, &best, nullptr, &at);
    if (!(best >= min_score)) break;
    candidates.push_back(
        {{at.x + picture.cols / 2.0, at.y + top + picture.rows / 2.0},
         (picture.cols + picture.rows) / 2.0,
         best,
         turns});
    cv::rectangle(scores,
                  cv::Point(at.x - picture.cols / 2, at.y - picture.rows / 2),
                  cv::Point(at.x + picture.cols / 2, at.y + picture.rows / 2),
                  cv::Scalar(-1), cv::FILLED);
  }
}

// How dark a contour's rim is against the paper around it, 0..1.
double RimContrast(const cv::Mat& image, const cv::Rect& box) {
  const int margin = std::max(2, box.width / 5);
  const cv::Rect wide =
      cv::Rect(box.x - margin, box.y - margin, box.width + 2 * margin,
               box.height + 2 * margin) &
      cv::Rect(0, 0, image.cols, image.rows);
  double least;
  double most;
  cv::minMaxLoc(image(wide), &least, &most);
  return most > 0 ? (most - least) / most : 0;
}

}  // namespace

void KeepBest(std::vector<MarkerCandidate>& candidates, int most) {
  std::stable_sort(candidates.begin(), candidates.end(),
                   [](const MarkerCandidate& a, const MarkerCandidate& b) {
                     return a.score > b.score;
                   });
  std::vector<MarkerCandidate> kept;
  for (const MarkerCandidate& candidate : candidates) {
    if (static_cast<int>(kept.size()) == most) break;
    const bool is_known = std::any_of(
        kept.begin(), kept.end(), [&](const MarkerCandidate& other) {
          return std::hypot(other.center.x - candidate.center.x,
                            other.center.y - candidate.center.y) <
                 0.5 * std::max(other.size, candidate.size);
        });
    if (!is_known) kept.push_back(candidate);
  }
  candidates = std::move(kept);
}

std::vector<MarkerCandidate> FindPictures(const GrayView& image,
                                          const GrayImage& picture,
                                          double min_score, int most) {
  std::vector<MarkerCandidate> candidates;
  const cv::Mat scene = AsMatrix(image);
  const cv::Mat upright = AsMatrix(picture);
  cv::Mat turned_by[4] = {upright};
  bool is_same[4] = {};
  for (int turns = 1; turns < 4; ++turns) {
    cv::rotate(upright, turned_by[turns], turns - 1);
    is_same[turns] = Likeness(upright, turned_by[turns]) > kSameTurned;
  }
  const bool turns_differ = !is_same[1] && !is_same[2] && !is_same[3];
  for (int turns = 0; turns < 4; ++turns) {
    if (is_same[turns]) continue;
    const cv::Mat& turned = turned_by[turns];
    if (turned.cols >= scene.cols || turned.rows >= scene.rows) continue;
    const int places = scene.rows - turned.rows + 1;
    for (int top = 0; top < places; top += kStripRows) {
      const int rows = std::min(kStripRows, places - top) + turned.rows - 1;
      CollectPeaks(
          scene.rowRange(top, top + rows), turned, top, min_score, most,
          turns_differ ? std::optional<int>(turns) : std::nullopt, candidates);
    }
  }
  KeepBest(candidates, most);
  return candidates;
}

std::vector<MarkerCandidate> FindIsolatedPictures(const GrayView& image,
                                                  const GrayImage& picture,
                                                  double min_size,
                                                  double max_size,
                                                  double min_score, int most) {
  const cv::Mat scene = AsMatrix(image);
  const cv::Mat upright = AsMatrix(picture);
  const cv::Rect ink = InkBox(upright);
  // From the middle of the ink to that of the picture, in ink boxes.
  const double offset_x = (upright.cols / 2.0 - ink.x) / ink.width - 0.5;
  const double offset_y = (upright.rows / 2.0 - ink.y) / ink.height - 0.5;
  const double picture_to_ink =
      static_cast<double>(upright.cols + upright.rows) /
      (ink.width + ink.height);
  std::optional<Pattern> turned[4];
  const cv::Mat common = AtCommonSize(upright(ink));
  for (int i = 0; i < 4; ++i) {
    cv::Mat turned_by;
    if (i == 0) {
      turned_by = common;
    } else {
      cv::rotate(common, turned_by, i - 1);
    }
    turned[i] =
        Pattern::Create(kCommonSide,
                        std::vector<uint8_t>(
                            turned_by.data, turned_by.data + turned_by.total()),
                        {});
    // A picture of one gray looks like nothing.
    if (!turned[i].has_value()) return {};
  }
  std::vector<MarkerCandidate> candidates;
  for (const std::vector<cv::Point>& outline :
       FindDarkThings(scene, min_size / picture_to_ink,
                      max_size / picture_to_ink)
           .outlines) {
    const cv::Rect box = cv::boundingRect(outline);
    const cv::Mat seen = AtCommonSize(scene(box));
    double best = 0;
    double second = 0;
    int turns = 0;
    for (int i = 0; i < 4; ++i) {
      const double likeness = turned[i]->FindIn(seen.data, kCommonSide).score;
      second = std::max(second, std::min(best, likeness));
      if (likeness <= best) continue;
      best = likeness;
      turns = i;
    }
    if (best < min_score) continue;
    // The offset turns with the picture, clockwise.
    const double across[] = {offset_x, -offset_y, -offset_x, offset_y};
    const double down[] = {offset_y, offset_x, -offset_y, -offset_x};
    candidates.push_back({{box.x + box.width * (0.5 + across[turns]),
                           box.y + box.height * (0.5 + down[turns])},
                          picture_to_ink * (box.width + box.height) / 2.0,
                          best,
                          best - second > kClearTurn ? std::optional<int>(turns)
                                                     : std::nullopt});
  }
  KeepBest(candidates, most);
  return candidates;
}

std::vector<MarkerCandidate> FindMarks(const GrayView& image, MarkerKind kind,
                                       double min_size, double max_size,
                                       int most) {
  std::vector<MarkerCandidate> candidates;
  const cv::Mat scene = AsMatrix(image);
  const DarkThings things = FindDarkThings(scene, min_size, max_size);
  for (const std::vector<cv::Point>& contour : things.outlines) {
    const cv::Rect box = cv::boundingRect(contour);
    const double size = (box.width + box.height) / 2.0;
    // A contour runs through pixel centres: half a pixel inside the outline.
    const cv::RotatedRect tight = cv::minAreaRect(contour);
    const double width = tight.size.width + 1;
    const double height = tight.size.height + 1;
    const double area =
        cv::contourArea(contour) + cv::arcLength(contour, true) / 2 + 1;
    const bool is_ring = kind == MarkerKind::kRing;
    const double ideal = width * height * (is_ring ? M_PI / 4 : 1);
    const double fill = area / ideal;
    if (fill < kMinFill || fill > kMaxFill) continue;
    double darkness = 1;
    if (!is_ring) {
      // A square is black inside; an outline of a box is not.
      const cv::Rect core(box.x + box.width / 4, box.y + box.height / 4,
                          std::max(1, box.width / 2),
                          std::max(1, box.height / 2));
      darkness = cv::mean(things.binary(core))[0] / 255;
      if (darkness < 0.9) continue;
    }
    const cv::Moments moments = cv::moments(contour);
    if (moments.m00 <= 0) continue;
    const double aspect = std::max(width, height) / std::min(width, height);
    candidates.push_back(
        {{moments.m10 / moments.m00 + 0.5, moments.m01 / moments.m00 + 0.5},
         size,
         RimContrast(scene, box) * darkness * (1 - std::abs(1 - fill)) / aspect,
         std::nullopt});
  }
  KeepBest(candidates, most);
  return candidates;
}

}  // namespace sightline::align
