#include "services/preprocess/engine/device/slot.h"

#include <algorithm>
#include <cstring>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "common/status/status_macros.h"

namespace sightline::preprocess::device {
namespace {

// Where the sections of a batch lie, from the arena's beginning.
struct BatchLayout {
  JobBytes total;
  int64_t cleared = 0;
  int64_t scratch = 0;
  int64_t result = 0;
};

BatchLayout LayoutOf(absl::Span<const SlotJob> jobs) {
  BatchLayout layout;
  for (const SlotJob& each : jobs) {
    const JobBytes& bytes = each.job->bytes();
    layout.total.upload += bytes.upload + each.job->description_bytes();
    layout.total.cleared += bytes.cleared;
    layout.total.scratch += bytes.scratch;
    layout.total.result += bytes.result;
  }
  layout.cleared = layout.total.upload;
  layout.scratch = layout.cleared + layout.total.cleared;
  layout.result = layout.scratch + layout.total.scratch;
  return layout;
}

// Writes step number `step` of all jobs to `to`, as an array of the kernel's
// page type.
KernelLaunch Describe(absl::Span<JobPlan> plans, size_t step, uint8_t* to) {
  KernelLaunch launch;
  launch.kernel = static_cast<int>(plans[0].steps[step].index());
  launch.page_count = static_cast<int>(plans.size());
  for (JobPlan& plan : plans) {
    KernelPage& page = plan.steps[step];
    std::visit(
        [&](auto& each) {
          each.first_block = launch.blocks;
          std::memcpy(to, &each, sizeof(each));
          to += sizeof(each);
        },
        page);
    launch.blocks += BlocksOf(page);
    launch.shared_bytes = std::max(launch.shared_bytes, SharedBytesOf(page));
  }
  return launch;
}

}  // namespace

absl::Status Slot::Reserve(const BatchBytes& bytes) {
  // The old memory goes first, so that no more than the budget is ever held.
  if (bytes.device > size_.device) {
    if (arena_ != nullptr) device_.Free(stream_, arena_);
    arena_ = nullptr;
    size_.device = 0;
    SL_ASSIGN_OR_RETURN(arena_, device_.Allocate(stream_, bytes.device));
    size_.device = bytes.device;
  }
  if (bytes.pinned > size_.pinned) {
    if (pinned_ != nullptr) device_.FreePinned(pinned_);
    pinned_ = nullptr;
    size_.pinned = 0;
    SL_ASSIGN_OR_RETURN(pinned_, device_.AllocatePinned(bytes.pinned));
    size_.pinned = bytes.pinned;
  }
  return absl::OkStatus();
}

void Slot::Release() {
  if (arena_ != nullptr) device_.Free(stream_, arena_);
  if (pinned_ != nullptr) device_.FreePinned(pinned_);
  arena_ = nullptr;
  pinned_ = nullptr;
  size_ = {};
}

void Slot::Close() {
  Release();
  device_.CloseStream(stream_);
}

absl::Status Slot::Enqueue(absl::Span<SlotJob> jobs,
                           absl::Span<JobPlan> plans) {
  const BatchLayout layout = LayoutOf(jobs);
  const size_t steps = jobs[0].job->kernels().size();
  // Descriptions first, step by step, then the jobs.
  const int64_t step_bytes =
      static_cast<int64_t>(jobs.size()) * AlignSection(sizeof(KernelPage));
  int64_t upload = step_bytes * static_cast<int64_t>(steps);
  JobMemory at = {.upload = arena_ + upload,
                  .cleared = arena_ + layout.cleared,
                  .scratch = arena_ + layout.scratch,
                  .result = arena_ + layout.result};
  for (size_t i = 0; i < jobs.size(); ++i) {
    const DeviceJob& job = *jobs[i].job;
    plans[i] = job.Plan(at);
    job.FillUpload(plans[i], pinned_ + upload);
    upload += job.bytes().upload;
    at.upload += job.bytes().upload;
    at.cleared += job.bytes().cleared;
    at.scratch += job.bytes().scratch;
    at.result += job.bytes().result;
  }
  std::vector<KernelLaunch> launches;
  for (size_t step = 0; step < steps; ++step) {
    const int64_t offset = step_bytes * static_cast<int64_t>(step);
    launches.push_back(Describe(plans, step, pinned_ + offset));
    launches.back().pages = arena_ + offset;
  }
  SL_RETURN_IF_ERROR(
      device_.Upload(stream_, arena_, pinned_, layout.total.upload));
  if (layout.total.cleared > 0) {
    SL_RETURN_IF_ERROR(
        device_.Clear(stream_, arena_ + layout.cleared, layout.total.cleared));
  }
  for (const KernelLaunch& launch : launches) {
    SL_RETURN_IF_ERROR(device_.Launch(stream_, launch));
  }
  return device_.Download(stream_, pinned_ + layout.total.upload,
                          arena_ + layout.result, layout.total.result);
}

absl::Status Slot::Run(absl::Span<SlotJob> jobs, absl::Duration timeout) {
  BatchBytes bytes;
  for (const SlotJob& each : jobs) bytes.Add(*each.job);
  SL_RETURN_IF_ERROR(Reserve(bytes));
  std::vector<JobPlan> plans(jobs.size());
  const absl::Status enqueued = Enqueue(jobs, absl::MakeSpan(plans));
  // What was given to the stream before it refused more must end, too.
  SL_RETURN_IF_ERROR(device_.Wait(stream_, timeout));
  SL_RETURN_IF_ERROR(enqueued);
  const uint8_t* result = pinned_ + LayoutOf(jobs).total.upload;
  for (size_t i = 0; i < jobs.size(); ++i) {
    jobs[i].is_done = DeviceJob::TakeResult(plans[i], result, *jobs[i].out);
    result += jobs[i].job->bytes().result;
  }
  return absl::OkStatus();
}

}  // namespace sightline::preprocess::device
