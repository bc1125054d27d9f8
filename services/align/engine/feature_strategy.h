// Finds the page by features: ORB, AKAZE or SIFT of the scan matched to those
// of the reference image. Independent of rotation and scale.
#ifndef SIGHTLINE_SERVICES_ALIGN_ENGINE_FEATURE_STRATEGY_H_
#define SIGHTLINE_SERVICES_ALIGN_ENGINE_FEATURE_STRATEGY_H_

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "services/align/engine/opencv_features.h"
#include "services/align/engine/page_frame.h"
#include "services/align/engine/reference.h"
#include "services/align/engine/strategy.h"

namespace sightline::align {

class FeatureStrategy : public Strategy {
 public:
  // `page_image` at the size of `frame` must outlive this; nullptr: the
  // reference has no image. `shapes` are left out when features are chosen.
  FeatureStrategy(FeatureKind kind, const GrayImage* page_image,
                  const PageFrame& frame, std::vector<PrintedShape> shapes);

  Method method() const override;
  std::string WhyUnavailable() const override;
  int64_t WorkingBytes(const RegistrationOptions& options) const override;
  absl::StatusOr<std::string> Propose(ScanImages& scan,
                                      const RegistrationOptions& options,
                                      const StopToken& stop,
                                      Offer offer) const override;
  int64_t ResidentBytes() const override;

 private:
  // What the features of an image depend on.
  struct Recipe {
    int long_side = 0;
    int max_features = 0;
    bool enhance = true;
    bool operator==(const Recipe&) const = default;
  };
  Recipe RecipeFor(const RegistrationOptions& options) const;
  // The page's features, in frame coordinates; computed when the recipe
  // changes.
  std::shared_ptr<const FeatureSet> PageFeatures(const Recipe& recipe) const;

  FeatureKind kind_;
  const GrayImage* page_image_;
  PageFrame frame_;
  std::vector<PrintedShape> shapes_;

  mutable std::mutex mutex_;
  // Guarded by mutex_.
  mutable Recipe page_recipe_;
  mutable std::shared_ptr<const FeatureSet> page_features_;
};

}  // namespace sightline::align

#endif  // SIGHTLINE_SERVICES_ALIGN_ENGINE_FEATURE_STRATEGY_H_
