// The review list with pictures: what a person needs to decide.
#ifndef SIGHTLINE_SERVICES_GRADE_REVIEW_ITEMS_H_
#define SIGHTLINE_SERVICES_GRADE_REVIEW_ITEMS_H_

#include <cstdint>

#include "absl/status/status.h"
#include "common/geometry/homography.h"
#include "common/image/image.h"
#include "common/stop/stop_token.h"
#include "services/grade/engine/layout.h"
#include "services/grade/engine/sheet_reader.h"
#include "services/grade/grade_options.h"
#include "sightline/grade/v1/grade.pb.h"

namespace sightline::grade {

// Adds an item to `response` for every label of its review list: a field, a
// code, or a combined field with all its members in one picture. `response` has
// all readings already, and `reading` belongs to `sheet`; `scan` is the one
// that was read, mapped by `scan_to_page`. Errors: those of EncodeMessage(),
// the stop's reason.
absl::Status FillReviewItems(const GrayImage& scan,
                             const Homography& scan_to_page, const Sheet& sheet,
                             const SheetReading& reading,
                             const CropSettings& settings,
                             const StopToken& stop,
                             v1::GradeSheetResponse* response);

// Upper bound of the bytes that FillReviewItems() allocates, its result
// included.
int64_t ReviewItemBytes(const Sheet& sheet, const CropSettings& settings);

// Adds the pictures of the boxes of handwriting to response->boxes(), which
// are those of `sheet`; none for a box outside the scan. Errors and
// thread-safety as above.
absl::Status FillBoxCrops(const GrayImage& scan, const Homography& scan_to_page,
                          const Sheet& sheet, const CropSettings& settings,
                          const StopToken& stop,
                          v1::GradeSheetResponse* response);

// Upper bound of the bytes that those pictures' files hold.
int64_t BoxCropBytes(const Sheet& sheet, const CropSettings& settings);

}  // namespace sightline::grade

#endif  // SIGHTLINE_SERVICES_GRADE_REVIEW_ITEMS_H_
