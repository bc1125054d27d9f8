#include "services/grade/omrchecker/import.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/grade/engine/scoring.h"
#include "services/grade/layout_from_proto.h"
#include "services/grade/omrchecker/column_order.h"
#include "tests/unit/services/grade/omrchecker/findings_text.h"

namespace sightline::grade::omrchecker {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kTemplate[] = R"({"pageDimensions": [600, 800],
  "bubbleDimensions": [20, 20], "preProcessors": [
    {"name": "CropOnMarkers", "options": {"relativePath": "a/ring.jpg"}},
    {"name": "FeatureBasedAlignment", "options": {"reference": "page.png"}}],
  "customLabels": {"n": ["n1..2"]}, "fieldBlocks": {
  "q": {"fieldType": "QTYPE_MCQ4", "origin": [10, 20], "bubblesGap": 30,
        "labelsGap": 30, "fieldLabels": ["q1..4"]},
  "n": {"fieldType": "QTYPE_INT", "origin": [200, 20], "bubblesGap": 30,
        "labelsGap": 30, "fieldLabels": ["n1..2"]}}})";

std::string Evaluation(const std::string& questions,
                       const std::string& answers) {
  return absl::StrCat(R"({"source_type": "custom", "options": {
    "questions_in_order": )",
                      questions, ", \"answers_in_order\": ", answers,
                      R"(}, "marking_schemes": {"DEFAULT":
                        {"correct": 1, "incorrect": 0, "unmarked": 0}}})");
}

Files GoodFiles() {
  Files files;
  files.template_json = kTemplate;
  // The marker is not looked at where a reference says more.
  files.pictures["a/ring.jpg"] = "BM";
  files.pictures["page.png"] = "page";
  return files;
}

Files WithoutPictures() {
  Files files = GoodFiles();
  const size_t begin = files.template_json.find("\"preProcessors\"");
  files.template_json.erase(
      begin, files.template_json.find("\"customLabels\"") - begin);
  return files;
}

// Fits its own layout.
void ExpectKeyFits(const Import& imported) {
  const auto sheet = Sheet::Create(*ToLayout(imported.layout));
  ASSERT_TRUE(sheet.ok()) << sheet.status();
  for (const LayoutProblem& p : CheckKey(ToKey(*imported.key), *sheet)) {
    ADD_FAILURE() << p.field << ": " << p.description;
  }
}

TEST(ImportFiles, NamesThePicturesItNeeds) {
  EXPECT_THAT(PicturesOf(GoodFiles()), ElementsAre("a/ring.jpg", "page.png"));
  EXPECT_THAT(PicturesOf(Files()), IsEmpty());
}

TEST(ImportFiles, FieldsMayHaveAsManyMarksAsTheirAnswers) {
  Files files = WithoutPictures();
  files.evaluation_json =
      Evaluation(R"(["q1..3", "n"])", R"(["A", ["B", "BC"], "D", "47"])");
  const Import imported = ImportFiles(files);
  ASSERT_FALSE(imported.has_errors) << Lines(imported.findings)[0];
  EXPECT_THAT(Lines(imported.findings), IsEmpty());
  ExpectKeyFits(imported);
  ASSERT_EQ(imported.layout.blocks_size(), 4);
  EXPECT_EQ(imported.layout.blocks(1).kind(), v1::FIELD_KIND_MULTIPLE);
  EXPECT_THAT(imported.layout.blocks(1).labels(), ElementsAre("q2"));
  EXPECT_EQ(imported.layout.blocks(3).kind(), v1::FIELD_KIND_INTEGER);
}

TEST(ImportFiles, DigitsOfANumberMayHaveSeveralMarks) {
  Files files = WithoutPictures();
  files.evaluation_json = Evaluation(R"(["n"])", R"(["4789"])");
  const Import imported = ImportFiles(files);
  ASSERT_FALSE(imported.has_errors);
  ExpectKeyFits(imported);
  EXPECT_EQ(imported.layout.blocks(1).kind(), v1::FIELD_KIND_MULTIPLE);
  EXPECT_EQ(imported.layout.blocks(1).values_size(), 10);
}

TEST(ImportFiles, LeavesOutAnswersThatNoMarksGive) {
  Files files = WithoutPictures();
  files.evaluation_json =
      Evaluation(R"(["q1..3"])", R"(["A", ["B", "E"], "X"])");
  const Import imported = ImportFiles(files);
  ASSERT_FALSE(imported.has_errors);
  EXPECT_THAT(Lines(imported.findings),
              ElementsAre(HasSubstr("'q2' can't be answered with 'E'"),
                          HasSubstr("'q3' can't be answered with 'X'"),
                          HasSubstr("'q3' has no other right answer: it is "
                                    "not scored")));
  ExpectKeyFits(imported);
  EXPECT_EQ(imported.key->questions_size(), 2);
  for (const v1::FieldBlock& block : imported.layout.blocks()) {
    EXPECT_NE(block.kind(), v1::FIELD_KIND_MULTIPLE);
  }
}

