// Values of no fixed number in one string, for columns of a database: metrics,
// the details of an error.
#ifndef SIGHTLINE_COMMON_JOBS_PACKED_RECORD_H_
#define SIGHTLINE_COMMON_JOBS_PACKED_RECORD_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/jobs/job.h"

namespace sightline::jobs {

// The form: each string preceded by its length in bytes, 4 of them, lowest
// first. Numbers are their decimal text.
std::string PackStrings(const std::vector<std::string>& strings);
// Errors: DataLoss JOB_STORE_CORRUPT.
absl::StatusOr<std::vector<std::string>> UnpackStrings(
    absl::string_view packed);

std::string PackMetrics(const std::vector<Metric>& metrics);
absl::StatusOr<std::vector<Metric>> UnpackMetrics(absl::string_view packed);

// With its details (common/status/error.h). OK is the empty string.
std::string PackStatus(const absl::Status& status);
// Stores the status in `status`; returns whether that could be read.
absl::Status UnpackStatus(absl::string_view packed, absl::Status& status);

}  // namespace sightline::jobs

#endif  // SIGHTLINE_COMMON_JOBS_PACKED_RECORD_H_
