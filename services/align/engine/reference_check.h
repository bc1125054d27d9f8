// Whether a reference and options say something sensible.
#ifndef SIGHTLINE_SERVICES_ALIGN_ENGINE_REFERENCE_CHECK_H_
#define SIGHTLINE_SERVICES_ALIGN_ENGINE_REFERENCE_CHECK_H_

#include "absl/status/status.h"
#include "services/align/engine/page_registrar.h"
#include "services/align/engine/reference.h"

namespace sightline::align {

// InvalidArgument REFERENCE_UNUSABLE, the field named. Whether there is enough
// to recognise the page by is not decided here.
absl::Status CheckReference(const Reference& reference);

// InvalidArgument REGISTRATION_OPTION_INVALID, the field named.
absl::Status CheckOptions(const RegistrationOptions& options);

}  // namespace sightline::align

#endif  // SIGHTLINE_SERVICES_ALIGN_ENGINE_REFERENCE_CHECK_H_
