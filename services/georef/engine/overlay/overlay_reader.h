// Reads the text that is burned into a frame, where a profile says it stands.
//
// Overlays are drawn by a machine with one font, so reading is comparing: every
// character cell with every picture of the font, by normalised correlation, and
// then the runner-up against the winner in the pixels where they differ. What
// is not clearly one character is none.
//
// A reader prepares the profile's pictures once and reads any number of frames.
// Frames of another size are read when they are the profile's frame scaled by
// 0.5 to 2, both ways alike.
#ifndef SIGHTLINE_SERVICES_GEOREF_ENGINE_OVERLAY_OVERLAY_READER_H_
#define SIGHTLINE_SERVICES_GEOREF_ENGINE_OVERLAY_OVERLAY_READER_H_

#include <cstdint>
#include <memory>

#include "absl/status/statusor.h"
#include "common/image/image.h"
#include "services/georef/engine/overlay/overlay_profile.h"
#include "services/georef/engine/overlay/overlay_reading.h"

namespace sightline::georef {

// Pixels that somebody else owns: rows of 8-bit gray or red, green, blue.
struct OverlayFrame {
  const uint8_t* pixels = nullptr;
  int width = 0;
  int height = 0;
  int64_t stride_bytes = 0;
  int channels = 0;  // 1 or 3

  template <int kChannels>
  static OverlayFrame Of(const Raster<kChannels>& image) {
    return {image.data(), image.width(), image.height(), image.stride_bytes(),
            kChannels};
  }
};

// When a character counts as read. Measured by overlay_bench.
struct OverlayThresholds {
  // Correlation of the cell with the winning picture, at least.
  double correlation = 0.72;
  // The same of signs that are always there (points, quotes): they say nothing,
  // and a bright wave drowns them first.
  double sign_correlation = 0.40;
  // Where the cell lies between runner-up (0) and winner (1) in the pixels
  // that tell them apart, at least; and for a runner-up that the pattern does
  // not allow here.
  double separation = 0.70;
  double separation_from_others = 0.50;
  // Contrast of a character against the usual one of its field, at least and,
  // inverted, at most.
  double even_contrast = 0.55;
  // A cell with this share of the usual contrast and the correlation above is
  // no blank...
  double blank_gain = 0.30;
  // ... nor is one whose samples vary by more than this share of what they
  // vary by in characters.
  double blank_variation = 0.60;
  // A blank that decides how long a number is must look like the background
  // on the other side of the field: level and variation to this share of the
  // characters' contrast and of the background's variation, ...
  double blank_level = 0.30;
  double blank_texture = 0.10;
  // ... and have no upright edge through all its rows of more than this share
  // of the contrast: something may lie over a digit.
  double blank_edge = 0.12;
};

class OverlayReader {
 public:
  // Errors: FailedPrecondition OVERLAY_PROFILE_UNCALIBRATED.
  static absl::StatusOr<OverlayReader> Create(
      OverlayProfile profile, OverlayThresholds thresholds = {});

  OverlayReader(OverlayReader&&) noexcept;
  OverlayReader& operator=(OverlayReader&&) noexcept;
  ~OverlayReader();

  // Reads all fields; one that cannot be read is a FieldProblem, no error.
  // Some 0.5 MB of working memory. Errors: InvalidArgument
  // OVERLAY_FRAME_INVALID (no pixels, a side above 65,535, a stride shorter
  // than a row), OVERLAY_FRAME_SIZE (not the profile's frame, scaled).
  // Thread-safe; the same bits on any machine.
  absl::StatusOr<OverlayReading> Read(const OverlayFrame& frame) const;

  const OverlayProfile& profile() const;

 private:
  struct Impl;
  explicit OverlayReader(std::unique_ptr<const Impl> impl);
  std::unique_ptr<const Impl> impl_;
};

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_ENGINE_OVERLAY_OVERLAY_READER_H_
