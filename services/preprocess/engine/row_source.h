// Rows on demand: how operations run one after the other without an image in
// between.
//
// A RowSource makes row after row of its result from the rows of the source
// before it, and keeps only as many of those as it looks at. A chain of them
// needs some hundred kilobytes however large the page. Every source belongs to
// one thread and one band of rows.
#ifndef SIGHTLINE_SERVICES_PREPROCESS_ENGINE_ROW_SOURCE_H_
#define SIGHTLINE_SERVICES_PREPROCESS_ENGINE_ROW_SOURCE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "common/image/image.h"
#include "common/status/status_macros.h"
#include "services/preprocess/engine/execution.h"
#include "services/preprocess/engine/kernels/kernels.h"
#include "services/preprocess/engine/pixel_view.h"

namespace sightline::preprocess {

class RowSource {
 public:
  RowSource(int width, int height) : width_(width), height_(height) {}
  virtual ~RowSource() = default;
  RowSource(const RowSource&) = delete;
  RowSource& operator=(const RowSource&) = delete;

  int width() const { return width_; }
  int height() const { return height_; }

  // Row `y`, which lies either in `buffer` (width() bytes) or in memory that
  // outlives this source. From call to call y must grow, by 1 or, at most once
  // in the beginning, by anything; sources without memory (IsStateless()) take
  // any y.
  virtual const uint8_t* Row(int y, uint8_t* buffer) = 0;
  virtual bool IsStateless() const { return false; }

 private:
  const int width_;
  const int height_;
};

// The rows of an image.
std::unique_ptr<RowSource> GrayRows(const GrayView& image);
// The same, turned to gray.
std::unique_ptr<RowSource> GrayRows(const RgbView& image,
                                    const Kernels& kernels);

// Rows around one row, each fetched once.
class RowRing {
 public:
  // Holds rows y - above .. y + below of `source`, as far as it has them.
  RowRing(RowSource& source, int above, int below);

  // Fetches what is missing up to row y + below. `y` must grow like that of
  // RowSource::Row().
  void MoveTo(int y);

  // A row of the image, within y - above .. y + below of the last MoveTo().
  const uint8_t* row(int y) const { return rows_[y % capacity_]; }

 private:
  RowSource& source_;
  const int above_;
  const int below_;
  const int capacity_;
  int next_ = -1;
  std::vector<uint8_t> memory_;
  std::vector<const uint8_t*> rows_;
};

// Bytes of such a ring.
int64_t RowRingBytes(int width, int above, int below);

// Makes the sources of a band, one upon the other; the last is the result.
using MakeRows =
    std::function<void(std::vector<std::unique_ptr<RowSource>>& sources)>;

// Writes the rows that `make` gives to `out`, in bands on several threads.
// `support`: the rows that a row of the result depends on, for bands of a
// sensible height. Errors: those of RunBands() and Resize().
absl::Status RunRows(int width, int height, int support,
                     const Execution& execution, const MakeRows& make,
                     GrayImage& out);

// Runs an operation that makes its rows of those of a gray page. Operation has
// support() and Rows(source, kernels).
template <typename Operation>
absl::Status RunOnGray(const Operation& operation, const GrayView& in,
                       const Execution& execution, GrayImage& out) {
  SL_RETURN_IF_ERROR(CheckRun(in, execution));
  const Kernels& kernels = KernelsFor(execution.instructions);
  return RunRows(
      in.width(), in.height(), operation.support(), execution,
      [&](auto& sources) {
        sources.push_back(GrayRows(in));
        sources.push_back(operation.Rows(*sources.back(), kernels));
      },
      out);
}

// Rows in a band of RunRows().
int RowsPerBand(int support);

// Copies a row with `left` and `right` more pixels.
void CopyReflected(const uint8_t* row, int width, int left, int right,
                   uint8_t* to);
void CopyReplicated(const uint8_t* row, int width, int left, int right,
                    uint8_t* to);

}  // namespace sightline::preprocess

#endif  // SIGHTLINE_SERVICES_PREPROCESS_ENGINE_ROW_SOURCE_H_
