#include "services/preprocess/engine/clahe.h"

#include <algorithm>
#include <new>

#include "common/status/status_macros.h"
#include "services/preprocess/engine/histogram.h"
#include "services/preprocess/engine/parameter_check.h"

namespace sightline::preprocess {
namespace {

using rules::ClaheGrid;
using rules::ClahePlace;

constexpr int kGrays = 256;

// Rows between two rows of tiles share packed tables, so the source keeps them
// until it gets to the next.
class ClaheRows : public RowSource {
 public:
  ClaheRows(const ClaheTables& tables, RowSource& in, const Kernels& kernels)
      : RowSource(in.width(), in.height()),
        tables_(tables),
        in_(in),
        kernels_(kernels),
        share_(static_cast<size_t>(in.width())),
        rest_(static_cast<size_t>(in.width())),
        buffer_(static_cast<size_t>(in.width())) {
    const ClaheGrid& grid = tables.grid;
    int last = INT32_MIN;
    for (int x = 0; x < width(); ++x) {
      const ClahePlace place = rules::ClahePlaceOf(x, grid.inverse_tile_width);
      share_[static_cast<size_t>(x)] = place.share;
      rest_[static_cast<size_t>(x)] = place.rest;
      if (place.first != last) {
        spans_.push_back({x, std::max(place.first, 0),
                          std::min(place.first + 1, grid.tiles_x - 1)});
        last = place.first;
      }
    }
    packed_.resize(spans_.size() * kGrays);
  }

  const uint8_t* Row(int y, uint8_t* buffer) override {
    const ClaheGrid& grid = tables_.grid;
    const ClahePlace place = rules::ClahePlaceOf(y, grid.inverse_tile_height);
    if (place.first != packed_row_) Pack(place.first);
    const uint8_t* const row = in_.Row(y, buffer_.data());
    for (size_t i = 0; i < spans_.size(); ++i) {
      const int begin = spans_[i].begin;
      const int end = i + 1 < spans_.size() ? spans_[i + 1].begin : width();
      const ClaheSpan span = {.tables = {Table(above_, spans_[i].left),
                                         Table(above_, spans_[i].right),
                                         Table(below_, spans_[i].left),
                                         Table(below_, spans_[i].right)},
                              .packed = packed_.data() + i * kGrays,
                              .share = share_.data() + begin,
                              .rest = rest_.data() + begin,
                              .y = place};
      kernels_.clahe(span, row + begin, end - begin, buffer + begin);
    }
    return buffer;
  }
  bool IsStateless() const override { return true; }

 private:
  // Pixels from `begin` on, between two columns of tiles.
  struct Span {
    int begin;
    int left;
    int right;
  };

  const uint8_t* Table(int tile_y, int tile_x) const {
    return tables_.grays.data() +
           (int64_t{tile_y} * tables_.grid.tiles_x + tile_x) * kGrays;
  }

  void Pack(int first) {
    packed_row_ = first;
    above_ = std::max(first, 0);
    below_ = std::min(first + 1, tables_.grid.tiles_y - 1);
    for (size_t i = 0; i < spans_.size(); ++i) {
      const uint8_t* const tables[4] = {
          Table(above_, spans_[i].left), Table(above_, spans_[i].right),
          Table(below_, spans_[i].left), Table(below_, spans_[i].right)};
      uint32_t* const words = packed_.data() + i * kGrays;
      for (int value = 0; value < kGrays; ++value) {
        words[value] = static_cast<uint32_t>(tables[0][value]) |
                       static_cast<uint32_t>(tables[1][value]) << 8 |
                       static_cast<uint32_t>(tables[2][value]) << 16 |
                       static_cast<uint32_t>(tables[3][value]) << 24;
      }
    }
  }

