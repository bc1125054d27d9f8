// Stages that look at a page's grays and mend what is wrong with them.
#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "common/status/status_macros.h"
#include "services/preprocess/engine/parameter_check.h"
#include "services/preprocess/engine/pipeline/accelerated.h"
#include "services/preprocess/engine/pipeline/page_measures.h"
#include "services/preprocess/engine/pipeline/stage.h"
#include "services/preprocess/engine/window_sums.h"

namespace sightline::preprocess {
namespace {

int64_t MeasureBytes(int threads) { return int64_t{threads} * kMeasureBytes; }

// Of EstimatePolarity(): sums of 41 x 41 pixels and a blurred row.
int64_t PolarityBytes(const PixelSize& in, int threads) {
  return MeasureBytes(threads) +
         int64_t{threads} *
             (WindowSums::Bytes(in.width, 41, false) + 64 * int64_t{in.width});
}

class CorrectPolarityStage : public Stage {
 public:
  absl::Status Run(const GrayView& in, GrayImage& out,
                   const Execution& execution,
                   StageReport& report) const override {
    SL_ASSIGN_OR_RETURN(const Polarity polarity,
                        EstimatePolarity(in, execution));
    report.measurements.push_back({"polarity_skewness", polarity.skewness});
    report.is_doubtful = polarity.is_doubtful;
    if (polarity.is_doubtful) {
      report.reason = absl::StrFormat(
          "polarity skewness %.2f, within +-%.2f: neither dark nor light ink",
          polarity.skewness, kDoubtfulSkewness);
      return absl::OkStatus();
    }
    if (!polarity.is_light_on_dark) {
      report.reason = absl::StrFormat("polarity skewness %.2f: dark ink",
                                      polarity.skewness);
      return absl::OkStatus();
    }
    report.reason =
        absl::StrFormat("polarity skewness %.2f: light ink", polarity.skewness);
    return ApplyTable(in, Inverse(), out, execution);
  }
  int64_t WorkingBytes(const PixelSize& in, int threads) const override {
    return PolarityBytes(in, threads);
  }
};

class RemoveSpecksStage : public Stage {
 public:
  explicit RemoveSpecksStage(Despeckle despeckle)
      : despeckle_(std::move(despeckle)) {}

  absl::Status Run(const GrayView& in, GrayImage& out,
                   const Execution& execution,
                   StageReport& report) const override {
    SL_ASSIGN_OR_RETURN(const Speckles speckles,
                        despeckle_.Estimate(in, execution));
    report.measurements.push_back({"speck_share", speckles.share});
    report.measurements.push_back(
        {"speck_residual", static_cast<double>(speckles.residual)});
    report.reason = absl::StrFormat(
        "specks on %.2f %% of a page with a residual of %d grays, %s",
        100 * speckles.share, speckles.residual,
        speckles.is_speckled ? "speckled" : "not speckled");
    if (!speckles.is_speckled) return absl::OkStatus();
    SL_ASSIGN_OR_RETURN(const double quiet,
                        QuietSpeckShare(in, despeckle_, execution));
    report.measurements.push_back({"quiet_speck_share", quiet});
    if (quiet < kThresholds.quiet_speck_share * speckles.share) {
      report.reason += absl::StrFormat(
          ", but only on %.2f %% where there is no ink: crisp strokes",
          100 * quiet);
      return absl::OkStatus();
    }
    return despeckle_.Run(in, out, execution);
  }
  int64_t WorkingBytes(const PixelSize& in, int threads) const override {
    return despeckle_.WorkingBytes(in.width, in.height, threads);
  }

 private:
  Despeckle despeckle_;
};

class DenoiseStage : public Stage {
 public:
  DenoiseStage(const Denoise& options, Gaussian smoothing,
               NonLocalMeans strongest)
      : options_(options),
        smoothing_(std::move(smoothing)),
        strongest_(std::move(strongest)) {}

  absl::Status Run(const GrayView& in, GrayImage& out,
                   const Execution& execution,
                   StageReport& report) const override {
    SL_ASSIGN_OR_RETURN(const double strength,
                        JudgeNoise(in, options_, execution, report));
    if (strength == 0) return absl::OkStatus();
    SL_ASSIGN_OR_RETURN(const NonLocalMeans filter,
                        NonLocalMeans::Create({.strength = strength}));
    GrayImage smooth;
    SL_RETURN_IF_ERROR(smoothing_.Run(in, smooth, execution));
    return RunAccelerated(filter, GrayView(smooth), out, execution, report);
  }
  int64_t WorkingBytes(const PixelSize& in, int threads) const override {
    // Beside the filters' own: a smoothed page, and the table of weights, at
    // most 65,026 of them.
    return int64_t{in.width} * in.height +
           smoothing_.WorkingBytes(in.width, in.height, threads) +
           strongest_.WorkingBytes(in.width, in.height, threads) +
           4 * int64_t{65026} + MeasureBytes(threads);
  }

 private:
  Denoise options_;
  Gaussian smoothing_;
  NonLocalMeans strongest_;
};

class EvenLightStage : public Stage {
 public:
  EvenLightStage(const EvenLight& options, Flatten flatten)
      : options_(options), flatten_(std::move(flatten)) {}

