#include "services/align/engine/feature_strategy.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <optional>
#include <semaphore>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status/status_macros.h"
#include "services/align/engine/opencv_fit.h"
#include "services/align/engine/opencv_image.h"

namespace sightline::align {
namespace {

// What a kind takes and how it is used where the caller does not say.
struct KindTraits {
  Method method;
  int long_side;
  int max_features;
  // Bytes per pixel of the image that features are computed on: the kind's
  // own pyramids and maps, measured (page_registrar_memory_test).
  int64_t bytes_per_pixel;
};

const KindTraits& TraitsOf(FeatureKind kind) {
  static constexpr KindTraits kOrb{Method::kOrb, 1130, 2000, 16};
  static constexpr KindTraits kAkaze{Method::kAkaze, 560, 1500, 150};
  // The first octave is doubled: 11 float images of four times the size, and
  // a third more for the smaller ones.
  static constexpr KindTraits kSift{Method::kSift, 1130, 1500, 270};
  switch (kind) {
    case FeatureKind::kOrb:
      return kOrb;
    case FeatureKind::kAkaze:
      return kAkaze;
    case FeatureKind::kSift:
      break;
  }
  return kSift;
}

// RANSAC's tolerance, pixels of the image that features are computed on.
constexpr double kTolerance = 3;
constexpr double kProposalReach = 16;

// SIFT's 200 MB at most once in this process.
std::counting_semaphore<1>& SiftSlot() {
  static std::counting_semaphore<1> slot(1);
  return slot;
}

// Holds the slot while alive.
class SiftLease {
 public:
  static absl::StatusOr<std::unique_ptr<SiftLease>> Wait(
      const StopToken& stop) {
    do {
      SL_RETURN_IF_ERROR(stop.Poll());
    } while (!SiftSlot().try_acquire_for(std::chrono::milliseconds(10)));
    return std::unique_ptr<SiftLease>(new SiftLease());
  }
  SiftLease(const SiftLease&) = delete;
  SiftLease& operator=(const SiftLease&) = delete;
  ~SiftLease() { SiftSlot().release(); }

