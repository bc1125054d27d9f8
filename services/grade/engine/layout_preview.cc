#include "services/grade/engine/layout_preview.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <iterator>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "services/grade/engine/canvas.h"
#include "services/grade/engine/layout_check.h"
#include "services/grade/engine/page_background.h"
#include "services/grade/engine/reasons.h"

namespace sightline::grade {
namespace {

constexpr int kMinWidth = 100;
constexpr int kMaxWidth = 10000;
constexpr int kMaxHeight = 20000;

// Dark enough for letters on white, told apart also beside each other.
constexpr Colour kBlockColours[] = {
    {0, 92, 190},  {186, 44, 20}, {0, 122, 92},   {128, 52, 176},
    {176, 104, 0}, {0, 122, 152}, {196, 20, 104}, {88, 98, 0}};
constexpr Colour kCode = {70, 74, 82};
constexpr Colour kHandwriting = {120, 86, 30};
constexpr Colour kMarker = {214, 0, 122};
constexpr Colour kPaper = {255, 255, 255};

Colour BlockColour(size_t index) {
  return kBlockColours[index % std::size(kBlockColours)];
}

Box Joined(const Box& a, const Box& b) {
  return {std::min(a.left, b.left), std::min(a.top, b.top),
          std::max(a.right, b.right), std::max(a.bottom, b.bottom)};
}

// Print becomes pale, so that the layout stands out over it.
void Lighten(RgbImage& image) {
  constexpr double kKept = 0.6;
  uint8_t* const end = image.data() + image.size_bytes();
  for (uint8_t* sample = image.data(); sample < end; ++sample) {
    *sample = static_cast<uint8_t>(255 - kKept * (255 - *sample) + 0.5);
  }
}

// The number at the end of a label, or all of it.
absl::string_view Ending(absl::string_view label) {
  size_t digits = label.size();
  while (digits > 0 && absl::ascii_isdigit(label[digits - 1])) --digits;
  return digits == label.size() ? label : label.substr(digits);
}

class LayoutDrawer {
 public:
  // `scale_x`, `scale_y`: image pixels per page unit.
  LayoutDrawer(RgbImage& image, double scale_x, double scale_y)
      : canvas_(image),
        scale_x_(scale_x),
        scale_y_(scale_y),
        line_(std::max(1.0, image.width() / 1100.0)) {}

  Box BoxOf(PixelPoint center, PixelSize size) const {
    const double x = center.x * scale_x_;
    const double y = center.y * scale_y_;
    const double w = size.width * scale_x_ / 2;
    const double h = size.height * scale_y_ / 2;
    return {x - w, y - h, x + w, y + h};
  }

  Box BoundsOf(const Field& field) const {
    Box bounds =
        BoxOf(field.bubbles.front().center, field.bubbles.front().size);
    for (const Bubble& bubble : field.bubbles) {
      bounds = Joined(bounds, BoxOf(bubble.center, bubble.size));
    }
    return bounds;
  }

  // `pitch`: room for the label beside the next field's, pixels.
  void DrawField(const Field& field, Colour colour, double pitch) {
    for (const Bubble& bubble : field.bubbles) {
      const Box box = BoxOf(bubble.center, bubble.size);
      switch (bubble.shape.value_or(BubbleShape::kEllipse)) {
        case BubbleShape::kEllipse:
          canvas_.DrawEllipse(box, 1.2 * line_, colour);
          break;
        case BubbleShape::kRectangle:
          canvas_.DrawBox(box, line_, 1.2 * line_, colour);
          break;
        case BubbleShape::kBrackets:
          DrawBrackets(box, colour);
          break;
      }
    }
    // Over the outlines, so that no neighbour's crosses them.
    for (const Bubble& bubble : field.bubbles) {
      const Box box = BoxOf(bubble.center, bubble.size);
      const double letter = ValueHeight(box);
      const double wide = Canvas::TextWidth(letter, bubble.value);
      DrawTag(
          {box.right - 0.12 * box.width() - 0.5 * std::min(wide, 1.2 * letter),
           box.bottom - 0.75 * letter},
          letter, bubble.value, colour);
    }
    DrawLabel(field, colour, pitch);
  }

