#include <algorithm>
#include <cmath>
#include <opencv2/calib3d.hpp>
#include <opencv2/features2d.hpp>
#include <opencv2/imgproc.hpp>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "bench/omr/side.h"
#include "common/image/decode.h"

namespace sightline::bench {
namespace {

// The recipe's figures.
constexpr double kImageSide = 1000;
constexpr double kFeatureSide = 800;
constexpr int kFeatures = 200;
constexpr double kRatio = 0.75;
constexpr int kMinMatches = 8;
constexpr double kRansacPixels = 5;
constexpr int kBatch = 15;
constexpr double kDefaultThreshold = 0.35;

struct Features {
  std::vector<cv::KeyPoint> points;
  cv::Mat descriptors;
};

// cv's centre-based map as a corner-based one.
cv::Matx33d CornerBased(const cv::Matx33d& map) {
  const cv::Matx33d in(1, 0, -0.5, 0, 1, -0.5, 0, 0, 1);
  const cv::Matx33d out(1, 0, 0.5, 0, 1, 0.5, 0, 0, 1);
  return out * map * in;
}

cv::Matx33d Scale(double x, double y) { return {x, 0, 0, 0, y, 0, 0, 0, 1}; }

class RecipeSide : public Side {
 public:
  explicit RecipeSide(RecipeScale scale) : scale_(scale) {}

  absl::Status Prepare(const generator::PrintedForm& form) override {
    const GrayImage& print = form.print.luma;
    const cv::Mat gray(print.height(), print.width(), CV_8UC1,
                       const_cast<uint8_t*>(print.data()));
    cv::Mat color;
    cv::cvtColor(gray, color, cv::COLOR_GRAY2BGR);
    const cv::Mat small = Resized(color, kImageSide);
    page_size_ = small.size();
    // Once per form, although the recipe computes it for every sheet: a
    // gift of about half its time.
    template_ = FeaturesOf(small);
    fields_ = form.fields;
    per_unit_x_ = small.cols / form.layout.page.width;
    per_unit_y_ = small.rows / form.layout.page.height;
    return absl::OkStatus();
  }

  SheetOutcome Grade(absl::string_view file) override {
    SheetOutcome outcome;
    try {
      Grade(file, &outcome);
    } catch (const cv::Exception& error) {
      outcome = {};
      outcome.how = absl::StrCat("OpenCV: ", error.err);
    }
    return outcome;
  }

 private:
  cv::Mat Resized(const cv::Mat& image, double side) const {
    const int now = scale_ == RecipeScale::kWidth
                        ? image.cols
                        : std::max(image.cols, image.rows);
    const double factor = side / now;
    cv::Mat resized;
    cv::resize(
        image, resized,
        cv::Size(cvRound(image.cols * factor), cvRound(image.rows * factor)), 0,
        0, cv::INTER_AREA);
    return resized;
  }

  Features FeaturesOf(const cv::Mat& color) const {
    cv::Mat gray;
    cv::cvtColor(Resized(color, kFeatureSide), gray, cv::COLOR_BGR2GRAY);
    cv::createCLAHE(2.0, cv::Size(8, 8))->apply(gray, gray);
    Features features;
    cv::SIFT::create(kFeatures)->detectAndCompute(
        gray, cv::noArray(), features.points, features.descriptors);
    // Back to the pixels of `color`.
    const double x = static_cast<double>(color.cols) / gray.cols;
    const double y = static_cast<double>(color.rows) / gray.rows;
    for (cv::KeyPoint& point : features.points) {
      point.pt.x = static_cast<float>((point.pt.x + 0.5) * x - 0.5);
      point.pt.y = static_cast<float>((point.pt.y + 0.5) * y - 0.5);
    }
    return features;
  }

  void Grade(absl::string_view file, SheetOutcome* outcome) {
    cv::Mat image;
    PixelSize full;
    {
      absl::StatusOr<Decoded<RgbImage>> decoded = DecodeRgb(file, {});
      if (!decoded.ok()) {
        outcome->how = std::string(decoded.status().message());
        return;
      }
      RgbImage& pixels = decoded->pixels;
      full = {static_cast<double>(pixels.width()),
              static_cast<double>(pixels.height())};
      image = Resized(
          cv::Mat(pixels.height(), pixels.width(), CV_8UC3, pixels.data()),
          kImageSide);
    }
    const Features features = FeaturesOf(image);
    cv::Mat map;
    const int matches = FindMap(features, &map);
    if (map.empty()) {
      outcome->how = absl::StrCat(matches, " matches");
      return;
    }
    cv::Mat page;
    cv::warpPerspective(image, page, map, page_size_);
    cv::Mat gray;
    cv::cvtColor(page, gray, cv::COLOR_BGR2GRAY);
    outcome->accepted = true;
    outcome->how = absl::StrCat("SIFT200 ", matches, " matches");
    const cv::Matx33d scan_to_page =
        Scale(1 / per_unit_x_, 1 / per_unit_y_) *
        CornerBased(cv::Matx33d(map)) *
        Scale(image.cols / full.width, image.rows / full.height);
    std::array<double, 9> values;
    std::copy_n(scan_to_page.val, 9, values.begin());
    outcome->scan_to_page = Homography(values).Normalized();
    Read(gray, outcome);
  }

