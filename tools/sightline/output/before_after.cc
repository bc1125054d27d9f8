#include "tools/sightline/output/before_after.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

#include "common/image/decode.h"
#include "common/image/encode.h"
#include "common/image/image.h"
#include "common/image/sniff.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"

namespace sightline::cli {
namespace {

using preprocess::v1::Page;

constexpr int kGap = 8;
constexpr uint8_t kGapGray = 160;
// As tall as pages may be.
constexpr double kMostHeight = 20000;
// What the scan list reads.
constexpr int64_t kMaxFileBytes = int64_t{512} << 20;

absl::StatusOr<RgbImage> Decode(absl::string_view file, int page,
                                int min_long_side) {
  DecodeOptions options;
  options.min_long_side = min_long_side;
  options.page = page;
  options.limits.max_file_bytes = kMaxFileBytes;
  SL_ASSIGN_OR_RETURN(Decoded<RgbImage> decoded, DecodeRgb(file, options));
  return std::move(decoded.pixels);
}

// The pixels of a page that came as such.
absl::StatusOr<RgbImage> FromPixels(const Page& page) {
  const bool is_packed = page.format() == preprocess::v1::PAGE_FORMAT_PACKED;
  const int64_t row_bytes =
      is_packed ? (int64_t{page.width()} + 7) / 8 : page.width();
  if (page.width() < 1 || page.height() < 1 ||
      static_cast<int64_t>(page.content().size()) !=
          row_bytes * page.height()) {
    return Error(absl::StatusCode::kInternal, "PAGE_INVALID")
        .Message("the server's page is not usable: pixels are missing");
  }
  RgbImage image(page.width(), page.height());
  for (int y = 0; y < page.height(); ++y) {
    const auto* row =
        reinterpret_cast<const uint8_t*>(page.content().data()) + y * row_bytes;
    for (int x = 0; x < page.width(); ++x) {
      const uint8_t gray =
          is_packed ? (row[x / 8] >> (7 - x % 8) & 1) * 255 : row[x];
      std::fill_n(image.row(y) + 3 * x, 3, gray);
    }
  }
  return image;
}

// Which source pixels a pixel of the result covers, and by how much.
struct Footprint {
  int first = 0;
  std::vector<float> weights;
};

std::vector<Footprint> Footprints(int source, int target) {
  std::vector<Footprint> footprints(target);
  const double ratio = static_cast<double>(source) / target;
  for (int i = 0; i < target; ++i) {
    const double from = i * ratio;
    const double to = std::min<double>(source, from + ratio);
    Footprint& footprint = footprints[i];
    footprint.first = std::min(static_cast<int>(from), source - 1);
    for (int at = footprint.first; at < to || footprint.weights.empty(); ++at) {
      const double covered =
          std::min<double>(to, at + 1) - std::max<double>(from, at);
      footprint.weights.push_back(static_cast<float>(covered / (to - from)));
    }
  }
  return footprints;
}

// The mean of what each pixel covers.
RgbImage ScaledTo(const RgbImage& image, int width, int height) {
  const std::vector<Footprint> columns = Footprints(image.width(), width);
  const std::vector<Footprint> rows = Footprints(image.height(), height);
  RgbImage scaled(width, height);
  std::vector<float> sums(3 * static_cast<size_t>(width));
  for (int y = 0; y < height; ++y) {
    std::fill(sums.begin(), sums.end(), 0.0f);
    for (size_t j = 0; j < rows[y].weights.size(); ++j) {
      const uint8_t* row = image.row(
          std::min(rows[y].first + static_cast<int>(j), image.height() - 1));
      for (int x = 0; x < width; ++x) {
        const Footprint& column = columns[x];
        for (size_t i = 0; i < column.weights.size(); ++i) {
          const int at =
              std::min(column.first + static_cast<int>(i), image.width() - 1);
          const float weight = column.weights[i] * rows[y].weights[j];
          for (int c = 0; c < 3; ++c) {
            sums[3 * x + c] += weight * row[3 * at + c];
          }
        }
      }
    }
    for (size_t i = 0; i < sums.size(); ++i) {
      scaled.row(y)[i] =
          static_cast<uint8_t>(std::clamp(sums[i] + 0.5f, 0.0f, 255.0f));
    }
  }
  return scaled;
}

void Place(const RgbImage& image, int left, RgbImage& canvas) {
  for (int y = 0; y < image.height(); ++y) {
    std::copy_n(image.row(y), image.stride_bytes(),
                canvas.row(y) + 3 * static_cast<int64_t>(left));
  }
}

}  // namespace

absl::StatusOr<std::string> BeforeAfterPicture(
    absl::string_view file, int page, const Page& result,
    absl::Span<const double> output_to_input) {
  SL_ASSIGN_OR_RETURN(const ImageInfo info, SniffImage(file, page));
  // Pixels of the input for a pixel of the result, either way alike.
  double zoom = 1;
  if (output_to_input.size() == 9) {
    const double area = std::abs(output_to_input[0] * output_to_input[4] -
                                 output_to_input[1] * output_to_input[3]);
    if (area > 0 && std::isfinite(area)) zoom = std::sqrt(area);
  }
  const double before_width = info.oriented_width();
  const double before_height = info.oriented_height();
  // Of a file, what is in it counts, not what is said of it.
  const bool is_pixels = result.format() == preprocess::v1::PAGE_FORMAT_GRAY ||
                         result.format() == preprocess::v1::PAGE_FORMAT_PACKED;
  ImageInfo result_info;
  result_info.width = result.width();
  result_info.height = result.height();
  if (!is_pixels) {
    SL_ASSIGN_OR_RETURN(result_info, SniffImage(result.content()));
  }
  const double after_width = result_info.width * zoom;
  const double after_height = result_info.height * zoom;
  const double scale =
      std::min({1.0, (kBeforeAfterWidth - kGap) / (before_width + after_width),
                kMostHeight / std::max(before_height, after_height)});
  const auto side = [&](double length) {
    return std::max(1, static_cast<int>(std::floor(length * scale)));
  };
  const auto long_side = [&](double width, double height) {
    return static_cast<int>(std::ceil(std::max(width, height)));
  };

  SL_ASSIGN_OR_RETURN(
      RgbImage before,
      Decode(file, page,
             long_side(before_width * scale, before_height * scale)));
  before = ScaledTo(before, side(before_width), side(before_height));
  SL_ASSIGN_OR_RETURN(
      RgbImage after,
      is_pixels ? FromPixels(result)
                : Decode(result.content(), 0,
                         long_side(after_width * scale, after_height * scale)));
  after = ScaledTo(after, side(after_width), side(after_height));

  RgbImage canvas(before.width() + kGap + after.width(),
                  std::max(before.height(), after.height()));
  std::fill_n(canvas.data(), canvas.size_bytes(), kGapGray);
  Place(before, 0, canvas);
  Place(after, before.width() + kGap, canvas);
  return EncodePng(canvas);
}

}  // namespace sightline::cli
