// Failures of readers that know bytes or numbers, not fields of requests.
#ifndef SIGHTLINE_SERVICES_GEOREF_FIELD_ERROR_H_
#define SIGHTLINE_SERVICES_GEOREF_FIELD_ERROR_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/status/error.h"

namespace sightline::georef {

// `status` as the matter of one field of the request, whatever else it names,
// its message followed by `remedy`. OK stays OK.
inline absl::Status InField(const absl::Status& status, absl::string_view field,
                            absl::string_view remedy = "") {
  ErrorDetails details = DetailsOf(status).value_or(ErrorDetails());
  details.fields = {
      {std::string(field), absl::StrCat(status.message(), remedy)}};
  return WithDetails(status, details);
}

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_FIELD_ERROR_H_
