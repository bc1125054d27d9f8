#include "services/align/engine/opencv_pictures.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <optional>
#include <utility>

#include "services/align/engine/opencv_dark_things.h"
#include "services/align/engine/opencv_matrix.h"
#include "services/align/engine/pattern.h"

namespace sightline::align {
namespace {

// A picture that looks this much like itself after a quarter turn needs not
// be looked for in the others.
constexpr double kSameTurned = 0.85;
// By how much a turn must look better than the others to be told.
constexpr double kClearTurn = 0.15;
// Marks are brought to this size to be compared.
constexpr int kCommonSide = 24;
// By how much the dark thing is larger than its ink on each side, pixels.
constexpr double kBlur = 1;
// Up to here, degrees, a mark counts as upright.
constexpr double kUpright = 3;
// Pictures from this size on are looked for at half the resolution first, where
// they may score less by so much, and in so many times as many places.
constexpr int kCoarseFrom = 14;
constexpr double kCoarseLoss = 0.15;
constexpr int kCoarseMore = 3;
// What is searched around such a place, pixels.
constexpr int kFineReach = 3;
// Rows correlated at once: OpenCV's correlation takes 20 bytes a pixel.
constexpr int kStripRows = 128;

double Likeness(const cv::Mat& a, const cv::Mat& b) {
  if (a.size() != b.size()) return 0;
  cv::Mat score;
  cv::matchTemplate(a, b, score, cv::TM_CCOEFF_NORMED);
  return score.at<float>(0, 0);
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

// Whether no neighbour of a place scores more.
bool IsPeak(const cv::Mat& scores, int x, int y) {
  const float score = scores.at<float>(y, x);
  for (int j = std::max(0, y - 1); j <= std::min(scores.rows - 1, y + 1); ++j) {
    const float* row = scores.ptr<float>(j);
    for (int i = std::max(0, x - 1); i <= std::min(scores.cols - 1, x + 1);
         ++i) {
      if (row[i] > score) return false;
    }
  }
  return true;
}

// Adds the best places of `picture` in `strip`, which begins at row `top` of
// the image.
void CollectPeaks(const cv::Mat& strip, const cv::Mat& picture, int top,
                  double min_score, int most, std::optional<int> turns,
                  std::vector<MarkerCandidate>& candidates) {
  cv::Mat scores;
  cv::matchTemplate(strip, picture, scores, cv::TM_CCOEFF_NORMED);
  std::vector<MarkerCandidate> peaks;
  for (int y = 0; y < scores.rows; ++y) {
    const float* row = scores.ptr<float>(y);
    for (int x = 0; x < scores.cols; ++x) {
      // Written so that a NaN, as of a flat place, is no peak.
      if (!(row[x] >= min_score) || !IsPeak(scores, x, y)) continue;
      peaks.push_back({{x + picture.cols / 2.0, y + top + picture.rows / 2.0},
                       (picture.cols + picture.rows) / 2.0,
                       row[x],
                       turns});
    }
  }
  KeepBest(peaks, most);
  candidates.insert(candidates.end(), peaks.begin(), peaks.end());
}

cv::Mat Halved(const cv::Mat& image) {
  cv::Mat out;
  cv::resize(image, out,
             cv::Size(std::max(1, (image.cols + 1) / 2),
                      std::max(1, (image.rows + 1) / 2)),
             0, 0, cv::INTER_AREA);
  return out;
}

// All places in `scene`, strip by strip.
void CollectAllPeaks(const cv::Mat& scene, const cv::Mat& picture,
                     double min_score, int most, std::optional<int> turns,
                     std::vector<MarkerCandidate>& candidates) {
  if (picture.cols >= scene.cols || picture.rows >= scene.rows) return;
  const int places = scene.rows - picture.rows + 1;
  for (int top = 0; top < places; top += kStripRows) {
    const int rows = std::min(kStripRows, places - top) + picture.rows - 1;
    CollectPeaks(scene.rowRange(top, top + rows), picture, top, min_score, most,
                 turns, candidates);
  }
}

// The best place of `picture` near what was found at half the resolution.
void AddRefined(const cv::Mat& scene, const cv::Mat& picture,
                const MarkerCandidate& coarse, double min_score,
                std::vector<MarkerCandidate>& candidates) {
  const int left =
      static_cast<int>(std::lround(2 * coarse.center.x - picture.cols / 2.0));
  const int top =
      static_cast<int>(std::lround(2 * coarse.center.y - picture.rows / 2.0));
  const cv::Rect near =
      cv::Rect(left - kFineReach, top - kFineReach,
               picture.cols + 2 * kFineReach, picture.rows + 2 * kFineReach) &
      cv::Rect(0, 0, scene.cols, scene.rows);
  if (near.width < picture.cols || near.height < picture.rows) return;
  std::vector<MarkerCandidate> found;
  CollectPeaks(scene(near), picture, 0, min_score, 1, coarse.quarter_turns,
               found);
  for (MarkerCandidate& candidate : found) {
    candidate.center.x += near.x;
    candidate.center.y += near.y;
    candidates.push_back(candidate);
  }
}

// A box around ink, whose sides need not be upright. Corner-based pixels.
struct InkFrame {
  PixelPoint middle;
  PixelSize size;
  // Of its upper side, clockwise from rightwards.
  double degrees = 0;

  // `across` and `down` in its own directions, from its middle, in boxes.
  PixelPoint At(double across, double down) const {
    const double cosine = std::cos(degrees * M_PI / 180);
    const double sine = std::sin(degrees * M_PI / 180);
    const double x = across * size.width;
    const double y = down * size.height;
    return {middle.x + x * cosine - y * sine, middle.y + x * sine + y * cosine};
  }
};

// The upright box around `outline` and, if it is another one, the smallest.
std::vector<InkFrame> FramesOf(const std::vector<cv::Point>& outline) {
  const auto ink_of = [](double side) {
    return std::max(1.0, side - 2 * kBlur);
  };
  const cv::Rect box = cv::boundingRect(outline);
  std::vector<InkFrame> frames = {
      {{box.x + box.width / 2.0, box.y + box.height / 2.0},
       {ink_of(box.width), ink_of(box.height)}}};
  // Through pixel centres: half a pixel within the outline.
  const cv::RotatedRect tight = cv::minAreaRect(outline);
  InkFrame tilted{{tight.center.x + 0.5, tight.center.y + 0.5},
                  {ink_of(tight.size.width + 1), ink_of(tight.size.height + 1)},
                  tight.angle};
  while (tilted.degrees > 45) {
    tilted.degrees -= 90;
    std::swap(tilted.size.width, tilted.size.height);
  }
  if (std::abs(tilted.degrees) > kUpright) frames.push_back(tilted);
  return frames;
}

// What `frame` holds, at the common size.
cv::Mat Within(const cv::Mat& scene, const InkFrame& frame) {
  // From centre-based pixels to centre-based pixels.
  const PixelPoint origin =
      frame.At(0.5 / kCommonSide - 0.5, 0.5 / kCommonSide - 0.5);
  const PixelPoint right =
      frame.At(1.5 / kCommonSide - 0.5, 0.5 / kCommonSide - 0.5);
  const PixelPoint below =
      frame.At(0.5 / kCommonSide - 0.5, 1.5 / kCommonSide - 0.5);
  const cv::Matx23d map(right.x - origin.x, below.x - origin.x, origin.x - 0.5,
                        right.y - origin.y, below.y - origin.y, origin.y - 0.5);
  cv::Mat out;
  cv::warpAffine(scene, out, map, cv::Size(kCommonSide, kCommonSide),
                 cv::INTER_LINEAR | cv::WARP_INVERSE_MAP, cv::BORDER_REPLICATE);
  return out;
}

// A picture's ink in each quarter turn.
class TurnedInk {
 public:
  explicit TurnedInk(const cv::Mat& picture) : ink_(InkBox(picture)) {
    // From the middle of the ink to that of the picture, in ink boxes.
    const double x = (picture.cols / 2.0 - ink_.x) / ink_.width - 0.5;
    const double y = (picture.rows / 2.0 - ink_.y) / ink_.height - 0.5;
    // It turns with the picture, clockwise.
    offsets_ = {PixelPoint{x, y}, {-y, x}, {-x, -y}, {y, -x}};
    picture_to_ink_ = static_cast<double>(picture.cols + picture.rows) /
                      (ink_.width + ink_.height);
    const cv::Mat upright = AtCommonSize(picture(ink_));
    for (int turns = 0; turns < 4; ++turns) {
      // Not a second name of `upright`, which would be turned in its place.
      cv::Mat turned = upright.clone();
      if (turns > 0) cv::rotate(upright, turned, turns - 1);
      patterns_[turns] = Pattern::Create(
          kCommonSide,
          std::vector<uint8_t>(turned.data, turned.data + turned.total()), {});
    }
  }

  // A picture of one gray looks like nothing.
  bool IsUsable() const { return patterns_[0].has_value(); }
  double picture_to_ink() const { return picture_to_ink_; }

  // What is in `frame`, as a copy of the picture.
  MarkerCandidate Compare(const cv::Mat& scene, const InkFrame& frame) const {
    const cv::Mat seen = Within(scene, frame);
    double best = 0;
    double second = 0;
    int turns = 0;
    for (int i = 0; i < 4; ++i) {
      const double likeness =
          patterns_[i]->FindIn(seen.data, kCommonSide).score;
      second = std::max(second, std::min(best, likeness));
      if (likeness <= best) continue;
      best = likeness;
      turns = i;
    }
    MarkerCandidate candidate;
    candidate.center = frame.At(offsets_[turns].x, offsets_[turns].y);
    candidate.size =
        picture_to_ink_ * (frame.size.width + frame.size.height) / 2;
    candidate.score = best;
    if (best - second > kClearTurn) candidate.quarter_turns = turns;
    return candidate;
  }

 private:
  cv::Rect ink_;
  double picture_to_ink_ = 1;
  std::array<PixelPoint, 4> offsets_;
  std::optional<Pattern> patterns_[4];
};

}  // namespace

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
  const bool is_coarse_first =
      std::min(upright.cols, upright.rows) >= kCoarseFrom;
  const cv::Mat half_scene = is_coarse_first ? Halved(scene) : cv::Mat();
  const bool turns_differ = !is_same[1] && !is_same[2] && !is_same[3];
  for (int turns = 0; turns < 4; ++turns) {
    if (is_same[turns]) continue;
    const cv::Mat& turned = turned_by[turns];
    const std::optional<int> known =
        turns_differ ? std::optional<int>(turns) : std::nullopt;
    if (!is_coarse_first) {
      CollectAllPeaks(scene, turned, min_score, most, known, candidates);
      continue;
    }
    std::vector<MarkerCandidate> coarse;
    CollectAllPeaks(half_scene, Halved(turned), min_score - kCoarseLoss,
                    kCoarseMore * most, known, coarse);
    KeepBest(coarse, kCoarseMore * most);
    for (const MarkerCandidate& candidate : coarse) {
      AddRefined(scene, turned, candidate, min_score, candidates);
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
  const TurnedInk ink(AsMatrix(picture));
  if (!ink.IsUsable()) return {};
  std::vector<MarkerCandidate> candidates;
  for (const std::vector<cv::Point>& outline :
       FindDarkThings(scene, min_size / ink.picture_to_ink(),
                      max_size / ink.picture_to_ink())
           .outlines) {
    for (const InkFrame& frame : FramesOf(outline)) {
      const MarkerCandidate candidate = ink.Compare(scene, frame);
      if (candidate.score >= min_score) candidates.push_back(candidate);
    }
  }
  KeepBest(candidates, most);
  return candidates;
}

}  // namespace sightline::align