TEST(ImportFiles, TakesTheKeyFromWhatWasReadOnAPicture) {
  Files files = WithoutPictures();
  files.evaluation_json = R"({"source_type": "csv", "options": {
    "answer_key_csv_path": "k.csv", "answer_key_image_path": "k.png"},
    "marking_schemes": {"DEFAULT":
      {"correct": 2, "incorrect": 0, "unmarked": 0}}})";
  const Import first = ImportFiles(files);
  ASSERT_FALSE(first.has_errors);
  EXPECT_FALSE(first.key.has_value());
  EXPECT_EQ(first.answer_key_picture, "k.png");
  EXPECT_THAT(first.answer_key_questions, IsEmpty());
  files.answer_key_csv =
      AnswerKeyOf({{"q10", "C"}, {"q2", "AB"}, {"q3", ""}, {"n", "47"}}, {});
  EXPECT_EQ(files.answer_key_csv,
            "\"n\",\"47\"\n\"q2\",\"AB\"\n\"q10\",\"C\"\n");
  const Import second = ImportFiles(files);
  ASSERT_FALSE(second.has_errors);
  EXPECT_EQ(second.key->questions_size(), 3);
  EXPECT_EQ(second.key->marks().correct(), 2);
}

TEST(AnswerKeyOf, KeepsCommasAndNamesBlankQuestions) {
  Files files = WithoutPictures();
  files.evaluation_json = R"({"source_type": "csv", "options": {},
    "marking_schemes": {"DEFAULT":
      {"correct": 2, "incorrect": 0, "unmarked": 0}}})";
  files.answer_key_csv =
      AnswerKeyOf({{"q1", "A"}, {"q2", "a,b"}}, {"q1", "q2", "q3"});
  const Import imported = ImportFiles(files);
  EXPECT_THAT(Lines(imported.findings),
              ElementsAre("error answer key line 3: the answer is missing"));
}

TEST(ImportFiles, RefusesFilesThatAreTooLarge) {
  Files files = WithoutPictures();
  files.config_json = std::string(kMaxFileBytes + 1, ' ');
  const Import imported = ImportFiles(files);
  EXPECT_TRUE(imported.has_errors);
  EXPECT_THAT(Lines(imported.findings),
              ElementsAre(HasSubstr("error config.json : has ")));
  files = WithoutPictures();
  std::string many = "[1";
  while (many.size() + 2 < static_cast<size_t>(kMaxFileBytes) - 40) {
    many += ",1";
  }
  files.config_json = absl::StrCat("{\"dimensions\": ", many, "]}");
  EXPECT_THAT(Lines(ImportFiles(files).findings),
              ElementsAre(HasSubstr("too many values")));
}

TEST(ImportFiles, KeepsFindingsFewAndErrorsAmongThem) {
  Files files = WithoutPictures();
  std::string config = "{";
  for (int i = 0; i < 1000; ++i) absl::StrAppend(&config, "\"k", i, "\": 1, ");
  files.config_json = config + "\"outputs\": {}}";
  files.evaluation_json = "{}";
  const Import imported = ImportFiles(files);
  EXPECT_TRUE(imported.has_errors);
  EXPECT_EQ(imported.findings.size(), 200u);
  EXPECT_THAT(Lines(imported.findings, false),
              Contains("error evaluation.json "));
}

TEST(ImportFiles, SaysOfEverythingInTheConfigWhatBecomesOfIt) {
  Files files = WithoutPictures();
  files.config_json = R"({"dimensions": {"display_width": 1},
    "threshold_params": {"MIN_JUMP": 30}, "alignment_params": {},
    "outputs": {"show_image_level": 5, "filter_out_multimarked_files": true,
                "colored": 1}, "pdf": {}})";
  EXPECT_THAT(
      Lines(ImportFiles(files).findings, false),
      ElementsAre("note config.json dimensions",
                  "note config.json threshold_params",
                  "note config.json alignment_params",
                  "note config.json outputs.show_image_level",
                  "note config.json "
                  "outputs.filter_out_multimarked_files",
                  "note config.json outputs.colored", "note config.json pdf"));
}

TEST(ImportFiles, WithoutATemplateThereIsNothing) {
  EXPECT_THAT(Lines(ImportFiles(Files()).findings),
              ElementsAre(HasSubstr("error template.json : is missing")));
}

TEST(ColumnOrder, IsThatOfNumbers) {
  std::vector<std::string> labels = {"q10", "q2", "Roll", "q2_10", "q2_9", "a"};
  SortAsColumns(labels);
  EXPECT_THAT(labels, ElementsAre("Roll", "a", "q2", "q2_10", "q2_9", "q10"));
}

TEST(ColumnOrder, WritesRunsShort) {
  EXPECT_THAT(AsRanges({"q1", "q2", "q3", "x", "q5", "q07", "q08", "5"}),
              ElementsAre("q1..3", "x", "q5", "q07", "q08", "5"));
}

}  // namespace
}  // namespace sightline::grade::omrchecker
