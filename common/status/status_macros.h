// Early return on failure, in one line.
#ifndef SIGHTLINE_COMMON_STATUS_STATUS_MACROS_H_
#define SIGHTLINE_COMMON_STATUS_STATUS_MACROS_H_

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

// Evaluates an expression that yields absl::Status; returns it if not OK.
#define SL_RETURN_IF_ERROR(expression)                          \
  do {                                                          \
    if (absl::Status sl_status = (expression); !sl_status.ok()) \
      return sl_status;                                         \
  } while (false)

// SL_ASSIGN_OR_RETURN(const int n, Count()): assigns the value of a StatusOr,
// or returns its status. Not usable as the body of an unbraced `if`.
#define SL_ASSIGN_OR_RETURN(declaration, expression) \
  SL_ASSIGN_OR_RETURN_2(SL_CONCAT(sl_value_, __LINE__), declaration, expression)
#define SL_ASSIGN_OR_RETURN_2(value, declaration, expression) \
  auto value = (expression);                                  \
  if (!value.ok()) return std::move(value).status();          \
  declaration = *std::move(value)
#define SL_CONCAT(a, b) SL_CONCAT_2(a, b)
#define SL_CONCAT_2(a, b) a##b

#endif  // SIGHTLINE_COMMON_STATUS_STATUS_MACROS_H_
