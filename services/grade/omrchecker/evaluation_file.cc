#include "services/grade/omrchecker/evaluation_file.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/grade/omrchecker/answer_list.h"
#include "services/grade/omrchecker/csv_rows.h"
#include "services/grade/omrchecker/json_file.h"

namespace sightline::grade::omrchecker {
namespace {

using Kind = JsonValue::Kind;

constexpr int kMaxQuestions = 10000;
constexpr char kDefaultSection[] = "DEFAULT";
constexpr char kBonusPrefix[] = "BONUS";
constexpr char kNotKnown[] = "not known, nothing is done for it";
constexpr char kOutputs[] =
    "not needed: results say of every question what was expected and what it "
    "earned";

// A question and where its answer stands.
struct Asked {
  std::string label;
  JsonValue answer;
  File file = File::kEvaluation;
  std::string path;
};

struct Section {
  v1::Marks marks;
  bool is_bonus = false;
};

bool SameMarks(const v1::Marks& marks) {
  return marks.correct() == marks.incorrect() &&
         marks.correct() == marks.blank();
}

std::string TextAt(const Place& place) {
  return place.exists() && place.value->kind == Kind::kString
             ? place.value->text
             : "";
}

class EvaluationReader {
 public:
  EvaluationReader(absl::string_view answer_key_csv, Findings& findings)
      : file_(File::kEvaluation, findings), answer_key_csv_(answer_key_csv) {}

  EvaluationContent Read(absl::string_view text) {
    const auto root = file_.Parse(text);
    if (!root.has_value()) return {};
    const Place top{&*root, ""};
    NoteWhatIsNotHonoured(top);
    const Place options = top["options"];
    if (!options.exists()) {
      file_.Missing(top, "options", "the questions and their answers");
      return {};
    }
    if (!file_.IsObject(options)) return {};
    ReadSchemes(top);
    if (!ReadQuestions(top, options)) return std::move(content_);
    MakeKey();
    return std::move(content_);
  }

 private:
  void NoteWhatIsNotHonoured(const Place& top) {
    for (const JsonMember& member : top.value->members) {
      const Place place = top.Of(member);
      if (member.name == "source_type" || member.name == "options" ||
          member.name == "marking_schemes" || member.name == "marking_scheme") {
        continue;
      }
      if (member.name == "outputs_configuration") {
        file_.Note(place, kOutputs);
      } else if (member.name == "conditional_sets" ||
                 member.name == "conditionalSets") {
        file_.Note(place,
                   "answer sets are not known: every sheet is scored by the "
                   "default set");
      } else {
        file_.Note(place, kNotKnown);
      }
    }
  }

  void ReadSchemes(const Place& top) {
    Place schemes = top["marking_schemes"];
    if (!schemes.exists()) schemes = top["marking_scheme"];
    if (!schemes.exists()) {
      return file_.Missing(top, "marking_schemes",
                           "what answers are worth, with a section DEFAULT");
    }
    if (!file_.IsObject(schemes)) return;
    bool has_default = false;
    for (const JsonMember& member : schemes.value->members) {
      const Place place = schemes.Of(member);
      if (!file_.IsObject(place)) continue;
      if (member.name == kDefaultSection) {
        has_default = true;
        ReadMarks(place, member.name, &default_.marks);
      } else {
        ReadSection(place, member.name);
      }
    }
    if (!has_default) {
      file_.Missing(schemes, kDefaultSection,
                    "the marks of questions in no other section");
    }
  }

