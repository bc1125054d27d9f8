// `sightline grade` against a server of made-up answers.
#include <filesystem>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/service/tools/sightline/fake_services.h"
#include "tools/sightline/text/json_text.h"

namespace sightline::cli {
namespace {

using grade::v1::GradeSheetsResponse;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using Next = GradeConveyor::Next;

constexpr char kLayout[] = R"({
  "page": {"width": 1000, "height": 1400},
  "bubble": {"width": 20, "height": 20},
  "blocks": [{"name": "answers", "labels": ["q1..2", "roll1..2"],
              "values": ["A", "B"], "origin": {"x": 100, "y": 100},
              "value_gap": 40, "field_gap": 40}],
  "combined": [{"label": "roll", "fields": ["roll1..2"]}]
})";

// A sheet on which q1 is read as `answer`, and q2 is blank.
void FillSheet(const std::string& answer, GradeSheetsResponse* response) {
  auto& sheet = *response->mutable_result();
  const auto add = [&sheet](const char* label, const std::string& value,
                            double confidence) {
    auto& field = *sheet.add_fields();
    field.set_label(label);
    field.set_answer(value);
    field.set_confidence(confidence);
    return &field;
  };
  add("q1", answer, 0.99);
  add("q2", "", 0.5)->add_flags(grade::v1::FLAG_BLANK);
  add("roll1", "4", 1);
  add("roll2", "7", 1);
  auto& roll = *sheet.add_combined();
  roll.set_label("roll");
  roll.set_answer("47");
  roll.set_confidence(1);
  sheet.add_review("q2");
  sheet.mutable_alignment()->set_method(align::v1::ALIGN_METHOD_ORB);
  sheet.mutable_alignment()->set_confidence(0.97);
}

class GradeCommand : public testing::Test {
 protected:
  GradeCommand() {
    layout_ = server_.folder().Write("layout.json", kLayout);
    // Answers with the bytes themselves.
    server_.grade.conveyor.answer = [](const ReceivedItem& item,
                                       GradeSheetsResponse* response) {
      FillSheet(item.bytes, response);
      return Next::kGoOn;
    };
  }

  std::string WriteScan(const std::string& name, const std::string& bytes) {
    return server_.folder().Write(absl::StrCat("scans/", name), bytes);
  }

  CommandOutcome Grade(std::vector<std::string> arguments,
                       const StopToken& stop = {}) {
    arguments.insert(arguments.begin(), "grade");
    arguments.push_back(absl::StrCat("--layout=", layout_));
    return server_.Run(arguments, stop);
  }

  std::string scans() { return server_.folder().path() + "/scans"; }

  // Answers of q1 in the order of the JSON lines; "!" and the code for errors.
  static std::vector<std::string> Answers(const std::string& lines) {
    std::vector<std::string> answers;
    for (absl::string_view line :
         absl::StrSplit(lines, '\n', absl::SkipEmpty())) {
      const auto json = ParseJson(line);
      EXPECT_TRUE(json.ok()) << line << "\n" << json.status();
      if (!json.ok()) continue;
      const JsonValue* error = json->Find("error");
      answers.push_back(error->kind == JsonValue::Kind::kNull
                            ? json->Find("fields")->Find("q1")->text
                            : "!" + error->Find("code")->text);
    }
    return answers;
  }

  FakeServer server_;
  std::string layout_;
};

