#include "services/grade/engine/annotate.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "services/grade/engine/canvas.h"
#include "services/grade/engine/reasons.h"

namespace sightline::grade {
namespace {

constexpr int kMinWidth = 100;
constexpr int kMaxWidth = 10000;
// A page 200 times as high as wide would ask for gigabytes.
constexpr int kMaxHeight = 20000;

constexpr Colour kRight = {0, 128, 55};
constexpr Colour kWrong = {204, 24, 36};
constexpr Colour kBlankFrame = {225, 140, 0};
constexpr Colour kMultiple = {126, 45, 200};
constexpr Colour kMarked = {20, 90, 205};
constexpr Colour kReview = {214, 0, 122};
constexpr Colour kText = {40, 40, 44};
constexpr Colour kStrip = {238, 240, 243};
constexpr Colour kOutside = {215, 217, 220};

// How a bubble is drawn.
enum class Outcome { kNone, kMarked, kRight, kWrong, kMissed, kMultiple };

int StripHeight(int width) { return std::max(24, width / 20); }

// --- the page, in light gray ----------------------------------------------

// Scan pixels under an image pixel's centre: the mean of n x n samples.
int SampleScan(const GrayImage& scan, const Homography& to_scan, double x,
               double y, int n) {
  int sum = 0;
  int count = 0;
  for (int b = 0; b < n; ++b) {
    for (int a = 0; a < n; ++a) {
      const PixelPoint at =
          to_scan.Map({x + (a + 0.5) / n - 0.5, y + (b + 0.5) / n - 0.5});
      if (!(at.x >= 0 && at.y >= 0 && at.x < scan.width() &&
            at.y < scan.height())) {
        continue;
      }
      const double u = std::max(0.0, at.x - 0.5);
      const double v = std::max(0.0, at.y - 0.5);
      const int left = static_cast<int>(u);
      const int top = static_cast<int>(v);
      const int right = std::min(left + 1, scan.width() - 1);
      const int bottom = std::min(top + 1, scan.height() - 1);
      const double fx = u - left;
      const double fy = v - top;
      const uint8_t* upper = scan.row(top);
      const uint8_t* lower = scan.row(bottom);
      sum += static_cast<int>(
          (1 - fy) * ((1 - fx) * upper[left] + fx * upper[right]) +
          fy * ((1 - fx) * lower[left] + fx * lower[right]) + 0.5);
      ++count;
    }
  }
  return count == 0 ? -1 : sum / count;
}

// Draws the page below `top`. `to_scan` maps page pixels of the image.
void DrawPage(const GrayImage& scan, const Homography& to_scan, int top,
              RgbImage& image) {
  const int height = image.height() - top;
  const PixelPoint middle = {image.width() / 2.0, height / 2.0};
  const double scale = std::sqrt(std::abs(to_scan.JacobianAt(middle)));
  const int n = std::isfinite(scale)
                    ? std::clamp(static_cast<int>(std::lround(scale)), 1, 3)
                    : 1;
  std::array<int, 256> counts{};
  int total = 0;
  for (int y = 0; y < height; ++y) {
    uint8_t* row = image.row(top + y);
    for (int x = 0; x < image.width(); ++x) {
      const int gray = SampleScan(scan, to_scan, x + 0.5, y + 0.5, n);
      uint8_t* pixel = row + 3 * x;
      if (gray < 0) {
        // Not paper: told from it by a trace of colour until it is painted.
        pixel[0] = kOutside.red;
        pixel[1] = kOutside.green;
        pixel[2] = kOutside.blue;
        continue;
      }
      pixel[0] = pixel[1] = pixel[2] = static_cast<uint8_t>(gray);
      ++counts[gray];
      ++total;
    }
  }
  // Paper becomes white, whatever the light; then everything is lightened so
  // that the colours stand out.
  int white = 255;
  for (int left = total / 10; white > 1; --white) {
    left -= counts[white];
    if (left < 0) break;
  }
  std::array<uint8_t, 256> light{};
  for (int gray = 0; gray < 256; ++gray) {
    const double relative = std::min(1.0, double(gray) / white);
    light[gray] = static_cast<uint8_t>(255 - 150 * (1 - relative) + 0.5);
  }
  for (int y = 0; y < height; ++y) {
    uint8_t* row = image.row(top + y);
    for (int x = 0; x < image.width(); ++x) {
      uint8_t* pixel = row + 3 * x;
      if (pixel[0] != pixel[1]) continue;
      pixel[0] = pixel[1] = pixel[2] = light[pixel[0]];
    }
  }
}

// --- what every bubble is drawn as ----------------------------------------

// Which bubbles of `field` an answer names, taking values in printed order;
// what it takes is removed from `answer`. At most one unless MULTIPLE.
std::vector<bool> TakeAnswer(const Field& field, absl::string_view& answer) {
  std::vector<bool> named(field.bubbles.size(), false);
  if (field.kind == FieldKind::kMultiple) {
    for (size_t i = 0; i < field.bubbles.size(); ++i) {
      const std::string& value = field.bubbles[i].value;
      if (answer.substr(0, value.size()) != value) continue;
      named[i] = true;
      answer.remove_prefix(value.size());
    }
    return named;
  }
  // The longest value that fits: "10" before "1".
  size_t best = field.bubbles.size();
  for (size_t i = 0; i < field.bubbles.size(); ++i) {
    const std::string& value = field.bubbles[i].value;
    if (answer.substr(0, value.size()) != value) continue;
    if (best == field.bubbles.size() ||
        value.size() > field.bubbles[best].value.size()) {
      best = i;
    }
  }
  if (best < field.bubbles.size()) {
    named[best] = true;
    answer.remove_prefix(field.bubbles[best].value.size());
  }
  return named;
}

using Outcomes = std::vector<std::vector<Outcome>>;

Outcomes MarkedOutcomes(const Sheet& sheet, const SheetReading& reading) {
  Outcomes outcomes;
  for (size_t f = 0; f < sheet.fields().size(); ++f) {
    const FieldReading& field = reading.fields[f];
    const bool has_too_many = field.marked_count > 1 &&
                              sheet.fields()[f].kind != FieldKind::kMultiple;
    auto& row = outcomes.emplace_back();
    for (const BubbleReading& bubble : field.bubbles) {
      row.push_back(!bubble.marked ? Outcome::kNone
                    : has_too_many ? Outcome::kMultiple
                                   : Outcome::kMarked);
    }
  }
  return outcomes;
}

// Applies one question's verdict to a field it covers.
void ApplyVerdict(const QuestionResult& question, const Field& field,
                  const FieldReading& reading,
                  const std::vector<bool>& expected,
                  std::vector<Outcome>& outcomes) {
  if (question.verdict == Verdict::kBonus) return;
  const bool is_right = question.verdict == Verdict::kCorrect ||
                        question.verdict == Verdict::kPartial;
  for (size_t i = 0; i < field.bubbles.size(); ++i) {
    const bool is_marked = reading.bubbles[i].marked;
    if (is_marked && outcomes[i] == Outcome::kMultiple) continue;
    if (is_marked) {
      outcomes[i] = is_right || expected[i] ? Outcome::kRight : Outcome::kWrong;
    } else if (!is_right && expected[i]) {
      outcomes[i] = Outcome::kMissed;
    }
  }
}

void ApplyScore(const Score& score, const Sheet& sheet,
                const SheetReading& reading, Outcomes& outcomes) {
  for (const QuestionResult& question : score.questions) {
    std::vector<int> fields;
    if (const auto field = sheet.FindField(question.field)) {
      fields.push_back(*field);
    } else if (const auto combined = sheet.FindCombined(question.field)) {
      for (const std::string& member : sheet.combined()[*combined].fields) {
        if (const auto index = sheet.FindField(member)) {
          fields.push_back(*index);
        }
      }
    }
    absl::string_view expected = question.expected;
    for (const int f : fields) {
      const Field& field = sheet.fields()[f];
      const std::vector<bool> named = TakeAnswer(field, expected);
      ApplyVerdict(question, field, reading.fields[f], named, outcomes[f]);
    }
  }
}

// --- drawing ---------------------------------------------------------------

class Annotator {
 public:
  Annotator(Canvas& canvas, const Homography& scan_to_image, double scale,
            double line)
      : canvas_(canvas),
        scan_to_image_(scan_to_image),
        scale_(scale),
        line_(line) {}

