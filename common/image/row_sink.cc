#include "common/image/row_sink.h"

#include <algorithm>
#include <cstring>

#include "common/image/luma.h"

namespace sightline::image_internal {
namespace {

// Rows that wait until they are written as columns: runs of 16 pixels use
// whole cache lines of the result where single ones would waste them.
constexpr int kTurnedRows = 16;

bool IsTurned(int orientation) { return orientation >= 5; }
// Whether the file's columns run right to left in the result, or, of turned
// images, bottom to top.
bool FlipsColumns(int orientation) {
  return orientation == 2 || orientation == 3 || orientation == 7 ||
         orientation == 8;
}
// The same of the file's rows.
bool FlipsRows(int orientation) {
  return orientation == 3 || orientation == 4 || orientation == 6 ||
         orientation == 7;
}

// Averages full blocks: `sums` holds kReduction columns a block, `out` gets
// `blocks` pixels. The constants let the compiler unroll and vectorise.
template <int kReduction, int kChannels>
void AverageBlocks(const uint16_t* __restrict sums, int blocks,
                   uint8_t* __restrict out) {
  constexpr uint32_t kPixels = kReduction * kReduction;
  for (int i = 0; i < blocks; ++i) {
    for (int c = 0; c < kChannels; ++c) {
      uint32_t sum = kPixels / 2;
      for (int k = 0; k < kReduction; ++k) {
        sum += sums[(i * kReduction + k) * kChannels + c];
      }
      out[i * kChannels + c] = static_cast<uint8_t>(sum / kPixels);
    }
  }
}

template <int kChannels>
void AverageBlocks(int reduction, const uint16_t* sums, int blocks,
                   uint8_t* out) {
  switch (reduction) {
    case 2:
      return AverageBlocks<2, kChannels>(sums, blocks, out);
    case 4:
      return AverageBlocks<4, kChannels>(sums, blocks, out);
    case 8:
      return AverageBlocks<8, kChannels>(sums, blocks, out);
  }
}

// The same for blocks of any size, at the edges.
void AverageBlock(const uint16_t* sums, int columns, int rows, int channels,
                  uint8_t* out) {
  const uint32_t pixels = static_cast<uint32_t>(columns) * rows;
  for (int c = 0; c < channels; ++c) {
    uint32_t sum = pixels / 2;
    for (int k = 0; k < columns; ++k) sum += sums[k * channels + c];
    out[c] = static_cast<uint8_t>(sum / pixels);
  }
}

template <int kChannels>
void ReverseCopy(const uint8_t* in, int width, uint8_t* out) {
  for (int x = 0; x < width; ++x) {
    std::memcpy(out + x * kChannels, in + (width - 1 - x) * kChannels,
                kChannels);
  }
}

// Writes `count` rows of `width` pixels at `in` as columns: pixel (x, y) goes
// to out + x * column_step + y * row_step.
template <int kChannels>
void WriteColumns(const uint8_t* in, int width, int count, uint8_t* out,
                  int64_t column_step, int64_t row_step) {
  for (int x = 0; x < width; ++x) {
    uint8_t* to = out + x * column_step;
    const uint8_t* from = in + x * kChannels;
    for (int y = 0; y < count; ++y) {
      std::memcpy(to, from, kChannels);
      to += row_step;
      from += int64_t{width} * kChannels;
    }
  }
}

// Pixels of a side that fall into block `block`, and the first of them.
struct Span {
  int first = 0;
  int count = 0;
};
Span BlockSpan(int block, int side, int reduction, int padding) {
  const int first = std::max(block * reduction - padding, 0);
  const int end = std::min((block + 1) * reduction - padding, side);
  return {first, end - first};
}

}  // namespace

Padding PaddingFor(int width, int height, int reduction, int orientation) {
  const auto missing = [reduction](int side) {
    return (reduction - side % reduction) % reduction;
  };
  return {FlipsColumns(orientation) ? missing(width) : 0,
          FlipsRows(orientation) ? missing(height) : 0};
}

RowSink::RowSink(const RowShape& shape, int reduction, const Canvas& canvas)
    : shape_(shape),
      reduction_(reduction),
      canvas_(canvas),
      width_(Reduced(shape.width, reduction)),
      height_(Reduced(shape.height, reduction)),
      padding_(PaddingFor(shape.width, shape.height, reduction,
                          canvas.orientation)) {
  if (reduction > 1) {
    sums_.resize(static_cast<size_t>(shape.width) * shape.channels);
    averaged_.resize(static_cast<size_t>(width_) * shape.channels);
  }
  if (canvas.orientation != 1 && canvas.orientation != 4) {
    const size_t rows = IsTurned(canvas.orientation) ? kTurnedRows : 1;
    converted_.resize(static_cast<size_t>(width_) * canvas.channels * rows);
  }
}

int64_t RowSink::Bytes(int64_t width, int reduction, int orientation) {
  const int64_t reduced = (width + reduction - 1) / reduction;
  const int64_t sums = reduction > 1 ? (width * 2 + reduced) * 3 : 0;
  const int64_t rows = IsTurned(orientation) ? kTurnedRows : 1;
  return sums + reduced * 3 * rows;
}

void RowSink::AddRow(const uint8_t* row) {
  ++rows_;
  if (reduction_ == 1) {
    Emit(row);
    return;
  }
  AddToSums(row);
  const Span block =
      BlockSpan(emitted_, shape_.height, reduction_, padding_.rows);
  if (rows_ == block.first + block.count) {
    AverageSums(block.count);
    Emit(averaged_.data());
  }
}

void RowSink::AddToSums(const uint8_t* __restrict row) {
  uint16_t* __restrict sums = sums_.data();
  const int samples = shape_.width * shape_.channels;
  const Span block =
      BlockSpan(emitted_, shape_.height, reduction_, padding_.rows);
  if (rows_ == block.first + 1) {
    for (int i = 0; i < samples; ++i) sums[i] = row[i];
  } else {
    for (int i = 0; i < samples; ++i) {
      sums[i] = static_cast<uint16_t>(sums[i] + row[i]);
    }
  }
}

void RowSink::AverageSums(int rows) {
  const int channels = shape_.channels;
  const auto average_one = [&](int block) {
    const Span span =
        BlockSpan(block, shape_.width, reduction_, padding_.columns);
    AverageBlock(sums_.data() + span.first * channels, span.count, rows,
                 channels, averaged_.data() + block * channels);
  };
  int block = 0;
  if (rows == reduction_) {
    if (padding_.columns > 0) average_one(block++);
    const int x =
        BlockSpan(block, shape_.width, reduction_, padding_.columns).first;
    const int blocks = (shape_.width - x) / reduction_;
    const uint16_t* sums = sums_.data() + x * channels;
    uint8_t* out = averaged_.data() + block * channels;
    if (channels == 1) {
      AverageBlocks<1>(reduction_, sums, blocks, out);
    } else {
      AverageBlocks<3>(reduction_, sums, blocks, out);
    }
    block += blocks;
  }
  for (; block < width_; ++block) average_one(block);
}

void RowSink::Convert(const uint8_t* __restrict row,
                      uint8_t* __restrict out) const {
  if (shape_.channels == canvas_.channels) {
    std::memcpy(out, row, static_cast<size_t>(width_) * canvas_.channels);
  } else if (canvas_.channels == 1) {
    for (int x = 0; x < width_; ++x) {
      out[x] = Luma(row[3 * x], row[3 * x + 1], row[3 * x + 2]);
    }
  } else {
    for (int x = 0; x < width_; ++x) {
      out[3 * x] = out[3 * x + 1] = out[3 * x + 2] = row[x];
    }
  }
}

void RowSink::Emit(const uint8_t* row) {
  const int orientation = canvas_.orientation;
  const int y = emitted_++;
  const int64_t stride = int64_t{width_} * canvas_.channels;
  if (IsTurned(orientation)) {
    Convert(row, converted_.data() + turned_ * stride);
    ++turned_;
    if (turned_ == kTurnedRows || emitted_ == height_) FlushTurned();
    return;
  }
  uint8_t* out =
      canvas_.pixels + (FlipsRows(orientation) ? height_ - 1 - y : y) * stride;
  if (!FlipsColumns(orientation)) {
    Convert(row, out);
    return;
  }
  Convert(row, converted_.data());
  if (canvas_.channels == 1) {
    ReverseCopy<1>(converted_.data(), width_, out);
  } else {
    ReverseCopy<3>(converted_.data(), width_, out);
  }
}

void RowSink::FlushTurned() {
  const int channels = canvas_.channels;
  // The file's rows are the result's columns.
  const int64_t stride = int64_t{height_} * channels;
  const bool flips_columns = FlipsColumns(canvas_.orientation);
  const bool flips_rows = FlipsRows(canvas_.orientation);
  const int first = emitted_ - turned_;
  const int64_t column = flips_rows ? height_ - 1 - first : first;
  uint8_t* out = canvas_.pixels + column * channels +
                 (flips_columns ? (width_ - 1) * stride : 0);
  const int64_t column_step = flips_columns ? -stride : stride;
  const int64_t row_step = flips_rows ? -channels : channels;
  if (channels == 1) {
    WriteColumns<1>(converted_.data(), width_, turned_, out, column_step,
                    row_step);
  } else {
    WriteColumns<3>(converted_.data(), width_, turned_, out, column_step,
                    row_step);
  }
  turned_ = 0;
}

BlockSums::BlockSums(const RowShape& shape, int reduction, int orientation)
    : shape_(shape),
      reduction_(reduction),
      reduced_width_(Reduced(shape.width, reduction)),
      padding_(PaddingFor(shape.width, shape.height, reduction, orientation)),
      sums_(static_cast<size_t>(reduced_width_) *
            Reduced(shape.height, reduction) * shape.channels) {}

int64_t BlockSums::Bytes(int64_t width, int64_t height, int channels,
                         int reduction) {
  return (width + reduction - 1) / reduction *
             ((height + reduction - 1) / reduction) * channels * 2 +
         (width + reduction - 1) / reduction * channels;
}

void BlockSums::Add(int y, int x0, int step, int count, const uint8_t* pixels) {
  const int channels = shape_.channels;
  uint16_t* row = sums_.data() + int64_t{(y + padding_.rows) / reduction_} *
                                     reduced_width_ * channels;
  for (int i = 0; i < count; ++i) {
    const int x = x0 + i * step + padding_.columns;
    uint16_t* sum = row + x / reduction_ * channels;
    for (int c = 0; c < channels; ++c) {
      sum[c] = static_cast<uint16_t>(sum[c] + pixels[i * channels + c]);
    }
  }
}

void BlockSums::Finish(RowSink& sink) const {
  const int channels = shape_.channels;
  std::vector<uint8_t> row(static_cast<size_t>(reduced_width_) * channels);
  const int reduced_height = Reduced(shape_.height, reduction_);
  for (int y = 0; y < reduced_height; ++y) {
    const int rows =
        BlockSpan(y, shape_.height, reduction_, padding_.rows).count;
    const uint16_t* sums =
        sums_.data() + int64_t{y} * reduced_width_ * channels;
    for (int x = 0; x < reduced_width_; ++x) {
      const int columns =
          BlockSpan(x, shape_.width, reduction_, padding_.columns).count;
      const uint32_t pixels = static_cast<uint32_t>(rows) * columns;
      for (int c = 0; c < channels; ++c) {
        row[x * channels + c] = static_cast<uint8_t>(
            (sums[x * channels + c] + pixels / 2) / pixels);
      }
    }
    sink.AddRow(row.data());
  }
}

}  // namespace sightline::image_internal
