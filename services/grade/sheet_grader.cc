#include "services/grade/sheet_grader.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "common/status/grpc_status.h"
#include "common/status/status_macros.h"
#include "services/grade/engine/annotate.h"
#include "services/grade/engine/code_reader.h"
#include "services/grade/engine/page_merge.h"
#include "services/grade/engine/scoring.h"
#include "services/grade/engine/sheet_reader.h"
#include "services/grade/grade_response.h"
#include "services/grade/page_matcher.h"
#include "services/grade/page_registration.h"
#include "services/grade/reasons.h"
#include "services/grade/review_items.h"
#include "services/grade/scan_trial.h"

namespace sightline::grade {
namespace {

// Answer message of a sheet, without images.
constexpr int64_t kBytesPerBubble = 200;
// Of an annotated page's file, per pixel: gray paper, at the highest quality.
constexpr int64_t kFileBytesPerPixel = 1;

// What CompareByPicture() works in.
constexpr int64_t kCompareBytes = int64_t{1} << 20;

class SheetGrader {
 public:
  SheetGrader(Call& call, AlignClient& align, const GradeLimits& limits,
              const SheetTask& task, std::vector<ScanPageSource> sources)
      : call_(call),
        align_(align),
        limits_(limits),
        task_(task),
        sources_(std::move(sources)),
        pages_(sources_.size()),
        scan_of_(task.sheet.page_count(), kNone) {}

  absl::StatusOr<v1::GradeSheetResponse> Run() {
    SL_RETURN_IF_ERROR(Reserve());
    SL_RETURN_IF_ERROR(ReadPages());
    Merge();
    SL_RETURN_IF_ERROR(ScoreReading());
    SL_RETURN_IF_ERROR(DrawPictures());
    if (has_several()) FillPages();
    *response_.mutable_cost() = call_.Cost();
    return std::move(response_);
  }

 private:
  static constexpr int kNone = -1;

  // What became of a page of the scan.
  struct Page {
    // Not OK: it was not read.
    absl::Status status;
    // Of the layout; kNone if it is none of them.
    int layout_page = kNone;
    v1::PageMatch match = v1::PAGE_MATCH_UNSPECIFIED;
    FoundPage found;
    int reduction = 1;
    v1::Thresholds thresholds;
    std::optional<PageReading> reading;
    common::v1::EncodedImage annotated;
  };

  bool has_several() const {
    return sources_.size() > 1 || task_.sheet.page_count() > 1;
  }

  // A failure that ends the grading, or becomes the page's own.
  absl::Status Note(const absl::Status& failure, Page& page) const {
    if (failure.ok() || !has_several() || !IsOfThePage(failure)) return failure;
    page.status = failure;
    return absl::OkStatus();
  }

  // The memory of the whole call, from the headers of all pages.
  absl::Status Reserve() {
    SL_RETURN_IF_ERROR(call_.EnterStage("decode"));
    int64_t most = 0;
    for (size_t i = 0; i < sources_.size(); ++i) {
      const absl::StatusOr<ImageHeader> header =
          InspectImage(sources_[i].source, sources_[i].path,
                       limits_.min_long_side, limits_.image);
      SL_RETURN_IF_ERROR(Note(header.status(), pages_[i]));
      if (header.ok()) most = std::max(most, PageBytes(*header));
    }
    return call_.Reserve(most + KeptBytes());
  }

  // While one page is worked on.
  int64_t PageBytes(const ImageHeader& header) const {
    const int reduction =
        header.is_raw ? 1 : ReductionFor(header.info, limits_.min_long_side);
    const int64_t pixels_bytes = int64_t{header.info.width / reduction + 1} *
                                 (header.info.height / reduction + 1);
    const int64_t annotate_bytes =
        task_.settings.return_annotated
            ? AnnotateBytes(task_.sheet, task_.settings.annotated_width)
            : 0;
    const int64_t codes_bytes =
        HasPageCodes() ? FindCodeTextsBytes(pixels_bytes) : 0;
    return std::max(
        header.decode_bytes,
        pixels_bytes +
            std::max({AlignClient::AlignBytes(pixels_bytes),
                      ReadSheetBytes(task_.sheet, task_.settings.read),
                      ReadCodesBytes(task_.sheet), ReadBoxesBytes(task_.sheet),
                      codes_bytes, annotate_bytes}));
  }

