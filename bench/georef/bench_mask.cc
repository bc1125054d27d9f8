#include "bench/georef/bench_mask.h"

#include <algorithm>
#include <cmath>
#include <random>

namespace sightline::georef {
namespace {

using Plane = std::vector<float>;

// Sums of four bytes are near enough to a normal distribution, and unlike
// std::normal_distribution the same everywhere.
Plane WhiteNoise(int width, int height, std::mt19937_64& random) {
  Plane plane(static_cast<size_t>(width) * height);
  for (float& value : plane) {
    const uint64_t bits = random();
    value = static_cast<float>((bits & 255) + (bits >> 8 & 255) +
                               (bits >> 16 & 255) + (bits >> 24 & 255)) -
            510;
  }
  return plane;
}

int Wrapped(int i, int size) { return ((i % size) + size) % size; }

void BlurRows(Plane& plane, int width, int height, int radius) {
  Plane row(width);
  for (int y = 0; y < height; ++y) {
    float* values = &plane[static_cast<size_t>(y) * width];
    std::copy(values, values + width, row.begin());
    double sum = 0;
    for (int x = -radius; x <= radius; ++x) sum += row[Wrapped(x, width)];
    for (int x = 0; x < width; ++x) {
      values[x] = static_cast<float>(sum / (2 * radius + 1));
      sum +=
          row[Wrapped(x + radius + 1, width)] - row[Wrapped(x - radius, width)];
    }
  }
}

void BlurColumns(Plane& plane, int width, int height, int radius) {
  const Plane before = plane;
  const auto row = [&](int y) {
    return &before[static_cast<size_t>(Wrapped(y, height)) * width];
  };
  std::vector<double> sums(width);
  for (int y = -radius; y <= radius; ++y) {
    for (int x = 0; x < width; ++x) sums[x] += row(y)[x];
  }
  for (int y = 0; y < height; ++y) {
    float* values = &plane[static_cast<size_t>(y) * width];
    const float* entering = row(y + radius + 1);
    const float* leaving = row(y - radius);
    for (int x = 0; x < width; ++x) {
      values[x] = static_cast<float>(sums[x] / (2 * radius + 1));
      sums[x] += entering[x] - leaving[x];
    }
  }
}

// Three boxes, with the variance of the Gaussian: n^2 = 4 sigma^2 + 1.
void Smooth(Plane& plane, int width, int height, int sigma) {
  const int radius = static_cast<int>(
      std::lround((std::sqrt(4.0 * sigma * sigma + 1) - 1) / 2));
  for (int i = 0; i < 3 && radius > 0; ++i) {
    BlurRows(plane, width, height, radius);
    BlurColumns(plane, width, height, radius);
  }
}

double Deviation(const Plane& plane) {
  double sum = 0;
  double squares = 0;
  for (const float value : plane) {
    sum += value;
    squares += double{value} * value;
  }
  const auto count = static_cast<double>(plane.size());
  return std::sqrt(squares / count - sum / count * (sum / count));
}

}  // namespace

BenchMask MakeBenchMask(int width, int height, uint64_t seed, double share,
                        const std::vector<NoiseOctave>& octaves) {
  std::mt19937_64 random(seed);
  Plane sum(static_cast<size_t>(width) * height);
  for (const NoiseOctave& octave : octaves) {
    Plane noise = WhiteNoise(width, height, random);
    Smooth(noise, width, height, octave.sigma_pixels);
    const auto scale = static_cast<float>(octave.weight / Deviation(noise));
    for (size_t i = 0; i < sum.size(); ++i) sum[i] += scale * noise[i];
  }
  Plane sorted = sum;
  const auto threshold =
      sorted.begin() + static_cast<ptrdiff_t>((1 - share) * sorted.size());
  std::nth_element(sorted.begin(), threshold, sorted.end());
  BenchMask mask;
  mask.width = width;
  mask.height = height;
  mask.labels.reserve(sum.size());
  for (const float value : sum) mask.labels.push_back(value > *threshold);
  return mask;
}

BenchMask SlickMask() {
  return MakeBenchMask(1920, 1080, 1, 0.18, {{60, 1}, {18, 0.45}, {6, 0.18}});
}

BenchMask LargeSlickMask() {
  return MakeBenchMask(4096, 4096, 3, 0.18, {{90, 1}, {25, 0.45}, {7, 0.18}});
}

BenchMask NoisyMask() {
  return MakeBenchMask(1920, 1080, 2, 0.25,
                       {{30, 1}, {6, 0.4}, {2, 0.25}, {0, 0.25}});
}

}  // namespace sightline::georef
