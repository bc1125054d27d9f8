#include "services/grade/omrchecker/template_file.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/grade/layout_from_proto.h"
#include "tests/unit/services/grade/omrchecker/findings_text.h"

namespace sightline::grade::omrchecker {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// A BMP of 34 x 17 pixels, as far as its header goes.
std::string MarkerPicture() {
  std::string bmp(54 + 17 * 36 * 3, '\0');
  bmp.replace(0, 2, "BM");
  const auto put = [&](size_t at, uint32_t value) {
    for (int i = 0; i < 4; ++i) bmp[at + i] = static_cast<char>(value >> 8 * i);
  };
  put(2, static_cast<uint32_t>(bmp.size()));
  put(10, 54);
  put(14, 40);
  put(18, 34);
  put(22, 17);
  bmp[26] = 1;
  bmp[28] = 24;
  return bmp;
}

struct Result {
  TemplateContent content;
  std::vector<Finding> findings;
};

Result Read(const std::string& json,
            const std::set<std::string>& multiple = {}) {
  Findings findings;
  const Pictures pictures = {{"ring.bmp", MarkerPicture()},
                             {"omr_marker.jpg", MarkerPicture()},
                             {"page.png", "a picture"}};
  Result result;
  result.content = ReadTemplate(json, pictures, multiple, findings);
  result.findings = findings.Take();
  return result;
}

// A template with these blocks, and `more` members.
std::string Template(const std::string& blocks, const std::string& more = "") {
  return absl::StrCat(R"({"pageDimensions": [600, 800],
    "bubbleDimensions": [20, 10], "preProcessors": [], "fieldBlocks": {)",
                      blocks, "}", more, "}");
}

// Every bubble as "label=value@x,y", of a layout that can be used.
std::vector<std::string> Bubbles(const Result& result) {
  std::vector<std::string> bubbles;
  const auto layout = ToLayout(result.content.layout);
  EXPECT_TRUE(layout.ok()) << layout.status();
  const auto sheet = Sheet::Create(*layout);
  EXPECT_TRUE(sheet.ok()) << sheet.status();
  if (!sheet.ok()) return bubbles;
  for (const Field& field : sheet->fields()) {
    for (const Bubble& bubble : field.bubbles) {
      bubbles.push_back(absl::StrCat(field.label, "=", bubble.value, "@",
                                     bubble.center.x, ",", bubble.center.y));
    }
  }
  return bubbles;
}

TEST(Template, PlacesTheCentresOfBoxesGivenByTheirCorner) {
  const Result result = Read(Template(R"("Mcq": {"fieldType": "QTYPE_MCQ4",
    "origin": [100, 200], "bubblesGap": 30, "labelsGap": 40.5,
    "fieldLabels": ["q1..2"]})"));
  EXPECT_THAT(Lines(result.findings), IsEmpty());
  EXPECT_THAT(Bubbles(result),
              ElementsAre("q1=A@110,205", "q1=B@140,205", "q1=C@170,205",
                          "q1=D@200,205", "q2=A@110,245.5", "q2=B@140,245.5",
                          "q2=C@170,245.5", "q2=D@200,245.5"));
}

TEST(Template, RunsIntegersDownwards) {
  const Result result = Read(Template(R"("Roll": {"fieldType": "QTYPE_INT",
    "origin": [10, 20], "bubblesGap": 12, "labelsGap": 25,
    "fieldLabels": ["roll1", "roll2"]})"));
  const std::vector<std::string> bubbles = Bubbles(result);
  ASSERT_EQ(bubbles.size(), 20u);
  EXPECT_EQ(bubbles[0], "roll1=0@20,25");
  EXPECT_EQ(bubbles[9], "roll1=9@20,133");
  EXPECT_EQ(bubbles[10], "roll2=0@45,25");
  EXPECT_EQ(result.content.layout.blocks(0).kind(), v1::FIELD_KIND_INTEGER);
}

struct TypeCase {
  std::string type;
  std::string values;
  bool vertical;
};

TEST(Template, KnowsTheFieldTypes) {
  const TypeCase cases[] = {
      {"QTYPE_INT", "0123456789", true},
      {"QTYPE_INT_FROM_1", "1234567890", true},
      {"QTYPE_MCQ4", "ABCD", false},
      {"QTYPE_MCQ5", "ABCDE", false},
      {"QTYPE_MCQ4_RTL", "DCBA", false},
      {"QTYPE_MCQ5_RTL", "EDCBA", false},
      {"OWN", "XY", true},
  };
  for (const TypeCase& c : cases) {
    const Result result =
        Read(Template(absl::StrCat(R"("b": {"fieldType": ")", c.type,
                                   R"(", "origin": [0, 0], "bubblesGap": 25,
                   "labelsGap": 25, "fieldLabels": ["x"]})"),
                      R"(, "customBubbleFieldTypes": {"OWN":
                 {"bubbleValues": ["X", "Y"], "direction": "vertical"}})"));
    EXPECT_THAT(Lines(result.findings), IsEmpty()) << c.type;
    std::string values;
    const auto layout = ToLayout(result.content.layout);
    const auto sheet = Sheet::Create(*layout);
    ASSERT_TRUE(sheet.ok()) << c.type << sheet.status();
    for (const Bubble& bubble : sheet->fields()[0].bubbles) {
      values += bubble.value;
    }
    EXPECT_EQ(values, c.values);
    const Bubble& second = sheet->fields()[0].bubbles[1];
    EXPECT_EQ(second.center.y > second.center.x, c.vertical) << c.type;
  }
}

