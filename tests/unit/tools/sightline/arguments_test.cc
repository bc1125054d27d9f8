#include "tools/sightline/arguments.h"

#include "common/status/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace sightline::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct Flags {
  std::string name = "none";
  int count = 0;
  std::optional<double> share;
  bool json = false;
  std::optional<bool> enhance;
  absl::Duration wait = absl::Seconds(1);
  int kind = 0;
};

absl::StatusOr<ParsedArguments> Parse(std::vector<std::string> arguments,
                                      Flags& flags) {
  ArgumentParser parser("test", "A test.");
  parser.Add("name", "NAME", "A name.", &flags.name);
  parser.Add("count", "N", "A number.", &flags.count);
  parser.Add("share", "X", "A share.", &flags.share);
  parser.AddSwitch("json", "JSON.", &flags.json);
  parser.AddSwitch("enhance", "Enhance.", &flags.enhance);
  parser.Add("wait", "D", "Time.", &flags.wait);
  parser.AddChoice("kind", {{"small", 1}, {"large", 2}}, "Kind.", &flags.kind);
  return parser.Parse(arguments);
}

TEST(ArgumentParser, ReadsFlagsBetweenPositionalArguments) {
  Flags flags;
  const auto parsed =
      Parse({"a", "--name", "x y", "b", "--count=-3", "--share=0.5", "--json",
             "--noenhance", "--wait=250ms", "--kind=LARGE", "-", "--", "--c"},
            flags);
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_THAT(parsed->positional, ElementsAre("a", "b", "-", "--c"));
  EXPECT_EQ(flags.name, "x y");
  EXPECT_EQ(flags.count, -3);
  EXPECT_EQ(flags.share, 0.5);
  EXPECT_TRUE(flags.json);
  EXPECT_EQ(flags.enhance, false);
  EXPECT_EQ(flags.wait, absl::Milliseconds(250));
  EXPECT_EQ(flags.kind, 2);
}

TEST(ArgumentParser, LeavesDefaultsAlone) {
  Flags flags;
  ASSERT_TRUE(Parse({}, flags).ok());
  EXPECT_EQ(flags.name, "none");
  EXPECT_FALSE(flags.share.has_value());
  EXPECT_FALSE(flags.enhance.has_value());
}

TEST(ArgumentParser, SaysWhatIsWrong) {
  const struct {
    std::vector<std::string> arguments;
    const char* message;
  } kCases[] = {
      {{"--nmae=x"}, "no flag --nmae; --name?"},
      {{"--zzzzzzzz"}, "no flag --zzzzzzzz (--help"},
      {{"-json"}, "no flag -json; --json?"},
      {{"--name"}, "--name needs a value"},
      {{"--count=many"}, "--count expects a whole number, not \"many\""},
      {{"--count=99999999999"}, "--count expects a whole number"},
      {{"--share=nan"}, "--share expects a number"},
      {{"--json=perhaps"}, "--json expects true or false"},
      {{"--wait=-1s"}, "--wait must be longer than nothing"},
      {{"--wait=inf"}, "--wait must be longer than nothing, and finite"},
      {{"--wait=soon"}, "--wait expects a duration"},
      {{"--kind=middle"}, "--kind expects one of small|large"},
      {{"--noname"}, "no flag --noname"},
  };
  for (const auto& test : kCases) {
    Flags flags;
    const auto parsed = Parse(test.arguments, flags);
    EXPECT_EQ(parsed.status().code(), absl::StatusCode::kInvalidArgument)
        << test.arguments[0];
    EXPECT_THAT(std::string(parsed.status().message()),
                HasSubstr(test.message));
    EXPECT_EQ(DetailsOf(parsed.status())->reason, "FLAG_INVALID");
  }
}

TEST(ArgumentParser, HelpComesBeforeAnyComplaint) {
  Flags flags;
  const auto parsed = Parse({"--help", "--nonsense"}, flags);
  ASSERT_TRUE(parsed.ok());
  EXPECT_TRUE(parsed->help);
}

TEST(ArgumentParser, HelpFitsTheTerminal) {
  std::string text;
  ArgumentParser parser("test FILES...",
                        std::string(60, 'a') + " " + std::string(30, 'b'));
  parser.Add("flag", "VALUE",
             "word word word word word word word word word "
             "word word word word word word word word word",
             &text);
  const std::string help = parser.Help();
  EXPECT_THAT(help, HasSubstr("Usage: sightline test FILES..."));
  EXPECT_THAT(help, HasSubstr("  --flag VALUE\n      word"));
  size_t begin = 0;
  for (size_t end = 0; (end = help.find('\n', begin)) != std::string::npos;
       begin = end + 1) {
    EXPECT_LE(end - begin, 80u) << help.substr(begin, end - begin);
  }
}

TEST(NearestWord, FindsTypingErrorsAndNothingElse) {
  const std::vector<std::string> words = {"origin", "labels", "values"};
  EXPECT_EQ(NearestWord("orgin", words), "origin");
  EXPECT_EQ(NearestWord("lables", words), "labels");
  EXPECT_EQ(NearestWord("page", words), "");
  EXPECT_EQ(NearestWord("", words), "");
}

}  // namespace
}  // namespace sightline::cli
