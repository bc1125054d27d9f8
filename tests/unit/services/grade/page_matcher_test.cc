// Which page of the layout a page of the scan is taken for, with an align
// service and a reader that say what the test wants.
#include "services/grade/page_matcher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "services/grade/reasons.h"

namespace sightline::grade {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using align::v1::ALIGN_METHOD_AUTO;
using align::v1::ALIGN_METHOD_CONTOUR;
using align::v1::ALIGN_METHOD_MARKERS;
using align::v1::ALIGN_METHOD_ORB;
using align::v1::ALIGN_METHOD_PATCHES;
using align::v1::ALIGN_METHOD_UNSPECIFIED;
using align::v1::AlignMethod;

// Fields of a page: rows of four bubbles at these heights.
SheetLayout PageLayout(const std::string& prefix, std::vector<double> rows) {
  SheetLayout layout;
  layout.page = {1000, 1400};
  layout.bubble = {30, 30};
  for (size_t i = 0; i < rows.size(); ++i) {
    FieldBlock block;
    block.labels = {absl::StrCat(prefix, i + 1)};
    block.values = {"A", "B", "C", "D"};
    block.origin = {200, rows[i]};
    block.value_gap = 60;
    layout.blocks.push_back(std::move(block));
  }
  return layout;
}

// A page of the layout with `pages.size()` in all, with pictures.
SheetTask TaskOf(std::vector<SheetLayout> pages) {
  SheetLayout layout = std::move(pages.front());
  pages.erase(pages.begin());
  layout.more_pages = std::move(pages);
  SheetTask task;
  task.sheet = *Sheet::Create(layout);
  task.pages.resize(task.sheet.page_count());
  for (PageTask& page : task.pages) page.has_picture = true;
  return task;
}

absl::Status NotFound() {
  return Error(absl::StatusCode::kNotFound, "PAGE_NOT_FOUND")
      .Message("the page was not found in the scan");
}

// Says what it was told to, and keeps what it was asked.
class FakeTrial : public PageTrial {
 public:
  explicit FakeTrial(const SheetTask& task) : task_(task) {}

  // Page `page` is found by `method` (and by all methods together).
  void Finds(int page, AlignMethod method, double confidence) {
    found_[{page, method}] = confidence;
    auto& any = found_[{page, ALIGN_METHOD_UNSPECIFIED}];
    if (confidence >= any) {
      any = confidence;
      best_method_[page] = method;
    }
  }
  // What bubbles of a page match with, field by field; default 1.
  void Matches(int page, std::vector<double> matches) {
    matches_[page] = std::move(matches);
  }
  void Fails(int page, AlignMethod method, absl::Status status) {
    failures_[{page, method}] = std::move(status);
  }
  void FailsToRead(int page, absl::Status status) {
    unreadable_[page] = std::move(status);
  }
  void HasCodes(std::vector<std::string> texts) { codes_ = std::move(texts); }

  absl::StatusOr<FoundPage> Register(int page, AlignMethod method) override {
    asked.push_back(absl::StrCat(
        page, method == ALIGN_METHOD_UNSPECIFIED
                  ? " all"
                  : " " + align::v1::AlignMethod_Name(method).substr(13)));
    const auto failure = failures_.find({page, method});
    if (failure != failures_.end()) return failure->second;
    const auto found = found_.find({page, method});
    if (found == found_.end()) return NotFound();
    FoundPage answer;
    answer.summary.set_confidence(found->second);
    answer.summary.set_method(
        method == ALIGN_METHOD_UNSPECIFIED ? best_method_[page] : method);
    return answer;
  }

  absl::StatusOr<SheetReading> Read(int page, const FoundPage&) override {
    const auto failure = unreadable_.find(page);
    if (failure != unreadable_.end()) return failure->second;
    SheetReading reading;
    const Sheet& sheet = task_.sheet.page_sheet(page);
    for (size_t f = 0; f < sheet.fields().size(); ++f) {
      FieldReading& field = reading.fields.emplace_back();
      for (const Bubble& bubble : sheet.fields()[f].bubbles) {
        BubbleReading& read = field.bubbles.emplace_back();
        read.center = bubble.center;
        read.match = matches_.count(page) > 0 ? matches_[page][f] : 1;
      }
    }
    return reading;
  }

