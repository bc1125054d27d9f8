// CSV, JSON, tables and UTF-8.
#include <limits>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "common/text/utf8.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/sightline/text/csv.h"
#include "tools/sightline/text/json_text.h"
#include "tools/sightline/text/json_writer.h"
#include "tools/sightline/text/printable.h"
#include "tools/sightline/text/table.h"

namespace sightline::cli {
namespace {

using ::testing::HasSubstr;

TEST(CsvRecord, QuotesWhatNeedsIt) {
  EXPECT_EQ(CsvRecord({"a", "", "b c"}), "a,,b c\n");
  EXPECT_EQ(
      CsvRecord({"a,b", "say \"x\"", "two\nlines", "cr\r", " pad", "pad "}),
      "\"a,b\",\"say \"\"x\"\"\",\"two\nlines\",\"cr\r\",\" pad\",\"pad "
      "\"\n");
  EXPECT_EQ(CsvRecord({}), "\n");
}

TEST(JsonWriter, WritesMembersInOrder) {
  JsonWriter json;
  json.BeginObject();
  json.Key("b").BeginArray().Number(0.1).Integer(-7).Bool(true).Null();
  json.BeginObject().EndObject().EndArray();
  json.Key("a").String("x");
  json.EndObject();
  EXPECT_EQ(json.text(), R"({"b": [0.1, -7, true, null, {}], "a": "x"})");
}

TEST(JsonWriter, HasNoWordForInfinity) {
  JsonWriter json;
  json.BeginArray()
      .Number(std::numeric_limits<double>::infinity())
      .Number(std::nan(""))
      .EndArray();
  EXPECT_EQ(json.text(), "[null, null]");
}

TEST(JsonString, EscapesAndMendsUtf8) {
  EXPECT_EQ(JsonString("a\"b\\c\nd\x01\x7f"), R"("a\"b\\c\nd\u0001\u007f")");
  EXPECT_EQ(JsonString("\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80"),
            "\"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\"");
  EXPECT_EQ(JsonString("a\xff\xc3"), "\"a\xef\xbf\xbd\xef\xbf\xbd\"");
}

TEST(ShortestNumber, ReadsBackAsTheSame) {
  EXPECT_EQ(ShortestNumber(12.5), "12.5");
  EXPECT_EQ(ShortestNumber(1), "1");
  for (const double value : {1.0 / 3, 1e-300, 123456789.123456789, -0.0}) {
    EXPECT_EQ(std::stod(ShortestNumber(value)), value);
  }
}

TEST(Utf8Length, RefusesWhatIsNoCharacter) {
  EXPECT_EQ(Utf8Length("a"), 1);
  EXPECT_EQ(Utf8Length("\xe2\x82\xac!"), 3);
  for (const char* text : {"", "\x80", "\xc0\x80", "\xe2\x82", "\xed\xa0\x80",
                           "\xf4\x90\x80\x80", "\xff"}) {
    EXPECT_EQ(Utf8Length(text), 0) << JsonString(text);
  }
  EXPECT_EQ(CountCharacters("\xc3\xa4\xff!"), 3);
}

TEST(Printable, DisarmsTerminalSequences) {
  EXPECT_EQ(Printable("a\x1b[31mb\tc\r\nd\x7f"), "a?[31mb c  d?");
  EXPECT_EQ(Printable("\xc2\x9b"
                      "2J\xc3\xa4"),
            "?2J\xc3\xa4");
}

TEST(Table, AlignsAndLeavesOutEmptyColumns) {
  Table table({{"name"}, {"none"}, {"n", true}, {"note"}});
  table.AddRow({{"\xc3\xa4"}, {}, {"1"}, {""}});
  table.AddRow({{"long name"}, {}, {"100"}, {"x"}});
  EXPECT_EQ(table.Render(false),
            "  name         n  note\n"
            "  \xc3\xa4            1\n"
            "  long name  100  x\n");
}

TEST(Table, ColoursOnlyWhereAskedTo) {
  Table table({{"a"}});
  table.AddRow({{"x", Style::kBad}});
  EXPECT_THAT(table.Render(true), HasSubstr("\x1b[31mx\x1b[0m"));
  EXPECT_EQ(table.Render(false), "  a\n  x\n");
  EXPECT_EQ(Table({{"a"}}).Render(true), "");
}

TEST(ParseJson, KeepsPlacesAndContent) {
  const auto json = ParseJson(
      "\xef\xbb\xbf{\n  \"a\": [1, -2.5e3, true],\n"
      "  \"b\": \"\\u00e4\\ud83d\\ude00\\n/\"\n}\n");
  ASSERT_TRUE(json.ok()) << json.status();
  const JsonValue* a = json->Find("a");
  ASSERT_NE(a, nullptr);
  EXPECT_EQ(a->position.line, 2);
  EXPECT_EQ(a->position.column, 8);
  EXPECT_EQ(a->items[1].text, "-2.5e3");
  EXPECT_EQ(json->Find("b")->text, "\xc3\xa4\xf0\x9f\x98\x80\n/");
  EXPECT_EQ(json->members[1].position.line, 3);
  EXPECT_EQ(ToText(*json),
            "{\"a\":[1,-2.5e3,true],\"b\":\"\xc3\xa4\xf0\x9f\x98\x80\\n/\"}");
}

TEST(ParseJson, SaysWhereTheSyntaxIsWrong) {
  const struct {
    const char* text;
    const char* message;
  } kCases[] = {
      {"", "line 1, column 1: a value is missing"},
      {"{\"a\": 1,\n \"a\": 2}", "line 2, column 2: \"a\" stands here twice"},
      {"{\"a\": 1,}", "line 1, column 9: expected a name in quotes"},
      {"[1 2]", "line 1, column 4: expected , or ]"},
      {"[1,\n2", "line 2, column 2: expected , or ]"},
      {"{\"a\" 1}", "expected :"},
      {"{\"a\": \"x\ny\"}", "a string must end in the line it began"},
      {"\"abc", "line 1, column 1: this string has no end"},
      {"\"\\x\"", "unknown escape"},
      {"\"\\ud800\"", "half a surrogate pair"},
      {"\"\\ud800\\u0041\"", "half a surrogate pair"},
      {"\"\\u12g4\"", "\\u needs 4 hex digits"},
      {"\"\xff\"", "not UTF-8"},
      {"01", "must not begin with 0"},
      {"1.", "digits are missing after the point"},
      {"1e", "digits are missing in the exponent"},
      {"nul", "expected a value"},
      {"// hello\n{}", "JSON has no comments"},
      {"{} {}", "line 1, column 4: there is more text"},
  };
  for (const auto& test : kCases) {
    const auto json = ParseJson(test.text);
    EXPECT_EQ(json.status().code(), absl::StatusCode::kInvalidArgument)
        << test.text;
    EXPECT_THAT(std::string(json.status().message()), HasSubstr(test.message))
        << test.text;
    EXPECT_EQ(DetailsOf(json.status())->reason, "JSON_INVALID");
  }
}

TEST(ParseJson, SurvivesDepth) {
  const std::string deep(100000, '[');
  EXPECT_THAT(std::string(ParseJson(deep).status().message()),
              HasSubstr("too many levels"));
}

}  // namespace
}  // namespace sightline::cli
