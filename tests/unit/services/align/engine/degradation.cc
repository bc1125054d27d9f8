#include "tests/unit/services/align/engine/degradation.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <random>

namespace sightline::align {
namespace {

cv::Mat AsMat(const GrayImage& image) {
  return cv::Mat(image.height(), image.width(), CV_8UC1,
                 const_cast<uint8_t*>(image.data()));
}

GrayImage AsImage(const cv::Mat& mat) {
  GrayImage image(mat.cols, mat.rows);
  mat.copyTo(cv::Mat(mat.rows, mat.cols, CV_8UC1, image.data()));
  return image;
}

GrayImage InLowLight(const GrayImage& image, int seed) {
  std::mt19937 random(seed);
  std::normal_distribution<double> noise(0, 5);
  GrayImage out(image.width(), image.height());
  for (int y = 0; y < image.height(); ++y) {
    for (int x = 0; x < image.width(); ++x) {
      const double across = 1 - 0.55 * x / image.width();
      const double down = 1 - 0.3 * y / image.height();
      const double value =
          image.row(y)[x] * 0.3 * across * down + noise(random);
      out.row(y)[x] = static_cast<uint8_t>(std::clamp(value, 0.0, 255.0));
    }
  }
  return out;
}

}  // namespace

const std::vector<Degradation>& AllDegradations() {
  static const std::vector<Degradation> all = {
      Degradation::kAsIs,        Degradation::kUpsideDown,
      Degradation::kQuarterTurn, Degradation::kLowLight,
      Degradation::kCrop,        Degradation::kPerspective,
      Degradation::kBlur};
  return all;
}

const char* DegradationName(Degradation degradation) {
  switch (degradation) {
    case Degradation::kAsIs:
      return "as is";
    case Degradation::kUpsideDown:
      return "180";
    case Degradation::kQuarterTurn:
      return "90";
    case Degradation::kLowLight:
      return "low light";
    case Degradation::kCrop:
      return "crop";
    case Degradation::kPerspective:
      return "persp";
    case Degradation::kBlur:
      return "blur";
  }
  return "?";
}

GrayImage SeenThrough(const GrayImage& image, const Homography& map, int width,
                      int height, int ground) {
  const Homography centred = Homography::Translation(-0.5, -0.5) * map *
                             Homography::Translation(0.5, 0.5);
  cv::Mat matrix(3, 3, CV_64F);
  for (int i = 0; i < 9; ++i) matrix.at<double>(i / 3, i % 3) = centred[i];
  cv::Mat out;
  cv::warpPerspective(AsMat(image), out, matrix, cv::Size(width, height),
                      cv::INTER_LINEAR, cv::BORDER_CONSTANT,
                      cv::Scalar(ground));
  return AsImage(out);
}

Degraded Degrade(const GrayImage& image, Degradation degradation, int seed) {
  const double w = image.width();
  const double h = image.height();
  switch (degradation) {
    case Degradation::kAsIs:
      return {image.Clone(), Homography()};
    case Degradation::kUpsideDown: {
      cv::Mat out;
      cv::rotate(AsMat(image), out, cv::ROTATE_180);
      return {AsImage(out), Homography({-1, 0, w, 0, -1, h, 0, 0, 1})};
    }
    case Degradation::kQuarterTurn: {
      cv::Mat out;
      cv::rotate(AsMat(image), out, cv::ROTATE_90_CLOCKWISE);
      return {AsImage(out), Homography({0, -1, h, 1, 0, 0, 0, 0, 1})};
    }
    case Degradation::kLowLight:
      return {InLowLight(image, seed), Homography()};
    case Degradation::kCrop: {
      const int top = static_cast<int>(0.08 * h);
      const cv::Rect kept(0, top, static_cast<int>(0.9 * w),
                          static_cast<int>(0.9 * h) - top);
      return {AsImage(AsMat(image)(kept)), Homography::Translation(0, -top)};
    }
    case Degradation::kPerspective: {
      const Homography map = *Homography::FromQuads(
          {PixelPoint{0, 0}, PixelPoint{w, 0}, PixelPoint{w, h},
           PixelPoint{0, h}},
          {PixelPoint{0.14 * w, 0.05 * h}, PixelPoint{0.93 * w, 0},
           PixelPoint{w, 0.97 * h}, PixelPoint{0, 0.86 * h}});
      return {SeenThrough(image, map, image.width(), image.height(), 60), map};
    }
    case Degradation::kBlur: {
      cv::Mat out;
      cv::GaussianBlur(AsMat(image), out, cv::Size(), w / 900);
      return {AsImage(out), Homography()};
    }
  }
  return {};
}

}  // namespace sightline::align
