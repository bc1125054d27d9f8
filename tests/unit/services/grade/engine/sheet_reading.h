// Reads painted sheets and compares what was read with what was painted.
#ifndef SIGHTLINE_TESTS_UNIT_SERVICES_GRADE_ENGINE_SHEET_READING_H_
#define SIGHTLINE_TESTS_UNIT_SERVICES_GRADE_ENGINE_SHEET_READING_H_

#include <cstdint>
#include <map>
#include <string>

#include "page_painter.h"
#include "services/grade/engine/sheet_reader.h"

namespace sightline::grade {

// The sheet of a layout without problems.
Sheet MakeSheet(const SheetLayout& layout);

// "blank+ambiguous".
std::string FlagsOf(const FieldReading& field);

// Answers of every field: one mark, now and then none or two.
std::map<std::string, std::string> RandomAnswers(const Sheet& sheet,
                                                 uint32_t seed);

void MarkAll(const std::map<std::string, std::string>& answers,
             PagePainter& painter, MarkStyle style = MarkStyle::kScribble,
             double darkness = 0.8);

struct ReadingTally {
  int fields = 0;
  int right = 0;
  int silently_wrong = 0;
  // Flagged or under-confident though right, other than blank and multiple.
  int doubted = 0;
  std::string details;
};

ReadingTally CompareReading(const Sheet& sheet, const SheetReading& reading,
                            const std::map<std::string, std::string>& answers);

}  // namespace sightline::grade

#endif  // SIGHTLINE_TESTS_UNIT_SERVICES_GRADE_ENGINE_SHEET_READING_H_
