// `sightline grade --out` against a server of made-up answers.
#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/service/tools/sightline/fake_services.h"

namespace sightline::cli {
namespace {

using grade::v1::GradeSheetsResponse;
using ::testing::HasSubstr;
using ::testing::Not;
using Next = GradeConveyor::Next;

// One field, doubtful, with a picture; the answer is what the scan holds.
void FillSheet(const std::string& answer, GradeSheetsResponse* response) {
  auto& sheet = *response->mutable_result();
  auto& field = *sheet.add_fields();
  field.set_label("q1");
  field.set_answer(answer);
  field.set_confidence(0.5);
  sheet.add_review("q1");
  auto& item = *sheet.add_review_items();
  item.set_label("q1");
  item.set_answer(answer);
  item.set_confidence(0.5);
  item.mutable_crop()->set_content("crop of " + answer);
}

class GradeOut : public testing::Test {
 protected:
  GradeOut() {
    layout_ = server_.folder().Write("layout.json", kSmallLayout);
    out_ = server_.folder().path() + "/out";
    server_.grade.conveyor.answer = [](const ReceivedItem& item,
                                       GradeSheetsResponse* response) {
      FillSheet(item.bytes, response);
      return Next::kGoOn;
    };
  }

  void WriteScan(const std::string& name, const std::string& bytes) {
    server_.folder().Write(absl::StrCat("scans/", name), bytes);
  }
  std::string scans() { return server_.folder().path() + "/scans"; }
  std::string Read(const std::string& name) {
    return server_.folder().Read("out/" + name);
  }
  int TimesSeen(const std::string& bytes) {
    return server_.grade.conveyor.TimesSeen(bytes);
  }

  CommandOutcome Grade(std::vector<std::string> arguments,
                       const StopToken& stop = {}) {
    arguments.insert(arguments.begin(), {"grade", scans()});
    arguments.push_back(absl::StrCat("--layout=", layout_));
    return server_.Run(arguments, stop);
  }
  CommandOutcome GradeOutTo(const std::string& out,
                            std::vector<std::string> more = {}) {
    more.push_back("--out=" + out);
    return Grade(more);
  }

