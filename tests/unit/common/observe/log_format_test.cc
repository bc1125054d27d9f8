// What a line of the log looks like.
#include <gmock/gmock.h>
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/observe/log.h"
#include "common/observe/reasons.h"
#include "common/status/error.h"

namespace sightline {
namespace {

using ::google::protobuf::Struct;
using ::testing::HasSubstr;

const absl::Time kTime = absl::FromUnixMillis(1795173267123);
constexpr char kTimestamp[] = "2026-11-20T11:14:27.123Z";

std::string Json(absl::string_view message,
                 std::initializer_list<LogField> fields = {}) {
  return FormatLogLine(LogFormat::kJson, kTime, Severity::kInfo, message,
                       fields);
}

std::string Console(absl::string_view message,
                    std::initializer_list<LogField> fields = {}) {
  return FormatLogLine(LogFormat::kConsole, kTime, Severity::kInfo, message,
                       fields);
}

// Parses with protobuf's JSON parser, which refuses invalid UTF-8, raw control
// characters and duplicate keys.
Struct Parse(const std::string& line) {
  Struct object;
  const auto status =
      google::protobuf::util::JsonStringToMessage(line, &object);
  EXPECT_TRUE(status.ok()) << status << "\n" << line;
  return object;
}

// Collects what Log() writes.
class LogTest : public ::testing::Test {
 protected:
  LogTest() {
    SetLogSink([this](absl::string_view line) {
      lines_.push_back(std::string(line));
    });
  }
  ~LogTest() override {
    SetLogSink(nullptr);
    ConfigureLog(LogFormat::kJson, Severity::kInfo);
  }
  std::vector<std::string> lines_;
};

TEST(FormatLogLine, WritesTypedFieldsAsJson) {
  const std::string owned = "a string";
  EXPECT_EQ(Json("listening", {{"literal", "text"},
                               {"owned", owned},
                               {"port", 50050},
                               {"least", std::numeric_limits<int64_t>::min()},
                               {"most", std::numeric_limits<uint64_t>::max()},
                               {"ratio", 0.1},
                               {"single", 0.5f},
                               {"tls", false}}),
            absl::StrCat("{\"timestamp\":\"", kTimestamp,
                         "\",\"severity\":\"INFO\",\"message\":\"listening\","
                         "\"literal\":\"text\",\"owned\":\"a string\","
                         "\"port\":50050,\"least\":-9223372036854775808,"
                         "\"most\":18446744073709551615,\"ratio\":0.1,"
                         "\"single\":0.5,\"tls\":false}"));
}

TEST(FormatLogLine, WritesTheConsoleForm) {
  EXPECT_EQ(Console("listening",
                    {{"address", "[::]:50050"}, {"port", 1}, {"tls", true}}),
            absl::StrCat(kTimestamp,
                         " INFO listening address=[::]:50050 port=1 tls=true"));
}

TEST(FormatLogLine, QuotesConsoleValuesThatWouldRunTogether) {
  EXPECT_THAT(Console("m", {{"a", "two words"}}), HasSubstr("a=\"two words\""));
  EXPECT_THAT(Console("m", {{"a", ""}}), HasSubstr("a=\"\""));
  EXPECT_THAT(Console("m", {{"a", "b=c"}}), HasSubstr("a=\"b=c\""));
  EXPECT_THAT(Console("m", {{"a", "\"x\""}}), HasSubstr("a=\"\\\"x\\\"\""));
}

TEST(FormatLogLine, KeepsOneLineWhateverTheMessage) {
  for (const std::string& line :
       {Json("a\nb\r\x1b[31m\x7f"), Console("a\nb\r\x1b[31m\x7f")}) {
    EXPECT_THAT(line, HasSubstr("a\\nb\\r\\u001b[31m\\u007f"));
  }
  // U+0085, next line, and U+009B, control sequence introducer.
  EXPECT_THAT(Json("\xC2\x85\xC2\x9B"), HasSubstr("\\u0085\\u009b"));
}

TEST(FormatLogLine, NamesTheSeverities) {
  const std::pair<Severity, const char*> names[] = {
      {Severity::kDebug, "DEBUG"},
      {Severity::kInfo, "INFO"},
      {Severity::kWarning, "WARNING"},
      {Severity::kError, "ERROR"}};
  for (const auto& [severity, name] : names) {
    const Struct object =
        Parse(FormatLogLine(LogFormat::kJson, kTime, severity, "m", {}));
    EXPECT_EQ(object.fields().at("severity").string_value(), name);
  }
}

TEST(FormatLogLine, WritesNumbersJsonLacksAsStrings) {
  const Struct object =
      Parse(Json("m", {{"nan", std::nan("")},
                       {"up", std::numeric_limits<double>::infinity()},
                       {"down", -std::numeric_limits<double>::infinity()}}));
  EXPECT_EQ(object.fields().at("nan").string_value(), "NaN");
  EXPECT_EQ(object.fields().at("up").string_value(), "Infinity");
  EXPECT_EQ(object.fields().at("down").string_value(), "-Infinity");
}

TEST(FormatLogLine, KeepsFieldsApartFromWhatEveryLineHas) {
  const Struct object = Parse(
      Json("real", {{"message", "m"}, {"severity", "s"}, {"timestamp", "t"}}));
  EXPECT_EQ(object.fields().at("message").string_value(), "real");
  EXPECT_EQ(object.fields().at("message_").string_value(), "m");
  EXPECT_EQ(object.fields().at("severity_").string_value(), "s");
  EXPECT_EQ(object.fields().at("timestamp_").string_value(), "t");
}

TEST(FormatLogLine, CutsStringsWithoutCuttingACharacter) {
  std::string text;
  while (text.size() < 100000)
    absl::StrAppend(&text, "x\xC3\xA4\xF0\x9F\x98\x80");
  const Struct object = Parse(Json(text, {{"field", text}, {"after", 1}}));
  for (const char* name : {"message", "field"}) {
    const std::string& kept = object.fields().at(name).string_value();
    EXPECT_GT(kept.size(), 8000u);
    EXPECT_LT(kept.size(), 8300u);
    EXPECT_TRUE(absl::EndsWith(kept, "\xE2\x80\xA6"));
    EXPECT_TRUE(absl::StartsWith(text, kept.substr(0, kept.size() - 3)));
  }
  EXPECT_EQ(object.fields().at("after").number_value(), 1);
}

// Table 3-8 and its neighbours in the Unicode standard, section 3.9.
TEST(FormatLogLine, ReplacesEachMaximalPartThatIsNotUtf8) {
  const std::string r = "\xEF\xBF\xBD";
  const std::pair<std::string, std::string> cases[] = {
      {"\x80", r},
      {"a\xFF"
       "b",
       "a" + r + "b"},
      // Overlong slash.
      {"\xC0\xAF", r + r},
      {"\xE0\x80\xAF", r + r + r},
      // A surrogate.
      {"\xED\xA0\x80", r + r + r},
      // Above U+10FFFF.
      {"\xF4\x90\x80\x80", r + r + r + r},
      // Truncated, at the end and before another character.
      {"\xE2\x82", r},
      {"\xF0\x9F\x98", r},
      {"\xF0\x9F\x98x", r + "x"},
      {"\xE2\x82\xC3\xA4", r + "\xC3\xA4"},
      // The outermost valid ones of each length.
      {"\xC2\xA0\xDF\xBF", "\xC2\xA0\xDF\xBF"},
      {"\xE0\xA0\x80\xED\x9F\xBF\xEE\x80\x80\xEF\xBF\xBF",
       "\xE0\xA0\x80\xED\x9F\xBF\xEE\x80\x80\xEF\xBF\xBF"},
      {"\xF0\x90\x80\x80\xF4\x8F\xBF\xBF", "\xF0\x90\x80\x80\xF4\x8F\xBF\xBF"},
  };
  for (const auto& [text, expected] : cases) {
    EXPECT_THAT(Json(text), HasSubstr("\"message\":\"" + expected + "\""));
  }
}

// Any valid text comes back as it was.
TEST(FormatLogLine, RandomTextReadsBackUnchanged) {
  const unsigned seed = 20261120;
  SCOPED_TRACE(absl::StrCat("seed ", seed));
  std::mt19937 random(seed);
  const auto append = [](std::string& text, uint32_t c) {
    if (c < 0x80) {
      text += static_cast<char>(c);
    } else if (c < 0x800) {
      text += static_cast<char>(0xC0 | c >> 6);
      text += static_cast<char>(0x80 | (c & 0x3F));
    } else if (c < 0x10000) {
      text += static_cast<char>(0xE0 | c >> 12);
      text += static_cast<char>(0x80 | (c >> 6 & 0x3F));
      text += static_cast<char>(0x80 | (c & 0x3F));
    } else {
      text += static_cast<char>(0xF0 | c >> 18);
      text += static_cast<char>(0x80 | (c >> 12 & 0x3F));
      text += static_cast<char>(0x80 | (c >> 6 & 0x3F));
      text += static_cast<char>(0x80 | (c & 0x3F));
    }
  };
  const uint32_t ends[] = {0x100, 0x800, 0x10000, 0x110000};
  for (int i = 0; i < 2000; ++i) {
    std::string texts[3];
    for (std::string& text : texts) {
      const int length = static_cast<int>(random() % 40);
      while (static_cast<int>(text.size()) < length) {
        const uint32_t c = random() % ends[random() % 4];
        if (c < 0xD800 || c > 0xDFFF) append(text, c);
      }
    }
    // The name is prefixed: it must differ from the three of every line.
    const std::string name = absl::StrCat("f", texts[2]);
    const Struct object = Parse(Json(texts[0], {{name, texts[1]}}));
    ASSERT_EQ(object.fields_size(), 4);
    ASSERT_EQ(object.fields().at("message").string_value(), texts[0]);
    ASSERT_EQ(object.fields().at(name).string_value(), texts[1]);
  }
}

// Any bytes give one line that parses; any number reads back exactly.
TEST(FormatLogLine, RandomBytesAndNumbersStayValidJson) {
  const unsigned seed = 20261121;
  SCOPED_TRACE(absl::StrCat("seed ", seed));
  std::mt19937_64 random(seed);
  for (int i = 0; i < 4000; ++i) {
    std::string bytes(random() % 60, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random());
    const uint64_t bits = random();
    double number;
    std::memcpy(&number, &bits, sizeof(number));
    if (!std::isfinite(number)) number = 0;
    const std::string line =
        Json(bytes, {{bytes + "!", bytes}, {"number", number}});
    for (const char c : line) ASSERT_GE(static_cast<unsigned char>(c), 0x20);
    const Struct object = Parse(line);
    ASSERT_EQ(object.fields_size(), 5) << line;
    ASSERT_EQ(object.fields().at("number").number_value(), number) << line;
    const std::string console = Console(bytes, {{"f", bytes}});
    for (const char c : console) ASSERT_GE(static_cast<unsigned char>(c), 0x20);
  }
}

TEST_F(LogTest, WritesFromTheMinimumOn) {
  ConfigureLog(LogFormat::kConsole, Severity::kWarning);
  Log(Severity::kInfo, "not this");
  Log(Severity::kWarning, "this", {{"n", 1}});
  Log(Severity::kError, "and this");
  ASSERT_EQ(lines_.size(), 2u);
  EXPECT_TRUE(absl::EndsWith(lines_[0], " WARNING this n=1"));
  EXPECT_TRUE(absl::EndsWith(lines_[1], " ERROR and this"));
}

TEST_F(LogTest, StampsWithTheTimeOfTheCall) {
  const absl::Time before = absl::Now();
  Log(Severity::kInfo, "now");
  ASSERT_EQ(lines_.size(), 1u);
  absl::Time stamp;
  std::string error;
  ASSERT_TRUE(absl::ParseTime(
      absl::RFC3339_full,
      Parse(lines_[0]).fields().at("timestamp").string_value(), &stamp, &error))
      << error;
  EXPECT_GE(stamp, before - absl::Milliseconds(1));
  EXPECT_LE(stamp, absl::Now());
}

TEST(ParseLogOptions, KnowsTheChoicesAndListsThem) {
  EXPECT_EQ(*ParseLogFormat("json"), LogFormat::kJson);
  EXPECT_EQ(*ParseLogFormat("console"), LogFormat::kConsole);
  EXPECT_EQ(*ParseSeverity("debug"), Severity::kDebug);
  EXPECT_EQ(*ParseSeverity("info"), Severity::kInfo);
  EXPECT_EQ(*ParseSeverity("warning"), Severity::kWarning);
  EXPECT_EQ(*ParseSeverity("error"), Severity::kError);
  for (const absl::Status& status :
       {ParseLogFormat("xml").status(), ParseSeverity("").status()}) {
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(DetailsOf(status)->reason, kReasonLogOptionInvalid);
  }
  EXPECT_THAT(std::string(ParseLogFormat("xml").status().message()),
              HasSubstr("json or console"));
}

}  // namespace
}  // namespace sightline
