// Whether a field of an overlay goes on as it did in the frames before.
//
// Aircraft do not jump. The filter keeps the last readings of every field,
// expects the next one on the straight line through the median of their
// differences (constant velocity), and withdraws a reading that lies further
// off than the field can depart in that time. A clock has to go on as the
// stream does. It never makes up a value: what is missing stays missing.
//
// A new course (a zoom step, a target picked anew) is believed when as many
// readings in a row agree with each other as the window has; until then the
// values are missing. After a gap, or a step back in time, it begins anew.
#ifndef SIGHTLINE_SERVICES_GEOREF_ENGINE_OVERLAY_TEMPORAL_FILTER_H_
#define SIGHTLINE_SERVICES_GEOREF_ENGINE_OVERLAY_TEMPORAL_FILTER_H_

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "services/georef/engine/overlay/overlay_profile.h"
#include "services/georef/engine/overlay/overlay_reading.h"

namespace sightline::georef {

struct TemporalOptions {
  // Readings that a field is judged by, 3 to 31.
  int window = 5;
  // A longer silence of the stream, or of a field, begins its history anew.
  double max_gap_s = 2;
};

// For one stream; not thread-safe. Deterministic: the same readings at the same
// times give the same results.
class TemporalFilter {
 public:
  // Errors: InvalidArgument OVERLAY_PROFILE_INVALID (options out of range).
  static absl::StatusOr<TemporalFilter> Create(const OverlayProfile& profile,
                                               TemporalOptions options = {});
  TemporalFilter(TemporalFilter&&) noexcept;
  TemporalFilter& operator=(TemporalFilter&&) noexcept;
  ~TemporalFilter();

  // Judges a frame's reading, which must be of the same profile, and withdraws
  // what does not fit, with kUnsteady. `time_s`: of the frame in its stream,
  // such as its number divided by the frames per second.
  void Apply(double time_s, OverlayReading& reading);

  // Forgets everything, as a gap does.
  void Reset();

 private:
  struct Impl;
  explicit TemporalFilter(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_ENGINE_OVERLAY_TEMPORAL_FILTER_H_
