#include "services/georef/engine/segment/tile_input.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "services/georef/engine/segment/wide_rows.h"

namespace sightline::georef {
namespace {

// A row of the frame's columns, weighed over its rows.
void AddRows(const FrameView& frame, const Taps& rows, int first_column,
             std::vector<float>& sums) {
  const auto stride = static_cast<ptrdiff_t>(frame.width) * frame.channels;
  const uint8_t* const begin =
      frame.pixels + rows.first * stride +
      static_cast<ptrdiff_t>(first_column) * frame.channels;
  const size_t count = sums.size();
  float* const out = sums.data();
  for (size_t k = 0; k < rows.weights.size(); ++k) {
    const uint8_t* const in = begin + static_cast<ptrdiff_t>(k) * stride;
    const float weight = rows.weights[k];
    if (k == 0) {
      for (size_t i = 0; i < count; ++i) out[i] = weight * in[i];
    } else {
      for (size_t i = 0; i < count; ++i) out[i] += weight * in[i];
    }
  }
}

// At scale 1 nearly every input pixel is one of the frame and the next is the
// next: those need no weights.
struct PlainColumns {
  size_t first = 0;
  size_t last = 0;  // Exclusive.
};

PlainColumns FindPlain(const std::vector<Taps>& columns) {
  const auto is_plain = [&](size_t x) {
    return columns[x].weights.size() == 1 &&
           (x == 0 || columns[x].first == columns[x - 1].first + 1);
  };
  PlainColumns plain;
  // Before the frame its first pixel is repeated: none of them is plain.
  while (plain.first < columns.size() && !is_plain(plain.first)) ++plain.first;
  plain.last = plain.first;
  while (plain.last < columns.size() && is_plain(plain.last)) ++plain.last;
  return plain;
}

template <int kChannels>
void CopyPlain(const float* in, const PlainColumns& plain,
               std::array<std::vector<float>, 3>& planes) {
  const size_t count = plain.last - plain.first;
  for (int c = 0; c < kChannels; ++c) {
    float* const out = planes[c].data() + plain.first;
    for (size_t x = 0; x < count; ++x) out[x] = in[x * kChannels + c];
  }
}

// A row of input pixels, before they are normalised: a plane for
// each channel.
template <int kChannels>
void Shrink(const std::vector<float>& row, const std::vector<Taps>& columns,
            int first_column, const PlainColumns& plain,
            std::array<std::vector<float>, 3>& planes) {
  for (size_t x = 0; x < columns.size(); ++x) {
    if (x == plain.first && plain.last > plain.first) {
      CopyPlain<kChannels>(
          row.data() + (columns[x].first - first_column) * kChannels, plain,
          planes);
      x = plain.last - 1;
      continue;
    }
    const Taps& taps = columns[x];
    const float* in = row.data() + (taps.first - first_column) * kChannels;
    std::array<float, kChannels> sum = {};
    for (const float weight : taps.weights) {
      for (int c = 0; c < kChannels; ++c) sum[c] += weight * in[c];
      in += kChannels;
    }
    for (int c = 0; c < kChannels; ++c) planes[c][x] = sum[c];
  }
}

void MakeGray(std::array<std::vector<float>, 3>& planes) {
  // ITU-R BT.601, 2.5.1.
  for (size_t x = 0; x < planes[0].size(); ++x) {
    planes[0][x] =
        0.299f * planes[0][x] + 0.587f * planes[1][x] + 0.114f * planes[2][x];
  }
}

float FactorOf(const ModelInput& input, int c) {
  return static_cast<float>(input.scale / input.standard_deviation[c]);
}
float OffsetOf(const ModelInput& input, int c) {
  return static_cast<float>(-input.mean[c] / input.standard_deviation[c]);
}

// Which plane the model's channel c is.
int PlaneOf(ChannelOrder order, int frame_channels, int c) {
  if (frame_channels == 1 || order == ChannelOrder::kGray) return 0;
  return order == ChannelOrder::kBgr ? 2 - c : c;
}

// A row of colours that are all the frame's own, in planes: one step from bytes
// to numbers. `out` is where the row begins in the first plane.
void CopyRow(const FrameView& frame, const ModelInput& input, int row,
             int first_column, size_t width, int64_t plane_step, float* out) {
  PixelRow plain;
  plain.pixels = frame.pixels +
                 3 * (static_cast<ptrdiff_t>(row) * frame.width + first_column);
  plain.width = width;
  for (int c = 0; c < 3; ++c) {
    const int from = PlaneOf(input.channels, 3, c);
    plain.planes[from] = out + c * plane_step;
    plain.factor[from] = FactorOf(input, c);
    plain.offset[from] = OffsetOf(input, c);
  }
  NormaliseRow(plain);
}

}  // namespace

std::vector<Taps> AxisTaps(int side, double scale, int start, int count) {
  std::vector<Taps> axis(static_cast<size_t>(count));
  const double radius = std::max(1.0, 1 / scale);
  for (int j = 0; j < count; ++j) {
    // Of the input pixel's middle, where frame pixels have theirs at whole
    // numbers.
    const double centre = (start + j + 0.5) / scale - 0.5;
    const auto low = static_cast<int64_t>(std::ceil(centre - radius));
    const auto high = static_cast<int64_t>(std::floor(centre + radius));
    Taps& taps = axis[j];
    taps.first = static_cast<int>(std::clamp<int64_t>(low, 0, side - 1));
    const auto last = static_cast<int>(std::clamp<int64_t>(high, 0, side - 1));
    taps.weights.assign(static_cast<size_t>(last - taps.first) + 1, 0.0f);
    double total = 0;
    for (int64_t i = low; i <= high; ++i) {
      total += std::max(0.0, 1 - std::abs(i - centre) / radius);
    }
    for (int64_t i = low; i <= high; ++i) {
      const double weight = std::max(0.0, 1 - std::abs(i - centre) / radius);
      const auto at = std::clamp<int64_t>(i, taps.first, last) - taps.first;
      taps.weights[at] += static_cast<float>(weight / total);
    }
    // At scale 1 the neighbours weigh nothing.
    while (taps.weights.size() > 1 && taps.weights.back() == 0) {
      taps.weights.pop_back();
    }
    while (taps.weights.size() > 1 && taps.weights.front() == 0) {
      taps.weights.erase(taps.weights.begin());
      ++taps.first;
    }
  }
  return axis;
}

int64_t AxisTapsBytes(double scale, int count) {
  constexpr int64_t kBlock = 32;
  const auto most = static_cast<int64_t>(2 * std::max(1.0, 1 / scale)) + 3;
  return count * (static_cast<int64_t>(sizeof(Taps)) + kBlock +
                  most * static_cast<int64_t>(sizeof(float)));
}

void FillTileInput(const FrameView& frame, const ModelInput& input,
                   InputSize size, double scale, int left, int top,
                   float* out) {
  const std::vector<Taps> columns =
      AxisTaps(frame.width, scale, left, size.width);
  const std::vector<Taps> rows =
      AxisTaps(frame.height, scale, top, size.height);
  int first_column = frame.width;
  int last_column = 0;
  for (const Taps& taps : columns) {
    first_column = std::min(first_column, taps.first);
    last_column = std::max(last_column,
                           taps.first + static_cast<int>(taps.weights.size()));
  }
  std::vector<float> row(static_cast<size_t>(last_column - first_column) *
                         frame.channels);
  std::array<std::vector<float>, 3> planes;
  for (int c = 0; c < frame.channels; ++c) planes[c].resize(size.width);
  const PlainColumns plain = FindPlain(columns);
  const int channels = input.channel_count();
  const bool channels_first = input.layout == TensorLayout::kChannelsFirst;
  const int64_t plane_step = int64_t{size.width} * size.height;
  const bool is_copied = frame.channels == 3 && channels == 3 &&
                         channels_first && plain.first == 0 &&
                         plain.last == columns.size();
  for (int y = 0; y < size.height; ++y) {
    if (is_copied && rows[y].weights.size() == 1) {
      CopyRow(frame, input, rows[y].first, columns[0].first, columns.size(),
              plane_step, out + int64_t{y} * size.width);
      continue;
    }
    AddRows(frame, rows[y], first_column, row);
    if (frame.channels == 1) {
      Shrink<1>(row, columns, first_column, plain, planes);
    } else {
      Shrink<3>(row, columns, first_column, plain, planes);
      if (channels == 1) MakeGray(planes);
    }
    for (int c = 0; c < channels; ++c) {
      const float* const in =
          planes[PlaneOf(input.channels, frame.channels, c)].data();
      const float factor = FactorOf(input, c);
      const float offset = OffsetOf(input, c);
      const int64_t first = int64_t{y} * size.width;
      if (channels_first) {
        float* const to = out + c * plane_step + first;
        for (int x = 0; x < size.width; ++x) to[x] = in[x] * factor + offset;
      } else {
        float* const to = out + first * channels + c;
        for (int x = 0; x < size.width; ++x) {
          to[int64_t{x} * channels] = in[x] * factor + offset;
        }
      }
    }
  }
}

int64_t FillTileInputBytes(int frame_width, int frame_channels, InputSize size,
                           double scale) {
  return AxisTapsBytes(scale, size.width) + AxisTapsBytes(scale, size.height) +
         (int64_t{frame_width} + size.width) * frame_channels *
             static_cast<int64_t>(sizeof(float));
}

}  // namespace sightline::georef
