#include "sheet_reading.h"

#include <random>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gtest/gtest.h"

namespace sightline::grade {

Sheet MakeSheet(const SheetLayout& layout) {
  auto sheet = Sheet::Create(layout);
  EXPECT_TRUE(sheet.ok()) << sheet.status();
  return *std::move(sheet);
}

std::string FlagsOf(const FieldReading& field) {
  return absl::StrJoin(field.flags, "+", [](std::string* out, Flag flag) {
    out->append(FlagName(flag));
  });
}

std::map<std::string, std::string> RandomAnswers(const Sheet& sheet,
                                                 uint32_t seed) {
  std::mt19937 random(seed);
  std::map<std::string, std::string> answers;
  for (const Field& field : sheet.fields()) {
    const int count = static_cast<int>(field.bubbles.size());
    const int first = static_cast<int>(random() % count);
    std::string answer = field.bubbles[first].value;
    const uint32_t kind = random() % 10;
    if (kind == 0) answer = "";
    if (kind == 1) {
      const int second =
          static_cast<int>((first + 1 + random() % (count - 1)) % count);
      answer = first < second ? answer + field.bubbles[second].value
                              : field.bubbles[second].value + answer;
    }
    answers[field.label] = answer;
  }
  return answers;
}

void MarkAll(const std::map<std::string, std::string>& answers,
             PagePainter& painter, MarkStyle style, double darkness) {
  for (const auto& [label, answer] : answers) {
    painter.MarkAnswer(label, answer, style, darkness);
  }
}

ReadingTally CompareReading(const Sheet& sheet, const SheetReading& reading,
                            const std::map<std::string, std::string>& answers) {
  ReadingTally tally;
  for (size_t f = 0; f < sheet.fields().size(); ++f) {
    const FieldReading& field = reading.fields[f];
    const std::string& label = sheet.fields()[f].label;
    const std::string& truth = answers.at(label);
    ++tally.fields;
    const bool is_right = field.answer == truth;
    tally.right += is_right;
    tally.silently_wrong += !is_right && !field.needs_review;
    bool is_doubted = field.confidence < 0.8;
    for (const Flag flag : field.flags) {
      is_doubted =
          is_doubted || (flag != Flag::kBlank && flag != Flag::kMultiple);
    }
    tally.doubted += is_doubted;
    if (!is_right || is_doubted) {
      absl::StrAppend(&tally.details, "  ", label, " '", field.answer,
                      "', truth '", truth, "', ", field.confidence, " ",
                      FlagsOf(field), "\n");
    }
  }
  return tally;
}

}  // namespace sightline::grade
