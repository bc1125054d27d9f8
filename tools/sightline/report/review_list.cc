#include "tools/sightline/report/review_list.h"

#include <map>

#include "absl/strings/str_join.h"
#include "tools/sightline/output/sheet_report.h"
#include "tools/sightline/text/csv.h"

namespace sightline::cli {

std::vector<grade::v1::ReviewItem> ReviewItemsOf(
    const grade::v1::GradeSheetResponse& sheet) {
  std::map<std::string, const grade::v1::ReviewItem*> pictured;
  for (const auto& item : sheet.review_items()) pictured[item.label()] = &item;
  std::map<std::string, const grade::v1::FieldReading*> fields;
  for (const auto& field : sheet.fields()) fields[field.label()] = &field;
  std::vector<grade::v1::ReviewItem> items;
  for (const std::string& label : sheet.review()) {
    const auto found = pictured.find(label);
    if (found != pictured.end()) {
      items.push_back(*found->second);
      continue;
    }
    grade::v1::ReviewItem& item = items.emplace_back();
    item.set_label(label);
    for (const auto& combined : sheet.combined()) {
      if (combined.label() != label) continue;
      item.set_answer(combined.answer());
      item.set_confidence(combined.confidence());
      *item.mutable_flags() = combined.flags();
    }
    const auto field = fields.find(label);
    if (field == fields.end()) continue;
    item.set_answer(field->second->answer());
    item.set_confidence(field->second->confidence());
    *item.mutable_flags() = field->second->flags();
  }
  return items;
}

std::vector<std::string> FlagWords(const grade::v1::ReviewItem& item) {
  std::vector<std::string> words;
  for (const int flag : item.flags()) words.push_back(FlagWord(flag));
  return words;
}

std::string ReviewCsvHeader() {
  return CsvRecord(
      {"file", "field", "answer", "flags", "confidence", "crop", "correction"});
}

std::string ReviewCsv(absl::string_view file, const grade::v1::ReviewItem& item,
                      absl::string_view crop) {
  return CsvRecord({std::string(file), item.label(), item.answer(),
                    absl::StrJoin(FlagWords(item), " "),
                    Rounded(item.confidence(), 4), std::string(crop), ""});
}

}  // namespace sightline::cli
