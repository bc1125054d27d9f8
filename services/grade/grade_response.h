// What the engine found, as messages.
#ifndef SIGHTLINE_SERVICES_GRADE_GRADE_RESPONSE_H_
#define SIGHTLINE_SERVICES_GRADE_GRADE_RESPONSE_H_

#include <optional>
#include <vector>

#include "services/grade/engine/box_reader.h"
#include "services/grade/engine/layout.h"
#include "services/grade/engine/scoring.h"
#include "services/grade/engine/sheet_reader.h"
#include "sightline/grade/v1/grade.pb.h"

namespace sightline::grade {

// Fields, combined fields, review list and thresholds into `response`.
// `reductions`: per page of the sheet, full-resolution pixels per pixel of the
// scan that was read.
void FillReading(const Sheet& sheet, const SheetReading& reading,
                 const ReadOptions& options, bool with_bubbles,
                 const std::vector<int>& reductions,
                 v1::GradeSheetResponse* response);

// What decided the marks of a page.
v1::Thresholds ToThresholds(const SheetReading& reading,
                            const ReadOptions& options);

// Appends what was read of the sheet's codes.
void FillCodes(const Sheet& sheet, const std::vector<FieldReading>& codes,
               v1::GradeSheetResponse* response);

// Adds the boxes of handwriting, without pictures.
void FillBoxes(const Sheet& sheet, const std::vector<BoxReading>& boxes,
               v1::GradeSheetResponse* response);

// Questions and sums.
void FillScore(const Score& score, v1::GradeSheetResponse* response);

// `problems` with `prefix` put before their paths.
void FillProblems(const std::vector<LayoutProblem>& problems,
                  const std::string& prefix,
                  v1::ValidateLayoutResponse* response);

}  // namespace sightline::grade

#endif  // SIGHTLINE_SERVICES_GRADE_GRADE_RESPONSE_H_
