// Whether a field's bubbles can give an answer.
#ifndef SIGHTLINE_SERVICES_GRADE_ENGINE_KEY_CHECK_H_
#define SIGHTLINE_SERVICES_GRADE_ENGINE_KEY_CHECK_H_

#include "absl/strings/string_view.h"
#include "services/grade/engine/layout.h"

namespace sightline::grade {

// True if `answer` is what some marking of `field` reads as: one value, or
// its empty value; for MULTIPLE any of its values joined in printed order.
bool CanRead(const Field& field, absl::string_view answer);

// The same for a combined field of `sheet`: its members' answers joined.
bool CanRead(const Sheet& sheet, const CombinedField& combined,
             absl::string_view answer);

}  // namespace sightline::grade

#endif  // SIGHTLINE_SERVICES_GRADE_ENGINE_KEY_CHECK_H_
