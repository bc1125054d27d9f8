// Reasons of the failures this folder makes; docs/errors.md lists them.
#ifndef SIGHTLINE_COMMON_OBSERVE_REASONS_H_
#define SIGHTLINE_COMMON_OBSERVE_REASONS_H_

namespace sightline {

// --log_format or --log_level names no known choice.
inline constexpr char kReasonLogOptionInvalid[] = "LOG_OPTION_INVALID";
// --metrics_listen is not an address and a port.
inline constexpr char kReasonMetricsAddressInvalid[] =
    "METRICS_ADDRESS_INVALID";
// --metrics_listen is taken by another process, or not an address of this
// machine.
inline constexpr char kReasonMetricsAddressUnavailable[] =
    "METRICS_ADDRESS_UNAVAILABLE";
// The metrics endpoint was asked to listen a second time.
inline constexpr char kReasonMetricsListening[] = "METRICS_LISTENING";

}  // namespace sightline

#endif  // SIGHTLINE_COMMON_OBSERVE_REASONS_H_
