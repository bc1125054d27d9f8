// Finds the page by its edge against the background, in four orientations.
// For photos of a whole page.
#ifndef SIGHTLINE_SERVICES_ALIGN_ENGINE_PAGE_CONTOUR_STRATEGY_H_
#define SIGHTLINE_SERVICES_ALIGN_ENGINE_PAGE_CONTOUR_STRATEGY_H_

#include <string>

#include "services/align/engine/strategy.h"

namespace sightline::align {

class PageContourStrategy : public Strategy {
 public:
  explicit PageContourStrategy(PixelSize page) : page_(page) {}

  Method method() const override { return Method::kContour; }
  std::string WhyUnavailable() const override { return ""; }
  int64_t WorkingBytes(const RegistrationOptions& options) const override;
  absl::StatusOr<std::string> Propose(ScanImages& scan,
                                      const RegistrationOptions& options,
                                      const StopToken& stop,
                                      Offer offer) const override;
  int64_t ResidentBytes() const override { return sizeof(*this); }

 private:
  PixelSize page_;
};

}  // namespace sightline::align

#endif  // SIGHTLINE_SERVICES_ALIGN_ENGINE_PAGE_CONTOUR_STRATEGY_H_
