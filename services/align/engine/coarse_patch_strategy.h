// The fast path: a dozen patches of a thumbnail, looked for near where they
// are when the scan shows the page edge to edge, in each of four orientations.
// Finds pages from scanners, which are turned by a few degrees and shifted by
// a few per cent.
#ifndef SIGHTLINE_SERVICES_ALIGN_ENGINE_COARSE_PATCH_STRATEGY_H_
#define SIGHTLINE_SERVICES_ALIGN_ENGINE_COARSE_PATCH_STRATEGY_H_

#include <string>
#include <vector>

#include "services/align/engine/page_frame.h"
#include "services/align/engine/patch.h"
#include "services/align/engine/reference.h"
#include "services/align/engine/strategy.h"

namespace sightline::align {

class CoarsePatchStrategy : public Strategy {
 public:
  // `page_image` shows the page edge to edge at any resolution; nullptr: the
  // reference has no image.
  CoarsePatchStrategy(const GrayImage* page_image, PixelSize page,
                      const std::vector<PrintedShape>& shapes);

  Method method() const override { return Method::kPatches; }
  std::string WhyUnavailable() const override;
  int64_t WorkingBytes(const RegistrationOptions& options) const override;
  absl::StatusOr<std::string> Propose(ScanImages& scan,
                                      const RegistrationOptions& options,
                                      const StopToken& stop,
                                      Offer offer) const override;
  int64_t ResidentBytes() const override;

 private:
  PageFrame frame_;
  std::vector<Patch> patches_;
};

}  // namespace sightline::align

#endif  // SIGHTLINE_SERVICES_ALIGN_ENGINE_COARSE_PATCH_STRATEGY_H_
