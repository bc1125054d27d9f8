// The loops over rows of pixels that operators are made of, once for every
// instruction set.
//
// The loops are written once, in the *_loops.h beside this file, and compiled
// three times: kernels_scalar.cc, kernels_avx2.cc, kernels_avx512.cc. Most are
// plain C++ that the compiler turns into vectors; lookups by table are written
// by hand. Every set gives the same bits. Borders are the caller's: a loop
// reads exactly the elements that its comment names.
#ifndef SIGHTLINE_SERVICES_PREPROCESS_ENGINE_KERNELS_KERNELS_H_
#define SIGHTLINE_SERVICES_PREPROCESS_ENGINE_KERNELS_KERNELS_H_

#include <cstdint>

#include "services/preprocess/engine/instruction_set.h"
#include "services/preprocess/engine/pixel_rules/clahe.h"
#include "services/preprocess/engine/pixel_rules/local_means.h"

namespace sightline::preprocess {

// Pixels between the same four tiles of a CLAHE grid.
struct ClaheSpan {
  // Tables of the tiles above left, above right, below left, below right.
  const uint8_t* tables[4];
  // The same, four entries in one word, the first lowest.
  const uint32_t* packed;
  // Of each pixel.
  const float* share;
  const float* rest;
  // Of the row.
  rules::ClahePlace y;
};

// The tile in which NLM sums up.
struct LocalMeansTile {
  int template_radius = 0;
  int search_radius = 0;
  const rules::LocalMeansWeights* weights = nullptr;
  int width = 0;
  int height = 0;
  // The tile's source, with template_radius + search_radius more on each side.
  const uint8_t* source = nullptr;
  int64_t source_stride = 0;
  // height rows of kLocalMeansTileWidth sums: weight * gray and weight.
  uint32_t* weighted = nullptr;
  uint32_t* sums = nullptr;
  // LocalMeansScratch() words.
  uint32_t* scratch = nullptr;
};
inline constexpr int kLocalMeansTileWidth = 128;
inline constexpr int kLocalMeansTileHeight = 64;
// Words of LocalMeansTile::scratch: a row of weights, and sums of columns for
// each offset along x, every one aligned to 64 bytes.
constexpr int LocalMeansStride(int template_radius, int search_radius) {
  return (kLocalMeansTileWidth + 2 * template_radius + search_radius + 63) /
         16 * 16;
}
constexpr int64_t LocalMeansScratch(int template_radius, int search_radius) {
  return int64_t{2 * search_radius + 2} *
             LocalMeansStride(template_radius, search_radius) +
         16;
}

// How pixels are compared with the mean around them (pixel_rules/
// adaptive_mean.h).
struct MeanThreshold {
  int size = 0;
  int delta = 0;
  bool is_inverted = false;
};

// Local thresholds (pixel_rules/local_threshold.h).
struct LocalThreshold {
  int size = 0;
  bool is_wolf = false;
  float k = 0;
  float inverse_range = 0;
  float darkest = 0;
};

// A part of a warped row of which all four neighbours of every pixel lie in the
// page (pixel_rules/affine.h).
struct WarpSpan {
  // The page.
  const uint8_t* pixels = nullptr;
  int64_t stride = 0;
  int width = 0;
  // Pixel x lies at rules::AffinePlace(base, steps[x]). Along the span places
  // never turn back and never wrap.
  int base_x = 0;
  int base_y = 0;
  const int* steps_x = nullptr;
  const int* steps_y = nullptr;
};

// Which pixels of a row make those of a scaled one (pixel_rules/resize.h).
struct ScaleColumns {
  // Of each result the first pixel.
  const int* first = nullptr;
  // Two for each: of the first and second pixel, and, if cubic, of the third
  // and fourth.
  const int16_t* weights = nullptr;
  const int16_t* right_weights = nullptr;
  // For registers: where the 16 pixels begin that make each four results (rows
  // have so many more), null if they need more. And four bytes for each result:
  // the place of the first pixel among them, 0x80, that of the second, 0x80.
  const int* groups = nullptr;
  const uint8_t* places = nullptr;
};
// The results of a group.
inline constexpr int kScaleGroup = 4;
// The pixels that make them.
inline constexpr int kScaleReach = 16;

// The longest register.
inline constexpr int kRegisterBytes = 64;

struct Kernels {
  // Red, green, blue, ... to n grays.
  void (*gray)(const uint8_t* rgb, int n, uint8_t* out);
  // out = table[in].
  void (*map)(const uint8_t* in, const uint8_t* table, int n, uint8_t* out);
  // 255 where in > level, else 0.
  void (*threshold)(const uint8_t* in, int level, int n, uint8_t* out);

  void (*clahe)(const ClaheSpan& span, const uint8_t* in, int n, uint8_t* out);

