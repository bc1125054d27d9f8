#include "bench/georef/overlay_streams.h"

#include <algorithm>
#include <cstdio>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/image/decode.h"
#include "common/image/encode.h"
#include "common/status/status_macros.h"
#include "services/georef/engine/overlay/overlay_calibration.h"

namespace sightline::bench {
namespace {

using georef::FieldProblem;
using georef::OverlayReading;
using testing::Backing;
using testing::DrawnFont;
using testing::OverlayScene;
using testing::SceneFrame;
using testing::SceneOptions;

constexpr int kCalibrationFlights = 12;
constexpr uint64_t kCalibrationSeed = 1000;
constexpr uint64_t kSpoiltSeed = 5000;

constexpr StreamLook kLooks[] = {
    {"calm, q92", 80, 12, 2, 92},
    {"textured, q75", 110, 30, 6, 75},
    {"textured, q50", 110, 35, 6, 50},
    {"bright, q50", 165, 25, 8, 50},
    {"bright and rough, q60", 150, 40, 8, 60},
    {"dark, q50", 45, 15, 4, 50},
};

void Fill(RgbImage& picture, int left, int top, int width, int height,
          const uint8_t* colour) {
  for (int y = std::max(top, 0); y < std::min(top + height, picture.height());
       ++y) {
    for (int x = std::max(left, 0); x < std::min(left + width, picture.width());
         ++x) {
      std::copy(colour, colour + 3, picture.row(y) + 3 * x);
    }
  }
}

}  // namespace

void Count(const OverlayReading& reading,
           const std::map<std::string, std::string>& drawn,
           const std::string& where, ValueTally& tally) {
  for (const georef::FieldReading& field : reading.fields) {
    ++tally.values;
    if (field.problem != FieldProblem::kNone) continue;
    const auto truth = drawn.find(field.name);
    if (truth != drawn.end() && truth->second == field.text) {
      ++tally.right;
      continue;
    }
    ++tally.wrong;
    std::fprintf(stderr, "wrong: %s: %s is '%s', read as '%s' (%.2f)\n",
                 where.c_str(), field.name.c_str(),
                 truth == drawn.end() ? "" : truth->second.c_str(),
                 field.text.c_str(), field.confidence);
  }
}

absl::StatusOr<RgbImage> ThroughJpeg(const RgbImage& picture, int quality) {
  SL_ASSIGN_OR_RETURN(const std::string file, EncodeJpeg(picture, quality));
  SL_ASSIGN_OR_RETURN(Decoded<RgbImage> decoded, DecodeRgb(file, {}));
  return std::move(decoded.pixels);
}

absl::Span<const StreamLook> StreamLooks() { return kLooks; }

SceneOptions OptionsOf(const StreamLook& look, uint64_t seed, Backing backing) {
  SceneOptions options;
  options.seed = seed;
  options.backing = backing;
  options.level = look.level;
  options.waves = look.waves;
  options.noise = look.noise;
  return options;
}

absl::StatusOr<georef::OverlayProfile> Calibrated(const DrawnFont& font,
                                                  Backing backing) {
  std::vector<SceneFrame> frames;
  std::vector<georef::OverlaySample> samples;
  std::string draft;
  for (int i = 0; i < kCalibrationFlights; ++i) {
    const StreamLook& look = kLooks[i % std::size(kLooks)];
    const OverlayScene scene(font,
                             OptionsOf(look, kCalibrationSeed + i, backing));
    draft = scene.DraftProfile();
    SceneFrame frame = scene.Frame(17 * i);
    SL_ASSIGN_OR_RETURN(frame.pixels,
                        ThroughJpeg(frame.pixels, look.jpeg_quality));
    samples.push_back({absl::StrCat("flight ", i), true, frame.texts});
    frames.push_back(std::move(frame));
  }
  SL_ASSIGN_OR_RETURN(const georef::OverlayProfile profile,
                      georef::ParseOverlayProfile(draft));
  std::vector<georef::CalibrationFrame> known;
  for (size_t i = 0; i < frames.size(); ++i) {
    known.push_back({&frames[i].pixels, &samples[i]});
  }
  SL_ASSIGN_OR_RETURN(georef::Calibration calibration,
                      georef::LearnOverlay(profile, known));
  return std::move(calibration.profile);
}

void ForSpoiltFrames(const DrawnFont& font, const DrawnFont& other_font,
                     Backing backing, int frames,
                     absl::FunctionRef<void(const SpoiltFrame& spoilt)> use) {
  for (int i = 0; i < frames; ++i) {
    const StreamLook& look = kLooks[i % std::size(kLooks)];
    SceneOptions options = OptionsOf(look, kSpoiltSeed + i, backing);
    generator::Random random(kSpoiltSeed + i);
    SpoiltFrame spoilt;
    const int kind = i % 6;
    if (kind == 2) {
      options.shift_x = random.Sign() * random.Integer(3, 60);
      options.shift_y = random.Sign() * random.Integer(2, 30);
    }
    const OverlayScene scene(kind == 3 ? other_font : font, options);
    spoilt.frame = scene.Frame(i);
    RgbImage& pixels = spoilt.frame.pixels;
    if (kind == 0 || kind == 1) {
      spoilt.how = kind == 0 ? "hidden by blocks" : "hidden by lines";
      for (int k = 0; k < 60; ++k) {
        const bool is_block = kind == 0;
        const uint8_t gray = static_cast<uint8_t>(random.Integer(0, 255));
        const uint8_t colour[] = {gray, gray, gray};
        const bool is_low = random.Chance(0.5);
        const bool is_right = random.Chance(0.4);
        Fill(pixels,
             (is_right ? pixels.width() - 260 : 40) +
                 random.Integer(0, is_right ? 200 : 300),
             is_low ? pixels.height() - random.Integer(20, 170)
                    : random.Integer(20, 200),
             is_block ? random.Integer(4, 30) : random.Integer(2, 4),
             is_block ? random.Integer(4, 30) : random.Integer(20, 60), colour);
      }
    } else if (kind == 2) {
      spoilt.how =
          absl::StrCat("moved by ", options.shift_x, ", ", options.shift_y);
    } else if (kind == 3) {
      spoilt.how = "another font";
    } else if (kind == 4) {
      spoilt.how = "absent";
      pixels = scene.Background(i);
      spoilt.frame.texts.clear();
    } else {
      spoilt.how = "cut";
      const uint8_t black[] = {0, 0, 0};
      const int edge = random.Integer(40, 260);
      Fill(pixels, 0, 0, edge, pixels.height(), black);
      Fill(pixels, pixels.width() - edge, 0, edge, pixels.height(), black);
    }
    absl::StatusOr<RgbImage> decoded = ThroughJpeg(pixels, look.jpeg_quality);
    if (!decoded.ok()) continue;
    pixels = *std::move(decoded);
    use(spoilt);
  }
}

}  // namespace sightline::bench