TEST_F(GradeCommand, PrintsOneJsonObjectPerSheetOfTheDocumentedShape) {
  const std::string scan = WriteScan("a.jpg", "A");
  const CommandOutcome outcome = Grade({scan, "--json"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(
      outcome.out,
      absl::StrCat(
          "{\"file\": \"", scan,
          "\", \"error\": null, \"fields\": {\"q1\": \"A\", \"q2\": \"\", "
          "\"roll1\": \"4\", \"roll2\": \"7\"}, \"review\": [\"q2\"], "
          "\"flags\": {\"q2\": [\"blank\"]}, \"confidence\": {\"q1\": 0.99, "
          "\"q2\": 0.5, \"roll1\": 1, \"roll2\": 1}, \"score\": null, "
          "\"alignment\": {\"method\": \"orb\", \"confidence\": 0.97}, "
          "\"combined\": {\"roll\": \"47\"}}\n"));
}

TEST_F(GradeCommand, KeepsTheOrderOfTheFilesWhateverTheServerIsBusyWith) {
  for (int i = 1; i <= 12; ++i) {
    WriteScan(absl::StrCat("s", i, ".jpg"), absl::StrCat(i));
  }
  // Every third scan comes back later than those after it.
  server_.grade.conveyor.answer = [](const ReceivedItem& item,
                                     GradeSheetsResponse* response) {
    if (std::stoi(item.bytes) % 3 == 1 && item.times == 1) {
      *response->mutable_error() = RpcStatus(8, "busy", "OVERLOADED", 30);
    } else {
      FillSheet(item.bytes, response);
    }
    return Next::kGoOn;
  };
  const CommandOutcome outcome = Grade({scans(), "--json", "--in_flight=4"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(Answers(outcome.out),
              ElementsAre("1", "2", "3", "4", "5", "6", "7", "8", "9", "10",
                          "11", "12"));
  EXPECT_EQ(server_.grade.conveyor.streams, 1);
  EXPECT_EQ(server_.grade.conveyor.TimesSeen("4"), 2);
  EXPECT_EQ(server_.grade.conveyor.TimesSeen("5"), 1);
}

TEST_F(GradeCommand, ReportsABadSheetAndGoesOnWithTheRest) {
  WriteScan("1.jpg", "A");
  WriteScan("2.jpg", "bad");
  WriteScan("3.jpg", "");
  WriteScan("4.jpg", "B");
  server_.grade.conveyor.answer = [](const ReceivedItem& item,
                                     GradeSheetsResponse* response) {
    if (item.bytes == "bad") {
      *response->mutable_error() =
          RpcStatus(3, "not an image", "IMAGE_FORMAT_UNKNOWN");
    } else {
      FillSheet(item.bytes, response);
    }
    return Next::kGoOn;
  };
  const std::string missing = server_.folder().path() + "/missing.jpg";
  const CommandOutcome outcome = Grade({missing, scans(), "--json"});
  EXPECT_THAT(Answers(outcome.out),
              ElementsAre("!NOT_FOUND", "A", "!INVALID_ARGUMENT",
                          "!INVALID_ARGUMENT", "B"));
  // The first failure's code.
  EXPECT_EQ(outcome.exit_code, 10 + 5);
  EXPECT_THAT(outcome.err, HasSubstr("5 sheets: 2 graded, 3 failed"));
  EXPECT_THAT(outcome.out, HasSubstr("\"reason\": \"IMAGE_FORMAT_UNKNOWN\""));
}

TEST_F(GradeCommand, GivesUpOnASheetThatIsRefusedAgainAndAgain) {
  WriteScan("1.jpg", "A");
  WriteScan("2.jpg", "B");
  server_.grade.conveyor.answer = [](const ReceivedItem& item,
                                     GradeSheetsResponse* response) {
    if (item.bytes == "A") {
      *response->mutable_error() = RpcStatus(8, "busy", "OVERLOADED", 1);
    } else {
      FillSheet(item.bytes, response);
    }
    return Next::kGoOn;
  };
  const CommandOutcome outcome = Grade({scans(), "--json", "--retries=2"});
  EXPECT_THAT(Answers(outcome.out), ElementsAre("!RESOURCE_EXHAUSTED", "B"));
  EXPECT_EQ(outcome.exit_code, 18);
  EXPECT_EQ(server_.grade.conveyor.TimesSeen("A"), 3);
}

TEST_F(GradeCommand, DoesNotRepeatWhatWillNeverFit) {
  const std::string scan = WriteScan("1.jpg", "A");
  server_.grade.conveyor.answer = [](const ReceivedItem&,
                                     GradeSheetsResponse* response) {
    auto status = RpcStatus(8, "too large", "ITEM_TOO_LARGE");
    google::rpc::QuotaFailure quota;
    auto& violation = *quota.add_violations();
    violation.set_subject("memory_budget");
    violation.set_description("needs 900 MB of 400 MB");
    status.add_details()->PackFrom(quota);
    *response->mutable_error() = status;
    return Next::kGoOn;
  };
  const CommandOutcome outcome = Grade({scan});
  EXPECT_EQ(outcome.exit_code, 18);
  EXPECT_EQ(server_.grade.conveyor.TimesSeen("A"), 1);
  EXPECT_THAT(outcome.out,
              HasSubstr("limit: memory_budget: needs 900 MB of 400 MB"));
  EXPECT_THAT(outcome.out, HasSubstr("trying again will not help"));
}

TEST_F(GradeCommand, OpensANewStreamWhereOneEndsEarly) {
  for (const char* name : {"1", "2", "3", "4", "5"}) {
    WriteScan(absl::StrCat(name, ".jpg"), name);
  }
  server_.grade.conveyor.answer = [](const ReceivedItem& item,
                                     GradeSheetsResponse* response) {
    if (item.bytes == "3" && item.times == 1) return Next::kEndStream;
    FillSheet(item.bytes, response);
    return Next::kGoOn;
  };
  const CommandOutcome outcome = Grade({scans(), "--json"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.out << outcome.err;
  EXPECT_THAT(Answers(outcome.out), ElementsAre("1", "2", "3", "4", "5"));
  EXPECT_EQ(server_.grade.conveyor.streams, 2);
  EXPECT_EQ(server_.grade.conveyor.TimesSeen("1"), 1);
}

TEST_F(GradeCommand, BlamesOnlyTheSheetThatEndsEveryStream) {
  for (const char* name : {"1", "2", "3"}) {
    WriteScan(absl::StrCat(name, ".jpg"), name);
  }
  server_.grade.conveyor.answer = [](const ReceivedItem& item,
                                     GradeSheetsResponse* response) {
    if (item.bytes == "2") return Next::kEndStream;
    FillSheet(item.bytes, response);
    return Next::kGoOn;
  };
  const CommandOutcome outcome =
      Grade({scans(), "--json", "--in_flight=1", "--retries=1"});
  EXPECT_THAT(Answers(outcome.out), ElementsAre("1", "!UNAVAILABLE", "3"));
  EXPECT_EQ(outcome.exit_code, 24);
  EXPECT_THAT(outcome.out, HasSubstr("STREAM_ENDED_EARLY"));
}

TEST_F(GradeCommand, TellsEverySheetWhenTheSettingsAreRefused) {
  WriteScan("1.jpg", "A");
  WriteScan("2.jpg", "B");
  server_.grade.conveyor.on_settings = [] {
    auto status = RpcStatus(3, "layout.blocks[0].origin: lies outside the page",
                            "LAYOUT_INVALID");
    google::rpc::BadRequest bad;
    auto& violation = *bad.add_field_violations();
    violation.set_field("settings.layout.blocks[0].origin");
    violation.set_description("lies outside the page (2510 > 1000)");
    status.add_details()->PackFrom(bad);
    return GrpcStatus(status);
  };
  const CommandOutcome json = Grade({scans(), "--json"});
  EXPECT_THAT(Answers(json.out),
              ElementsAre("!INVALID_ARGUMENT", "!INVALID_ARGUMENT"));
  EXPECT_EQ(json.exit_code, 13);
  EXPECT_EQ(server_.grade.conveyor.streams, 1) << "must not be repeated";

  const CommandOutcome table = Grade({scans()});
  EXPECT_THAT(table.out,
              HasSubstr("settings.layout.blocks[0].origin: lies outside the "
                        "page (2510 > 1000)"));
  EXPECT_THAT(table.out, HasSubstr("2.jpg  not graded: the same failure"));
}

TEST_F(GradeCommand, HonoursARetryTimeOfTheWholeStream) {
  const std::string scan = WriteScan("1.jpg", "A");
  std::atomic<int> refusals = 2;
  server_.grade.conveyor.on_settings = [&refusals] {
    return --refusals >= 0 ? GrpcStatus(RpcStatus(8, "busy", "OVERLOADED", 20))
                           : grpc::Status::OK;
  };
  const CommandOutcome outcome = Grade({scan, "--json"});
  EXPECT_THAT(Answers(outcome.out), ElementsAre("A"));
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_EQ(server_.grade.conveyor.streams, 3);
}

TEST_F(GradeCommand, SendsLargeScansInChunksOfTheContractsSize) {
  const std::string large(1000003, 'x');
  const std::string scan = WriteScan("1.jpg", large);
  const CommandOutcome outcome = Grade({scan, "--show=summary"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.out;
  EXPECT_EQ(server_.grade.conveyor.TimesSeen(large), 1);
  EXPECT_EQ(server_.grade.conveyor.largest_chunk, 256 << 10);
}

TEST_F(GradeCommand, GivesUpOnASilentServer) {
  const std::string scan = WriteScan("1.jpg", "A");
  server_.grade.conveyor.answer = [](const ReceivedItem& item,
                                     GradeSheetsResponse* response) {
    absl::SleepFor(absl::Seconds(1));
    FillSheet(item.bytes, response);
    return Next::kGoOn;
  };
  const absl::Time start = absl::Now();
  const CommandOutcome outcome = Grade({scan, "--json", "--deadline=200ms"});
  EXPECT_THAT(Answers(outcome.out), ElementsAre("!DEADLINE_EXCEEDED"));
  EXPECT_EQ(outcome.exit_code, 14);
  EXPECT_THAT(outcome.out, HasSubstr("SERVER_SILENT"));
  EXPECT_LT(absl::Now() - start, absl::Milliseconds(900));
}

TEST_F(GradeCommand, StopsWhenAskedTo) {
  WriteScan("1.jpg", "A");
  WriteScan("2.jpg", "B");
  StopSource stop;
  server_.grade.conveyor.answer = [&stop](const ReceivedItem& item,
                                          GradeSheetsResponse* response) {
    if (item.bytes == "B") {
      stop.Stop(absl::CancelledError("interrupted"));
      absl::SleepFor(absl::Milliseconds(300));
    }
    FillSheet(item.bytes, response);
    return Next::kGoOn;
  };
  const CommandOutcome outcome =
      Grade({scans(), "--json", "--in_flight=1"}, stop.token());
  EXPECT_THAT(Answers(outcome.out), ElementsAre("A", "!CANCELLED"));
  EXPECT_EQ(outcome.exit_code, 11);
}

TEST_F(GradeCommand, WritesCsvWithTheLabelsOfTheLayout) {
  WriteScan("1.jpg", "A");
  WriteScan("2,\"x\".jpg", "bad, worse");
  server_.grade.conveyor.answer = [](const ReceivedItem& item,
                                     GradeSheetsResponse* response) {
    if (item.bytes == "A") {
      FillSheet(item.bytes, response);
      response->mutable_result()->set_score(1.5);
      response->mutable_result()->set_max_score(2);
    } else {
      *response->mutable_error() = RpcStatus(3, "no, \"bad\"", "BAD");
    }
    return Next::kGoOn;
  };
  const std::string csv = server_.folder().path() + "/out.csv";
  const CommandOutcome outcome = Grade({scans(), "--csv", csv});
  EXPECT_EQ(outcome.exit_code, 13);
  EXPECT_EQ(server_.folder().Read("out.csv"),
            absl::StrCat("file,error,q1,q2,roll,score,max_score,review\n",
                         scans(), "/1.jpg,,A,,47,1.5,2,q2\n\"", scans(),
                         "/2,\"\"x\"\".jpg\",\"no, \"\"bad\"\" "
                         "(INVALID_ARGUMENT)\",,,,,,\n"));
}

TEST_F(GradeCommand, DoesNotWriteCsvOverAnInput) {
  const std::string scan = WriteScan("1.jpg", "A");
  for (const std::string& target :
       {scan, layout_, scans() + "/../layout.json"}) {
    const CommandOutcome outcome = Grade({scan, "--csv", target});
    EXPECT_EQ(outcome.exit_code, 13) << target;
    EXPECT_THAT(outcome.err, HasSubstr("WOULD_OVERWRITE"));
  }
  EXPECT_EQ(server_.folder().Read("scans/1.jpg"), "A");
  EXPECT_EQ(server_.folder().Read("layout.json"), kLayout);
}

TEST_F(GradeCommand, SaysWhereItCannotWrite) {
  const std::string scan = WriteScan("1.jpg", "A");
  for (const char* flag : {"--csv=", "--annotated="}) {
    // A file where a folder is needed.
    const CommandOutcome outcome =
        Grade({scan, absl::StrCat(flag, layout_, "/inside")});
    EXPECT_EQ(outcome.exit_code, 23) << flag;
    EXPECT_THAT(outcome.err, HasSubstr("FILE_UNWRITABLE")) << flag;
  }
}

TEST_F(GradeCommand, LeavesOutThePicturesOfTheLayout) {
  WriteScan("1.jpg", "A");
  WriteScan("page.png", "blank page");
  layout_ = WriteScan("layout.json", R"({
    "page": {"width": 1000, "height": 1400},
    "reference": {"file": "page.png"},
    "fields": [{"label": "q1", "bubbles": [{"value": "A",
                "center": {"x": 50, "y": 60},
                "size": {"width": 20, "height": 10}}]}]})");
  const CommandOutcome outcome = Grade({scans(), "--json"});
  EXPECT_THAT(Answers(outcome.out), ElementsAre("A"));
  // Unless it is asked for by name.
  const CommandOutcome named = Grade({scans() + "/page.png", "--json"});
  EXPECT_THAT(Answers(named.out), ElementsAre("blank page"));
}

TEST_F(GradeCommand, PutsAnnotatedPagesBesideTheInputsNeverOverThem) {
  WriteScan("a.jpg", "first");
  WriteScan("a-annotated.jpg", "second");
  WriteScan("b/a.jpg", "third");
  server_.grade.conveyor.answer = [this](const ReceivedItem& item,
                                         GradeSheetsResponse* response) {
    EXPECT_TRUE(server_.grade.conveyor.last_settings.settings()
                    .options()
                    .return_annotated());
    FillSheet(item.bytes, response);
    auto& image = *response->mutable_result()->mutable_annotated();
    image.set_content("drawn " + item.bytes);
    image.set_format(common::v1::IMAGE_FORMAT_JPEG);
    return Next::kGoOn;
  };
  const CommandOutcome outcome = Grade({scans(), "--annotated", scans()});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.out << outcome.err;
  const TemporaryFolder& folder = server_.folder();
  EXPECT_EQ(folder.Read("scans/a.jpg"), "first");
  EXPECT_EQ(folder.Read("scans/a-annotated.jpg"), "second");
  EXPECT_EQ(folder.Read("scans/b/a.jpg"), "third");
  // "a-annotated.jpg" is taken by an input.
  EXPECT_EQ(folder.Read("scans/a-annotated-2.jpg"), "drawn first");
  EXPECT_EQ(folder.Read("scans/a-annotated-annotated.jpg"), "drawn second");
  EXPECT_EQ(folder.Read("scans/a-annotated-3.jpg"), "drawn third");
}

TEST_F(GradeCommand, ShowsPeopleATable) {
  const std::string scan = WriteScan("1.jpg", "B");
  server_.grade.conveyor.answer = [](const ReceivedItem& item,
                                     GradeSheetsResponse* response) {
    FillSheet(item.bytes, response);
    auto& sheet = *response->mutable_result();
    sheet.set_score(0);
    sheet.set_max_score(1);
    auto& question = *sheet.add_questions();
    question.set_field("q1");
    question.set_answer("B");
    question.set_expected("A");
    question.set_verdict(grade::v1::VERDICT_INCORRECT);
    question.set_max_score(1);
    return Next::kGoOn;
  };
  const CommandOutcome outcome = Grade({scan});
  EXPECT_EQ(outcome.out,
            absl::StrCat(scan,
                         R"(  score 0 of 1  aligned by orb (0.97)  review q2
  field  answer  sure  flags  expected  verdict    score
  q1     B       0.99         A         incorrect      0
  q2     -       0.50  blank
  roll1  4       1.00
  roll2  7       1.00
  roll   47      1.00
1 sheet: 1 graded, 1 to review, mean score 0 of 1
)"));
}

TEST_F(GradeCommand, LeavesNoEscapeSequencesOfOthersInTheTerminal) {
  const std::string scan = WriteScan("1.jpg", "A\x1b[2J");
  const CommandOutcome outcome = Grade({scan});
  EXPECT_THAT(outcome.out, HasSubstr("A?[2J"));
  EXPECT_THAT(outcome.out, Not(HasSubstr("\x1b")));
}

TEST_F(GradeCommand, PassesItsOptionsOn) {
  const std::string scan = WriteScan("1.jpg", "A");
  const std::string key = server_.folder().Write(
      "key.json",
      R"({"questions": [{"field": "q1", "accepted": [{"answer": "A"}]}]})");
  EXPECT_EQ(Grade({scan, "--key", key, "--threshold", "0.35", "--batch_size=7",
                   "--review_below=0.9"})
                .exit_code,
            0);
  const auto& settings = server_.grade.conveyor.last_settings.settings();
  EXPECT_EQ(settings.options().threshold(), 0.35);
  EXPECT_EQ(settings.options().batch_size(), 7);
  EXPECT_EQ(settings.options().review_below(), 0.9);
  EXPECT_EQ(settings.key().questions(0).accepted(0).answer(), "A");
  EXPECT_FALSE(settings.options().return_annotated());
  EXPECT_EQ(settings.layout().blocks(0).labels(0), "q1..2");
}

TEST_F(GradeCommand, SaysWhatIsMissing) {
  const CommandOutcome no_scans = Grade({});
  EXPECT_EQ(no_scans.exit_code, 13);
  EXPECT_THAT(no_scans.err, HasSubstr("name the scans"));
  const CommandOutcome no_layout = server_.Run({"grade", "x.jpg"});
  EXPECT_EQ(no_layout.exit_code, 13);
  EXPECT_THAT(no_layout.err, HasSubstr("--layout is missing"));
  EXPECT_THAT(no_layout.out, IsEmpty());
}

}  // namespace
}  // namespace sightline::cli
