#include "services/grade/grade_service.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/content_id/content_id.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "services/grade/engine/reasons.h"
#include "services/grade/grade_response.h"
#include "services/grade/layout_from_proto.h"
#include "services/grade/omrchecker/import_message.h"
#include "services/grade/page_layouts.h"
#include "services/grade/propose_layout.h"
#include "services/grade/reasons.h"
#include "services/grade/scan_pages.h"
#include "services/grade/sheet_grader.h"
#include "sightline/grade/v1/grade.grpc.pb.h"

namespace sightline::grade {
namespace {

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
  FillProblems(CheckPagesDiffer(message, *sheet), path, response);
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
  SL_ASSIGN_OR_RETURN(const SheetTask task, MakeTask(call, request));
  SL_ASSIGN_OR_RETURN(std::vector<ScanPageSource> pages,
                      ScanPagesOf(request, task.sheet.page_count() > 1));
  return GradePages(call, align_, limits_, task, std::move(pages));
}

absl::StatusOr<ItemFunction<v1::GradeSheetResponse>> GradeService::OpenStream(
    Call& call, const v1::GradeSheetsSettings& settings) {
  absl::StatusOr<SheetTask> task = MakeTask(call, settings);
  if (!task.ok()) return PrefixFields(task.status(), "settings");
  task->root = "settings.";
  return ItemFunction<v1::GradeSheetResponse>(
      [this, shared = std::make_shared<const SheetTask>(*std::move(task))](
          Call& item_call,
          const ConveyorItem& item) -> absl::StatusOr<v1::GradeSheetResponse> {
        SL_ASSIGN_OR_RETURN(std::vector<ScanPageSource> pages,
                            ScanPagesOf(item, shared->sheet.page_count() > 1));
        return GradePages(item_call, align_, limits_, *shared,
                          std::move(pages));
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
absl::StatusOr<SheetTask> GradeService::MakeTask(Call& call,
                                                 const Message& message) const {
  SL_RETURN_IF_ERROR(call.EnterStage("layout"));
  if (!message.has_layout()) {
    return Error(absl::StatusCode::kInvalidArgument, kLayoutMissing)
        .Field("layout", "is missing: it says where the bubbles are");
  }
  SheetTask task;
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
  for (int i = 0; i < task.sheet.page_count(); ++i) {
    const v1::SheetLayout& layout_page = PageMessage(message.layout(), i);
    PageTask& page = task.pages.emplace_back();
    page.alignment = layout_page.alignment();
    if (page.alignment.mode() == v1::Alignment::MODE_ALIGNED) continue;
    page.reference.reference =
        ToReference(layout_page, task.sheet.page_sheet(i));
    page.reference.id = ContentId(page.reference.reference);
    page.has_picture = layout_page.has_reference();
    page.has_markers = !layout_page.markers().empty();
  }
  if (task.pages.size() > 1) {
    std::vector<const common::v1::Image*> pictures;
    for (const PageTask& page : task.pages) {
      pictures.push_back(page.has_picture ? &page.reference.reference.image()
                                          : nullptr);
    }
    task.pictures =
        std::make_shared<PagePictures>(std::move(pictures), limits_.image);
  }
  return task;
}

}  // namespace sightline::grade
