#include "common/jobs/service/job_watch.h"

#include <utility>

#include "common/status/status_macros.h"

namespace sightline::jobs {
namespace {

// Events read from the store at once.
constexpr int kBatch = 64;

}  // namespace

JobWatch::JobWatch(JobStore& store, std::string job_id, int64_t after,
                   bool skip_previews)
    : store_(store),
      job_id_(std::move(job_id)),
      skip_previews_(skip_previews),
      after_(after) {}

absl::StatusOr<std::unique_ptr<JobWatch>> JobWatch::Open(
    JobStore& store, const std::string& job_id, int64_t after,
    bool skip_previews, std::function<void()> changed) {
  std::unique_ptr<JobWatch> watch(
      new JobWatch(store, job_id, after, skip_previews));
  // Before the first look, so that nothing falls between the two.
  watch->subscription_ = store.Subscribe(
      job_id,
      [changed = std::move(changed)](const std::string&) { changed(); });
  SL_RETURN_IF_ERROR(watch->Read());
  return watch;
}

absl::Status JobWatch::Read() {
  while (events_.empty()) {
    SL_ASSIGN_OR_RETURN(std::vector<Event> events,
                        store_.Events(job_id_, after_, kBatch));
    if (events.empty()) return absl::OkStatus();
    after_ = events.back().number;
    for (Event& event : events) {
      if (skip_previews_ && std::holds_alternative<Preview>(event.what)) {
        continue;
      }
      events_.push_back(std::move(event));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<const Event*> JobWatch::Next() {
  while (true) {
    SL_RETURN_IF_ERROR(Read());
    if (!events_.empty()) {
      current_ = std::move(events_.front());
      events_.pop_front();
      return &current_;
    }
    SL_ASSIGN_OR_RETURN(const Job job, store_.Get(job_id_));
    // Something has happened since the last look.
    if (job.last_event > after_) continue;
    is_over_ = HasEnded(job.state);
    return nullptr;
  }
}

}  // namespace sightline::jobs