  // out[x] = sum over i of weights[i] * in[x + i]; in: n + taps - 1.
  void (*gaussian_row)(const uint8_t* in, const uint16_t* weights, int taps,
                       int n, uint16_t* out);
  // Of `taps` rows of row sums.
  void (*gaussian_column)(const uint16_t* const* rows, const uint16_t* weights,
                          int taps, int n, uint8_t* out);
  // The same in float32: symmetric weights, the centre first, then pairs
  // outwards; every operation rounded.
  void (*float_row)(const float* in, const float* weights, int taps, int n,
                    float* out);
  void (*float_column)(const float* const* rows, const float* weights, int taps,
                       int n, float* out);
  // 255 where in > round(mean) - delta, else 0; flipped if inverted.
  void (*float_threshold)(const uint8_t* in, const float* mean,
                          const MeanThreshold& rule, int n, uint8_t* out);

  // sums += enter - leave, modulo 2^16: sums of columns stay below.
  void (*slide)(const uint8_t* enter, const uint8_t* leave, int n,
                uint16_t* sums);
  // The same for squares.
  void (*slide_squares)(const uint8_t* enter, const uint8_t* leave, int n,
                        uint32_t* sums);
  // out[x] = sum of sums[x .. x + size - 1]; sums: n + size - 1.
  void (*window_sums)(const uint16_t* sums, int size, int n, uint32_t* out);
  void (*window_sums_wide)(const uint32_t* sums, int size, int n,
                           uint32_t* out);
  // `columns`: sums of columns, n + size - 1 of them, the first belongs to
  // column -(size / 2).
  void (*mean_threshold)(const uint16_t* columns, const uint8_t* in,
                         const MeanThreshold& rule, int n, uint8_t* out);
  // From the sums and sums of squares of whole neighbourhoods.
  void (*local_threshold)(const uint32_t* sums, const uint32_t* squares,
                          const uint8_t* in, const LocalThreshold& rule, int n,
                          uint8_t* out);
  // The greatest scaled variance of n neighbourhoods, and `largest`.
  double (*largest_variance)(const uint32_t* sums, const uint32_t* squares,
                             int size, int n, double largest);

  void (*minimum)(const uint8_t* a, const uint8_t* b, int n, uint8_t* out);
  void (*maximum)(const uint8_t* a, const uint8_t* b, int n, uint8_t* out);
  // out[x] = least or greatest of in[x .. x + size - 1]; in: n + size - 1.
  void (*window_minimum)(const uint8_t* in, int size, int n, uint8_t* out);
  void (*window_maximum)(const uint8_t* in, int size, int n, uint8_t* out);
  // The median of 3 x 3, outermost columns repeated.
  void (*median_of_rows)(const uint8_t* above, const uint8_t* in,
                         const uint8_t* below, int n, uint8_t* out);
  // Sorts the `size` (5, 7 or 9) pixels rows[..][x], for all x < n. Whole
  // registers are taken: each row has kRegisterBytes more.
  void (*sort_rows)(uint8_t* const* rows, int size, int n);
  // The median of size x size: columns[rank] are the sorted columns, n + size
  // - 1 of each, and kRegisterBytes more.
  void (*median)(const uint8_t* const* columns, int size, int n, uint8_t* out);

  void (*local_means)(const LocalMeansTile& tile);
  // `rows`: the rows of the disc, row 0 of each belongs to column -radius;
  // `reach[r]`: half the length of row r; `nearness`: (2 radius + 1)^2;
  // `likeness`: 256 weights.
  void (*bilateral)(const uint8_t* const* rows, int radius, const int* reach,
                    const int* nearness, const int* likeness, int n,
                    uint8_t* out);

  // pixel_rules/sharpen.h.
  void (*unsharp)(const uint8_t* in, const uint8_t* blurred, int amount,
                  int threshold, int n, uint8_t* out);
  // in[-1] .. in[n] of three rows.
  void (*laplacian)(const uint8_t* above, const uint8_t* in,
                    const uint8_t* below, bool with_diagonals, int amount,
                    int n, uint8_t* out);
  // pixel_rules/light.h.
  void (*flatten)(const uint8_t* in, const uint8_t* background, int n,
                  uint8_t* out);
  // n pixels of a span; reads none beyond the page.
  void (*warp)(const WarpSpan& span, int n, uint8_t* out);
  // Sums of a row for rules::LinearBlend() (gray * 128), then two of them.
  void (*linear_row)(const ScaleColumns& columns, const uint8_t* row, int n,
                     int16_t* out);
  void (*linear_column)(const int16_t* upper, const int16_t* lower,
                        int upper_weight, int lower_weight, int n,
                        uint8_t* out);
  // Sums of a row (gray * 2048), then four of them.
  void (*cubic_row)(const ScaleColumns& columns, const uint8_t* row, int n,
                    int* out);
  void (*cubic_column)(const int* const* rows, const int* weights, int n,
                       uint8_t* out);
  // Sum of rules::NoiseResponse over x = 1 .. n - 2.
  int64_t (*noise)(const uint8_t* above, const uint8_t* in,
                   const uint8_t* below, int n);
};

// The loops of one instruction set; one that IsSupported().
const Kernels& KernelsFor(InstructionSet instructions);

}  // namespace sightline::preprocess

#endif  // SIGHTLINE_SERVICES_PREPROCESS_ENGINE_KERNELS_KERNELS_H_
