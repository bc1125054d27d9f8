// `sightline grade` and `sightline layout import` on folders of OMRChecker,
// against a server of made-up answers.
#include <mutex>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/service/tools/sightline/fake_services.h"

namespace sightline::cli {
namespace {

using grade::v1::GradeSheetsResponse;
using grade::v1::GradeSheetsSettings;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using Next = GradeConveyor::Next;

std::string Template(const std::string& label,
                     const std::string& processors = "[]") {
  return absl::StrCat(R"({"pageDimensions": [600, 800],
    "bubbleDimensions": [20, 20], "preProcessors": )",
                      processors, R"(, "fieldBlocks": {"q": {"fieldType":
    "QTYPE_MCQ4", "origin": [10, 20], "bubblesGap": 40, "labelsGap": 40,
    "fieldLabels": [")",
                      label, "1..2\"]}}}");
}

std::string Evaluation(const std::string& answers) {
  return absl::StrCat(R"({"source_type": "custom", "options": {
    "questions_in_order": ["q1..2"], "answers_in_order": )",
                      answers, R"(}, "marking_schemes": {"DEFAULT":
    {"correct": 1, "incorrect": 0, "unmarked": 0}}})");
}

constexpr char kByPicture[] = R"({"source_type": "csv", "options": {
    "answer_key_csv_path": "k.csv", "answer_key_image_path": "key.png"},
    "marking_schemes": {"DEFAULT":
      {"correct": 1, "incorrect": 0, "unmarked": 0}}})";

class OmrCheckerFolder : public testing::Test {
 protected:
  OmrCheckerFolder() {
    server_.grade.conveyor.answer = [this](const ReceivedItem& item,
                                           GradeSheetsResponse* response) {
      const GradeSheetsSettings settings =
          server_.grade.conveyor.last_settings.settings();
      {
        const std::lock_guard lock(mutex_);
        settings_[item.bytes] = settings;
        ++calls_;
      }
      if (item.bytes == "needs squares" &&
          settings.layout().bubble_shape() != align::v1::SHAPE_KIND_RECTANGLE) {
        *response->mutable_error() = RpcStatus(5, "no page", "PAGE_NOT_FOUND");
        return Next::kGoOn;
      }
      auto& sheet = *response->mutable_result();
      for (const char* label : {"q1", "q2"}) {
        auto& field = *sheet.add_fields();
        field.set_label(label);
        field.set_answer(item.bytes == "key" ? "C" : "A");
        field.set_confidence(1);
      }
      sheet.mutable_alignment()->set_confidence(0.97);
      return Next::kGoOn;
    };
  }

  std::string Write(const std::string& name, const std::string& content) {
    return server_.folder().Write(absl::StrCat("in/", name), content);
  }
  std::string in() { return server_.folder().path() + "/in"; }

  // The settings that a scan of these bytes was graded with at last.
  GradeSheetsSettings SettingsOf(const std::string& bytes) {
    const std::lock_guard lock(mutex_);
    return settings_[bytes];
  }
  int calls() {
    const std::lock_guard lock(mutex_);
    return calls_;
  }

  FakeServer server_;

 private:
  std::mutex mutex_;
  std::map<std::string, GradeSheetsSettings> settings_;
  int calls_ = 0;
};

TEST_F(OmrCheckerFolder, IsGradedWithItsOwnFiles) {
  Write("template.json", Template("q"));
  Write("config.json", R"({"outputs": {"save_detections": true}})");
  Write("evaluation.json", Evaluation(R"(["A", "B"])"));
  Write("a.jpg", "scan");
  const CommandOutcome outcome = server_.Run({"grade", in(), "--csv", "-"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("file,error,q1,q2,score"));
  EXPECT_THAT(outcome.err,
              HasSubstr("config.json:1:33: outputs.save_detections: "));
  const GradeSheetsSettings settings = SettingsOf("scan");
  EXPECT_EQ(settings.layout().page().width(), 600);
  ASSERT_EQ(settings.key().questions_size(), 2);
  EXPECT_EQ(settings.key().questions(1).accepted(0).answer(), "B");
}

TEST_F(OmrCheckerFolder, NothingIsWrittenOverItsFiles) {
  Write("template.json", Template("q"));
  Write("evaluation.json", R"({"source_type": "csv", "options": {
    "answer_key_csv_path": "k.csv"}, "marking_schemes": {"DEFAULT":
      {"correct": 1, "incorrect": 0, "unmarked": 0}}})");
  Write("k.csv", "q1,A\n");
  Write("a.jpg", "scan");
  for (const char* name : {"/k.csv", "/template.json", "/evaluation.json"}) {
    const CommandOutcome outcome =
        server_.Run({"grade", in(), "--csv", in() + name});
    EXPECT_EQ(outcome.exit_code, 13) << name << outcome.out;
  }
  EXPECT_EQ(server_.folder().Read("in/k.csv"), "q1,A\n");
}

