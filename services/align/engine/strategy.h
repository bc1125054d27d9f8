// A way to guess where the page lies. Guesses cost little and may be wrong:
// whoever asked for them has each one verified.
#ifndef SIGHTLINE_SERVICES_ALIGN_ENGINE_STRATEGY_H_
#define SIGHTLINE_SERVICES_ALIGN_ENGINE_STRATEGY_H_

#include <cstdint>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/stop/stop_token.h"
#include "services/align/engine/page_registrar.h"
#include "services/align/engine/proposal.h"
#include "services/align/engine/scan_images.h"

namespace sightline::align {

// Takes a proposal; returns true if it was confirmed and no other is wanted.
using Offer = absl::FunctionRef<absl::StatusOr<bool>(const Proposal&)>;

// Immutable but for what it computes once, on first use; thread-safe.
class Strategy {
 public:
  virtual ~Strategy() = default;

  virtual Method method() const = 0;

  // "" if the reference has what this needs; else what is missing.
  virtual std::string WhyUnavailable() const = 0;

  // Upper bound of the bytes Propose() allocates, ScanImages' halved copies
  // left out; whatever the sizes of scan and page.
  virtual int64_t WorkingBytes(const RegistrationOptions& options) const = 0;

  // Offers guesses, the likeliest first, until one is confirmed. Returns what
  // went on, for a person ("3 page outlines found"), or `stop`'s or the
  // offer's status.
  virtual absl::StatusOr<std::string> Propose(
      ScanImages& scan, const RegistrationOptions& options,
      const StopToken& stop, Offer offer) const = 0;

  // Bytes this object keeps now.
  virtual int64_t ResidentBytes() const = 0;
};

}  // namespace sightline::align

#endif  // SIGHTLINE_SERVICES_ALIGN_ENGINE_STRATEGY_H_
