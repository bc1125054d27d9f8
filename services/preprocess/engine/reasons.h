// Reasons of the failures that the preprocess engine reports (docs/errors.md).
#ifndef SIGHTLINE_SERVICES_PREPROCESS_ENGINE_REASONS_H_
#define SIGHTLINE_SERVICES_PREPROCESS_ENGINE_REASONS_H_

namespace sightline::preprocess {

// A parameter of an operation is out of its range.
inline constexpr char kParameterInvalid[] = "PREPROCESS_PARAMETER_INVALID";
// The image has no pixels or too many.
inline constexpr char kImageInvalid[] = "PREPROCESS_IMAGE_INVALID";
// Threads or instructions that this machine does not have.
inline constexpr char kExecutionInvalid[] = "PREPROCESS_EXECUTION_INVALID";
// Memory ran out while an operation ran.
inline constexpr char kOutOfMemory[] = "PREPROCESS_OUT_OF_MEMORY";
// There is no graphics device that could be used.
inline constexpr char kDeviceUnavailable[] = "PREPROCESS_DEVICE_UNAVAILABLE";

}  // namespace sightline::preprocess

#endif  // SIGHTLINE_SERVICES_PREPROCESS_ENGINE_REASONS_H_