  const ClaheTables& tables_;
  RowSource& in_;
  const Kernels& kernels_;
  std::vector<float> share_;
  std::vector<float> rest_;
  std::vector<uint8_t> buffer_;
  std::vector<Span> spans_;
  std::vector<uint32_t> packed_;
  int packed_row_ = INT32_MIN;
  int above_ = 0;
  int below_ = 0;
};

// The histograms of a row of tiles; each has four tables (CountRow).
void CountTiles(const ClaheGrid& grid, int tile_y, RowSource& rows,
                uint8_t* buffer, uint32_t* counts) {
  const int width = rows.width();
  for (int y = tile_y * grid.tile_height; y < (tile_y + 1) * grid.tile_height;
       ++y) {
    const uint8_t* const row =
        rows.Row(rules::Reflect101(y, rows.height()), buffer);
    for (int tile_x = 0; tile_x < grid.tiles_x; ++tile_x) {
      uint32_t* const tile = counts + int64_t{tile_x} * 4 * kGrays;
      const int begin = tile_x * grid.tile_width;
      const int end = begin + grid.tile_width;
      const int inside = std::clamp(width, begin, end);
      if (begin < inside) CountRow(row + begin, inside - begin, tile);
      for (int x = inside; x < end; ++x) {
        ++tile[row[rules::Reflect101(x, width)]];
      }
    }
  }
}

}  // namespace

absl::StatusOr<Clahe> Clahe::Create(const ClaheOptions& options) {
  SL_RETURN_IF_ERROR(ParameterCheck()
                         .Range("clip_limit", options.clip_limit, 0, 1e6)
                         .Range("tiles_x", options.tiles_x, 1, 64)
                         .Range("tiles_y", options.tiles_y, 1, 64)
                         .status());
  return Clahe(options);
}

int64_t Clahe::WorkingBytes(int width, int, int threads) const {
  const int64_t tables = int64_t{options_.tiles_x} * options_.tiles_y * kGrays;
  const int64_t counts = int64_t{options_.tiles_x} * 4 * kGrays * 4;
  const int64_t rows = int64_t{width} * (2 * sizeof(float) + 2) +
                       (options_.tiles_x + 1) * (kGrays * 4 + 16);
  return tables + threads * (std::max(counts, rows) + width + 1024);
}

absl::StatusOr<ClaheTables> Clahe::Tables(
    int width, int height,
    const std::function<std::unique_ptr<RowSource>()>& make_rows,
    const Execution& execution) const {
  ClaheTables tables;
  tables.grid = rules::MakeClaheGrid(width, height, options_.tiles_x,
                                     options_.tiles_y, options_.clip_limit);
  const ClaheGrid& grid = tables.grid;
  // Inside, so that bad_alloc becomes a status as everywhere else.
  SL_RETURN_IF_ERROR(RunBands(1, 1, execution, [&](int, int) {
    tables.grays.resize(static_cast<size_t>(grid.tiles_x) *
                        static_cast<size_t>(grid.tiles_y) * kGrays);
  }));
  SL_RETURN_IF_ERROR(RunBands(grid.tiles_y, 1, execution, [&](int tile_y, int) {
    const std::unique_ptr<RowSource> rows = make_rows();
    std::vector<uint8_t> buffer(static_cast<size_t>(width));
    std::vector<uint32_t> counts(static_cast<size_t>(grid.tiles_x) * 4 *
                                 kGrays);
    CountTiles(grid, tile_y, *rows, buffer.data(), counts.data());
    for (int tile_x = 0; tile_x < grid.tiles_x; ++tile_x) {
      const uint32_t* const tile = counts.data() + tile_x * 4 * kGrays;
      int histogram[kGrays];
      for (int value = 0; value < kGrays; ++value) {
        histogram[value] = static_cast<int>(tile[value] + tile[kGrays + value] +
                                            tile[2 * kGrays + value] +
                                            tile[3 * kGrays + value]);
      }
      rules::ClaheTable(grid, histogram,
                        tables.grays.data() +
                            (int64_t{tile_y} * grid.tiles_x + tile_x) * kGrays);
    }
  }));
  return tables;
}

std::unique_ptr<RowSource> Clahe::Rows(const ClaheTables& tables, RowSource& in,
                                       const Kernels& kernels) {
  return std::make_unique<ClaheRows>(tables, in, kernels);
}

absl::Status Clahe::Run(const GrayView& in, GrayImage& out,
                        const Execution& execution) const {
  SL_RETURN_IF_ERROR(CheckRun(in, execution));
  SL_ASSIGN_OR_RETURN(
      const ClaheTables tables,
      Tables(
          in.width(), in.height(), [&] { return GrayRows(in); }, execution));
  const Kernels& kernels = KernelsFor(execution.instructions);
  return RunRows(
      in.width(), in.height(), 1, execution,
      [&](auto& sources) {
        sources.push_back(GrayRows(in));
        sources.push_back(Rows(tables, *sources.back(), kernels));
      },
      out);
}

}  // namespace sightline::preprocess
