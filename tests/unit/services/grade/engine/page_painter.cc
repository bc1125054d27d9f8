#include "page_painter.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/grade/engine/canvas.h"

namespace sightline::grade {
namespace {

RgbImage ToColour(const GrayImage& gray) {
  RgbImage colour(gray.width(), gray.height());
  for (int64_t i = 0; i < gray.size_bytes(); ++i) {
    std::fill_n(colour.data() + 3 * i, 3, gray.data()[i]);
  }
  return colour;
}

// Draws on a part of a gray image with the colour canvas.
class GrayCanvas {
 public:
  explicit GrayCanvas(GrayImage& gray)
      : gray_(gray), colour_(ToColour(gray)), canvas_(colour_) {}
  ~GrayCanvas() {
    for (int64_t i = 0; i < gray_.size_bytes(); ++i) {
      gray_.data()[i] = colour_.data()[3 * i];
    }
  }
  Canvas* operator->() { return &canvas_; }

 private:
  GrayImage& gray_;
  RgbImage colour_;
  Canvas canvas_;
};

Colour GrayColour(int gray) {
  const auto level = static_cast<uint8_t>(std::clamp(gray, 0, 255));
  return {level, level, level};
}

}  // namespace

PagePainter::PagePainter(const Sheet& sheet, const PrintStyle& style,
                         uint32_t seed)
    : sheet_(sheet),
      style_(style),
      random_(seed),
      gray_(static_cast<int>(std::lround(sheet.page().width * style.scale)),
            static_cast<int>(std::lround(sheet.page().height * style.scale))) {
  std::fill_n(gray_.data(), gray_.size_bytes(), style.paper);
  GrayCanvas canvas(gray_);
  const Colour line = GrayColour(style.line);
  for (const Field& field : sheet.fields()) {
    for (const Bubble& bubble : field.bubbles) {
      const Place place = PlaceOf(bubble);
      const Box box = {place.left, place.top, place.left + place.width,
                       place.top + place.height};
      switch (bubble.shape.value_or(BubbleShape::kEllipse)) {
        case BubbleShape::kEllipse:
          canvas->DrawEllipse(box, style.line_thickness, line);
          break;
        case BubbleShape::kRectangle:
          canvas->DrawBox(box, 0, style.line_thickness, line);
          break;
        case BubbleShape::kBrackets:
          for (const double x : {box.left, box.right}) {
            const double inwards =
                (x == box.left ? 1 : -1) * 0.15 * place.height;
            canvas->DrawLine({x, box.top}, {x, box.bottom},
                             style.line_thickness, line);
            for (const double y : {box.top, box.bottom}) {
              canvas->DrawLine({x, y}, {x + inwards, y}, style.line_thickness,
                               line);
            }
          }
          break;
      }
      if (style.letters) {
        const double height = style.letter_share * place.height;
        const double width =
            Canvas::TextWidth(height, bubble.value) - 1.8 * height / 6;
        canvas->DrawText(
            {box.center().x - width / 2, box.center().y - height / 2}, height,
            bubble.value, line);
      }
    }
  }
}

PagePainter::Place PagePainter::PlaceOf(const Bubble& bubble) const {
  const double width = bubble.size.width * style_.scale * style_.size;
  const double height = bubble.size.height * style_.scale * style_.size;
  return {(bubble.center.x + style_.offset.x) * style_.scale - width / 2,
          (bubble.center.y + style_.offset.y) * style_.scale - height / 2,
          width, height};
}

const Bubble& PagePainter::Find(absl::string_view label,
                                absl::string_view value) const {
  const auto field = sheet_.FindField(label);
  if (!field.has_value()) std::abort();
  for (const Bubble& bubble : sheet_.fields()[*field].bubbles) {
    if (bubble.value == value) return bubble;
  }
  std::abort();
}

void PagePainter::Mark(absl::string_view label, absl::string_view value,
                       MarkStyle style, double darkness) {
  const Place place = PlaceOf(Find(label, value));
  std::uniform_real_distribution<double> jitter(-1, 1);
  const int gray = static_cast<int>(style_.paper * (1 - darkness));
  // Strokes blend with what they cover, so a mark is drawn by darkening: first
  // on paper of its own, around the bubble.
  const int left = static_cast<int>(place.left - place.width / 2);
  const int top = static_cast<int>(place.top - place.height / 2);
  const double cx = place.left + place.width / 2 - left;
  const double cy = place.top + place.height / 2 - top;
  RgbImage ink(static_cast<int>(2 * place.width) + 1,
               static_cast<int>(2 * place.height) + 1);
  std::fill_n(ink.data(), ink.size_bytes(), uint8_t{255});
  Canvas canvas(ink);
  const Colour black = {0, 0, 0};
  const double pen = std::max(1.5, place.height * 0.11);
  switch (style) {
    case MarkStyle::kSolid:
    case MarkStyle::kErased:
      for (double y = -0.42; y <= 0.42; y += 0.04) {
        const double half = 0.46 * std::sqrt(std::max(0.0, 1 - 4 * y * y));
        canvas.DrawLine({cx - half * place.width, cy + y * place.height},
                        {cx + half * place.width, cy + y * place.height}, pen,
                        black);
      }
      break;
    case MarkStyle::kScribble:
      for (double y = -0.4; y <= 0.4; y += 0.085) {
        const double half = 0.46 * std::sqrt(std::max(0.0, 1 - 4 * y * y));
        canvas.DrawLine({cx - (half + 0.03 * jitter(random_)) * place.width,
                         cy + (y + 0.03 * jitter(random_)) * place.height},
                        {cx + (half + 0.03 * jitter(random_)) * place.width,
                         cy + (y + 0.06 * jitter(random_)) * place.height},
                        pen, black);
      }
      break;
    case MarkStyle::kCross:
      for (const double side : {-0.4, 0.4}) {
        canvas.DrawLine({cx - side * place.width, cy - 0.4 * place.height},
                        {cx + side * place.width, cy + 0.4 * place.height}, pen,
                        black);
      }
      break;
    case MarkStyle::kDot:
      canvas.DrawLine({cx, cy}, {cx + 1, cy}, 0.3 * place.height, black);
      break;
  }
  for (int y = 0; y < ink.height(); ++y) {
    for (int x = 0; x < ink.width(); ++x) {
      const int cover = 255 - ink.row(y)[3 * x];
      if (cover == 0 || y + top < 0 || y + top >= gray_.height() ||
          x + left < 0 || x + left >= gray_.width()) {
        continue;
      }
      uint8_t& pixel = gray_.row(y + top)[x + left];
      const int painted = std::min<int>(pixel, gray);
      pixel = static_cast<uint8_t>(
          (pixel * (255 - cover) + painted * cover + 127) / 255);
    }
  }
}

void PagePainter::MarkAnswer(absl::string_view label, absl::string_view answer,
                             MarkStyle style, double darkness) {
  for (size_t i = 0; i < answer.size(); ++i) {
    Mark(label, answer.substr(i, 1), style, darkness);
  }
}

void PagePainter::Shade(double left_gain, double right_gain) {
  for (int y = 0; y < gray_.height(); ++y) {
    for (int x = 0; x < gray_.width(); ++x) {
      const double gain =
          left_gain + (right_gain - left_gain) * x / gray_.width();
      gray_.row(y)[x] = static_cast<uint8_t>(
          std::clamp(gray_.row(y)[x] * gain + 0.5, 0.0, 255.0));
    }
  }
}

void PagePainter::CastShadow(double at, double softness, double gain) {
  for (int y = 0; y < gray_.height(); ++y) {
    for (int x = 0; x < gray_.width(); ++x) {
      const double edge =
          at + 0.5 * (0.5 - static_cast<double>(y) / gray_.height());
      const double depth = std::clamp(
          (static_cast<double>(x) / gray_.width() - edge) / softness + 0.5, 0.0,
          1.0);
      gray_.row(y)[x] = static_cast<uint8_t>(
          gray_.row(y)[x] * (1 - depth * (1 - gain)) + 0.5);
    }
  }
}

void PagePainter::Bend(double by) {
  const GrayImage before = gray_.Clone();
  for (int x = 0; x < gray_.width(); ++x) {
    const double down = by * std::sin(M_PI * x / gray_.width());
    for (int y = 0; y < gray_.height(); ++y) {
      const double from = std::clamp(y - down, 0.0, gray_.height() - 1.001);
      const int row = static_cast<int>(from);
      const double share = from - row;
      gray_.row(y)[x] =
          static_cast<uint8_t>((1 - share) * before.row(row)[x] +
                               share * before.row(row + 1)[x] + 0.5);
    }
  }
}

void PagePainter::Blur(int radius) {
  for (const bool horizontal : {true, false}) {
    const GrayImage before = gray_.Clone();
    for (int y = 0; y < gray_.height(); ++y) {
      for (int x = 0; x < gray_.width(); ++x) {
        int sum = 0;
        for (int k = -radius; k <= radius; ++k) {
          const int u =
              std::clamp(horizontal ? x + k : x, 0, gray_.width() - 1);
          const int v =
              std::clamp(horizontal ? y : y + k, 0, gray_.height() - 1);
          sum += before.row(v)[u];
        }
        gray_.row(y)[x] = static_cast<uint8_t>(sum / (2 * radius + 1));
      }
    }
  }
}

void PagePainter::AddNoise(double sigma) {
  std::normal_distribution<double> noise(0, sigma);
  for (int64_t i = 0; i < gray_.size_bytes(); ++i) {
    gray_.data()[i] = static_cast<uint8_t>(
        std::clamp(gray_.data()[i] + noise(random_), 0.0, 255.0));
  }
}

void PagePainter::MakeBlackAndWhite(int threshold) {
  for (int64_t i = 0; i < gray_.size_bytes(); ++i) {
    gray_.data()[i] = gray_.data()[i] < threshold ? 0 : 255;
  }
}

void PagePainter::Cover(PixelPoint center, PixelSize size, uint8_t gray) {
  GrayCanvas canvas(gray_);
  const double s = style_.scale;
  canvas->FillBox(
      {(center.x - size.width / 2) * s, (center.y - size.height / 2) * s,
       (center.x + size.width / 2) * s, (center.y + size.height / 2) * s},
      GrayColour(gray));
}

Homography PagePainter::scan_to_page() const {
  return Homography::Scale(1 / style_.scale, 1 / style_.scale);
}

GrayImage PagePainter::Seen(const Homography& page_to_view, int width,
                            int height) const {
  const Homography to_scan = Homography::Scale(style_.scale, style_.scale) *
                             page_to_view.Inverse().value();
  GrayImage view(width, height);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      int sum = 0;
      for (const double dy : {0.25, 0.75}) {
        for (const double dx : {0.25, 0.75}) {
          const PixelPoint at = to_scan.Map({x + dx, y + dy});
          // The table that the page lies on.
          const bool on_page = at.x >= 0 && at.y >= 0 && at.x < gray_.width() &&
                               at.y < gray_.height();
          sum += on_page
                     ? gray_.row(static_cast<int>(at.y))[static_cast<int>(at.x)]
                     : 90;
        }
      }
      view.row(y)[x] = static_cast<uint8_t>(sum / 4);
    }
  }
  return view;
}

SheetLayout ExamLayout(int rows, BubbleShape shape) {
  SheetLayout layout;
  layout.name = "exam";
  layout.page = {620, 877};
  layout.bubble = {14, shape == BubbleShape::kBrackets ? 12.0 : 14.0};
  layout.shape = shape;
  FieldBlock roll;
  roll.name = "roll";
  roll.labels = {"roll1..4"};
  roll.kind = FieldKind::kInteger;
  roll.origin = {420, 60};
  roll.value_gap = 20;
  roll.field_gap = 24;
  layout.blocks.push_back(roll);
  const int half = (rows + 1) / 2;
  for (int column = 0; column < 2; ++column) {
    FieldBlock block;
    block.name = absl::StrCat("column", column);
    const int first = column * half + 1;
    const int last = std::min(rows, first + half - 1);
    if (last < first) break;
    block.labels = {absl::StrCat("q", first, "..", last)};
    block.values = {"A", "B", "C", "D", "E"};
    block.origin = {80.0 + 260 * column, 320};
    block.value_gap = 26;
    block.field_gap = 24;
    layout.blocks.push_back(block);
  }
  layout.combined.push_back({"roll", {"roll1..4"}});
  return layout;
}

}  // namespace sightline::grade
