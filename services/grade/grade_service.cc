#include "services/grade/grade_service.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/content_id/content_id.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "services/grade/engine/annotate.h"
#include "services/grade/engine/box_reader.h"
#include "services/grade/engine/code_reader.h"
#include "services/grade/engine/reasons.h"
#include "services/grade/engine/sheet_reader.h"
#include "services/grade/grade_response.h"
#include "services/grade/layout_from_proto.h"
#include "services/grade/omrchecker/import_message.h"
#include "services/grade/propose_layout.h"
#include "services/grade/reasons.h"
#include "services/grade/review_items.h"
#include "sightline/grade/v1/grade.grpc.pb.h"

namespace sightline::grade {
namespace {

// Answer message of a sheet, without images.
constexpr int64_t kBytesPerBubble = 200;
// From this confidence on a registration by the page's picture needs no bubbles
// to be believed.
constexpr double kSurePosition = 0.95;

absl::Status KeyError(const std::vector<LayoutProblem>& problems) {
  Error error(absl::StatusCode::kInvalidArgument, kKeyInvalid);
  bool found = false;
  for (const LayoutProblem& problem : problems) {
    if (!problem.is_error) continue;
    error.Field(problem.field, problem.description);
    found = true;
  }
  return found ? absl::Status(error) : absl::OkStatus();
}

// A failure of the align service with the paths of this service's request,
// whose layout became the other's reference. `root`: "" or "settings.".
absl::Status InTermsOfLayout(const absl::Status& status,
                             const std::string& root) {
  std::optional<ErrorDetails> details = DetailsOf(status);
  if (!details.has_value()) return status;
  const std::pair<absl::string_view, std::string> prefixes[] = {
      {"reference.image", root + "layout.reference"},
      {"reference.shapes", root + "layout"},
      {"reference", root + "layout"},
      {"options", root + "layout.alignment.options"},
      // The pixels that were sent on are not those of the request.
      {"scan", "scan"},
  };
  for (FieldViolation& violation : details->fields) {
    for (const auto& [theirs, ours] : prefixes) {
      if (!absl::StartsWith(violation.field, theirs)) continue;
      const bool keeps_rest = theirs != "reference.shapes" && theirs != "scan";
      violation.field = absl::StrCat(
          ours, keeps_rest ? violation.field.substr(theirs.size()) : "");
      break;
    }
  }
  return WithDetails(status, *details);
}

// What is wrong with a layout at `path`, and with a key for it, which may be
// absent, besides what `response` says already.
absl::Status CheckLayout(const v1::SheetLayout& message,
                         const std::string& path, const v1::AnswerKey* key,
                         v1::ValidateLayoutResponse* response) {
  absl::StatusOr<SheetLayout> layout = ToLayout(message);
  if (!layout.ok()) return PrefixFields(layout.status(), path);
  FillProblems(Sheet::Check(*layout), path, response);
  if (!response->valid()) return absl::OkStatus();
  absl::StatusOr<Sheet> sheet = Sheet::Create(*layout);
  if (!sheet.ok()) return PrefixFields(sheet.status(), path);
  FillProblems(CheckColumns(message, *sheet), path, response);
  for (const Field& field : sheet->fields()) {
    response->add_fields(field.label);
  }
  for (const CodeField& code : sheet->codes()) response->add_fields(code.label);
  for (const HandwritingBox& box : sheet->boxes()) {
    response->add_fields(box.label);
  }
  response->set_bubbles(sheet->bubble_count());
  if (key != nullptr) {
    FillProblems(CheckKey(ToKey(*key), *sheet),
                 absl::StrReplaceAll(path, {{"layout", "key"}}), response);
  }
  return absl::OkStatus();
}

}  // namespace

GradeService::GradeService(GradeLimits limits, AlignClient::ChannelSource align)
    : Service(v1::GradeService::service_full_name()),
      limits_(limits),
      align_(std::move(align)) {
  Unary<v1::GradeSheetRequest, v1::GradeSheetResponse>(
      "GradeSheet", [this](Call& call, const v1::GradeSheetRequest& request) {
        return GradeSheet(call, request);
      });
  Unary<v1::ValidateLayoutRequest, v1::ValidateLayoutResponse>(
      "ValidateLayout",
      [this](Call& call, const v1::ValidateLayoutRequest& request) {
        return ValidateLayout(call, request);
      });
  Unary<v1::ProposeLayoutRequest, v1::ProposeLayoutResponse>(
      "ProposeLayout",
      [this](Call& call, const v1::ProposeLayoutRequest& request) {
        return AnswerProposeLayout(call, request, limits_);
      });
  Conveyor<v1::GradeSheetsRequest, v1::GradeSheetsResponse>(
      "GradeSheets",
      [this](Call& call, const v1::GradeSheetsSettings& settings) {
        return OpenStream(call, settings);
      });
}

absl::StatusOr<v1::GradeSheetResponse> GradeService::GradeSheet(
    Call& call, const v1::GradeSheetRequest& request) {
  SL_ASSIGN_OR_RETURN(const Task task, MakeTask(call, request));
  return Grade(call, ImageSource::Of(request.scan()), task);
}

absl::StatusOr<ItemFunction<v1::GradeSheetResponse>> GradeService::OpenStream(
    Call& call, const v1::GradeSheetsSettings& settings) {
  absl::StatusOr<Task> task = MakeTask(call, settings);
  if (!task.ok()) return PrefixFields(task.status(), "settings");
  task->root = "settings.";
  return ItemFunction<v1::GradeSheetResponse>(
      [this, shared = std::make_shared<const Task>(*std::move(task))](
          Call& item_call, const ConveyorItem& item) {
        ImageSource scan;
        scan.encoded = item.bytes;
        scan.page = item.header.page();
        return Grade(item_call, scan, *shared);
      });
}

absl::StatusOr<v1::ValidateLayoutResponse> GradeService::ValidateLayout(
    Call& call, const v1::ValidateLayoutRequest& request) {
  SL_RETURN_IF_ERROR(call.EnterStage("validate"));
  v1::ValidateLayoutResponse response;
  response.set_valid(true);
  const auto add_preview = [&](const v1::SheetLayout& layout,
                               const std::string& path) -> absl::Status {
    if (!request.return_preview() || !response.valid()) return absl::OkStatus();
    SL_ASSIGN_OR_RETURN(*response.mutable_preview(),
                        DrawLayoutMessage(call, layout, path, request.preview(),
                                          "preview", limits_));
    return absl::OkStatus();
  };
  if (!request.has_omrchecker()) {
    SL_RETURN_IF_ERROR(CheckLayout(request.layout(), "layout",
                                   request.has_key() ? &request.key() : nullptr,
                                   &response));
    SL_RETURN_IF_ERROR(add_preview(request.layout(), "layout"));
    return response;
  }
  if (request.has_layout() || request.has_key()) {
    return Error(absl::StatusCode::kInvalidArgument, kLayoutTwice)
        .Field("omrchecker",
               "stands beside a layout or a key: send one or the other");
  }
  const omrchecker::Files files = omrchecker::FilesOf(request.omrchecker());
  SL_RETURN_IF_ERROR(call.Reserve(omrchecker::ImportBytes(files)));
  omrchecker::FillImport(omrchecker::ImportFiles(files), &response);
  if (!response.valid()) return response;
  // Its own copy: the response is written to meanwhile.
  const v1::OmrCheckerImport imported = response.omrchecker();
  SL_RETURN_IF_ERROR(CheckLayout(imported.layout(), "omrchecker.layout",
                                 imported.has_key() ? &imported.key() : nullptr,
                                 &response));
  SL_RETURN_IF_ERROR(add_preview(imported.layout(), "omrchecker.layout"));
  return response;
}

template <typename Message>
absl::StatusOr<GradeService::Task> GradeService::MakeTask(
    Call& call, const Message& message) const {
  SL_RETURN_IF_ERROR(call.EnterStage("layout"));
  if (!message.has_layout()) {
    return Error(absl::StatusCode::kInvalidArgument, kLayoutMissing)
        .Field("layout", "is missing: it says where the bubbles are");
  }
  Task task;
  absl::StatusOr<SheetLayout> layout = ToLayout(message.layout());
  if (!layout.ok()) return PrefixFields(layout.status(), "layout");
  absl::StatusOr<Sheet> sheet = Sheet::Create(*layout);
  if (!sheet.ok()) return PrefixFields(sheet.status(), "layout");
  task.sheet = *std::move(sheet);
  if (message.has_key()) {
    task.key = ToKey(message.key());
    SL_RETURN_IF_ERROR(
        PrefixFields(KeyError(CheckKey(*task.key, task.sheet)), "key"));
  }
  absl::StatusOr<GradeSettings> settings =
      ToSettings(message.options(), limits_, task.sheet.page().width);
  if (!settings.ok()) return PrefixFields(settings.status(), "options");
  task.settings = *std::move(settings);
  task.alignment = message.layout().alignment();
  if (task.alignment.mode() != v1::Alignment::MODE_ALIGNED) {
    task.reference.reference = ToReference(message.layout(), task.sheet);
    task.reference.id = ContentId(task.reference.reference);
    task.has_picture = message.layout().has_reference();
  }
  return task;
}

absl::StatusOr<v1::GradeSheetResponse> GradeService::Grade(
    Call& call, const ImageSource& source, const Task& task) {
  SL_RETURN_IF_ERROR(call.EnterStage("decode"));
  SL_ASSIGN_OR_RETURN(
      const ImageHeader header,
      InspectImage(source, "scan", limits_.min_long_side, limits_.image));
  const int reduction =
      header.is_raw ? 1 : ReductionFor(header.info, limits_.min_long_side);
  const int64_t pixels_bytes = int64_t{header.info.width / reduction + 1} *
                               (header.info.height / reduction + 1);
  const int64_t annotate_bytes =
      task.settings.return_annotated
          ? AnnotateBytes(task.sheet, task.settings.annotated_width)
          : 0;
  // Held beside the annotated page until the answer is sent.
  const int64_t crop_bytes =
      task.settings.return_crops
          ? ReviewItemBytes(task.sheet, task.settings.crop) +
                BoxCropBytes(task.sheet, task.settings.crop)
          : 0;
  const int64_t after_decoding =
      pixels_bytes + crop_bytes + task.sheet.bubble_count() * kBytesPerBubble +
      std::max({AlignClient::AlignBytes(pixels_bytes),
                ReadSheetBytes(task.sheet, task.settings.read),
                ReadCodesBytes(task.sheet), ReadBoxesBytes(task.sheet),
                annotate_bytes});
  SL_RETURN_IF_ERROR(
      call.Reserve(std::max(header.decode_bytes, after_decoding)));
  SL_ASSIGN_OR_RETURN(
      const Decoded<GrayImage> scan,
      DecodeGrayMessage(source, "scan", limits_.min_long_side, limits_.image));

  SL_RETURN_IF_ERROR(call.EnterStage("align"));
  v1::GradeSheetResponse response;
  SL_ASSIGN_OR_RETURN(const Homography to_page,
                      FindPage(call, scan, task, response.mutable_alignment()));

  SL_RETURN_IF_ERROR(call.EnterStage("read"));
  ReadOptions options = task.settings.read;
  options.position_is_sure =
      task.has_picture && response.alignment().confidence() >= kSurePosition;
  SL_ASSIGN_OR_RETURN(
      const SheetReading reading,
      ReadSheet(scan.pixels, to_page, task.sheet, options, call.stop()));
  FillReading(task.sheet, reading, options, task.settings.return_bubbles,
              scan.reduction, &response);
  if (!task.sheet.codes().empty()) {
    SL_RETURN_IF_ERROR(call.EnterStage("codes"));
    SL_ASSIGN_OR_RETURN(
        const std::vector<FieldReading> codes,
        ReadCodes(scan.pixels, to_page, task.sheet, call.stop()));
    FillCodes(task.sheet, codes, &response);
  }
  if (!task.sheet.boxes().empty()) {
    SL_RETURN_IF_ERROR(call.EnterStage("boxes"));
    SL_ASSIGN_OR_RETURN(
        const std::vector<BoxReading> boxes,
        ReadBoxes(scan.pixels, to_page, task.sheet, call.stop()));
    FillBoxes(task.sheet, boxes, &response);
  }

  std::optional<Score> score;
  if (task.key.has_value()) {
    SL_RETURN_IF_ERROR(call.EnterStage("score"));
    SL_ASSIGN_OR_RETURN(score, ScoreSheet(*task.key, task.sheet, reading));
    FillScore(*score, &response);
  }
  if (task.settings.return_crops) {
    SL_RETURN_IF_ERROR(call.EnterStage("crop"));
    SL_RETURN_IF_ERROR(FillReviewItems(scan.pixels, to_page, task.sheet,
                                       reading, task.settings.crop, call.stop(),
                                       &response));
    SL_RETURN_IF_ERROR(FillBoxCrops(scan.pixels, to_page, task.sheet,
                                    task.settings.crop, call.stop(),
                                    &response));
  }
  if (task.settings.return_annotated) {
    SL_RETURN_IF_ERROR(call.EnterStage("annotate"));
    SL_ASSIGN_OR_RETURN(const RgbImage annotated,
                        Annotate(scan.pixels, to_page, task.sheet, reading,
                                 score, task.settings.annotated_width));
    SL_RETURN_IF_ERROR(call.EnterStage("encode"));
    SL_ASSIGN_OR_RETURN(*response.mutable_annotated(),
                        EncodeMessage(annotated, task.settings.output));
  }
  *response.mutable_cost() = call.Cost();
  return response;
}

absl::StatusOr<Homography> GradeService::FindPage(
    Call& call, const Decoded<GrayImage>& scan, const Task& task,
    v1::AlignmentSummary* summary) {
  Homography to_page;  // Of the scan as it was decoded.
  if (task.alignment.mode() == v1::Alignment::MODE_ALIGNED) {
    const PixelSize page = task.sheet.page();
    to_page = Homography::Scale(page.width / scan.pixels.width(),
                                page.height / scan.pixels.height());
    summary->set_confidence(1);
  } else {
    const absl::StatusOr<align::v1::AlignResponse> answer = align_.Align(
        scan.pixels, task.reference, task.alignment.options(), call.stop());
    if (!answer.ok()) return InTermsOfLayout(answer.status(), task.root);
    const align::v1::AlignResponse& found = *answer;
    if (found.homography_size() != 9) {
      return Error(absl::StatusCode::kUnavailable, kAlignUnavailable)
          .Message("the align service answered without a homography")
          .RetryAfter(absl::Seconds(1));
    }
    std::array<double, 9> values;
    std::copy(found.homography().begin(), found.homography().end(),
              values.begin());
    to_page = Homography(values);
    summary->set_method(found.method());
    summary->set_confidence(found.confidence());
    *summary->mutable_attempts() = found.attempts();
  }
  const double scale = 1.0 / scan.reduction;
  const Homography full =
      (to_page * Homography::Scale(scale, scale)).Normalized();
  for (const double value : full.values()) summary->add_homography(value);
  return to_page;
}

}  // namespace sightline::grade
