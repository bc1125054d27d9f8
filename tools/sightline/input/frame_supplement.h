// A frame, and what belongs to it beside its file: its pose, its local set, its
// mask.
#ifndef SIGHTLINE_TOOLS_SIGHTLINE_INPUT_FRAME_SUPPLEMENT_H_
#define SIGHTLINE_TOOLS_SIGHTLINE_INPUT_FRAME_SUPPLEMENT_H_

#include <cstddef>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "common/stop/stop_token.h"
#include "sightline/georef/v1/georef.pb.h"
#include "tools/sightline/georef_flags.h"
#include "tools/sightline/input/local_sets.h"
#include "tools/sightline/input/scan_list.h"

namespace sightline::cli {

// At which pages of PDFs are rendered, should a frame come as one.
inline constexpr int kFrameDotsPerInch = 300;

// A frame for a call with one request. Errors: those of ReadScan().
absl::StatusOr<common::v1::Image> ReadFrame(const Scan& frame,
                                            const StopToken& stop);

// Thread-safe once opened.
class FrameSupplements {
 public:
  // Reads what all `frame_count` frames take from: --klv or --ts; `mask` is a
  // file or a folder, empty for none. Errors: InvalidArgument FLAG_INVALID (one
  // mask for several frames; times without --fps), those of
  // ReadLocalSetFile() and ReadTransportStreamFile().
  static absl::StatusOr<FrameSupplements> Open(const CameraFlags& camera,
                                               const std::string& mask,
                                               size_t frame_count);

  // Of the frame `scan`, number `index` of all. Errors: those of
  // ReadMessageFile() and ReadFile() for files that should be there, those of
  // LocalSetOf().
  absl::StatusOr<georef::v1::FrameSupplement> Of(const Scan& scan,
                                                 size_t index) const;

  // What a person should know; empty if there is nothing.
  const std::string& note() const { return note_; }

 private:
  std::string pose_folder_;
  std::string mask_;
  bool mask_is_folder_ = false;
  std::optional<LocalSets> sets_;
  SetPairing pairing_;
  std::string note_;
};

}  // namespace sightline::cli

#endif  // SIGHTLINE_TOOLS_SIGHTLINE_INPUT_FRAME_SUPPLEMENT_H_
