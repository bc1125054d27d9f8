#include "tests/generator/sheet_generator.h"

#include <gmock/gmock.h>
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "tests/generator/sheet_files.h"

namespace sightline::generator {
namespace {

using testing::Contains;
using testing::IsEmpty;

GeneratedSheet Make(const SheetSpecification& specification, uint64_t seed) {
  absl::StatusOr<GeneratedSheet> sheet = GenerateSheet(specification, seed);
  EXPECT_TRUE(sheet.ok()) << sheet.status();
  return *std::move(sheet);
}

// Mean luma of the scan around a bubble's centre: the inner half of its box.
double MeanAt(const GeneratedSheet& sheet, const grade::Bubble& bubble) {
  const Homography page_to_scan = sheet.scan_to_page.Inverse().value();
  double sum = 0;
  int count = 0;
  for (double v = -0.25; v <= 0.25; v += 0.05) {
    for (double u = -0.25; u <= 0.25; u += 0.05) {
      const PixelPoint p =
          page_to_scan.Map({bubble.center.x + u * bubble.size.width,
                            bubble.center.y + v * bubble.size.height});
      const int x = static_cast<int>(p.x);
      const int y = static_cast<int>(p.y);
      if (x < 0 || y < 0 || x >= sheet.scan.width() ||
          y >= sheet.scan.height()) {
        continue;
      }
      sum += sheet.scan.row(y)[x];
      ++count;
    }
  }
  return count == 0 ? -1 : sum / count;
}

TEST(GenerateSheet, GivesTheSameBytesForTheSameSeed) {
  SheetSpecification specification;
  specification.degradations = FindCondition("photo")->degradations;
  const GeneratedSheet a = Make(specification, 42);
  const GeneratedSheet b = Make(specification, 42);
  EXPECT_EQ(a.jpeg, b.jpeg);
  EXPECT_EQ(TruthJson(*a.form, {RecordOf(a, "x")}),
            TruthJson(*b.form, {RecordOf(b, "x")}));
  EXPECT_NE(a.jpeg, Make(specification, 43).jpeg);
}

class CleanSheet : public testing::TestWithParam<FormFamily> {};

TEST_P(CleanSheet, IsDarkWhereTheTruthSaysMarked) {
  const auto form =
      std::make_shared<const PrintedForm>(PrintForm(GetParam(), 3));
  for (const char* condition : {"none", "rotation180", "photo", "curl"}) {
    SheetSpecification specification;
    specification.profile = MarkProfile::kClean;
    specification.degradations = FindCondition(condition)->degradations;
    SCOPED_TRACE(condition);
    const auto made = GenerateSheet(form, specification, 8);
    ASSERT_TRUE(made.ok()) << made.status();
    const GeneratedSheet& sheet = *made;
    ASSERT_EQ(sheet.truth.size(), sheet.form->fields.size());

    for (size_t f = 0; f < sheet.truth.size(); ++f) {
      const FieldTruth& truth = sheet.truth[f];
      const grade::Field& field = sheet.form->fields[f];
      ASSERT_EQ(truth.label, field.label);
      EXPECT_THAT(truth.values, testing::Not(IsEmpty()));
      if (truth.doubtful()) continue;
      double darkest_empty = 255;
      double lightest_mark = 0;
      for (const grade::Bubble& bubble : field.bubbles) {
        const double mean = MeanAt(sheet, bubble);
        if (std::count(truth.values.begin(), truth.values.end(), bubble.value) >
            0) {
          lightest_mark = std::max(lightest_mark, mean);
        } else {
          darkest_empty = std::min(darkest_empty, mean);
        }
      }
      // Values are printed inside: an empty bubble is not white.
      EXPECT_LT(lightest_mark, darkest_empty * 0.9) << truth.label;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Families, CleanSheet,
                         testing::ValuesIn(AllFormFamilies()),
                         [](const auto& info) {
                           return FormFamilyName(info.param);
                         });

TEST(GenerateSheet, CallsDoubtfulWhatTheInkCallsDoubtful) {
  for (const MarkProfile profile : AllMarkProfiles()) {
    for (uint64_t seed = 0; seed < 4; ++seed) {
      SheetSpecification specification;
      specification.profile = profile;
      const GeneratedSheet sheet = Make(specification, seed);
      SCOPED_TRACE(testing::Message()
                   << MarkProfileName(profile) << " seed " << seed);
      for (size_t f = 0; f < sheet.truth.size(); ++f) {
        const FieldTruth& truth = sheet.truth[f];
        const grade::Field& field = sheet.form->fields[f];
        ASSERT_EQ(truth.ink.size(), field.bubbles.size());
        std::string joined;
        for (const std::string& value : truth.values) joined += value;
        EXPECT_EQ(truth.answer, joined.empty() ? field.empty_value : joined);
        if (truth.values.size() > 1) {
          EXPECT_THAT(truth.doubts, Contains("double"));
        }
        for (size_t i = 0; i < field.bubbles.size(); ++i) {
          const bool marked =
              std::count(truth.values.begin(), truth.values.end(),
                         field.bubbles[i].value) > 0;
          if (truth.doubtful()) continue;
          if (marked) {
            EXPECT_GE(truth.ink[i], kFaintInk) << truth.label;
          } else {
            EXPECT_LE(truth.ink[i], kStrayInk) << truth.label;
          }
        }
      }
    }
  }
}

TEST(GenerateSheet, BlankSheetsHoldNoInk) {
  SheetSpecification specification;
  specification.profile = MarkProfile::kBlank;
  for (const FieldTruth& truth : Make(specification, 1).truth) {
    EXPECT_THAT(truth.values, IsEmpty());
    for (const double ink : truth.ink) EXPECT_EQ(ink, 0);
  }
}

TEST(GenerateSheet, CleanSheetsLeaveNothingToDoubt) {
  for (uint64_t seed = 0; seed < 10; ++seed) {
    SheetSpecification specification;
    specification.profile = MarkProfile::kClean;
    for (const FieldTruth& truth : Make(specification, seed).truth) {
      EXPECT_THAT(truth.doubts, IsEmpty())
          << "seed " << seed << " " << truth.label;
    }
  }
}

// Each kind of doubt turns up within a few sheets: a generator that never
// erases would prove nothing.
TEST(GenerateSheet, MixedSheetsShowEveryDoubt) {
  std::vector<std::string> seen;
  const auto form =
      std::make_shared<const PrintedForm>(PrintForm(FormFamily::kDense200, 0));
  for (uint64_t seed = 0; seed < 12; ++seed) {
    SheetSpecification specification;
    specification.degradations = {Degradation::kCrop};
    const auto sheet = GenerateSheet(form, specification, seed);
    ASSERT_TRUE(sheet.ok()) << sheet.status();
    for (const FieldTruth& truth : sheet->truth) {
      EXPECT_TRUE(std::is_sorted(truth.doubts.begin(), truth.doubts.end()));
      seen.insert(seen.end(), truth.doubts.begin(), truth.doubts.end());
    }
  }
  for (const char* doubt : {"cut_off", "double", "erased", "faint", "stray"}) {
    EXPECT_THAT(seen, Contains(doubt));
  }
}

// A fax drops light pencil: nobody can read what is not there.
TEST(GenerateSheet, MarksThatAreLostDoNotCountAsVisible) {
  SheetSpecification specification;
  specification.profile = MarkProfile::kFaint;
  specification.degradations = {Degradation::kFax};
  int lost = 0;
  for (uint64_t seed = 0; seed < 4; ++seed) {
    for (const FieldTruth& truth : Make(specification, seed).truth) {
      const bool is_lost =
          std::count(truth.doubts.begin(), truth.doubts.end(), "lost") > 0;
      lost += is_lost;
      EXPECT_EQ(truth.visible_answer == truth.answer, !is_lost)
          << "seed " << seed << " " << truth.label;
    }
  }
  EXPECT_GT(lost, 10);
}

TEST(GenerateSheet, GrayAndColorShowTheSamePicture) {
  SheetSpecification specification;
  const GeneratedSheet color = Make(specification, 6);
  specification.color = false;
  const GeneratedSheet gray = Make(specification, 6);
  ASSERT_EQ(color.scan.width(), gray.scan.width());
  double difference = 0;
  for (int64_t i = 0; i < gray.scan.size_bytes(); ++i) {
    difference += std::abs(color.scan.data()[i] - gray.scan.data()[i]);
  }
  EXPECT_LT(difference / gray.scan.size_bytes(), 1.5);
}

TEST(TruthJson, SaysWhatTheSheetHolds) {
  const GeneratedSheet sheet = Make({}, 5);
  const std::string json =
      TruthJson(*sheet.form, {RecordOf(sheet, "scan.jpg")});
  google::protobuf::Struct truth;
  ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(json, &truth).ok());
  const auto& first = truth.fields()
                          .at("sheets")
                          .list_value()
                          .values(0)
                          .struct_value()
                          .fields();
  EXPECT_EQ(first.at("file").string_value(), "scan.jpg");
  EXPECT_EQ(first.at("seed").string_value(), "5");
  EXPECT_EQ(first.at("homography").list_value().values_size(), 9);
  const auto& fields = first.at("fields").struct_value().fields();
  ASSERT_EQ(fields.size(), sheet.truth.size());
  for (const FieldTruth& field : sheet.truth) {
    EXPECT_EQ(fields.at(field.label)
                  .struct_value()
                  .fields()
                  .at("answer")
                  .string_value(),
              field.answer);
  }
  int right = 0;
  for (const grade::Question& question : sheet.form->key.questions) {
    for (const FieldTruth& field : sheet.truth) {
      right += field.label == question.field &&
               field.answer == question.accepted[0].answer;
    }
  }
  EXPECT_EQ(first.at("score").number_value(), right);
}

}  // namespace
}  // namespace sightline::generator