  // Returns the matches that passed the ratio test.
  int FindMap(const Features& scan, cv::Mat* map) const {
    if (scan.points.size() < 2 || template_.points.size() < 2) return 0;
    cv::FlannBasedMatcher matcher(cv::makePtr<cv::flann::KDTreeIndexParams>(5),
                                  cv::makePtr<cv::flann::SearchParams>(50));
    std::vector<std::vector<cv::DMatch>> pairs;
    matcher.knnMatch(scan.descriptors, template_.descriptors, pairs, 2);
    std::vector<cv::Point2f> from;
    std::vector<cv::Point2f> to;
    for (const std::vector<cv::DMatch>& pair : pairs) {
      if (pair.size() < 2 || pair[0].distance >= kRatio * pair[1].distance) {
        continue;
      }
      from.push_back(scan.points[pair[0].queryIdx].pt);
      to.push_back(template_.points[pair[0].trainIdx].pt);
    }
    if (static_cast<int>(from.size()) >= kMinMatches) {
      *map = cv::findHomography(from, to, cv::RANSAC, kRansacPixels);
    }
    return static_cast<int>(from.size());
  }

  // Ink of a bubble: 1 - mean inside / the paper's white around.
  double Fill(const cv::Mat& page, const grade::Bubble& bubble) const {
    const int x = cvRound(bubble.center.x * per_unit_x_);
    const int y = cvRound(bubble.center.y * per_unit_y_);
    const int w = std::max(2, cvRound(bubble.size.width * per_unit_x_ * 0.35));
    const int h = std::max(2, cvRound(bubble.size.height * per_unit_y_ * 0.35));
    const cv::Rect all(0, 0, page.cols, page.rows);
    const cv::Rect inside = cv::Rect(x - w, y - h, 2 * w + 1, 2 * h + 1) & all;
    const cv::Rect around = cv::Rect(x - 2 * w, y - 2 * h, 4 * w, 4 * h) & all;
    if (inside.empty() || around.empty()) return 0;
    std::vector<uint8_t> paper;
    for (int row = around.y; row < around.y + around.height; ++row) {
      const uint8_t* pixels = page.ptr(row) + around.x;
      paper.insert(paper.end(), pixels, pixels + around.width);
    }
    const auto white = paper.begin() + paper.size() * 9 / 10;
    std::nth_element(paper.begin(), white, paper.end());
    return 1 - cv::mean(page(inside))[0] / std::max<int>(*white, 1);
  }

  void Read(const cv::Mat& page, SheetOutcome* outcome) const {
    std::vector<std::vector<double>> fills;
    std::vector<double> sorted;
    for (size_t first = 0; first < fields_.size(); first += kBatch) {
      const size_t last = std::min(first + kBatch, fields_.size());
      for (size_t f = first; f < last; ++f) {
        fills.emplace_back();
        for (const grade::Bubble& bubble : fields_[f].bubbles) {
          fills.back().push_back(Fill(page, bubble));
        }
        sorted.insert(sorted.end(), fills.back().begin(), fills.back().end());
      }
    }
    // The widest gap among the upper two thirds.
    std::sort(sorted.begin(), sorted.end());
    double threshold = kDefaultThreshold;
    double widest = 0;
    for (size_t i = sorted.size() / 3; i + 1 < sorted.size(); ++i) {
      if (sorted[i + 1] - sorted[i] <= widest) continue;
      widest = sorted[i + 1] - sorted[i];
      threshold = (sorted[i] + sorted[i + 1]) / 2;
    }
    for (size_t f = 0; f < fields_.size(); ++f) {
      std::string answer;
      for (size_t i = 0; i < fills[f].size(); ++i) {
        if (fills[f][i] > threshold) answer += fields_[f].bubbles[i].value;
      }
      if (answer.empty()) answer = fields_[f].empty_value;
      outcome->fields.push_back({std::move(answer), false, 1});
    }
  }

  RecipeScale scale_;
  cv::Size page_size_;
  Features template_;
  std::vector<grade::Field> fields_;
  // Pixels of the recipe's page per page unit.
  double per_unit_x_ = 1;
  double per_unit_y_ = 1;
};

}  // namespace

std::unique_ptr<Side> MakeRecipeSide(RecipeScale scale) {
  return std::make_unique<RecipeSide>(scale);
}

}  // namespace sightline::bench
