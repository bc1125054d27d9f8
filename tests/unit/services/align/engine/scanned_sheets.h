// Generated sheets for tests of registration, and how far off one is.
#ifndef SIGHTLINE_TESTS_UNIT_SERVICES_ALIGN_ENGINE_SCANNED_SHEETS_H_
#define SIGHTLINE_TESTS_UNIT_SERVICES_ALIGN_ENGINE_SCANNED_SHEETS_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "common/geometry/homography.h"
#include "tests/generator/sheet_generator.h"

namespace sightline::align {

using SharedForm = std::shared_ptr<const generator::PrintedForm>;

SharedForm Print(generator::FormFamily family, uint64_t seed);

// A gray scan of `form`.
generator::GeneratedSheet Scan(SharedForm form,
                               std::vector<generator::Degradation> degradations,
                               uint64_t seed);

// The largest distance of a bubble from where it is, in bubbles.
double LargestError(const Homography& scan_to_page,
                    const generator::GeneratedSheet& sheet);

}  // namespace sightline::align

#endif  // SIGHTLINE_TESTS_UNIT_SERVICES_ALIGN_ENGINE_SCANNED_SHEETS_H_
