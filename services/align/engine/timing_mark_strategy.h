// Finds the page by its timing marks, in any rotation.
#ifndef SIGHTLINE_SERVICES_ALIGN_ENGINE_TIMING_MARK_STRATEGY_H_
#define SIGHTLINE_SERVICES_ALIGN_ENGINE_TIMING_MARK_STRATEGY_H_

#include <string>
#include <vector>

#include "services/align/engine/reference.h"
#include "services/align/engine/strategy.h"

namespace sightline::align {

class TimingMarkStrategy : public Strategy {
 public:
  TimingMarkStrategy(std::vector<TimingTrack> tracks, PixelSize page)
      : tracks_(std::move(tracks)), page_(page) {}

  Method method() const override { return Method::kTimingMarks; }
  std::string WhyUnavailable() const override {
    return tracks_.empty() ? "the reference has no timing marks" : "";
  }
  int64_t WorkingBytes(const RegistrationOptions& options) const override;
  absl::StatusOr<std::string> Propose(ScanImages& scan,
                                      const RegistrationOptions& options,
                                      const StopToken& stop,
                                      Offer offer) const override;
  int64_t ResidentBytes() const override {
    return static_cast<int64_t>(sizeof(*this) +
                                tracks_.capacity() * sizeof(TimingTrack));
  }

 private:
  std::vector<TimingTrack> tracks_;
  PixelSize page_;
};

}  // namespace sightline::align

#endif  // SIGHTLINE_SERVICES_ALIGN_ENGINE_TIMING_MARK_STRATEGY_H_
