// The readings of a sheet's pages as one: what scoring and results know.
#ifndef SIGHTLINE_SERVICES_GRADE_ENGINE_PAGE_MERGE_H_
#define SIGHTLINE_SERVICES_GRADE_ENGINE_PAGE_MERGE_H_

#include <optional>
#include <vector>

#include "services/grade/engine/box_reader.h"
#include "services/grade/engine/layout.h"
#include "services/grade/engine/sheet_reader.h"

namespace sightline::grade {

// What was read on a page, or on all pages of a sheet.
struct PageReading {
  SheetReading fields;
  // One per Sheet::codes().
  std::vector<FieldReading> codes;
  // One per Sheet::boxes().
  std::vector<BoxReading> boxes;
};

// Joins `pages`, one per page of `sheet` in its order. The fields, codes and
// boxes of a page that is missing (nullopt) read "" with a confidence of 0, the
// flag kPageMissing, and bubbles without a mark; those of a page that was
// scanned twice (`is_twice`, one per page) have the flag kPageTwice: all of
// them need review. Thresholds are those of the first page that was read.
// Thread-safe.
PageReading MergePages(const Sheet& sheet,
                       std::vector<std::optional<PageReading>> pages,
                       const std::vector<bool>& is_twice);

}  // namespace sightline::grade

#endif  // SIGHTLINE_SERVICES_GRADE_ENGINE_PAGE_MERGE_H_