  void ReadSection(const Place& place, const std::string& name) {
    file_.NoteUnknown(place, {"questions", "marking", "marking_type"},
                      kNotKnown);
    const Place questions = place["questions"];
    const Place marking = place["marking"];
    if (!questions.exists() || !marking.exists()) {
      return file_.Error(place,
                         "a section needs \"questions\" and \"marking\"");
    }
    if (const Place type = place["marking_type"];
        type.exists() && TextAt(type) != "default") {
      file_.Note(type,
                 "marks by streak are not known: every question earns what "
                 "the first of a streak does");
    }
    // One label, or a list.
    JsonValue list;
    Place labels_at = questions;
    if (questions.value->kind == Kind::kString) {
      list.kind = Kind::kArray;
      list.position = questions.value->position;
      list.items.push_back(*questions.value);
      labels_at.value = &list;
    }
    const auto labels = file_.Labels(labels_at, kMaxQuestions);
    if (!labels.has_value() || !file_.IsObject(marking)) return;
    Section section;
    if (!ReadMarks(marking, name, &section.marks)) return;
    section.is_bonus =
        absl::StartsWith(name, kBonusPrefix) && SameMarks(section.marks);
    for (const std::string& label : *labels) {
      if (!sections_.emplace(label, section).second) {
        file_.Error(questions, absl::StrCat("'", label.substr(0, 64),
                                            "' stands in another section, "
                                            "too"));
      }
      section_places_.emplace(label, questions.path);
    }
  }

  bool ReadMarks(const Place& place, const std::string& section,
                 v1::Marks* marks) {
    file_.NoteUnknown(place, {"correct", "incorrect", "unmarked"}, kNotKnown);
    const auto read = [&](const char* name) -> std::optional<double> {
      const Place value = place[name];
      if (!value.exists()) {
        file_.Missing(place, name, "its marks");
        return std::nullopt;
      }
      if (value.value->kind == Kind::kArray) {
        if (value.value->items.empty()) {
          file_.Error(value, "a streak of no marks");
          return std::nullopt;
        }
        file_.Note(value,
                   "marks by streak are not known: the first of them counts "
                   "for every question");
        return file_.Marks(value.Item(0));
      }
      return file_.Marks(value);
    };
    const auto correct = read("correct");
    const auto incorrect = read("incorrect");
    const auto unmarked = read("unmarked");
    if (!correct.has_value() || !incorrect.has_value() ||
        !unmarked.has_value()) {
      return false;
    }
    if (*incorrect > 0 && !absl::StartsWith(section, kBonusPrefix)) {
      file_.Note(place,
                 "wrong answers earn marks; OMRChecker expects that of "
                 "sections whose name begins with BONUS only");
    }
    marks->set_correct(*correct);
    marks->set_incorrect(*incorrect);
    marks->set_blank(*unmarked);
    return true;
  }

  // False where no key can be made.
  bool ReadQuestions(const Place& top, const Place& options) {
    const Place type = top["source_type"];
    if (!type.exists()) {
      file_.Missing(top, "source_type", "custom or csv");
      return false;
    }
    const auto source = file_.String(type);
    if (!source.has_value()) return false;
    if (*source == "custom" || *source == "local") {
      NoteOptions(options, {"questions_in_order", "answers_in_order"});
      return ReadOwnAnswers(options);
    }
    if (*source == "csv" || *source == "image_and_csv") {
      NoteOptions(options, {"questions_in_order", "answer_key_csv_path",
                            "answer_key_image_path"});
      return ReadAnswerKey(options);
    }
    file_.Error(type, absl::StrCat("is '", source->substr(0, 64),
                                   "', must be custom or csv"));
    return false;
  }

  void NoteOptions(const Place& options,
                   std::initializer_list<absl::string_view> known) {
    for (const JsonMember& member : options.value->members) {
      const bool is_known =
          std::find(known.begin(), known.end(), member.name) != known.end();
      if (is_known) continue;
      const bool is_output = absl::StartsWith(member.name, "should_") ||
                             absl::StartsWith(member.name, "enable_");
      file_.Note(options.Of(member), is_output ? kOutputs : kNotKnown);
    }
  }

  bool ReadOwnAnswers(const Place& options) {
    const Place questions = options["questions_in_order"];
    const Place answers = options["answers_in_order"];
    if (!questions.exists() || !answers.exists()) {
      file_.Error(options,
                  "needs \"questions_in_order\" and \"answers_in_order\"");
      return false;
    }
    const auto labels = file_.Labels(questions, kMaxQuestions);
    if (!labels.has_value() || !file_.IsList(answers)) return false;
    if (labels->size() != answers.value->items.size()) {
      file_.Error(answers,
                  absl::StrCat("has ", answers.value->items.size(),
                               " answers for ", labels->size(), " questions"));
      return false;
    }
    for (size_t i = 0; i < labels->size(); ++i) {
      const Place answer = answers.Item(i);
      asked_.push_back(
          {(*labels)[i], *answer.value, File::kEvaluation, answer.path});
    }
    return true;
  }

