#include "services/grade/engine/page_merge.h"

#include <algorithm>
#include <utility>

namespace sightline::grade {
namespace {

// Confidence of what one of two scans of a page says: below every sensible
// review_below.
constexpr double kTwice = 0.45;

FieldReading Missing(size_t bubbles) {
  FieldReading reading;
  reading.flags = {Flag::kPageMissing};
  reading.bubbles.resize(bubbles);
  reading.needs_review = true;
  return reading;
}

PageReading MissingPage(const Sheet& page) {
  PageReading reading;
  for (const Field& field : page.fields()) {
    reading.fields.fields.push_back(Missing(field.bubbles.size()));
  }
  for (size_t i = 0; i < page.codes().size(); ++i) {
    reading.codes.push_back(Missing(0));
  }
  for (size_t i = 0; i < page.boxes().size(); ++i) {
    reading.boxes.push_back({Missing(0), 0});
  }
  return reading;
}

void Doubt(FieldReading& reading) {
  // The last of all flags: they stay in ascending order.
  reading.flags.push_back(Flag::kPageTwice);
  reading.confidence = std::min(reading.confidence, kTwice);
  reading.needs_review = true;
}

void Doubt(PageReading& page) {
  for (FieldReading& reading : page.fields.fields) Doubt(reading);
  for (FieldReading& reading : page.codes) Doubt(reading);
  for (BoxReading& box : page.boxes) Doubt(box.reading);
}

template <typename Reading>
void Append(std::vector<Reading> from, std::vector<Reading>& to) {
  to.insert(to.end(), std::make_move_iterator(from.begin()),
            std::make_move_iterator(from.end()));
}

}  // namespace

PageReading MergePages(const Sheet& sheet,
                       std::vector<std::optional<PageReading>> pages,
                       const std::vector<bool>& is_twice) {
  PageReading merged;
  bool has_thresholds = false;
  for (int i = 0; i < sheet.page_count(); ++i) {
    if (pages[i].has_value() && !has_thresholds) {
      const SheetReading& first = pages[i]->fields;
      merged.fields.page_threshold = first.page_threshold;
      merged.fields.empty_level = first.empty_level;
      merged.fields.mark_level = first.mark_level;
      has_thresholds = true;
    }
    PageReading page = pages[i].has_value() ? *std::move(pages[i])
                                            : MissingPage(sheet.page_sheet(i));
    if (is_twice[i]) Doubt(page);
    Append(std::move(page.fields.fields), merged.fields.fields);
    Append(std::move(page.codes), merged.codes);
    Append(std::move(page.boxes), merged.boxes);
  }
  return merged;
}

}  // namespace sightline::grade
