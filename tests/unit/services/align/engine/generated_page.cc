#include "tests/unit/services/align/engine/generated_page.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <random>
#include <string>

namespace sightline::align {
namespace {

cv::Mat AsMat(GrayImage& image) {
  return cv::Mat(image.height(), image.width(), CV_8UC1, image.data());
}

std::string Word(std::mt19937& random) {
  std::string word;
  const int length = 2 + static_cast<int>(random() % 8);
  for (int i = 0; i < length; ++i) {
    word += static_cast<char>('a' + random() % 26);
  }
  return word;
}

void DrawLines(cv::Mat image, int left, int top, int right, int lines,
               double size, std::mt19937& random) {
  for (int line = 0; line < lines; ++line) {
    std::string text;
    while (static_cast<int>(text.size()) * size * 19 < right - left) {
      text += Word(random) + " ";
    }
    cv::putText(image, text, cv::Point(left, top + line * int(40 * size)),
                cv::FONT_HERSHEY_SIMPLEX, size, cv::Scalar(30),
                size > 1 ? 3 : 1, cv::LINE_AA);
  }
}

void DrawShape(cv::Mat image, const PrintedShape& shape) {
  const cv::Point center(static_cast<int>(shape.center.x),
                         static_cast<int>(shape.center.y));
  const cv::Size half(static_cast<int>(shape.size.width / 2),
                      static_cast<int>(shape.size.height / 2));
  if (shape.kind == ShapeKind::kEllipse) {
    cv::ellipse(image, center, half, 0, 0, 360, cv::Scalar(60), 2, cv::LINE_AA);
    return;
  }
  cv::rectangle(image, center - cv::Point(half), center + cv::Point(half),
                cv::Scalar(60), 2);
  if (shape.kind == ShapeKind::kBrackets) {
    cv::rectangle(
        image, cv::Point(center.x - half.width / 2, center.y - half.height - 2),
        cv::Point(center.x + half.width / 2, center.y + half.height + 2),
        cv::Scalar(255), cv::FILLED);
  }
}

GrayImage Arrow(int side) {
  GrayImage image(side, side);
  cv::Mat mat = AsMat(image);
  mat.setTo(255);
  const std::vector<cv::Point> outline = {
      {side / 2, side / 10},          {side * 9 / 10, side / 2},
      {side * 6 / 10, side / 2},      {side * 6 / 10, side * 9 / 10},
      {side * 4 / 10, side * 9 / 10}, {side * 4 / 10, side / 2},
      {side / 10, side / 2}};
  cv::fillPoly(mat, outline, cv::Scalar(0), cv::LINE_AA);
  return image;
}

Marker DrawMarker(cv::Mat image, MarkerKind kind, PixelPoint center, int side) {
  Marker marker{
      kind, center, {static_cast<double>(side), static_cast<double>(side)}, {}};
  const cv::Rect box(static_cast<int>(center.x) - side / 2,
                     static_cast<int>(center.y) - side / 2, side, side);
  const cv::Point middle(static_cast<int>(center.x),
                         static_cast<int>(center.y));
  switch (kind) {
    case MarkerKind::kSquare:
      cv::rectangle(image, box, cv::Scalar(0), cv::FILLED);
      break;
    case MarkerKind::kRing:
      // Odd coordinates of a circle's centre are pixel centres: half a pixel
      // to the corner-based centre.
      cv::circle(image, middle, side / 2, cv::Scalar(0), cv::FILLED,
                 cv::LINE_AA);
      cv::circle(image, middle, side / 4, cv::Scalar(255), cv::FILLED,
                 cv::LINE_AA);
      marker.center = {middle.x + 0.5, middle.y + 0.5};
      break;
    case MarkerKind::kImage: {
      marker.image = Arrow(side);
      AsMat(marker.image).copyTo(image(box));
      break;
    }
    case MarkerKind::kAruco: {
      // Each corner another id.
      marker.id =
          (center.x > image.cols / 2.0) + 2 * (center.y > image.rows / 2.0);
      GrayImage cells = DrawAruco(marker.dictionary, marker.id, 1);
      cv::resize(AsMat(cells), image(box), box.size(), 0, 0, cv::INTER_NEAREST);
      break;
    }
  }
  return marker;
}

}  // namespace

Reference GeneratedPage::WithImage() const {
  Reference reference = WithoutImage();
  reference.image = blank.Clone();
  return reference;
}

Reference GeneratedPage::WithoutImage() const {
  Reference reference;
  reference.page = page;
  reference.shapes = shapes;
  for (const Marker& marker : markers) {
    reference.markers.push_back(
        {marker.kind, marker.center, marker.size, marker.image.Clone()});
  }
  return reference;
}

GeneratedPage DrawPage(const PageDesign& design) {
  GeneratedPage page;
  page.design = design;
  page.page = {static_cast<double>(design.width),
               static_cast<double>(design.height)};
  page.blank = GrayImage(design.width, design.height);
  cv::Mat image = AsMat(page.blank);
  image.setTo(255);
  std::mt19937 random(design.seed);
  const int margin = design.width / 10;
  if (design.has_text) {
    DrawLines(image, margin, margin, design.width - margin, 1, 1.5, random);
    DrawLines(image, margin, margin + 60, design.width / 2, 5, 0.8, random);
    cv::rectangle(image,
                  cv::Rect(design.width * 6 / 10, margin + 30,
                           design.width * 3 / 10, 150),
                  cv::Scalar(0), 3);
    DrawLines(image, design.width * 6 / 10 + 20, margin + 70,
              design.width * 9 / 10 - 30, 3, 0.9, random);
    DrawLines(image, margin, design.height - margin - 60, design.width - margin,
              3, 0.7, random);
  }
  const int side = 28;
  const double pitch_x = 46;
  const double block_width = (design.width - 2.0 * margin) / design.blocks;
  const double top = margin + 280;
  const double pitch_y =
      std::min(52.0, (design.height - margin - 130 - top) / design.rows);
  for (int block = 0; block < design.blocks; ++block) {
    const double left = margin + block * block_width + 70;
    for (int row = 0; row < design.rows; ++row) {
      const double y = std::floor(top + row * pitch_y);
      cv::putText(
          image, std::to_string(block * design.rows + row + 1),
          cv::Point(static_cast<int>(left) - 65, static_cast<int>(y) + 8),
          cv::FONT_HERSHEY_SIMPLEX, 0.7, cv::Scalar(40), 2, cv::LINE_AA);
      for (int choice = 0; choice < design.choices; ++choice) {
        const double x = std::floor(left + choice * pitch_x);
        // Drawn around a pixel's centre.
        const PrintedShape shape{
            {x + 0.5, y + 0.5}, {side, side}, design.shape};
        if (design.has_outlines) DrawShape(image, shape);
        cv::putText(image, std::string(1, static_cast<char>('A' + choice)),
                    cv::Point(static_cast<int>(x) - 6, static_cast<int>(y) + 6),
                    cv::FONT_HERSHEY_SIMPLEX, 0.55,
                    cv::Scalar(design.has_outlines ? 120 : 60),
                    design.has_outlines ? 1 : 2, cv::LINE_AA);
        page.shapes.push_back(shape);
      }
    }
  }
  if (design.has_markers) {
    const double near = margin * 0.5;
    const int marker_side = design.width / 24 / 2 * 2;
    for (const PixelPoint center :
         {PixelPoint{near, near}, PixelPoint{design.width - near, near},
          PixelPoint{design.width - near, design.height - near},
          PixelPoint{near, design.height - near}}) {
      page.markers.push_back(
          DrawMarker(image, design.marker, center, marker_side));
    }
  }
  return page;
}

GrayImage FillIn(const GeneratedPage& page, int seed) {
  GrayImage filled = page.blank.Clone();
  cv::Mat image = AsMat(filled);
  std::mt19937 random(seed);
  const int choices = page.design.choices;
  for (size_t row = 0; row + choices <= page.shapes.size(); row += choices) {
    // Some rows stay blank.
    if (random() % 8 == 0) continue;
    const PrintedShape& shape = page.shapes[row + random() % choices];
    const cv::Point center(static_cast<int>(shape.center.x) + random() % 5 - 2,
                           static_cast<int>(shape.center.y) + random() % 5 - 2);
    cv::circle(image, center, static_cast<int>(shape.size.width * 0.45),
               cv::Scalar(50 + random() % 40), cv::FILLED, cv::LINE_AA);
  }
  return filled;
}

Homography ScannerMap(PixelSize page, int scan_width, double degrees,
                      double shift, double perspective) {
  const double scale = scan_width / page.width;
  const double angle = degrees * M_PI / 180;
  const double c = std::cos(angle) * scale;
  const double s = std::sin(angle) * scale;
  const Homography turn =
      Homography::Translation(scan_width * (0.5 + shift),
                              page.height * scale * (0.5 - shift)) *
      Homography({c, -s, 0, s, c, 0, 0, 0, 1}) *
      Homography::Translation(-page.width / 2, -page.height / 2);
  return Homography({1, 0, 0, 0, 1, 0, perspective / scan_width,
                     -perspective / 2 / scan_width, 1}) *
         turn;
}

GrayImage WithNoise(const GrayImage& scan, double deviation, int seed) {
  std::mt19937 random(seed);
  std::normal_distribution<double> noise(0, deviation);
  GrayImage out(scan.width(), scan.height());
  for (int64_t i = 0; i < scan.size_bytes(); ++i) {
    out.data()[i] = static_cast<uint8_t>(
        std::clamp(scan.data()[i] * 0.9 + 10 + noise(random), 0.0, 255.0));
  }
  return out;
}

double MeanError(const Homography& scan_to_page, const Homography& truth,
                 PixelSize page) {
  const Homography page_to_scan = *truth.Inverse();
  double sum = 0;
  constexpr int kSteps = 9;
  for (int j = 0; j < kSteps; ++j) {
    for (int i = 0; i < kSteps; ++i) {
      const PixelPoint expected{(i + 0.5) / kSteps * page.width,
                                (j + 0.5) / kSteps * page.height};
      const PixelPoint found = scan_to_page.Map(page_to_scan.Map(expected));
      sum += std::hypot(found.x - expected.x, found.y - expected.y);
    }
  }
  return sum / (kSteps * kSteps) * 1000 / page.width;
}

}  // namespace sightline::align
