#include "tests/support/overlay/drawn_font.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "common/status/status_macros.h"
#include "common/text/json_text.h"
#include "opencv2/imgproc.hpp"
#include "services/georef/engine/overlay/overlay_pattern.h"

namespace sightline::testing {
namespace {

constexpr char kCharacters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.:'\"/";
constexpr char32_t kDegreeSign = 0xB0;
// Strokes are drawn larger and reduced: soft edges, as video has them.
constexpr int kEnlarged = 4;

int FaceOf(StrokeFace face) {
  switch (face) {
    case StrokeFace::kDuplex:
      return cv::FONT_HERSHEY_DUPLEX;
    case StrokeFace::kTriplex:
      return cv::FONT_HERSHEY_TRIPLEX;
    case StrokeFace::kSimplex:
      return cv::FONT_HERSHEY_SIMPLEX;
  }
  return cv::FONT_HERSHEY_DUPLEX;
}

}  // namespace

DrawnFont StrokeFont(StrokeFace face, double pitch) {
  DrawnFont font;
  font.pitch = pitch;
  font.cell_width = static_cast<int>(std::ceil(pitch));
  font.cell_height = static_cast<int>(std::lround(pitch * 1.8));
  const int width = font.cell_width * kEnlarged;
  const int height = font.cell_height * kEnlarged;
  const int thickness = std::max(1, width / 10);
  // Capitals are 21 units high and up to 20 wide in Hershey's fonts.
  const double scale = width * 0.82 / 22;
  const int baseline = height * 3 / 4;
  std::u32string characters = sightline::georef::ToCodePoints(kCharacters);
  characters += kDegreeSign;
  for (const char32_t c : characters) {
    cv::Mat large(height, width, CV_8U, cv::Scalar(0));
    if (c == kDegreeSign) {
      cv::circle(large, {width / 2, baseline - height * 4 / 10}, width / 6,
                 cv::Scalar(255), thickness, cv::LINE_AA);
    } else {
      const std::string text(1, static_cast<char>(c));
      int below = 0;
      const cv::Size size =
          cv::getTextSize(text, FaceOf(face), scale, thickness, &below);
      cv::putText(large, text, {(width - size.width) / 2, baseline},
                  FaceOf(face), scale, cv::Scalar(255), thickness, cv::LINE_AA);
    }
    cv::Mat small;
    cv::resize(large, small, {font.cell_width, font.cell_height}, 0, 0,
               cv::INTER_AREA);
    GrayImage mask(font.cell_width, font.cell_height);
    std::memcpy(mask.data(), small.data, mask.size_bytes());
    font.masks.emplace(c, std::move(mask));
  }
  return font;
}

absl::StatusOr<DrawnFont> ReadFontAtlas(absl::string_view json) {
  SL_ASSIGN_OR_RETURN(const JsonValue root, ParseJson(json));
  DrawnFont font;
  const auto number = [&](absl::string_view name, auto& into) {
    double value = 0;
    const JsonValue* member = root.Find(name);
    const bool is_there =
        member != nullptr && absl::SimpleAtod(member->text, &value);
    into = value;
    return is_there && value >= 1 && value <= 256;
  };
  const JsonValue* glyphs = root.Find("glyphs");
  if (!number("pitch", font.pitch) || !number("cell_width", font.cell_width) ||
      !number("cell_height", font.cell_height) || glyphs == nullptr) {
    return absl::InvalidArgumentError("this is no font atlas");
  }
  for (const JsonMember& member : glyphs->members) {
    GrayImage mask(font.cell_width, font.cell_height);
    std::string samples;
    if (!absl::Base64Unescape(member.value.text, &samples) ||
        static_cast<int64_t>(samples.size()) != mask.size_bytes()) {
      return absl::InvalidArgumentError("a glyph of the atlas is cut");
    }
    std::memcpy(mask.data(), samples.data(), samples.size());
    font.masks.emplace(sightline::georef::ToCodePoints(member.name)[0],
                       std::move(mask));
  }
  return font;
}

}  // namespace sightline::testing
