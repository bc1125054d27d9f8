// An answer sheet's bubbles and their meaning, ready to be read.
//
// A SheetLayout is what people write: blocks, ranges, defaults. Create() checks
// it and expands it into a Sheet: a flat list of fields with placed bubbles,
// which is all that reading, scoring and drawing know.
#ifndef SIGHTLINE_SERVICES_GRADE_ENGINE_LAYOUT_H_
#define SIGHTLINE_SERVICES_GRADE_ENGINE_LAYOUT_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/geometry/homography.h"
#include "services/grade/engine/check_digit.h"

namespace sightline::grade {

enum class BubbleShape { kEllipse, kRectangle, kBrackets };
enum class FieldKind { kSingle, kMultiple, kInteger };
enum class Direction {
  kDefault,
  kLeftToRight,
  kRightToLeft,
  kTopToBottom,
  kBottomToTop,
};

// A place for a mark. Coordinates: page units, corner-based.
struct Bubble {
  std::string value;
  PixelPoint center;
  // {0, 0} in a layout: the layout's default.
  PixelSize size;
  std::optional<BubbleShape> shape;
};

// A field whose bubbles are placed one by one.
struct Field {
  std::string label;
  FieldKind kind = FieldKind::kSingle;
  std::vector<Bubble> bubbles;
  std::string empty_value;
  // People mark with ticks and crosses; a filled bubble is a mark taken back.
  bool filled_cancels = false;
};

// Fields printed as a regular grid. Meaning as in layout.proto.
struct FieldBlock {
  std::string name;
  std::vector<std::string> labels;
  std::vector<std::string> values;
  FieldKind kind = FieldKind::kSingle;
  PixelPoint origin;
  Direction value_direction = Direction::kDefault;
  Direction field_direction = Direction::kDefault;
  double value_gap = 0;
  double field_gap = 0;
  PixelSize bubble;
  std::optional<BubbleShape> shape;
  std::string empty_value;
  bool filled_cancels = false;
};

struct CombinedField {
  std::string label;
  std::vector<std::string> fields;
  // The rule that the joined answer fulfils.
  CheckDigit check = CheckDigit::kNone;
};

enum class CodeFormat {
  kQr,
  kDataMatrix,
  kAztec,
  kPdf417,
  kCode128,
  kCode39,
  kCodabar,
  kEan13,
  kEan8,
  kUpcA,
  kUpcE,
  kItf,
};

// A place where a QR code or barcode is printed or stuck.
struct CodeField {
  std::string label;
  PixelPoint center;
  PixelSize size;
  // What may be there; empty: any.
  std::vector<CodeFormat> formats;
};

// A place where people write by hand.
struct HandwritingBox {
  std::string label;
  PixelPoint center;
  PixelSize size;
  // What a box with writing in it reads as.
  std::string value = "written";
  // An empty one needs review.
  bool is_required = false;
};

struct SheetLayout {
  std::string name;
  PixelSize page;
  PixelSize bubble;
  BubbleShape shape = BubbleShape::kEllipse;
  std::vector<FieldBlock> blocks;
  std::vector<Field> fields;
  std::vector<CombinedField> combined;
  std::vector<CodeField> codes;
  std::vector<HandwritingBox> boxes;
  // The further pages of the sheet; those have neither combined fields nor
  // further pages.
  std::vector<SheetLayout> more_pages;
  // What the text of a code on this page begins with; empty: there is none.
  std::string page_code;
};

// Something wrong or doubtful. `field` is a path below the layout, such as
// "blocks[2].origin".
struct LayoutProblem {
  bool is_error = true;
  std::string field;
  std::string description;
};

// Limits of a layout: a layout is untrusted input.
struct LayoutLimits {
  int max_fields = 5000;
  int max_bubbles = 20000;
  int max_bubbles_per_field = 200;
  int max_codes = 20;
  int max_boxes = 50;
  // Fields and bubbles are counted over all of them, codes page by page.
  int max_pages = 32;
};

struct ExpandedLayout;

// A checked layout: fields with placed bubbles. Immutable once made.
//
// A sheet of several pages has the fields and codes of all of them, page by
// page, and each page as a sheet by itself: that is what a scan is read by.
class Sheet {
 public:
  // Expands and checks. Errors: InvalidArgument LAYOUT_INVALID that names
  // every problem found (at most 50) with its field path: no bubbles, sizes
  // that are not positive or not finite, bubbles that overlap or leave the
  // page, duplicate or empty labels, unknown members of combined fields,
  // ranges that can't be read, codes of pages that can't be told apart, more
  // than the limits allow. Time is bounded by the limits and the layout's own
  // size, whatever it says. Thread-safe.
  static absl::StatusOr<Sheet> Create(const SheetLayout& layout,
                                      const LayoutLimits& limits = {});

