#include "services/align/engine/opencv_features.h"

#include <algorithm>
#include <cstring>
#include <opencv2/features2d.hpp>

#include "services/align/engine/opencv_matrix.h"

namespace sightline::align {
namespace {

// Printed pages are full of weak corners; ORB's default of 20 misses them in
// low light.
constexpr int kFastThreshold = 7;
// Lowe's ratio, for bit strings and for vectors.
constexpr float kBinaryRatio = 0.8f;
constexpr float kVectorRatio = 0.8f;

cv::Ptr<cv::Feature2D> Detector(FeatureKind kind, int max_features) {
  switch (kind) {
    case FeatureKind::kOrb:
      return cv::ORB::create(max_features, 1.2f, 8, 31, 0, 2,
                             cv::ORB::HARRIS_SCORE, 31, kFastThreshold);
    case FeatureKind::kAkaze:
      return cv::AKAZE::create();
    case FeatureKind::kSift:
      return cv::SIFT::create(max_features);
  }
  return nullptr;
}

cv::Mat Descriptors(const FeatureSet& features) {
  const int rows = static_cast<int>(features.points.size());
  const bool is_binary = features.kind != FeatureKind::kSift;
  const int columns =
      is_binary ? features.descriptor_bytes
                : features.descriptor_bytes / static_cast<int>(sizeof(float));
  return cv::Mat(rows, columns, is_binary ? CV_8UC1 : CV_32FC1,
                 const_cast<uint8_t*>(features.descriptors.data()));
}

}  // namespace

FeatureSet DetectFeatures(FeatureKind kind, const GrayView& image,
                          const std::vector<uint8_t>& is_allowed,
                          int max_features) {
  cv::Mat mask;
  if (!is_allowed.empty()) {
    mask = cv::Mat(image.height, image.width, CV_8UC1,
                   const_cast<uint8_t*>(is_allowed.data()));
  }
  std::vector<cv::KeyPoint> keypoints;
  cv::Mat descriptors;
  const cv::Ptr<cv::Feature2D> detector = Detector(kind, max_features);
  if (kind == FeatureKind::kAkaze) {
    // AKAZE has no limit of its own.
    detector->detect(AsMatrix(image), keypoints, mask);
    cv::KeyPointsFilter::retainBest(keypoints, max_features);
    detector->compute(AsMatrix(image), keypoints, descriptors);
  } else {
    detector->detectAndCompute(AsMatrix(image), mask, keypoints, descriptors);
  }
  FeatureSet features;
  features.kind = kind;
  features.descriptor_bytes =
      static_cast<int>(descriptors.cols * descriptors.elemSize());
  features.points.reserve(keypoints.size());
  for (const cv::KeyPoint& keypoint : keypoints) {
    features.points.push_back({keypoint.pt.x + 0.5, keypoint.pt.y + 0.5});
  }
  features.descriptors.resize(static_cast<size_t>(descriptors.rows) *
                              features.descriptor_bytes);
  for (int i = 0; i < descriptors.rows; ++i) {
    std::memcpy(
        &features
             .descriptors[static_cast<size_t>(i) * features.descriptor_bytes],
        descriptors.ptr(i), features.descriptor_bytes);
  }
  return features;
}

std::vector<FeatureMatch> MatchFeatures(const FeatureSet& first,
                                        const FeatureSet& second) {
  std::vector<FeatureMatch> matches;
  if (first.points.size() < 2 || second.points.size() < 2) return matches;
  std::vector<std::vector<cv::DMatch>> nearest;
  float ratio = kBinaryRatio;
  if (first.kind == FeatureKind::kSift) {
    ratio = kVectorRatio;
    cv::FlannBasedMatcher(cv::makePtr<cv::flann::KDTreeIndexParams>(4),
                          cv::makePtr<cv::flann::SearchParams>(32))
        .knnMatch(Descriptors(first), Descriptors(second), nearest, 2);
  } else {
    cv::BFMatcher(cv::NORM_HAMMING)
        .knnMatch(Descriptors(first), Descriptors(second), nearest, 2);
  }
  for (const std::vector<cv::DMatch>& two : nearest) {
    if (two.size() == 2 && two[0].distance < ratio * two[1].distance) {
      matches.push_back({two[0].queryIdx, two[0].trainIdx});
    }
  }
  return matches;
}

}  // namespace sightline::align
