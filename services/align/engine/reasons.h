// Reasons of the failures that the align engine reports (docs/errors.md).
#ifndef SIGHTLINE_SERVICES_ALIGN_ENGINE_REASONS_H_
#define SIGHTLINE_SERVICES_ALIGN_ENGINE_REASONS_H_

namespace sightline::align {

// No strategy proposed a position that the verifier confirmed.
inline constexpr char kPageNotFound[] = "PAGE_NOT_FOUND";
// The scan is below 100 pixels a side.
inline constexpr char kImageTooSmall[] = "IMAGE_TOO_SMALL";
// The reference has nothing a scan could be verified against.
inline constexpr char kReferenceUnusable[] = "REFERENCE_UNUSABLE";
// The method asked for needs what the reference or the memory does not give.
inline constexpr char kMethodUnavailable[] = "METHOD_UNAVAILABLE";
// A registration option is out of its range.
inline constexpr char kOptionInvalid[] = "REGISTRATION_OPTION_INVALID";
// The page can't be drawn: a singular map or a size out of range.
inline constexpr char kWarpInvalid[] = "WARP_INVALID";
// Memory ran out while registering.
inline constexpr char kMemoryExhausted[] = "MEMORY_EXHAUSTED";
// A library failed in a way that is not the caller's fault.
inline constexpr char kRegistrationFailed[] = "REGISTRATION_FAILED";

}  // namespace sightline::align

#endif  // SIGHTLINE_SERVICES_ALIGN_ENGINE_REASONS_H_
