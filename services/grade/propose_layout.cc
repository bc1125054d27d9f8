#include "services/grade/propose_layout.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/image_message/image_message.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "services/grade/engine/layout.h"
#include "services/grade/engine/layout_preview.h"
#include "services/grade/engine/proposal/layout_proposal.h"
#include "services/grade/engine/reasons.h"
#include "services/grade/layout_from_proto.h"

namespace sightline::grade {
namespace {

// Bubbles of a page at 300 dpi are seen clearly; finer scans are reduced.
constexpr int kProposalLongSide = 2400;
constexpr int kPreviewWidth = 1600;
constexpr int kLeastDefaultWidth = 1200;
// Answer message of a proposal, without images.
constexpr int64_t kAnswerBytes = 1 << 20;

int PreviewWidth(const v1::PreviewOptions& options, double page_width) {
  if (options.width() != 0) return options.width();
  return static_cast<int>(std::clamp(page_width, double{kLeastDefaultWidth},
                                     double{kPreviewWidth}));
}

void ToMessage(PixelSize size, common::v1::Size* message) {
  message->set_width(size.width);
  message->set_height(size.height);
}

void ToMessage(PixelPoint point, common::v1::Point* message) {
  message->set_x(point.x);
  message->set_y(point.y);
}

void ToMessage(const FieldBlock& block, v1::FieldBlock* message) {
  message->set_name(block.name);
  for (const std::string& label : block.labels) message->add_labels(label);
  for (const std::string& value : block.values) message->add_values(value);
  if (block.kind == FieldKind::kInteger) {
    message->set_kind(v1::FIELD_KIND_INTEGER);
  }
  ToMessage(block.origin, message->mutable_origin());
  if (block.value_direction == Direction::kTopToBottom) {
    message->set_value_direction(v1::DIRECTION_TOP_TO_BOTTOM);
    message->set_field_direction(v1::DIRECTION_LEFT_TO_RIGHT);
  }
  message->set_value_gap(block.value_gap);
  message->set_field_gap(block.field_gap);
  if (block.bubble.width > 0) {
    ToMessage(block.bubble, message->mutable_bubble());
  }
  if (block.shape.has_value()) {
    message->set_bubble_shape(ToShapeKind(*block.shape));
  }
}

void ToMessage(const LayoutProposal& proposal, v1::SheetLayout* message) {
  const SheetLayout& layout = proposal.layout;
  ToMessage(layout.page, message->mutable_page());
  ToMessage(layout.bubble, message->mutable_bubble());
  message->set_bubble_shape(ToShapeKind(layout.shape));
  for (const FieldBlock& block : layout.blocks) {
    ToMessage(block, message->add_blocks());
  }
  for (const CombinedField& combined : layout.combined) {
    v1::CombinedField* out = message->add_combined();
    out->set_label(combined.label);
    for (const std::string& field : combined.fields) out->add_fields(field);
  }
  for (const CornerMarker& marker : proposal.markers) {
    align::v1::Marker* out = message->add_markers();
    out->set_kind(marker.is_ring ? align::v1::MARKER_KIND_RING
                                 : align::v1::MARKER_KIND_SQUARE);
    ToMessage(marker.center, out->mutable_center());
    ToMessage(marker.size, out->mutable_size());
  }
}

std::vector<MarkerPlace> MarkerPlaces(const v1::SheetLayout& layout) {
  std::vector<MarkerPlace> places;
  for (const align::v1::Marker& marker : layout.markers()) {
    places.push_back({{marker.center().x(), marker.center().y()},
                      {marker.size().width(), marker.size().height()}});
  }
  return places;
}

absl::StatusOr<common::v1::EncodedImage> Draw(const v1::SheetLayout& message,
                                              const SheetLayout& layout,
                                              const Sheet& sheet,
                                              const GrayImage& reference,
                                              const v1::PreviewOptions& options,
                                              const std::string& options_path) {
  const absl::StatusOr<RgbImage> drawn =
      DrawLayout(layout, sheet, MarkerPlaces(message), reference,
                 PreviewWidth(options, layout.page.width));
  if (!drawn.ok()) return PrefixFields(drawn.status(), options_path);
  return EncodeMessage(*drawn, options.output());
}

// A page of this shape before a layout of it is known, for its preview's
// bytes; bubbles are bounded by the layout's limits.
int64_t PreviewBytes(double width, double height,
                     const v1::PreviewOptions& options) {
  const double image_width =
      std::clamp(PreviewWidth(options, width), 100, 10000);
  const double image_height = std::min(20000.0, image_width * height / width);
  return static_cast<int64_t>(3 * image_width * (image_height + 1)) +
         int64_t{LayoutLimits().max_bubbles} * 256;
}

}  // namespace

absl::StatusOr<v1::ProposeLayoutResponse> AnswerProposeLayout(
    Call& call, const v1::ProposeLayoutRequest& request,
    const GradeLimits& limits) {
  SL_RETURN_IF_ERROR(call.EnterStage("decode"));
  const v1::ProposeLayoutOptions& options = request.options();
  SL_RETURN_IF_ERROR(
      CheckOutput(options.preview().output(), "options.preview.output"));
  const ImageSource source = ImageSource::Of(request.reference());
  SL_ASSIGN_OR_RETURN(
      const ImageHeader header,
      InspectImage(source, "reference", kProposalLongSide, limits.image));
  const int reduction =
      header.is_raw ? 1 : ReductionFor(header.info, kProposalLongSide);
  const int width = header.info.oriented_width() / reduction + 1;
  const int height = header.info.oriented_height() / reduction + 1;
  ProposalOptions proposal_options;
  proposal_options.page = {double(header.info.oriented_width()),
                           double(header.info.oriented_height())};
  proposal_options.straighten = options.straighten();
  const int64_t preview_bytes =
      options.return_preview() ? PreviewBytes(width, height, options.preview())
                               : 0;
  SL_RETURN_IF_ERROR(call.Reserve(
      std::max(header.decode_bytes,
               int64_t{width} * height +
                   ProposeLayoutBytes(width, height, proposal_options) +
                   preview_bytes + kAnswerBytes)));
  SL_ASSIGN_OR_RETURN(
      const Decoded<GrayImage> page,
      DecodeGrayMessage(source, "reference", kProposalLongSide, limits.image));

  SL_RETURN_IF_ERROR(call.EnterStage("propose"));
  const absl::StatusOr<LayoutProposal> proposal =
      ProposeLayout(page.pixels, proposal_options, call.stop());
  if (!proposal.ok()) return PrefixFields(proposal.status(), "reference");
  v1::ProposeLayoutResponse response;
  ToMessage(*proposal, response.mutable_layout());
  for (const BlockFinding& block : proposal->blocks) {
    v1::ProposedBlock* out = response.add_blocks();
    out->set_name(block.block);
    out->set_confidence(block.confidence);
    for (const std::string& note : block.notes) out->add_notes(note);
  }
  for (const std::string& note : proposal->notes) response.add_notes(note);
  const bool is_turned = !proposal->straightened.empty();
  if (is_turned) {
    SL_RETURN_IF_ERROR(call.EnterStage("encode"));
    common::v1::ImageOutput png;
    png.set_format(common::v1::IMAGE_FORMAT_PNG);
    SL_ASSIGN_OR_RETURN(*response.mutable_straightened(),
                        EncodeMessage(proposal->straightened, png));
    response.set_turned_degrees(proposal->turned_degrees);
  }
  if (options.return_preview()) {
    SL_RETURN_IF_ERROR(call.EnterStage("preview"));
    // What is wrong with it stands in the notes.
    const absl::StatusOr<Sheet> sheet = Sheet::Create(proposal->layout);
    if (sheet.ok()) {
      SL_ASSIGN_OR_RETURN(*response.mutable_preview(),
                          Draw(response.layout(), proposal->layout, *sheet,
                               is_turned ? proposal->straightened : page.pixels,
                               options.preview(), "options.preview"));
    }
  }
  *response.mutable_cost() = call.Cost();
  return response;
}

absl::StatusOr<common::v1::EncodedImage> DrawLayoutMessage(
    Call& call, const v1::SheetLayout& message, const std::string& path,
    const v1::PreviewOptions& options, const std::string& options_path,
    const GradeLimits& limits) {
  SL_RETURN_IF_ERROR(call.EnterStage("preview"));
  SL_RETURN_IF_ERROR(CheckOutput(options.output(), options_path + ".output"));
  absl::StatusOr<SheetLayout> layout = ToLayout(message);
  if (!layout.ok()) return PrefixFields(layout.status(), path);
  absl::StatusOr<Sheet> sheet = Sheet::Create(*layout);
  if (!sheet.ok()) return PrefixFields(sheet.status(), path);
  if (options.page() < 0 || options.page() >= sheet->page_count()) {
    return Error(absl::StatusCode::kInvalidArgument, kPreviewInvalid)
        .Field(options_path + ".page",
               absl::StrCat("is ", options.page(),
                            ", counted from 0; pages in "
                            "the layout: ",
                            sheet->page_count()));
  }
  const Sheet& page_sheet = sheet->page_sheet(options.page());
  const bool is_first = options.page() == 0;
  const v1::SheetLayout& page_message =
      is_first ? message : message.more_pages(options.page() - 1);
  const SheetLayout& page_layout =
      is_first ? *layout : layout->more_pages[options.page() - 1];
  const int width = PreviewWidth(options, page_layout.page.width);
  const int64_t draw_bytes =
      DrawLayoutBytes(page_sheet, std::clamp(width, 100, 10000));
  GrayImage reference;
  if (page_message.has_reference()) {
    const int long_side = std::max(kPreviewWidth, width);
    const ImageSource source = ImageSource::Of(page_message.reference());
    const std::string reference_path = absl::StrCat(
        path,
        is_first ? "" : absl::StrCat(".more_pages[", options.page() - 1, "]"),
        ".reference");
    SL_ASSIGN_OR_RETURN(
        const ImageHeader header,
        InspectImage(source, reference_path, long_side, limits.image));
    SL_RETURN_IF_ERROR(call.Reserve(header.decode_bytes + draw_bytes));
    SL_ASSIGN_OR_RETURN(
        Decoded<GrayImage> decoded,
        DecodeGrayMessage(source, reference_path, long_side, limits.image));
    reference = std::move(decoded.pixels);
  } else {
    SL_RETURN_IF_ERROR(call.Reserve(draw_bytes));
  }
  return Draw(page_message, page_layout, page_sheet, reference, options,
              options_path);
}

}  // namespace sightline::grade