  // What is held until the answer is sent: readings and pictures.
  int64_t KeptBytes() const {
    int64_t bytes = task_.sheet.bubble_count() * kBytesPerBubble;
    if (task_.settings.return_crops) {
      bytes += ReviewItemBytes(task_.sheet, task_.settings.crop) +
               BoxCropBytes(task_.sheet, task_.settings.crop);
    }
    if (task_.pictures != nullptr) {
      bytes += task_.pictures->bytes() + kCompareBytes;
    }
    if (!has_several()) return bytes;
    bytes += ReadSheetBytes(task_.sheet, task_.settings.read);
    if (task_.settings.return_annotated) {
      const int64_t pixels =
          AnnotateBytes(task_.sheet, task_.settings.annotated_width) / 3;
      const bool is_png =
          task_.settings.output.format() == common::v1::IMAGE_FORMAT_PNG;
      bytes +=
          task_.sheet.page_count() * pixels * (is_png ? 3 : kFileBytesPerPixel);
    }
    return bytes;
  }

  bool HasPageCodes() const {
    for (int i = 0; has_several() && i < task_.sheet.page_count(); ++i) {
      if (!task_.sheet.page_sheet(i).page_code().empty()) return true;
    }
    return false;
  }

  absl::StatusOr<Decoded<GrayImage>> Decode(size_t index) const {
    return DecodeGrayMessage(sources_[index].source, sources_[index].path,
                             limits_.min_long_side, limits_.image);
  }

  absl::Status ReadPages() {
    int expected = 0;
    for (size_t i = 0; i < pages_.size(); ++i) {
      Page& page = pages_[i];
      if (!page.status.ok()) continue;
      SL_RETURN_IF_ERROR(Note(ReadPage(i, expected), page));
      if (!page.status.ok()) continue;
      expected = (page.layout_page + 1) % task_.sheet.page_count();
      int& first = scan_of_[page.layout_page];
      if (first == kNone) {
        first = static_cast<int>(i);
        continue;
      }
      page.status =
          Error(absl::StatusCode::kAlreadyExists, kPageTwice)
              .Message(absl::StrCat("this is page ", page.layout_page + 1,
                                    " of the layout, and so is page ",
                                    first + 1, " of the scan"));
      page.reading.reset();
    }
    const bool any = std::any_of(scan_of_.begin(), scan_of_.end(),
                                 [](int scan) { return scan != kNone; });
    return any ? absl::OkStatus() : NothingRead();
  }

  absl::Status ReadPage(size_t index, int expected) {
    Page& page = pages_[index];
    // Reserve() was the beginning of the first one's.
    if (index > 0) SL_RETURN_IF_ERROR(call_.EnterStage("decode"));
    SL_ASSIGN_OR_RETURN(Decoded<GrayImage> scan, Decode(index));
    page.reduction = scan.reduction;
    ScanTrial trial(call_, align_, task_, scan);
    SL_ASSIGN_OR_RETURN(MatchedPage matched, MatchPage(task_, expected, trial));
    PageReading reading;
    reading.fields = std::move(matched.reading);
    const Sheet& sheet = task_.sheet.page_sheet(matched.page);
    if (!sheet.codes().empty()) {
      SL_RETURN_IF_ERROR(call_.EnterStage("codes"));
      SL_ASSIGN_OR_RETURN(
          reading.codes,
          ReadCodes(scan.pixels, matched.found.to_page, sheet, call_.stop()));
    }
    if (!sheet.boxes().empty()) {
      SL_RETURN_IF_ERROR(call_.EnterStage("boxes"));
      SL_ASSIGN_OR_RETURN(
          reading.boxes,
          ReadBoxes(scan.pixels, matched.found.to_page, sheet, call_.stop()));
    }
    page.layout_page = matched.page;
    page.match = matched.match;
    page.found = std::move(matched.found);
    page.thresholds = ToThresholds(reading.fields, task_.settings.read);
    page.reading = std::move(reading);
    // Of a single page the pictures need no second decoding.
    if (sources_.size() == 1) only_scan_ = std::move(scan);
    return absl::OkStatus();
  }

  absl::Status NothingRead() const {
    const absl::Status& first = pages_.front().status;
    if (pages_.size() == 1) return first;
    const absl::Status failure(
        first.code(), absl::StrCat("none of the scan's ", pages_.size(),
                                   " pages could be read; the first one: ",
                                   std::string(first.message())));
    return WithDetails(failure, DetailsOf(first).value_or(ErrorDetails{}));
  }

  void Merge() {
    std::vector<std::optional<PageReading>> readings(scan_of_.size());
    std::vector<bool> is_twice(scan_of_.size(), false);
    std::vector<int> reductions(scan_of_.size(), 1);
    for (size_t i = 0; i < scan_of_.size(); ++i) {
      if (scan_of_[i] == kNone) continue;
      Page& page = pages_[scan_of_[i]];
      readings[i] = std::move(page.reading);
      reductions[i] = page.reduction;
    }
    for (const Page& page : pages_) {
      if (page.layout_page == kNone || page.status.ok()) continue;
      is_twice[page.layout_page] = true;
    }
    reading_ = MergePages(task_.sheet, std::move(readings), is_twice);
    FillReading(task_.sheet, reading_.fields, task_.settings.read,
                task_.settings.return_bubbles, reductions, &response_);
    FillCodes(task_.sheet, reading_.codes, &response_);
    FillBoxes(task_.sheet, reading_.boxes, &response_);
    const Page* least = nullptr;
    for (const int scan : scan_of_) {
      if (scan == kNone) continue;
      const Page& page = pages_[scan];
      if (least == nullptr ||
          page.found.summary.confidence() < least->found.summary.confidence()) {
        least = &page;
      }
    }
    *response_.mutable_alignment() = least->found.summary;
  }

