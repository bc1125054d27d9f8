#include "tools/sightline/output/mask_picture.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/image/decode.h"
#include "common/image/encode.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "tools/sightline/output/mask_regions.h"
#include "tools/sightline/output/small_letters.h"

namespace sightline::cli {
namespace {

using Features = google::protobuf::RepeatedPtrField<georef::v1::Feature>;

// What the scan list reads.
constexpr int64_t kMaxFileBytes = int64_t{512} << 20;
constexpr int kQuality = 88;
// Of the class's colour in the tint, in 256ths: enough to see the class, not
// too much to see the frame.
constexpr int kTint = 96;
// More labels than this hide what they stand on.
constexpr size_t kMostLabels = 200;

using Colors = std::array<ClassLook, 256>;

uint8_t Mixed(uint8_t pixel, uint32_t color) {
  return static_cast<uint8_t>((pixel * (256 - kTint) + color * kTint) >> 8);
}

void Tint(const GrayImage& mask, const Colors& looks, RgbImage& picture) {
  for (int y = 0; y < picture.height(); ++y) {
    uint8_t* pixel = picture.row(y);
    const uint8_t* label = mask.row(y);
    for (int x = 0; x < picture.width(); ++x, pixel += 3) {
      const ClassLook& look = looks[label[x]];
      if (look.is_background) continue;
      pixel[0] = Mixed(pixel[0], look.color >> 16 & 255);
      pixel[1] = Mixed(pixel[1], look.color >> 8 & 255);
      pixel[2] = Mixed(pixel[2], look.color & 255);
    }
  }
}

void Paint(uint32_t color, uint8_t* pixel) {
  pixel[0] = color >> 16 & 255;
  pixel[1] = color >> 8 & 255;
  pixel[2] = color & 255;
}

// Colours pixels of a region with another label within `width` pixels to a
// side, and whitens those around it: a blue slick is seen on a blue sea, too.
void Outline(const GrayImage& mask, const Colors& looks, int width,
             RgbImage& picture) {
  for (int y = 0; y < picture.height(); ++y) {
    for (int x = 0; x < picture.width(); ++x) {
      const uint8_t label = mask.row(y)[x];
      const ClassLook& look = looks[label];
      const auto is_other = [&](int to_x, int to_y) {
        if (to_x < 0 || to_y < 0 || to_x >= mask.width() ||
            to_y >= mask.height()) {
          return false;
        }
        const uint8_t other = mask.row(to_y)[to_x];
        return other != label &&
               !(look.is_background && looks[other].is_background);
      };
      const int reach = look.is_background ? 1 : width;
      bool is_edge = false;
      for (int i = 1; i <= reach && !is_edge; ++i) {
        is_edge = is_other(x - i, y) || is_other(x + i, y) ||
                  is_other(x, y - i) || is_other(x, y + i);
      }
      if (!is_edge) continue;
      Paint(look.is_background ? 0xFFFFFF : look.color,
            picture.row(y) + int64_t{3} * x);
    }
  }
}

void WriteAreas(const GrayImage& mask, const Features& features,
                bool with_corners, RgbImage& picture) {
  // By label and pixels: what can't be told apart stands together.
  using Kind = std::pair<uint32_t, int64_t>;
  std::map<Kind, std::vector<const georef::v1::Feature*>> wanted;
  for (const auto& feature : features) {
    wanted[{feature.label(), feature.pixel_count()}].push_back(&feature);
  }
  std::map<Kind, std::vector<MaskRegion>> there;
  for (const MaskRegion& region : FindRegions(mask, with_corners)) {
    const Kind kind = {region.label, region.pixels};
    if (wanted.count(kind) != 0) there[kind].push_back(region);
  }
  struct Label {
    double area_m2;
    MaskRegion region;
  };
  std::vector<Label> labels;
  for (const auto& [kind, regions] : there) {
    const auto& of_kind = wanted[kind];
    if (of_kind.size() != regions.size()) continue;
    for (size_t i = 0; i < regions.size(); ++i) {
      labels.push_back({of_kind[i]->area_m2(), regions[i]});
    }
  }
  std::stable_sort(labels.begin(), labels.end(),
                   [](const Label& a, const Label& b) {
                     return a.region.pixels > b.region.pixels;
                   });
  const int scale =
      std::max(1, std::max(picture.width(), picture.height()) / 600);
  struct Written {
    MaskRegion region;
    int width;
  };
  std::vector<Written> written;
  for (const Label& label : labels) {
    if (written.size() == kMostLabels) break;
    const std::string text = AreaText(label.area_m2, "^");
    const int width = LabelWidth(text, scale);
    const int height = LabelHeight(scale);
    // A label must not hide what it stands on, nor one of a larger region.
    if (label.region.pixels < int64_t{width} * height) continue;
    const bool is_covered =
        std::any_of(written.begin(), written.end(), [&](const Written& other) {
          return std::abs(other.region.x - label.region.x) <
                     (other.width + width) / 2 &&
                 std::abs(other.region.y - label.region.y) < height;
        });
    if (is_covered) continue;
    DrawLabel(text, label.region.x, label.region.y, scale, picture);
    written.push_back({label.region, width});
  }
}

}  // namespace

absl::StatusOr<std::string> MaskPicture(absl::string_view frame, int page,
                                        absl::string_view mask_png,
                                        const Features& features,
                                        const ClassPalette& palette,
                                        const MaskPictureOptions& options) {
  DecodeOptions decoding;
  decoding.page = page;
  decoding.limits.max_file_bytes = kMaxFileBytes;
  SL_ASSIGN_OR_RETURN(Decoded<RgbImage> picture, DecodeRgb(frame, decoding));
  decoding.page = 0;
  SL_ASSIGN_OR_RETURN(const Decoded<GrayImage> mask,
                      DecodeGray(mask_png, decoding));
  RgbImage& pixels = picture.pixels;
  if (mask.pixels.width() != pixels.width() ||
      mask.pixels.height() != pixels.height()) {
    return Error(absl::StatusCode::kInternal, "MASK_INVALID")
        .Message(absl::StrCat("the server's mask has ", mask.pixels.width(),
                              " x ", mask.pixels.height(),
                              " pixels, the frame ", pixels.width(), " x ",
                              pixels.height()));
  }
  Colors looks;
  for (int label = 0; label < 256; ++label) looks[label] = palette.Of(label);
  Tint(mask.pixels, looks, pixels);
  const int width =
      std::max(2, std::max(pixels.width(), pixels.height()) / 800);
  Outline(mask.pixels, looks, width, pixels);
  WriteAreas(mask.pixels, features, options.with_corners, pixels);
  return EncodeJpeg(pixels, kQuality);
}

}  // namespace sightline::cli
