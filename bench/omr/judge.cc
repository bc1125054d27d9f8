#include "bench/omr/judge.h"

#include <algorithm>
#include <cmath>

namespace sightline::bench {
namespace {

constexpr double kMeanErrorBubbles = 0.3;
constexpr double kMaxErrorBubbles = 0.6;

}  // namespace

AlignmentError MeasureAlignment(const std::vector<grade::Field>& fields,
                                const Homography& truth, double deviation,
                                const Homography& found) {
  AlignmentError result;
  const Homography page_to_scan = truth.Inverse().value();
  double sum = 0;
  int count = 0;
  double bend = 0;
  for (const grade::Field& field : fields) {
    for (const grade::Bubble& bubble : field.bubbles) {
      const PixelPoint at = found.Map(page_to_scan.Map(bubble.center));
      const double size = std::min(bubble.size.width, bubble.size.height);
      const double error =
          std::hypot(at.x - bubble.center.x, at.y - bubble.center.y) / size;
      // Not std::max: a map to infinity must not count as no error.
      if (!(error <= result.max)) result.max = error;
      sum += error;
      ++count;
      bend = std::max(bend, deviation / size);
    }
  }
  result.mean = sum / count;
  result.is_wrong = !(result.mean <= kMeanErrorBubbles + bend &&
                      result.max <= kMaxErrorBubbles + bend);
  return result;
}

int Verdict::SilentlyWrong() const {
  return static_cast<int>(
      std::count_if(wrong.begin(), wrong.end(),
                    [](const WrongField& field) { return !field.flagged; }));
}

int Verdict::SilentlyWrongBeyondDoubt() const {
  return static_cast<int>(
      std::count_if(wrong.begin(), wrong.end(), [](const WrongField& field) {
        return !field.flagged && field.doubts.empty();
      }));
}

Verdict Judge(const generator::GeneratedSheet& sheet,
              const SheetOutcome& outcome) {
  Verdict verdict;
  verdict.fields = static_cast<int>(sheet.truth.size());
  verdict.accepted = outcome.accepted;
  if (!outcome.accepted) return verdict;
  const AlignmentError error =
      MeasureAlignment(sheet.form->fields, sheet.scan_to_page, sheet.deviation,
                       outcome.scan_to_page);
  verdict.mean_error = error.mean;
  verdict.max_error = error.max;
  verdict.wrong_alignment = error.is_wrong;
  for (size_t f = 0; f < sheet.truth.size(); ++f) {
    const generator::FieldTruth& truth = sheet.truth[f];
    const FieldOutcome read =
        f < outcome.fields.size() ? outcome.fields[f] : FieldOutcome{};
    verdict.flagged += read.flagged;
    // What is not in the scan can't be asked of anybody.
    const bool is_right =
        read.answer == truth.answer || read.answer == truth.visible_answer;
    verdict.claims.push_back({read.confidence, is_right});
    if (is_right) continue;
    verdict.wrong.push_back(
        {truth.label, truth.answer, read.answer, read.flagged, truth.doubts});
    verdict.blanks_read_as_marks += truth.values.empty() && !truth.doubtful();
  }
  return verdict;
}

}  // namespace sightline::bench