TEST_F(OmrCheckerFolder, FoldersInItOverrideItsFiles) {
  Write("template.json", Template("q"));
  Write("evaluation.json", Evaluation(R"(["A", "B"])"));
  Write("a.jpg", "top");
  Write("same/a.jpg", "same");
  Write("key/evaluation.json", Evaluation(R"(["C", "D"])"));
  Write("key/deep/a.jpg", "other key");
  Write("form/template.json", Template("q", R"([{"name": "CropPage"}])"));
  Write("form/a.jpg", "other form");
  const CommandOutcome outcome = server_.Run({"grade", in(), "--json"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  const auto first_answer = [&](const std::string& bytes) {
    return SettingsOf(bytes).key().questions(0).accepted(0).answer();
  };
  EXPECT_EQ(first_answer("top"), "A");
  EXPECT_EQ(first_answer("same"), "A");
  EXPECT_EQ(first_answer("other key"), "C");
  EXPECT_EQ(first_answer("other form"), "A");
  // A folder in the middle of the tree finds what stands above it.
  const CommandOutcome deep =
      server_.Run({"grade", in() + "/key/deep", "--json"});
  EXPECT_EQ(deep.exit_code, 0) << deep.err;
  EXPECT_EQ(first_answer("other key"), "C");
}

TEST_F(OmrCheckerFolder, FindsOutHowTheSheetIsPrinted) {
  Write("template.json", Template("q", R"([{"name": "CropPage"}])"));
  Write("a.jpg", "needs squares");
  const CommandOutcome outcome = server_.Run({"grade", in(), "--json"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err << outcome.out;
  EXPECT_THAT(outcome.out, HasSubstr("\"q1\": \"A\""));
  EXPECT_EQ(SettingsOf("needs squares").layout().bubble_shape(),
            align::v1::SHAPE_KIND_RECTANGLE);
  EXPECT_GT(calls(), 2);
}

TEST_F(OmrCheckerFolder, OneTrialIsEnoughWhereThePageIsFound) {
  Write("template.json", Template("q"));
  for (int i = 0; i < 5; ++i) Write(absl::StrCat(i, ".jpg"), "scan");
  EXPECT_EQ(server_.Run({"grade", in(), "--json"}).exit_code, 0);
  EXPECT_EQ(calls(), 3 + 5);
}

TEST_F(OmrCheckerFolder, ItsPicturesAreNoScans) {
  const std::string png(
      "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x20\0\0\0\x20\x08\0\0\0\0\0\0\0\0",
      33);
  Write("template.json", Template("q", R"([{"name": "CropOnMarkers",
                          "options": {"relativePath": "ring.png"}}])"));
  Write("ring.png", png);
  Write("a.jpg", "scan");
  const CommandOutcome outcome = server_.Run({"grade", in(), "--json"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, Not(HasSubstr("ring.png")));
  EXPECT_EQ(SettingsOf("scan").layout().markers(0).image(), png);
  EXPECT_EQ(SettingsOf("scan").layout().alignment().options().method(),
            align::v1::ALIGN_METHOD_UNSPECIFIED);
}

TEST_F(OmrCheckerFolder, TheKeyMayBeAPicture) {
  Write("template.json", Template("q"));
  Write("evaluation.json", kByPicture);
  Write("key.png", "key");
  Write("a.jpg", "scan");
  const CommandOutcome outcome = server_.Run({"grade", in(), "--json"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, Not(HasSubstr("key.png")));
  EXPECT_FALSE(SettingsOf("key").has_key());
  const GradeSheetsSettings settings = SettingsOf("scan");
  ASSERT_EQ(settings.key().questions_size(), 2);
  EXPECT_EQ(settings.key().questions(0).accepted(0).answer(), "C");
}

TEST_F(OmrCheckerFolder, ATemplateMayBeNamedAsTheLayout) {
  const std::string path = Write("forms/other.json", Template("q"));
  Write("scans/a.jpg", "scan");
  const std::string key = Write("key.json", R"({"questions": [
      {"field": "q1", "accepted": [{"answer": "D"}]}]})");
  const CommandOutcome outcome = server_.Run(
      {"grade", in() + "/scans", "--layout", path, "--key", key, "--json"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(SettingsOf("scan").key().questions(0).accepted(0).answer(), "D");
}

TEST_F(OmrCheckerFolder, SaysWhatIsWrongAndGradesNothing) {
  Write("template.json", Template("q", R"([{"name": "CropOnMarkers",
                          "options": {"relativePath": "gone.png"}}])"));
  Write("a.jpg", "scan");
  CommandOutcome outcome = server_.Run({"grade", in()});
  EXPECT_EQ(outcome.exit_code, 13);
  EXPECT_THAT(outcome.err, HasSubstr("template.json:2:53: preProcessors[0]: "
                                     "the picture 'gone.png' is missing"));
  EXPECT_THAT(outcome.err, HasSubstr("FILE_INVALID"));

  Write("template.json", Template("q", R"([{"name": "CropOnMarkers",
                          "options": {"relativePath": "../../x.png"}}])"));
  outcome = server_.Run({"grade", in()});
  EXPECT_EQ(outcome.exit_code, 13);
  EXPECT_THAT(outcome.err, HasSubstr("leads out of the folder"));
  EXPECT_EQ(calls(), 0);
}

TEST_F(OmrCheckerFolder, WithoutATemplateALayoutIsAskedFor) {
  Write("a.jpg", "scan");
  const CommandOutcome outcome = server_.Run({"grade", in()});
  EXPECT_EQ(outcome.exit_code, 13);
  EXPECT_THAT(outcome.err, HasSubstr("--layout is missing"));
  EXPECT_THAT(outcome.err, HasSubstr("template.json"));
}

TEST_F(OmrCheckerFolder, IsImportedAsFilesThatGradeReads) {
  const std::string png(
      "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x20\0\0\0\x20\x08\0\0\0\0\0\0\0\0",
      33);
  Write("template.json",
        Template("q", R"([{"name": "Levels"}, {"name": "CropOnMarkers",
                          "options": {"relativePath": "ring.png"}}])"));
  Write("evaluation.json", Evaluation(R"(["A", [["B", 2], ["C", -1]]])"));
  Write("ring.png", png);
  const std::string layout = in() + "/layout.json";
  const std::string key = in() + "/key.json";
  const CommandOutcome imported =
      server_.Run({"layout", "import", in(), "--out", layout, "--key", key});
  EXPECT_EQ(imported.exit_code, 0) << imported.err;
  EXPECT_THAT(imported.err, HasSubstr("preProcessors[0]: Levels is not"));
  EXPECT_EQ(calls(), 0);
  EXPECT_THAT(server_.folder().Read("in/layout.json"),
              HasSubstr("\"image\": {\"file\": \"ring.png\"}"));

  Write("a.jpg", "scan");
  const CommandOutcome graded =
      server_.Run({"grade", in(), "--layout", layout, "--key", key, "--json"});
  EXPECT_EQ(graded.exit_code, 0) << graded.err;
  const GradeSheetsSettings settings = SettingsOf("scan");
  EXPECT_EQ(settings.layout().markers(3).image(), png);
  EXPECT_EQ(settings.key().questions(1).accepted(1).marks(), -1);

  // Elsewhere, the picture goes along.
  const CommandOutcome printed =
      server_.Run({"layout", "import", in() + "/template.json"});
  EXPECT_EQ(printed.exit_code, 0) << printed.err;
  EXPECT_THAT(printed.out, Not(HasSubstr("\"file\"")));
}

TEST_F(OmrCheckerFolder, ImportFitsTheLayoutToTheScans) {
  Write("template.json", Template("q"));
  Write("a.jpg", "needs squares");
  const CommandOutcome outcome =
      server_.Run({"layout", "import", in(), "--fit"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("SHAPE_KIND_RECTANGLE"));
}

TEST_F(OmrCheckerFolder, ImportSaysWhatItNeeds) {
  EXPECT_EQ(server_.Run({"layout", "draw"}).exit_code, 13);
  CommandOutcome outcome = server_.Run({"layout", "import", in() + "/none"});
  EXPECT_NE(outcome.exit_code, 0);
  Write("template.json", Template("q"));
  outcome = server_.Run({"layout", "import", in(), "--key", in() + "/k.json"});
  EXPECT_EQ(outcome.exit_code, 13);
  EXPECT_THAT(outcome.err, HasSubstr("no evaluation.json"));
}

}  // namespace
}  // namespace sightline::cli
