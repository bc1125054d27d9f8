#include "services/preprocess/engine/parameter_check.h"

#include "absl/strings/str_cat.h"
#include "services/preprocess/engine/reasons.h"

namespace sightline::preprocess {

ParameterCheck::ParameterCheck()
    : error_(absl::StatusCode::kInvalidArgument, kParameterInvalid) {}

ParameterCheck& ParameterCheck::Range(absl::string_view field, double value,
                                      double low, double high) {
  return Demand(
      value >= low && value <= high, field,
      absl::StrCat("is ", value, ", must lie within ", low, "..", high));
}

ParameterCheck& ParameterCheck::Odd(absl::string_view field, int value, int low,
                                    int high) {
  return Demand(value >= low && value <= high && value % 2 == 1, field,
                absl::StrCat("is ", value, ", must be an odd number of ", low,
                             "..", high));
}

ParameterCheck& ParameterCheck::Demand(bool good, absl::string_view field,
                                       absl::string_view description) {
  if (!good) {
    error_.Field(field, description);
    good_ = false;
  }
  return *this;
}

absl::Status ParameterCheck::status() const {
  return good_ ? absl::OkStatus() : static_cast<absl::Status>(error_);
}

}  // namespace sightline::preprocess
