#include "services/grade/grade_response.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"

namespace sightline::grade {
namespace {

v1::Flag ToProto(Flag flag) {
  switch (flag) {
    case Flag::kBlank:
      return v1::FLAG_BLANK;
    case Flag::kMultiple:
      return v1::FLAG_MULTIPLE;
    case Flag::kFaint:
      return v1::FLAG_FAINT;
    case Flag::kErased:
      return v1::FLAG_ERASED;
    case Flag::kAmbiguous:
      return v1::FLAG_AMBIGUOUS;
    case Flag::kOffGrid:
      return v1::FLAG_OFF_GRID;
    case Flag::kCutOff:
      return v1::FLAG_CUT_OFF;
    case Flag::kUnreadable:
      return v1::FLAG_UNREADABLE;
    case Flag::kCancelled:
      return v1::FLAG_CANCELLED;
    case Flag::kPageMissing:
      return v1::FLAG_PAGE_MISSING;
    case Flag::kPageTwice:
      return v1::FLAG_PAGE_TWICE;
  }
  return v1::FLAG_UNSPECIFIED;
}

v1::Verdict ToProto(Verdict verdict) {
  switch (verdict) {
    case Verdict::kCorrect:
      return v1::VERDICT_CORRECT;
    case Verdict::kPartial:
      return v1::VERDICT_PARTIAL;
    case Verdict::kIncorrect:
      return v1::VERDICT_INCORRECT;
    case Verdict::kBlank:
      return v1::VERDICT_BLANK;
    case Verdict::kMultiple:
      return v1::VERDICT_MULTIPLE;
    case Verdict::kBonus:
      return v1::VERDICT_BONUS;
  }
  return v1::VERDICT_UNSPECIFIED;
}

void FillField(const std::string& label, const FieldReading& from,
               v1::FieldReading* out) {
  out->set_label(label);
  out->set_answer(from.answer);
  out->set_confidence(from.confidence);
  for (const Flag flag : from.flags) out->add_flags(ToProto(flag));
}

void FillBubbles(const Field& field, const FieldReading& reading, int reduction,
                 v1::FieldReading* out) {
  for (size_t i = 0; i < reading.bubbles.size(); ++i) {
    const BubbleReading& from = reading.bubbles[i];
    v1::BubbleReading* bubble = out->add_bubbles();
    bubble->set_value(field.bubbles[i].value);
    bubble->set_fill(from.fill);
    bubble->set_marked(from.marked);
    bubble->set_match(from.match);
    bubble->set_cancelled(from.cancelled);
    bubble->mutable_center()->set_x(from.center.x * reduction);
    bubble->mutable_center()->set_y(from.center.y * reduction);
  }
}

// Whether a member of combined field `index` has `flag`.
bool AnyMemberHas(const Sheet& sheet, const SheetReading& reading, size_t index,
                  Flag flag) {
  const std::vector<std::string>& members = sheet.combined()[index].fields;
  return std::any_of(members.begin(), members.end(), [&](const auto& member) {
    const auto field = sheet.FindField(member);
    if (!field.has_value()) return false;
    const std::vector<Flag>& flags = reading.fields[*field].flags;
    return std::find(flags.begin(), flags.end(), flag) != flags.end();
  });
}

}  // namespace

void FillReading(const Sheet& sheet, const SheetReading& reading,
                 const ReadOptions& options, bool with_bubbles,
                 const std::vector<int>& reductions,
                 v1::GradeSheetResponse* response) {
  for (size_t i = 0; i < reading.fields.size(); ++i) {
    const Field& field = sheet.fields()[i];
    const FieldReading& from = reading.fields[i];
    v1::FieldReading* out = response->add_fields();
    FillField(field.label, from, out);
    if (with_bubbles) {
      const int page = sheet.PageOfField(static_cast<int>(i));
      FillBubbles(field, from, reductions[page], out);
    }
    if (from.needs_review) response->add_review(field.label);
  }
  const std::vector<CombinedReading> combined = Combine(sheet, reading);
  for (size_t i = 0; i < combined.size(); ++i) {
    const CombinedReading& from = combined[i];
    v1::CombinedReading* out = response->add_combined();
    out->set_label(from.label);
    out->set_answer(from.answer);
    out->set_confidence(from.confidence);
    if (from.check_failed) {
      out->add_flags(v1::FLAG_CHECK_DIGIT);
      response->add_review(from.label);
    }
    for (const Flag flag : {Flag::kPageMissing, Flag::kPageTwice}) {
      if (AnyMemberHas(sheet, reading, i, flag)) out->add_flags(ToProto(flag));
    }
  }
  *response->mutable_thresholds() = ToThresholds(reading, options);
}

v1::Thresholds ToThresholds(const SheetReading& reading,
                            const ReadOptions& options) {
  v1::Thresholds thresholds;
  thresholds.set_page(reading.page_threshold);
  thresholds.set_empty_level(reading.empty_level);
  thresholds.set_mark_level(reading.mark_level);
  thresholds.set_given(options.threshold.has_value());
  return thresholds;
}

void FillCodes(const Sheet& sheet, const std::vector<FieldReading>& codes,
               v1::GradeSheetResponse* response) {
  for (size_t i = 0; i < codes.size(); ++i) {
    const std::string& label = sheet.codes()[i].label;
    FillField(label, codes[i], response->add_fields());
    if (codes[i].needs_review) response->add_review(label);
  }
}

void FillBoxes(const Sheet& sheet, const std::vector<BoxReading>& boxes,
               v1::GradeSheetResponse* response) {
  for (size_t i = 0; i < boxes.size(); ++i) {
    const std::string& label = sheet.boxes()[i].label;
    FillField(label, boxes[i].reading, response->add_fields());
    if (boxes[i].reading.needs_review) response->add_review(label);
    v1::BoxReading* box = response->add_boxes();
    box->set_label(label);
    box->set_ink(boxes[i].ink);
  }
}

void FillScore(const Score& score, v1::GradeSheetResponse* response) {
  for (const QuestionResult& from : score.questions) {
    v1::QuestionResult* out = response->add_questions();
    out->set_field(from.field);
    out->set_answer(from.answer);
    out->set_expected(from.expected);
    out->set_verdict(ToProto(from.verdict));
    out->set_score(from.score);
    out->set_max_score(from.max_score);
    out->set_needs_review(from.needs_review);
  }
  response->set_score(score.score);
  response->set_max_score(score.max_score);
}

void FillProblems(const std::vector<LayoutProblem>& problems,
                  const std::string& prefix,
                  v1::ValidateLayoutResponse* response) {
  for (const LayoutProblem& from : problems) {
    v1::LayoutProblem* out = response->add_problems();
    out->set_severity(from.is_error ? v1::LayoutProblem::SEVERITY_ERROR
                                    : v1::LayoutProblem::SEVERITY_WARNING);
    out->set_field(from.field.empty() ? prefix
                                      : absl::StrCat(prefix, ".", from.field));
    out->set_description(from.description);
    if (from.is_error) response->set_valid(false);
  }
}

}  // namespace sightline::grade
