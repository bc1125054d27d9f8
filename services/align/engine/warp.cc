#include "services/align/engine/warp.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "services/align/engine/reasons.h"

namespace sightline::align {
namespace {

constexpr int kMaxSide = 20000;

absl::Status Invalid(absl::string_view field, absl::string_view what) {
  return Error(absl::StatusCode::kInvalidArgument, kWarpInvalid)
      .Message(what)
      .Field(field, what);
}

// The scan at (x, y), pixel centres at integers; white where it has nothing.
uint8_t Sample(const GrayImage& scan, double x, double y) {
  const int last_x = scan.width() - 1;
  const int last_y = scan.height() - 1;
  // Half a pixel beyond the outer centres is still the scan. Written so that a
  // NaN is outside.
  if (!(x >= -0.5 && y >= -0.5 && x <= last_x + 0.5 && y <= last_y + 0.5)) {
    return 255;
  }
  const double cx = std::clamp<double>(x, 0, last_x);
  const double cy = std::clamp<double>(y, 0, last_y);
  const int x0 = static_cast<int>(cx);
  const int y0 = static_cast<int>(cy);
  const int x1 = std::min(x0 + 1, last_x);
  const uint8_t* top = scan.row(y0);
  const uint8_t* bottom = scan.row(std::min(y0 + 1, last_y));
  const int fx = static_cast<int>((cx - x0) * 256);
  const int fy = static_cast<int>((cy - y0) * 256);
  const int upper = top[x0] * (256 - fx) + top[x1] * fx;
  const int lower = bottom[x0] * (256 - fx) + bottom[x1] * fx;
  return static_cast<uint8_t>((upper * (256 - fy) + lower * fy + (1 << 15)) >>
                              16);
}

// One row of the output. (x, y, w) is the homogeneous source position of the
// row's first pixel centre, shifted so that pixel centres are integers.
void WarpRow(const GrayImage& scan, double x, double y, double w,
             const Homography& map, int width, uint8_t* out) {
  for (int i = 0; i < width; ++i, x += map[0], y += map[3], w += map[6]) {
    const double inverse = 1 / w;
    out[i] = w > 0 ? Sample(scan, x * inverse, y * inverse) : 255;
  }
}

// The same for row `j` of a bent page. `scale`: page units per output pixel.
void WarpBentRow(const GrayImage& scan, const PageMesh& mesh, PixelSize scale,
                 const Homography& map, int width, int j, uint8_t* out) {
  for (int i = 0; i < width; ++i) {
    const PixelPoint d =
        mesh.At({(i + 0.5) * scale.width, (j + 0.5) * scale.height});
    const double cx = i + 0.5 + d.x / scale.width;
    const double cy = j + 0.5 + d.y / scale.height;
    const double w = map[6] * cx + map[7] * cy + map[8];
    const double x = map[0] * cx + map[1] * cy + map[2];
    const double y = map[3] * cx + map[4] * cy + map[5];
    out[i] = w > 0 ? Sample(scan, x / w, y / w) : 255;
  }
}

}  // namespace

absl::StatusOr<GrayImage> WarpToPage(const GrayImage& scan,
                                     const Homography& scan_to_page,
                                     PixelSize page, int output_width,
                                     const PageMesh& mesh) {
  if (scan.empty()) return Invalid("scan", "the scan is empty");
  if (!(page.width > 0 && page.height > 0)) {
    return Invalid("page", "the page has no area");
  }
  if (output_width < 1 || output_width > kMaxSide) {
    return Invalid("output_width", absl::StrCat("output_width ", output_width,
                                                " is outside 1..", kMaxSide));
  }
  const double exact_height = output_width * page.height / page.width;
  if (!(exact_height <= kMaxSide)) {
    return Invalid("output_width", absl::StrCat("the page would be more than ",
                                                kMaxSide, " pixels high"));
  }
  const int height = std::max(1, static_cast<int>(std::lround(exact_height)));
  const std::optional<Homography> page_to_scan = scan_to_page.Inverse();
  if (!page_to_scan.has_value()) {
    return Invalid("scan_to_page", "the map is singular");
  }
  // Output pixels (corner-based) to page units to scan, whose pixel centres
  // then lie on integers.
  const Homography map =
      Homography::Translation(-0.5, -0.5) * *page_to_scan *
      Homography::Scale(page.width / output_width, page.height / height);
  // The sign of w tells the two sides of the horizon apart; the page's centre
  // is on the visible side.
  const double center_w =
      map[6] * output_width / 2 + map[7] * height / 2 + map[8];
  std::array<double, 9> values = map.values();
  if (center_w < 0) {
    for (double& value : values) value = -value;
  }
  const Homography visible(values);

  GrayImage out(output_width, height);
  const PixelSize scale{page.width / output_width, page.height / height};
  for (int j = 0; j < height; ++j) {
    if (!mesh.empty()) {
      WarpBentRow(scan, mesh, scale, visible, output_width, j, out.row(j));
      continue;
    }
    const double cx = 0.5;
    const double cy = j + 0.5;
    WarpRow(scan, visible[0] * cx + visible[1] * cy + visible[2],
            visible[3] * cx + visible[4] * cy + visible[5],
            visible[6] * cx + visible[7] * cy + visible[8], visible,
            output_width, out.row(j));
  }
  return out;
}

}  // namespace sightline::align
