// Reads the real sheets with their best-known alignment and prints a table.
// Thresholds of the reader were chosen while looking at these sheets: the
// figures show that it works on them, not how it does on others.
#include "real_sheets.h"

#include <cstdio>
#include <ctime>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/image/decode.h"
#include "gtest/gtest.h"
#include "services/grade/engine/sheet_reader.h"

namespace sightline::grade {
namespace {

struct Sample {
  const char* name;
  BubbleShape shape;
};

constexpr Sample kSamples[] = {
    {"sample2", BubbleShape::kEllipse},
    {"sample4", BubbleShape::kEllipse},
    {"sample5", BubbleShape::kRectangle},
    {"sample6", BubbleShape::kEllipse},
    {"community__UmarFarootAPS", BubbleShape::kEllipse},
    {"community__Sandeep-1507", BubbleShape::kEllipse},
    {"community__samuelIkoli", BubbleShape::kBrackets},
};

struct Row {
  int fields = 0;
  int right = 0;
  int silently_wrong = 0;
  // Flagged other than blank, outside the ambiguous fields; and of those the
  // ones that are not true double marks.
  int flagged = 0;
  int flagged_in_vain = 0;
  int under_confident = 0;
  std::string details;

  void Add(const Row& other) {
    fields += other.fields;
    right += other.right;
    silently_wrong += other.silently_wrong;
    flagged += other.flagged;
    flagged_in_vain += other.flagged_in_vain;
    under_confident += other.under_confident;
    details += other.details;
  }
};

Row Judge(const RealSheet& real, const Sheet& sheet,
          const SheetReading& reading) {
  Row row;
  for (size_t f = 0; f < sheet.fields().size(); ++f) {
    const std::string& label = sheet.fields()[f].label;
    const FieldReading& field = reading.fields[f];
    const std::string& truth = real.answers.at(label);
    const bool is_ambiguous = real.ambiguous.count(label) > 0;
    const bool is_right = field.answer == truth;
    bool is_flagged = false;
    bool is_double = false;
    for (const Flag flag : field.flags) {
      is_flagged = is_flagged || flag != Flag::kBlank;
      is_double = is_double || flag == Flag::kMultiple;
    }
    ++row.fields;
    row.right += is_right;
    row.silently_wrong += !is_right && !field.needs_review;
    row.flagged += is_flagged && !is_ambiguous;
    row.flagged_in_vain += is_flagged && !is_ambiguous && is_right &&
                           !(is_double && truth.size() > 1);
    row.under_confident += !is_flagged && field.needs_review && !is_ambiguous;
    if (!is_right) {
      absl::StrAppend(&row.details, "  ", real.name, " ", label, ": '",
                      field.answer, "', truth '", truth, "', confidence ",
                      field.confidence, "\n");
    }
  }
  return row;
}

void PrintRow(const std::string& name, const Row& row, double milliseconds) {
  std::printf("%-46s %6d %6d %7d %8d %8d %8d %7.1f\n", name.c_str(), row.fields,
              row.right, row.silently_wrong, row.flagged, row.flagged_in_vain,
              row.under_confident, milliseconds);
}

struct Setting {
  const char* name;
  // Pixels of the longer side that sheets are decoded with at least.
  int min_long_side = 0;
  // Bubbles in the layout relative to the print: people measure roughly.
  double bubble_size = 1;
};

class RealSheets : public ::testing::TestWithParam<Setting> {};

SheetLayout WithBubbles(SheetLayout layout, double size) {
  for (Field& field : layout.fields) {
    for (Bubble& bubble : field.bubbles) {
      bubble.size.width *= size;
      bubble.size.height *= size;
    }
  }
  return layout;
}

TEST_P(RealSheets, EveryFieldIsRightOrFlagged) {
  const auto folder = RealSheetFolder();
  if (!folder.has_value()) {
    GTEST_SKIP() << "SKIPPED: whole test: no real sheets on this machine "
                    "(SIGHTLINE_SHARED_DATA)";
  }
  std::printf("%-46s %6s %6s %7s %8s %8s %8s %7s\n", "sheet", "fields", "right",
              "silent", "flagged", "in vain", "unsure", "CPU ms");
  Row total;
  double total_milliseconds = 0;
  for (const Sample& sample : kSamples) {
    const auto sheets = LoadRealSheets(*folder, sample.name, sample.shape);
    ASSERT_TRUE(sheets.ok()) << sheets.status();
    for (const RealSheet& real : *sheets) {
      DecodeOptions options;
      options.min_long_side = GetParam().min_long_side;
      const auto scan = DecodeGray(real.file, options);
      ASSERT_TRUE(scan.ok()) << real.name << " " << scan.status();
      const Homography scan_to_page =
          real.scan_to_page *
          Homography::Scale(scan->reduction, scan->reduction);
      const auto sheet =
          Sheet::Create(WithBubbles(real.layout, GetParam().bubble_size));
      // Larger bubbles may overlap, which is refused.
      if (!sheet.ok() && GetParam().bubble_size > 1) continue;
      ASSERT_TRUE(sheet.ok()) << real.name << " " << sheet.status();
      const std::clock_t start = std::clock();
      const auto reading =
          ReadSheet(scan->pixels, scan_to_page, *sheet, {}, {});
      const double milliseconds =
          (std::clock() - start) * 1000.0 / CLOCKS_PER_SEC;
      ASSERT_TRUE(reading.ok()) << real.name << " " << reading.status();
      const Row row = Judge(real, *sheet, *reading);
      PrintRow(real.name, row, milliseconds);
      total.Add(row);
      total_milliseconds += milliseconds;
    }
  }
  PrintRow("all", total, total_milliseconds);
  EXPECT_EQ(total.silently_wrong, 0) << total.details;
  EXPECT_GE(total.right, 0.97 * total.fields) << total.details;
  if (GetParam().bubble_size != 1) return;
  EXPECT_LE(total.flagged, 0.03 * total.fields);
  EXPECT_LE(total.under_confident, 0.01 * total.fields);
}

INSTANTIATE_TEST_SUITE_P(Settings, RealSheets,
                         ::testing::Values(Setting{"FullSize"},
                                           Setting{"Reduced", 1600},
                                           Setting{"BubblesTooSmall", 0, 0.87},
                                           Setting{"BubblesTooLarge", 0, 1.15}),
                         [](const auto& info) {
                           return std::string(info.param.name);
                         });

}  // namespace
}  // namespace sightline::grade
