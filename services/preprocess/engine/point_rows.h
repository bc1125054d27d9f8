// Operations on single pixels: a table of 256 grays.
#ifndef SIGHTLINE_SERVICES_PREPROCESS_ENGINE_POINT_ROWS_H_
#define SIGHTLINE_SERVICES_PREPROCESS_ENGINE_POINT_ROWS_H_

#include <array>
#include <cstdint>
#include <memory>

#include "absl/status/status.h"
#include "common/image/image.h"
#include "services/preprocess/engine/execution.h"
#include "services/preprocess/engine/pixel_view.h"
#include "services/preprocess/engine/row_source.h"

namespace sightline::preprocess {

using GrayTable = std::array<uint8_t, 256>;

// 255 - gray.
GrayTable Inverse();

// out = table[in]. `out` gets the size of `in` and must not be it. Errors:
// CheckRun(), RunBands(), Resize(). Thread-safe.
absl::Status ApplyTable(const GrayView& in, const GrayTable& table,
                        GrayImage& out, const Execution& execution = {});

// The same for the rows of `in`, which must outlive the result.
std::unique_ptr<RowSource> TableRows(RowSource& in, const GrayTable& table,
                                     const Kernels& kernels);

}  // namespace sightline::preprocess

#endif  // SIGHTLINE_SERVICES_PREPROCESS_ENGINE_POINT_ROWS_H_
