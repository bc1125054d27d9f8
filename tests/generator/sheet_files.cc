#include "tests/generator/sheet_files.h"

#include <google/protobuf/util/json_util.h>

#include <fstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "common/image/encode.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "services/grade/layout_from_proto.h"

namespace sightline::generator {
namespace {

grade::v1::FieldKind KindMessage(grade::FieldKind kind) {
  switch (kind) {
    case grade::FieldKind::kSingle:
      return grade::v1::FIELD_KIND_SINGLE;
    case grade::FieldKind::kMultiple:
      return grade::v1::FIELD_KIND_MULTIPLE;
    case grade::FieldKind::kInteger:
      return grade::v1::FIELD_KIND_INTEGER;
  }
  return grade::v1::FIELD_KIND_UNSPECIFIED;
}

grade::v1::Direction DirectionMessage(grade::Direction direction) {
  switch (direction) {
    case grade::Direction::kDefault:
      return grade::v1::DIRECTION_UNSPECIFIED;
    case grade::Direction::kLeftToRight:
      return grade::v1::DIRECTION_LEFT_TO_RIGHT;
    case grade::Direction::kRightToLeft:
      return grade::v1::DIRECTION_RIGHT_TO_LEFT;
    case grade::Direction::kTopToBottom:
      return grade::v1::DIRECTION_TOP_TO_BOTTOM;
    case grade::Direction::kBottomToTop:
      return grade::v1::DIRECTION_BOTTOM_TO_TOP;
  }
  return grade::v1::DIRECTION_UNSPECIFIED;
}

align::v1::MarkerKind MarkerMessage(align::MarkerKind kind) {
  switch (kind) {
    case align::MarkerKind::kImage:
      return align::v1::MARKER_KIND_IMAGE;
    case align::MarkerKind::kRing:
      return align::v1::MARKER_KIND_RING;
    case align::MarkerKind::kSquare:
      return align::v1::MARKER_KIND_SQUARE;
    case align::MarkerKind::kAruco:
      return align::v1::MARKER_KIND_ARUCO;
  }
  return align::v1::MARKER_KIND_UNSPECIFIED;
}

align::v1::ArucoDictionary DictionaryMessage(
    align::ArucoDictionary dictionary) {
  switch (dictionary) {
    case align::ArucoDictionary::k4x4_50:
      return align::v1::ARUCO_DICTIONARY_4X4_50;
    case align::ArucoDictionary::k4x4_100:
      return align::v1::ARUCO_DICTIONARY_4X4_100;
    case align::ArucoDictionary::k5x5_100:
      return align::v1::ARUCO_DICTIONARY_5X5_100;
    case align::ArucoDictionary::k6x6_250:
      return align::v1::ARUCO_DICTIONARY_6X6_250;
    case align::ArucoDictionary::kOriginal:
      return align::v1::ARUCO_DICTIONARY_ORIGINAL;
    case align::ArucoDictionary::kAprilTag36h11:
      return align::v1::ARUCO_DICTIONARY_APRILTAG_36H11;
  }
  return align::v1::ARUCO_DICTIONARY_UNSPECIFIED;
}

void Set(const PixelPoint& from, common::v1::Point* to) {
  to->set_x(from.x);
  to->set_y(from.y);
}

void Set(const PixelSize& from, common::v1::Size* to) {
  to->set_width(from.width);
  to->set_height(from.height);
}

void Set(const grade::FieldBlock& from, grade::v1::FieldBlock* to) {
  to->set_name(from.name);
  for (const std::string& label : from.labels) to->add_labels(label);
  for (const std::string& value : from.values) to->add_values(value);
  to->set_kind(KindMessage(from.kind));
  Set(from.origin, to->mutable_origin());
  to->set_value_direction(DirectionMessage(from.value_direction));
  to->set_field_direction(DirectionMessage(from.field_direction));
  to->set_value_gap(from.value_gap);
  to->set_field_gap(from.field_gap);
  if (from.bubble.width > 0) Set(from.bubble, to->mutable_bubble());
  if (from.shape) to->set_bubble_shape(grade::ToShapeKind(*from.shape));
  to->set_empty_value(from.empty_value);
}

void Set(const grade::Field& from, grade::v1::Field* to) {
  to->set_label(from.label);
  to->set_kind(KindMessage(from.kind));
  for (const grade::Bubble& bubble : from.bubbles) {
    grade::v1::Bubble* message = to->add_bubbles();
    message->set_value(bubble.value);
    Set(bubble.center, message->mutable_center());
    if (bubble.size.width > 0) Set(bubble.size, message->mutable_size());
    if (bubble.shape) message->set_shape(grade::ToShapeKind(*bubble.shape));
  }
  to->set_empty_value(from.empty_value);
}

absl::StatusOr<std::string> ToJson(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = true;
  std::string json;
  const auto status =
      google::protobuf::util::MessageToJsonString(message, &json, options);
  if (!status.ok()) {
    return absl::InternalError(absl::StrCat("JSON: ", status.ToString()));
  }
  return json;
}

// JSON by hand: protobuf's Struct writes its members in an order that differs
// from run to run, and the same seed must give the same bytes.
std::string Text(absl::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    if (static_cast<unsigned char>(c) < 0x20) {
      absl::StrAppendFormat(&quoted, "\\u%04x", c);
    } else {
      quoted += c;
    }
  }
  return quoted + "\"";
}

std::string Number(double number) { return absl::StrFormat("%.17g", number); }

template <typename List, typename Make>
std::string ListOf(const List& list, const Make& make) {
  return absl::StrCat("[",
                      absl::StrJoin(list, ", ",
                                    [&](std::string* out, const auto& item) {
                                      out->append(make(item));
                                    }),
                      "]");
}

std::string FieldJson(const FieldTruth& truth) {
  return absl::StrCat(
      Text(truth.label), ": {\"answer\": ", Text(truth.answer),
      ", \"visible_answer\": ", Text(truth.visible_answer),
      ", \"values\": ", ListOf(truth.values, Text), ", \"ink\": ",
      ListOf(truth.ink,
             [](double ink) { return absl::StrFormat("%.3f", ink); }),
      ", \"doubtful\": ", truth.doubtful() ? "true" : "false",
      ", \"doubts\": ", ListOf(truth.doubts, Text), "}");
}

std::string SheetJson(const SheetRecord& sheet) {
  const auto name = [](Degradation d) { return Text(DegradationName(d)); };
  const auto field = [](std::string* out, const FieldTruth& truth) {
    absl::StrAppend(out, "    ", FieldJson(truth));
  };
  // The seed as text: a double does not hold every 64-bit number.
  return absl::StrCat(
      "  {\n   \"file\": ", Text(sheet.file),
      ",\n   \"seed\": ", Text(absl::StrCat(sheet.seed)),
      ",\n   \"profile\": ", Text(MarkProfileName(sheet.specification.profile)),
      ",\n   \"degradations\": ", ListOf(sheet.plan.degradations, name),
      ",\n   \"width\": ", sheet.plan.width,
      ",\n   \"height\": ", sheet.plan.height,
      ",\n   \"jpeg_quality\": ", sheet.plan.jpeg_quality,
      ",\n   \"homography\": ", ListOf(sheet.scan_to_page.values(), Number),
      ",\n   \"deviation\": ", Number(sheet.deviation),
      ",\n   \"score\": ", Number(sheet.score), ",\n   \"fields\": {\n",
      absl::StrJoin(sheet.truth, ",\n", field), "\n   }\n  }");
}

}  // namespace