TEST(Template, ABlockMaySayItsOwnValuesAndDirection) {
  const Result result = Read(Template(R"("a": {"bubbleValues": ["E", "H"],
    "direction": "vertical", "origin": [0, 0], "bubblesGap": 30,
    "labelsGap": 0, "fieldLabels": ["Medium"]},
    "b": {"fieldType": "QTYPE_MCQ4", "bubbleValues": ["yes", "no"],
    "origin": [100, 0], "bubblesGap": 30, "labelsGap": 0,
    "fieldLabels": ["y"], "bubbleDimensions": [8, 6], "emptyValue": "-"})",
                                      R"(, "emptyValue": "none")"));
  EXPECT_THAT(Lines(result.findings), IsEmpty());
  EXPECT_THAT(Bubbles(result), ElementsAre("Medium=E@10,5", "Medium=H@10,35",
                                           "y=yes@104,3", "y=no@134,3"));
  EXPECT_EQ(result.content.layout.blocks(0).empty_value(), "none");
  EXPECT_EQ(result.content.layout.blocks(1).empty_value(), "-");
  EXPECT_EQ(result.content.layout.blocks(1).bubble().width(), 8);
}

TEST(Template, PlacesFieldsOfUnevenGapsOneByOne) {
  const Result result = Read(Template(R"("b": {"fieldType": "QTYPE_MCQ4",
    "origin": [0, 0], "bubblesGap": 30, "labelsGap": [20, 50],
    "fieldLabels": ["q1..3"]})"));
  EXPECT_THAT(Lines(result.findings), IsEmpty());
  EXPECT_EQ(result.content.layout.blocks_size(), 0);
  const std::vector<std::string> bubbles = Bubbles(result);
  EXPECT_THAT(bubbles, Contains("q2=A@10,25"));
  EXPECT_THAT(bubbles, Contains("q3=B@40,75"));
}

TEST(Template, ShrinksBoxesThatWouldOverlap) {
  const Result result = Read(Template(R"("b": {"fieldType": "QTYPE_MCQ4",
    "origin": [0, 0], "bubblesGap": 15, "labelsGap": 40,
    "fieldLabels": ["q1..3"]})"));
  EXPECT_THAT(Lines(result.findings),
              ElementsAre(HasSubstr("they are taken as 15 x 10")));
  // The centre stays where the box has it.
  EXPECT_THAT(Bubbles(result), Contains("q1=A@10,5"));
}

