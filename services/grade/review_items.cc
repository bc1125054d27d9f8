#include "services/grade/review_items.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "common/image_message/image_message.h"
#include "common/status/status_macros.h"
#include "services/grade/engine/field_crop.h"

namespace sightline::grade {
namespace {

// A picture's file: noise at the highest quality takes more than a byte a
// pixel; headers and tables take the rest.
constexpr int64_t kFileBytesPerPixel = 2;
constexpr int64_t kFileHeaderBytes = 2048;
// A bubble of an item, and an item without its picture.
constexpr int64_t kBytesPerBubble = 200;
constexpr int64_t kBytesPerItem = 400;

// What one label stands for on the page.
struct Subject {
  // Of the sheet and of the reading, for every bubble.
  std::vector<Bubble> bubbles;
  std::vector<const BubbleReading*> readings;
  CropStyle style;
};

void AddField(const Sheet& sheet, const SheetReading& reading, int index,
              Subject& subject) {
  const Field& field = sheet.fields()[index];
  for (size_t i = 0; i < field.bubbles.size(); ++i) {
    subject.bubbles.push_back(field.bubbles[i]);
    subject.readings.push_back(&reading.fields[index].bubbles[i]);
  }
}

// A code's place, or a box of handwriting.
template <typename Place>
Bubble BoxOf(const Place& place) {
  return {"", place.center, place.size, BubbleShape::kRectangle};
}

// What of `label` is on page `page`.
Subject SubjectOf(const Sheet& sheet, int page, const SheetReading& reading,
                  const std::string& label) {
  Subject subject;
  const auto add = [&](int field) {
    if (sheet.PageOfField(field) != page) return;
    AddField(sheet, reading, field, subject);
  };
  if (const auto field = sheet.FindField(label); field.has_value()) {
    add(*field);
  } else if (const auto combined = sheet.FindCombined(label);
             combined.has_value()) {
    for (const std::string& member : sheet.combined()[*combined].fields) {
      const auto index = sheet.FindField(member);
      if (index.has_value()) add(*index);
    }
  }
  for (const CodeField& code : sheet.page_sheet(page).codes()) {
    if (code.label != label) continue;
    subject.bubbles = {BoxOf(code)};
    subject.style = kCodeStyle;
  }
  for (const HandwritingBox& box : sheet.page_sheet(page).boxes()) {
    if (box.label != label) continue;
    subject.bubbles = {BoxOf(box)};
    subject.style = kHandwritingStyle;
  }
  return subject;
}

// What was read for the item's label, be it a field, a code or a combined one.
void FillReadings(const v1::GradeSheetResponse& response,
                  v1::ReviewItem* item) {
  for (const v1::FieldReading& field : response.fields()) {
    if (field.label() != item->label()) continue;
    item->set_answer(field.answer());
    item->set_confidence(field.confidence());
    *item->mutable_flags() = field.flags();
    return;
  }
  for (const v1::CombinedReading& combined : response.combined()) {
    if (combined.label() != item->label()) continue;
    item->set_answer(combined.answer());
    item->set_confidence(combined.confidence());
    *item->mutable_flags() = combined.flags();
    return;
  }
}

void FillBubbles(const Subject& subject, const Homography& scan_to_crop,
                 double scale, v1::ReviewItem* item) {
  for (size_t i = 0; i < subject.readings.size(); ++i) {
    v1::CropBubble* bubble = item->add_bubbles();
    bubble->set_value(subject.bubbles[i].value);
    bubble->set_marked(subject.readings[i]->marked);
    const PixelPoint center = scan_to_crop.Map(subject.readings[i]->center);
    bubble->mutable_center()->set_x(center.x);
    bubble->mutable_center()->set_y(center.y);
    const PixelSize size = subject.bubbles[i].size;
    bubble->mutable_size()->set_width(size.width * scale);
    bubble->mutable_size()->set_height(size.height * scale);
  }
}

// Pixels of a label's picture.
int64_t AreaOf(const std::vector<Bubble>& bubbles, PixelSize page, int max_side,
               const CropStyle& style = {}) {
  if (bubbles.empty()) return 0;
  const CropFrame frame = CropFrameOf(bubbles, page, max_side, style);
  return int64_t{frame.width} * frame.height;
}

}  // namespace

void FillReviewItems(v1::GradeSheetResponse* response) {
  for (const std::string& label : response->review()) {
    v1::ReviewItem* item = response->add_review_items();
    item->set_label(label);
    FillReadings(*response, item);
  }
}

bool AnyReviewOnPage(const Sheet& sheet, int page,
                     const v1::GradeSheetResponse& response) {
  const auto is_on_page = [&](const std::string& label) {
    if (const auto field = sheet.FindField(label); field.has_value()) {
      return sheet.PageOfField(*field) == page;
    }
    if (const auto index = sheet.FindCombined(label); index.has_value()) {
      const auto& members = sheet.combined()[*index].fields;
      return std::any_of(members.begin(), members.end(), [&](const auto& name) {
        const auto field = sheet.FindField(name);
        return field.has_value() && sheet.PageOfField(*field) == page;
      });
    }
    const auto has_label = [&](const auto& place) {
      return place.label == label;
    };
    const std::vector<CodeField>& codes = sheet.page_sheet(page).codes();
    const std::vector<HandwritingBox>& boxes = sheet.page_sheet(page).boxes();
    return std::any_of(codes.begin(), codes.end(), has_label) ||
           std::any_of(boxes.begin(), boxes.end(), has_label);
  };
  return std::any_of(response.review().begin(), response.review().end(),
                     is_on_page);
}

absl::Status AddReviewPictures(
    const GrayImage& scan, const Homography& scan_to_page, const Sheet& sheet,
    int page, const SheetReading& reading, const CropSettings& settings,
    const StopToken& stop, v1::GradeSheetResponse* response) {
  int pictures = 0;
  for (const v1::ReviewItem& item : response->review_items()) {
    pictures += item.has_crop();
  }
  for (v1::ReviewItem& item : *response->mutable_review_items()) {
    SL_RETURN_IF_ERROR(stop.Poll());
    if (pictures >= settings.max_count) break;
    if (item.has_crop()) continue;
    const Subject subject = SubjectOf(sheet, page, reading, item.label());
    if (subject.bubbles.empty()) continue;
    const CropFrame frame =
        CropFrameOf(subject.bubbles, sheet.page_sheet(page).page(),
                    settings.max_side, subject.style);
    const std::optional<GrayImage> crop = CutField(scan, scan_to_page, frame);
    if (!crop.has_value()) continue;
    SL_ASSIGN_OR_RETURN(*item.mutable_crop(),
                        EncodeMessage(*crop, settings.output));
    FillBubbles(subject, frame.FromPage() * scan_to_page, frame.scale, &item);
    ++pictures;
  }
  return absl::OkStatus();
}

absl::Status AddBoxPictures(const GrayImage& scan,
                            const Homography& scan_to_page, const Sheet& sheet,
                            int page, const CropSettings& settings,
                            const StopToken& stop,
                            v1::GradeSheetResponse* response) {
  const Sheet& page_sheet = sheet.page_sheet(page);
  for (const HandwritingBox& box : page_sheet.boxes()) {
    SL_RETURN_IF_ERROR(stop.Poll());
    const CropFrame frame = CropFrameOf({BoxOf(box)}, page_sheet.page(),
                                        settings.max_side, kHandwritingStyle);
    const std::optional<GrayImage> crop = CutField(scan, scan_to_page, frame);
    if (!crop.has_value()) continue;
    for (v1::BoxReading& reading : *response->mutable_boxes()) {
      if (reading.label() != box.label) continue;
      SL_ASSIGN_OR_RETURN(*reading.mutable_crop(),
                          EncodeMessage(*crop, settings.output));
    }
  }
  return absl::OkStatus();
}

int64_t BoxCropBytes(const Sheet& sheet, const CropSettings& settings) {
  int64_t bytes = 0;
  for (int i = 0; i < sheet.page_count(); ++i) {
    const Sheet& page = sheet.page_sheet(i);
    for (const HandwritingBox& box : page.boxes()) {
      bytes +=
          kFileHeaderBytes +
          kFileBytesPerPixel * AreaOf({BoxOf(box)}, page.page(),
                                      settings.max_side, kHandwritingStyle);
    }
  }
  return bytes;
}

int64_t ReviewItemBytes(const Sheet& sheet, const CropSettings& settings) {
  std::vector<int64_t> areas;
  for (int i = 0; i < sheet.page_count(); ++i) {
    const Sheet& page = sheet.page_sheet(i);
    for (const Field& field : page.fields()) {
      areas.push_back(AreaOf(field.bubbles, page.page(), settings.max_side));
    }
    for (const CodeField& code : page.codes()) {
      areas.push_back(
          AreaOf({BoxOf(code)}, page.page(), settings.max_side, kCodeStyle));
    }
    for (const HandwritingBox& box : page.boxes()) {
      areas.push_back(AreaOf({BoxOf(box)}, page.page(), settings.max_side,
                             kHandwritingStyle));
    }
  }
  int64_t combined_bubbles = 0;
  for (const CombinedField& combined : sheet.combined()) {
    for (const std::string& member : combined.fields) {
      const auto index = sheet.FindField(member);
      if (!index.has_value()) continue;
      combined_bubbles +=
          static_cast<int64_t>(sheet.fields()[*index].bubbles.size());
    }
    // At most; a layout may name a field in many of them.
    areas.push_back(int64_t{settings.max_side} * settings.max_side);
  }
  std::sort(areas.begin(), areas.end(), std::greater<>());
  // The one being cut, and its file while it is written.
  int64_t bytes =
      areas.empty() ? 0 : areas[0] * (2 + kFileBytesPerPixel) + 65536;
  const size_t pictures =
      std::min<size_t>(areas.size(), static_cast<size_t>(settings.max_count));
  for (size_t i = 0; i < pictures; ++i) {
    bytes += areas[i] * kFileBytesPerPixel + kFileHeaderBytes;
  }
  return bytes + static_cast<int64_t>(areas.size()) * (kBytesPerItem + 8) +
         (sheet.bubble_count() + combined_bubbles) * kBytesPerBubble;
}

}  // namespace sightline::grade