  FakeServer server_;
  std::string layout_;
  std::string out_;
};

TEST_F(GradeOut, FillsTheFolder) {
  WriteScan("1.jpg", "A");
  WriteScan("2.jpg", "B");
  const CommandOutcome outcome = GradeOutTo(out_);
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_TRUE(
      server_.grade.conveyor.last_settings.settings().options().return_crops());
  EXPECT_THAT(outcome.out, HasSubstr("report: " + out_ + "/report.html"));
  EXPECT_THAT(outcome.out, Not(HasSubstr("field"))) << "no tables by default";
  EXPECT_EQ(Read("results.csv"),
            absl::StrCat("file,error,q1,score,max_score,review\n", scans(),
                         "/1.jpg,,A,,,q1\n", scans(), "/2.jpg,,B,,,q1\n"));
  EXPECT_EQ(Read("review.csv"),
            absl::StrCat("file,field,answer,flags,confidence,crop,correction\n",
                         scans(), "/1.jpg,q1,A,,0.5,crops/1-q1.jpg,\n", scans(),
                         "/2.jpg,q1,B,,0.5,crops/2-q1.jpg,\n"));
  EXPECT_EQ(Read("crops/2-q1.jpg"), "crop of B");
  EXPECT_THAT(Read("report.html"), HasSubstr("2 sheets"));
}

TEST_F(GradeOut, AsksForNoPicturesWithoutIt) {
  WriteScan("1.jpg", "A");
  EXPECT_EQ(Grade({}).exit_code, 0);
  EXPECT_FALSE(
      server_.grade.conveyor.last_settings.settings().options().return_crops());
}

TEST_F(GradeOut, GoesOnWhereItWasStopped) {
  for (int i = 1; i <= 9; ++i) {
    WriteScan(absl::StrCat(i, ".jpg"), absl::StrCat(i));
  }
  ASSERT_EQ(GradeOutTo(server_.folder().path() + "/whole").exit_code, 0);

  StopSource stop;
  server_.grade.conveyor.answer = [&stop](const ReceivedItem& item,
                                          GradeSheetsResponse* response) {
    if (item.bytes == "5") {
      stop.Stop(absl::CancelledError("interrupted"));
      absl::SleepFor(absl::Milliseconds(300));
    }
    FillSheet(item.bytes, response);
    return Next::kGoOn;
  };
  const CommandOutcome stopped =
      Grade({"--out=" + out_, "--in_flight=1"}, stop.token());
  EXPECT_EQ(stopped.exit_code, 11);
  EXPECT_THAT(Read("results.csv"), HasSubstr("9.jpg,interrupted (CANCELLED)"));

  EXPECT_EQ(GradeOutTo(out_).exit_code, 13) << "not by accident";

  server_.grade.conveyor.answer = [](const ReceivedItem& item,
                                     GradeSheetsResponse* response) {
    FillSheet(item.bytes, response);
    return Next::kGoOn;
  };
  const CommandOutcome resumed = GradeOutTo(out_, {"--resume"});
  EXPECT_EQ(resumed.exit_code, 0) << resumed.out;
  EXPECT_THAT(resumed.out, HasSubstr("9 sheets: 9 graded"));
  EXPECT_THAT(resumed.out, HasSubstr("4 of them had been graded before"));
  EXPECT_THAT(resumed.out, Not(HasSubstr("4.jpg"))) << "shown before";
  // Once for the whole run, once for this one.
  for (const char* done : {"1", "2", "3", "4"}) EXPECT_EQ(TimesSeen(done), 2);
  for (const char* sent : {"6", "7", "8", "9"}) EXPECT_EQ(TimesSeen(sent), 2);
  for (const char* name : {"results.csv", "review.csv", "crops/3-q1.jpg"}) {
    EXPECT_EQ(Read(name), server_.folder().Read(absl::StrCat("whole/", name)))
        << name;
  }
}

TEST_F(GradeOut, GivesEverySheetAsJsonWhenItGoesOn) {
  WriteScan("1.jpg", "A");
  ASSERT_EQ(GradeOutTo(out_).exit_code, 0);
  WriteScan("0.jpg", "new");
  const CommandOutcome outcome = GradeOutTo(out_, {"--resume", "--json"});
  const std::vector<std::string> lines =
      absl::StrSplit(outcome.out, '\n', absl::SkipEmpty());
  ASSERT_EQ(lines.size(), 2u) << outcome.out;
  EXPECT_THAT(lines[0], HasSubstr("\"q1\": \"new\""));
  EXPECT_THAT(lines[1], HasSubstr("\"q1\": \"A\""));
  EXPECT_EQ(TimesSeen("A"), 1);
}

TEST_F(GradeOut, TriesAgainWhatTheServerWasTooBusyFor) {
  WriteScan("1.jpg", "A");
  WriteScan("2.jpg", "bad");
  bool is_busy = true;
  server_.grade.conveyor.answer = [&](const ReceivedItem& item,
                                      GradeSheetsResponse* response) {
    if (item.bytes == "bad") {
      *response->mutable_error() = RpcStatus(3, "torn", "IMAGE_CORRUPT");
    } else if (is_busy) {
      *response->mutable_error() = RpcStatus(8, "busy", "OVERLOADED", 1);
    } else {
      FillSheet(item.bytes, response);
    }
    return Next::kGoOn;
  };
  EXPECT_EQ(GradeOutTo(out_, {"--retries=0"}).exit_code, 18);
  is_busy = false;
  // What is wrong with a sheet stays wrong, and is said again.
  const CommandOutcome outcome = GradeOutTo(out_, {"--resume"});
  EXPECT_EQ(outcome.exit_code, 13);
  EXPECT_EQ(TimesSeen("A"), 2);
  EXPECT_EQ(TimesSeen("bad"), 1);
  EXPECT_THAT(Read("results.csv"), HasSubstr("torn (INVALID_ARGUMENT"));
}

TEST_F(GradeOut, DoesNotGradeItsOwnPictures) {
  WriteScan("1.jpg", "A");
  out_ = scans() + "/out";
  server_.grade.conveyor.answer = [](const ReceivedItem& item,
                                     GradeSheetsResponse* response) {
    FillSheet(item.bytes, response);
    response->mutable_result()->mutable_annotated()->set_content("drawn");
    return Next::kGoOn;
  };
  const std::string pages = scans() + "/pages";
  ASSERT_EQ(GradeOutTo(out_, {"--annotated=" + pages}).exit_code, 0);
  const CommandOutcome outcome =
      GradeOutTo(out_, {"--annotated=" + pages, "--resume"});
  EXPECT_THAT(outcome.out, HasSubstr("1 sheet: 1 graded"));
  // A scan of the same name elsewhere must not take an earlier page's place.
  WriteScan("0/1.jpg", "other");
  ASSERT_EQ(GradeOutTo(out_, {"--annotated=" + pages, "--resume"}).exit_code,
            0);
  EXPECT_TRUE(std::filesystem::exists(pages + "/1-annotated.jpg"));
  EXPECT_TRUE(std::filesystem::exists(pages + "/1-annotated-2.jpg"));
  EXPECT_EQ(TimesSeen("A"), 1);
  EXPECT_EQ(TimesSeen("drawn"), 0);
}

TEST_F(GradeOut, SaysWhatDoesNotBelongTogether) {
  WriteScan("1.jpg", "A");
  for (const auto& flags : std::vector<std::vector<std::string>>{
           {"--resume"},
           {"--overwrite"},
           {"--resume", "--overwrite", "--out=" + out_}}) {
    const CommandOutcome outcome = Grade(flags);
    EXPECT_EQ(outcome.exit_code, 13);
    EXPECT_THAT(outcome.err, HasSubstr("FLAG_INVALID"));
  }
  EXPECT_EQ(server_.grade.conveyor.streams, 0);
}

}  // namespace
}  // namespace sightline::cli
