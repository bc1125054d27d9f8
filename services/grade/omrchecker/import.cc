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
constexpr int64_t kFixedBytes = 16 << 20;

bool CheckSize(File file, const std::string& content, Findings& findings) {
  if (static_cast<int64_t>(content.size()) <= kMaxFileBytes) return true;
  findings.Error(file, "", {},
                 absl::StrCat("has ", content.size(), " bytes, at most ",
                              kMaxFileBytes, " are read"));
  return false;
}

// Fields that must be able to hold several marks, so that `key` can be right.
std::set<std::string> FieldsOfSeveralMarks(const v1::SheetLayout& message,
                                           const v1::AnswerKey& key) {
  std::set<std::string> labels;
  const auto layout = ToLayout(message);
  if (!layout.ok()) return labels;
  const auto sheet = Sheet::Create(*layout);
  if (!sheet.ok()) return labels;
  // Longer answers are refused by the key's own check.
  constexpr size_t kMaxAnswerBytes = 1000;
  for (const v1::Question& question : key.questions()) {
    const auto field = sheet->FindField(question.field());
    const auto combined = sheet->FindCombined(question.field());
    for (const v1::AcceptedAnswer& accepted : question.accepted()) {
      const std::string& answer = accepted.answer();
      if (answer.size() > kMaxAnswerBytes) continue;
      if (field.has_value()) {
        if (!CanRead(sheet->fields()[*field], answer)) {
          labels.insert(question.field());
        }
      } else if (combined.has_value()) {
        const CombinedField& joined = sheet->combined()[*combined];
        if (!CanRead(*sheet, joined, answer)) {
          labels.insert(joined.fields.begin(), joined.fields.end());
        }
      }
    }
  }
  return labels;
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
