#include "tools/sightline/report/result_folder.h"

#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include "common/status/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/files/temporary_folder.h"

namespace sightline::cli {
namespace {

using ::testing::HasSubstr;

class Results : public testing::Test {
 protected:
  Results() {
    for (const char* name : {"a.jpg", "b.jpg"}) {
      Scan scan;
      scan.name = scan.path = folder_.Write(name, name);
      scans_.push_back(scan);
    }
  }

  absl::StatusOr<std::unique_ptr<ResultFolder>> Open(bool resume,
                                                     bool overwrite = false) {
    ResultFolderOptions options;
    options.folder = folder_.Path("out");
    options.resume = resume;
    options.overwrite = overwrite;
    options.labels = {"q1"};
    return ResultFolder::Open(options, scans_, session_);
  }

  static grade::v1::GradeSheetResponse Sheet(const std::string& label) {
    grade::v1::GradeSheetResponse sheet;
    auto& field = *sheet.add_fields();
    field.set_label(label);
    field.set_answer("AB");
    field.set_confidence(0.123456);
    field.add_flags(grade::v1::FLAG_MULTIPLE);
    field.add_flags(grade::v1::FLAG_FAINT);
    sheet.add_review(label);
    auto& item = *sheet.add_review_items();
    item.set_label(label);
    item.set_answer("AB");
    item.set_confidence(0.123456);
    *item.mutable_flags() = field.flags();
    item.mutable_crop()->set_content("a picture");
    return sheet;
  }

