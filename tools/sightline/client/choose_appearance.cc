#include "tools/sightline/client/choose_appearance.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "services/grade/omrchecker/appearance.h"

namespace sightline::cli {
namespace {

using grade::v1::Alignment;
using grade::v1::SheetLayout;

// As the contract says: below it, a person should look.
constexpr double kSureAlignment = 0.9;
// Share of fields to review that ordinary sheets have.
constexpr double kOrdinaryReview = 0.05;

// Whether another appearance might help where this failure came.
bool IsOfTheSheet(const absl::Status& status) {
  return absl::IsNotFound(status) || absl::IsFailedPrecondition(status) ||
         absl::IsInvalidArgument(status);
}

struct Quality {
  int graded = 0;
  bool is_looked_for = false;
  // Mean over the graded scans: confidence less the share to review.
  double mean = 0;
  bool is_sure = true;

  bool operator<(const Quality& other) const {
    return std::tie(graded, is_looked_for, mean) <
           std::tie(other.graded, other.is_looked_for, other.mean);
  }
};

Quality QualityOf(absl::Span<const TrialOutcome> outcomes,
                  Alignment::Mode mode) {
  Quality quality;
  quality.is_looked_for = mode != Alignment::MODE_ALIGNED;
  for (const TrialOutcome& outcome : outcomes) {
    if (!outcome.ok()) {
      quality.is_sure = false;
      continue;
    }
    ++quality.graded;
    const double review = static_cast<double>(outcome->review_size()) /
                          std::max(1, outcome->fields_size());
    const double confidence = outcome->alignment().confidence();
    quality.mean += confidence - review;
    quality.is_sure = quality.is_sure && confidence >= kSureAlignment &&
                      review <= kOrdinaryReview;
  }
  if (quality.graded > 0) quality.mean /= quality.graded;
  return quality;
}

}  // namespace

SheetLayout ChooseAppearance(
    const SheetLayout& layout,
    absl::Span<const grade::v1::SheetAppearance> appearances,
    const GradeTrial& grade_trial) {
  SheetLayout best = layout;
  Quality best_quality;
  for (const grade::v1::SheetAppearance& appearance : appearances) {
    SheetLayout candidate =
        grade::omrchecker::WithAppearance(layout, appearance);
    const std::vector<TrialOutcome> outcomes = grade_trial(candidate);
    // A server that can't be reached, a deadline: no appearance mends that.
    const bool is_hopeless =
        std::any_of(outcomes.begin(), outcomes.end(), [](const auto& outcome) {
          return !outcome.ok() && !IsOfTheSheet(outcome.status());
        });
    if (is_hopeless) break;
    const Quality quality = QualityOf(outcomes, appearance.mode());
    if (quality.graded == 0 || !(best_quality < quality)) continue;
    best = std::move(candidate);
    best_quality = quality;
    // Looking for the page comes first: what is taken as it is, was not found.
    if (quality.is_sure) break;
  }
  return best;
}

}  // namespace sightline::cli
