// Rules 2, 6, 9 and 12 of job_store.h, as creators and watchers meet them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/jobs/job_rules.h"
#include "common/jobs/reasons.h"
#include "common/status/error.h"
#include "tests/support/jobs/job_place.h"

namespace sightline::jobs {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const std::map<std::string, int> kAny = {{"train", 100}, {"score", 100}};
constexpr absl::Duration kLease = absl::Minutes(1);

class CreatorsTest : public ::testing::Test {
 protected:
  CreatorsTest() {
    SqliteJobStoreOptions options;
    options.retention = absl::Hours(1);
    options.max_queued = 5;
    options.clock = [this] { return now_; };
    place_ = OpenJobs(folder_.path(), nullptr, options);
  }
  JobStore& store() { return *place_.store; }

  Job Created(const NewJob& request) {
    const auto creation = store().Create(request);
    EXPECT_TRUE(creation.ok()) << creation.status();
    return creation->job;
  }
  Claim Claimed() {
    auto claim = store().ClaimNext(kAny, kLease);
    EXPECT_TRUE(claim.ok()) << claim.status();
    EXPECT_TRUE(claim->has_value());
    return **std::move(claim);
  }

  TemporaryFolder folder_;
  absl::Time now_ = absl::FromUnixSeconds(1800000000);
  OpenPlace place_;
};

TEST_F(CreatorsTest, AcceptsAJobOnce) {
  const Job job = Created(Request("train", "r-1", "lab"));
  EXPECT_EQ(job.state, JobState::kQueued);
  EXPECT_EQ(job.kind, "train");
  EXPECT_EQ(job.owner, "lab");
  EXPECT_EQ(job.created, now_);
  EXPECT_EQ(job.attempt, 0);
  const auto again = store().Create(Request("train", "r-1", "lab"));
  ASSERT_TRUE(again.ok());
  EXPECT_FALSE(again->is_new);
  EXPECT_EQ(again->job.id, job.id);
  // Another kind has request ids of its own.
  EXPECT_NE(Created(Request("score", "r-1")).id, job.id);
  // And no id names nothing.
  EXPECT_NE(Created(Request("train")).id, Created(Request("train")).id);
}

TEST_F(CreatorsTest, RefusesAnotherRequestUnderTheSameId) {
  const Job job = Created(Request("train", "r-1", "", "one thing"));
  const auto other = store().Create(Request("train", "r-1", "", "another"));
  EXPECT_EQ(other.status().code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(ReasonOf(other.status()), kJobRequestConflict);
  EXPECT_EQ(DetailsOf(other.status())->metadata.at("job_id"), job.id);
}

TEST_F(CreatorsTest, GivesTheSameJobAlsoWhenItHasEnded) {
  const Job job = Created(Request("train", "r-1"));
  ASSERT_EQ(store().Finish(Claimed().lease, absl::OkStatus(), false),
            absl::OkStatus());
  const auto again = store().Create(Request("train", "r-1"));
  EXPECT_EQ(again->job.id, job.id);
  EXPECT_EQ(again->job.state, JobState::kSucceeded);
  // Deleted, its id is free.
  ASSERT_EQ(store().Delete(job.id), absl::OkStatus());
  EXPECT_TRUE(store().Create(Request("train", "r-1"))->is_new);
}

TEST_F(CreatorsTest, LetsSoManyWaitAndNoMore) {
  for (int i = 0; i < 5; ++i) Created(Request("train", absl::StrCat("r", i)));
  const auto more = store().Create(Request("train", "r5"));
  EXPECT_EQ(ReasonOf(more.status()), kJobQueueFull);
  EXPECT_TRUE(DetailsOf(more.status())->retry_after.has_value());
  // One that is there already is no more.
  EXPECT_TRUE(store().Create(Request("train", "r0")).ok());
  Claimed();
  EXPECT_TRUE(store().Create(Request("train", "r5")).ok());
}

TEST_F(CreatorsTest, RefusesWhatIsNoRequest) {
  EXPECT_EQ(ReasonOf(store().Create(Request("No Kind")).status()),
            kJobRequestInvalid);
}

TEST_F(CreatorsTest, ListsNewestFirstPageByPage) {
  std::vector<std::string> ids;
  for (int i = 0; i < 5; ++i) {
    ids.push_back(
        Created(Request(i == 2 ? "score" : "train", "", i < 3 ? "ann" : "bob"))
            .id);
  }
  const auto ids_of = [](const JobPage& page) {
    std::vector<std::string> found;
    for (const Job& job : page.jobs) found.push_back(job.id);
    return found;
  };
  const auto first = store().List({}, 2, "");
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_THAT(ids_of(*first), ElementsAre(ids[4], ids[3]));
  const auto second = store().List({}, 2, first->next_token);
  EXPECT_THAT(ids_of(*second), ElementsAre(ids[2], ids[1]));
  const auto third = store().List({}, 2, second->next_token);
  EXPECT_THAT(ids_of(*third), ElementsAre(ids[0]));
  EXPECT_EQ(third->next_token, "");

  JobFilter trainings_of_ann;
  trainings_of_ann.kind = "train";
  trainings_of_ann.owner = "ann";
  EXPECT_THAT(ids_of(*store().List(trainings_of_ann, 9, "")),
              ElementsAre(ids[1], ids[0]));
  const Claim claim = Claimed();
  JobFilter running;
  running.states = {JobState::kRunning, JobState::kFailed};
  EXPECT_THAT(ids_of(*store().List(running, 9, "")), ElementsAre(claim.job.id));
  EXPECT_EQ(ReasonOf(store().List({}, 2, "nonsense").status()),
            kJobRequestInvalid);
}

TEST_F(CreatorsTest, NumbersEventsAndGivesThoseBehindAnyOfThem) {
  const Job job = Created(Request("train"));
  const Lease lease = Claimed().lease;
  Progress progress;
  progress.stage = "train";
  for (int i = 0; i < 10; ++i) {
    progress.fraction = i / 10.0;
    ASSERT_EQ(store().ReportProgress(lease, progress), absl::OkStatus());
  }
  ASSERT_EQ(store().Finish(lease, absl::OkStatus(), false), absl::OkStatus());
  const auto all = store().Events(job.id, 0, 100);
  ASSERT_TRUE(all.ok()) << all.status();
  ASSERT_THAT(*all, SizeIs(13));
  for (size_t i = 0; i < all->size(); ++i) {
    EXPECT_EQ((*all)[i].number, static_cast<int64_t>(i) + 1);
  }
  EXPECT_EQ(std::get<StateChange>(all->front().what).state, JobState::kQueued);
  EXPECT_EQ(std::get<StateChange>((*all)[1].what).attempt, 1);
  EXPECT_EQ(std::get<StateChange>(all->back().what).state,
            JobState::kSucceeded);
  EXPECT_THAT(*store().Events(job.id, 11, 100), SizeIs(2));
  EXPECT_THAT(*store().Events(job.id, 13, 100), IsEmpty());
  EXPECT_THAT(*store().Events(job.id, 0, 4), SizeIs(4));
  EXPECT_EQ(ReasonOf(store().Events(job.id, 14, 1).status()), kJobEventUnknown);
  EXPECT_EQ(ReasonOf(store().Events(job.id, -1, 1).status()), kJobEventUnknown);
}

TEST_F(CreatorsTest, KeepsTheNewestReportsAndEveryChangeOfState) {
  const Job job = Created(Request("train"));
  const Lease lease = Claimed().lease;
  Progress progress;
  for (int i = 0; i < kKeptProgressEvents + 50; ++i) {
    progress.steps_done = i;
    ASSERT_EQ(store().ReportProgress(lease, progress), absl::OkStatus());
  }
  for (int i = 0; i < kKeptPreviews + 3; ++i) {
    ASSERT_EQ(store().AddPreview(lease, {"p", "image/png", absl::StrCat(i)}),
              absl::OkStatus());
  }
  const auto events = store().Events(job.id, 0, 5000);
  ASSERT_TRUE(events.ok());
  int states = 0;
  int reports = 0;
  std::vector<std::string> previews;
  for (const Event& event : *events) {
    states += std::holds_alternative<StateChange>(event.what);
    reports += std::holds_alternative<Progress>(event.what);
    if (const auto* preview = std::get_if<Preview>(&event.what)) {
      previews.push_back(preview->content);
    }
  }
  EXPECT_EQ(states, 2);
  EXPECT_EQ(reports, kKeptProgressEvents);
  EXPECT_THAT(previews, ElementsAre("3", "4", "5", "6"));
  EXPECT_EQ(events->back().number, store().Get(job.id)->last_event);
}

TEST_F(CreatorsTest, CancelsAWaitingJobAtOnceAndAnEndedOneNever) {
  const Job job = Created(Request("train"));
  const auto cancelled = store().RequestCancel(job.id);
  ASSERT_TRUE(cancelled.ok());
  EXPECT_EQ(cancelled->state, JobState::kCancelled);
  EXPECT_TRUE(cancelled->ended.has_value());
  EXPECT_FALSE((*store().ClaimNext(kAny, kLease)).has_value());

  const Job other = Created(Request("train"));
  ASSERT_EQ(store().Finish(Claimed().lease, absl::OkStatus(), false),
            absl::OkStatus());
  EXPECT_EQ(store().RequestCancel(other.id)->state, JobState::kSucceeded);
  EXPECT_FALSE(store().Get(other.id)->cancel_requested);
}

TEST_F(CreatorsTest, SweepsWhatHasExpired) {
  const Job kept = Created(Request("train"));
  const Job ended = Created(Request("train"));
  ASSERT_TRUE(store().RequestCancel(ended.id).ok());
  EXPECT_EQ(*store().Get(ended.id)->expires, now_ + absl::Hours(1));
  now_ += absl::Minutes(59);
  EXPECT_EQ(*store().Sweep(), 0);
  now_ += absl::Minutes(1);
  EXPECT_EQ(*store().Sweep(), 1);
  EXPECT_EQ(ReasonOf(store().Get(ended.id).status()), kJobNotFound);
  EXPECT_TRUE(store().Get(kept.id).ok());
}

TEST_F(CreatorsTest, CountsByState) {
  Created(Request("train"));
  now_ += absl::Minutes(1);
  Created(Request("train"));
  Claimed();
  const auto counts = store().Count();
  ASSERT_TRUE(counts.ok());
  EXPECT_EQ(counts->by_state.at(JobState::kQueued), 1);
  EXPECT_EQ(counts->by_state.at(JobState::kRunning), 1);
  EXPECT_EQ(*counts->oldest_queued, now_);
}

TEST_F(CreatorsTest, TellsThoseWhoListen) {
  const Job job = Created(Request("train"));
  std::atomic<int> own = 0;
  std::atomic<int> any = 0;
  const auto all = store().Subscribe("", [&](const std::string&) { ++any; });
  {
    const auto one = store().Subscribe(
        job.id, [&](const std::string& id) { own += id == job.id; });
    Created(Request("train"));
    EXPECT_EQ(own, 0);
    EXPECT_EQ(any, 1);
    ASSERT_TRUE(store().RequestCancel(job.id).ok());
    EXPECT_EQ(own, 1);
  }
  ASSERT_EQ(store().Delete(job.id), absl::OkStatus());
  EXPECT_EQ(own, 1);
  EXPECT_EQ(any, 3);
}

TEST_F(CreatorsTest, SaysThatThereIsNoSuchJob) {
  const std::string id(32, '0');
  EXPECT_EQ(ReasonOf(store().Get(id).status()), kJobNotFound);
  EXPECT_EQ(ReasonOf(store().Events(id, 0, 1).status()), kJobNotFound);
  EXPECT_EQ(ReasonOf(store().RequestCancel(id).status()), kJobNotFound);
  EXPECT_EQ(ReasonOf(store().Delete(id)), kJobNotFound);
  EXPECT_EQ(ReasonOf(store().Get("' OR 1 = 1 --").status()), kJobNotFound);
}

}  // namespace
}  // namespace sightline::jobs
