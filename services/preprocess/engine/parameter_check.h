// Looks at the parameters of an operation, all of them, before it exists.
//
//   return ParameterCheck()
//       .Odd("size", size, 3, 255)
//       .Range("offset", offset, -255, 255)
//       .status();
#ifndef SIGHTLINE_SERVICES_PREPROCESS_ENGINE_PARAMETER_CHECK_H_
#define SIGHTLINE_SERVICES_PREPROCESS_ENGINE_PARAMETER_CHECK_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "common/status/error.h"

namespace sightline::preprocess {

class ParameterCheck {
 public:
  ParameterCheck();

  // `value` must lie within low..high; NaN does not.
  ParameterCheck& Range(absl::string_view field, double value, double low,
                        double high);
  // The same, and an odd number.
  ParameterCheck& Odd(absl::string_view field, int value, int low, int high);
  // What else is wrong with a field, unless `good`.
  ParameterCheck& Demand(bool good, absl::string_view field,
                         absl::string_view description);

  // OK, or InvalidArgument PREPROCESS_PARAMETER_INVALID with every field that
  // is wrong.
  absl::Status status() const;

 private:
  Error error_;
  bool good_ = true;
};

}  // namespace sightline::preprocess

#endif  // SIGHTLINE_SERVICES_PREPROCESS_ENGINE_PARAMETER_CHECK_H_
