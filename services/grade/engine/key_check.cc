#include "services/grade/engine/key_check.h"

#include <cmath>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/grade/engine/scoring.h"

namespace sightline::grade {
namespace {

constexpr size_t kMaxProblems = 50;
// Longer answers are refused unread: no form asks for them, and the check
// below takes time in proportion.
constexpr size_t kMaxAnswerBytes = 1000;
// Sums of products of larger marks and weights lose whole points.
constexpr double kMaxMarks = 1e6;

// From every position of `answer` in `starts`, the positions that reading
// `field` may lead to. One flag per position, answer.size() + 1 of them.
std::vector<bool> Advance(const Field& field, absl::string_view answer,
                          const std::vector<bool>& starts) {
  std::vector<bool> ends(starts.size(), false);
  const auto step = [&](absl::string_view value, const std::vector<bool>& from,
                        std::vector<bool>& to) {
    // Backwards, so that one value is not taken twice when from == to.
    for (size_t i = answer.size() + 1; i-- > 0;) {
      if (from[i] && absl::StartsWith(answer.substr(i), value)) {
        to[i + value.size()] = true;
      }
    }
  };
  if (field.kind == FieldKind::kMultiple) {
    // `marked` holds where at least one mark leads.
    std::vector<bool> marked(starts.size(), false);
    for (const Bubble& bubble : field.bubbles) {
      step(bubble.value, marked, marked);
      step(bubble.value, starts, marked);
    }
    ends = marked;
  } else {
    for (const Bubble& bubble : field.bubbles) {
      step(bubble.value, starts, ends);
    }
  }
  step(field.empty_value, starts, ends);
  return ends;
}

std::vector<bool> Start(absl::string_view answer) {
  std::vector<bool> positions(answer.size() + 1, false);
  positions[0] = true;
  return positions;
}

class KeyChecker {
 public:
  KeyChecker(const AnswerKey& key, const Sheet& sheet)
      : key_(key), sheet_(sheet) {}

  std::vector<LayoutProblem> Run() {
    CheckMarks("marks", key_.marks);
    if (key_.questions.empty()) {
      Problem("questions", "no questions: give at least one");
    }
    std::set<absl::string_view> asked;
    for (size_t i = 0; i < key_.questions.size() && !Full(); ++i) {
      const Question& question = key_.questions[i];
      const std::string path = absl::StrCat("questions[", i, "]");
      if (!asked.insert(question.field).second) {
        Problem(path + ".field", absl::StrCat("the field '", question.field,
                                              "' is asked for twice"));
      }
      CheckMarks(path + ".marks", question.marks);
      if (!(question.weight >= 0 && question.weight <= kMaxMarks)) {
        Problem(path + ".weight", absl::StrCat("is ", question.weight,
                                               ", must be 0 to ", kMaxMarks));
      }
      CheckAccepted(path, question);
    }
    return problems_;
  }

 private:
  bool Full() const { return problems_.size() >= kMaxProblems; }
  void Problem(std::string field, std::string description) {
    if (Full()) return;
    problems_.push_back({true, std::move(field), std::move(description)});
  }

  void CheckMarks(const std::string& path, const Marks& marks) {
    const auto check = [&](const char* name, std::optional<double> value) {
      if (!value.has_value() || std::abs(*value) <= kMaxMarks) return;
      Problem(absl::StrCat(path, ".", name),
              absl::StrCat("is ", *value, ", must be -", kMaxMarks, " to ",
                           kMaxMarks));
    };
    check("correct", marks.correct);
    check("incorrect", marks.incorrect);
    check("blank", marks.blank);
    check("multiple", marks.multiple);
  }

  void CheckAccepted(const std::string& path, const Question& question) {
    const auto field = sheet_.FindField(question.field);
    const auto combined = sheet_.FindCombined(question.field);
    if (!field.has_value() && !combined.has_value()) {
      Problem(path + ".field",
              absl::StrCat("the layout has no field '", question.field, "'"));
      return;
    }
    if (question.accepted.empty() && !question.bonus) {
      Problem(path + ".accepted",
              "no right answer: only a bonus question may have none");
    }
    std::set<absl::string_view> seen;
    for (size_t i = 0; i < question.accepted.size() && !Full(); ++i) {
      const AcceptedAnswer& accepted = question.accepted[i];
      const std::string place = absl::StrCat(path, ".accepted[", i, "]");
      if (!(accepted.share > 0 && accepted.share <= 1)) {
        Problem(place + ".share", absl::StrCat("is ", accepted.share,
                                               ", must be above 0 and at most "
                                               "1"));
      }
      if (accepted.marks.has_value() &&
          !(std::abs(*accepted.marks) <= kMaxMarks)) {
        Problem(place + ".marks",
                absl::StrCat("is ", *accepted.marks, ", must be -", kMaxMarks,
                             " to ", kMaxMarks));
      }
      if (!seen.insert(accepted.answer).second) {
        Problem(place + ".answer",
                absl::StrCat("'", accepted.answer, "' is accepted twice"));
      } else if (accepted.answer.empty()) {
        Problem(place + ".answer",
                "is empty: what a blank field earns is said by marks.blank");
      } else if (accepted.answer.size() > kMaxAnswerBytes) {
        Problem(place + ".answer",
                absl::StrCat("longer than ", kMaxAnswerBytes, " bytes"));
      } else if (field.has_value() &&
                 !CanRead(sheet_.fields()[*field], accepted.answer)) {
        Problem(place + ".answer", WhyNot(*field, accepted.answer));
      } else if (!field.has_value() &&
                 !CanRead(sheet_, sheet_.combined()[*combined],
                          accepted.answer)) {
        Problem(place + ".answer",
                absl::StrCat("the fields of '", question.field,
                             "' can't read '", accepted.answer, "'"));
      }
    }
  }

  std::string WhyNot(int index, absl::string_view answer) const {
    const Field& field = sheet_.fields()[index];
    Field any_number = field;
    any_number.kind = FieldKind::kMultiple;
    if (field.kind != FieldKind::kMultiple && CanRead(any_number, answer)) {
      return absl::StrCat("'", answer, "' needs several marks, but field '",
                          field.label,
                          "' may have one: its kind must be "
                          "MULTIPLE");
    }
    std::string values;
    for (const Bubble& bubble : field.bubbles) {
      if (values.size() > 60) {
        values += " ...";
        break;
      }
      absl::StrAppend(&values, values.empty() ? "" : " ", bubble.value);
    }
    return absl::StrCat(
        "field '", field.label, "' can't read '", answer, "': its values are ",
        values,
        field.kind == FieldKind::kMultiple ? ", joined in this order" : "");
  }

  const AnswerKey& key_;
  const Sheet& sheet_;
  std::vector<LayoutProblem> problems_;
};

}  // namespace

bool CanRead(const Field& field, absl::string_view answer) {
  return Advance(field, answer, Start(answer))[answer.size()];
}

bool CanRead(const Sheet& sheet, const CombinedField& combined,
             absl::string_view answer) {
  std::vector<bool> positions = Start(answer);
  for (const std::string& label : combined.fields) {
    const auto field = sheet.FindField(label);
    if (!field.has_value()) return false;
    positions = Advance(sheet.fields()[*field], answer, positions);
  }
  return positions[answer.size()];
}

std::vector<LayoutProblem> CheckKey(const AnswerKey& key, const Sheet& sheet) {
  return KeyChecker(key, sheet).Run();
}

}  // namespace sightline::grade
