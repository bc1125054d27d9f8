#include "tests/generator/pen.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <opencv2/imgproc.hpp>

namespace sightline::generator {
namespace {

constexpr double kTurn = 2 * std::numbers::pi;

// The page area that strokes touch, with a margin.
cv::Rect Touched(const std::vector<Stroke>& strokes, double margin,
                 const PageImage& page) {
  double left = 1e9, top = 1e9, right = -1e9, bottom = -1e9;
  for (const Stroke& stroke : strokes) {
    for (const PixelPoint& p : stroke) {
      left = std::min(left, p.x);
      right = std::max(right, p.x);
      top = std::min(top, p.y);
      bottom = std::max(bottom, p.y);
    }
  }
  const cv::Rect box(cv::Point(static_cast<int>(left - margin),
                               static_cast<int>(top - margin)),
                     cv::Point(static_cast<int>(right + margin) + 1,
                               static_cast<int>(bottom + margin) + 1));
  return box & cv::Rect(0, 0, page.luma.width(), page.luma.height());
}

// Pressure and paper grain: smooth noise around 1.
cv::Mat Grain(cv::Size size, double strength, Random& random) {
  cv::Mat grain(size, CV_32F);
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      grain.at<float>(y, x) = static_cast<float>(random.Uniform(-1, 1));
    }
  }
  cv::GaussianBlur(grain, grain, cv::Size(0, 0), 1.2);
  return 1.0 - strength * cv::abs(grain) * 2.2;
}

}  // namespace

void DrawStrokes(PageImage& page, const std::vector<Stroke>& strokes,
                 const Pen& pen, double blur, Random& random) {
  const cv::Rect box = Touched(strokes, pen.width + 3 * blur + 2, page);
  if (box.empty()) return;
  constexpr int kShift = 4;
  cv::Mat covered(box.size(), CV_8UC1, cv::Scalar(0));
  for (const Stroke& stroke : strokes) {
    std::vector<cv::Point> points;
    for (const PixelPoint& p : stroke) {
      points.emplace_back(cvRound((p.x - box.x - 0.5) * (1 << kShift)),
                          cvRound((p.y - box.y - 0.5) * (1 << kShift)));
    }
    cv::polylines(covered, points, false, cv::Scalar(255),
                  std::max(1, cvRound(pen.width)), cv::LINE_AA, kShift);
  }
  cv::Mat ink;
  covered.convertTo(ink, CV_32F, 1 / 255.0);
  cv::GaussianBlur(ink, ink, cv::Size(0, 0), std::max(0.6, blur));
  if (pen.grain > 0) ink = ink.mul(Grain(box.size(), pen.grain, random));
  for (int y = 0; y < box.height; ++y) {
    uint8_t* luma = page.luma.row(box.y + y) + box.x;
    const float* amount = ink.ptr<float>(y);
    for (int x = 0; x < box.width; ++x) {
      const double left = 1 - pen.darkness * std::clamp(amount[x], 0.f, 1.f);
      luma[x] = static_cast<uint8_t>(luma[x] * left + 0.5);
    }
  }
  if (pen.cb == 0 && pen.cr == 0) return;
  for (int y = 0; y + 1 < box.height; y += 2) {
    uint8_t* chroma = page.chroma.row((box.y + y) / 2);
    for (int x = 0; x + 1 < box.width; x += 2) {
      const double share = std::clamp(ink.at<float>(y, x), 0.f, 1.f);
      uint8_t* c = chroma + (box.x + x) / 2 * 2;
      c[0] = cv::saturate_cast<uint8_t>(c[0] + pen.cb * share);
      c[1] = cv::saturate_cast<uint8_t>(c[1] + pen.cr * share);
    }
  }
}

std::vector<Stroke> Scribble(PixelPoint c, PixelSize size, double coverage,
                             double stroke_width, bool round, Random& random) {
  const double angle = random.Uniform(-0.5, 0.5) + kTurn / 8;
  const double cosine = std::cos(angle);
  const double sine = std::sin(angle);
  const double rx = std::max(1.0, (size.width - stroke_width) / 2 * coverage);
  const double ry = std::max(1.0, (size.height - stroke_width) / 2 * coverage);
  const double radius = round ? 1 : 1.25;
  const double step =
      stroke_width * random.Uniform(0.55, 0.9) / std::min(rx, ry);
  Stroke path;
  int side = 1;
  for (double t = -radius; t <= radius; t += step, side = -side) {
    double reach = round ? std::sqrt(std::max(0.0, 1 - t * t)) : radius;
    reach *= random.Uniform(0.9, 1.08);
    for (const double s : {-side * reach, side * reach}) {
      double u = s * cosine - t * sine;
      double v = s * sine + t * cosine;
      if (!round) {
        u = std::clamp(u, -1.0, 1.0);
        v = std::clamp(v, -1.0, 1.0);
      }
      path.push_back({c.x + u * rx, c.y + v * ry});
    }
  }
  std::vector<Stroke> strokes{path};
  // Most people go round the outline too.
  if (round && random.Chance(0.7)) {
    Stroke ring;
    const double start = random.Uniform(0, kTurn);
    for (double t = 0; t <= kTurn * 1.05; t += kTurn / 24) {
      const double wobble = random.Uniform(0.92, 1.04);
      ring.push_back({c.x + rx * wobble * std::cos(start + t),
                      c.y + ry * wobble * std::sin(start + t)});
    }
    strokes.push_back(ring);
  }
  return strokes;
}

