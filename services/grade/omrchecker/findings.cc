#include "services/grade/omrchecker/findings.h"

namespace sightline::grade::omrchecker {

absl::string_view FileName(File file) {
  switch (file) {
    case File::kTemplate:
      return "template.json";
    case File::kConfig:
      return "config.json";
    case File::kEvaluation:
      return "evaluation.json";
    case File::kAnswerKey:
      return "answer key";
  }
  return "file";
}

absl::string_view FieldName(File file) {
  switch (file) {
    case File::kTemplate:
      return "template_json";
    case File::kConfig:
      return "config_json";
    case File::kEvaluation:
      return "evaluation_json";
    case File::kAnswerKey:
      return "answer_key_csv";
  }
  return "file";
}

void Findings::Error(File file, const std::string& path, TextPosition position,
                     absl::string_view text) {
  // Even where no more are told, a file that is wrong must not seem right.
  has_errors_ = true;
  if (Full()) {
    if (found_.back().is_error) return;
    found_.pop_back();
  }
  found_.push_back({true, file, path, position, std::string(text)});
}

void Findings::Note(File file, const std::string& path, TextPosition position,
                    absl::string_view text) {
  if (Full()) return;
  found_.push_back({false, file, path, position, std::string(text)});
}

}  // namespace sightline::grade::omrchecker
