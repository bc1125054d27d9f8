#include "services/grade/grade_options.h"

#include <algorithm>
#include <cmath>

#include "absl/flags/flag.h"
#include "absl/strings/str_cat.h"
#include "common/image_message/image_message.h"
#include "common/server/flag_range.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "services/grade/reasons.h"

ABSL_FLAG(int, omr_batch_size, 15,
          "Fields read at a time by requests that do not say "
          "(OMR_BATCH_SIZE).");

namespace sightline::grade {
namespace {

constexpr int kDefaultWidth = 1000;

absl::Status Invalid(absl::string_view field, absl::string_view what) {
  return Error(absl::StatusCode::kInvalidArgument, kGradeOptionsInvalid)
      .Field(field, what);
}

absl::StatusOr<CropSettings> ToSettings(const v1::CropOptions& options) {
  CropSettings settings;
  SL_RETURN_IF_ERROR(CheckOutput(options.output(), "crop.output"));
  settings.output = options.output();
  if (options.max_side() != 0) {
    if (options.max_side() < 40 || options.max_side() > 1000) {
      return Invalid("crop.max_side", absl::StrCat("is ", options.max_side(),
                                                   "; 40 to 1000 are allowed"));
    }
    settings.max_side = options.max_side();
  }
  if (options.max_count() != 0) {
    if (options.max_count() < 1 || options.max_count() > 1000) {
      return Invalid("crop.max_count", absl::StrCat("is ", options.max_count(),
                                                    "; 1 to 1000 are allowed"));
    }
    settings.max_count = options.max_count();
  }
  return settings;
}

bool IsShare(double value) {
  return std::isfinite(value) && value >= 0 && value <= 1;
}

}  // namespace

absl::StatusOr<GradeLimits> GradeLimits::FromFlags() {
  GradeLimits limits;
  limits.batch_size = absl::GetFlag(FLAGS_omr_batch_size);
  SL_RETURN_IF_ERROR(
      CheckFlagRange("omr_batch_size", limits.batch_size, 1, 10000));
  return limits;
}

std::vector<std::pair<std::string, std::string>> GradeEnvironmentAliases() {
  return {{"OMR_BATCH_SIZE", "omr_batch_size"}};
}

absl::StatusOr<GradeSettings> ToSettings(const v1::GradeOptions& options,
                                         const GradeLimits& limits,
                                         double page_width) {
  GradeSettings settings;
  if (options.has_threshold()) {
    if (!IsShare(options.threshold())) {
      return Invalid("threshold", "must be between 0 and 1");
    }
    settings.read.threshold = options.threshold();
  }
  settings.read.batch_size = limits.batch_size;
  if (options.batch_size() != 0) {
    if (options.batch_size() < 1 || options.batch_size() > 10000) {
      return Invalid("batch_size", absl::StrCat("is ", options.batch_size(),
                                                "; 1 to 10000 are allowed"));
    }
    settings.read.batch_size = options.batch_size();
  }
  if (options.has_review_below()) {
    if (!IsShare(options.review_below())) {
      return Invalid("review_below", "must be between 0 and 1");
    }
    settings.read.review_below = options.review_below();
  }
  settings.return_annotated = options.return_annotated();
  settings.return_bubbles = options.return_bubbles();
  SL_RETURN_IF_ERROR(CheckOutput(options.output(), "output"));
  settings.output = options.output();
  settings.annotated_width =
      std::clamp(static_cast<int>(page_width + 0.5), 100, kDefaultWidth);
  if (options.annotated_width() != 0) {
    if (options.annotated_width() < 100 || options.annotated_width() > 10000) {
      return Invalid("annotated_width",
                     absl::StrCat("is ", options.annotated_width(),
                                  "; 100 to 10000 are allowed"));
    }
    settings.annotated_width = options.annotated_width();
  }
  settings.return_crops = options.return_crops();
  SL_ASSIGN_OR_RETURN(settings.crop, ToSettings(options.crop()));
  return settings;
}

}  // namespace sightline::grade