TEST(Template, KeepsFieldsOfSeveralMarksApart) {
  const Result result = Read(Template(R"("b": {"fieldType": "QTYPE_MCQ4",
    "origin": [0, 0], "bubblesGap": 30, "labelsGap": 20,
    "fieldLabels": ["q1..5"]})"),
                             {"q3"});
  const v1::SheetLayout& layout = result.content.layout;
  ASSERT_EQ(layout.blocks_size(), 3);
  EXPECT_THAT(layout.blocks(0).labels(), ElementsAre("q1..2"));
  EXPECT_THAT(layout.blocks(1).labels(), ElementsAre("q3"));
  EXPECT_THAT(layout.blocks(2).labels(), ElementsAre("q4..5"));
  EXPECT_EQ(layout.blocks(1).kind(), v1::FIELD_KIND_MULTIPLE);
  EXPECT_EQ(layout.blocks(2).kind(), v1::FIELD_KIND_UNSPECIFIED);
  EXPECT_THAT(Bubbles(result), Contains("q4=A@10,65"));
}

constexpr char kRoll[] = R"("Roll": {"fieldType": "QTYPE_INT",
    "origin": [10, 20], "bubblesGap": 12, "labelsGap": 25,
    "fieldLabels": ["roll1..3"]}, "q": {"fieldType": "QTYPE_MCQ4",
    "origin": [200, 20], "bubblesGap": 25, "labelsGap": 12,
    "fieldLabels": ["q10", "q9", "q1...2"]})";

TEST(Template, JoinsCustomLabelsAndSortsTheColumns) {
  const Result result = Read(
      Template(kRoll, R"(, "customLabels": {"Roll": ["roll1..3"], "q9": ["q9"],
                         "Both": ["q1", "q2"], "None": []})"));
  EXPECT_THAT(Lines(result.findings),
              ElementsAre(HasSubstr("note template.json customLabels.None")));
  const v1::SheetLayout& layout = result.content.layout;
  ASSERT_EQ(layout.combined_size(), 2);
  EXPECT_EQ(layout.combined(0).label(), "Roll");
  EXPECT_THAT(layout.combined(0).fields(), ElementsAre("roll1..3"));
  EXPECT_THAT(layout.columns(), ElementsAre("Both", "Roll", "q9..10"));
}

TEST(Template, HonoursTheOrderOfColumns) {
  const Result result =
      Read(Template(kRoll, R"(, "outputColumns": ["q9", "q1..2", "roll1"])"));
  EXPECT_THAT(Lines(result.findings), IsEmpty());
  EXPECT_THAT(result.content.layout.columns(),
              ElementsAre("q9", "q1..2", "roll1"));
}

