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

// Adds an item without a picture to `response` for every label of its review
// list: a field, a code, or a combined field. `response` has all readings
// already.
void FillReviewItems(v1::GradeSheetResponse* response);

// Whether any of those is on page `page` of `sheet`.
bool AnyReviewOnPage(const Sheet& sheet, int page,
                     const v1::GradeSheetResponse& response);

// Adds the pictures of what is on page `page`, a combined field with all its
// members there in one. `reading` is that of the whole sheet; `scan` is the one
// that was read as that page, mapped by `scan_to_page`. Errors: those of
// EncodeMessage(), the stop's reason.
absl::Status AddReviewPictures(
    const GrayImage& scan, const Homography& scan_to_page, const Sheet& sheet,
    int page, const SheetReading& reading, const CropSettings& settings,
    const StopToken& stop, v1::GradeSheetResponse* response);

// Upper bound of the bytes that these functions allocate, their result
// included.
int64_t ReviewItemBytes(const Sheet& sheet, const CropSettings& settings);

// Adds the pictures of page `page`'s boxes of handwriting to response->boxes(),
// which are those of `sheet`; none for a box outside the scan. Errors and
// thread-safety as above.
absl::Status AddBoxPictures(const GrayImage& scan,
                            const Homography& scan_to_page, const Sheet& sheet,
                            int page, const CropSettings& settings,
                            const StopToken& stop,
                            v1::GradeSheetResponse* response);

// Upper bound of the bytes that those pictures' files hold.
int64_t BoxCropBytes(const Sheet& sheet, const CropSettings& settings);

}  // namespace sightline::grade

#endif  // SIGHTLINE_SERVICES_GRADE_REVIEW_ITEMS_H_