absl::StatusOr<grade::v1::SheetLayout> LayoutMessage(
    const PrintedForm& form, const LayoutContent& content) {
  const grade::SheetLayout& layout = form.layout;
  grade::v1::SheetLayout message;
  message.set_name(layout.name);
  Set(layout.page, message.mutable_page());
  Set(layout.bubble, message.mutable_bubble());
  message.set_bubble_shape(grade::ToShapeKind(layout.shape));
  for (const grade::FieldBlock& block : layout.blocks) {
    Set(block, message.add_blocks());
  }
  for (const grade::Field& field : layout.fields) {
    Set(field, message.add_fields());
  }
  for (const grade::CombinedField& combined : layout.combined) {
    grade::v1::CombinedField* to = message.add_combined();
    to->set_label(combined.label);
    for (const std::string& field : combined.fields) to->add_fields(field);
  }
  if (content.markers) {
    for (const align::Marker& marker : form.markers) {
      align::v1::Marker* to = message.add_markers();
      to->set_kind(MarkerMessage(marker.kind));
      Set(marker.center, to->mutable_center());
      Set(marker.size, to->mutable_size());
      if (marker.kind == align::MarkerKind::kAruco) {
        to->set_dictionary(DictionaryMessage(marker.dictionary));
        to->set_id(marker.id);
      }
      if (marker.image.empty()) continue;
      SL_ASSIGN_OR_RETURN(*to->mutable_image(), EncodePng(marker.image));
    }
  }
  if (content.markers) {
    for (const align::TimingTrack& track : form.timing_tracks) {
      align::v1::TimingTrack* to = message.add_timing_tracks();
      Set(track.first, to->mutable_first_center());
      Set(track.last, to->mutable_last_center());
      to->set_count(track.count);
      Set(track.mark, to->mutable_mark());
    }
  }
  if (content.reference) {
    SL_ASSIGN_OR_RETURN(*message.mutable_reference()->mutable_encoded(),
                        EncodePng(form.print.luma));
  }
  return message;
}