 private:
  SiftLease() = default;
};

FeatureSet FeaturesOf(FeatureKind kind, GrayImage image, bool enhance,
                      const std::vector<uint8_t>& is_allowed,
                      int max_features) {
  if (enhance) image = EvenIllumination(image);
  return DetectFeatures(kind, image, is_allowed, max_features);
}

}  // namespace

FeatureStrategy::FeatureStrategy(FeatureKind kind, const GrayImage* page_image,
                                 const PageFrame& frame,
                                 std::vector<PrintedShape> shapes)
    : kind_(kind),
      page_image_(page_image),
      frame_(frame),
      shapes_(std::move(shapes)) {}

Method FeatureStrategy::method() const { return TraitsOf(kind_).method; }

std::string FeatureStrategy::WhyUnavailable() const {
  return page_image_ == nullptr ? "the reference has no image" : "";
}

FeatureStrategy::Recipe FeatureStrategy::RecipeFor(
    const RegistrationOptions& options) const {
  const KindTraits& traits = TraitsOf(kind_);
  return {
      options.downsample_size > 0 ? options.downsample_size : traits.long_side,
      options.max_features > 0 ? options.max_features : traits.max_features,
      options.enhance};
}

int64_t FeatureStrategy::WorkingBytes(
    const RegistrationOptions& options) const {
  const Recipe recipe = RecipeFor(options);
  constexpr int64_t kFixed = int64_t{2} << 20;
  // Keypoints, descriptors, matches.
  constexpr int64_t kPerFeature = 1024;
  return kFixed + recipe.max_features * kPerFeature +
         ScanImages::MaxScaledPixels(recipe.long_side) *
             TraitsOf(kind_).bytes_per_pixel;
}

std::shared_ptr<const FeatureSet> FeatureStrategy::PageFeatures(
    const Recipe& recipe) const {
  std::lock_guard<std::mutex> lock(mutex_);
  if (page_features_ != nullptr && page_recipe_ == recipe) {
    return page_features_;
  }
  ScanImages page(*page_image_);
  GrayImage image = page.Scaled(recipe.long_side);
  const int width = image.width();
  const int height = image.height();
  const PageFrame frame{frame_.page, width, height};
  std::vector<uint8_t> is_allowed;
  if (!shapes_.empty()) {
    is_allowed.assign(static_cast<size_t>(width) * height, 255);
    for (const PrintedShape& shape : shapes_) {
      const PixelPoint center = frame.ToFrame(shape.center);
      const PixelSize size = frame.ToFrame(shape.size);
      // A third of the bubble more on each side, as marks leave them.
      const int left = std::clamp<int>(center.x - size.width * 0.83, 0, width);
      const int right =
          std::clamp<int>(center.x + size.width * 0.83, left, width);
      const int top = std::clamp<int>(center.y - size.height * 0.83, 0, height);
      const int bottom =
          std::clamp<int>(center.y + size.height * 0.83, top, height);
      for (int y = top; y < bottom; ++y) {
        uint8_t* row = &is_allowed[static_cast<size_t>(y) * width];
        std::fill(row + left, row + right, 0);
      }
    }
  }
  auto features = std::make_shared<FeatureSet>(
      FeaturesOf(kind_, std::move(image), recipe.enhance, is_allowed,
                 recipe.max_features));
  for (PixelPoint& point : features->points) {
    point.x *= static_cast<double>(frame_.width) / width;
    point.y *= static_cast<double>(frame_.height) / height;
  }
  page_recipe_ = recipe;
  page_features_ = features;
  return features;
}

absl::StatusOr<std::string> FeatureStrategy::Propose(
    ScanImages& scan, const RegistrationOptions& options, const StopToken& stop,
    Offer offer) const {
  std::unique_ptr<SiftLease> lease;
  if (kind_ == FeatureKind::kSift) {
    SL_ASSIGN_OR_RETURN(lease, SiftLease::Wait(stop));
  }
  const Recipe recipe = RecipeFor(options);
  const std::shared_ptr<const FeatureSet> page = PageFeatures(recipe);
  SL_RETURN_IF_ERROR(stop.Poll());
  GrayImage image = scan.Scaled(recipe.long_side);
  const double scale_x = static_cast<double>(scan.width()) / image.width();
  const double scale_y = static_cast<double>(scan.height()) / image.height();
  const FeatureSet seen = FeaturesOf(kind_, std::move(image), recipe.enhance,
                                     {}, recipe.max_features);
  lease.reset();
  SL_RETURN_IF_ERROR(stop.Poll());
  std::vector<PointPair> pairs;
  for (const FeatureMatch& match : MatchFeatures(seen, *page)) {
    const PixelPoint& in_scan = seen.points[match.in_first];
    pairs.push_back({{in_scan.x * scale_x, in_scan.y * scale_y},
                     page->points[match.in_second]});
  }
  const int matches = static_cast<int>(pairs.size());
  if (matches < options.min_good_matches) {
    return absl::StrCat(matches, " good matches of ", seen.points.size(),
                        " features, at least ", options.min_good_matches,
                        " are needed");
  }
  SL_RETURN_IF_ERROR(stop.Poll());
  const double tolerance =
      kTolerance * std::max(frame_.width, frame_.height) / recipe.long_side;
  const std::optional<Fit> fit = FitHomography(pairs, tolerance);
  const int agree = fit.has_value() ? static_cast<int>(fit->inliers.size()) : 0;
  if (agree >= 4) {
    SL_RETURN_IF_ERROR(
        offer({frame_.FrameToPage() * fit->map, kProposalReach, std::nullopt})
            .status());
  }
  return absl::StrCat(agree, " of ", matches, " matches agree");
}

int64_t FeatureStrategy::ResidentBytes() const {
  std::lock_guard<std::mutex> lock(mutex_);
  int64_t bytes = static_cast<int64_t>(
      sizeof(*this) + shapes_.capacity() * sizeof(PrintedShape));
  if (page_features_ != nullptr) bytes += page_features_->bytes();
  return bytes;
}

}  // namespace sightline::align