  absl::Status ScoreReading() {
    if (!task_.key.has_value()) return absl::OkStatus();
    SL_RETURN_IF_ERROR(call_.EnterStage("score"));
    SL_ASSIGN_OR_RETURN(score_,
                        ScoreSheet(*task_.key, task_.sheet, reading_.fields));
    FillScore(*score_, &response_);
    return absl::OkStatus();
  }

  // Crops and annotated pages, in the layout's order.
  absl::Status DrawPictures() {
    if (task_.settings.return_crops) FillReviewItems(&response_);
    for (int i = 0; i < task_.sheet.page_count(); ++i) {
      if (scan_of_[i] == kNone) continue;
      const bool needs_crops = task_.settings.return_crops &&
                               (!task_.sheet.page_sheet(i).boxes().empty() ||
                                AnyReviewOnPage(task_.sheet, i, response_));
      if (!needs_crops && !task_.settings.return_annotated) continue;
      Page& page = pages_[scan_of_[i]];
      Decoded<GrayImage> again;
      if (!only_scan_.has_value()) {
        SL_RETURN_IF_ERROR(call_.EnterStage("decode"));
        SL_ASSIGN_OR_RETURN(again, Decode(scan_of_[i]));
      }
      const GrayImage& scan =
          only_scan_.has_value() ? only_scan_->pixels : again.pixels;
      if (needs_crops) {
        SL_RETURN_IF_ERROR(call_.EnterStage("crop"));
        SL_RETURN_IF_ERROR(AddReviewPictures(
            scan, page.found.to_page, task_.sheet, i, reading_.fields,
            task_.settings.crop, call_.stop(), &response_));
        SL_RETURN_IF_ERROR(AddBoxPictures(scan, page.found.to_page, task_.sheet,
                                          i, task_.settings.crop, call_.stop(),
                                          &response_));
      }
      if (task_.settings.return_annotated) {
        SL_RETURN_IF_ERROR(Draw(scan, i, page));
      }
    }
    return absl::OkStatus();
  }

  absl::Status Draw(const GrayImage& scan, int layout_page, Page& page) {
    SL_RETURN_IF_ERROR(call_.EnterStage("annotate"));
    SL_ASSIGN_OR_RETURN(
        const RgbImage annotated,
        Annotate(scan, page.found.to_page, task_.sheet, reading_.fields, score_,
                 task_.settings.annotated_width, layout_page));
    SL_RETURN_IF_ERROR(call_.EnterStage("encode"));
    SL_ASSIGN_OR_RETURN(common::v1::EncodedImage file,
                        EncodeMessage(annotated, task_.settings.output));
    if (response_.has_annotated()) {
      page.annotated = std::move(file);
    } else {
      *response_.mutable_annotated() = std::move(file);
    }
    return absl::OkStatus();
  }

  void FillPages() {
    for (size_t i = 0; i < pages_.size(); ++i) {
      Page& page = pages_[i];
      v1::ScanPage* out = response_.add_pages();
      out->set_index(static_cast<int>(i));
      if (!page.status.ok()) *out->mutable_error() = ToRpcStatus(page.status);
      if (page.layout_page == kNone) continue;
      out->set_layout_page(page.layout_page);
      out->set_match(page.match);
      *out->mutable_alignment() = std::move(page.found.summary);
      if (!page.status.ok()) continue;
      *out->mutable_thresholds() = page.thresholds;
      if (page.annotated.content().empty()) continue;
      *out->mutable_annotated() = std::move(page.annotated);
    }
  }

  Call& call_;
  AlignClient& align_;
  const GradeLimits& limits_;
  const SheetTask& task_;
  const std::vector<ScanPageSource> sources_;
  // Of the scan.
  std::vector<Page> pages_;
  // Per page of the layout, the page of the scan that was read as it.
  std::vector<int> scan_of_;
  // The pixels, where the scan has one page.
  std::optional<Decoded<GrayImage>> only_scan_;
  PageReading reading_;
  std::optional<Score> score_;
  v1::GradeSheetResponse response_;
};

}  // namespace

absl::StatusOr<v1::GradeSheetResponse> GradePages(
    Call& call, AlignClient& align, const GradeLimits& limits,
    const SheetTask& task, std::vector<ScanPageSource> pages) {
  return SheetGrader(call, align, limits, task, std::move(pages)).Run();
}

}  // namespace sightline::grade
