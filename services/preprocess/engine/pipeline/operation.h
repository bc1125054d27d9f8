// What can be done to a page, as values: a pipeline is a list of them.
//
// Some do the same to every page; their parameters are those of the engine's
// operators. The others look at the page first, and leave it alone if there is
// nothing to mend: those make up the preset `auto`.
#ifndef SIGHTLINE_SERVICES_PREPROCESS_ENGINE_PIPELINE_OPERATION_H_
#define SIGHTLINE_SERVICES_PREPROCESS_ENGINE_PIPELINE_OPERATION_H_

#include <variant>

#include "absl/strings/string_view.h"
#include "services/preprocess/engine/engine.h"
#include "services/preprocess/engine/pipeline/thresholds.h"

namespace sightline::preprocess {

// Every gray becomes 255 - gray.
struct Invert {};

// AdaptiveGaussian, whose options are those of AdaptiveMean.
struct AdaptiveGaussianOptions {
  AdaptiveMeanOptions threshold = {};
};

// Turns a page counter-clockwise. The result is as large as it must be to lose
// no corner; beyond the page its nearest pixel goes on.
struct Rotate {
  // -180..180.
  double degrees = 0;
};

// Makes a page larger (bicubic) or smaller (mean of the area).
struct Resample {
  // Of both sides, each rounded to whole pixels, at least one; 0.05..8. From
  // one resolution to another: target dpi / dpi.
  double factor = 2;
};

// The following look first.

// Light ink on dark paper (EstimatePolarity): inverted.
struct CorrectPolarity {};

// Salt and pepper (Despeckle::Estimate): the median in place of specks.
struct RemoveSpecks {
  DespeckleOptions despeckle = {};
};

// Dark borders of a scanner (FindPageBorder): cut off, if they are black
// throughout.
struct CropBorder {
  PageBorderOptions border = {.dark_share = 0.9, .max_share = 0.15};
  // 0..255.
  double greatest_gray = kThresholds.border_gray;
};

// Tilted lines (EstimateSkew): turned as by Rotate. A page whose tilt is
// doubtful stays.
struct Deskew {
  SkewOptions skew = {};
  // 0..15.
  double least_degrees = kThresholds.skew_degrees;
};

// Noise (PaperNoise): a Gaussian, then non-local means in proportion to the
// noise.
struct Denoise {
  // In grays, 0..255.
  double least_sigma = kThresholds.noise_sigma;
};

// Uneven light on a page with ink (LightUnevenness): Flatten.
struct EvenLight {
  FlattenOptions flatten = {};
  // 0..1.
  double least_unevenness = kThresholds.unevenness;
};

// Faint ink (InkContrast): Stretch, from the ink's to the paper's gray.
struct RestoreContrast {
  // In grays, 0..255.
  double sufficient_contrast = kThresholds.contrast;
};

// Small letters (EstimateTextHeight): the page enlarged (bicubic) until they
// are as tall as an OCR engine likes them. Nothing happens if that is not even
// by a tenth, or if the page is as large as it may become.
struct EnlargeSmallText {
  // Letters at least so tall suffice; in pixels, 4..64.
  double sufficient_height = kThresholds.text_height;
  // How tall they become; in pixels, 4..128, at least sufficient_height.
  double target_height = kThresholds.enlarged_text_height;
  // 1..8.
  double greatest_factor = 3;
  // Neither side becomes longer than this, in pixels; 64..16384. Bounds the
  // memory that the rest of the pipeline takes.
  int greatest_side = 6000;
};

using Operation = std::variant<
    ClaheOptions, GaussianOptions, AdaptiveMeanOptions, AdaptiveGaussianOptions,
    LocalThresholdOptions, OtsuOptions, MorphologyOptions, MedianOptions,
    BilateralOptions, NonLocalMeansOptions, UnsharpMaskOptions,
    LaplacianSharpenOptions, FlattenOptions, StretchOptions, DespeckleOptions,
    LineRemovalOptions, Invert, Rotate, Resample, CorrectPolarity, RemoveSpecks,
    CropBorder, Deskew, Denoise, EvenLight, RestoreContrast, EnlargeSmallText>;

// "adaptive_mean", "correct_polarity", ...; as reports name it.
absl::string_view NameOf(const Operation& operation);

}  // namespace sightline::preprocess

#endif  // SIGHTLINE_SERVICES_PREPROCESS_ENGINE_PIPELINE_OPERATION_H_
