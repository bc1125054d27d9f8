#include "services/georef/frame_stream.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "services/georef/pose_message.h"
#include "services/georef/reasons.h"

namespace sightline::georef {
namespace {

absl::Status ItemInvalid(absl::string_view field, absl::string_view what) {
  return Error(absl::StatusCode::kInvalidArgument, kFrameItemInvalid)
      .Field(field, what);
}

// An item's two parts.
struct FrameParts {
  absl::string_view file;
  v1::FrameSupplement supplement;
};

absl::StatusOr<FrameParts> PartsOf(const ConveyorItem& item) {
  const common::v1::ItemHeader& header = item.header;
  if (header.page_count() < 0 || header.page_count() > 1) {
    return ItemInvalid("item.page_count", "must be 1: an item is one frame");
  }
  FrameParts parts;
  parts.file = item.bytes;
  if (header.part_sizes().empty()) return parts;
  if (header.part_sizes_size() > 2) {
    return ItemInvalid("item.part_sizes",
                       absl::StrCat("has ", header.part_sizes_size(),
                                    " parts: a frame and its supplement are "
                                    "two"));
  }
  const int64_t file_bytes = header.part_sizes(0);
  if (file_bytes < 1 || file_bytes > static_cast<int64_t>(item.bytes.size())) {
    return ItemInvalid(
        "item.part_sizes[0]",
        absl::StrCat("is ", file_bytes, " of ", item.bytes.size(), " bytes"));
  }
  const absl::string_view rest =
      parts.file.substr(static_cast<size_t>(file_bytes));
  parts.file = parts.file.substr(0, static_cast<size_t>(file_bytes));
  const int64_t second =
      header.part_sizes_size() == 2 ? header.part_sizes(1) : 0;
  if (static_cast<int64_t>(rest.size()) != second) {
    return ItemInvalid("item.part_sizes",
                       absl::StrCat("add up to ", file_bytes + second, " of ",
                                    item.bytes.size(), " bytes"));
  }
  if (header.part_sizes_size() == 2 &&
      (!parts.supplement.ParseFromArray(rest.data(),
                                        static_cast<int>(rest.size())))) {
    return ItemInvalid("item.part_sizes[1]",
                       "the second part is no FrameSupplement message");
  }
  return parts;
}

}  // namespace

absl::StatusOr<std::shared_ptr<FrameStream>> FrameStream::Open(
    const v1::ProcessStreamSettings& settings,
    std::shared_ptr<const OverlayReader> overlay,
    const FrameProcessor& processor) {
  SL_ASSIGN_OR_RETURN(FrameSettings frame_settings,
                      FrameSettings::Of(settings, processor.limits()));
  std::shared_ptr<FrameStream> stream(
      new FrameStream(settings.metadata(), std::move(frame_settings),
                      std::move(overlay), processor));
  const double rate = settings.frames_per_second();
  if (rate == 0) return stream;
  if (!(rate >= 0.01 && rate <= 1000)) {
    return Error(absl::StatusCode::kInvalidArgument, kGeorefOptionInvalid)
        .Field("settings.frames_per_second",
               absl::StrCat("is ", rate, ", must be 0.01..1000"));
  }
  stream->frames_per_second_ = rate;
  if (stream->overlay_ != nullptr) {
    SL_ASSIGN_OR_RETURN(TemporalFilter filter,
                        TemporalFilter::Create(stream->overlay_->profile()));
    stream->course_.emplace(OverlayCourse{std::move(filter), 0});
  }
  return stream;
}

absl::StatusOr<v1::ProcessResponse> FrameStream::Process(
    Call& call, const ConveyorItem& item) {
  // A frame that can't be read takes its time all the same.
  const int64_t number = frames_++;
  SL_ASSIGN_OR_RETURN(const FrameParts parts, PartsOf(item));
  v1::MetadataOptions metadata = metadata_;
  metadata.clear_overlay();  // The reader has it.
  if (parts.supplement.has_pose()) {
    *metadata.mutable_pose() =
        Overlaid(metadata.pose(), parts.supplement.pose());
  }
  if (!parts.supplement.local_set().empty()) {
    metadata.set_local_set(parts.supplement.local_set());
  }
  FrameRequest request;
  request.frame.emplace();
  request.frame->encoded = parts.file;
  request.frame->page = item.header.page();
  request.frame->member = "";
  if (parts.supplement.has_mask()) request.mask = &parts.supplement.mask();
  request.metadata = &metadata;
  request.overlay = overlay_;
  if (course_.has_value()) {
    course_->time_s = static_cast<double>(number) / frames_per_second_;
    request.course = &*course_;
  }
  return processor_.Process(call, request, settings_);
}

}  // namespace sightline::georef
