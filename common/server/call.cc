#include "common/server/call.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/memory/reasons.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "google/protobuf/util/time_util.h"

namespace sightline {
google::protobuf::Duration ToProtoDuration(absl::Duration duration) {
  return google::protobuf::util::TimeUtil::NanosecondsToDuration(
      absl::ToInt64Nanoseconds(duration));
}

Call::Call(std::string method, StopToken stop, absl::Time arrival, Lease body,
           ByteBudget* work, ServerMetrics* metrics)
    : method_(std::move(method)),
      stop_(std::move(stop)),
      arrival_(arrival),
      body_lease_(std::move(body)),
      work_(work),
      metrics_(metrics) {
  NotePeak();
}

Call::~Call() { FinishStages(); }

absl::Status Call::EnterStage(const std::string& stage) {
  const absl::Time now = absl::Now();
  if (stages_.empty() && running_stage_.empty()) queued_ = now - arrival_;
  FinishStages();
  running_stage_ = stage;
  stage_start_ = now;
  return stop_.Poll();
}

absl::Status Call::Reserve(int64_t bytes) {
  const int64_t more = bytes - work_lease_.bytes();
  if (more <= 0) return absl::OkStatus();
  if (work_lease_.bytes() == 0) {
    SL_ASSIGN_OR_RETURN(work_lease_, work_->AcquireBlocking(bytes, stop_));
  } else if (!work_lease_.TryGrow(more)) {
    return Error(absl::StatusCode::kResourceExhausted, kOverloaded)
        .Message(absl::StrCat("the call needs ", more >> 10,
                              " KiB more memory than it reserved, and other "
                              "calls hold it"))
        .RetryAfter(absl::Milliseconds(200));
  }
  NotePeak();
  return absl::OkStatus();
}

bool Call::TryReserveMore(int64_t bytes) {
  if (!work_lease_.TryGrow(bytes)) return false;
  NotePeak();
  return true;
}

void Call::ShrinkReservation(int64_t bytes) { work_lease_.ShrinkTo(bytes); }

void Call::ShrinkBody(int64_t bytes) { body_lease_.ShrinkTo(bytes); }

common::v1::CallCost Call::Cost() {
  FinishStages();
  common::v1::CallCost cost;
  for (const auto& [stage, duration] : stages_) {
    auto* entry = cost.add_stages();
    entry->set_stage(stage);
    *entry->mutable_duration() = ToProtoDuration(duration);
  }
  *cost.mutable_queued() = ToProtoDuration(queued_);
  cost.set_peak_reserved_bytes(peak_bytes_);
  return cost;
}

void Call::FinishStages() {
  if (running_stage_.empty()) return;
  const absl::Duration duration = absl::Now() - stage_start_;
  if (metrics_ != nullptr) {
    metrics_->StageFinished(method_, running_stage_, duration);
  }
  stages_.emplace_back(std::move(running_stage_), duration);
  running_stage_.clear();
}

void Call::NotePeak() {
  peak_bytes_ =
      std::max(peak_bytes_, body_lease_.bytes() + work_lease_.bytes());
}

}  // namespace sightline
