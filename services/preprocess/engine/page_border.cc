#include "services/preprocess/engine/page_border.h"

#include <algorithm>
#include <cstring>
#include <mutex>
#include <vector>

#include "common/status/status_macros.h"
#include "services/preprocess/engine/histogram.h"
#include "services/preprocess/engine/parameter_check.h"
#include "services/preprocess/engine/pixel_rules/otsu.h"

namespace sightline::preprocess {
namespace {

// Light rows within a border that do not end it, as a share of the side.
constexpr double kGapShare = 0.002;

// Dark pixels of each row and column.
struct DarkCounts {
  std::vector<int> rows;
  std::vector<int> columns;
};

absl::StatusOr<DarkCounts> CountDark(const GrayView& in, int level,
                                     const Execution& execution) {
  DarkCounts counts;
  SL_RETURN_IF_ERROR(RunBands(1, 1, execution, [&](int, int) {
    counts.rows.resize(static_cast<size_t>(in.height()));
    counts.columns.resize(static_cast<size_t>(in.width()));
  }));
  std::mutex mutex;
  SL_RETURN_IF_ERROR(
      RunBands(in.height(), 256, execution, [&](int begin, int end) {
        std::vector<int> columns(static_cast<size_t>(in.width()));
        for (int y = begin; y < end; ++y) {
          const uint8_t* const row = in.row(y);
          int dark = 0;
          for (int x = 0; x < in.width(); ++x) {
            const int is_dark = row[x] <= level ? 1 : 0;
            dark += is_dark;
            columns[static_cast<size_t>(x)] += is_dark;
          }
          counts.rows[static_cast<size_t>(y)] = dark;
        }
        std::lock_guard<std::mutex> lock(mutex);
        for (size_t x = 0; x < columns.size(); ++x) {
          counts.columns[x] += columns[x];
        }
      }));
  return counts;
}

// How many of the first `counts` (each of `length` pixels) are a border.
template <typename Iterator>
int BorderDepth(Iterator counts, int side, int length,
                const PageBorderOptions& options, bool& is_doubtful) {
  const int most = static_cast<int>(options.max_share * side);
  const int gap = std::max(1, static_cast<int>(kGapShare * side));
  int depth = 0;
  for (int i = 0; i < side && i - depth <= gap; ++i) {
    if (counts[i] > options.dark_share * length) depth = i + 1;
  }
  if (depth > most) {
    is_doubtful = true;
    return 0;
  }
  return depth;
}

}  // namespace

absl::StatusOr<PageBorder> FindPageBorder(const GrayView& in,
                                          const PageBorderOptions& options,
                                          const Execution& execution) {
  SL_RETURN_IF_ERROR(ParameterCheck()
                         .Range("dark_share", options.dark_share, 0.3, 1)
                         .Range("max_share", options.max_share, 0, 0.4)
                         .status());
  SL_ASSIGN_OR_RETURN(const Histogram histogram, CountGrays(in, execution));
  PageBorder border;
  border.right = in.width();
  border.bottom = in.height();
  border.dark_level =
      rules::OtsuThreshold(histogram.data(), int64_t{in.width()} * in.height());
  // A page of one gray has neither dark nor light.
  const int64_t dark_or_light = int64_t{in.width()} * in.height();
  if (std::find(histogram.begin(), histogram.end(), dark_or_light) !=
      histogram.end()) {
    return border;
  }
  SL_ASSIGN_OR_RETURN(const DarkCounts counts,
                      CountDark(in, border.dark_level, execution));
  const int width = in.width();
  const int height = in.height();
  border.left = BorderDepth(counts.columns.begin(), width, height, options,
                            border.is_doubtful);
  border.right -= BorderDepth(counts.columns.rbegin(), width, height, options,
                              border.is_doubtful);
  border.top = BorderDepth(counts.rows.begin(), height, width, options,
                           border.is_doubtful);
  border.bottom -= BorderDepth(counts.rows.rbegin(), height, width, options,
                               border.is_doubtful);
  return border;
}

absl::Status CropPage(const GrayView& in, const PageBorder& border,
                      GrayImage& out) {
  SL_RETURN_IF_ERROR(CheckRun(in, {}));
  SL_RETURN_IF_ERROR(
      ParameterCheck()
          .Range("left", border.left, 0, in.width() - 1)
          .Range("top", border.top, 0, in.height() - 1)
          .Range("right", border.right, border.left + 1, in.width())
          .Range("bottom", border.bottom, border.top + 1, in.height())
          .status());
  SL_RETURN_IF_ERROR(
      Resize(border.right - border.left, border.bottom - border.top, out));
  for (int y = 0; y < out.height(); ++y) {
    std::memcpy(out.row(y), in.row(border.top + y) + border.left,
                static_cast<size_t>(out.width()));
  }
  return absl::OkStatus();
}

}  // namespace sightline::preprocess
