// What may be asked of a reading.
#ifndef SIGHTLINE_SERVICES_GRADE_ENGINE_READ_OPTIONS_H_
#define SIGHTLINE_SERVICES_GRADE_ENGINE_READ_OPTIONS_H_

#include "absl/status/status.h"
#include "services/grade/engine/sheet_reader.h"

namespace sightline::grade {

// Errors: InvalidArgument READ_OPTION_INVALID, naming every option that is out
// of its range. Thread-safe.
absl::Status CheckReadOptions(const ReadOptions& options);

}  // namespace sightline::grade

#endif  // SIGHTLINE_SERVICES_GRADE_ENGINE_READ_OPTIONS_H_
