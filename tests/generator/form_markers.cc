#include <algorithm>
#include <utility>

#include "tests/generator/form_builder.h"

namespace sightline::generator {
namespace {

// An emblem that looks the same in no other place and no other orientation.
void DrawEmblem(Canvas& canvas, PixelPoint center, double size) {
  const double r = size / 2;
  canvas.Box({center.x - r * 0.94, center.y - r * 0.94},
             {center.x + r * 0.94, center.y + r * 0.94}, r * 0.1, {25, 0, 0});
  canvas.FillEllipse({center.x - r * 0.2, center.y + r * 0.1},
                     {r * 1.1, r * 1.1}, {25, 0, 0});
  canvas.FillEllipse({center.x + r * 0.05, center.y - r * 0.1},
                     {r * 0.8, r * 0.8}, {255, 0, 0});
  canvas.Polygon({{center.x + r * 0.25, center.y + r * 0.7},
                  {center.x + r * 0.75, center.y + r * 0.7},
                  {center.x + r * 0.75, center.y - r * 0.55}},
                 {25, 0, 0});
}

void DrawArucoMarker(Canvas& canvas, const align::Marker& marker) {
  const GrayImage cells = align::DrawAruco(marker.dictionary, marker.id, 1);
  const PixelPoint top_left{marker.center.x - marker.size.width / 2,
                            marker.center.y - marker.size.height / 2};
  const auto corner = [&](int column, int row) {
    return PixelPoint{top_left.x + marker.size.width * column / cells.width(),
                      top_left.y + marker.size.height * row / cells.height()};
  };
  canvas.FillBox(corner(0, 0), corner(cells.width(), cells.height()),
                 {20, 0, 0});
  for (int y = 0; y < cells.height(); ++y) {
    for (int x = 0; x < cells.width(); ++x) {
      if (cells.row(y)[x] == 0) continue;
      canvas.FillBox(corner(x, y), corner(x + 1, y + 1), {255, 0, 0});
    }
  }
}

GrayImage Crop(const GrayImage& image, PixelPoint center, double size) {
  const int side = static_cast<int>(size);
  const int left = static_cast<int>(center.x - side / 2.0);
  const int top = static_cast<int>(center.y - side / 2.0);
  GrayImage crop(side, side);
  for (int y = 0; y < side; ++y) {
    std::copy_n(image.row(top + y) + left, side, crop.row(y));
  }
  return crop;
}

}  // namespace

void FormBuilder::CornerMarkers(align::MarkerKind kind, PixelPoint inset,
                                double size) {
  const PixelPoint corners[] = {
      {inset.x, inset.y},
      {width() - inset.x, inset.y},
      {inset.x, height() - inset.y},
      {width() - inset.x, height() - inset.y},
  };
  const auto dictionary =
      random_.For("dictionary")
          .Pick(std::vector<align::ArucoDictionary>{
              align::ArucoDictionary::k4x4_50, align::ArucoDictionary::k4x4_100,
              align::ArucoDictionary::k5x5_100,
              align::ArucoDictionary::k6x6_250,
              align::ArucoDictionary::kOriginal,
              align::ArucoDictionary::kAprilTag36h11});
  // Pages of a series have ids that follow each other.
  const int first_id = 4 * random_.For("ids").Integer(0, 11);
  for (const PixelPoint& center : corners) {
    align::Marker marker;
    marker.kind = kind;
    marker.center = center;
    marker.size = {size, size};
    const double r = size / 2;
    switch (kind) {
      case align::MarkerKind::kSquare:
        canvas_.FillBox({center.x - r, center.y - r},
                        {center.x + r, center.y + r}, {20, 0, 0});
        break;
      case align::MarkerKind::kRing:
        canvas_.Ellipse(center, {size, size}, size * 0.1, {20, 0, 0});
        canvas_.Ellipse(center, {size * 0.64, size * 0.64}, size * 0.11,
                        {20, 0, 0});
        canvas_.FillEllipse(center, {size * 0.24, size * 0.24}, {20, 0, 0});
        break;
      case align::MarkerKind::kImage:
        DrawEmblem(canvas_, center, size);
        marker.image = Crop(form_.print.luma, center, size);
        break;
      case align::MarkerKind::kAruco:
        marker.dictionary = dictionary;
        marker.id = first_id + static_cast<int>(form_.markers.size());
        DrawArucoMarker(canvas_, marker);
        break;
    }
    form_.markers.push_back(std::move(marker));
  }
}

void FormBuilder::TimingMarks(PixelPoint first, PixelPoint step, int count,
                              PixelSize mark) {
  const PixelPoint half{mark.width / 2, mark.height / 2};
  PixelPoint center = first;
  for (int i = 0; i < count; ++i) {
    center = {first.x + i * step.x, first.y + i * step.y};
    canvas_.FillBox({center.x - half.x, center.y - half.y},
                    {center.x + half.x, center.y + half.y}, {20, 0, 0});
  }
  form_.timing_tracks.push_back({first, center, count, mark});
}

}  // namespace sightline::generator