  bool ReadAnswerKey(const Place& options) {
    const Place picture = options["answer_key_image_path"];
    if (answer_key_csv_.empty()) {
      if (!picture.exists()) {
        file_.Error(options["answer_key_csv_path"],
                    "the answer key is missing, and no picture of one is "
                    "named");
        return false;
      }
      content_.picture = file_.String(picture).value_or("");
      if (const Place questions = options["questions_in_order"];
          questions.exists()) {
        content_.picture_questions = file_.Labels(questions, kMaxQuestions)
                                         .value_or(std::vector<std::string>());
      }
      return false;
    }
    const auto rows = ParseCsv(answer_key_csv_, 4 * kMaxQuestions);
    Findings& findings = file_.findings();
    if (!rows.ok()) {
      findings.Error(File::kAnswerKey, "", {},
                     std::string(rows.status().message()));
      return false;
    }
    for (const CsvRow& row : *rows) {
      if (findings.Full()) break;
      const std::string path = absl::StrCat("line ", row.line);
      if (row.values.size() != 2) {
        findings.Error(
            File::kAnswerKey, path, {row.line, 1},
            absl::StrCat("has ", row.values.size(),
                         " values, must have a question and its answer; an "
                         "answer with commas stands in quotes"));
        continue;
      }
      const auto answer = ParseAnswerColumn(row.values[1]);
      if (!answer.ok()) {
        findings.Error(File::kAnswerKey, path, {row.line, 1},
                       std::string(answer.status().message()));
        continue;
      }
      asked_.push_back({std::string(absl::StripAsciiWhitespace(row.values[0])),
                        *answer, File::kAnswerKey, path});
      asked_.back().answer.position = {row.line, 1};
    }
    return true;
  }

  void MakeKey() {
    v1::AnswerKey key;
    *key.mutable_marks() = default_.marks;
    std::set<absl::string_view> labels;
    for (const Asked& asked : asked_) {
      if (file_.findings().Full()) break;
      const JsonFile file(asked.file, file_.findings());
      const Place place{&asked.answer, asked.path};
      v1::Question question;
      question.set_field(asked.label);
      if (!ReadAnswers(file, place, &question)) continue;
      if (!labels.insert(asked.label).second) {
        file.Error(place, absl::StrCat("'", asked.label.substr(0, 64),
                                       "' is asked for twice"));
        continue;
      }
      if (const auto section = sections_.find(asked.label);
          section != sections_.end()) {
        // The answer's own marks go before those of its section.
        v1::Marks marks = section->second.marks;
        marks.MergeFrom(question.marks());
        *question.mutable_marks() = marks;
        question.set_bonus(section->second.is_bonus);
      }
      *key.add_questions() = std::move(question);
    }
    for (const auto& [label, path] : section_places_) {
      if (labels.count(label) != 0) continue;
      file_.findings().Note(
          File::kEvaluation, path, {},
          absl::StrCat("'", label.substr(0, 64),
                       "' has no right answer: it is not scored"));
    }
    content_.key = std::move(key);
  }

  JsonFile file_;
  absl::string_view answer_key_csv_;
  EvaluationContent content_;
  Section default_;
  std::map<std::string, Section> sections_;
  std::map<std::string, std::string> section_places_;
  std::vector<Asked> asked_;
};

}  // namespace

EvaluationFiles FilesNamedBy(absl::string_view evaluation_json) {
  Findings ignored;
  const auto root = JsonFile(File::kEvaluation, ignored).Parse(evaluation_json);
  if (!root.has_value()) return {};
  const Place options = Place{&*root, ""}["options"];
  return {TextAt(options["answer_key_csv_path"]),
          TextAt(options["answer_key_image_path"])};
}

EvaluationContent ReadEvaluation(absl::string_view evaluation_json,
                                 absl::string_view answer_key_csv,
                                 Findings& findings) {
  return EvaluationReader(answer_key_csv, findings).Read(evaluation_json);
}

}  // namespace sightline::grade::omrchecker
