// Sheets of several pages, over TCP: pages come in any order and orientation,
// are told apart, and make one answer; what is missing, foreign, doubled or in
// doubt is reported and never guessed.
#include <ZXing/BitMatrix.h>
#include <ZXing/MultiFormatWriter.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/image/encode.h"
#include "tests/support/images/image_files.h"
#include "tests/support/omr/omr_requests.h"
#include "tests/support/omr/omr_server.h"

namespace sightline::omr {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

using generator::FormFamily;
using generator::GeneratedSheet;
using grade::v1::GradeSheetRequest;
using grade::v1::SheetLayout;
using Response = grade::v1::GradeSheetResponse;

const GeneratedSheet& Front() { return SheetOf(FormFamily::kQuickstart); }
const GeneratedSheet& Back() { return SheetOf(FormFamily::kSquareMarkers); }
const GeneratedSheet& Foreign() { return SheetOf(FormFamily::kMultiMark); }

// What labels of a page begin with; pages are numbered from 0.
std::string Prefix(int page) {
  return page == 0 ? "" : absl::StrCat("page", page + 1, "_");
}

void Rename(const std::string& prefix, SheetLayout* layout) {
  const auto rename = [&](std::string* label) { label->insert(0, prefix); };
  for (auto& block : *layout->mutable_blocks()) {
    for (std::string& label : *block.mutable_labels()) rename(&label);
  }
  for (auto& field : *layout->mutable_fields()) rename(field.mutable_label());
  for (auto& combined : *layout->mutable_combined()) {
    rename(combined.mutable_label());
    for (std::string& label : *combined.mutable_fields()) rename(&label);
  }
}

// The sheets' layouts as the pages of one.
SheetLayout JoinedLayout(const std::vector<const GeneratedSheet*>& pages) {
  SheetLayout layout = LayoutOf(*pages[0]);
  layout.clear_columns();
  for (size_t i = 1; i < pages.size(); ++i) {
    SheetLayout page = LayoutOf(*pages[i]);
    page.clear_columns();
    Rename(Prefix(static_cast<int>(i)), &page);
    for (const auto& combined : page.combined()) {
      *layout.add_combined() = combined;
    }
    page.clear_combined();
    *layout.add_more_pages() = std::move(page);
  }
  return layout;
}

grade::v1::AnswerKey JoinedKey(
    const std::vector<const GeneratedSheet*>& pages) {
  grade::v1::AnswerKey key = KeyOf(*pages[0]);
  for (size_t i = 1; i < pages.size(); ++i) {
    const grade::v1::AnswerKey own = KeyOf(*pages[i]);
    for (grade::v1::Question question : own.questions()) {
      question.set_field(Prefix(static_cast<int>(i)) + question.field());
      *key.add_questions() = question;
    }
  }
  return key;
}

std::string UpsideDown(const GrayImage& scan) {
  GrayImage turned(scan.width(), scan.height());
  for (int y = 0; y < scan.height(); ++y) {
    std::reverse_copy(scan.row(y), scan.row(y) + scan.width(),
                      turned.row(scan.height() - 1 - y));
  }
  return *EncodeJpeg(turned, 90);
}

// A scan of the front and back, as given.
GradeSheetRequest RequestOf(const std::vector<std::string>& scans) {
  GradeSheetRequest request;
  *request.mutable_layout() = JoinedLayout({&Front(), &Back()});
  *request.mutable_key() = JoinedKey({&Front(), &Back()});
  request.mutable_scan()->set_encoded(scans[0]);
  for (size_t i = 1; i < scans.size(); ++i) {
    request.add_more_scans()->set_encoded(scans[i]);
  }
  return request;
}

// Labels of a page whose answers are not the truth.
std::vector<std::string> WrongOn(int page, const Response& response,
                                 const GeneratedSheet& sheet) {
  std::vector<std::string> wrong;
  for (const generator::FieldTruth& truth : sheet.truth) {
    const std::string label = Prefix(page) + truth.label;
    const auto field = std::find_if(
        response.fields().begin(), response.fields().end(),
        [&](const auto& reading) { return reading.label() == label; });
    if (field == response.fields().end() || field->answer() != truth.answer) {
      wrong.push_back(label);
    }
  }
  return wrong;
}

std::vector<grade::v1::FieldReading> FieldsOn(int page,
                                              const Response& response) {
  std::vector<grade::v1::FieldReading> fields;
  for (const auto& field : response.fields()) {
    if (absl::StartsWith(field.label(), "page2_") == (page == 1)) {
      fields.push_back(field);
    }
  }
  return fields;
}

// Per page of the scan: the page of the layout, -1 for none.
std::vector<int> LayoutPages(const Response& response) {
  std::vector<int> pages;
  for (const auto& page : response.pages()) {
    EXPECT_EQ(page.index(), static_cast<int>(pages.size()));
    pages.push_back(page.has_layout_page() ? page.layout_page() : -1);
  }
  return pages;
}

std::string ReasonOf(const google::rpc::Status& error) {
  return DetailsOf(FromRpcStatus(error)).value_or(ErrorDetails{}).reason;
}

bool IsReviewed(const Response& response, const std::string& label) {
  return std::find(response.review().begin(), response.review().end(), label) !=
         response.review().end();
}

TEST(SeveralPages, MakeOneAnswer) {
  OmrServer server;
  const auto answer = Ask(server, RequestOf({Front().jpeg, Back().jpeg}));
  ASSERT_TRUE(answer.ok()) << answer.status;
  const Response& sheet = answer.response;
  EXPECT_THAT(LayoutPages(sheet), ElementsAre(0, 1));
  EXPECT_THAT(WrongOn(0, sheet, Front()), IsEmpty());
  EXPECT_THAT(WrongOn(1, sheet, Back()), IsEmpty());
  EXPECT_EQ(sheet.fields_size(),
            static_cast<int>(Front().truth.size() + Back().truth.size()));
  EXPECT_EQ(sheet.max_score(), static_cast<double>(sheet.questions_size()));
  for (const auto& page : sheet.pages()) {
    EXPECT_EQ(page.match(), grade::v1::PAGE_MATCH_REGISTRATION);
    EXPECT_FALSE(page.has_error());
    EXPECT_GT(page.alignment().confidence(), 0.9);
    EXPECT_EQ(page.alignment().homography_size(), 9);
    EXPECT_GT(page.thresholds().page(), 0);
    EXPECT_GE(page.alignment().confidence(), sheet.alignment().confidence());
  }
}

TEST(SeveralPages, ComeInAnyOrderAndOrientation) {
  OmrServer server;
  const auto answer =
      Ask(server, RequestOf({UpsideDown(Back().scan), Front().jpeg}));
  ASSERT_TRUE(answer.ok()) << answer.status;
  EXPECT_THAT(LayoutPages(answer.response), ElementsAre(1, 0));
  EXPECT_THAT(WrongOn(0, answer.response, Front()), IsEmpty());
  EXPECT_THAT(WrongOn(1, answer.response, Back()), IsEmpty());
}

TEST(SeveralPages, AMissingOneIsForReviewAndNeverSilentlyBlank) {
  OmrServer server;
  GradeSheetRequest request = RequestOf({Back().jpeg});
  request.mutable_options()->set_return_crops(true);
  request.mutable_options()->set_return_bubbles(true);
  const auto answer = Ask(server, request);
  ASSERT_TRUE(answer.ok()) << answer.status;
  const Response& sheet = answer.response;
  EXPECT_THAT(LayoutPages(sheet), ElementsAre(1));
  EXPECT_THAT(WrongOn(1, sheet, Back()), IsEmpty());
  for (const auto& field : FieldsOn(0, sheet)) {
    EXPECT_EQ(field.answer(), "");
    EXPECT_EQ(field.confidence(), 0);
    EXPECT_THAT(field.flags(), ElementsAre(grade::v1::FLAG_PAGE_MISSING));
    EXPECT_TRUE(IsReviewed(sheet, field.label())) << field.label();
  }
  for (const auto& question : sheet.questions()) {
    if (absl::StartsWith(question.field(), "page2_")) continue;
    EXPECT_TRUE(question.needs_review()) << question.field();
  }
  ASSERT_GT(sheet.combined_size(), 0);
  EXPECT_THAT(sheet.combined(0).flags(),
              ElementsAre(grade::v1::FLAG_PAGE_MISSING));
  for (const auto& item : sheet.review_items()) {
    EXPECT_EQ(item.has_crop(), absl::StartsWith(item.label(), "page2_"));
  }
}

TEST(SeveralPages, AForeignOneIsReported) {
  OmrServer server;
  const auto answer =
      Ask(server, RequestOf({Front().jpeg, Foreign().jpeg, Back().jpeg}));
  ASSERT_TRUE(answer.ok()) << answer.status;
  EXPECT_THAT(LayoutPages(answer.response), ElementsAre(0, -1, 1));
  EXPECT_EQ(ReasonOf(answer.response.pages(1).error()), "PAGE_UNMATCHED");
  EXPECT_THAT(WrongOn(0, answer.response, Front()), IsEmpty());
  EXPECT_THAT(WrongOn(1, answer.response, Back()), IsEmpty());
}

TEST(SeveralPages, ABlankBackOfAOneSidedSheetIsReported) {
  OmrServer server;
  GradeSheetRequest request = GradeRequestOf(Front());
  request.add_more_scans()->set_encoded(PlainPng(1240, 1754, 250));
  const auto answer = Ask(server, request);
  ASSERT_TRUE(answer.ok()) << answer.status;
  EXPECT_THAT(LayoutPages(answer.response), ElementsAre(0, -1));
  EXPECT_EQ(ReasonOf(answer.response.pages(1).error()), "PAGE_NOT_FOUND");
  EXPECT_THAT(WrongOn(0, answer.response, Front()), IsEmpty());
}

TEST(SeveralPages, ThatShowTheSameAreDoubted) {
  OmrServer server;
  const auto answer =
      Ask(server, RequestOf({Front().jpeg, Back().jpeg,
                             SheetOf(FormFamily::kQuickstart,
                                     generator::MarkProfile::kClean,
                                     {generator::Degradation::kRotation}, 2)
                                 .jpeg}));
  ASSERT_TRUE(answer.ok()) << answer.status;
  const Response& sheet = answer.response;
  EXPECT_THAT(LayoutPages(sheet), ElementsAre(0, 1, 0));
  EXPECT_EQ(ReasonOf(sheet.pages(2).error()), "PAGE_TWICE");
  EXPECT_THAT(sheet.pages(2).error().message(),
              HasSubstr("so is page 1 of the scan"));
  EXPECT_THAT(WrongOn(0, sheet, Front()), IsEmpty()) << "the first is read";
  for (const auto& field : FieldsOn(0, sheet)) {
    EXPECT_THAT(field.flags(), ::testing::Contains(grade::v1::FLAG_PAGE_TWICE));
    EXPECT_LT(field.confidence(), 0.5);
    EXPECT_TRUE(IsReviewed(sheet, field.label())) << field.label();
  }
  for (const auto& field : FieldsOn(1, sheet)) {
    EXPECT_THAT(field.flags(),
                Not(::testing::Contains(grade::v1::FLAG_PAGE_TWICE)));
  }
}

TEST(SeveralPages, NoneOfWhichMatchesFailTheSheet) {
  OmrServer server;
  const auto answer =
      Ask(server, RequestOf({Foreign().jpeg, PlainPng(1240, 1754, 250)}));
  EXPECT_EQ(answer.status.code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(answer.reason(), "PAGE_UNMATCHED");
  EXPECT_THAT(std::string(answer.status.message()), HasSubstr("2 pages"));
}

TEST(SeveralPages, ABrokenOneLeavesTheOthers) {
  OmrServer server;
  const auto answer = Ask(server, RequestOf({"no image", Back().jpeg}));
  ASSERT_TRUE(answer.ok()) << answer.status;
  EXPECT_THAT(LayoutPages(answer.response), ElementsAre(-1, 1));
  EXPECT_EQ(ReasonOf(answer.response.pages(0).error()), "IMAGE_FORMAT_UNKNOWN");
  EXPECT_THAT(WrongOn(1, answer.response, Back()), IsEmpty());
}

TEST(SeveralPages, AreDrawnEach) {
  OmrServer server;
  GradeSheetRequest request = RequestOf({Back().jpeg, Front().jpeg});
  request.mutable_options()->set_return_annotated(true);
  request.mutable_options()->set_annotated_width(400);
  const auto answer = Ask(server, request);
  ASSERT_TRUE(answer.ok()) << answer.status;
  EXPECT_EQ(answer.response.annotated().width(), 400);
  ASSERT_THAT(LayoutPages(answer.response), ElementsAre(1, 0));
  EXPECT_EQ(answer.response.pages(0).annotated().width(), 400);
  EXPECT_FALSE(answer.response.pages(1).has_annotated())
      << "the first page of the layout is GradeSheetResponse.annotated";
}

// --- pages that look alike ---

// One form on both pages.
struct Alike {
  SheetLayout layout;
  std::vector<std::string> scans;
};

// Two filled-in sheets of `family` as front and back; with `codes` a QR code is
// printed on each.
Alike AlikePages(FormFamily family, bool codes) {
  Alike alike;
  const GeneratedSheet* sheets[] = {
      &SheetOf(family), &SheetOf(family, generator::MarkProfile::kClean,
                                 {generator::Degradation::kRotation}, 2)};
  alike.layout = JoinedLayout({sheets[0], sheets[1]});
  for (int i = 0; i < 2; ++i) {
    GrayImage scan = sheets[i]->scan.Clone();
    if (codes) {
      const std::string code = absl::StrCat("exam7-p", i + 1, "/");
      (i == 0 ? alike.layout : *alike.layout.mutable_more_pages(0))
          .set_page_code(code);
      ZXing::MultiFormatWriter writer(ZXing::BarcodeFormat::QRCode);
      writer.setMargin(4);
      const ZXing::BitMatrix bits = writer.encode(code + "0042", 260, 260);
      // Upright on the scan, near the foot of the page.
      for (int y = 0; y < bits.height(); ++y) {
        for (int x = 0; x < bits.width(); ++x) {
          scan.row(scan.height() - 500 + y)[scan.width() / 2 + x] =
              bits.get(x, y) ? 40 : 235;
        }
      }
    }
    alike.scans.push_back(*EncodeJpeg(scan, 90));
  }
  return alike;
}

TEST(PagesThatLookAlike, AreToldByTheirCodes) {
  OmrServer server;
  const Alike alike = AlikePages(FormFamily::kQuickstart, true);
  GradeSheetRequest request;
  *request.mutable_layout() = alike.layout;
  request.mutable_scan()->set_encoded(alike.scans[1]);
  request.add_more_scans()->set_encoded(alike.scans[0]);
  const auto answer = Ask(server, request);
  ASSERT_TRUE(answer.ok()) << answer.status;
  EXPECT_THAT(LayoutPages(answer.response), ElementsAre(1, 0));
  for (const auto& page : answer.response.pages()) {
    EXPECT_EQ(page.match(), grade::v1::PAGE_MATCH_CODE);
  }
  EXPECT_THAT(WrongOn(0, answer.response, Front()), IsEmpty());
}

// Prints a bar in place of every question's number: flat on page 0, upright on
// page 1. `to_page` maps the image's pixels to page units.
void Renumber(const GeneratedSheet& sheet, int page, const Homography& to_page,
              GrayImage* image) {
  std::vector<grade::Bubble> first;
  for (const grade::Field& field : sheet.form->fields) {
    if (field.label[0] == 'q') first.push_back(field.bubbles[0]);
  }
  for (int y = 0; y < image->height(); ++y) {
    for (int x = 0; x < image->width(); ++x) {
      const PixelPoint at = to_page.Map({x + 0.5, y + 0.5});
      for (const grade::Bubble& bubble : first) {
        const double u =
            std::abs(at.x - bubble.center.x) / bubble.size.width - 1.3;
        const double v = std::abs(at.y - bubble.center.y) / bubble.size.height;
        if (at.x > bubble.center.x || std::abs(u) > 0.6 || v > 0.5) continue;
        const double along = page == 0 ? std::abs(u) : v;
        const double across = page == 0 ? v : std::abs(u);
        const bool is_bar = along < 0.4 && across < 0.08;
        image->row(y)[x] = is_bar ? 40 : 240;
      }
    }
  }
}

TEST(PagesThatLookAlike, AreToldByPicturesThatDifferInTheirNumbersAlone) {
  OmrServer server;
  Alike alike = AlikePages(FormFamily::kQuickstart, false);
  GradeSheetRequest request;
  for (int i = 0; i < 2; ++i) {
    const GeneratedSheet& sheet = SheetOf(
        FormFamily::kQuickstart, generator::MarkProfile::kClean,
        {generator::Degradation::kRotation}, static_cast<uint64_t>(i) + 1);
    GrayImage picture = sheet.form->print.luma.Clone();
    Renumber(sheet, i,
             Homography::Scale(sheet.form->units_per_pixel,
                               sheet.form->units_per_pixel),
             &picture);
    SheetLayout& page =
        i == 0 ? alike.layout : *alike.layout.mutable_more_pages(0);
    page.mutable_reference()->set_encoded(*EncodePng(picture));
    GrayImage scan = sheet.scan.Clone();
    Renumber(sheet, i, sheet.scan_to_page, &scan);
    alike.scans[i] = UpsideDown(scan);
  }
  *request.mutable_layout() = alike.layout;
  request.mutable_scan()->set_encoded(alike.scans[1]);
  request.add_more_scans()->set_encoded(alike.scans[0]);
  const auto answer = Ask(server, request);
  ASSERT_TRUE(answer.ok()) << answer.status;
  EXPECT_THAT(LayoutPages(answer.response), ElementsAre(1, 0));
  EXPECT_THAT(WrongOn(0, answer.response, Front()), IsEmpty());
}

TEST(PagesThatLookAlike, AreRefusedWithoutCodes) {
  OmrServer server;
  Alike alike = AlikePages(FormFamily::kSquareMarkers, false);
  for (const bool with_pictures : {true, false}) {
    if (!with_pictures) {
      alike.layout.clear_reference();
      alike.layout.mutable_more_pages(0)->clear_reference();
    }
    GradeSheetRequest request;
    *request.mutable_layout() = alike.layout;
    request.mutable_scan()->set_encoded(alike.scans[0]);
    request.add_more_scans()->set_encoded(alike.scans[1]);
    const auto answer = Ask(server, request);
    EXPECT_EQ(answer.status.code(), absl::StatusCode::kFailedPrecondition);
    EXPECT_EQ(answer.reason(), "PAGE_AMBIGUOUS");
    EXPECT_THAT(std::string(answer.status.message()), HasSubstr("page_code"));
  }
}

TEST(PagesThatLookAlike, AreWarnedOf) {
  OmrServer server;
  grade::v1::ValidateLayoutRequest request;
  *request.mutable_layout() = AlikePages(FormFamily::kQuickstart, false).layout;
  auto answer = Ask(server, request);
  ASSERT_TRUE(answer.ok()) << answer.status;
  EXPECT_TRUE(answer.response.valid());
  ASSERT_THAT(answer.response.problems(), SizeIs(1));
  EXPECT_EQ(answer.response.problems(0).field(), "layout.more_pages[0]");
  EXPECT_THAT(answer.response.problems(0).description(),
              HasSubstr("page_code"));
  *request.mutable_layout() = AlikePages(FormFamily::kQuickstart, true).layout;
  answer = Ask(server, request);
  EXPECT_THAT(answer.response.problems(), IsEmpty());
  *request.mutable_layout() = JoinedLayout({&Front(), &Back()});
  answer = Ask(server, request);
  EXPECT_THAT(answer.response.problems(), IsEmpty());
  EXPECT_EQ(answer.response.fields_size(),
            static_cast<int>(Front().truth.size() + Back().truth.size()));
}

// --- how pages are sent ---

sightline::testing::TiffPageFile TiffPage(const GrayImage& scan) {
  sightline::testing::TiffPageFile page;
  page.picture = sightline::testing::Picture(scan.width(), scan.height(), 1);
  for (int y = 0; y < scan.height(); ++y) {
    std::copy(scan.row(y), scan.row(y) + scan.width(),
              page.picture.samples.begin() +
                  static_cast<ptrdiff_t>(y) * scan.width());
  }
  page.options.compression = 5;
  return page;
}

// Front, back, front.
const std::string& ThreePages() {
  static const auto& file = *new std::string(sightline::testing::TiffFile(
      {TiffPage(Front().scan), TiffPage(Back().scan), TiffPage(Front().scan)}));
  return file;
}

TEST(PagesOfAFile, AllCountFromTheNamedOneOn) {
  OmrServer server;
  GradeSheetRequest request = RequestOf({ThreePages()});
  request.mutable_scan()->set_page(1);
  const auto answer = Ask(server, request);
  ASSERT_TRUE(answer.ok()) << answer.status;
  EXPECT_THAT(LayoutPages(answer.response), ElementsAre(1, 0));
  // Of a layout of one page, one.
  GradeSheetRequest single = GradeRequestOf(Front());
  single.mutable_scan()->set_encoded(ThreePages());
  const auto one = Ask(server, single);
  ASSERT_TRUE(one.ok()) << one.status;
  EXPECT_THAT(one.response.pages(), IsEmpty());
  EXPECT_THAT(Wrong(one.response, Front()), IsEmpty());
}

class PagesOfAnItem : public ::testing::Test {
 protected:
  PagesOfAnItem()
      : stub_(server_.Grade()), stream_([this](grpc::ClientContext* context) {
          return stub_->GradeSheets(context);
        }) {
    grade::v1::GradeSheetsSettings settings;
    *settings.mutable_layout() = JoinedLayout({&Front(), &Back()});
    stream_.Begin(settings);
  }

  void Send(common::v1::ItemHeader header, const std::string& bytes) {
    header.set_byte_size(static_cast<int64_t>(bytes.size()));
    stream_.Announce(header);
    for (size_t at = 0; at < bytes.size(); at += 256 << 10) {
      stream_.Chunk(bytes.substr(at, 256 << 10));
    }
  }

  static common::v1::ItemHeader Header(const std::string& id,
                                       const std::vector<size_t>& sizes,
                                       int page = 0, int count = 0) {
    common::v1::ItemHeader header;
    header.set_id(id);
    for (const size_t size : sizes) {
      header.add_part_sizes(static_cast<int64_t>(size));
    }
    header.set_page(page);
    header.set_page_count(count);
    return header;
  }

  OmrServer server_;
  std::unique_ptr<grade::v1::GradeService::Stub> stub_;
  GradeStream stream_;
};

TEST_F(PagesOfAnItem, AreItsFilesOrThoseOfItsFile) {
  const std::string both = Back().jpeg + Front().jpeg;
  const std::vector<size_t> sizes = {Back().jpeg.size(), Front().jpeg.size()};
  Send(Header("two files", sizes), both);
  Send(Header("the second", sizes, 1, 1), both);
  Send(Header("in a file", {}, 0, 2), ThreePages());
  Send(Header("short", {sizes[0], sizes[1] - 1}), both);
  Send(Header("long", {sizes[0], sizes[1] + 1}), both);
  Send(Header("negative", {}, 0, -1), both);
  Send(Header("beyond", sizes, 2), both);
  EXPECT_TRUE(stream_.End().ok());
  const auto& answers = stream_.answers();
  ASSERT_THAT(answers, SizeIs(7));
  EXPECT_THAT(LayoutPages(answers.at("two files").response), ElementsAre(1, 0));
  EXPECT_THAT(LayoutPages(answers.at("the second").response), ElementsAre(0));
  EXPECT_THAT(LayoutPages(answers.at("in a file").response), ElementsAre(0, 1));
  for (const char* id : {"short", "long", "negative", "beyond"}) {
    EXPECT_EQ(answers.at(id).reason(), "ITEM_PARTS_INVALID") << id;
  }
}

TEST(ManyPages, AreRefused) {
  OmrServer server;
  GradeSheetRequest request = RequestOf({"x"});
  for (int i = 0; i < 64; ++i) request.add_more_scans()->set_encoded("x");
  EXPECT_EQ(Ask(server, request).reason(), "TOO_MANY_PAGES");
}

TEST(SeveralPagesForAlign, AreRefused) {
  OmrServer server;
  const auto stub = server.Align();
  AlignStream stream(
      [&](grpc::ClientContext* context) { return stub->AlignStream(context); });
  align::v1::AlignStreamSettings settings;
  *settings.mutable_reference() = ReferenceOf(Front());
  stream.Begin(settings);
  common::v1::ItemHeader header;
  header.set_id("two");
  header.set_byte_size(4);
  header.add_part_sizes(2);
  header.add_part_sizes(2);
  stream.Announce(header).Chunk("four");
  EXPECT_TRUE(stream.End().ok());
  EXPECT_EQ(stream.answers().at("two").reason(), "ITEM_PARTS_INVALID");
}

}  // namespace
}  // namespace sightline::omr
