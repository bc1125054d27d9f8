#include "services/grade/omrchecker/appearance.h"

#include <algorithm>

namespace sightline::grade::omrchecker {
namespace {

constexpr align::v1::ShapeKind kShapes[] = {align::v1::SHAPE_KIND_ELLIPSE,
                                            align::v1::SHAPE_KIND_RECTANGLE};
// On OMRChecker's samples the print is 0.85 to 1.65 times as wide as the box;
// outlines are found within 20 % of their size.
constexpr double kBubbleScales[] = {1, 1.3, 0.87, 1.15, 0.75, 1.6};
// Markers of its samples are printed at 0.59 to 1.0 of their nominal size.
constexpr double kMarkerScales[] = {1, 0.7, 0.5};

void Scale(double factor, common::v1::Size* size) {
  size->set_width(size->width() * factor);
  size->set_height(size->height() * factor);
}

// Bubbles of a grid must not touch; the engine allows for rounding.
void Shrink(double most_width, double most_height, common::v1::Size* size) {
  size->set_width(std::min(size->width(), most_width));
  size->set_height(std::min(size->height(), most_height));
}

}  // namespace

std::vector<v1::SheetAppearance> AppearancesOf(PageSource source) {
  std::vector<v1::SheetAppearance> appearances;
  const auto add = [&](v1::Alignment::Mode mode, double marker_scale) {
    for (const align::v1::ShapeKind shape : kShapes) {
      for (const double bubble_scale : kBubbleScales) {
        v1::SheetAppearance appearance;
        appearance.set_bubble_shape(shape);
        appearance.set_bubble_scale(bubble_scale);
        appearance.set_marker_scale(marker_scale);
        appearance.set_mode(mode);
        appearances.push_back(appearance);
      }
    }
  };
  if (source == PageSource::kMarkers) {
    for (const double scale : kMarkerScales) {
      add(v1::Alignment::MODE_REGISTER, scale);
    }
  } else {
    add(v1::Alignment::MODE_REGISTER, 1);
  }
  // OMRChecker takes such scans as they are. Looking for the page is better
  // where it is found: a scanner's feed is never straight.
  if (source == PageSource::kScan) add(v1::Alignment::MODE_ALIGNED, 1);
  return appearances;
}

v1::SheetLayout WithAppearance(const v1::SheetLayout& layout,
                               const v1::SheetAppearance& appearance) {
  v1::SheetLayout changed = layout;
  changed.set_bubble_shape(appearance.bubble_shape());
  changed.mutable_alignment()->set_mode(appearance.mode());
  for (align::v1::Marker& marker : *changed.mutable_markers()) {
    Scale(appearance.marker_scale(), marker.mutable_size());
  }
  const double scale = appearance.bubble_scale();
  if (scale == 1) return changed;
  const common::v1::Size bubble = changed.bubble();
  Scale(scale, changed.mutable_bubble());
  for (v1::FieldBlock& block : *changed.mutable_blocks()) {
    if (!block.has_bubble()) *block.mutable_bubble() = bubble;
    Scale(scale, block.mutable_bubble());
    const bool vertical =
        block.value_direction() == v1::DIRECTION_TOP_TO_BOTTOM;
    const double across = vertical ? block.field_gap() : block.value_gap();
    const double down = vertical ? block.value_gap() : block.field_gap();
    // A gap of 0 stands where there is but one.
    Shrink(across > 0 ? across : block.bubble().width(),
           down > 0 ? down : block.bubble().height(), block.mutable_bubble());
    const double x = block.origin().x();
    const double y = block.origin().y();
    Shrink(2 * x, 2 * y, block.mutable_bubble());
  }
  for (v1::Field& field : *changed.mutable_fields()) {
    for (v1::Bubble& own : *field.mutable_bubbles()) {
      if (!own.has_size()) *own.mutable_size() = bubble;
      // Their gaps differ from field to field: only smaller ones surely fit.
      Scale(std::min(scale, 1.0), own.mutable_size());
    }
  }
  return changed;
}

}  // namespace sightline::grade::omrchecker
