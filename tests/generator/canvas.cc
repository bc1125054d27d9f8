#include "tests/generator/canvas.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <opencv2/imgproc.hpp>

namespace sightline::generator {
namespace {

// cv draws with fixed-point coordinates, pixel centres at integers.
constexpr int kShift = 4;

cv::Point Fixed(PixelPoint p, double scale) {
  const double unit = 1 << kShift;
  return {cvRound((p.x * scale - 0.5) * unit),
          cvRound((p.y * scale - 0.5) * unit)};
}

int Thickness(double width, double scale) {
  return std::max(1, cvRound(width * scale));
}

int HersheyFont(TextStyle::Font font) {
  switch (font) {
    case TextStyle::Font::kPlain:
      return cv::FONT_HERSHEY_SIMPLEX;
    case TextStyle::Font::kBold:
      return cv::FONT_HERSHEY_DUPLEX;
    case TextStyle::Font::kSerif:
      return cv::FONT_HERSHEY_COMPLEX;
    case TextStyle::Font::kSerifBold:
      return cv::FONT_HERSHEY_TRIPLEX;
    case TextStyle::Font::kHandwriting:
      return cv::FONT_HERSHEY_SCRIPT_SIMPLEX;
  }
  return cv::FONT_HERSHEY_SIMPLEX;
}

// Capital letters are 21 units high in every Hershey font used here.
double HersheyScale(const TextStyle& style) { return style.height / 21.0; }

int StrokeWidth(const TextStyle& style) {
  const bool bold = style.font == TextStyle::Font::kBold ||
                    style.font == TextStyle::Font::kSerifBold;
  return std::max(1, cvRound(style.height / (bold ? 8.5 : 11)));
}

cv::Mat Luma(PageImage& page) {
  return cv::Mat(page.luma.height(), page.luma.width(), CV_8UC1,
                 page.luma.data());
}

cv::Mat Chroma(PageImage& page) {
  return cv::Mat(page.chroma.height(), page.chroma.width(), CV_8UC2,
                 page.chroma.data());
}

std::string Text8Bit(absl::string_view text) {
  return std::string(text.data(), text.size());
}

}  // namespace

PageImage::PageImage(int width, int height)
    : luma(width, height), chroma((width + 1) / 2, (height + 1) / 2) {
  std::memset(luma.data(), 255, static_cast<size_t>(luma.size_bytes()));
  std::memset(chroma.data(), 128, static_cast<size_t>(chroma.size_bytes()));
}

PageImage PageImage::Clone() const {
  PageImage copy;
  copy.luma = luma.Clone();
  copy.chroma = chroma.Clone();
  return copy;
}

RgbImage ToRgb(const PageImage& image) {
  RgbImage rgb(image.luma.width(), image.luma.height());
  const auto clip = [](int v) {
    return static_cast<uint8_t>(std::clamp(v, 0, 255));
  };
  for (int y = 0; y < rgb.height(); ++y) {
    const uint8_t* luma = image.luma.row(y);
    const uint8_t* chroma = image.chroma.row(y / 2);
    uint8_t* out = rgb.row(y);
    for (int x = 0; x < rgb.width(); ++x) {
      const int cb = chroma[x / 2 * 2] - 128;
      const int cr = chroma[x / 2 * 2 + 1] - 128;
      // JFIF's inverse transform in 1/1024.
      out[3 * x] = clip(luma[x] + (1436 * cr + 512) / 1024);
      out[3 * x + 1] = clip(luma[x] - (352 * cb + 731 * cr + 512) / 1024);
      out[3 * x + 2] = clip(luma[x] + (1815 * cb + 512) / 1024);
    }
  }
  return rgb;
}

// Runs `draw` on the luma and, at half scale, on the chroma: black print over
// coloured print takes the colour away too.
template <typename Draw>
void Canvas::OnBoth(Ink ink, const Draw& draw) {
  cv::Mat luma = Luma(page_);
  draw(luma, 1.0, cv::Scalar(ink.luma), cv::LINE_AA);
  cv::Mat chroma = Chroma(page_);
  draw(chroma, 0.5, cv::Scalar(128 + ink.cb, 128 + ink.cr), cv::LINE_8);
}

void Canvas::Line(PixelPoint from, PixelPoint to, double line_width, Ink ink) {
  OnBoth(ink, [&](cv::Mat& m, double scale, const cv::Scalar& s, int type) {
    cv::line(m, Fixed(from, scale), Fixed(to, scale), s,
             Thickness(line_width, scale), type, kShift);
  });
}

void Canvas::Box(PixelPoint a, PixelPoint b, double line_width, Ink ink) {
  const double half = line_width / 2;
  FillBox({a.x - half, a.y - half}, {b.x + half, a.y + half}, ink);
  FillBox({a.x - half, b.y - half}, {b.x + half, b.y + half}, ink);
  FillBox({a.x - half, a.y - half}, {a.x + half, b.y + half}, ink);
  FillBox({b.x - half, a.y - half}, {b.x + half, b.y + half}, ink);
}

void Canvas::FillBox(PixelPoint a, PixelPoint b, Ink ink) {
  Polygon({a, {b.x, a.y}, b, {a.x, b.y}}, ink);
}

void Canvas::Ellipse(PixelPoint center, PixelSize size, double line_width,
                     Ink ink) {
  OnBoth(ink, [&](cv::Mat& m, double scale, const cv::Scalar& s, int type) {
    const double unit = scale * (1 << kShift) / 2;
    cv::ellipse(m, Fixed(center, scale),
                cv::Size(cvRound((size.width - line_width) * unit),
                         cvRound((size.height - line_width) * unit)),
                0, 0, 360, s, Thickness(line_width, scale), type, kShift);
  });
}

void Canvas::FillEllipse(PixelPoint center, PixelSize size, Ink ink) {
  OnBoth(ink, [&](cv::Mat& m, double scale, const cv::Scalar& s, int type) {
    const double unit = scale * (1 << kShift) / 2;
    cv::ellipse(
        m, Fixed(center, scale),
        cv::Size(cvRound(size.width * unit), cvRound(size.height * unit)), 0, 0,
        360, s, cv::FILLED, type, kShift);
  });
}

void Canvas::Bubble(grade::BubbleShape shape, PixelPoint c, PixelSize size,
                    double line_width, Ink ink) {
  const double w = size.width / 2 - line_width / 2;
  const double h = size.height / 2 - line_width / 2;
  switch (shape) {
    case grade::BubbleShape::kEllipse:
      Ellipse(c, size, line_width, ink);
      return;
    case grade::BubbleShape::kRectangle:
      Box({c.x - w, c.y - h}, {c.x + w, c.y + h}, line_width, ink);
      return;
    case grade::BubbleShape::kBrackets: {
      const double lip = size.width * 0.16;
      for (const int side : {-1, 1}) {
        const double x = c.x + side * w;
        Line({x, c.y - h}, {x, c.y + h}, line_width, ink);
        Line({x, c.y - h}, {x - side * lip, c.y - h}, line_width, ink);
        Line({x, c.y + h}, {x - side * lip, c.y + h}, line_width, ink);
      }
      return;
    }
  }
}

void Canvas::Polygon(const std::vector<PixelPoint>& corners, Ink ink) {
  OnBoth(ink, [&](cv::Mat& m, double scale, const cv::Scalar& s, int type) {
    std::vector<cv::Point> points;
    for (const PixelPoint& p : corners) points.push_back(Fixed(p, scale));
    cv::fillConvexPoly(m, points, s, type, kShift);
  });
}

double Canvas::TextWidth(absl::string_view text, const TextStyle& style) {
  int baseline = 0;
  return cv::getTextSize(Text8Bit(text), HersheyFont(style.font),
                         HersheyScale(style), StrokeWidth(style), &baseline)
      .width;
}

void Canvas::Text(absl::string_view text, PixelPoint position, Anchor anchor,
                  const TextStyle& style) {
  const double width = TextWidth(text, style);
  double left = position.x;
  if (anchor == Anchor::kCenter) left -= width / 2;
  if (anchor == Anchor::kRight) left -= width;
  OnBoth(style.ink,
         [&](cv::Mat& m, double scale, const cv::Scalar& s, int type) {
           cv::putText(m, Text8Bit(text),
                       cv::Point(cvRound(left * scale - 0.5),
                                 cvRound(position.y * scale - 0.5)),
                       HersheyFont(style.font), HersheyScale(style) * scale, s,
                       Thickness(StrokeWidth(style), scale), type);
         });
}

void Canvas::TextAround(absl::string_view text, PixelPoint center,
                        const TextStyle& style) {
  Text(text, {center.x, center.y + style.height / 2}, Anchor::kCenter, style);
}

}  // namespace sightline::generator