TEST(Template, PutsMarkersAtTheCornersOfItsPage) {
  const Result result = Read(absl::StrReplaceAll(
      Template(kRoll), {{"\"preProcessors\": []", R"("preProcessors": [
        {"name": "CropPage", "options": {"morphKernel": [10, 10]}},
        {"name": "CropOnMarkers", "options": {"relativePath": "ring.bmp",
         "sheetToMarkerWidthRatio": 20, "min_matching_threshold": 0.3}}])"}}));
  EXPECT_THAT(Lines(result.findings, false),
              ElementsAre("note template.json "
                          "preProcessors[0].options.morphKernel",
                          "note template.json "
                          "preProcessors[1].options.min_matching_threshold",
                          "note template.json preProcessors[1]"));
  EXPECT_EQ(result.content.page_source, PageSource::kMarkers);
  const v1::SheetLayout& layout = result.content.layout;
  // 30 wide, as the ratio says, and room for them on every side.
  ASSERT_EQ(layout.markers_size(), 4);
  EXPECT_EQ(layout.markers(3).size().width(), 30);
  EXPECT_EQ(layout.markers(3).size().height(), 15);
  EXPECT_EQ(layout.page().width(), 660);
  EXPECT_EQ(layout.markers(3).center().x(), 630);
  EXPECT_EQ(layout.markers(3).center().y(), 830);
  EXPECT_THAT(Bubbles(result), Contains("roll1=0@50,55"));
}

struct PageCase {
  std::string processors;
  PageSource source;
};

TEST(Template, FindsThePageAsTheLastCroppingSays) {
  const PageCase cases[] = {
      {"[]", PageSource::kScan},
      {R"([{"name": "GaussianBlur", "options": {"kSize": [3, 3]}},
           {"name": "MedianBlur", "options": {"kSize": 5}},
           {"name": "Levels", "options": {"low": 0.1}}])",
       PageSource::kScan},
      {R"([{"name": "CropPage"}])", PageSource::kOutline},
      {R"([{"name": "CropOnMarkers", "options": {}}])", PageSource::kMarkers},
      {R"([{"name": "CropOnMarkers", "options": {"type": "FOUR_MARKERS",
            "referenceImage": "ring.bmp", "markerDimensions": [40, 40]}}])",
       PageSource::kMarkers},
      {R"([{"name": "CropOnMarkers", "options": {"type": "ONE_LINE_TWO_DOTS"}}])",
       PageSource::kOutline},
      {R"([{"name": "FeatureBasedAlignment",
            "options": {"reference": "page.png", "maxFeatures": 1000}},
           {"name": "CropPage", "options": {}}])",
       PageSource::kReference},
      {R"([{"name": "CropOnLogo", "options": {"relativePath": "ring.bmp"}}])",
       PageSource::kOutline},
      {R"([{"name": "Sharpen", "options": {}}])", PageSource::kScan},
  };
  for (const PageCase& c : cases) {
    const Result result = Read(absl::StrReplaceAll(
        Template(kRoll),
        {{"\"preProcessors\": []",
          absl::StrCat("\"preProcessors\": ", c.processors)}}));
    EXPECT_EQ(result.content.page_source, c.source) << c.processors;
    for (const Finding& finding : result.findings) {
      EXPECT_FALSE(finding.is_error) << finding.text;
    }
    EXPECT_EQ(result.content.layout.reference().encoded(),
              c.source == PageSource::kReference ? "a picture" : "");
    Bubbles(result);  // Can be used.
  }
}

