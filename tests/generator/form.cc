#include "tests/generator/form.h"

#include <utility>

namespace sightline::generator {

const std::vector<FormFamily>& AllFormFamilies() {
  static const auto& all = *new std::vector<FormFamily>{
      FormFamily::kStandard,      FormFamily::kDense100,
      FormFamily::kDense200,      FormFamily::kRingMarkers,
      FormFamily::kSquareMarkers, FormFamily::kImageMarkers,
      FormFamily::kQuiz,          FormFamily::kMultiMark,
      FormFamily::kRightToLeft,   FormFamily::kCustomValues,
      FormFamily::kBrackets,      FormFamily::kQuickstart,
      FormFamily::kArucoMarkers,  FormFamily::kTimingMarks};
  return all;
}

const char* FormFamilyName(FormFamily family) {
  switch (family) {
    case FormFamily::kStandard:
      return "standard";
    case FormFamily::kDense100:
      return "dense100";
    case FormFamily::kDense200:
      return "dense200";
    case FormFamily::kRingMarkers:
      return "ring_markers";
    case FormFamily::kSquareMarkers:
      return "square_markers";
    case FormFamily::kImageMarkers:
      return "image_markers";
    case FormFamily::kQuiz:
      return "quiz";
    case FormFamily::kMultiMark:
      return "multi_mark";
    case FormFamily::kRightToLeft:
      return "right_to_left";
    case FormFamily::kCustomValues:
      return "custom_values";
    case FormFamily::kBrackets:
      return "brackets";
    case FormFamily::kQuickstart:
      return "quickstart";
    case FormFamily::kArucoMarkers:
      return "aruco_markers";
    case FormFamily::kTimingMarks:
      return "timing_marks";
  }
  return "";
}

std::optional<FormFamily> FindFormFamily(absl::string_view name) {
  for (const FormFamily family : AllFormFamilies()) {
    if (name == FormFamilyName(family)) return family;
  }
  return std::nullopt;
}

align::Reference ToReference(const PrintedForm& form, bool with_image) {
  align::Reference reference;
  reference.page = form.layout.page;
  if (with_image) reference.image = form.print.luma.Clone();
  for (const align::Marker& marker : form.markers) {
    align::Marker copy;
    copy.kind = marker.kind;
    copy.center = marker.center;
    copy.size = marker.size;
    copy.image = marker.image.Clone();
    copy.dictionary = marker.dictionary;
    copy.id = marker.id;
    reference.markers.push_back(std::move(copy));
  }
  reference.timing_tracks = form.timing_tracks;
  for (const grade::Field& field : form.fields) {
    for (const grade::Bubble& bubble : field.bubbles) {
      align::PrintedShape shape;
      shape.center = bubble.center;
      shape.size = bubble.size;
      switch (*bubble.shape) {
        case grade::BubbleShape::kEllipse:
          shape.kind = align::ShapeKind::kEllipse;
          break;
        case grade::BubbleShape::kRectangle:
          shape.kind = align::ShapeKind::kRectangle;
          break;
        case grade::BubbleShape::kBrackets:
          shape.kind = align::ShapeKind::kBrackets;
          break;
      }
      reference.shapes.push_back(shape);
    }
  }
  return reference;
}

}  // namespace sightline::generator
