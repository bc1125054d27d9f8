// Tries strategies one after another until the verifier confirms a proposal.
#ifndef SIGHTLINE_SERVICES_ALIGN_ENGINE_REGISTRATION_CHAIN_H_
#define SIGHTLINE_SERVICES_ALIGN_ENGINE_REGISTRATION_CHAIN_H_

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "common/image/image.h"
#include "common/stop/stop_token.h"
#include "services/align/engine/page_registrar.h"
#include "services/align/engine/strategy.h"
#include "services/align/engine/verifier.h"

namespace sightline::align {

// Tries the strategies that `options` allow, in their order. One that is
// confirmed with a sure confidence ends the search; else the surest of all is
// returned, if it has options.min_confidence. Errors: those of
// PageRegistrar::Register().
absl::StatusOr<Registration> RunChain(
    const std::vector<std::unique_ptr<Strategy>>& strategies,
    const Verifier& verifier, const GrayImage& scan,
    const RegistrationOptions& options, const StopToken& stop);

}  // namespace sightline::align

#endif  // SIGHTLINE_SERVICES_ALIGN_ENGINE_REGISTRATION_CHAIN_H_
