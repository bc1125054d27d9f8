// QR codes and barcodes on a page: a sheet's number, a student's label.
#ifndef SIGHTLINE_SERVICES_GRADE_ENGINE_CODE_READER_H_
#define SIGHTLINE_SERVICES_GRADE_ENGINE_CODE_READER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/geometry/homography.h"
#include "common/image/image.h"
#include "common/stop/stop_token.h"
#include "services/grade/engine/layout.h"
#include "services/grade/engine/sheet_reader.h"

namespace sightline::grade {

// Reads every code of `sheet`, in its order. `scan_to_page` maps scan pixels to
// page units, corner-based. An answer is the code's text, UTF-8; codes check
// themselves, so its confidence is 1. A code that is not found or can't be
// decoded reads "" with the flag kUnreadable, several different ones in its
// place read as the first with kMultiple, a place that the scan cuts off has
// kCutOff; all of these need review. Errors: InvalidArgument
// HOMOGRAPHY_SINGULAR; ResourceExhausted MEMORY_EXHAUSTED; that of `stop`.
// Thread-safe.
absl::StatusOr<std::vector<FieldReading>> ReadCodes(
    const GrayImage& scan, const Homography& scan_to_page, const Sheet& sheet,
    const StopToken& stop);

// The texts of all codes on the scan, wherever they are and whatever lies
// around them: for what must be known before the page is found. Only of kinds
// that check themselves (QR, Data Matrix, Aztec, PDF417, Code 128): in print of
// all sorts the others may be seen where there are none. At most 16, in no
// order, none twice; none is no error. Errors: ResourceExhausted
// MEMORY_EXHAUSTED; that of `stop`, which is asked before. Thread-safe.
absl::StatusOr<std::vector<std::string>> FindCodeTexts(const GrayImage& scan,
                                                       const StopToken& stop);

// Upper bound of the bytes that FindCodeTexts() works in.
int64_t FindCodeTextsBytes(int64_t scan_bytes);

// Upper bound of the bytes that ReadCodes() works in.
int64_t ReadCodesBytes(const Sheet& sheet);

}  // namespace sightline::grade

#endif  // SIGHTLINE_SERVICES_GRADE_ENGINE_CODE_READER_H_
