// Which of several pages a scan shows, where it could be registered to more
// than one: pages of one sheet often share most of their print.
#ifndef SIGHTLINE_SERVICES_GRADE_ENGINE_PAGE_LIKENESS_H_
#define SIGHTLINE_SERVICES_GRADE_ENGINE_PAGE_LIKENESS_H_

#include <cstddef>
#include <functional>
#include <optional>

#include "absl/types/span.h"
#include "common/geometry/homography.h"
#include "services/grade/engine/layout.h"
#include "services/grade/engine/sheet_reader.h"

namespace sightline::grade {

// A page that the scan may show.
struct PageCandidate {
  // A page by itself.
  const Sheet* page = nullptr;
  // Where it would lie; must have an inverse.
  Homography scan_to_page;
  // The scan read as that page; nullptr: it can't be read so.
  const SheetReading* reading = nullptr;
  // How sure the registration is, 0..1.
  double confidence = 0;
};

// The candidate that explains the scan better than every other one, or nullopt
// when none clearly does: a guess here would give a student somebody else's
// answers. `scan`: its size in pixels.
//
// Two candidates are compared by the bubbles that only one of them has where
// the scan shows them: those must be there for the one, and not for the other.
// Where there are no such bubbles, or they leave it open, `by_picture` (of two
// indices; > 0: the first one) is asked, and without an answer the confidences
// must differ clearly. Thread-safe.
using PictureVerdict = std::function<int(size_t, size_t)>;
std::optional<size_t> ClearlyBest(absl::Span<const PageCandidate> candidates,
                                  PixelSize scan,
                                  const PictureVerdict& by_picture);

// Whether the bubbles of two pages, brought to the same size, are the same but
// for at most a few: print that does not tell them apart.
bool HaveSameBubbles(const Sheet& a, const Sheet& b);

}  // namespace sightline::grade

#endif  // SIGHTLINE_SERVICES_GRADE_ENGINE_PAGE_LIKENESS_H_