  // Everything that Create() would refuse, and warnings besides.
  static std::vector<LayoutProblem> Check(const SheetLayout& layout,
                                          const LayoutLimits& limits = {});

  // Of the first page.
  PixelSize page() const { return page_; }
  // In the layout's order; every bubble with its size and shape filled in.
  const std::vector<Field>& fields() const { return fields_; }
  // Members expanded: every one is the label of a field.
  const std::vector<CombinedField>& combined() const { return combined_; }
  const std::vector<CodeField>& codes() const { return codes_; }
  const std::vector<HandwritingBox>& boxes() const { return boxes_; }
  int bubble_count() const { return bubble_count_; }
  // One per field, 0..group_count() - 1: fields of a group were printed
  // together, so they share their displacement, their outlines and the letters
  // in them. A block is a group, and so is a cluster of neighbouring fields
  // that were placed one by one.
  const std::vector<int>& groups() const { return groups_; }
  int group_count() const { return group_count_; }
  int page_count() const {
    return pages_.empty() ? 1 : static_cast<int>(pages_.size());
  }
  // One page by itself, without combined fields if there are several; the whole
  // sheet if it is the only one. `page` < page_count().
  const Sheet& page_sheet(int page) const {
    return pages_.empty() ? *this : pages_[page];
  }
  // Where the page's fields and codes begin in fields() and codes(); of
  // page_count() where they end.
  int first_field(int page) const;
  int first_code(int page) const;
  // The page that fields()[field] is on, and codes()[code].
  int PageOfField(int field) const;
  int PageOfCode(int code) const;
  // What the text of a code on a page by itself begins with; may be empty.
  const std::string& page_code() const { return page_code_; }
  // Index into fields(), or nullopt.
  std::optional<int> FindField(absl::string_view label) const;
  // Index into combined(), or nullopt.
  std::optional<int> FindCombined(absl::string_view label) const;

 private:
  static Sheet OfPage(const SheetLayout& layout, ExpandedLayout expanded);
  static Sheet OfPages(std::vector<Sheet> pages,
                       std::vector<CombinedField> combined);
  void IndexLabels();

  PixelSize page_;
  std::string page_code_;
  // Empty for a single page.
  std::vector<Sheet> pages_;
  std::vector<Field> fields_;
  std::vector<CombinedField> combined_;
  std::vector<CodeField> codes_;
  std::vector<HandwritingBox> boxes_;
  int bubble_count_ = 0;
  std::vector<int> groups_;
  int group_count_ = 0;
  std::map<std::string, int, std::less<>> field_index_;
  std::map<std::string, int, std::less<>> combined_index_;
};

// "q1..3" -> q1, q2, q3; "q08..11" -> q08, q09, q10, q11; anything without
// ".." stands for itself. Errors: InvalidArgument LAYOUT_INVALID (a range that
// runs backwards or can't be read, more than `limit` labels in all) with the
// index of the label as field path, such as "[2]".
absl::StatusOr<std::vector<std::string>> ExpandLabels(
    const std::vector<std::string>& labels, int limit);

}  // namespace sightline::grade

#endif  // SIGHTLINE_SERVICES_GRADE_ENGINE_LAYOUT_H_
