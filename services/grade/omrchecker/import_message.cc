#include "services/grade/omrchecker/import_message.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace sightline::grade::omrchecker {

Files FilesOf(v1::OmrCheckerFiles message) {
  Files files;
  files.template_json = std::move(*message.mutable_template_json());
  files.config_json = std::move(*message.mutable_config_json());
  files.evaluation_json = std::move(*message.mutable_evaluation_json());
  files.answer_key_csv = std::move(*message.mutable_answer_key_csv());
  for (auto& [name, content] : *message.mutable_pictures()) {
    files.pictures[name] = std::move(content);
  }
  return files;
}

void FillImport(Import imported, v1::ValidateLayoutResponse* response) {
  for (const Finding& finding : imported.findings) {
    v1::LayoutProblem* problem = response->add_problems();
    problem->set_severity(finding.is_error
                              ? v1::LayoutProblem::SEVERITY_ERROR
                              : v1::LayoutProblem::SEVERITY_WARNING);
    problem->set_field(absl::StrCat("omrchecker.", FieldName(finding.file),
                                    finding.path.empty() ? "" : ".",
                                    finding.path));
    problem->set_description(finding.text);
  }
  if (imported.has_errors) {
    response->set_valid(false);
    return;
  }
  v1::OmrCheckerImport* out = response->mutable_omrchecker();
  *out->mutable_layout() = std::move(imported.layout);
  if (imported.key.has_value()) *out->mutable_key() = *std::move(imported.key);
  for (v1::SheetAppearance& appearance : imported.appearances) {
    *out->add_appearances() = std::move(appearance);
  }
  out->set_answer_key_picture(imported.answer_key_picture);
  for (std::string& question : imported.answer_key_questions) {
    out->add_answer_key_questions(std::move(question));
  }
}

}  // namespace sightline::grade::omrchecker
