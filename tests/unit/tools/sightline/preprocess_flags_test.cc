// What `sightline preprocess` makes of its flags, operations and regions.
#include "tools/sightline/preprocess_flags.h"

#include <string>
#include <vector>

#include "common/status/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/files/temporary_folder.h"
#include "tools/sightline/input/operation_text.h"
#include "tools/sightline/input/region_list.h"

namespace sightline::cli {
namespace {

using preprocess::v1::Operation;
using preprocess::v1::PreprocessOptions;
using ::testing::HasSubstr;

std::string ReasonOf(const absl::Status& status) {
  const auto details = DetailsOf(status);
  return details.has_value() ? details->reason : "";
}

TEST(ParseOperation, SetsParametersOfEveryKind) {
  const struct {
    const char* text;
    const char* expected;
  } kCases[] = {
      {"otsu", "otsu { }"},
      {"clahe:clip_limit=2.5,tiles_x=4",
       "clahe { clip_limit: 2.5 tiles_x: 4 }"},
      {"morphology:operation=open,shape=CROSS,width=5",
       "morphology { operation: MORPHOLOGY_OPERATION_OPEN shape: "
       "ELEMENT_SHAPE_CROSS width: 5 }"},
      {"local_threshold:method=wolf,k=0.5,inverted=true",
       "local_threshold { method: LOCAL_THRESHOLD_METHOD_WOLF k: 0.5 inverted: "
       "true }"},
      {"remove_specks:despeckle.contrast=80,despeckle.only_extremes=false",
       "remove_specks { despeckle { contrast: 80 only_extremes: false } }"},
      {"resample:target_dots_per_inch=300",
       "resample { target_dots_per_inch: 300 }"},
      {"rotate:degrees=-2.5", "rotate { degrees: -2.5 }"},
      {" invert ", "invert { }"},
  };
  for (const auto& test : kCases) {
    const absl::StatusOr<Operation> operation = ParseOperation(test.text);
    ASSERT_TRUE(operation.ok()) << test.text << ": " << operation.status();
    EXPECT_EQ(operation->ShortDebugString(), test.expected);
  }
}

TEST(ParseOperation, SaysWhatIsWrong) {
  const struct {
    const char* text;
    const char* message;
  } kCases[] = {
      {"clahee", "there is no operation \"clahee\"; \"clahe\"?"},
      {"", "there is no operation \"\"; there are clahe, gaussian"},
      {"clahe:clip=2", "there is no parameter \"clip\""},
      {"clahe:tiles_y=4,tile_x=2", "\"tiles_x\"?"},
      {"clahe:", "has no value"},
      {"clahe:tiles_x=2.5", "tiles_x expects a whole number, not \"2.5\""},
      {"clahe:clip_limit=nan", "clip_limit expects a number"},
      {"clahe:clip_limit=", "clip_limit expects a number"},
      {"otsu:inverted=maybe", "expects true or false"},
      {"morphology:shape=star", "expects one of rectangle, cross, ellipse"},
      {"clahe:tiles_x=2,tiles_x=3", "\"tiles_x\" is given twice"},
      {"resample:factor=2,target_dots_per_inch=300",
       "\"target_dots_per_inch\" does not go with \"factor\""},
      {"remove_specks:despeckle=1", "write despeckle.contrast=..."},
      {"clahe:tiles_x.y=1", "has no parameters of its own"},
      {"invert:x=1", "there is no parameter \"x\"; it has none"},
  };
  for (const auto& test : kCases) {
    const absl::Status status = ParseOperation(test.text).status();
    EXPECT_EQ(ReasonOf(status), "FLAG_INVALID") << test.text;
    EXPECT_THAT(std::string(status.message()), HasSubstr(test.message));
  }
}

TEST(PreprocessFlags, OperationsKeepTheirOrder) {
  PreprocessFlags flags;
  const ArgumentParser parser = MakePreprocessParser(flags);
  const std::vector<std::string> arguments = {
      "a.png", "--operation", "flatten", "--operation=otsu", "--dpi", "200"};
  ASSERT_TRUE(parser.Parse(arguments).ok());
  ASSERT_TRUE(CheckPreprocessFlags(flags).ok());
  const absl::StatusOr<PreprocessOptions> options =
      MakePreprocessOptions(flags);
  ASSERT_TRUE(options.ok()) << options.status();
  EXPECT_EQ(options->operations().ShortDebugString(),
            "operations { flatten { } } operations { otsu { } }");
  EXPECT_EQ(options->dots_per_inch(), 200);
  // Nothing is written: what is sent back may be small.
  EXPECT_EQ(options->output().format(), preprocess::v1::PAGE_FORMAT_JPEG);
}

TEST(PreprocessFlags, TakesOperationsFromAFileWithThePlaceOfMistakes) {
  TemporaryFolder folder;
  PreprocessFlags flags;
  flags.out = folder.path();
  flags.operations_file = folder.Write("list.json", R"({"operations": [
    {"clahe": {"clip_limit": 2}},
    {"morphology": {"shape": "ELEMENT_SHAPE_CROSS"}}]})");
  absl::StatusOr<PreprocessOptions> options = MakePreprocessOptions(flags);
  ASSERT_TRUE(options.ok()) << options.status();
  EXPECT_EQ(options->operations().operations(0).clahe().clip_limit(), 2);
  EXPECT_EQ(options->operations().operations(1).morphology().shape(),
            preprocess::v1::ELEMENT_SHAPE_CROSS);
  EXPECT_EQ(options->output().format(), preprocess::v1::PAGE_FORMAT_PNG);

