#include "tools/sightline/input/frame_supplement.h"

#include <cstdint>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "tools/sightline/input/message_file.h"
#include "tools/sightline/input/read_file.h"

namespace sightline::cli {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kMaxMaskBytes = int64_t{64} << 20;

bool IsFolder(const std::string& path) {
  std::error_code error;
  return !path.empty() && fs::is_directory(path, error);
}

absl::Status FlagInvalid(absl::string_view message) {
  return Error(absl::StatusCode::kInvalidArgument, "FLAG_INVALID")
      .Message(message);
}

// "poses/frame.json" for "flight/frame.jpg"; of a TIFF's second page
// "poses/frame-page2.json", as its results are named.
std::string Beside(const std::string& folder, const Scan& scan,
                   absl::string_view suffix) {
  std::string stem = fs::path(scan.path).stem().string();
  if (scan.name != scan.path) absl::StrAppend(&stem, "-page", scan.page + 1);
  return (fs::path(folder) / absl::StrCat(stem, suffix)).string();
}

}  // namespace

absl::StatusOr<common::v1::Image> ReadFrame(const Scan& frame,
                                            const StopToken& stop) {
  common::v1::Image image;
  SL_ASSIGN_OR_RETURN(*image.mutable_encoded(),
                      ReadScan(frame, kFrameDotsPerInch, stop));
  if (!frame.is_pdf) image.set_page(frame.page);
  return image;
}

absl::StatusOr<FrameSupplements> FrameSupplements::Open(
    const CameraFlags& camera, const std::string& mask, size_t frame_count) {
  FrameSupplements supplements;
  if (IsFolder(camera.pose)) supplements.pose_folder_ = camera.pose;
  supplements.mask_ = mask;
  supplements.mask_is_folder_ = IsFolder(mask);
  if (!mask.empty() && !supplements.mask_is_folder_ && frame_count > 1) {
    return FlagInvalid(absl::StrCat("--mask names one file for ", frame_count,
                                    " frames: name a folder with NAME.png for "
                                    "each"));
  }
  if (camera.ts_at.has_value() && frame_count > 1 &&
      camera.frames_per_second == 0) {
    return FlagInvalid(
        "--ts_at says when the first of several frames was taken: --fps says "
        "when the others were");
  }
  supplements.pairing_ = {camera.ts_at, camera.frames_per_second};
  if (!camera.klv.empty()) {
    SL_ASSIGN_OR_RETURN(supplements.sets_, ReadLocalSetFile(camera.klv));
  } else if (!camera.ts.empty()) {
    SL_ASSIGN_OR_RETURN(supplements.sets_, ReadTransportStreamFile(camera.ts));
  }
  if (supplements.sets_.has_value()) {
    std::string& note = supplements.note_;
    note = supplements.sets_->note;
    const size_t count = supplements.sets_->sets.size();
    if (!camera.ts_at.has_value() && count > frame_count) {
      absl::StrAppend(&note, note.empty() ? "" : "; ", count,
                      " local sets for ", frame_count,
                      frame_count == 1 ? " frame" : " frames",
                      ": the first are taken");
    }
  }
  return supplements;
}

absl::StatusOr<georef::v1::FrameSupplement> FrameSupplements::Of(
    const Scan& scan, size_t index) const {
  georef::v1::FrameSupplement supplement;
  if (!pose_folder_.empty()) {
    SL_RETURN_IF_ERROR(ReadMessageFile(Beside(pose_folder_, scan, ".json"), {},
                                       supplement.mutable_pose()));
  }
  if (sets_.has_value()) {
    SL_ASSIGN_OR_RETURN(*supplement.mutable_local_set(),
                        LocalSetOf(*sets_, pairing_, index));
  }
  if (!mask_.empty()) {
    SL_ASSIGN_OR_RETURN(
        *supplement.mutable_mask()->mutable_png(),
        ReadFile(mask_is_folder_ ? Beside(mask_, scan, ".png") : mask_,
                 kMaxMaskBytes));
  }
  return supplement;
}

}  // namespace sightline::cli