grade::v1::AnswerKey KeyMessage(const PrintedForm& form) {
  grade::v1::AnswerKey key;
  for (const grade::Question& question : form.key.questions) {
    grade::v1::Question* to = key.add_questions();
    to->set_field(question.field);
    for (const grade::AcceptedAnswer& accepted : question.accepted) {
      to->add_accepted()->set_answer(accepted.answer);
    }
  }
  const grade::Marks& marks = form.key.marks;
  key.mutable_marks()->set_correct(*marks.correct);
  key.mutable_marks()->set_incorrect(*marks.incorrect);
  key.mutable_marks()->set_blank(*marks.blank);
  key.mutable_marks()->set_multiple(*marks.multiple);
  return key;
}

absl::StatusOr<std::string> LayoutJson(const PrintedForm& form,
                                       const LayoutContent& content) {
  SL_ASSIGN_OR_RETURN(const grade::v1::SheetLayout message,
                      LayoutMessage(form, content));
  return ToJson(message);
}

absl::StatusOr<std::string> KeyJson(const PrintedForm& form) {
  return ToJson(KeyMessage(form));
}

SheetRecord RecordOf(const GeneratedSheet& sheet, std::string file) {
  SheetRecord record;
  record.file = std::move(file);
  record.specification = sheet.specification;
  record.seed = sheet.seed;
  record.plan = sheet.plan;
  record.scan_to_page = sheet.scan_to_page;
  record.deviation = sheet.deviation;
  record.truth = sheet.truth;
  // Every question is worth 1 mark and takes one answer.
  for (const grade::Question& question : sheet.form->key.questions) {
    for (const FieldTruth& truth : sheet.truth) {
      record.score += truth.label == question.field &&
                      truth.answer == question.accepted[0].answer;
    }
  }
  return record;
}

std::string TruthJson(const PrintedForm& form,
                      const std::vector<SheetRecord>& sheets) {
  const auto sheet = [](std::string* out, const SheetRecord& record) {
    out->append(SheetJson(record));
  };
  return absl::StrCat("{\n \"family\": ", Text(FormFamilyName(form.family)),
                      ",\n \"form_seed\": ", Text(absl::StrCat(form.seed)),
                      ",\n \"faint_ink\": ", Number(kFaintInk),
                      ",\n \"stray_ink\": ", Number(kStrayInk),
                      ",\n \"lost_ink\": ", Number(kLostInk),
                      ",\n \"max_score\": ", form.key.questions.size(),
                      ",\n \"sheets\": [\n",
                      absl::StrJoin(sheets, ",\n", sheet), "\n ]\n}\n");
}

absl::Status WriteFile(const std::string& path, const std::string& content) {
  std::ofstream file(path, std::ios::binary);
  file.write(content.data(), static_cast<std::streamsize>(content.size()));
  file.close();
  if (!file) {
    return Error(absl::StatusCode::kInternal, "FILE_NOT_WRITTEN")
        .Message(absl::StrCat("cannot write ", path));
  }
  return absl::OkStatus();
}

}  // namespace sightline::generator