  void DrawField(const Field& field, const FieldReading& reading,
                 const std::vector<Outcome>& outcomes) const {
    Box bounds = {1e9, 1e9, -1e9, -1e9};
    for (size_t i = 0; i < field.bubbles.size(); ++i) {
      const Box box = BoxOf(field.bubbles[i], reading.bubbles[i]);
      if (!std::isfinite(box.left) || !std::isfinite(box.top)) continue;
      bounds = {std::min(bounds.left, box.left), std::min(bounds.top, box.top),
                std::max(bounds.right, box.right),
                std::max(bounds.bottom, box.bottom)};
      DrawOutcome(box, field.bubbles[i].shape, outcomes[i]);
    }
    if (bounds.right < bounds.left) return;
    const Box frame = bounds.Grown(2.2 * line_);
    if (reading.marked_count == 0) {
      canvas_.DrawBox(frame, 3 * line_, 1.1 * line_, kBlankFrame);
    }
    if (reading.needs_review) {
      canvas_.FillBox({frame.left - 3.4 * line_, frame.top,
                       frame.left - 1.2 * line_, frame.bottom},
                      kReview);
    }
  }

  void DrawOutcome(const Box& box, std::optional<BubbleShape> shape,
                   Outcome outcome) const {
    switch (outcome) {
      case Outcome::kNone:
        return;
      case Outcome::kMarked:
        DrawOutline(box, shape, 1.2, kMarked, LineStyle::kSolid);
        return;
      case Outcome::kRight:
        DrawOutline(box, shape, 2.0, kRight, LineStyle::kSolid);
        return;
      case Outcome::kMissed:
        DrawOutline(box, shape, 1.4, kRight, LineStyle::kDashed);
        return;
      case Outcome::kMultiple:
        DrawOutline(box, shape, 0.95, kMultiple, LineStyle::kSolid);
        DrawOutline(box.Grown(1.9 * line_), shape, 0.95, kMultiple,
                    LineStyle::kSolid);
        return;
      case Outcome::kWrong:
        DrawOutline(box, shape, 1.0, kWrong, LineStyle::kSolid);
        DrawCross(box);
        return;
    }
  }

