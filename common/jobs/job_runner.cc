#include "common/jobs/job_runner.h"

#include <algorithm>
#include <chrono>
#include <exception>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/jobs/reasons.h"
#include "common/observe/log.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"

namespace sightline::jobs {
namespace {

// How soon the keeper sees that a job is to be cancelled.
constexpr absl::Duration kKeeperStep = absl::Milliseconds(100);
// Reports of running jobs wake idle workers, too; they look no more often.
constexpr absl::Duration kLeastPause = absl::Milliseconds(20);
// Between two tries to write the end of a job.
constexpr absl::Duration kEndRetry = absl::Seconds(1);

absl::Status Interrupted() {
  return Error(absl::StatusCode::kUnavailable, kJobInterrupted)
      .Message("the server shuts down; the job goes on when it is back");
}

absl::Status Cancelled() {
  return Error(absl::StatusCode::kCancelled, kJobCancelled)
      .Message("the job was cancelled");
}

std::map<std::string, JobKind> ByName(std::vector<JobKind> kinds) {
  std::map<std::string, JobKind> by_name;
  for (JobKind& kind : kinds) by_name[kind.name] = std::move(kind);
  return by_name;
}

}  // namespace

JobRunner::JobRunner(JobStore* store, ArtifactStore* artifacts,
                     std::vector<JobKind> kinds, JobRunnerOptions options)
    : store_(store),
      artifacts_(artifacts),
      kinds_(ByName(std::move(kinds))),
      options_(options) {
  for (const auto& [name, kind] : kinds_) max_running_[name] = kind.max_running;
}

JobRunner::~JobRunner() {
  Drain(absl::InfiniteFuture()).IgnoreError();
  {
    std::lock_guard<std::mutex> lock(mutex_);
    is_closed_ = true;
    woken_.notify_all();
  }
  // Takes mutex_, so it must end before what it calls.
  subscription_.reset();
  for (std::thread& worker : workers_) worker.join();
  if (keeper_.joinable()) keeper_.join();
}

void JobRunner::Start() {
  next_sweep_ = absl::Now();
  subscription_ = store_->Subscribe("", [this](const std::string& job_id) {
    std::lock_guard<std::mutex> lock(mutex_);
    const auto found = works_.find(job_id);
    if (found != works_.end()) found->second->is_changed = true;
    has_news_ = true;
    woken_.notify_all();
  });
  workers_left_ = options_.threads;
  for (int i = 0; i < options_.threads; ++i) {
    workers_.emplace_back([this] {
      TakeJobs();
      std::lock_guard<std::mutex> lock(mutex_);
      --workers_left_;
      woken_.notify_all();
    });
  }
  keeper_ = std::thread([this] { Keep(); });
}

bool JobRunner::is_draining() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return is_draining_;
}

int JobRunner::running() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return static_cast<int>(works_.size());
}

void JobRunner::BeginDrain() {
  std::vector<std::shared_ptr<Work>> works;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    is_draining_ = true;
    for (const auto& [id, work] : works_) works.push_back(work);
    woken_.notify_all();
  }
  for (const auto& work : works) work->stop.Stop(Interrupted());
}

absl::Status JobRunner::Drain(absl::Time deadline) {
  BeginDrain();
  std::unique_lock<std::mutex> lock(mutex_);
  const auto has_ended = [this] { return workers_left_ == 0; };
  if (deadline == absl::InfiniteFuture()) {
    woken_.wait(lock, has_ended);
  } else if (!woken_.wait_until(lock, absl::ToChronoTime(deadline),
                                has_ended)) {
    return Error(absl::StatusCode::kDeadlineExceeded, kJobInterrupted)
        .Message(absl::StrCat(works_.size(),
                              " jobs have not stopped in time; "
                              "they are queued again when the "
                              "server is back"));
  }
  return absl::OkStatus();
}

void JobRunner::Sleep(absl::Time until) {
  std::unique_lock<std::mutex> lock(mutex_);
  woken_.wait_until(lock, absl::ToChronoTime(until),
                    [this] { return is_draining_; });
}

void JobRunner::TakeJobs() {
  while (!is_draining()) {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      has_news_ = false;
    }
    absl::StatusOr<std::optional<Claim>> claim =
        store_->ClaimNext(max_running_, options_.lease);
    if (claim.ok() && claim->has_value()) {
      WorkOn(**std::move(claim));
      continue;
    }
    if (!claim.ok()) {
      Log(Severity::kError, "no job can be taken",
          {{"error", std::string(claim.status().message())}});
      Sleep(absl::Now() + options_.poll);
      continue;
    }
    Sleep(absl::Now() + kLeastPause);
    std::unique_lock<std::mutex> lock(mutex_);
    woken_.wait_for(lock, absl::ToChronoMilliseconds(options_.poll),
                    [this] { return has_news_ || is_draining_; });
  }
}