  void DrawFrame(const Box& bounds, absl::string_view name, Colour colour) {
    const Box frame = bounds.Grown(4 * line_);
    canvas_.DrawBox(frame, 4 * line_, 0.8 * line_, colour);
    if (name.empty()) return;
    const double height = 8.5 * line_;
    const double padding = 3 * line_;
    const double wide = Canvas::TextWidth(height, name);
    // Above the frame; within it at the page's upper edge.
    const double bottom = std::max(frame.top, height + 2 * padding);
    canvas_.FillBox({frame.left, bottom - height - 2 * padding,
                     frame.left + wide + 2 * padding, bottom},
                    colour);
    canvas_.DrawText({frame.left + padding, bottom - height - padding}, height,
                     name, kPaper);
  }

  // The place of a code, or a box of handwriting.
  template <typename Place>
  void DrawPlace(const Place& place, Colour colour) {
    const Box box = BoxOf(place.center, place.size);
    canvas_.DrawBox(box, 2 * line_, 1.4 * line_, colour, LineStyle::kDashed);
    const double height = 9 * line_;
    DrawTag({box.left + 4 * line_, box.top + 4 * line_}, height, place.label,
            colour);
  }

  void DrawMarker(const MarkerPlace& marker) {
    const Box box = BoxOf(marker.center, marker.size);
    const PixelPoint middle = box.center();
    const double arm = 0.5 * std::min(box.width(), box.height()) + 6 * line_;
    canvas_.DrawBox(box, line_, 1.6 * line_, kMarker);
    canvas_.DrawLine({middle.x - arm, middle.y}, {middle.x + arm, middle.y},
                     line_, kMarker);
    canvas_.DrawLine({middle.x, middle.y - arm}, {middle.x, middle.y + arm},
                     line_, kMarker);
  }

 private:
  double ValueHeight(const Box& box) const {
    return std::clamp(0.3 * std::min(box.width(), box.height()), 5.0,
                      11 * line_);
  }

  // Text on a scrap of paper that hides what is printed below.
  void DrawTag(PixelPoint at, double height, absl::string_view text,
               Colour colour) {
    const double wide = Canvas::TextWidth(height, text) - 0.3 * height;
    const double margin = 0.22 * height;
    canvas_.FillBox({at.x - margin, at.y - margin, at.x + wide + margin,
                     at.y + height + margin},
                    kPaper);
    canvas_.DrawText(at, height, text, colour);
  }

  void DrawBrackets(const Box& box, Colour colour) {
    const double lip = 0.18 * box.width();
    for (const bool left : {true, false}) {
      const double x = left ? box.left : box.right;
      const double end = left ? x + lip : x - lip;
      canvas_.DrawLine({x, box.top}, {x, box.bottom}, 1.2 * line_, colour);
      canvas_.DrawLine({x, box.top}, {end, box.top}, 1.2 * line_, colour);
      canvas_.DrawLine({x, box.bottom}, {end, box.bottom}, 1.2 * line_, colour);
    }
  }

  // Behind the last value, in the direction in which the values run.
  void DrawLabel(const Field& field, Colour colour, double pitch) {
    const Box first =
        BoxOf(field.bubbles.front().center, field.bubbles.front().size);
    const Box last =
        BoxOf(field.bubbles.back().center, field.bubbles.back().size);
    const double dx = last.center().x - first.center().x;
    const double dy = last.center().y - first.center().y;
    const double height = std::clamp(0.4 * first.height(), 6.0, 10 * line_);
    const double gap = 6 * line_;
    absl::string_view text = field.label;
    if (std::abs(dy) > std::abs(dx)) {
      if (Canvas::TextWidth(height, text) > 0.95 * pitch) text = Ending(text);
      const double wide = Canvas::TextWidth(height, text) - 0.3 * height;
      DrawTag({last.center().x - wide / 2,
               dy > 0 ? last.bottom + gap : last.top - gap - height},
              height, text, colour);
      return;
    }
    const double wide = Canvas::TextWidth(height, text) - 0.3 * height;
    DrawTag({dx < 0 ? last.left - gap - wide : last.right + gap,
             last.center().y - height / 2},
            height, text, colour);
  }