 private:
  // Where a bubble was found, or where the page has it if it was not.
  Box BoxOf(const Bubble& bubble, const BubbleReading& reading) const {
    const PixelPoint at = scan_to_image_.Map(reading.center);
    // Around the print, not on it.
    const double half_width = bubble.size.width * scale_ / 2 + 1.5 * line_;
    const double half_height = bubble.size.height * scale_ / 2 + 1.5 * line_;
    return {at.x - half_width, at.y - half_height, at.x + half_width,
            at.y + half_height};
  }

  void DrawOutline(const Box& box, std::optional<BubbleShape> shape,
                   double lines, Colour colour, LineStyle style) const {
    if (shape.value_or(BubbleShape::kEllipse) == BubbleShape::kEllipse) {
      canvas_.DrawEllipse(box, lines * line_, colour, style);
    } else {
      canvas_.DrawBox(box, 2 * line_, lines * line_, colour, style);
    }
  }

  // Four arms that leave the middle, and so the mark, to be seen.
  void DrawCross(const Box& box) const {
    const PixelPoint middle = box.center();
    const double dx = box.width() / 2 * 0.95;
    const double dy = box.height() / 2 * 0.95;
    for (const double x : {-1.0, 1.0}) {
      for (const double y : {-1.0, 1.0}) {
        canvas_.DrawLine({middle.x + x * dx * 0.45, middle.y + y * dy * 0.45},
                         {middle.x + x * dx, middle.y + y * dy}, 1.5 * line_,
                         kWrong);
      }
    }
  }

