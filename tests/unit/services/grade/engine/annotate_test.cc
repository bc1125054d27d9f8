#include "services/grade/engine/annotate.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <string>

#include "absl/status/status.h"
#include "common/status/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "page_painter.h"
#include "services/grade/engine/canvas.h"
#include "services/grade/engine/reasons.h"
#include "services/grade/engine/stroke_font.h"

namespace sightline::grade {
namespace {

struct Hue {
  const char* name;
  Colour colour;
};

constexpr Hue kGreen = {"green", {0, 128, 55}};
constexpr Hue kRed = {"red", {204, 24, 36}};
constexpr Hue kAmber = {"amber", {225, 140, 0}};
constexpr Hue kViolet = {"violet", {126, 45, 200}};
constexpr Hue kBlue = {"blue", {20, 90, 205}};
constexpr Hue kMagenta = {"magenta", {214, 0, 122}};

// Pixels of about this colour within a box.
int Count(const RgbImage& image, const Box& box, const Hue& hue) {
  int count = 0;
  for (int y = std::max(0, int(box.top));
       y < std::min<int>(image.height(), int(box.bottom)); ++y) {
    for (int x = std::max(0, int(box.left));
         x < std::min<int>(image.width(), int(box.right)); ++x) {
      const uint8_t* pixel = image.row(y) + 3 * x;
      count += std::abs(pixel[0] - hue.colour.red) < 40 &&
               std::abs(pixel[1] - hue.colour.green) < 40 &&
               std::abs(pixel[2] - hue.colour.blue) < 40;
    }
  }
  return count;
}

constexpr int kWidth = 1000;

class AnnotateTest : public ::testing::Test {
 protected:
  AnnotateTest()
      : sheet_(Sheet::Create(ExamLayout(20)).value()), painter_(sheet_, {}) {
    // q1 right, q2 wrong, q3 blank, q4 double, q5 faint, the rest A.
    for (const Field& field : sheet_.fields()) {
      const std::string& label = field.label;
      if (label == "q3") continue;
      if (label == "q4") {
        painter_.MarkAnswer(label, "BD");
      } else if (label == "q5") {
        painter_.Mark(label, "A", MarkStyle::kScribble, 0.25);
      } else {
        painter_.MarkAnswer(label, field.bubbles[0].value);
      }
    }
    scan_ = painter_.Scan();
    reading_ =
        ReadSheet(scan_, painter_.scan_to_page(), sheet_, {}, {}).value();
    for (int i = 1; i <= 6; ++i) {
      Question question;
      question.field = "q" + std::to_string(i);
      question.accepted = {{i == 2 ? "C" : "A", 1}};
      key_.questions.push_back(question);
    }
    score_ = ScoreSheet(key_, sheet_, reading_).value();
  }

  RgbImage Draw(const std::optional<Score>& score) {
    auto image = Annotate(scan_, painter_.scan_to_page(), sheet_, reading_,
                          score, kWidth);
    EXPECT_TRUE(image.ok()) << image.status();
    return *std::move(image);
  }

  // Around a bubble in the image, with `top` rows of header.
  Box Around(const std::string& label, int bubble, int top) const {
    const Bubble& b =
        sheet_.fields()[sheet_.FindField(label).value()].bubbles[bubble];
    const double scale = kWidth / sheet_.page().width;
    const double half = b.size.width * scale * 0.75;
    const double x = b.center.x * scale;
    const double y = b.center.y * scale + top;
    return {x - half, y - half, x + half, y + half};
  }