  Canvas canvas_;
  const double scale_x_;
  const double scale_y_;
  const double line_;
};

int PageHeight(const Sheet& sheet, int width) {
  const double height = width * sheet.page().height / sheet.page().width;
  return static_cast<int>(std::clamp(std::round(height), 1.0, 1e8));
}

absl::Status Check(int width, int height) {
  if (width < kMinWidth || width > kMaxWidth) {
    return Error(absl::StatusCode::kInvalidArgument, kPreviewInvalid)
        .Field("width", absl::StrCat("is ", width, ", must be ", kMinWidth,
                                     " to ", kMaxWidth));
  }
  if (height > kMaxHeight) {
    return Error(absl::StatusCode::kInvalidArgument, kPreviewInvalid)
        .Field("width", absl::StrCat("makes this page ", height,
                                     " pixels high, at most ", kMaxHeight,
                                     " are drawn"));
  }
  return absl::OkStatus();
}

// Distance of neighbouring fields' first bubbles in a block, page units.
double FieldPitch(const SheetLayout& layout, int block) {
  return block < 0 ? 1e9 : layout.blocks[block].field_gap;
}

}  // namespace

absl::StatusOr<RgbImage> DrawLayout(const SheetLayout& layout,
                                    const Sheet& sheet,
                                    const std::vector<MarkerPlace>& markers,
                                    const GrayImage& reference, int width) {
  const int height = PageHeight(sheet, width);
  SL_RETURN_IF_ERROR(Check(width, height));
  RgbImage image(width, height);
  if (reference.empty()) {
    std::memset(image.data(), 255, static_cast<size_t>(image.size_bytes()));
  } else {
    DrawPageBackground(reference,
                       Homography::Scale(double(reference.width()) / width,
                                         double(reference.height()) / height),
                       0, image);
    Lighten(image);
  }
  const double scale_x = width / sheet.page().width;
  LayoutDrawer drawer(image, scale_x, height / sheet.page().height);

  ExpandedLayout expanded;
  SheetSoFar so_far;
  ExpandLayout(layout, {}, /*is_whole_sheet=*/false, so_far, expanded);
  const std::vector<Field>& fields = sheet.fields();
  // Frames first: a name must not hide a bubble's value.
  for (size_t f = 0; f < fields.size();) {
    const int block = expanded.blocks[f];
    Box bounds = drawer.BoundsOf(fields[f]);
    size_t next = f + 1;
    while (block >= 0 && next < fields.size() &&
           expanded.blocks[next] == block) {
      bounds = Joined(bounds, drawer.BoundsOf(fields[next]));
      ++next;
    }
    if (block >= 0) {
      drawer.DrawFrame(bounds, layout.blocks[block].name, BlockColour(block));
    }
    f = next;
  }
  size_t singles = layout.blocks.size();
  for (size_t f = 0; f < fields.size(); ++f) {
    const int block = expanded.blocks[f];
    const Colour colour = BlockColour(block >= 0 ? block : singles++);
    drawer.DrawField(fields[f], colour, FieldPitch(layout, block) * scale_x);
  }
  for (const CodeField& code : sheet.codes()) drawer.DrawPlace(code, kCode);
  for (const HandwritingBox& box : sheet.boxes()) {
    drawer.DrawPlace(box, kHandwriting);
  }
  for (const MarkerPlace& marker : markers) drawer.DrawMarker(marker);
  return image;
}

int64_t DrawLayoutBytes(const Sheet& sheet, int width) {
  // The image, and the layout written out once more.
  return 3 * int64_t{width} * std::min(PageHeight(sheet, width), kMaxHeight) +
         int64_t{sheet.bubble_count()} * int64_t{sizeof(Bubble) + 64} +
         static_cast<int64_t>(sheet.fields().size()) * 256 + 65536;
}

}  // namespace sightline::grade
