// Jobs and their events, for people and for programs.
#ifndef SIGHTLINE_TOOLS_SIGHTLINE_OUTPUT_JOB_TEXT_H_
#define SIGHTLINE_TOOLS_SIGHTLINE_OUTPUT_JOB_TEXT_H_

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "sightline/jobs/v1/jobs.pb.h"

namespace sightline::cli {

// "queued", "running", "stopping" (a running job that was asked to),
// "succeeded", "failed", "cancelled".
std::string StateWord(jobs::v1::JobState state, bool cancel_requested);

// A line per job, below a heading; `now` for ages.
std::string JobTable(const std::vector<jobs::v1::Job>& jobs, absl::Time now,
                     bool coloured);

// "[#####-------------------]  21 %  train 21/100  loss 0.123  1m3s left"
std::string JobProgressLine(const jobs::v1::JobProgress& progress);

// What of an event is worth a line that stays: a state, a file; with its
// newline. Progress and previews give "".
std::string EventText(const jobs::v1::WatchJobResponse& event, bool coloured);

// One JSON object in one line, without the newline. Names as in the contract;
// states as StateWord(); times as RFC 3339, durations in seconds; an error as
// by WriteErrorJson(); bytes are left out.
std::string JobJson(const jobs::v1::Job& job);
std::string EventJson(const jobs::v1::WatchJobResponse& event);

}  // namespace sightline::cli

#endif  // SIGHTLINE_TOOLS_SIGHTLINE_OUTPUT_JOB_TEXT_H_