  const struct {
    const char* text;
    const char* message;
  } kCases[] = {
      {"{\"operations\": [\n  {\"clahe\": {\"clip\": 2}}]}",
       "list.json:2:14: operations[0].clahe: there is no field \"clip\""},
      {"{\"operations\": [{\"clahe\": {\"tiles_x\": 2.5}}]}",
       "list.json:1:39: operations[0].clahe.tiles_x: expects a whole number"},
      {"{\"operations\": [\n{\"otsu\": {}},\n]}",
       "list.json: line 3, column 1"},
      {"{\"operations\": [{\"otsu\": {},\n \"invert\": {}}]}",
       "list.json:2:2: operations[0]: \"invert\" does not go with \"otsu\""},
      {"{\"operation\": []}", "list.json:1:2: there is no field \"operation\""},
  };
  for (const auto& test : kCases) {
    folder.Write("list.json", test.text);
    const absl::Status status = MakePreprocessOptions(flags).status();
    EXPECT_EQ(ReasonOf(status), "FILE_INVALID") << test.text;
    EXPECT_THAT(std::string(status.message()), HasSubstr(test.message));
  }
  // Nothing in it: gray, and that is all. Not the preset.
  folder.Write("list.json", "{}");
  options = MakePreprocessOptions(flags);
  ASSERT_TRUE(options.ok());
  EXPECT_TRUE(options->has_operations());
}

TEST(PreprocessFlags, RefusesWhatDoesNotGoTogether) {
  const std::vector<std::vector<std::string>> kCases = {
      {"--preset=auto", "--operation=otsu"},
      {"--operations=x.json", "--operation=otsu"},
      {"--assess", "--capabilities"},
      {"--assess", "--out=x"},
      {"--assess", "--preset=drawing"},
      {"--before_after"},
      {"--overwrite"},
      {"--out=x", "--overwrite", "--skip_existing"},
      {"--out=x", "--regions=y.csv", "--before_after"},
      {"--dpi=9"},
      {"--dpi=10001"},
      {"--quality=80"},
      {"--quality=101", "--output=jpeg"},
      {"--in_flight=0"},
  };
  for (const auto& arguments : kCases) {
    PreprocessFlags flags;
    ASSERT_TRUE(MakePreprocessParser(flags).Parse(arguments).ok())
        << arguments[0];
    EXPECT_EQ(ReasonOf(CheckPreprocessFlags(flags)), "FLAG_INVALID")
        << testing::PrintToString(arguments);
  }
}

TEST(PreprocessFlags, AsksThePortOfItsService) {
  PreprocessFlags flags;
  EXPECT_THAT(MakePreprocessParser(flags).Help(),
              HasSubstr("Default localhost:50053"));
}

TEST(ReadRegions, ReadsTablesAndJson) {
  TemporaryFolder folder;
  const std::string table = folder.Write(
      "boxes.csv",
      "x,y,width,height\r\n10,20,300,40\n\n# a note\n 0, 0 ,1,2\n");
  const std::string json = folder.Write("boxes.json", R"({"regions": [
      {"x": 10, "y": 20, "width": 300, "height": 40},
      {"width": 1, "height": 2}]})");
  for (const std::string& path : {table, json}) {
    const auto regions = ReadRegions(path);
    ASSERT_TRUE(regions.ok()) << regions.status();
    ASSERT_EQ(regions->size(), 2);
    EXPECT_EQ((*regions)[0].ShortDebugString(),
              "x: 10 y: 20 width: 300 height: 40");
    EXPECT_EQ((*regions)[1].ShortDebugString(), "width: 1 height: 2");
  }
}

TEST(ReadRegions, NamesLineAndColumnOfMistakes) {
  const struct {
    const char* text;
    const char* message;
  } kCases[] = {
      {"1,2,3,4\n1,2,3\n", "t.csv:2:6: a region is x,y,width,height"},
      {"1,2,3,4,5\n", "t.csv:1:9: a region is"},
      {"1,2,x,4\n", "t.csv:1:5: expects a whole number, not \"x\""},
      {"1,2,3.5,4\n", "not \"3.5\""},
      {"1,2,99999999999,4\n", "expects a whole number"},
      {"x,y,width,height\nx,y,width,height\n", "t.csv:2:1"},
  };
  for (const auto& test : kCases) {
    const absl::Status status = ParseRegionTable(test.text, "t.csv").status();
    EXPECT_EQ(ReasonOf(status), "FILE_INVALID") << test.text;
    EXPECT_THAT(std::string(status.message()), HasSubstr(test.message));
  }
  TemporaryFolder folder;
  EXPECT_EQ(ReasonOf(ReadRegions(folder.Write("a.csv", "# none\n")).status()),
            "FILE_INVALID");
  EXPECT_EQ(ReasonOf(ReadRegions(folder.Write("a.json", "{}")).status()),
            "FILE_INVALID");
  EXPECT_EQ(ReasonOf(ReadRegions(folder.Write("a.json",
                                              "{\"regions\": [{\"x\": 1}], "
                                              "\"with_reports\": true}"))
                         .status()),
            "FILE_INVALID");
  EXPECT_EQ(ReasonOf(ReadRegions(folder.path() + "/none.csv").status()),
            "FILE_NOT_FOUND");
}

}  // namespace
}  // namespace sightline::cli
