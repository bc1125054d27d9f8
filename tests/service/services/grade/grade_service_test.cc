// GradeService over TCP: what is read, scored and drawn.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>
#include <string>
#include <vector>

#include "common/image/decode.h"
#include "common/image/encode.h"
#include "tests/support/omr/omr_requests.h"
#include "tests/support/omr/omr_server.h"

namespace sightline::omr {
namespace {

using generator::Degradation;
using generator::FormFamily;
using generator::GeneratedSheet;
using generator::MarkProfile;
using grade::v1::Verdict;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::IsSubsetOf;
using ::testing::Not;
using ::testing::SizeIs;

using Request = grade::v1::GradeSheetRequest;
using Response = grade::v1::GradeSheetResponse;

const GeneratedSheet& Sheet() { return SheetOf(FormFamily::kQuickstart); }

TEST(GradeOverTcp, ReadsEveryFieldOfACleanSheet) {
  OmrServer server;
  for (const FormFamily family : generator::AllFormFamilies()) {
    const GeneratedSheet& sheet = SheetOf(family);
    const Answer<Response> answer = Ask(server, GradeRequestOf(sheet));
    const char* name = generator::FormFamilyName(family);
    ASSERT_TRUE(answer.ok()) << name << ": " << answer.status;
    EXPECT_THAT(Wrong(answer.response, sheet), IsEmpty()) << name;
    ASSERT_EQ(answer.response.fields_size(),
              static_cast<int>(sheet.form->fields.size()));
    for (int i = 0; i < answer.response.fields_size(); ++i) {
      EXPECT_EQ(answer.response.fields(i).label(), sheet.form->fields[i].label)
          << name << ": the layout's order";
    }
  }
}

TEST(GradeOverTcp, APhotoOfASheetWithDoubtsHasNothingSilentlyWrong) {
  OmrServer server;
  const GeneratedSheet& sheet =
      SheetOf(FormFamily::kQuickstart, MarkProfile::kMixed,
              {Degradation::kDarkTable, Degradation::kRotation,
               Degradation::kPerspective, Degradation::kNoise});
  const Answer<Response> answer = Ask(server, GradeRequestOf(sheet));
  ASSERT_TRUE(answer.ok()) << answer.status;
  EXPECT_THAT(SilentlyWrong(answer.response, sheet), IsEmpty());
  std::vector<std::string> labels;
  for (const auto& field : answer.response.fields()) {
    labels.push_back(field.label());
    EXPECT_GE(field.confidence(), 0) << field.label();
    EXPECT_LE(field.confidence(), 1) << field.label();
  }
  EXPECT_THAT(std::vector<std::string>(answer.response.review().begin(),
                                       answer.response.review().end()),
              IsSubsetOf(labels));
}

TEST(GradeOverTcp, AScanJustTooSmallToBeReducedIsReadLikeAnyOther) {
  // Nearly 9 MB of pixels, more than a message to the align service may have.
  const Decoded<GrayImage> scan = [] {
    DecodeOptions options;
    options.min_long_side = 1600;
    return *DecodeGray(Sheet().jpeg, options);
  }();
  constexpr int kSide = 2991;
  GrayImage table(kSide, kSide);
  std::memset(table.data(), 90, static_cast<size_t>(table.size_bytes()));
  const int left = (kSide - scan.pixels.width()) / 2;
  const int top = (kSide - scan.pixels.height()) / 2;
  ASSERT_GE(std::min(left, top), 0);
  for (int y = 0; y < scan.pixels.height(); ++y) {
    std::copy_n(scan.pixels.row(y), scan.pixels.width(),
                table.row(top + y) + left);
  }
  OmrServer server;
  Request request = GradeRequestOf(Sheet());
  request.mutable_scan()->set_encoded(*EncodeJpeg(table, 90));
  const Answer<Response> answer = Ask(server, request);
  ASSERT_TRUE(answer.ok()) << answer.status;
  EXPECT_THAT(Wrong(answer.response, Sheet()), IsEmpty());
}

TEST(GradeOverTcp, ABlankSheetReadsBlank) {
  OmrServer server;
  const GeneratedSheet& sheet =
      SheetOf(FormFamily::kQuickstart, MarkProfile::kBlank);
  const Answer<Response> answer = Ask(server, GradeRequestOf(sheet));
  ASSERT_TRUE(answer.ok()) << answer.status;
  for (const auto& field : answer.response.fields()) {
    EXPECT_EQ(field.answer(), "") << field.label();
    EXPECT_THAT(field.flags(), Contains(grade::v1::FLAG_BLANK))
        << field.label();
  }
  for (const auto& question : answer.response.questions()) {
    EXPECT_EQ(question.verdict(), grade::v1::VERDICT_BLANK) << question.field();
  }
  EXPECT_EQ(answer.response.score(), 0);
  EXPECT_EQ(answer.response.thresholds().mark_level(), 0);
}

TEST(GradeOverTcp, JoinsCombinedFields) {
  OmrServer server;
  const GeneratedSheet& sheet = SheetOf(FormFamily::kStandard);
  const Answer<Response> answer = Ask(server, GradeRequestOf(sheet));
  ASSERT_TRUE(answer.ok()) << answer.status;
  std::map<std::string, const grade::v1::FieldReading*> fields;
  for (const auto& field : answer.response.fields()) {
    fields[field.label()] = &field;
  }
  ASSERT_THAT(answer.response.combined(),
              SizeIs(sheet.form->layout.combined.size()));
  ASSERT_GT(answer.response.combined_size(), 0);
  const auto& roll = answer.response.combined(0);
  std::string digits;
  double lowest = 1;
  for (const auto& [label, field] : fields) {
    if (label.rfind(roll.label(), 0) != 0) continue;
    digits += field->answer();
    lowest = std::min(lowest, field->confidence());
  }
  EXPECT_THAT(roll.answer(), SizeIs(7));
  EXPECT_EQ(roll.answer(), digits);
  EXPECT_DOUBLE_EQ(roll.confidence(), lowest);
}

// One question of every kind of verdict on a sheet whose marks are known.
TEST(GradeOverTcp, ScoresWithEveryVerdict) {
  OmrServer server;
  const GeneratedSheet& sheet = QuizSheet();
  Request request = GradeRequestOf(sheet);
  std::map<std::string, std::string> marked;
  for (const auto& truth : sheet.truth) marked[truth.label] = truth.answer;
  const auto other = [&](const std::string& label) {
    return marked[label] == "A" ? "B" : "A";
  };
  grade::v1::AnswerKey key;
  key.mutable_marks()->set_correct(2);
  key.mutable_marks()->set_incorrect(-0.5);
  auto* right = key.add_questions();
  right->set_field("q1");
  right->add_accepted()->set_answer(marked["q1"]);
  auto* weighted = key.add_questions();
  weighted->set_field("q2");
  weighted->add_accepted()->set_answer(marked["q2"]);
  weighted->set_weight(3);
  auto* wrong = key.add_questions();
  wrong->set_field("q3");
  wrong->add_accepted()->set_answer(other("q3"));
  auto* partial = key.add_questions();
  partial->set_field("q4");
  partial->add_accepted()->set_answer(other("q4"));
  partial->add_accepted()->set_answer(marked["q4"]);
  partial->mutable_accepted(1)->set_share(0.25);
  auto* bonus = key.add_questions();
  bonus->set_field("q5");
  bonus->set_bonus(true);
  auto* own = key.add_questions();
  own->set_field("q6");
  own->add_accepted()->set_answer(other("q6"));
  own->mutable_marks()->set_incorrect(-2);
  *request.mutable_key() = key;

  const Answer<Response> answer = Ask(server, request);
  ASSERT_TRUE(answer.ok()) << answer.status;
  struct Expected {
    Verdict verdict;
    double score;
    double max_score;
    std::string expected;
  };
  const std::vector<Expected> expected = {
      {grade::v1::VERDICT_CORRECT, 2, 2, marked["q1"]},
      {grade::v1::VERDICT_CORRECT, 6, 6, marked["q2"]},
      {grade::v1::VERDICT_INCORRECT, -0.5, 2, other("q3")},
      {grade::v1::VERDICT_PARTIAL, 0.5, 2, other("q4")},
      {grade::v1::VERDICT_BONUS, 2, 2, ""},
      {grade::v1::VERDICT_INCORRECT, -2, 2, other("q6")},
  };
  ASSERT_THAT(answer.response.questions(), SizeIs(expected.size()));
  for (size_t i = 0; i < expected.size(); ++i) {
    const auto& question = answer.response.questions(static_cast<int>(i));
    EXPECT_EQ(question.field(), key.questions(static_cast<int>(i)).field());
    EXPECT_EQ(question.answer(), marked[question.field()]);
    EXPECT_EQ(question.verdict(), expected[i].verdict) << question.field();
    EXPECT_DOUBLE_EQ(question.score(), expected[i].score) << question.field();
    EXPECT_DOUBLE_EQ(question.max_score(), expected[i].max_score);
    EXPECT_EQ(question.expected(), expected[i].expected) << question.field();
    EXPECT_FALSE(question.needs_review()) << question.field();
  }
  EXPECT_DOUBLE_EQ(answer.response.score(), 8);
  EXPECT_DOUBLE_EQ(answer.response.max_score(), 16);
}

TEST(GradeOverTcp, ACombinedFieldIsAQuestionToo) {
  OmrServer server;
  const GeneratedSheet& sheet = SheetOf(FormFamily::kStandard);
  Request request = GradeRequestOf(sheet);
  const std::string label = sheet.form->layout.combined[0].label;
  const Answer<Response> read = Ask(server, request);
  ASSERT_TRUE(read.ok()) << read.status;
  request.mutable_key()->Clear();
  auto* question = request.mutable_key()->add_questions();
  question->set_field(label);
  question->add_accepted()->set_answer(read.response.combined(0).answer());
  const Answer<Response> answer = Ask(server, request);
  ASSERT_TRUE(answer.ok()) << answer.status;
  EXPECT_EQ(answer.response.questions(0).verdict(), grade::v1::VERDICT_CORRECT);
}

TEST(GradeOverTcp, WithoutAKeyNothingIsScored) {
  OmrServer server;
  Request request = GradeRequestOf(QuizSheet());
  request.clear_key();
  const Answer<Response> answer = Ask(server, request);
  ASSERT_TRUE(answer.ok()) << answer.status;
  EXPECT_FALSE(answer.response.has_score());
  EXPECT_FALSE(answer.response.has_max_score());
  EXPECT_THAT(answer.response.questions(), IsEmpty());
  EXPECT_THAT(Wrong(answer.response, QuizSheet()), IsEmpty());
}

TEST(GradeOverTcp, SaysHowThePageWasFoundAndWhatItCost) {
  OmrServer server;
  const Answer<Response> answer = Ask(server, GradeRequestOf(Sheet()));
  ASSERT_TRUE(answer.ok()) << answer.status;
  const auto& alignment = answer.response.alignment();
  const MapError error = Compare(alignment.homography(), Sheet().scan_to_page,
                                 Sheet().form->layout.page);
  EXPECT_LT(error.mean, 0.3) << "a scan read at half its size";
  EXPECT_LT(std::abs(error.bias.x) + std::abs(error.bias.y), 0.3);
  EXPECT_GT(alignment.confidence(), 0.5);
  EXPECT_NE(alignment.method(), align::v1::ALIGN_METHOD_UNSPECIFIED);
  EXPECT_GE(alignment.attempts_size(), 1);
  std::vector<std::string> stages;
  for (const auto& stage : answer.response.cost().stages()) {
    stages.push_back(stage.stage());
  }
  EXPECT_THAT(stages,
              ElementsAre("layout", "decode", "align", "read", "score"));
  EXPECT_GT(answer.response.cost().peak_reserved_bytes(), 1 << 20);
}

TEST(GradeOverTcp, TakesAnAlignedPageAsItIs) {
  OmrServer server;
  const GeneratedSheet& sheet = QuizSheet();
  align::v1::AlignRequest align_request = AlignRequestOf(sheet);
  align_request.mutable_options()->set_return_image(true);
  align_request.mutable_options()->set_output_width(900);
  const auto aligned = Ask(server, align_request);
  ASSERT_TRUE(aligned.ok()) << aligned.status;

  Request request = GradeRequestOf(sheet);
  request.mutable_layout()->mutable_alignment()->set_mode(
      grade::v1::Alignment::MODE_ALIGNED);
  request.mutable_scan()->set_encoded(aligned.response.image().content());
  const Answer<Response> answer = Ask(server, request);
  ASSERT_TRUE(answer.ok()) << answer.status;
  EXPECT_THAT(Wrong(answer.response, sheet), IsEmpty());
  const auto& alignment = answer.response.alignment();
  EXPECT_EQ(alignment.confidence(), 1);
  EXPECT_THAT(alignment.attempts(), IsEmpty());
  EXPECT_NEAR(alignment.homography(0), sheet.form->layout.page.width / 900,
              1e-9);
}

TEST(GradeOverTcp, DrawsTheReadings) {
  OmrServer server;
  Request request = GradeRequestOf(QuizSheet());
  request.mutable_options()->set_return_annotated(true);
  request.mutable_options()->set_annotated_width(700);
  request.mutable_options()->mutable_output()->set_format(
      common::v1::IMAGE_FORMAT_PNG);
  const Answer<Response> answer = Ask(server, request);
  ASSERT_TRUE(answer.ok()) << answer.status;
  const auto& image = answer.response.annotated();
  EXPECT_EQ(image.width(), 700);
  EXPECT_EQ(image.format(), common::v1::IMAGE_FORMAT_PNG);
  const auto drawn = DecodeRgb(image.content(), {});
  ASSERT_TRUE(drawn.ok()) << drawn.status();
  ASSERT_EQ(drawn->pixels.width(), 700);
  ASSERT_EQ(drawn->pixels.height(), image.height());
  // The page itself is gray: every colour was drawn. Around each field that
  // was read right there is some.
  std::map<std::string, int> coloured;
  const double scale = 700 / QuizSheet().form->layout.page.width;
  for (const grade::Field& field : QuizSheet().form->fields) {
    for (const grade::Bubble& bubble : field.bubbles) {
      const int reach = static_cast<int>(bubble.size.width * scale);
      const int cx = static_cast<int>(bubble.center.x * scale);
      const int cy = static_cast<int>(bubble.center.y * scale);
      for (int y = cy - reach; y <= cy + reach; ++y) {
        for (int x = cx - reach; x <= cx + reach; ++x) {
          if (x < 0 || y < 0 || x >= 700 || y >= drawn->pixels.height()) {
            continue;
          }
          const uint8_t* rgb = drawn->pixels.row(y) + 3 * x;
          coloured[field.label] +=
              std::abs(rgb[0] - rgb[1]) + std::abs(rgb[1] - rgb[2]) > 60;
        }
      }
    }
  }
  for (const auto& [label, pixels] : coloured) EXPECT_GT(pixels, 10) << label;
}

// Every field is on the list: whatever is below a confidence of 1 is, and two
// marks are.
Request AllDoubtful() {
  Request request = GradeRequestOf(SheetOf(
      FormFamily::kStandard, MarkProfile::kMixed, {Degradation::kRotation}));
  request.mutable_options()->set_review_below(1);
  request.mutable_options()->set_return_crops(true);
  return request;
}

TEST(GradeOverTcp, ShowsDoubtfulFieldsIfAsked) {
  OmrServer server;
  Request request = AllDoubtful();
  const Answer<Response> answer = Ask(server, request);
  ASSERT_TRUE(answer.ok()) << answer.status;
  ASSERT_GT(answer.response.review_size(), 3);
  ASSERT_EQ(answer.response.review_items_size(), answer.response.review_size());
  std::map<std::string, const grade::v1::FieldReading*> fields;
  for (const auto& field : answer.response.fields()) {
    fields[field.label()] = &field;
  }
  int marks = 0;
  for (int i = 0; i < answer.response.review_items_size(); ++i) {
    const auto& item = answer.response.review_items(i);
    EXPECT_EQ(item.label(), answer.response.review(i));
    const auto& field = *fields[item.label()];
    EXPECT_EQ(item.answer(), field.answer());
    EXPECT_EQ(item.confidence(), field.confidence());
    EXPECT_EQ(item.flags_size(), field.flags_size());
    const auto crop = DecodeGray(item.crop().content(), {});
    ASSERT_TRUE(crop.ok()) << item.label() << ": " << crop.status();
    EXPECT_EQ(item.crop().format(), common::v1::IMAGE_FORMAT_JPEG);
    EXPECT_EQ(crop->pixels.width(), item.crop().width());
    EXPECT_EQ(crop->pixels.height(), item.crop().height());
    EXPECT_LE(std::max(crop->pixels.width(), crop->pixels.height()), 400);
    // The bubbles are where the answer says: marked ones are darker than the
    // others. Means of five by five pixels.
    double darkest_blank = 255;
    double lightest_mark = 0;
    for (const auto& bubble : item.bubbles()) {
      const int x = static_cast<int>(bubble.center().x());
      const int y = static_cast<int>(bubble.center().y());
      ASSERT_GE(std::min(x, y), 2) << item.label();
      ASSERT_LT(x, crop->pixels.width() - 2) << item.label();
      ASSERT_LT(y, crop->pixels.height() - 2) << item.label();
      double sum = 0;
      for (int dy = -2; dy <= 2; ++dy) {
        for (int dx = -2; dx <= 2; ++dx)
          sum += crop->pixels.row(y + dy)[x + dx];
      }
      if (bubble.marked()) {
        ++marks;
        lightest_mark = std::max(lightest_mark, sum / 25);
      } else {
        darkest_blank = std::min(darkest_blank, sum / 25);
      }
    }
    if (item.flags_size() == 0) {
      EXPECT_LT(lightest_mark, darkest_blank) << item.label();
    }
  }
  EXPECT_GT(marks, 3);

  request.mutable_options()->set_return_crops(false);
  const Answer<Response> without = Ask(server, request);
  ASSERT_TRUE(without.ok()) << without.status;
  EXPECT_THAT(without.response.review_items(), IsEmpty());
  EXPECT_THAT(without.response.review(), SizeIs(answer.response.review_size()));
}

TEST(GradeOverTcp, BoundsHowManyAndHowLargePicturesOfFieldsAre) {
  OmrServer server;
  Request request = AllDoubtful();
  auto& crop = *request.mutable_options()->mutable_crop();
  crop.set_max_side(60);
  crop.set_max_count(2);
  crop.mutable_output()->set_format(common::v1::IMAGE_FORMAT_PNG);
  const Answer<Response> answer = Ask(server, request);
  ASSERT_TRUE(answer.ok()) << answer.status;
  ASSERT_GT(answer.response.review_items_size(), 2);
  for (int i = 0; i < answer.response.review_items_size(); ++i) {
    const auto& item = answer.response.review_items(i);
    EXPECT_EQ(item.has_crop(), i < 2) << item.label();
    EXPECT_EQ(item.bubbles_size() > 0, i < 2) << item.label();
    if (!item.has_crop()) continue;
    EXPECT_EQ(std::max(item.crop().width(), item.crop().height()), 60);
    EXPECT_EQ(item.crop().content().substr(1, 3), "PNG");
  }
}

TEST(GradeOverTcp, ReportsEveryBubbleIfAsked) {
  OmrServer server;
  const GeneratedSheet& sheet = QuizSheet();
  Request request = GradeRequestOf(sheet);
  const Answer<Response> without = Ask(server, request);
  ASSERT_TRUE(without.ok()) << without.status;
  EXPECT_THAT(without.response.fields(0).bubbles(), IsEmpty());
  request.mutable_options()->set_return_bubbles(true);
  const Answer<Response> answer = Ask(server, request);
  ASSERT_TRUE(answer.ok()) << answer.status;
  const Homography page_to_scan = *sheet.scan_to_page.Inverse();
  for (size_t i = 0; i < sheet.form->fields.size(); ++i) {
    const grade::Field& field = sheet.form->fields[i];
    const auto& read = answer.response.fields(static_cast<int>(i));
    ASSERT_EQ(read.bubbles_size(), static_cast<int>(field.bubbles.size()));
    std::string marked;
    for (size_t b = 0; b < field.bubbles.size(); ++b) {
      const auto& bubble = read.bubbles(static_cast<int>(b));
      EXPECT_EQ(bubble.value(), field.bubbles[b].value);
      if (bubble.marked()) marked += bubble.value();
      EXPECT_GE(bubble.fill(), 0);
      EXPECT_LE(bubble.fill(), 1);
      EXPECT_GE(bubble.match(), 0);
      EXPECT_LE(bubble.match(), 1);
      const PixelPoint at = page_to_scan.Map(field.bubbles[b].center);
      EXPECT_NEAR(bubble.center().x(), at.x, 6) << field.label;
      EXPECT_NEAR(bubble.center().y(), at.y, 6) << field.label;
    }
    EXPECT_EQ(marked, read.answer());
  }
}

TEST(GradeSheetsOverTcp, ABadSheetInTheMiddleFailsAlone) {
  OmrServer server;
  const GeneratedSheet& one = QuizSheet();
  const GeneratedSheet& two = SheetOf(FormFamily::kQuiz, MarkProfile::kClean,
                                      {Degradation::kRotation180}, 2);
  const auto stub = server.Grade();
  GradeStream stream(
      [&](grpc::ClientContext* context) { return stub->GradeSheets(context); });
  grade::v1::GradeSheetsSettings settings;
  *settings.mutable_layout() = LayoutOf(one);
  *settings.mutable_key() = KeyOf(one);
  stream.Begin(settings)
      .Item("one", one.jpeg)
      .Item("blank paper", PlainPng(900, 1300, 250))
      .Item("cut", one.jpeg.substr(0, 20000))
      .Item("two", two.jpeg);
  const absl::Status status = stream.End();
  EXPECT_TRUE(status.ok()) << status;
  ASSERT_THAT(stream.answers(), SizeIs(4));
  ASSERT_TRUE(stream.answers().at("one").ok())
      << stream.answers().at("one").status;
  ASSERT_TRUE(stream.answers().at("two").ok())
      << stream.answers().at("two").status;
  EXPECT_THAT(Wrong(stream.answers().at("one").response, one), IsEmpty());
  EXPECT_THAT(Wrong(stream.answers().at("two").response, two), IsEmpty());
  EXPECT_EQ(stream.answers().at("blank paper").reason(), "PAGE_NOT_FOUND");
  EXPECT_EQ(stream.answers().at("cut").reason(), "IMAGE_TRUNCATED");
}

TEST(GradeSheetsOverTcp, AnswersAsTheUnaryCallDoes) {
  OmrServer server;
  const GeneratedSheet& sheet = QuizSheet();
  const Answer<Response> unary = Ask(server, GradeRequestOf(sheet));
  ASSERT_TRUE(unary.ok()) << unary.status;
  const auto stub = server.Grade();
  GradeStream stream(
      [&](grpc::ClientContext* context) { return stub->GradeSheets(context); });
  grade::v1::GradeSheetsSettings settings;
  *settings.mutable_layout() = LayoutOf(sheet);
  *settings.mutable_key() = KeyOf(sheet);
  ASSERT_TRUE(stream.Begin(settings).Item("a", sheet.jpeg).End().ok());
  Response streamed = stream.answers().at("a").response;
  Response called = unary.response;
  // Times differ.
  for (Response* response : {&streamed, &called}) {
    response->clear_cost();
    response->mutable_alignment()->clear_attempts();
  }
  EXPECT_EQ(streamed.SerializeAsString(), called.SerializeAsString());
}

TEST(ValidateLayoutOverTcp, DescribesAGoodLayout) {
  OmrServer server;
  grade::v1::ValidateLayoutRequest request;
  *request.mutable_layout() = LayoutOf(Sheet());
  *request.mutable_key() = KeyOf(Sheet());
  const auto answer = Ask(server, request);
  ASSERT_TRUE(answer.ok()) << answer.status;
  EXPECT_TRUE(answer.response.valid()) << answer.response.DebugString();
  std::vector<std::string> labels;
  int bubbles = 0;
  for (const grade::Field& field : Sheet().form->fields) {
    labels.push_back(field.label);
    bubbles += static_cast<int>(field.bubbles.size());
  }
  EXPECT_THAT(answer.response.fields(), ::testing::ElementsAreArray(labels));
  EXPECT_EQ(answer.response.bubbles(), bubbles);
}

TEST(ValidateLayoutOverTcp, ReportsEveryProblemAtOnce) {
  OmrServer server;
  grade::v1::ValidateLayoutRequest request;
  auto* layout = request.mutable_layout();
  layout->mutable_page()->set_width(1000);
  layout->mutable_page()->set_height(1400);
  layout->mutable_bubble()->set_width(30);
  layout->mutable_bubble()->set_height(30);
  const auto field = [&](const char* label, double x, double y) {
    auto* added = layout->add_fields();
    added->set_label(label);
    for (int i = 0; i < 2; ++i) {
      auto* bubble = added->add_bubbles();
      bubble->set_value(i == 0 ? "yes" : "no");
      bubble->mutable_center()->set_x(x + 60 * i);
      bubble->mutable_center()->set_y(y);
    }
  };
  field("fine", 100, 100);
  field("outside", 980, 300);
  field("overlaps", 105, 100);
  field("fine", 100, 500);
  auto* combined = layout->add_combined();
  combined->set_label("number");
  combined->add_fields("nobody");
  const auto answer = Ask(server, request);
  ASSERT_TRUE(answer.ok()) << answer.status;
  EXPECT_FALSE(answer.response.valid());
  std::vector<std::string> paths;
  for (const auto& problem : answer.response.problems()) {
    if (problem.severity() == grade::v1::LayoutProblem::SEVERITY_ERROR) {
      paths.push_back(problem.field());
      EXPECT_FALSE(problem.description().empty());
    }
  }
  EXPECT_THAT(paths, Contains(::testing::StartsWith("layout.fields[1]")));
  EXPECT_THAT(paths, Contains(::testing::StartsWith("layout.fields[2]")));
  EXPECT_THAT(paths, Contains(::testing::StartsWith("layout.fields[3]")));
  EXPECT_THAT(paths, Contains(::testing::StartsWith("layout.combined[0]")));
  EXPECT_THAT(paths, Not(Contains(::testing::StartsWith("layout.fields[0]"))));
}

TEST(ValidateLayoutOverTcp, ChecksTheKeyAgainstTheLayout) {
  OmrServer server;
  grade::v1::ValidateLayoutRequest request;
  *request.mutable_layout() = LayoutOf(QuizSheet());
  request.mutable_key()->add_questions()->set_field("q99");
  const auto answer = Ask(server, request);
  ASSERT_TRUE(answer.ok()) << answer.status;
  EXPECT_FALSE(answer.response.valid());
  ASSERT_THAT(answer.response.problems(), Not(IsEmpty()));
  EXPECT_EQ(answer.response.problems(0).field(), "key.questions[0].field");
}

TEST(ValidateLayoutOverTcp, SaysWhatMakesNoSenseInAnEmptyLayout) {
  OmrServer server;
  const auto answer = Ask(server, grade::v1::ValidateLayoutRequest());
  ASSERT_TRUE(answer.ok()) << answer.status;
  EXPECT_FALSE(answer.response.valid());
  EXPECT_THAT(answer.response.problems(), Not(IsEmpty()));
}

}  // namespace
}  // namespace sightline::omr