  Canvas& canvas_;
  const Homography scan_to_image_;
  const double scale_;
  const double line_;
};

std::string Number(double value) {
  // Two decimals at most, and none that are zero.
  std::string text = absl::StrFormat("%.2f", value);
  while (text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
  return text == "-0" ? "0" : text;
}

void DrawStrip(const Score& score, int review_count, int width, int height,
               const Annotator& annotator, Canvas& canvas) {
  canvas.FillBox({0, 0, double(width), double(height)}, kStrip);
  canvas.FillBox(
      {0, height - std::max(1.0, height / 24.0), double(width), double(height)},
      kText);
  const double margin = 0.35 * height;
  const double large = 0.42 * height;
  std::string text =
      absl::StrCat(Number(score.score), " / ", Number(score.max_score));
  if (score.max_score > 0) {
    absl::StrAppend(
        &text, "  (",
        Number(std::round(1000 * score.score / score.max_score) / 10), "%)");
  }
  canvas.DrawText({margin, 0.27 * height}, large, text, kText);
  double used = margin + Canvas::TextWidth(large, text) + margin;

  // The legend, from the right, as far as there is room.
  const double small = 0.24 * height;
  const double side = 0.42 * height;
  struct Item {
    const char* text;
    Outcome outcome;
  };
  const std::string review = absl::StrCat("review ", review_count);
  const Item items[] = {{"right", Outcome::kRight},
                        {"wrong", Outcome::kWrong},
                        {"missed", Outcome::kMissed},
                        {"multiple", Outcome::kMultiple}};
  double needed = 0;
  for (const Item& item : items) {
    needed += 1.4 * side + Canvas::TextWidth(small, item.text) + margin;
  }
  needed += 2 * (1.4 * side + margin) + Canvas::TextWidth(small, "blank") +
            Canvas::TextWidth(small, review);
  double x = width - needed;
  if (x < used) return;
  const double top = (height - side) / 2;
  const double baseline = (height - small) / 2;
  const auto caption = [&](absl::string_view caption_text) {
    x += 1.4 * side;
    canvas.DrawText({x, baseline}, small, caption_text, kText);
    x += Canvas::TextWidth(small, caption_text) + margin;
  };
  for (const Item& item : items) {
    annotator.DrawOutcome({x, top, x + side, top + side}, BubbleShape::kEllipse,
                          item.outcome);
    caption(item.text);
  }
  const double line = std::max(1.0, height / 24.0);
  canvas.DrawBox({x, top + 0.15 * side, x + side, top + 0.85 * side}, 2 * line,
                 line, kBlankFrame);
  caption("blank");
  canvas.FillBox({x + 0.6 * side, top, x + 0.6 * side + 2.2 * line, top + side},
                 kReview);
  caption(review);
}

absl::Status Check(const Sheet& sheet, const SheetReading& reading, int width,
                   int height) {
  bool fits = reading.fields.size() == sheet.fields().size();
  for (size_t f = 0; fits && f < reading.fields.size(); ++f) {
    fits = reading.fields[f].bubbles.size() == sheet.fields()[f].bubbles.size();
  }
  if (!fits) {
    return Error(absl::StatusCode::kInvalidArgument, kReadingMismatch)
        .Message("the reading does not belong to the sheet");
  }
  if (width < kMinWidth || width > kMaxWidth) {
    return Error(absl::StatusCode::kInvalidArgument, kAnnotationInvalid)
        .Field("width", absl::StrCat("is ", width, ", must be ", kMinWidth,
                                     " to ", kMaxWidth));
  }
  if (height > kMaxHeight) {
    return Error(absl::StatusCode::kInvalidArgument, kAnnotationInvalid)
        .Field("width", absl::StrCat("makes this page ", height,
                                     " pixels high, at most ", kMaxHeight,
                                     " are drawn"));
  }
  return absl::OkStatus();
}

int PageHeight(const Sheet& sheet, int width) {
  const double height = width * sheet.page().height / sheet.page().width;
  return static_cast<int>(std::clamp(std::round(height), 1.0, 1e8));
}

}  // namespace

absl::StatusOr<RgbImage> Annotate(
    const GrayImage& scan, const Homography& scan_to_page, const Sheet& sheet,
    const SheetReading& reading, const std::optional<Score>& score, int width) {
  const int page_height = PageHeight(sheet, width);
  SL_RETURN_IF_ERROR(Check(sheet, reading, width, page_height));
  const double scale = width / sheet.page().width;
  const int top = score.has_value() ? StripHeight(width) : 0;
  const Homography scan_to_page_pixels =
      Homography::Scale(scale, page_height / sheet.page().height) *
      scan_to_page;
  const auto to_scan = scan_to_page_pixels.Inverse();
  if (!to_scan.has_value() || scan.empty()) {
    return Error(absl::StatusCode::kInvalidArgument, kHomographySingular)
        .Message("the map from scan to page cannot be inverted");
  }
  RgbImage image(width, top + page_height);
  DrawPage(scan, *to_scan, top, image);

  Outcomes outcomes = MarkedOutcomes(sheet, reading);
  if (score.has_value()) ApplyScore(*score, sheet, reading, outcomes);
  Canvas canvas(image);
  const double line = std::max(1.0, width / 700.0);
  const Annotator annotator(
      canvas, Homography::Translation(0, top) * scan_to_page_pixels, scale,
      line);
  int review_count = 0;
  for (size_t f = 0; f < sheet.fields().size(); ++f) {
    annotator.DrawField(sheet.fields()[f], reading.fields[f], outcomes[f]);
    review_count += reading.fields[f].needs_review;
  }
  if (score.has_value()) {
    DrawStrip(*score, review_count, width, top, annotator, canvas);
  }
  return image;
}

int64_t AnnotateBytes(const Sheet& sheet, int width) {
  const int64_t height = int64_t{PageHeight(sheet, width)} + StripHeight(width);
  // The image, and an outcome per bubble.
  return 3 * width * height + int64_t{sheet.bubble_count()} * sizeof(Outcome) +
         static_cast<int64_t>(sheet.fields().size()) * 64 + 65536;
}

}  // namespace sightline::grade
