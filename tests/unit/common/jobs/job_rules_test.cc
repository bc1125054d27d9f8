#include "common/jobs/job_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/jobs/reasons.h"
#include "common/status/error.h"

namespace sightline::jobs {
namespace {

std::string ReasonOf(const absl::Status& status) {
  const auto details = DetailsOf(status);
  return details.has_value() ? details->reason : "";
}

TEST(CheckNewJob, NamesTheFieldThatIsWrong) {
  const NewJob good{"patch.training", "lab", "r-1", "request"};
  EXPECT_EQ(CheckNewJob(good), absl::OkStatus());
  struct Case {
    std::string field;
    NewJob job;
  };
  const std::string long_text(129, 'x');
  const Case cases[] = {
      {"kind", {"", "", "", ""}},
      {"kind", {"Patch", "", "", ""}},
      {"kind", {std::string(65, 'k'), "", "", ""}},
      {"owner", {"k", long_text, "", ""}},
      {"owner", {"k", "\xff", "", ""}},
      {"request_id", {"k", "", long_text, ""}},
      {"request_id", {"k", "", "a\nb", ""}},
      {"request", {"k", "", "", std::string(kMaxRequestBytes + 1, 'r')}},
  };
  for (const Case& c : cases) {
    const absl::Status status = CheckNewJob(c.job);
    EXPECT_EQ(ReasonOf(status), kJobRequestInvalid) << c.field;
    ASSERT_TRUE(DetailsOf(status).has_value());
    ASSERT_EQ(DetailsOf(status)->fields.size(), 1u);
    EXPECT_EQ(DetailsOf(status)->fields[0].field, c.field);
  }
}

TEST(CheckJobId, TakesNoPaths) {
  EXPECT_EQ(CheckJobId(std::string(32, 'a')), absl::OkStatus());
  for (const std::string& id :
       {std::string(), std::string("../../etc/passwd"), std::string(31, 'a'),
        std::string(32, 'A'), std::string(32, '/')}) {
    EXPECT_EQ(ReasonOf(CheckJobId(id)), kJobNotFound) << id;
  }
}

TEST(CheckProgress, RefusesWhatTheContractDoesNotPromise) {
  Progress good;
  good.fraction = 0.5;
  good.stage = "train";
  // A model may well come to that.
  good.metrics = {{"loss", std::nan("")}};
  EXPECT_EQ(CheckProgress(good), absl::OkStatus());
  for (const double fraction : {-0.1, 1.1, std::nan("")}) {
    Progress progress = good;
    progress.fraction = fraction;
    EXPECT_EQ(ReasonOf(CheckProgress(progress)), kJobReportInvalid);
  }
  Progress twice = good;
  twice.metrics.push_back(twice.metrics[0]);
  EXPECT_EQ(ReasonOf(CheckProgress(twice)), kJobReportInvalid);
  Progress many = good;
  for (int i = 0; i < kMaxMetrics; ++i) {
    many.metrics.push_back({absl::StrCat("m", i), 0});
  }
  EXPECT_EQ(ReasonOf(CheckProgress(many)), kJobReportInvalid);
  Progress backwards = good;
  backwards.steps_done = -1;
  EXPECT_EQ(ReasonOf(CheckProgress(backwards)), kJobReportInvalid);
  Progress wordy = good;
  wordy.stage = std::string(65, 's');
  EXPECT_EQ(ReasonOf(CheckProgress(wordy)), kJobReportInvalid);
}

TEST(CheckArtifactName, TakesNoPaths) {
  EXPECT_EQ(CheckArtifactName("patch.png", "image/png"), absl::OkStatus());
  for (const char* name : {"", ".hidden", "a/b", "..", "a b", "\xc3\xa4"}) {
    EXPECT_EQ(ReasonOf(CheckArtifactName(name, "image/png")), kJobReportInvalid)
        << name;
  }
  for (const char* type : {"", "png", "/png", "image/", "image/p g"}) {
    EXPECT_EQ(ReasonOf(CheckArtifactName("a", type)), kJobReportInvalid)
        << type;
  }
}

TEST(CheckPreview, HasABound) {
  EXPECT_EQ(CheckPreview({"patch", "image/png", "..."}), absl::OkStatus());
  EXPECT_EQ(ReasonOf(CheckPreview({"patch", "image/png",
                                   std::string(kMaxPreviewBytes + 1, 'x')})),
            kJobReportInvalid);
  EXPECT_EQ(ReasonOf(CheckPreview({"", "image/png", ""})), kJobReportInvalid);
}

TEST(Advance, NeverGoesBack) {
  Progress before;
  before.fraction = 0.6;
  before.stage = "train";
  Progress next;
  next.fraction = 0.4;
  next.stage = "resume";
  const Progress after = Advance(before, next);
  EXPECT_EQ(after.fraction, 0.6);
  EXPECT_EQ(after.stage, "resume");
}

TEST(EstimateRemaining, GoesByThePaceOfThisAttempt) {
  EXPECT_EQ(EstimateRemaining(0.5, 0.75, absl::Seconds(10)), absl::Seconds(10));
  EXPECT_EQ(EstimateRemaining(0, 1, absl::Seconds(10)), absl::ZeroDuration());
  EXPECT_EQ(EstimateRemaining(0.5, 0.5, absl::Seconds(10)), std::nullopt);
  EXPECT_EQ(EstimateRemaining(0.5, 0.4, absl::Seconds(10)), std::nullopt);
}

TEST(ChooseNext, TakesTurns) {
  const std::map<std::string, int> limits = {{"train", 2}, {"score", 1}};
  struct Case {
    const char* why;
    std::vector<Candidate> candidates;
    Load load;
    // Empty: nobody.
    std::string chosen;
  };
  const Case cases[] = {
      {"nobody waits", {}, {}, ""},
      {"who waits longest",
       {{"b", "train", "bob", 2}, {"a", "train", "ann", 1}},
       {},
       "a"},
      {"the owner with fewer running jobs",
       {{"a", "train", "ann", 1}, {"b", "train", "bob", 2}},
       {{{"train", 1}}, {{"ann", 1}}, {}},
       "b"},
      {"the owner whose turn is longer ago",
       {{"a", "train", "ann", 1}, {"b", "train", "bob", 2}},
       {{}, {}, {{"ann", 7}, {"bob", 6}}},
       "b"},
      {"a kind at its limit is passed over",
       {{"a", "score", "ann", 1}, {"b", "train", "bob", 2}},
       {{{"score", 1}}, {}, {}},
       "b"},
      {"an unknown kind is left alone", {{"a", "other", "ann", 1}}, {}, ""},
  };
  for (const Case& c : cases) {
    const Candidate* const next = ChooseNext(c.candidates, c.load, limits);
    EXPECT_EQ(next == nullptr ? "" : next->job_id, c.chosen) << c.why;
  }
}

}  // namespace
}  // namespace sightline::jobs
