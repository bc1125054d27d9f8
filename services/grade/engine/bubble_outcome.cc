#include "services/grade/engine/bubble_outcome.h"

#include <string>

#include "absl/strings/string_view.h"

namespace sightline::grade {
namespace {

// Which bubbles of `field` an answer names, taking values in printed order;
// what it takes is removed from `answer`. At most one unless MULTIPLE.
std::vector<bool> TakeAnswer(const Field& field, absl::string_view& answer) {
  std::vector<bool> named(field.bubbles.size(), false);
  if (field.kind == FieldKind::kMultiple) {
    for (size_t i = 0; i < field.bubbles.size(); ++i) {
      const std::string& value = field.bubbles[i].value;
      if (answer.substr(0, value.size()) != value) continue;
      named[i] = true;
      answer.remove_prefix(value.size());
    }
    return named;
  }
  // The longest value that fits: "10" before "1".
  size_t best = field.bubbles.size();
  for (size_t i = 0; i < field.bubbles.size(); ++i) {
    const std::string& value = field.bubbles[i].value;
    if (answer.substr(0, value.size()) != value) continue;
    if (best == field.bubbles.size() ||
        value.size() > field.bubbles[best].value.size()) {
      best = i;
    }
  }
  if (best < field.bubbles.size()) {
    named[best] = true;
    answer.remove_prefix(field.bubbles[best].value.size());
  }
  return named;
}

BubbleOutcomes MarkedOutcomes(const Sheet& sheet, const SheetReading& reading) {
  BubbleOutcomes outcomes;
  for (size_t f = 0; f < sheet.fields().size(); ++f) {
    const FieldReading& field = reading.fields[f];
    const bool has_too_many = field.marked_count > 1 &&
                              sheet.fields()[f].kind != FieldKind::kMultiple;
    auto& row = outcomes.emplace_back();
    for (const BubbleReading& bubble : field.bubbles) {
      row.push_back(!bubble.marked ? BubbleOutcome::kNone
                    : has_too_many ? BubbleOutcome::kMultiple
                                   : BubbleOutcome::kMarked);
    }
  }
  return outcomes;
}

// Applies one question's verdict to a field it covers.
void ApplyVerdict(const QuestionResult& question, const Field& field,
                  const FieldReading& reading,
                  const std::vector<bool>& expected,
                  std::vector<BubbleOutcome>& outcomes) {
  if (question.verdict == Verdict::kBonus) return;
  const bool is_right = question.verdict == Verdict::kCorrect ||
                        question.verdict == Verdict::kPartial;
  for (size_t i = 0; i < field.bubbles.size(); ++i) {
    const bool is_marked = reading.bubbles[i].marked;
    if (is_marked && outcomes[i] == BubbleOutcome::kMultiple) continue;
    if (is_marked) {
      outcomes[i] = is_right || expected[i] ? BubbleOutcome::kRight
                                            : BubbleOutcome::kWrong;
    } else if (!is_right && expected[i]) {
      outcomes[i] = BubbleOutcome::kMissed;
    }
  }
}

void ApplyScore(const Score& score, const Sheet& sheet,
                const SheetReading& reading, BubbleOutcomes& outcomes) {
  for (const QuestionResult& question : score.questions) {
    std::vector<int> fields;
    if (const auto field = sheet.FindField(question.field)) {
      fields.push_back(*field);
    } else if (const auto combined = sheet.FindCombined(question.field)) {
      for (const std::string& member : sheet.combined()[*combined].fields) {
        if (const auto index = sheet.FindField(member)) {
          fields.push_back(*index);
        }
      }
    }
    absl::string_view expected = question.expected;
    for (const int f : fields) {
      const Field& field = sheet.fields()[f];
      const std::vector<bool> named = TakeAnswer(field, expected);
      ApplyVerdict(question, field, reading.fields[f], named, outcomes[f]);
    }
  }
}

}  // namespace

BubbleOutcomes OutcomesOf(const Sheet& sheet, const SheetReading& reading,
                          const std::optional<Score>& score) {
  BubbleOutcomes outcomes = MarkedOutcomes(sheet, reading);
  if (score.has_value()) ApplyScore(*score, sheet, reading, outcomes);
  return outcomes;
}

}  // namespace sightline::grade