  absl::StatusOr<std::vector<std::string>> CodeTexts() override {
    asked.push_back("codes");
    return codes_;
  }

  int CompareByPicture(int a, const FoundPage&, int b,
                       const FoundPage&) override {
    return a == picture_shows ? 1 : b == picture_shows ? -1 : 0;
  }

  PixelSize scan_size() const override { return {1000, 1400}; }

  // The page whose picture agrees better with the scan than the others'.
  int picture_shows = -1;

  std::vector<std::string> asked;

 private:
  using Key = std::pair<int, AlignMethod>;
  const SheetTask& task_;
  std::map<Key, double> found_;
  std::map<int, AlignMethod> best_method_;
  std::map<Key, absl::Status> failures_;
  std::map<int, absl::Status> unreadable_;
  std::map<int, std::vector<double>> matches_;
  std::vector<std::string> codes_;
};

std::string ReasonOf(const absl::Status& status) {
  return DetailsOf(status).value_or(ErrorDetails{}).reason;
}

// Two pages that share nothing.
SheetTask DifferentPages() {
  return TaskOf(
      {PageLayout("q", {200, 300, 400}), PageLayout("r", {700, 800, 900})});
}

// The second has what the first has, and a row more.
SheetTask PageAndMore() {
  return TaskOf({PageLayout("q", {200, 300, 400}),
                 PageLayout("r", {200, 300, 400, 900})});
}

TEST(MatchPage, TakesTheOnlyPageItIsFoundAs) {
  const SheetTask task = DifferentPages();
  FakeTrial trial(task);
  trial.Finds(0, ALIGN_METHOD_PATCHES, 0.98);
  const auto matched = MatchPage(task, 0, trial);
  ASSERT_TRUE(matched.ok()) << matched.status();
  EXPECT_EQ(matched->page, 0);
  EXPECT_EQ(matched->match, v1::PAGE_MATCH_REGISTRATION);
  EXPECT_EQ(matched->reading.fields.size(), 3u);
  EXPECT_THAT(trial.asked, ElementsAre("0 PATCHES", "1 PATCHES"))
      << "the rival by the same cheap method, and no other";
}

TEST(MatchPage, AsksForTheExpectedPageFirst) {
  const SheetTask task = DifferentPages();
  FakeTrial trial(task);
  trial.Finds(1, ALIGN_METHOD_ORB, 0.9);
  const auto matched = MatchPage(task, 1, trial);
  ASSERT_TRUE(matched.ok()) << matched.status();
  EXPECT_EQ(matched->page, 1);
  EXPECT_THAT(trial.asked, ElementsAre("1 PATCHES", "0 PATCHES", "1 CONTOUR",
                                       "0 CONTOUR", "1 all", "0 ORB"))
      << "no markers are printed; the rival is not looked for by what failed";
}

TEST(MatchPage, LooksForARivalByAllMethodsThatCantBeFoundByTheBest) {
  SheetTask task = DifferentPages();
  task.pages[1].has_picture = false;
  FakeTrial trial(task);
  trial.Finds(0, ALIGN_METHOD_PATCHES, 0.98);
  trial.Fails(
      1, ALIGN_METHOD_CONTOUR,
      Error(absl::StatusCode::kFailedPrecondition, "METHOD_UNAVAILABLE"));
  ASSERT_TRUE(MatchPage(task, 0, trial).ok());
  EXPECT_THAT(trial.asked, ElementsAre("0 PATCHES", "1 all"));
}

TEST(MatchPage, LooksForRivalsByAllMethodsOfADoubtfulPage) {
  const SheetTask task = DifferentPages();
  FakeTrial trial(task);
  trial.Finds(0, ALIGN_METHOD_PATCHES, 0.8);
  trial.Finds(1, ALIGN_METHOD_ORB, 0.99);
  trial.FailsToRead(
      0, Error(absl::StatusCode::kFailedPrecondition, "SHEET_UNREADABLE"));
  const auto matched = MatchPage(task, 0, trial);
  ASSERT_TRUE(matched.ok()) << matched.status();
  EXPECT_EQ(matched->page, 1);
  EXPECT_THAT(trial.asked,
              ElementsAre("0 PATCHES", "1 PATCHES", "0 all", "1 all"));
}

TEST(MatchPage, LeavesMethodsToTheLayout) {
  SheetTask task = DifferentPages();
  task.pages[0].alignment.mutable_options()->set_method(ALIGN_METHOD_ORB);
  task.pages[1].alignment.set_mode(v1::Alignment::MODE_ALIGNED);
  FakeTrial trial(task);
  trial.Finds(0, ALIGN_METHOD_ORB, 0.9);
  ASSERT_TRUE(MatchPage(task, 0, trial).ok());
  EXPECT_THAT(trial.asked, ElementsAre("0 all", "1 all"));
}

TEST(MatchPage, GoesOnWhileNothingIsSure) {
  const SheetTask task = DifferentPages();
  FakeTrial trial(task);
  trial.Finds(0, ALIGN_METHOD_PATCHES, 0.6);
  trial.Finds(1, ALIGN_METHOD_CONTOUR, 0.97);
  trial.FailsToRead(
      0, Error(absl::StatusCode::kFailedPrecondition, "SHEET_UNREADABLE"));
  const auto matched = MatchPage(task, 0, trial);
  ASSERT_TRUE(matched.ok()) << matched.status();
  EXPECT_EQ(matched->page, 1);
}

TEST(MatchPage, SaysThatAPageMatchesNothing) {
  const SheetTask task = DifferentPages();
  FakeTrial trial(task);
  const auto matched = MatchPage(task, 0, trial);
  EXPECT_EQ(ReasonOf(matched.status()), "PAGE_UNMATCHED");
  EXPECT_THAT(std::string(matched.status().message()),
              HasSubstr("none of the layout's 2 pages (page 1: the page was "
                        "not found in the scan; page 2:"));
  EXPECT_TRUE(IsOfThePage(matched.status()));
}

TEST(MatchPage, OfTwoThatFitThePrintThatOnlyOneHasDecides) {
  const SheetTask task = PageAndMore();
  for (const double seen : {0.95, 0.1}) {
    FakeTrial trial(task);
    trial.Finds(0, ALIGN_METHOD_PATCHES, 0.96);
    trial.Finds(1, ALIGN_METHOD_PATCHES, 0.97);
    trial.Matches(1, {1, 1, 1, seen});
    const auto matched = MatchPage(task, 0, trial);
    ASSERT_TRUE(matched.ok()) << matched.status();
    EXPECT_EQ(matched->page, seen > 0.5 ? 1 : 0);
  }
}

TEST(MatchPage, DoesNotGuess) {
  const SheetTask task = PageAndMore();
  // Half of what only the second has is to be seen.
  FakeTrial half(task);
  half.Finds(0, ALIGN_METHOD_PATCHES, 0.96);
  half.Finds(1, ALIGN_METHOD_PATCHES, 0.97);
  half.Matches(1, {1, 1, 1, 0.45});
  EXPECT_EQ(ReasonOf(MatchPage(task, 0, half).status()), "PAGE_AMBIGUOUS");
  // Nothing is to be seen of it, but little of the rest either.
  FakeTrial faint(task);
  faint.Finds(0, ALIGN_METHOD_PATCHES, 0.96);
  faint.Finds(1, ALIGN_METHOD_PATCHES, 0.97);
  faint.Matches(1, {0.3, 0.3, 0.3, 0});
  EXPECT_EQ(ReasonOf(MatchPage(task, 0, faint).status()), "PAGE_AMBIGUOUS");
  // The print says one thing, the registration another.
  FakeTrial torn(task);
  torn.Finds(0, ALIGN_METHOD_PATCHES, 0.98);
  torn.Finds(1, ALIGN_METHOD_PATCHES, 0.55);
  EXPECT_EQ(ReasonOf(MatchPage(task, 0, torn).status()), "PAGE_AMBIGUOUS");
}

TEST(MatchPage, LookAlikesNeedAClearLead) {
  const SheetTask task = TaskOf(
      {PageLayout("q", {200, 300, 400}), PageLayout("r", {200, 300, 400})});
  FakeTrial close(task);
  close.Finds(0, ALIGN_METHOD_PATCHES, 0.99);
  close.Finds(1, ALIGN_METHOD_PATCHES, 0.85);
  const auto doubt = MatchPage(task, 0, close);
  EXPECT_EQ(ReasonOf(doubt.status()), "PAGE_AMBIGUOUS");
  EXPECT_EQ(doubt.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(doubt.status().message()),
              HasSubstr("any of pages 1 and 2"));
  EXPECT_THAT(std::string(doubt.status().message()), HasSubstr("page_code"));
  FakeTrial clear(task);
  clear.Finds(0, ALIGN_METHOD_PATCHES, 0.99);
  clear.Finds(1, ALIGN_METHOD_PATCHES, 0.6);
  EXPECT_EQ(MatchPage(task, 1, clear)->page, 0);
}

TEST(MatchPage, PicturesTellLookAlikes) {
  const SheetTask task = TaskOf(
      {PageLayout("q", {200, 300, 400}), PageLayout("r", {200, 300, 400})});
  for (const int shown : {0, 1}) {
    FakeTrial trial(task);
    trial.Finds(0, ALIGN_METHOD_PATCHES, 0.99);
    trial.Finds(1, ALIGN_METHOD_PATCHES, 0.99);
    trial.picture_shows = shown;
    const auto matched = MatchPage(task, 0, trial);
    ASSERT_TRUE(matched.ok()) << matched.status();
    EXPECT_EQ(matched->page, shown);
  }
}

// The pages with codes.
SheetTask CodedPages() {
  std::vector<SheetLayout> pages = {PageLayout("q", {200, 300, 400}),
                                    PageLayout("r", {200, 300, 400})};
  pages[0].page_code = "p1/";
  pages[1].page_code = "p2/";
  return TaskOf(std::move(pages));
}

TEST(MatchPage, ACodeDecides) {
  const SheetTask task = CodedPages();
  FakeTrial trial(task);
  trial.HasCodes({"student 4711", "p2/0042"});
  trial.Finds(0, ALIGN_METHOD_PATCHES, 0.99);
  trial.Finds(1, ALIGN_METHOD_PATCHES, 0.9);
  const auto matched = MatchPage(task, 0, trial);
  ASSERT_TRUE(matched.ok()) << matched.status();
  EXPECT_EQ(matched->page, 1);
  EXPECT_EQ(matched->match, v1::PAGE_MATCH_CODE);
  EXPECT_THAT(trial.asked, ElementsAre("codes", "1 all"));
}

TEST(MatchPage, CodesOfTwoPagesAreADoubt) {
  const SheetTask task = CodedPages();
  FakeTrial trial(task);
  trial.HasCodes({"p1/1", "p2/1"});
  EXPECT_EQ(ReasonOf(MatchPage(task, 0, trial).status()), "PAGE_AMBIGUOUS");
}

TEST(MatchPage, WithoutItsCodeAPageIsToldByItsPrint) {
  const SheetTask task = CodedPages();
  FakeTrial trial(task);
  trial.HasCodes({"np2/"});
  trial.Finds(1, ALIGN_METHOD_PATCHES, 0.9);
  const auto matched = MatchPage(task, 0, trial);
  ASSERT_TRUE(matched.ok()) << matched.status();
  EXPECT_EQ(matched->page, 1);
  EXPECT_EQ(matched->match, v1::PAGE_MATCH_REGISTRATION);
}

TEST(MatchPage, AFailureOfTheServiceIsNotThePages) {
  const SheetTask task = DifferentPages();
  FakeTrial trial(task);
  trial.Fails(0, ALIGN_METHOD_PATCHES,
              Error(absl::StatusCode::kUnavailable, kAlignUnavailable));
  const auto matched = MatchPage(task, 0, trial);
  EXPECT_EQ(matched.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_FALSE(IsOfThePage(matched.status()));
}

TEST(IsOfThePage, IsWhatTheScanIsToBlameFor) {
  EXPECT_TRUE(IsOfThePage(NotFound()));
  EXPECT_TRUE(IsOfThePage(Error(absl::StatusCode::kInvalidArgument, "X")
                              .Field("scan.encoded", "is broken")));
  EXPECT_TRUE(IsOfThePage(Error(absl::StatusCode::kDataLoss, "X")
                              .Field("more_scans[0].encoded", "is cut")));
  EXPECT_FALSE(IsOfThePage(Error(absl::StatusCode::kInvalidArgument, "X")
                               .Field("settings.layout.reference", "is bad")));
  EXPECT_FALSE(IsOfThePage(
      Error(absl::StatusCode::kFailedPrecondition, "METHOD_UNAVAILABLE")));
  EXPECT_FALSE(IsOfThePage(absl::CancelledError("stopped")));
}

}  // namespace
}  // namespace sightline::grade