  Sheet sheet_;
  PagePainter painter_;
  GrayImage scan_;
  SheetReading reading_;
  AnswerKey key_;
  Score score_;
};

TEST_F(AnnotateTest, WithoutAScoreMarksAreBlue) {
  const RgbImage image = Draw(std::nullopt);
  EXPECT_EQ(image.width(), kWidth);
  EXPECT_EQ(image.height(), std::lround(877.0 * kWidth / 620));
  EXPECT_GT(Count(image, Around("q1", 0, 0), kBlue), 40);
  EXPECT_EQ(Count(image, Around("q1", 1, 0), kBlue), 0);
  const Box all = {0, 0, double(image.width()), double(image.height())};
  EXPECT_EQ(Count(image, all, kGreen), 0);
  EXPECT_EQ(Count(image, all, kRed), 0);
}

TEST_F(AnnotateTest, OutcomesHaveTheirColours) {
  const RgbImage image = Draw(score_);
  const int top = image.height() - int(std::lround(877.0 * kWidth / 620));
  EXPECT_GT(top, 0);
  const struct {
    const char* label;
    int bubble;
    Hue hue;
  } expected[] = {{"q1", 0, kGreen},  {"q2", 0, kRed},    {"q2", 2, kGreen},
                  {"q3", 0, kGreen},  {"q4", 1, kViolet}, {"q4", 3, kViolet},
                  {"q4", 0, kGreen},  {"q5", 0, kGreen},  {"q7", 0, kBlue},
                  {"roll1", 0, kBlue}};
  for (const auto& e : expected) {
    EXPECT_GT(Count(image, Around(e.label, e.bubble, top), e.hue), 25)
        << e.label << " bubble " << e.bubble << " " << e.hue.name;
  }
  EXPECT_EQ(Count(image, Around("q1", 0, top), kRed), 0);
  EXPECT_EQ(Count(image, Around("q2", 1, top), kGreen), 0);
  // The blank field's frame, to the right of its last bubble.
  EXPECT_GT(Count(image, Around("q3", 4, top).Grown(4), kAmber), 20);
  EXPECT_EQ(Count(image, Around("q1", 4, top).Grown(4), kAmber), 0);
  // Bars beside the fields to review: the double and the faint one.
  for (const auto& [label, is_marked] :
       std::map<std::string, bool>{{"q1", false}, {"q4", true}, {"q5", true}}) {
    Box beside = Around(label, 0, top);
    beside.right = beside.left + 4;
    beside.left -= 12;
    EXPECT_EQ(Count(image, beside, kMagenta) > 10, is_marked) << label;
  }
  // The strip holds the score in dark letters.
  int dark = 0;
  for (int y = 0; y < top; ++y) {
    for (int x = 0; x < 200; ++x) dark += image.row(y)[3 * x] < 90;
  }
  EXPECT_GT(dark, 100);
}

TEST_F(AnnotateTest, ShapesDifferForThoseWhoDoNotSeeColours) {
  const RgbImage image = Draw(score_);
  const int top = image.height() - int(std::lround(877.0 * kWidth / 620));
  // Share of an outline's circumference that is drawn: a missed answer is
  // dashed, a right one is whole; and the wrong one has arms inside.
  const auto drawn = [&](const std::string& label, int bubble, const Hue& hue) {
    const Box box = Around(label, bubble, top);
    const PixelPoint middle = box.center();
    int found = 0;
    for (int i = 0; i < 90; ++i) {
      const double angle = i * 2 * 3.14159265 / 90;
      bool hit = false;
      for (double r = box.width() * 0.35; r < box.width() * 0.75; r += 0.5) {
        const Box spot = {middle.x + r * std::cos(angle),
                          middle.y + r * std::sin(angle),
                          middle.x + r * std::cos(angle) + 1,
                          middle.y + r * std::sin(angle) + 1};
        hit = hit || Count(image, spot, hue) > 0;
      }
      found += hit;
    }
    return found / 90.0;
  };
  EXPECT_GT(drawn("q1", 0, kGreen), 0.95);
  EXPECT_LT(drawn("q2", 2, kGreen), 0.85);
  EXPECT_GT(drawn("q2", 2, kGreen), 0.4);
  EXPECT_GT(drawn("q4", 1, kViolet), 0.9);
}

TEST_F(AnnotateTest, MarksStayVisible) {
  const RgbImage image = Draw(score_);
  const int top = image.height() - int(std::lround(877.0 * kWidth / 620));
  for (const char* label : {"q1", "q2", "q4"}) {
    const Box box = Around(label, label[1] == '4' ? 1 : 0, top);
    const PixelPoint middle = box.center();
    int gray = 0;
    for (int y = -3; y <= 3; ++y) {
      for (int x = -3; x <= 3; ++x) {
        const uint8_t* pixel =
            image.row(int(middle.y) + y) + 3 * (int(middle.x) + x);
        gray += pixel[0] == pixel[1] && pixel[1] == pixel[2];
      }
    }
    EXPECT_EQ(gray, 49) << label;
  }
}

TEST_F(AnnotateTest, TheMiddleOfThePageIsWhereItBelongs) {
  // Seen from elsewhere, the drawing is the same to within interpolation.
  const std::array<PixelPoint, 4> page = {
      {{0, 0}, {620, 0}, {620, 877}, {0, 877}}};
  const std::array<PixelPoint, 4> view = {
      {{1250, 1700}, {60, 1640}, {140, 60}, {1190, 110}}};
  const Homography to_view = Homography::FromQuads(page, view).value();
  const GrayImage seen = painter_.Seen(to_view, 1300, 1800);
  const Homography to_page = to_view.Inverse().value();
  const SheetReading reading = ReadSheet(seen, to_page, sheet_, {}, {}).value();
  const RgbImage turned =
      Annotate(seen, to_page, sheet_, reading, score_, kWidth).value();
  const RgbImage straight = Draw(score_);
  ASSERT_EQ(turned.height(), straight.height());
  double difference = 0;
  for (int64_t i = 0; i < straight.size_bytes(); ++i) {
    difference += std::abs(straight.data()[i] - turned.data()[i]);
  }
  EXPECT_LT(difference / straight.size_bytes(), 4);
}

TEST_F(AnnotateTest, RefusesWhatItCannotDraw) {
  const auto reason = [&](const absl::StatusOr<RgbImage>& image) {
    EXPECT_FALSE(image.ok());
    EXPECT_EQ(image.status().code(), absl::StatusCode::kInvalidArgument);
    return DetailsOf(image.status())->reason;
  };
  const Homography map = painter_.scan_to_page();
  for (const int width : {-1, 0, 99, 10001}) {
    EXPECT_EQ(reason(Annotate(scan_, map, sheet_, reading_, {}, width)),
              kAnnotationInvalid);
  }
  EXPECT_EQ(reason(Annotate(scan_, Homography(std::array<double, 9>{}), sheet_,
                            reading_, {}, 500)),
            kHomographySingular);
  EXPECT_EQ(reason(Annotate(GrayImage(), map, sheet_, reading_, {}, 500)),
            kHomographySingular);
  EXPECT_EQ(reason(Annotate(scan_, map, sheet_, SheetReading(), {}, 500)),
            kReadingMismatch);
  SheetLayout tall;
  tall.page = {100, 20000};
  tall.bubble = {20, 20};
  tall.fields = {{"q", FieldKind::kSingle, {{"A", {50, 50}, {}, {}}}, ""}};
  const Sheet tall_sheet = Sheet::Create(tall).value();
  SheetReading blank;
  for (const Field& field : tall_sheet.fields()) {
    blank.fields.emplace_back().bubbles.resize(field.bubbles.size());
  }
  EXPECT_EQ(reason(Annotate(scan_, map, tall_sheet, blank, {}, 10000)),
            kAnnotationInvalid);
}

TEST_F(AnnotateTest, BytesAreAnUpperBound) {
  for (const int width : {100, 1000, 3000}) {
    const auto image = Annotate(scan_, painter_.scan_to_page(), sheet_,
                                reading_, score_, width);
    ASSERT_TRUE(image.ok());
    EXPECT_GE(AnnotateBytes(sheet_, width), image->size_bytes());
    EXPECT_LE(AnnotateBytes(sheet_, width), image->size_bytes() * 2 + 200000);
  }
}

TEST_F(AnnotateTest, BubblesThatWereNotFoundDoNotBreakTheDrawing) {
  for (BubbleReading& bubble : reading_.fields[0].bubbles) {
    bubble.center = {std::nan(""), 1e300};
  }
  EXPECT_GT(Draw(score_).height(), 0);
}

// --- the canvas -------------------------------------------------------------

RgbImage White(int width, int height) {
  RgbImage image(width, height);
  std::fill_n(image.data(), image.size_bytes(), uint8_t{255});
  return image;
}

TEST(Canvas, EdgesAreAntiAliasedAndAreasExact) {
  RgbImage image = White(100, 100);
  Canvas canvas(image);
  canvas.FillBox({10.25, 20, 30.75, 40.5}, {0, 0, 0});
  double ink = 0;
  for (int64_t i = 0; i < image.size_bytes(); i += 3) {
    ink += 1 - image.data()[i] / 255.0;
  }
  EXPECT_NEAR(ink, 20.5 * 20.5, 3);
  RgbImage ring = White(100, 100);
  Canvas(ring).DrawEllipse({20, 20, 80, 80}, 4, {0, 0, 0});
  ink = 0;
  int shades = 0;
  for (int64_t i = 0; i < ring.size_bytes(); i += 3) {
    ink += 1 - ring.data()[i] / 255.0;
    shades += ring.data()[i] > 20 && ring.data()[i] < 235;
  }
  EXPECT_NEAR(ink, 2 * 3.14159 * 30 * 4, 25);
  EXPECT_GT(shades, 100);
}

TEST(Canvas, ClipsAndSurvivesNonsense) {
  RgbImage image = White(20, 20);
  Canvas canvas(image);
  const double nan = std::nan("");
  const double far = 1e12;
  canvas.FillBox({-far, -far, far, far}, {1, 2, 3});
  canvas.FillBox({nan, 0, 5, 5}, {9, 9, 9});
  canvas.DrawEllipse({-far, -far, far, far}, 2, {9, 9, 9});
  canvas.DrawEllipse({5, 5, 5, 5}, 2, {9, 9, 9});
  canvas.DrawBox({nan, nan, nan, nan}, 3, 2, {9, 9, 9});
  canvas.DrawLine({nan, 0}, {5, far}, 2, {9, 9, 9});
  canvas.DrawText({-50, -50}, 10, "text", {9, 9, 9});
  EXPECT_EQ(image.row(10)[30], 1);
  RgbImage empty;
  Canvas(empty).DrawLine({0, 0}, {5, 5}, 2, {0, 0, 0});
}

TEST(StrokeFont, DrawsEveryPrintableCharacterDifferently) {
  std::map<std::string, char> seen;
  for (const char c : std::string("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "abcdefghijklmnopqrstuvwxyz.,:;-+/%()'\"#_"
                                  "=?!*<>")) {
    std::string drawing;
    for (const auto& stroke : GlyphOf(c).strokes) {
      for (const GridPoint& point : stroke) {
        EXPECT_GE(point.x, 0);
        EXPECT_LE(point.x, 4);
        EXPECT_GE(point.y, 0);
        EXPECT_LE(point.y, 8);
        drawing += std::to_string(point.x) + std::to_string(point.y);
      }
      EXPECT_GE(stroke.size(), 2u) << c;
      drawing += ',';
    }
    const auto [found, is_new] = seen.try_emplace(drawing, c);
    // O and 0 are the same ring.
    EXPECT_TRUE(is_new || c == 'O') << c << " looks like " << found->second;
  }
}

}  // namespace
}  // namespace sightline::grade
