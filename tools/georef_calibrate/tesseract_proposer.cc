#include "tools/georef_calibrate/tesseract_proposer.h"

#include <cstring>
#include <string>

#include "absl/strings/str_replace.h"
#include "common/status/error.h"
#include "tesseract/baseapi.h"
#include "tools/georef_calibrate/reasons.h"

namespace sightline::georef {
namespace {

// White around a line, which the engine expects.
constexpr int kBorder = 10;

GrayImage Framed(const GrayImage& line) {
  GrayImage framed(line.width() + 2 * kBorder, line.height() + 2 * kBorder);
  std::memset(framed.data(), 255, framed.size_bytes());
  for (int y = 0; y < line.height(); ++y) {
    std::memcpy(framed.row(y + kBorder) + kBorder, line.row(y), line.width());
  }
  return framed;
}

}  // namespace

TextProposer TesseractProposer() {
  auto engine = std::make_shared<tesseract::TessBaseAPI>();
  auto is_started = std::make_shared<bool>(false);
  return [engine, is_started](
             const GrayImage& line,
             const std::string& allowed) -> absl::StatusOr<std::string> {
    if (!*is_started) {
      if (engine->Init(nullptr, "eng", tesseract::OEM_LSTM_ONLY) != 0) {
        return Error(absl::StatusCode::kFailedPrecondition, kCalibrateOcr)
            .Message(
                "Tesseract does not start: is tesseract-ocr-eng installed?");
      }
      engine->SetPageSegMode(tesseract::PSM_SINGLE_LINE);
      *is_started = true;
    }
    engine->SetVariable("tessedit_char_whitelist", allowed.c_str());
    const GrayImage framed = Framed(line);
    engine->SetImage(framed.data(), framed.width(), framed.height(), 1,
                     static_cast<int>(framed.stride_bytes()));
    const std::unique_ptr<char[]> text(engine->GetUTF8Text());
    if (text == nullptr) return std::string();
    return absl::StrReplaceAll(text.get(), {{"\n", ""}});
  };
}

}  // namespace sightline::georef