void JobRunner::WorkOn(Claim claim) {
  auto work = std::make_shared<Work>();
  work->lease = claim.lease;
  work->next_heartbeat = absl::Now() + options_.lease / 3;
  // Cancelled between the claim and now: look soon.
  work->is_changed = true;
  const std::string kind = claim.job.kind;
  work->context = std::make_unique<JobContext>(
      store_, artifacts_, std::move(claim), work->stop.token(),
      options_.progress_interval);
  bool must_stop = false;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    works_[work->lease.job_id] = work;
    must_stop = is_draining_;
  }
  if (must_stop) work->stop.Stop(Interrupted());
  absl::Status outcome = CallFunction(kind, *work->context);
  // What it last said of its progress is part of how it ended.
  work->context->FlushProgress().IgnoreError();
  outcome.Update(Reach(options_.faults, FaultPoint::kFunctionReturned));
  WriteEnd(*work, outcome);
  std::lock_guard<std::mutex> lock(mutex_);
  works_.erase(work->lease.job_id);
  has_news_ = true;
  woken_.notify_all();
}

absl::Status JobRunner::CallFunction(const std::string& kind,
                                     JobContext& context) {
  try {
    return kinds_.at(kind).run(context);
  } catch (const std::exception& exception) {
    Log(Severity::kError, "a job's function threw",
        {{"kind", kind}, {"what", std::string(exception.what())}});
  } catch (...) {
    Log(Severity::kError, "a job's function threw", {{"kind", kind}});
  }
  return Error(absl::StatusCode::kInternal, kJobThrew)
      .Message("the job failed by a defect of the server; its log says more");
}

void JobRunner::WriteEnd(Work& work, const absl::Status& outcome) {
  while (true) {
    const absl::Status status = TryEnd(work, outcome);
    // Lost: deleted, or ended without us.
    if (status.ok() || absl::IsAborted(status)) return;
    Log(Severity::kError, "the end of a job cannot be written",
        {{"job", work.lease.job_id}, {"error", std::string(status.message())}});
    // The next process recovers it.
    if (is_draining()) return;
    Sleep(absl::Now() + kEndRetry);
  }
}

absl::Status JobRunner::TryEnd(Work& work, const absl::Status& outcome) {
  bool is_cancelled = false;
  bool is_interrupted = false;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (work.is_lost) return absl::OkStatus();
    is_cancelled = work.is_cancelled;
    is_interrupted = is_draining_ && !work.stop.token().Poll().ok();
  }
  if (outcome.ok()) return store_->Finish(work.lease, outcome, false);
  if (is_cancelled) return store_->Finish(work.lease, outcome, true);
  if (is_interrupted) return store_->Release(work.lease);
  return store_->Finish(work.lease, outcome, false);
}

void JobRunner::Keep() {
  while (true) {
    std::vector<std::shared_ptr<Work>> works;
    {
      std::unique_lock<std::mutex> lock(mutex_);
      woken_.wait_for(lock, absl::ToChronoMilliseconds(kKeeperStep),
                      [this] { return is_closed_; });
      if (is_closed_) return;
      for (const auto& [id, work] : works_) works.push_back(work);
    }
    const absl::Time now = absl::Now();
    for (const auto& work : works) {
      work->context->FlushIfDue();
      Attend(*work, now);
    }
    SweepIfDue(now);
  }
}

void JobRunner::Attend(Work& work, absl::Time now) {
  bool must_end = false;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (work.is_lost) return;
    must_end =
        work.is_cancelled && now >= work.stopped_at + options_.cancel_grace;
    if (must_end) work.is_lost = true;
    const bool is_due = work.is_changed || now >= work.next_heartbeat;
    if (!must_end && !is_due) return;
    work.is_changed = false;
    work.next_heartbeat = now + options_.lease / 3;
  }
  if (must_end) {
    Log(Severity::kWarning, "a cancelled job ends before its function",
        {{"job", work.lease.job_id}});
    const absl::Status ended = store_->Finish(work.lease, Cancelled(), true);
    if (ended.ok() || absl::IsAborted(ended)) return;
    std::lock_guard<std::mutex> lock(mutex_);
    work.is_lost = false;
    return;
  }
  const absl::StatusOr<bool> must_stop =
      store_->Heartbeat(work.lease, options_.lease);
  absl::Status reason;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (absl::IsAborted(must_stop.status())) {
      work.is_lost = true;
      reason = must_stop.status();
    } else if (must_stop.ok() && *must_stop && !work.is_cancelled) {
      work.is_cancelled = true;
      work.stopped_at = now;
      reason = Cancelled();
    }
  }
  if (!reason.ok()) work.stop.Stop(reason);
}

void JobRunner::SweepIfDue(absl::Time now) {
  if (now < next_sweep_) return;
  next_sweep_ = now + options_.sweep_interval;
  const absl::StatusOr<int> deleted = store_->Sweep();
  if (!deleted.ok()) {
    Log(Severity::kError, "expired jobs cannot be deleted",
        {{"error", std::string(deleted.status().message())}});
  } else if (*deleted > 0) {
    Log(Severity::kInfo, "expired jobs are deleted", {{"jobs", *deleted}});
  }
}

}  // namespace sightline::jobs
