#include "services/align/align_options.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "absl/flags/flag.h"
#include "absl/strings/str_cat.h"
#include "common/image_message/image_message.h"
#include "common/server/byte_size.h"
#include "common/server/flag_range.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "services/align/reasons.h"

ABSL_FLAG(int, max_image_dimension, 2000,
          "Longer side, in pixels, to which scans are reduced before they are "
          "registered (MAX_IMAGE_DIMENSION).");
ABSL_FLAG(int, sift_max_features, 1500,
          "Features of the SIFT strategy (SIFT_MAX_FEATURES).");
ABSL_FLAG(int, alignment_downsample_size, 800,
          "Longer side, in pixels, at which features are computed "
          "(ALIGNMENT_DOWNSAMPLE_SIZE).");
ABSL_FLAG(bool, memory_optimization_enabled, true,
          "Leaves out strategies that need more memory than a lean pod has "
          "unless a request asks for them by name "
          "(MEMORY_OPTIMIZATION_ENABLED).");
ABSL_FLAG(sightline::ByteSize, reference_cache_bytes,
          sightline::ByteSize{int64_t{8} << 20},
          "Memory for what was computed of references; set aside from the "
          "calls' memory.");

namespace sightline::align {
namespace {

absl::Status OutOfRange(absl::string_view field, int64_t value, int64_t least,
                        int64_t most) {
  return Error(absl::StatusCode::kInvalidArgument, kOptionsInvalid)
      .Field(field, absl::StrCat("is ", value, "; ", least, " to ", most,
                                 " are allowed, 0 means the default"));
}

// `value` if it is in range, `otherwise` if it is 0.
absl::StatusOr<int> Choose(absl::string_view field, int value, int least,
                           int most, int otherwise) {
  if (value == 0) return otherwise;
  if (value < least || value > most) {
    return OutOfRange(field, value, least, most);
  }
  return value;
}

absl::StatusOr<Method> ToMethod(v1::AlignMethod method) {
  switch (method) {
    case v1::ALIGN_METHOD_UNSPECIFIED:
    case v1::ALIGN_METHOD_AUTO:
      return Method::kAuto;
    case v1::ALIGN_METHOD_ORB:
      return Method::kOrb;
    case v1::ALIGN_METHOD_AKAZE:
      return Method::kAkaze;
    case v1::ALIGN_METHOD_SIFT:
      return Method::kSift;
    case v1::ALIGN_METHOD_CONTOUR:
      return Method::kContour;
    case v1::ALIGN_METHOD_MARKERS:
      return Method::kMarkers;
    case v1::ALIGN_METHOD_PATCHES:
      return Method::kPatches;
    case v1::ALIGN_METHOD_TIMING_MARKS:
      return Method::kTimingMarks;
    default:
      return Error(absl::StatusCode::kInvalidArgument, kOptionsInvalid)
          .Field("method", "is not a known method");
  }
}

}  // namespace

absl::StatusOr<AlignLimits> AlignLimits::FromFlags() {
  AlignLimits limits;
  limits.max_dimension = absl::GetFlag(FLAGS_max_image_dimension);
  limits.sift_max_features = absl::GetFlag(FLAGS_sift_max_features);
  limits.downsample_size = absl::GetFlag(FLAGS_alignment_downsample_size);
  limits.optimize_memory = absl::GetFlag(FLAGS_memory_optimization_enabled);
  limits.reference_cache_bytes =
      absl::GetFlag(FLAGS_reference_cache_bytes).bytes;
  SL_RETURN_IF_ERROR(
      CheckFlagRange("max_image_dimension", limits.max_dimension, 400, 8000));
  SL_RETURN_IF_ERROR(
      CheckFlagRange("sift_max_features", limits.sift_max_features, 50, 10000));
  SL_RETURN_IF_ERROR(CheckFlagRange("alignment_downsample_size",
                                    limits.downsample_size, 200, 4000));
  return limits;
}

std::vector<std::pair<std::string, std::string>> AlignEnvironmentAliases() {
  return {{"MEMORY_OPTIMIZATION_ENABLED", "memory_optimization_enabled"},
          {"MAX_IMAGE_DIMENSION", "max_image_dimension"},
          {"SIFT_MAX_FEATURES", "sift_max_features"},
          {"ALIGNMENT_DOWNSAMPLE_SIZE", "alignment_downsample_size"}};
}

absl::StatusOr<AlignSettings> ToSettings(const v1::AlignOptions& options,
                                         const AlignLimits& limits) {
  AlignSettings settings;
  RegistrationOptions& registration = settings.registration;
  SL_ASSIGN_OR_RETURN(registration.method, ToMethod(options.method()));
  registration.enhance = options.has_enhance() ? options.enhance() : true;
  const bool is_sift = registration.method == Method::kSift;
  SL_ASSIGN_OR_RETURN(registration.max_features,
                      Choose("max_features", options.max_features(), 50, 10000,
                             is_sift ? limits.sift_max_features : 0));
  const bool is_orb = registration.method == Method::kOrb;
  SL_ASSIGN_OR_RETURN(
      registration.downsample_size,
      Choose("downsample_size", options.downsample_size(), 200, 4000,
             is_sift || is_orb ? limits.downsample_size : 0));
  SL_ASSIGN_OR_RETURN(registration.min_good_matches,
                      Choose("min_good_matches", options.min_good_matches(), 4,
                             1000, registration.min_good_matches));
  if (!std::isfinite(options.min_confidence()) ||
      options.min_confidence() < 0 || options.min_confidence() > 1) {
    return Error(absl::StatusCode::kInvalidArgument, kOptionsInvalid)
        .Field("min_confidence", "must be between 0 and 1");
  }
  if (options.min_confidence() > 0) {
    registration.min_confidence = options.min_confidence();
  }
  SL_ASSIGN_OR_RETURN(const int max_dimension,
                      Choose("max_dimension", options.max_dimension(), 400,
                             8000, limits.max_dimension));
  // Reduction goes in steps of two: staying above 0.8 of the wish keeps an A4
  // page of 300 dpi at 150 dpi, below which bubbles are too coarse to read.
  settings.min_long_side =
      static_cast<int>(0.8 * std::min(max_dimension, limits.max_dimension));
  settings.return_image = options.return_image();
  settings.return_mesh = options.return_mesh();
  SL_RETURN_IF_ERROR(CheckOutput(options.output(), "output"));
  settings.output = options.output();
  SL_ASSIGN_OR_RETURN(
      settings.output_width,
      Choose("output_width", options.output_width(), 100, 10000, 0));
  return settings;
}

}  // namespace sightline::align
