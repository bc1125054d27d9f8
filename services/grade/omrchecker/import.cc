#include "services/grade/omrchecker/import.h"

#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "services/grade/engine/key_check.h"
#include "services/grade/engine/layout.h"
#include "services/grade/layout_from_proto.h"
#include "services/grade/omrchecker/column_order.h"
#include "services/grade/omrchecker/config_file.h"
#include "services/grade/omrchecker/template_file.h"

namespace sightline::grade::omrchecker {
namespace {

// A parsed value, a label, a question: each a few hundred bytes at most, and
// there are no more of them than every other byte of the files.
constexpr int64_t kBytesPerByte = 64;
// Longer answers are refused by the key's own check.
constexpr size_t kMaxAnswerBytes = 1000;
constexpr int64_t kFixedBytes = 16 << 20;

bool CheckSize(File file, const std::string& content, Findings& findings) {
  if (static_cast<int64_t>(content.size()) <= kMaxFileBytes) return true;
  findings.Error(file, "", {},
                 absl::StrCat("has ", content.size(), " bytes, at most ",
                              kMaxFileBytes, " are read"));
  return false;
}

bool CanBeRead(const Sheet& sheet, const v1::Question& question,
               const std::string& answer) {
  if (const auto field = sheet.FindField(question.field())) {
    return CanRead(sheet.fields()[*field], answer);
  }
  const auto combined = sheet.FindCombined(question.field());
  return combined.has_value() &&
         CanRead(sheet, sheet.combined()[*combined], answer);
}

std::optional<Sheet> SheetOf(const v1::SheetLayout& message) {
  const auto layout = ToLayout(message);
  if (!layout.ok()) return std::nullopt;
  auto sheet = Sheet::Create(*layout);
  if (!sheet.ok()) return std::nullopt;
  return *std::move(sheet);
}

// Fields that must be able to hold several marks, so that `key` can be right.
std::set<std::string> FieldsOfSeveralMarks(const v1::SheetLayout& message,
                                           const v1::AnswerKey& key) {
  const std::optional<Sheet> sheet = SheetOf(message);
  v1::SheetLayout freer = message;
  for (v1::FieldBlock& block : *freer.mutable_blocks()) {
    // The digits of an INTEGER block go without saying.
    if (block.values().empty()) {
      for (char digit = '0'; digit <= '9'; ++digit) {
        block.add_values(std::string(1, digit));
      }
    }
    block.set_kind(v1::FIELD_KIND_MULTIPLE);
  }
  for (v1::Field& field : *freer.mutable_fields()) {
    field.set_kind(v1::FIELD_KIND_MULTIPLE);
  }
  const std::optional<Sheet> free_sheet = SheetOf(freer);
  std::set<std::string> labels;
  if (!sheet.has_value() || !free_sheet.has_value()) return labels;
  for (const v1::Question& question : key.questions()) {
    const auto combined = sheet->FindCombined(question.field());
    for (const v1::AcceptedAnswer& accepted : question.accepted()) {
      const std::string& answer = accepted.answer();
      if (answer.size() > kMaxAnswerBytes ||
          CanBeRead(*sheet, question, answer) ||
          !CanBeRead(*free_sheet, question, answer)) {
        continue;
      }
      if (combined.has_value()) {
        const CombinedField& joined = sheet->combined()[*combined];
        labels.insert(joined.fields.begin(), joined.fields.end());
      } else {
        labels.insert(question.field());
      }
    }
  }
  return labels;
}

// Takes answers that no marks on the sheet can give out of the key: OMRChecker
// waits for them in vain. Fields that are not on the sheet stay: CheckKey()
// names them.
void DropUnreadable(const v1::SheetLayout& message, v1::AnswerKey* key,
                    Findings& findings) {
  const std::optional<Sheet> sheet = SheetOf(message);
  if (!sheet.has_value()) return;
  v1::AnswerKey kept = *key;
  kept.clear_questions();
  for (v1::Question& question : *key->mutable_questions()) {
    const bool is_known = sheet->FindField(question.field()).has_value() ||
                          sheet->FindCombined(question.field()).has_value();
    v1::Question readable = question;
    if (is_known) {
      readable.clear_accepted();
      for (const v1::AcceptedAnswer& accepted : question.accepted()) {
        const std::string& answer = accepted.answer();
        if (answer.size() > kMaxAnswerBytes ||
            CanBeRead(*sheet, question, answer)) {
          *readable.add_accepted() = accepted;
          continue;
        }
        findings.Note(
            File::kEvaluation, "", {},
            absl::StrCat("'", question.field().substr(0, 64),
                         "' can't be answered with '", answer.substr(0, 64),
                         "': that answer is left out"));
      }
      if (readable.accepted().empty() && !question.bonus()) {
        findings.Note(File::kEvaluation, "", {},
                      absl::StrCat("'", question.field().substr(0, 64),
                                   "' has no other right answer: it is not "
                                   "scored"));
        continue;
      }
    }
    *kept.add_questions() = std::move(readable);
  }
  *key = std::move(kept);
}

}  // namespace

std::vector<std::string> PicturesOf(const Files& files) {
  Findings ignored;
  if (!CheckSize(File::kTemplate, files.template_json, ignored)) return {};
  const auto root =
      JsonFile(File::kTemplate, ignored).Parse(files.template_json);
  return root.has_value() ? PicturesNamedBy(*root) : std::vector<std::string>();
}

Import ImportFiles(const Files& files) {
  Import imported;
  Findings findings;
  const bool sizes_fit =
      CheckSize(File::kTemplate, files.template_json, findings) &
      CheckSize(File::kConfig, files.config_json, findings) &
      CheckSize(File::kEvaluation, files.evaluation_json, findings) &
      CheckSize(File::kAnswerKey, files.answer_key_csv, findings);
  if (files.template_json.empty()) {
    findings.Error(File::kTemplate, "", {},
                   "is missing: it says where the bubbles are");
  } else if (sizes_fit) {
    TemplateContent content =
        ReadTemplate(files.template_json, files.pictures, {}, findings);
    if (!files.config_json.empty()) ReadConfig(files.config_json, findings);
    if (!files.evaluation_json.empty()) {
      EvaluationContent evaluation =
          ReadEvaluation(files.evaluation_json, files.answer_key_csv, findings);
      imported.key = std::move(evaluation.key);
      imported.answer_key_picture = std::move(evaluation.picture);
      imported.answer_key_questions = std::move(evaluation.picture_questions);
    }
    if (!findings.HasErrors() && imported.key.has_value()) {
      const std::set<std::string> several =
          FieldsOfSeveralMarks(content.layout, *imported.key);
      if (!several.empty()) {
        Findings told_before;
        content = ReadTemplate(files.template_json, files.pictures, several,
                               told_before);
      }
      DropUnreadable(content.layout, &*imported.key, findings);
    }
    imported.layout = std::move(content.layout);
    imported.appearances = AppearancesOf(content.page_source);
  }
  imported.has_errors = findings.HasErrors();
  imported.findings = findings.Take();
  return imported;
}

int64_t ImportBytes(const Files& files) {
  int64_t pictures = 0;
  for (const auto& [name, content] : files.pictures) {
    pictures += static_cast<int64_t>(content.size());
  }
  const int64_t text = static_cast<int64_t>(
      files.template_json.size() + files.config_json.size() +
      files.evaluation_json.size() + files.answer_key_csv.size());
  // A marker's picture stands in the layout four times.
  return kFixedBytes + kBytesPerByte * text + 4 * pictures;
}

std::string AnswerKeyOf(const std::map<std::string, std::string>& answers,
                        const std::vector<std::string>& questions) {
  std::vector<std::string> labels = questions;
  if (labels.empty()) {
    for (const auto& [label, answer] : answers) {
      if (!answer.empty()) labels.push_back(label);
    }
    SortAsColumns(labels);
  }
  const auto quoted = [](absl::string_view value) {
    return absl::StrCat("\"", absl::StrReplaceAll(value, {{"\"", "\"\""}}),
                        "\"");
  };
  std::string csv;
  for (const std::string& label : labels) {
    const auto answer = answers.find(label);
    const std::string text = answer == answers.end() ? "" : answer->second;
    // As a list of one, so that commas in it divide nothing.
    const bool is_plain =
        !absl::StrContains(text, ",") && !absl::StartsWith(text, "[");
    absl::StrAppend(&csv, quoted(label), ",",
                    quoted(is_plain ? text : absl::StrCat("['", text, "']")),
                    "\n");
  }
  return csv;
}

}  // namespace sightline::grade::omrchecker