  absl::Status Run(const GrayView& in, GrayImage& out,
                   const Execution& execution,
                   StageReport& report) const override {
    SL_ASSIGN_OR_RETURN(const double unevenness,
                        LightUnevenness(in, execution));
    report.measurements.push_back({"light_unevenness", unevenness});
    report.reason = absl::StrFormat(
        "light uneven by %.0f %%, %s %.0f %%", 100 * unevenness,
        unevenness > options_.least_unevenness ? "above" : "at most",
        100 * options_.least_unevenness);
    if (!(unevenness > options_.least_unevenness)) return absl::OkStatus();
    // Where there is no dark ink, light and dark are a picture's.
    SL_ASSIGN_OR_RETURN(const Polarity polarity,
                        EstimatePolarity(in, execution));
    report.measurements.push_back({"polarity_skewness", polarity.skewness});
    if (polarity.is_doubtful || polarity.is_light_on_dark) {
      report.reason +=
          absl::StrFormat(", but no dark ink on it (polarity skewness %.2f)",
                          polarity.skewness);
      report.is_doubtful = true;
      return absl::OkStatus();
    }
    return RunAccelerated(flatten_, in, out, execution, report);
  }
  int64_t WorkingBytes(const PixelSize& in, int threads) const override {
    return std::max(flatten_.WorkingBytes(in.width, in.height, threads),
                    PolarityBytes(in, threads));
  }

 private:
  EvenLight options_;
  Flatten flatten_;
};

class RestoreContrastStage : public Stage {
 public:
  RestoreContrastStage(const RestoreContrast& options, Stretch stretch)
      : options_(options), stretch_(stretch) {}

  absl::Status Run(const GrayView& in, GrayImage& out,
                   const Execution& execution,
                   StageReport& report) const override {
    SL_ASSIGN_OR_RETURN(const int contrast, InkContrast(in, execution));
    SL_ASSIGN_OR_RETURN(const double sigma, PaperNoise(in, execution));
    report.measurements.push_back(
        {"ink_contrast", static_cast<double>(contrast)});
    report.measurements.push_back({"noise_sigma", sigma});
    if (contrast >= options_.sufficient_contrast) {
      report.reason = absl::StrFormat("contrast of %d grays, %.0f suffice",
                                      contrast, options_.sufficient_contrast);
      return absl::OkStatus();
    }
    const double blank =
        std::max(kThresholds.blank_contrast, kThresholds.blank_sigmas * sigma);
    if (contrast < blank) {
      report.reason = absl::StrFormat(
          "contrast of %d grays, below %.0f that a blank page may have",
          contrast, blank);
      return absl::OkStatus();
    }
    report.reason = absl::StrFormat("contrast of %d grays, below %.0f",
                                    contrast, options_.sufficient_contrast);
    return stretch_.Run(in, out, execution).status();
  }
  int64_t WorkingBytes(const PixelSize&, int threads) const override {
    return MeasureBytes(threads);
  }

 private:
  RestoreContrast options_;
  Stretch stretch_;
};

}  // namespace

absl::StatusOr<double> JudgeNoise(const GrayView& in, const Denoise& options,
                                  const Execution& execution,
                                  StageReport& report) {
  SL_ASSIGN_OR_RETURN(const double sigma, PaperNoise(in, execution));
  report.measurements.push_back({"noise_sigma", sigma});
  if (!(sigma > options.least_sigma)) {
    report.reason =
        absl::StrFormat("noise of sigma %.1f, at most %.1f is left alone",
                        sigma, options.least_sigma);
    return 0.0;
  }
  const double strength = std::min(kThresholds.greatest_strength,
                                   kThresholds.strength_per_sigma * sigma);
  report.measurements.push_back({"strength", strength});
  report.reason = absl::StrFormat("noise of sigma %.1f, above %.1f", sigma,
                                  options.least_sigma);
  return strength;
}

absl::StatusOr<StagePointer> MakeStageOf(const CorrectPolarity&) {
  return std::make_shared<CorrectPolarityStage>();
}

absl::StatusOr<StagePointer> MakeStageOf(const RemoveSpecks& operation) {
  absl::StatusOr<Despeckle> despeckle = Despeckle::Create(operation.despeckle);
  if (!despeckle.ok()) return PrefixFields(despeckle.status(), "despeckle");
  return std::make_shared<RemoveSpecksStage>(*std::move(despeckle));
}

absl::StatusOr<StagePointer> MakeStageOf(const Denoise& operation) {
  SL_RETURN_IF_ERROR(ParameterCheck()
                         .Range("least_sigma", operation.least_sigma, 0, 255)
                         .status());
  SL_ASSIGN_OR_RETURN(
      Gaussian smoothing,
      Gaussian::Create(
          {.size_x = 0, .size_y = 0, .sigma_x = kThresholds.smoothing_sigma}));
  SL_ASSIGN_OR_RETURN(
      NonLocalMeans strongest,
      NonLocalMeans::Create({.strength = kThresholds.greatest_strength}));
  return std::make_shared<DenoiseStage>(operation, std::move(smoothing),
                                        std::move(strongest));
}

absl::StatusOr<StagePointer> MakeStageOf(const EvenLight& operation) {
  SL_RETURN_IF_ERROR(
      ParameterCheck()
          .Range("least_unevenness", operation.least_unevenness, 0, 1)
          .status());
  absl::StatusOr<Flatten> flatten = Flatten::Create(operation.flatten);
  if (!flatten.ok()) return PrefixFields(flatten.status(), "flatten");
  return std::make_shared<EvenLightStage>(operation, *std::move(flatten));
}

absl::StatusOr<StagePointer> MakeStageOf(const RestoreContrast& operation) {
  SL_RETURN_IF_ERROR(
      ParameterCheck()
          .Range("sufficient_contrast", operation.sufficient_contrast, 0, 255)
          .status());
  // The percentiles of InkContrast().
  SL_ASSIGN_OR_RETURN(
      const Stretch stretch,
      Stretch::Create({.low_percent = 0.1, .high_percent = 99}));
  return std::make_shared<RestoreContrastStage>(operation, stretch);
}

}  // namespace sightline::preprocess
