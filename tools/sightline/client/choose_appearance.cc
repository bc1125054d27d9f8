#include "tools/sightline/client/choose_appearance.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "services/grade/omrchecker/appearance.h"

namespace sightline::cli {
namespace {

using grade::v1::Alignment;
using grade::v1::SheetAppearance;
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

// Whether no scan would fare better.
bool IsOfTheServer(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsCancelled(status) ||
         absl::IsUnauthenticated(status);
}

struct Quality {
  int graded = 0;
  bool is_looked_for = false;
  // Mean over the graded scans: confidence, as far as it matters, less the
  // share to review.
  double mean = 0;
  // All scans were aligned beyond doubt; and hardly need review, too.
  bool is_aligned = true;
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
      quality.is_aligned = quality.is_sure = false;
      continue;
    }
    ++quality.graded;
    const double review = static_cast<double>(outcome->review_size()) /
                          std::max(1, outcome->fields_size());
    const double confidence = outcome->alignment().confidence();
    quality.mean += std::min(confidence, kSureAlignment) - review;
    quality.is_aligned = quality.is_aligned && confidence >= kSureAlignment;
    quality.is_sure =
        quality.is_sure && quality.is_aligned && review <= kOrdinaryReview;
  }
  if (quality.graded > 0) quality.mean /= quality.graded;
  return quality;
}

bool SameButSize(const SheetAppearance& a, const SheetAppearance& b) {
  return a.bubble_shape() == b.bubble_shape() && a.mode() == b.mode() &&
         a.marker_scale() == b.marker_scale();
}

}  // namespace

absl::StatusOr<SheetLayout> ChooseAppearance(
    const SheetLayout& layout, absl::Span<const SheetAppearance> appearances,
    const GradeTrial& grade_trial) {
  SheetLayout best = layout;
  Quality best_quality;
  const SheetAppearance* last = nullptr;
  for (const SheetAppearance& appearance : appearances) {
    // Once the page is found beyond doubt, only the bubbles' size is open.
    const bool is_only_larger =
        last != nullptr && SameButSize(*last, appearance);
    if (best_quality.graded > 0 && best_quality.is_aligned && !is_only_larger) {
      break;
    }
    last = &appearance;
    SheetLayout candidate =
        grade::omrchecker::WithAppearance(layout, appearance);
    SheetLayout trial = candidate;
    if (!trial.markers().empty()) {
      // A wrong guess would try every other strategy, too.
      trial.mutable_alignment()->mutable_options()->set_method(
          align::v1::ALIGN_METHOD_MARKERS);
    }
    const std::vector<TrialOutcome> outcomes = grade_trial(trial);
    for (const TrialOutcome& outcome : outcomes) {
      if (IsOfTheServer(outcome.status())) return outcome.status();
    }
    // A deadline, a file that can't be read: no appearance mends that.
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
