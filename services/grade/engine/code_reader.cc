#include "services/grade/engine/code_reader.h"

#include <ZXing/ReadBarcode.h>

#include <algorithm>
#include <cmath>
#include <exception>
#include <new>
#include <optional>
#include <utility>

#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "services/grade/engine/bubble_patch.h"
#include "services/grade/engine/reasons.h"

namespace sightline::grade {
namespace {

// Room around a code's place for what the registration leaves, as a share of
// its shorter side: codes need white around them, too.
constexpr double kMargin = 0.25;
// The longer side of the picture that is decoded, pixels. A code of 100 modules
// has ten for each.
constexpr int kMaxSide = 1000;
// Different texts in one place that are told apart.
constexpr uint8_t kMaxTexts = 3;
// Codes on a whole scan that are read.
constexpr uint8_t kMaxTextsOnScan = 16;
// Confidence of what is missing or in doubt: below every sensible review_below.
constexpr double kDoubt = 0.45;

ZXing::BarcodeFormat ToZxing(CodeFormat format) {
  switch (format) {
    case CodeFormat::kQr:
      return ZXing::BarcodeFormat::QRCode;
    case CodeFormat::kDataMatrix:
      return ZXing::BarcodeFormat::DataMatrix;
    case CodeFormat::kAztec:
      return ZXing::BarcodeFormat::Aztec;
    case CodeFormat::kPdf417:
      return ZXing::BarcodeFormat::PDF417;
    case CodeFormat::kCode128:
      return ZXing::BarcodeFormat::Code128;
    case CodeFormat::kCode39:
      return ZXing::BarcodeFormat::Code39;
    case CodeFormat::kCodabar:
      return ZXing::BarcodeFormat::Codabar;
    case CodeFormat::kEan13:
      return ZXing::BarcodeFormat::EAN13;
    case CodeFormat::kEan8:
      return ZXing::BarcodeFormat::EAN8;
    case CodeFormat::kUpcA:
      return ZXing::BarcodeFormat::UPCA;
    case CodeFormat::kUpcE:
      return ZXing::BarcodeFormat::UPCE;
    case CodeFormat::kItf:
      return ZXing::BarcodeFormat::ITF;
  }
  return ZXing::BarcodeFormat::None;
}

// The code's place as an upright picture at the scan's own resolution.
PatchFrame FrameOf(const CodeField& code, const Homography& page_to_scan) {
  const double margin = kMargin * std::min(code.size.width, code.size.height);
  const double width = code.size.width + 2 * margin;
  const double height = code.size.height + 2 * margin;
  const double pixels_per_unit =
      std::sqrt(std::abs(page_to_scan.JacobianAt(code.center)));
  PatchFrame frame(code.size);
  frame.pitch = std::max(std::max(width, height) / kMaxSide,
                         1 / std::max(pixels_per_unit, 1e-6));
  frame.half_width = code.size.width / frame.pitch / 2;
  frame.half_height = code.size.height / frame.pitch / 2;
  frame.width = std::max(1, static_cast<int>(width / frame.pitch));
  frame.height = std::max(1, static_cast<int>(height / frame.pitch));
  return frame;
}

// The different texts in a picture, the surest first; at most `most`.
std::vector<std::string> Decode(const ZXing::ImageView& view,
                                const std::vector<CodeFormat>& formats,
                                uint8_t most) {
  ZXing::BarcodeFormats wanted;
  for (const CodeFormat format : formats) wanted |= ToZxing(format);
  ZXing::DecodeHints hints;
  hints.setFormats(wanted);
  hints.setTryHarder(true);
  hints.setTryRotate(true);
  hints.setMaxNumberOfSymbols(most);
  std::vector<std::string> texts;
  for (const ZXing::Result& result : ZXing::ReadBarcodes(view, hints)) {
    if (!result.isValid()) continue;
    std::string text = result.text();
    if (text.empty() ||
        std::find(texts.begin(), texts.end(), text) != texts.end()) {
      continue;
    }
    texts.push_back(std::move(text));
  }
  return texts;
}

FieldReading ReadCode(const GrayImage& scan, const Homography& page_to_scan,
                      const CodeField& code) {
  FieldReading reading;
  reading.confidence = kDoubt;
  reading.needs_review = true;
  const PatchFrame frame = FrameOf(code, page_to_scan);
  BubblePatch patch;
  SamplePatch(scan, page_to_scan, code.center, frame, patch);
  if (!patch.is_mapped) {
    reading.flags = {Flag::kCutOff};
    return reading;
  }
  const ZXing::ImageView view(patch.samples.data(), frame.width, frame.height,
                              ZXing::ImageFormat::Lum);
  std::vector<std::string> texts = Decode(view, code.formats, kMaxTexts);
  if (texts.empty()) {
    reading.flags = {patch.is_inside ? Flag::kUnreadable : Flag::kCutOff};
    return reading;
  }
  reading.answer = std::move(texts.front());
  if (texts.size() > 1) {
    reading.flags = {Flag::kMultiple};
    return reading;
  }
  reading.confidence = 1;
  reading.needs_review = false;
  return reading;
}

absl::Status NoMemory() {
  return Error(absl::StatusCode::kResourceExhausted, kMemoryExhausted)
      .Message("not enough memory to read the codes of this sheet");
}

}  // namespace

absl::StatusOr<std::vector<FieldReading>> ReadCodes(
    const GrayImage& scan, const Homography& scan_to_page, const Sheet& sheet,
    const StopToken& stop) {
  std::vector<FieldReading> readings;
  if (sheet.codes().empty()) return readings;
  const auto page_to_scan = scan_to_page.Inverse();
  if (!page_to_scan.has_value()) {
    return Error(absl::StatusCode::kInvalidArgument, kHomographySingular)
        .Message("the map from scan to page cannot be inverted");
  }
  for (const CodeField& code : sheet.codes()) {
    SL_RETURN_IF_ERROR(stop.Poll());
    // The library throws where it runs out of memory, and says of broken codes
    // that they are not valid; whatever else it may throw is no reading.
    try {
      readings.push_back(ReadCode(scan, *page_to_scan, code));
    } catch (const std::bad_alloc&) {
      return NoMemory();
    } catch (const std::exception&) {
      FieldReading& reading = readings.emplace_back();
      reading.confidence = kDoubt;
      reading.needs_review = true;
      reading.flags = {Flag::kUnreadable};
    }
  }
  return readings;
}

absl::StatusOr<std::vector<std::string>> FindCodeTexts(const GrayImage& scan,
                                                       const StopToken& stop) {
  SL_RETURN_IF_ERROR(stop.Poll());
  const ZXing::ImageView view(scan.data(), scan.width(), scan.height(),
                              ZXing::ImageFormat::Lum);
  try {
    return Decode(view,
                  {CodeFormat::kQr, CodeFormat::kDataMatrix, CodeFormat::kAztec,
                   CodeFormat::kPdf417, CodeFormat::kCode128},
                  kMaxTextsOnScan);
  } catch (const std::bad_alloc&) {
    return NoMemory();
  } catch (const std::exception&) {
    return std::vector<std::string>();
  }
}

int64_t FindCodeTextsBytes(int64_t scan_bytes) {
  // The binary form takes a byte a pixel, twice while both contrasts are tried,
  // and so do smaller copies together; the rest is room.
  return 5 * scan_bytes + (int64_t{1} << 20);
}

int64_t ReadCodesBytes(const Sheet& sheet) {
  // The picture, its binary form and the library's turned copies, one code at
  // a time.
  constexpr int64_t kBytesPerPixel = 10;
  return sheet.codes().empty() ? 0
                               : int64_t{kMaxSide} * kMaxSide * kBytesPerPixel;
}

}  // namespace sightline::grade
