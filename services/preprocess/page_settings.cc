#include "services/preprocess/page_settings.h"

#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "services/preprocess/engine/reasons.h"
#include "services/preprocess/operation_from_proto.h"
#include "services/preprocess/page_output.h"

namespace sightline::preprocess {
namespace {

// What the check of a stream's settings takes for pages that it has not seen.
constexpr double kUsualResolution = 300;

// The engine says "operations[2].size"; in the contract that is the field
// "operations[2].median.size". One violation after another, below `path`.
absl::Status NameKinds(const absl::Status& status,
                       const std::vector<Operation>& operations,
                       absl::string_view path) {
  const std::optional<ErrorDetails> details = DetailsOf(status);
  if (!details || details->reason != kParameterInvalid) return status;
  Error error(status.code(), details->reason);
  for (const FieldViolation& violation : details->fields) {
    std::string field = violation.field;
    for (size_t i = 0; i < operations.size(); ++i) {
      const std::string start = absl::StrCat("operations[", i, "]");
      if (!absl::StartsWith(field, absl::StrCat(start, "."))) continue;
      field.insert(start.size(), absl::StrCat(".", NameOf(operations[i])));
      break;
    }
    error.Field(absl::StrCat(path, ".", field), violation.description);
  }
  return error;
}

}  // namespace

absl::Status CheckResolution(double dots_per_inch, absl::string_view path) {
  if (dots_per_inch == 0 || (dots_per_inch >= 10 && dots_per_inch <= 10000)) {
    return absl::OkStatus();
  }
  return Error(absl::StatusCode::kInvalidArgument, kParameterInvalid)
      .Field(path, absl::StrCat("is ", dots_per_inch,
                                "; 10 to 10000 are allowed, 0 takes what the "
                                "page's file says"));
}

absl::StatusOr<PageSettings> PageSettings::Create(
    const v1::PreprocessOptions& options, absl::string_view path) {
  PageSettings settings;
  settings.path_ = std::string(path);
  settings.options_ = options;
  SL_RETURN_IF_ERROR(CheckResolution(options.dots_per_inch(),
                                     absl::StrCat(path, ".dots_per_inch")));
  SL_RETURN_IF_ERROR(
      CheckPageOutput(options.output(), absl::StrCat(path, ".output")));
  if (!v1::Device_IsValid(options.device())) {
    return Error(absl::StatusCode::kInvalidArgument, kParameterInvalid)
        .Field(absl::StrCat(path, ".device"),
               absl::StrCat("has no value ", options.device()));
  }
  SL_RETURN_IF_ERROR(settings.PipelineFor(kUsualResolution).status());
  return settings;
}

double PageSettings::ResolutionOf(double dots_per_inch) const {
  return options_.dots_per_inch() > 0 ? options_.dots_per_inch()
                                      : dots_per_inch;
}

absl::StatusOr<Pipeline> PageSettings::PipelineFor(double dots_per_inch) const {
  if (!options_.has_operations()) {
    absl::StatusOr<Preset> preset = ToPreset(options_.preset());
    if (!preset.ok()) return PrefixFields(preset.status(), path_);
    return Pipeline::Create(OperationsOf(*preset));
  }
  const std::string path = absl::StrCat(path_, ".operations");
  absl::StatusOr<std::vector<Operation>> operations = ToOperations(
      options_.operations(), {.dots_per_inch = ResolutionOf(dots_per_inch)});
  if (!operations.ok()) return PrefixFields(operations.status(), path);
  absl::StatusOr<Pipeline> pipeline = Pipeline::Create(*operations);
  if (!pipeline.ok()) return NameKinds(pipeline.status(), *operations, path);
  return pipeline;
}

}  // namespace sightline::preprocess