  TemporaryFolder folder_;
  std::ostringstream out_;
  std::ostringstream err_;
  Session session_ = {out_, err_, false, false, {}};
  std::vector<Scan> scans_;
};

TEST_F(Results, AreSheetsDoubtsAndPictures) {
  const auto folder = Open(false);
  ASSERT_TRUE(folder.ok()) << folder.status();
  ASSERT_TRUE((*folder)->Add(scans_[0], Sheet("q/1")).ok());
  ASSERT_TRUE((*folder)->Add(scans_[1], absl::NotFoundError("no page")).ok());
  ASSERT_TRUE((*folder)->Finish(absl::Now()).ok());
  EXPECT_EQ(folder_.Read("out/review.csv"),
            "file,field,answer,flags,confidence,crop,correction\n" +
                scans_[0].name +
                ",q/1,AB,multiple faint,0.1235,crops/a-q_1.jpg,\n");
  EXPECT_EQ(folder_.Read("out/crops/a-q_1.jpg"), "a picture");
  EXPECT_THAT(folder_.Read("out/results.csv"),
              HasSubstr(scans_[1].name + ",no page (NOT_FOUND),,,,\n"));
  EXPECT_THAT(folder_.Read("out/report.html"), HasSubstr("no page"));
}

TEST_F(Results, OfAnEarlierRunAreNotWrittenOverByAccident) {
  {
    const auto folder = Open(false);
    ASSERT_TRUE(folder.ok()) << folder.status();
    ASSERT_TRUE(
        (*folder)->Remember(scans_[0], "settings", Sheet("q1"), {}).ok());
  }
  const absl::Status refused = Open(false).status();
  EXPECT_EQ(DetailsOf(refused)->reason, "WOULD_OVERWRITE");
  EXPECT_THAT(std::string(refused.message()), HasSubstr("--resume"));
  {
    const auto folder = Open(true);
    ASSERT_TRUE(folder.ok()) << folder.status();
    const auto place = (*folder)->FindDone(scans_[0], "settings");
    ASSERT_TRUE(place.has_value());
    const auto recalled = (*folder)->Recall(*place);
    ASSERT_TRUE(recalled.ok() && recalled->ok());
    EXPECT_EQ((*recalled)->SerializeAsString(),
              Sheet("q1").SerializeAsString());
    EXPECT_FALSE((*folder)->FindDone(scans_[1], "settings").has_value());
  }
  const auto folder = Open(false, true);
  ASSERT_TRUE(folder.ok()) << folder.status();
  EXPECT_FALSE((*folder)->FindDone(scans_[0], "settings").has_value());
}

TEST_F(Results, DoNotReplaceAnInput) {
  Scan scan;
  scan.name = scan.path = folder_.Write("out/results.csv", "a scan, really");
  scans_.push_back(scan);
  EXPECT_EQ(DetailsOf(Open(true).status())->reason, "WOULD_OVERWRITE");
  EXPECT_EQ(folder_.Read("out/results.csv"), "a scan, really");
}

TEST_F(Results, KeepCorrectionsThatSomebodyWrote) {
  const auto run = [this] {
    const auto folder = Open(true);
    ASSERT_TRUE(folder.ok()) << folder.status();
    ASSERT_TRUE((*folder)->Add(scans_[0], Sheet("q1")).ok());
    ASSERT_TRUE((*folder)->Finish(absl::Now()).ok());
  };
  run();
  const std::string untouched = folder_.Read("out/review.csv");
  run();
  EXPECT_FALSE(std::filesystem::exists(folder_.Path("out/review-before-1.csv")))
      << "nobody wrote in it";
  const std::string corrected = untouched + "by hand\n";
  folder_.Write("out/review.csv", corrected);
  run();
  EXPECT_EQ(folder_.Read("out/review.csv"), untouched);
  EXPECT_EQ(folder_.Read("out/review-before-1.csv"), corrected);
}

TEST_F(Results, RememberFilesWhoseNamesAreNoUtf8) {
  Scan scan;
  scan.name = scan.path = folder_.Write("\xff.jpg", "a scan");
  scans_ = {scan, scans_[0]};
  {
    const auto folder = Open(false);
    ASSERT_TRUE(folder.ok()) << folder.status();
    ASSERT_TRUE(
        (*folder)
            ->Remember(scan, "settings", Sheet("q1"), {"\xfe.jpg", "b.jpg"})
            .ok());
    const absl::Status failure =
        Error(absl::StatusCode::kInvalidArgument, "PDF_UNREADABLE")
            .Message("\xff.pdf: torn");
    ASSERT_TRUE((*folder)->Remember(scan, "settings", failure, {}).ok());
    ASSERT_TRUE(
        (*folder)->Remember(scans_[1], "settings", Sheet("q1"), {}).ok());
  }
  const auto folder = Open(true);
  ASSERT_TRUE(folder.ok()) << folder.status();
  const auto place = (*folder)->FindDone(scan, "settings");
  ASSERT_TRUE(place.has_value());
  EXPECT_EQ(place->annotated, (AnnotatedPaths{"\xfe.jpg", "b.jpg"}));
  EXPECT_FALSE((*folder)->FindDone(scan, "settings").has_value());
  EXPECT_TRUE((*folder)->FindDone(scans_[1], "settings").has_value())
      << "what came after";
}

TEST_F(Results, RememberWhatWouldComeAgainAndNothingElse) {
  const struct {
    absl::StatusCode code;
    const char* reason;
    bool is_final;
  } kCases[] = {
      {absl::StatusCode::kInvalidArgument, "IMAGE_FORMAT_UNKNOWN", true},
      {absl::StatusCode::kDataLoss, "IMAGE_TRUNCATED", true},
      {absl::StatusCode::kNotFound, "PAGE_NOT_FOUND", true},
      {absl::StatusCode::kFailedPrecondition, "SHEET_UNREADABLE", true},
      {absl::StatusCode::kNotFound, "FILE_NOT_FOUND", false},
      {absl::StatusCode::kNotFound, "PROGRAM_NOT_FOUND", false},
      {absl::StatusCode::kUnavailable, "", false},
      {absl::StatusCode::kResourceExhausted, "OVERLOADED", false},
      {absl::StatusCode::kCancelled, "", false},
      {absl::StatusCode::kDeadlineExceeded, "SERVER_SILENT", false},
      {absl::StatusCode::kUnauthenticated, "", false},
      {absl::StatusCode::kInternal, "", false},
  };
  EXPECT_FALSE(
      IsFinal(Error(absl::StatusCode::kInvalidArgument, "LAYOUT_INVALID")
                  .Field("settings.layout.page", "is missing")));
  for (const auto& test : kCases) {
    const absl::Status failure = Error(test.code, test.reason).Message("x");
    EXPECT_EQ(IsFinal(failure), test.is_final) << failure;
    {
      const auto folder = Open(false, true);
      ASSERT_TRUE(folder.ok()) << folder.status();
      ASSERT_TRUE((*folder)->Remember(scans_[0], "settings", failure, {}).ok());
    }
    const auto folder = Open(true);
    ASSERT_TRUE(folder.ok()) << folder.status();
    const auto place = (*folder)->FindDone(scans_[0], "settings");
    ASSERT_EQ(place.has_value(), test.is_final) << failure;
    if (!place.has_value()) continue;
    EXPECT_EQ((*folder)->Recall(*place)->status(), failure);
  }
}

}  // namespace
}  // namespace sightline::cli
