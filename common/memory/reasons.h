// Reasons of failures that memory limits cause; see docs/errors.md.
#ifndef SIGHTLINE_COMMON_MEMORY_REASONS_H_
#define SIGHTLINE_COMMON_MEMORY_REASONS_H_

namespace sightline {

// The request needs more memory than the server will ever have for it.
inline constexpr char kNeverFits[] = "NEVER_FITS";
// Too many calls wait already.
inline constexpr char kOverloaded[] = "OVERLOADED";
// The call waited too long for memory or a worker.
inline constexpr char kQueueTimeout[] = "QUEUE_TIMEOUT";

}  // namespace sightline

#endif  // SIGHTLINE_COMMON_MEMORY_REASONS_H_