TEST(Template, NamesEveryPlaceThatIsWrong) {
  const struct {
    std::string json;
    std::string error;
  } cases[] = {
      {"[", "error template.json : line 1, column 2"},
      {"[]", "error template.json : is a list, must be an object"},
      {"{}", "\"pageDimensions\" is missing"},
      {R"({"pageDimensions": [600]})",
       "pageDimensions: must be a list of two numbers"},
      {R"({"pageDimensions": [0, 5]})", "pageDimensions[0]: is 0"},
      {R"({"pageDimensions": [1e999, 5]})", "pageDimensions[0]: is 1e999"},
      {R"({"pageDimensions": [600, 800]})", "\"bubbleDimensions\" is missing"},
      {R"({"pageDimensions": [600, 800], "bubbleDimensions": [9, 9]})",
       "\"fieldBlocks\" is missing"},
      {Template(R"("b": 3)"), "fieldBlocks.b: is a number"},
      {Template(R"("b": {"fieldType": "QTYPE_MCQ4"})"),
       "fieldBlocks.b: \"fieldLabels\" is missing"},
      {Template(R"("b": {"fieldType": "QTYPE_MCQ9", "fieldLabels": ["q"],
                   "origin": [1, 1], "bubblesGap": 30})"),
       "fieldBlocks.b.fieldType: 'QTYPE_MCQ9' is not a known type"},
      {Template(R"("b": {"bubbleValues": ["A"], "direction": "up",
                   "fieldLabels": ["q"], "origin": [1, 1]})"),
       "fieldBlocks.b.direction: is 'up'"},
      {Template(R"("b": {"fieldType": "QTYPE_MCQ4", "fieldLabels": ["q5..2"],
                   "origin": [1, 1], "bubblesGap": 30})"),
       "fieldBlocks.b.fieldLabels[0]: 'q5..2' can't be read"},
      {Template(R"("b": {"fieldType": "QTYPE_MCQ4",
                   "fieldLabels": ["q1..999999999"], "origin": [1, 1],
                   "bubblesGap": 30})"),
       "fieldBlocks.b.fieldLabels[0]: more than 5000 labels"},
      {Template(R"("b": {"fieldType": "QTYPE_MCQ4", "fieldLabels": ["q1..3"],
                   "origin": [1, 1], "bubblesGap": 30, "labelsGap": [20]})"),
       "has 1 distances, 3 labels need 2"},
      {Template(R"("b": {"fieldType": "QTYPE_MCQ4", "fieldLabels": ["q1..3"],
                   "origin": [1, 1], "bubblesGap": 30, "labelsGap": 0})"),
       "fieldBlocks.b.labelsGap: \"labelsGap\""},
      {Template(R"("b": {"fieldType": "QTYPE_MCQ4", "fieldLabels": ["q"],
                   "origin": [-1, 1], "bubblesGap": 30})"),
       "fieldBlocks.b.origin[0]: is -1"},
      {Template(kRoll, R"(, "customLabels": {"x": ["nobody"]})"),
       "customLabels.x: there is no field 'nobody'"},
      {Template(kRoll, R"(, "outputColumns": ["nobody"])"),
       "outputColumns: there is no field 'nobody'"},
      {absl::StrReplaceAll(Template(kRoll), {{"q9", "roll1"}}),
       "the label 'roll1' is used twice"},
      {absl::StrReplaceAll(Template(kRoll), {{"\"preProcessors\": []",
                                              R"("preProcessors": [{"name":
             "CropOnMarkers", "options": {"relativePath": "gone.jpg"}}])"}}),
       "preProcessors[0]: the picture 'gone.jpg' is missing"},
      {absl::StrReplaceAll(Template(kRoll), {{"\"preProcessors\": []",
                                              R"("preProcessors": [{"name":
             "CropOnMarkers", "options": {"relativePath": "page.png"}}])"}}),
       "preProcessors[0]: the picture 'page.png': "},
  };
  for (const auto& c : cases) {
    const Result result = Read(c.json);
    EXPECT_THAT(Lines(result.findings), Contains(HasSubstr(c.error))) << c.json;
    EXPECT_THAT(Lines(result.findings), Contains(HasSubstr("error ")));
  }
}

TEST(Template, SaysWhatItDoesNotKnow) {
  const Result result = Read(Template(
      R"("t": {"fieldDetectionType": "OCR", "fieldLabels": ["name"]},
         "b": {"fieldType": "QTYPE_MCQ4", "fieldLabels": ["q"],
               "origin": [1, 1], "bubblesGap": 30, "labelsGap": 0,
               "alignment": {}})",
      R"(, "sortFiles": true)"));
  EXPECT_THAT(Lines(result.findings, false),
              ElementsAre("note template.json sortFiles",
                          "note template.json "
                          "fieldBlocks.t.fieldDetectionType",
                          "note template.json fieldBlocks.b.alignment"));
  EXPECT_EQ(result.findings[0].position.line, 5);
}

TEST(Template, FieldsInBlocksBelowTheLimitAreBounded) {
  std::string blocks;
  for (int i = 0; i < 30; ++i) {
    absl::StrAppend(&blocks, i == 0 ? "" : ", ", "\"b", i,
                    R"(": {"fieldType": "QTYPE_INT", "origin": [0, 0],
                      "bubblesGap": 30, "labelsGap": 30, "fieldLabels": ["x)",
                    i, "_1..100\"]}");
  }
  EXPECT_THAT(Lines(Read(Template(blocks)).findings),
              Contains(HasSubstr("more than 20000 bubbles")));
}

}  // namespace
}  // namespace sightline::grade::omrchecker
