// Failures that tell a person, and a program, what to do.
//
// Every failure of Sightline is an absl::Status whose payload carries an
// ErrorDetails: a reason from docs/errors.md and what belongs to it. Engines
// make them with Error; only the service border (common/server) turns them
// into google.rpc messages. No protobuf here.
//
//   return Error(absl::StatusCode::kInvalidArgument, "IMAGE_TOO_LARGE")
//       .Message("the image declares 60000 x 60000 pixels, at most 20000 a "
//                "side are read")
//       .Field("scan.encoded", "reduce the image to 20000 pixels a side")
//       .With("limit", "20000");
#ifndef SIGHTLINE_COMMON_STATUS_ERROR_H_
#define SIGHTLINE_COMMON_STATUS_ERROR_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace sightline {

// One field of a request that is wrong.
struct FieldViolation {
  // Path from the request's root: "layout.blocks[2].origin.x".
  std::string field;
  // What is wrong with it and what would be right.
  std::string description;
  bool operator==(const FieldViolation&) const = default;
};

// A limit that was hit, or a resource that is missing.
struct NamedCause {
  // The limit's or the resource type's name.
  std::string subject;
  // The limit and the demand, or the resource's name.
  std::string description;
  bool operator==(const NamedCause&) const = default;
};

// What a failure carries beside its code and message.
struct ErrorDetails {
  // UPPER_SNAKE_CASE; every reason is listed in docs/errors.md.
  std::string reason;
  // Figures that belong to the reason.
  std::map<std::string, std::string> metadata;
  std::vector<FieldViolation> fields;
  // Set for load: the same call is worth repeating after this time.
  std::optional<absl::Duration> retry_after;
  // Set for a thing that will never fit.
  std::optional<NamedCause> quota;
  // Set for NOT_FOUND of something the request names.
  std::optional<NamedCause> resource;
  // Set for FAILED_PRECONDITION: what is missing and how to provide it.
  std::optional<NamedCause> precondition;
  bool operator==(const ErrorDetails&) const = default;
};

// Builds a failure. Converts to absl::Status (and so to any StatusOr).
class Error {
 public:
  // `code` must not be OK.
  Error(absl::StatusCode code, absl::string_view reason);

  // For a person: what happened and what to do.
  Error& Message(absl::string_view message);
  // Names a wrong field. May be called several times. Without Message(), the
  // first violation becomes the message.
  Error& Field(absl::string_view path, absl::string_view description);
  Error& RetryAfter(absl::Duration delay);
  Error& Quota(absl::string_view subject, absl::string_view description);
  Error& Resource(absl::string_view type, absl::string_view name);
  Error& Precondition(absl::string_view subject, absl::string_view remedy);
  Error& With(absl::string_view key, absl::string_view value);

  operator absl::Status() const;  // NOLINT: conversion is the purpose.

 private:
  absl::StatusCode code_;
  std::string message_;
  ErrorDetails details_;
};

// Details of a failure made by Error; nullopt for OK and foreign statuses.
std::optional<ErrorDetails> DetailsOf(const absl::Status& status);

// `status` with `details` instead of its own. OK stays OK.
absl::Status WithDetails(const absl::Status& status,
                         const ErrorDetails& details);

// `status` with `prefix` and a dot put before every field path: an engine says
// "page.width", its service knows it as "layout.page.width". A path that is
// empty becomes `prefix`; one that begins with '[' is joined without a dot.
absl::Status PrefixFields(const absl::Status& status, absl::string_view prefix);

}  // namespace sightline

#endif  // SIGHTLINE_COMMON_STATUS_ERROR_H_
