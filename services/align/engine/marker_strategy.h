// Finds the page by its printed markers: ArUco markers, copies of a picture,
// rings or squares, in any rotation.
#ifndef SIGHTLINE_SERVICES_ALIGN_ENGINE_MARKER_STRATEGY_H_
#define SIGHTLINE_SERVICES_ALIGN_ENGINE_MARKER_STRATEGY_H_

#include <string>
#include <vector>

#include "services/align/engine/opencv_markers.h"
#include "services/align/engine/reference.h"
#include "services/align/engine/strategy.h"

namespace sightline::align {

class MarkerStrategy : public Strategy {
 public:
  MarkerStrategy(std::vector<Marker> markers, PixelSize page);

  Method method() const override { return Method::kMarkers; }
  std::string WhyUnavailable() const override;
  int64_t WorkingBytes(const RegistrationOptions& options) const override;
  absl::StatusOr<std::string> Propose(ScanImages& scan,
                                      const RegistrationOptions& options,
                                      const StopToken& stop,
                                      Offer offer) const override;
  int64_t ResidentBytes() const override;

 private:
  // A marker's size in a scan that the page fills, scan pixels.
  double SizeInScan(const ScanImages& scan) const;
  // What looks like one of the markers and stands by itself, of any size; scan
  // pixels.
  struct Isolated {
    // The best likenesses of the markers' pictures.
    std::vector<MarkerCandidate> pictures;
    // All rings or squares.
    std::vector<MarkerCandidate> marks;
  };
  Isolated FindIsolated(ScanImages& scan) const;
  // Marks that look like one of the markers' pictures where the page is `zoom`
  // times as large as it can be in this scan; scan pixels.
  std::vector<MarkerCandidate> FindOfOneSize(ScanImages& scan,
                                             double zoom) const;
  // Offers where ArUco markers put the page, one of them being enough; true if
  // that was confirmed.
  absl::StatusOr<bool> ProposeByIds(ScanImages& scan, const StopToken& stop,
                                    const Offer& offer,
                                    std::string& outcome) const;
  int IndexOf(const Marker* marker) const;
  // The markers that look different, ArUco markers left out.
  std::vector<const Marker*> DistinctMarkers() const;

  std::vector<Marker> markers_;
  PixelSize page_;
  // Of markers_, ArUco markers and others.
  int ids_ = 0;
  int others_ = 0;
  // Mean size of the markers, page units.
  double marker_size_ = 0;
};

}  // namespace sightline::align

#endif  // SIGHTLINE_SERVICES_ALIGN_ENGINE_MARKER_STRATEGY_H_
