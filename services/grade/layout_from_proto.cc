#include "services/grade/layout_from_proto.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "services/grade/engine/reasons.h"
#include "services/grade/page_layouts.h"

namespace sightline::grade {
namespace {

absl::Status UnknownValue(absl::string_view field) {
  return Error(absl::StatusCode::kInvalidArgument, kLayoutInvalid)
      .Field(field, "is not a known value");
}

PixelPoint ToPoint(const common::v1::Point& point) {
  return {point.x(), point.y()};
}

PixelSize ToSize(const common::v1::Size& size) {
  return {size.width(), size.height()};
}

// nullopt where the message leaves it to the layout.
absl::StatusOr<std::optional<BubbleShape>> ToShape(align::v1::ShapeKind kind,
                                                   absl::string_view path) {
  switch (kind) {
    case align::v1::SHAPE_KIND_UNSPECIFIED:
      return std::optional<BubbleShape>();
    case align::v1::SHAPE_KIND_ELLIPSE:
      return std::optional<BubbleShape>(BubbleShape::kEllipse);
    case align::v1::SHAPE_KIND_RECTANGLE:
      return std::optional<BubbleShape>(BubbleShape::kRectangle);
    case align::v1::SHAPE_KIND_BRACKETS:
      return std::optional<BubbleShape>(BubbleShape::kBrackets);
    default:
      return UnknownValue(path);
  }
}

absl::StatusOr<FieldKind> ToKind(v1::FieldKind kind, absl::string_view path) {
  switch (kind) {
    case v1::FIELD_KIND_UNSPECIFIED:
    case v1::FIELD_KIND_SINGLE:
      return FieldKind::kSingle;
    case v1::FIELD_KIND_MULTIPLE:
      return FieldKind::kMultiple;
    case v1::FIELD_KIND_INTEGER:
      return FieldKind::kInteger;
    default:
      return UnknownValue(path);
  }
}

absl::StatusOr<Direction> ToDirection(v1::Direction direction,
                                      absl::string_view path) {
  switch (direction) {
    case v1::DIRECTION_UNSPECIFIED:
      return Direction::kDefault;
    case v1::DIRECTION_LEFT_TO_RIGHT:
      return Direction::kLeftToRight;
    case v1::DIRECTION_RIGHT_TO_LEFT:
      return Direction::kRightToLeft;
    case v1::DIRECTION_TOP_TO_BOTTOM:
      return Direction::kTopToBottom;
    case v1::DIRECTION_BOTTOM_TO_TOP:
      return Direction::kBottomToTop;
    default:
      return UnknownValue(path);
  }
}

absl::StatusOr<FieldBlock> ToBlock(const v1::FieldBlock& message) {
  FieldBlock block;
  block.name = message.name();
  block.labels.assign(message.labels().begin(), message.labels().end());
  block.values.assign(message.values().begin(), message.values().end());
  SL_ASSIGN_OR_RETURN(block.kind, ToKind(message.kind(), "kind"));
  block.origin = ToPoint(message.origin());
  SL_ASSIGN_OR_RETURN(
      block.value_direction,
      ToDirection(message.value_direction(), "value_direction"));
  SL_ASSIGN_OR_RETURN(
      block.field_direction,
      ToDirection(message.field_direction(), "field_direction"));
  block.value_gap = message.value_gap();
  block.field_gap = message.field_gap();
  block.bubble = ToSize(message.bubble());
  SL_ASSIGN_OR_RETURN(block.shape,
                      ToShape(message.bubble_shape(), "bubble_shape"));
  block.empty_value = message.empty_value();
  block.filled_cancels = message.filled_cancels();
  return block;
}

absl::StatusOr<Field> ToField(const v1::Field& message) {
  Field field;
  field.label = message.label();
  SL_ASSIGN_OR_RETURN(field.kind, ToKind(message.kind(), "kind"));
  field.empty_value = message.empty_value();
  field.filled_cancels = message.filled_cancels();
  for (int i = 0; i < message.bubbles_size(); ++i) {
    const v1::Bubble& from = message.bubbles(i);
    Bubble bubble;
    bubble.value = from.value();
    bubble.center = ToPoint(from.center());
    bubble.size = ToSize(from.size());
    SL_ASSIGN_OR_RETURN(
        bubble.shape,
        ToShape(from.shape(), absl::StrCat("bubbles[", i, "].shape")));
    field.bubbles.push_back(std::move(bubble));
  }
  return field;
}

absl::StatusOr<CheckDigit> ToCheckDigit(v1::CheckDigit rule,
                                        absl::string_view path) {
  switch (rule) {
    case v1::CHECK_DIGIT_UNSPECIFIED:
      return CheckDigit::kNone;
    case v1::CHECK_DIGIT_LUHN:
      return CheckDigit::kLuhn;
    case v1::CHECK_DIGIT_MOD_11:
      return CheckDigit::kMod11;
    case v1::CHECK_DIGIT_GS1:
      return CheckDigit::kGs1;
    default:
      return UnknownValue(path);
  }
}

absl::StatusOr<CodeFormat> ToCodeFormat(v1::CodeFormat format,
                                        absl::string_view path) {
  switch (format) {
    case v1::CODE_FORMAT_QR:
      return CodeFormat::kQr;
    case v1::CODE_FORMAT_DATA_MATRIX:
      return CodeFormat::kDataMatrix;
    case v1::CODE_FORMAT_AZTEC:
      return CodeFormat::kAztec;
    case v1::CODE_FORMAT_PDF417:
      return CodeFormat::kPdf417;
    case v1::CODE_FORMAT_CODE_128:
      return CodeFormat::kCode128;
    case v1::CODE_FORMAT_CODE_39:
      return CodeFormat::kCode39;
    case v1::CODE_FORMAT_CODABAR:
      return CodeFormat::kCodabar;
    case v1::CODE_FORMAT_EAN_13:
      return CodeFormat::kEan13;
    case v1::CODE_FORMAT_EAN_8:
      return CodeFormat::kEan8;
    case v1::CODE_FORMAT_UPC_A:
      return CodeFormat::kUpcA;
    case v1::CODE_FORMAT_UPC_E:
      return CodeFormat::kUpcE;
    case v1::CODE_FORMAT_ITF:
      return CodeFormat::kItf;
    default:
      return UnknownValue(path);
  }
}

absl::StatusOr<CodeField> ToCode(const v1::CodeField& message) {
  CodeField code;
  code.label = message.label();
  code.center = ToPoint(message.center());
  code.size = ToSize(message.size());
  for (int i = 0; i < message.formats_size(); ++i) {
    // Unspecified is any: as if there were no list.
    if (message.formats(i) == v1::CODE_FORMAT_UNSPECIFIED) {
      code.formats.clear();
      break;
    }
    SL_ASSIGN_OR_RETURN(
        const CodeFormat format,
        ToCodeFormat(message.formats(i), absl::StrCat("formats[", i, "]")));
    code.formats.push_back(format);
  }
  return code;
}

HandwritingBox ToBox(const v1::HandwritingBox& message) {
  HandwritingBox box;
  box.label = message.label();
  box.center = ToPoint(message.center());
  box.size = ToSize(message.size());
  if (!message.value().empty()) box.value = message.value();
  box.is_required = message.required();
  return box;
}

Marks ToMarks(const v1::Marks& message) {
  Marks marks;
  if (message.has_correct()) marks.correct = message.correct();
  if (message.has_incorrect()) marks.incorrect = message.incorrect();
  if (message.has_blank()) marks.blank = message.blank();
  if (message.has_multiple()) marks.multiple = message.multiple();
  return marks;
}

std::vector<std::string> DefaultColumns(const Sheet& sheet) {
  std::map<std::string, std::string> combined_of;
  for (const CombinedField& combined : sheet.combined()) {
    for (const std::string& member : combined.fields) {
      combined_of.emplace(member, combined.label);
    }
  }
  std::vector<std::string> columns;
  std::set<std::string> given;
  const auto add = [&](const std::string& label) {
    if (given.insert(label).second) columns.push_back(label);
  };
  for (const Field& field : sheet.fields()) {
    const auto combined = combined_of.find(field.label);
    add(combined == combined_of.end() ? field.label : combined->second);
  }
  // A combined field shares all its members with earlier ones, perhaps.
  for (const CombinedField& combined : sheet.combined()) add(combined.label);
  for (const CodeField& code : sheet.codes()) add(code.label);
  for (const HandwritingBox& box : sheet.boxes()) add(box.label);
  return columns;
}

}  // namespace

absl::StatusOr<SheetLayout> ToLayout(const v1::SheetLayout& message) {
  SheetLayout layout;
  layout.name = message.name();
  layout.page = ToSize(message.page());
  layout.bubble = ToSize(message.bubble());
  SL_ASSIGN_OR_RETURN(const std::optional<BubbleShape> shape,
                      ToShape(message.bubble_shape(), "bubble_shape"));
  layout.shape = shape.value_or(BubbleShape::kEllipse);
  for (int i = 0; i < message.blocks_size(); ++i) {
    absl::StatusOr<FieldBlock> block = ToBlock(message.blocks(i));
    if (!block.ok()) {
      return PrefixFields(block.status(), absl::StrCat("blocks[", i, "]"));
    }
    layout.blocks.push_back(*std::move(block));
  }
  for (int i = 0; i < message.fields_size(); ++i) {
    absl::StatusOr<Field> field = ToField(message.fields(i));
    if (!field.ok()) {
      return PrefixFields(field.status(), absl::StrCat("fields[", i, "]"));
    }
    layout.fields.push_back(*std::move(field));
  }
  for (const v1::CombinedField& from : message.combined()) {
    CombinedField combined;
    combined.label = from.label();
    combined.fields.assign(from.fields().begin(), from.fields().end());
    const std::string path =
        absl::StrCat("combined[", layout.combined.size(), "].check_digit");
    SL_ASSIGN_OR_RETURN(combined.check, ToCheckDigit(from.check_digit(), path));
    layout.combined.push_back(std::move(combined));
  }
  for (int i = 0; i < message.codes_size(); ++i) {
    absl::StatusOr<CodeField> code = ToCode(message.codes(i));
    if (!code.ok()) {
      return PrefixFields(code.status(), absl::StrCat("codes[", i, "]"));
    }
    layout.codes.push_back(*std::move(code));
  }
  for (const v1::HandwritingBox& box : message.boxes()) {
    layout.boxes.push_back(ToBox(box));
  }
  layout.page_code = message.page_code();
  for (int i = 0; i < message.more_pages_size(); ++i) {
    absl::StatusOr<SheetLayout> page = ToLayout(message.more_pages(i));
    if (!page.ok()) return PrefixFields(page.status(), PagePath(i + 1));
    layout.more_pages.push_back(*std::move(page));
  }
  return layout;
}

AnswerKey ToKey(const v1::AnswerKey& message) {
  AnswerKey key;
  key.marks = ToMarks(message.marks());
  for (const v1::Question& from : message.questions()) {
    Question question;
    question.field = from.field();
    for (const v1::AcceptedAnswer& answer : from.accepted()) {
      AcceptedAnswer accepted;
      accepted.answer = answer.answer();
      if (answer.share() != 0) accepted.share = answer.share();
      if (answer.has_marks()) accepted.marks = answer.marks();
      question.accepted.push_back(std::move(accepted));
    }
    question.marks = ToMarks(from.marks());
    question.weight = from.weight() == 0 ? 1 : from.weight();
    question.bonus = from.bonus();
    key.questions.push_back(std::move(question));
  }
  return key;
}

absl::StatusOr<std::vector<std::string>> ColumnsOf(
    const v1::SheetLayout& message, const Sheet& sheet) {
  if (message.columns().empty()) return DefaultColumns(sheet);
  const std::vector<std::string> given(message.columns().begin(),
                                       message.columns().end());
  const int most =
      static_cast<int>(sheet.fields().size() + sheet.combined().size() +
                       sheet.codes().size() + sheet.boxes().size());
  absl::StatusOr<std::vector<std::string>> columns = ExpandLabels(given, most);
  if (!columns.ok()) {
    // "[2]" below "columns".
    absl::Status status = columns.status();
    std::optional<ErrorDetails> details = DetailsOf(status);
    if (!details.has_value()) return status;
    for (FieldViolation& violation : details->fields) {
      violation.field.insert(0, "columns");
    }
    return WithDetails(status, *details);
  }
  std::set<absl::string_view> listed;
  std::set<absl::string_view> places;
  for (const CodeField& code : sheet.codes()) places.insert(code.label);
  for (const HandwritingBox& box : sheet.boxes()) places.insert(box.label);
  for (const std::string& label : *columns) {
    const bool is_known = sheet.FindField(label).has_value() ||
                          sheet.FindCombined(label).has_value() ||
                          places.count(label) > 0;
    if (is_known && listed.insert(label).second) continue;
    return Error(absl::StatusCode::kInvalidArgument, kLayoutInvalid)
        .Field("columns", is_known
                              ? absl::StrCat("'", label, "' is listed twice")
                              : absl::StrCat("the layout has no field '",
                                             label.substr(0, 64), "'"));
  }
  return columns;
}

std::vector<LayoutProblem> CheckColumns(const v1::SheetLayout& message,
                                        const Sheet& sheet) {
  std::vector<LayoutProblem> problems;
  for (int i = 1; i <= message.more_pages_size(); ++i) {
    if (message.more_pages(i - 1).columns().empty()) continue;
    problems.push_back({true, PagePath(i) + ".columns",
                        "columns stand in the first page, for all of them"});
  }
  const auto columns = ColumnsOf(message, sheet);
  if (columns.ok()) return problems;
  const std::optional<ErrorDetails> details = DetailsOf(columns.status());
  if (details.has_value()) {
    for (const FieldViolation& violation : details->fields) {
      problems.push_back({true, violation.field, violation.description});
    }
  } else {
    problems.push_back(
        {true, "columns", std::string(columns.status().message())});
  }
  return problems;
}

align::v1::ShapeKind ToShapeKind(BubbleShape shape) {
  switch (shape) {
    case BubbleShape::kEllipse:
      return align::v1::SHAPE_KIND_ELLIPSE;
    case BubbleShape::kRectangle:
      return align::v1::SHAPE_KIND_RECTANGLE;
    case BubbleShape::kBrackets:
      return align::v1::SHAPE_KIND_BRACKETS;
  }
  return align::v1::SHAPE_KIND_UNSPECIFIED;
}

align::v1::Reference ToReference(const v1::SheetLayout& message,
                                 const Sheet& sheet) {
  align::v1::Reference reference;
  *reference.mutable_page() = message.page();
  if (message.has_reference()) {
    *reference.mutable_image() = message.reference();
  }
  *reference.mutable_markers() = message.markers();
  *reference.mutable_timing_tracks() = message.timing_tracks();
  for (const Field& field : sheet.page_sheet(0).fields()) {
    for (const Bubble& bubble : field.bubbles) {
      align::v1::PrintedShape* shape = reference.add_shapes();
      shape->mutable_center()->set_x(bubble.center.x);
      shape->mutable_center()->set_y(bubble.center.y);
      shape->mutable_size()->set_width(bubble.size.width);
      shape->mutable_size()->set_height(bubble.size.height);
      shape->set_kind(ToShapeKind(*bubble.shape));
    }
  }
  return reference;
}

}  // namespace sightline::grade
