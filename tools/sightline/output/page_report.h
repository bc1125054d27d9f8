// Cleaned pages, and judged ones, for people and as JSON.
#ifndef SIGHTLINE_TOOLS_SIGHTLINE_OUTPUT_PAGE_REPORT_H_
#define SIGHTLINE_TOOLS_SIGHTLINE_OUTPUT_PAGE_REPORT_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "sightline/preprocess/v1/preprocess.pb.h"
#include "tools/sightline/input/scan_list.h"

namespace sightline::cli {

// What became of a page, beside the server's answer.
struct PageOutputs {
  // The files written; empty if none.
  std::string page;
  std::string before_after;
};

// How a report looks for people.
struct PageTextOptions {
  bool coloured = false;
  // A line for every stage: why it ran, or did not.
  bool with_reasons = false;
};

// One line: what ran and what was measured, what was left alone, what was in
// doubt, how long the server took; a failure as DescribeError() has it.
std::string PageText(
    const Scan& scan,
    const absl::StatusOr<preprocess::v1::PreprocessResponse>& outcome,
    const PageOutputs& outputs, const PageTextOptions& options);

// One object in one line; its members are listed in docs/cli.md.
std::string PageJson(
    const Scan& scan,
    const absl::StatusOr<preprocess::v1::PreprocessResponse>& outcome,
    const PageOutputs& outputs);

// The same of AssessQuality.
std::string AssessmentText(
    const Scan& scan,
    const absl::StatusOr<preprocess::v1::AssessQualityResponse>& outcome,
    const PageTextOptions& options);
std::string AssessmentJson(
    const Scan& scan,
    const absl::StatusOr<preprocess::v1::AssessQualityResponse>& outcome);

// And of a part of a page; `region` counts from 0.
std::string RegionText(
    const Scan& scan, int region, const preprocess::v1::Region& box,
    const absl::StatusOr<preprocess::v1::RegionResult>& outcome,
    const std::string& path, const PageTextOptions& options);
std::string RegionJson(
    const Scan& scan, int region, const preprocess::v1::Region& box,
    const absl::StatusOr<preprocess::v1::RegionResult>& outcome,
    const std::string& path);

}  // namespace sightline::cli

#endif  // SIGHTLINE_TOOLS_SIGHTLINE_OUTPUT_PAGE_REPORT_H_
