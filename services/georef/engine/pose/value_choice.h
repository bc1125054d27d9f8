// Which of several sources is believed about a quantity.
#ifndef SIGHTLINE_SERVICES_GEOREF_ENGINE_POSE_VALUE_CHOICE_H_
#define SIGHTLINE_SERVICES_GEOREF_ENGINE_POSE_VALUE_CHOICE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "services/georef/engine/pose/resolve_pose.h"

namespace sightline::georef {

// Everything that is said of one frame, and what was made of it.
class ValueChoice {
 public:
  // Adds what a source says; kRequest, kAssumed and kDerived too.
  void Add(const MetadataValue& value);
  void Add(Quantity quantity, double value, MetadataSource source,
           std::string origin);

  // Whether sources of different kinds contradict each other about a quantity
  // of which the caller says nothing himself: neither as a value of kRequest
  // nor among those `settled`. Errors: InvalidArgument METADATA_CONTRADICTORY.
  absl::Status CheckContradictions(absl::Span<const Quantity> settled);

  // The best source's value, which counts as used from now on; nullopt where
  // nobody can be trusted.
  std::optional<double> Use(Quantity quantity);
  // The same without using it.
  bool Has(Quantity quantity) const;

  void Note(std::string note) { notes_.push_back(std::move(note)); }

  std::vector<ResolvedPose::Value>& values() { return values_; }
  std::vector<std::string>& notes() { return notes_; }

 private:
  int BestOf(Quantity quantity) const;

  std::vector<ResolvedPose::Value> values_;
  std::vector<std::string> notes_;
};

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_ENGINE_POSE_VALUE_CHOICE_H_
