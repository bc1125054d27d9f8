// Filled-in, scanned answer sheets with exact truth.
//
//   SheetSpecification specification;
//   specification.family = FormFamily::kStandard;
//   specification.degradations = {Degradation::kRotation180};
//   absl::StatusOr<GeneratedSheet> sheet = GenerateSheet(specification, 7);
//
// The same specification and seed give the same bytes on the same machine.
// For tests and benchmarks; no service links it.
#ifndef SIGHTLINE_TESTS_GENERATOR_SHEET_GENERATOR_H_
#define SIGHTLINE_TESTS_GENERATOR_SHEET_GENERATOR_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/geometry/homography.h"
#include "common/image/image.h"
#include "tests/generator/degradation.h"
#include "tests/generator/form.h"
#include "tests/generator/marks.h"

namespace sightline::generator {

// What to generate.
struct SheetSpecification {
  FormFamily family = FormFamily::kStandard;
  // Which member of the family; sheets of one form share it.
  uint64_t form_seed = 0;
  MarkProfile profile = MarkProfile::kMixed;
  // None: a good flatbed scan.
  std::vector<Degradation> degradations;
  // Colour JPEG (4:2:0), as scanners deliver; else gray.
  bool color = true;
};

// A scan and everything true of it.
struct GeneratedSheet {
  SheetSpecification specification;
  uint64_t seed = 0;
  // The blank form, shared by the sheets made of it: layout, key, markers,
  // reference image (print.luma).
  std::shared_ptr<const PrintedForm> form;
  CapturePlan plan;
  // The scan as a JPEG file, and decoded to gray at full resolution.
  std::string jpeg;
  GrayImage scan;
  // Scan pixels to page units, both corner-based.
  Homography scan_to_page;
  // How far, in page units, the true map may differ from scan_to_page: 0
  // unless the page is bent.
  double deviation = 0;
  // One per field of the layout.
  std::vector<FieldTruth> truth;
};

// Fills in and scans `form`. `specification.family` and `.form_seed` are
// taken from the form. Errors: those of the JPEG codec.
absl::StatusOr<GeneratedSheet> GenerateSheet(
    std::shared_ptr<const PrintedForm> form, SheetSpecification specification,
    uint64_t seed);

// The same with a form printed for it.
absl::StatusOr<GeneratedSheet> GenerateSheet(
    const SheetSpecification& specification, uint64_t seed);

// A named list of degradations: "none"; every DegradationName(); and what
// real machines do at once: "scanner" (rotation, noise), "upside_down",
// "photo" (dark table, perspective, shadow, uneven blur), "dim_photo",
// "bad_copy" (xerox, rotation, low resolution), "quickstart" (dark table,
// rotation, perspective, noise).
struct Condition {
  std::string name;
  std::vector<Degradation> degradations;
};
const std::vector<Condition>& AllConditions();
std::optional<Condition> FindCondition(absl::string_view name);

}  // namespace sightline::generator

#endif  // SIGHTLINE_TESTS_GENERATOR_SHEET_GENERATOR_H_