std::vector<Stroke> Tick(PixelPoint c, PixelSize size, Random& random) {
  const double w = size.width * random.Uniform(0.75, 1.15);
  const double h = size.height * random.Uniform(0.75, 1.15);
  return {{{c.x - w * random.Uniform(0.35, 0.45), c.y + h * 0.02},
           {c.x - w * 0.1, c.y + h * random.Uniform(0.3, 0.42)},
           {c.x + w * 0.2, c.y - h * 0.1},
           {c.x + w * random.Uniform(0.45, 0.65),
            c.y - h * random.Uniform(0.5, 0.75)}}};
}

std::vector<Stroke> Cross(PixelPoint c, PixelSize size, Random& random) {
  const double w = size.width * random.Uniform(0.36, 0.55);
  const double h = size.height * random.Uniform(0.36, 0.55);
  const auto jitter = [&] { return random.Uniform(-0.1, 0.1) * size.width; };
  return {{{c.x - w + jitter(), c.y - h}, {c.x + w + jitter(), c.y + h}},
          {{c.x - w + jitter(), c.y + h}, {c.x + w + jitter(), c.y - h}}};
}

std::vector<Stroke> Handwriting(PixelPoint start, double length, double height,
                                Random& random) {
  std::vector<Stroke> words;
  double x = start.x;
  while (x < start.x + length) {
    Stroke word;
    const double end =
        std::min(start.x + length, x + height * random.Uniform(2, 4.5));
    double phase = random.Uniform(0, kTurn);
    double tall = 0.5;
    for (; x < end; x += height * 0.045) {
      phase += kTurn * random.Uniform(0.04, 0.12);
      if (random.Chance(0.08)) tall = random.Uniform(0.3, 1.2);
      word.push_back({x + height * 0.16 * std::cos(phase * 0.7),
                      start.y - height * tall * (0.5 + 0.5 * std::sin(phase))});
    }
    words.push_back(word);
    x += height * random.Uniform(0.5, 0.9);
  }
  return words;
}

std::vector<Stroke> Digit(int digit, PixelPoint c, PixelSize size,
                          Random& random) {
  // Unit box -1..1, y downwards.
  static const auto& shapes = *new std::vector<std::vector<Stroke>>{
      {{{0, -1},
        {-0.7, -0.4},
        {-0.6, 0.6},
        {0, 1},
        {0.7, 0.5},
        {0.6, -0.5},
        {0, -1}}},
      {{{-0.4, -0.5}, {0.1, -1}, {0.05, 1}}},
      {{{-0.6, -0.6}, {0, -1}, {0.6, -0.5}, {-0.6, 1}, {0.7, 0.9}}},
      {{{-0.6, -0.9},
        {0.3, -0.9},
        {0.5, -0.4},
        {-0.1, -0.05},
        {0.6, 0.4},
        {0.2, 1},
        {-0.6, 0.8}}},
      {{{0.1, -1}, {-0.7, 0.3}, {0.7, 0.25}}, {{0.3, -0.2}, {0.25, 1}}},
      {{{0.6, -1},
        {-0.4, -0.95},
        {-0.5, -0.1},
        {0.3, -0.15},
        {0.6, 0.4},
        {0.1, 1},
        {-0.6, 0.8}}},
      {{{0.4, -1},
        {-0.4, -0.2},
        {-0.5, 0.6},
        {0, 1},
        {0.5, 0.6},
        {0.1, 0.05},
        {-0.5, 0.4}}},
      {{{-0.6, -0.9}, {0.6, -0.95}, {-0.1, 1}}},
      {{{0.4, -0.8},
        {-0.3, -1},
        {-0.4, -0.4},
        {0.5, 0.4},
        {0.2, 1},
        {-0.5, 0.8},
        {-0.3, 0.2},
        {0.5, -0.5},
        {0.4, -0.8}}},
      {{{0.5, -0.6},
        {0, -1},
        {-0.5, -0.5},
        {0, -0.1},
        {0.5, -0.6},
        {0.35, 1}}}};
  std::vector<Stroke> strokes = shapes[digit];
  for (Stroke& stroke : strokes) {
    for (PixelPoint& p : stroke) {
      p = {c.x + size.width / 2 * (p.x + random.Uniform(-0.12, 0.12)),
           c.y + size.height / 2 * (p.y + random.Uniform(-0.12, 0.12))};
    }
  }
  return strokes;
}

}  // namespace sightline::generator
