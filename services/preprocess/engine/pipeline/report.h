// What a pipeline did to a page, and why.
#ifndef SIGHTLINE_SERVICES_PREPROCESS_ENGINE_PIPELINE_REPORT_H_
#define SIGHTLINE_SERVICES_PREPROCESS_ENGINE_PIPELINE_REPORT_H_

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "common/geometry/homography.h"

namespace sightline::preprocess {

// One number that a stage found out about the page.
struct Measurement {
  // "noise_sigma", "skew_degrees"; units as where it is measured.
  std::string name;
  double value = 0;
};

struct StageReport {
  // The operations that the stage stands for, joined by '+': "clahe+gaussian";
  // "gray" for a colour page turned to gray before all.
  std::string name;
  // Indices of those operations: first_operation, and how many. 0 of them for
  // "gray".
  int first_operation = 0;
  int operation_count = 0;
  // Whether the stage made a new page of it, or left it as it was.
  bool has_run = false;
  // Why, for a person: "skew of 2.1 degrees, at least 0.15".
  std::string reason;
  // The page could not be judged and was therefore left as it was.
  bool is_doubtful = false;
  std::vector<Measurement> measurements;
  // From pixels of the stage's result to pixels of its input, corner-based.
  Homography output_to_input;
  // Who made the new page: "cpu", or a device ("cuda:0").
  std::string device = "cpu";
  // Why no device did, of which there is one: FallbackReason by its name.
  // Empty: it did, there is none, or none was asked (the stage left the page
  // alone, or devices do not do what it does).
  std::string fallback_reason;
  // Wall time, measuring included.
  absl::Duration elapsed;
};

struct PipelineReport {
  std::vector<StageReport> stages;
  // From pixels of the result to pixels of the page that was sent,
  // corner-based: what maps an OCR engine's boxes back.
  Homography output_to_input;
  // No stage found anything to do: the result has the page's (gray) pixels.
  bool is_unchanged = true;
};

}  // namespace sightline::preprocess

#endif  // SIGHTLINE_SERVICES_PREPROCESS_ENGINE_PIPELINE_REPORT_H_
