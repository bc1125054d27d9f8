#include "services/grade/engine/annotate.h"

#include <algorithm>
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
#include "services/grade/engine/bubble_outcome.h"
#include "services/grade/engine/canvas.h"
#include "services/grade/engine/page_background.h"
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

int StripHeight(int width) { return std::max(24, width / 20); }

class Annotator {
 public:
  Annotator(Canvas& canvas, const Homography& scan_to_image, double scale,
            double line)
      : canvas_(canvas),
        scan_to_image_(scan_to_image),
        scale_(scale),
        line_(line) {}

  void DrawField(const Field& field, const FieldReading& reading,
                 const std::vector<BubbleOutcome>& outcomes) const {
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
                   BubbleOutcome outcome) const {
    switch (outcome) {
      case BubbleOutcome::kNone:
        return;
      case BubbleOutcome::kMarked:
        DrawOutline(box, shape, 1.2, kMarked, LineStyle::kSolid);
        return;
      case BubbleOutcome::kRight:
        DrawOutline(box, shape, 2.0, kRight, LineStyle::kSolid);
        return;
      case BubbleOutcome::kMissed:
        DrawOutline(box, shape, 1.4, kRight, LineStyle::kDashed);
        return;
      case BubbleOutcome::kMultiple:
        DrawOutline(box, shape, 0.95, kMultiple, LineStyle::kSolid);
        DrawOutline(box.Grown(1.9 * line_), shape, 0.95, kMultiple,
                    LineStyle::kSolid);
        return;
      case BubbleOutcome::kWrong:
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
    BubbleOutcome outcome;
  };
  const std::string review = absl::StrCat("review ", review_count);
  const Item items[] = {{"right", BubbleOutcome::kRight},
                        {"wrong", BubbleOutcome::kWrong},
                        {"missed", BubbleOutcome::kMissed},
                        {"multiple", BubbleOutcome::kMultiple}};
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

int PageHeight(PixelSize page, int width) {
  const double height = width * page.height / page.width;
  return static_cast<int>(std::clamp(std::round(height), 1.0, 1e8));
}

}  // namespace

absl::StatusOr<RgbImage> Annotate(const GrayImage& scan,
                                  const Homography& scan_to_page,
                                  const Sheet& sheet,
                                  const SheetReading& reading,
                                  const std::optional<Score>& score, int width,
                                  int page) {
  const PixelSize size = sheet.page_sheet(page).page();
  const int page_height = PageHeight(size, width);
  SL_RETURN_IF_ERROR(Check(sheet, reading, width, page_height));
  const double scale = width / size.width;
  const int top = score.has_value() ? StripHeight(width) : 0;
  const Homography scan_to_page_pixels =
      Homography::Scale(scale, page_height / size.height) * scan_to_page;
  const auto to_scan = scan_to_page_pixels.Inverse();
  if (!to_scan.has_value() || scan.empty()) {
    return Error(absl::StatusCode::kInvalidArgument, kHomographySingular)
        .Message("the map from scan to page cannot be inverted");
  }
  RgbImage image(width, top + page_height);
  DrawPageBackground(scan, *to_scan, top, image);

  const BubbleOutcomes outcomes = OutcomesOf(sheet, reading, score);
  Canvas canvas(image);
  const double line = std::max(1.0, width / 700.0);
  const Annotator annotator(
      canvas, Homography::Translation(0, top) * scan_to_page_pixels, scale,
      line);
  int review_count = 0;
  const int first = sheet.first_field(page);
  const int end = sheet.first_field(page + 1);
  for (int f = 0; f < static_cast<int>(sheet.fields().size()); ++f) {
    review_count += reading.fields[f].needs_review;
    if (f < first || f >= end) continue;
    annotator.DrawField(sheet.fields()[f], reading.fields[f], outcomes[f]);
  }
  if (score.has_value()) {
    DrawStrip(*score, review_count, width, top, annotator, canvas);
  }
  return image;
}

int64_t AnnotateBytes(const Sheet& sheet, int width) {
  int64_t height = 0;
  for (int page = 0; page < sheet.page_count(); ++page) {
    height = std::max<int64_t>(
        height, PageHeight(sheet.page_sheet(page).page(), width));
  }
  height += StripHeight(width);
  // The image, and an outcome per bubble.
  return 3 * width * height +
         int64_t{sheet.bubble_count()} * sizeof(BubbleOutcome) +
         static_cast<int64_t>(sheet.fields().size()) * 64 + 65536;
}

}  // namespace sightline::grade
