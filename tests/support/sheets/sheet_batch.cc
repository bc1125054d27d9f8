#include "tests/support/sheets/sheet_batch.h"

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status/status_macros.h"
#include "tests/generator/sheet_files.h"
#include "tests/generator/sheet_generator.h"

namespace sightline::sheets {

using generator::Degradation;

absl::StatusOr<SheetBatch> SheetBatch::Make(int count, uint64_t seed,
                                            Scanner scanner) {
  SheetBatch batch;
  const auto form = std::make_shared<const generator::PrintedForm>(
      generator::PrintForm(generator::FormFamily::kStandard, seed));
  SL_ASSIGN_OR_RETURN(*batch.settings_.mutable_layout(),
                      generator::LayoutMessage(*form));
  *batch.settings_.mutable_key() = generator::KeyMessage(*form);
  for (int i = 0; i < count; ++i) {
    generator::SheetSpecification specification;
    specification.profile = generator::MarkProfile::kClean;
    specification.degradations = {Degradation::kRotation};
    if (scanner == Scanner::kGrainy) {
      specification.degradations.push_back(Degradation::kNoise);
    }
    if (i % 4 == 3) {
      specification.degradations.push_back(Degradation::kRotation180);
    }
    SL_ASSIGN_OR_RETURN(
        generator::GeneratedSheet sheet,
        generator::GenerateSheet(form, specification, seed + i));
    grade::v1::GradeSheetRequest request;
    request.mutable_scan()->set_encoded(std::move(sheet.jpeg));
    *request.mutable_layout() = batch.settings_.layout();
    *request.mutable_key() = batch.settings_.key();
    batch.requests_.push_back(std::move(request));
    std::map<std::string, std::string>& truth = batch.truth_.emplace_back();
    for (const generator::FieldTruth& field : sheet.truth) {
      truth[field.label] = field.answer;
    }
  }
  return batch;
}

std::string SheetBatch::Mistakes(
    int i, const grade::v1::GradeSheetResponse& answer) const {
  const std::map<std::string, std::string>& truth = truth_[i];
  if (static_cast<size_t>(answer.fields_size()) != truth.size()) {
    return absl::StrCat(answer.fields_size(), " fields instead of ",
                        truth.size());
  }
  std::string mistakes;
  for (const auto& field : answer.fields()) {
    const auto meant = truth.find(field.label());
    if (meant != truth.end() && meant->second == field.answer()) continue;
    absl::StrAppend(&mistakes, field.label(), " is '",
                    meant == truth.end() ? "(no such field)" : meant->second,
                    "', read '", field.answer(), "'; ");
  }
  return mistakes;
}

}  // namespace sightline::sheets
