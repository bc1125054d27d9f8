// Stages that move pixels. Each says where they came from.
#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "absl/strings/str_format.h"
#include "common/geometry/homography.h"
#include "common/status/status_macros.h"
#include "services/preprocess/engine/parameter_check.h"
#include "services/preprocess/engine/pipeline/page_measures.h"
#include "services/preprocess/engine/pipeline/stage.h"

namespace sightline::preprocess {
namespace {

// The least size that loses no corner of a page turned by `degrees`.
PixelSize SizeOfTurned(const PixelSize& in, double degrees) {
  const double angle = degrees * std::numbers::pi / 180;
  const double cosine = std::abs(std::cos(angle));
  const double sine = std::abs(std::sin(angle));
  // A rounding error must not make a page turned by 90 degrees one larger.
  const auto up = [](double side) {
    return static_cast<int>(std::ceil(side - 1e-6));
  };
  return {up(in.width * cosine + in.height * sine),
          up(in.width * sine + in.height * cosine)};
}

bool IsTaken(const PixelSize& size) {
  return size.width <= kMaxSide && size.height <= kMaxSide &&
         int64_t{size.width} * size.height <= kMaxPixels;
}

// RotationMap() from the middle of the larger result to that of the page.
AffineMap MapOfTurned(const PixelSize& in, const PixelSize& out,
                      double degrees) {
  AffineMap map = RotationMap(in.width, in.height, degrees);
  const double x = (out.width - in.width) / 2.0;
  const double y = (out.height - in.height) / 2.0;
  map[2] -= map[0] * x + map[1] * y;
  map[5] -= map[3] * x + map[4] * y;
  return map;
}

absl::Status Turn(const GrayView& in, double degrees, GrayImage& out,
                  const Execution& execution, StageReport& report) {
  const PixelSize size = {in.width(), in.height()};
  const PixelSize turned = SizeOfTurned(size, degrees);
  const AffineMap map = MapOfTurned(size, turned, degrees);
  SL_ASSIGN_OR_RETURN(const AffineWarp warp,
                      AffineWarp::Create(map, turned.width, turned.height));
  report.output_to_input =
      Homography({map[0], map[1], map[2], map[3], map[4], map[5], 0, 0, 1});
  return warp.Run(in, out, execution);
}

// Of an AffineWarp to such a page.
int64_t TurnBytes(const PixelSize& turned) {
  return 8 * int64_t{turned.width} + 512;
}

class RotateStage : public Stage {
 public:
  explicit RotateStage(const Rotate& options) : options_(options) {}

  absl::Status Run(const GrayView& in, GrayImage& out,
                   const Execution& execution,
                   StageReport& report) const override {
    report.reason = "asked for";
    return Turn(in, options_.degrees, out, execution, report);
  }
  PixelSize LargestOutput(const PixelSize& in) const override {
    return SizeOfTurned(in, options_.degrees);
  }
  int64_t WorkingBytes(const PixelSize& in, int) const override {
    return TurnBytes(LargestOutput(in));
  }

 private:
  Rotate options_;
};

class DeskewStage : public Stage {
 public:
  explicit DeskewStage(const Deskew& options) : options_(options) {}

  absl::Status Run(const GrayView& in, GrayImage& out,
                   const Execution& execution,
                   StageReport& report) const override {
    SL_ASSIGN_OR_RETURN(const Skew skew,
                        EstimateSkew(in, options_.skew, execution));
    report.measurements.push_back({"skew_degrees", skew.degrees});
    report.measurements.push_back({"skew_sharpness", skew.sharpness});
    report.is_doubtful = skew.is_doubtful;
    if (skew.is_doubtful) {
      report.reason = absl::StrFormat(
          "no lines to go by, or tilted beyond %.1f degrees (sharpness %.2f)",
          options_.skew.max_degrees, skew.sharpness);
      return absl::OkStatus();
    }
    if (std::abs(skew.degrees) < options_.least_degrees) {
      report.reason =
          absl::StrFormat("skew of %.2f degrees, below %.2f is left alone",
                          skew.degrees, options_.least_degrees);
      return absl::OkStatus();
    }
    const PixelSize size = {in.width(), in.height()};
    if (!IsTaken(LargestTurned(size))) {
      report.is_doubtful = true;
      report.reason = absl::StrFormat(
          "skew of %.2f degrees, but the page is too large to be turned",
          skew.degrees);
      return absl::OkStatus();
    }
    report.reason =
        absl::StrFormat("skew of %.2f degrees (sharpness %.2f), at least %.2f",
                        skew.degrees, skew.sharpness, options_.least_degrees);
    return Turn(in, skew.degrees, out, execution, report);
  }
  PixelSize LargestOutput(const PixelSize& in) const override {
    const PixelSize turned = LargestTurned(in);
    return IsTaken(turned) ? turned : in;
  }
  int64_t WorkingBytes(const PixelSize& in, int threads) const override {
    return std::max(SkewBytes(in.width, in.height, threads),
                    TurnBytes(LargestOutput(in)));
  }

 private:
  PixelSize LargestTurned(const PixelSize& in) const {
    // The fine search goes on for less than a degree. A wide page becomes
    // narrower, unless it stays as it is.
    const PixelSize turned = SizeOfTurned(in, options_.skew.max_degrees + 1);
    return {std::max(in.width, turned.width),
            std::max(in.height, turned.height)};
  }

  Deskew options_;
};

class ResampleStage : public Stage {
 public:
  explicit ResampleStage(const Resample& options) : options_(options) {}

  absl::Status Run(const GrayView& in, GrayImage& out,
                   const Execution& execution,
                   StageReport& report) const override {
    const PixelSize size = LargestOutput({in.width(), in.height()});
    report.reason = "asked for";
    report.output_to_input =
        Homography::Scale(static_cast<double>(in.width()) / size.width,
                          static_cast<double>(in.height()) / size.height);
    SL_ASSIGN_OR_RETURN(const Scale scale, ScaleTo(size));
    return scale.Run(in, out, execution);
  }
  PixelSize LargestOutput(const PixelSize& in) const override {
    const auto scaled = [&](int side) {
      return static_cast<int>(std::max(1l, std::lrint(side * options_.factor)));
    };
    return {scaled(in.width), scaled(in.height)};
  }
  int64_t WorkingBytes(const PixelSize& in, int threads) const override {
    const absl::StatusOr<Scale> scale = ScaleTo(LargestOutput(in));
    // A result too large fails before it allocates.
    return scale.ok() ? scale->WorkingBytes(in.width, in.height, threads) : 0;
  }

 private:
  absl::StatusOr<Scale> ScaleTo(const PixelSize& size) const {
    return Scale::Create({.method = options_.factor > 1 ? ScaleMethod::kCubic
                                                        : ScaleMethod::kArea,
                          .width = size.width,
                          .height = size.height});
  }

  Resample options_;
};

// Enlarged by as much as a page of small letters needs.
class EnlargeSmallTextStage : public Stage {
 public:
  explicit EnlargeSmallTextStage(const EnlargeSmallText& options)
      : options_(options) {}

  absl::Status Run(const GrayView& in, GrayImage& out,
                   const Execution& execution,
                   StageReport& report) const override {
    // Ink is darker than paper by some of the contrast, and by more than noise.
    SL_ASSIGN_OR_RETURN(const int contrast, InkContrast(in, execution));
    SL_ASSIGN_OR_RETURN(const double sigma, PaperNoise(in, execution));
    const double offset = std::max({1.0, contrast / kThresholds.ink_share,
                                    sigma * kThresholds.ink_sigmas});
    if (2 * offset > contrast) {
      report.is_doubtful = true;
      report.reason = absl::StrFormat(
          "contrast of %d grays under noise of sigma %.1f: no ink to measure",
          contrast, sigma);
      return absl::OkStatus();
    }
    SL_ASSIGN_OR_RETURN(const TextHeight height,
                        EstimateTextHeight(in, {.offset = offset}, execution));
    report.measurements.push_back(
        {"letters", static_cast<double>(height.letters)});
    report.is_doubtful = height.is_doubtful;
    if (height.is_doubtful) {
      report.reason = absl::StrFormat("only %d pieces of ink look like letters",
                                      height.letters);
      return absl::OkStatus();
    }
    report.measurements.push_back(
        {"text_height", static_cast<double>(height.pixels)});
    if (height.pixels >= options_.sufficient_height) {
      report.reason =
          absl::StrFormat("letters %d pixels tall, %.0f suffice", height.pixels,
                          options_.sufficient_height);
      return absl::OkStatus();
    }
    const double wanted = std::min(options_.target_height / height.pixels,
                                   options_.greatest_factor);
    const double factor = std::min(
        wanted, static_cast<double>(options_.greatest_side) /
                    static_cast<double>(std::max(in.width(), in.height())));
    report.reason = absl::StrFormat("letters %d pixels tall, below %.0f",
                                    height.pixels, options_.sufficient_height);
    if (factor < kLeastFactor) {
      report.is_doubtful = wanted >= kLeastFactor;
      report.reason += report.is_doubtful
                           ? absl::StrFormat(
                                 ", but the page may not be longer "
                                 "than %d pixels",
                                 options_.greatest_side)
                           : ", by too little";
      return absl::OkStatus();
    }
    report.measurements.push_back({"factor", factor});
    const PixelSize size = {Enlarged(in.width(), factor),
                            Enlarged(in.height(), factor)};
    report.output_to_input =
        Homography::Scale(static_cast<double>(in.width()) / size.width,
                          static_cast<double>(in.height()) / size.height);
    SL_ASSIGN_OR_RETURN(const Scale scale, ScaleTo(size));
    return scale.Run(in, out, execution);
  }
  PixelSize LargestOutput(const PixelSize& in) const override {
    return {LargestSide(in.width), LargestSide(in.height)};
  }
  int64_t WorkingBytes(const PixelSize& in, int threads) const override {
    const absl::StatusOr<Scale> scale = ScaleTo(LargestOutput(in));
    // A result too large fails before it allocates.
    return std::max(
        TextHeightBytes(in.width) + int64_t{threads} * kMeasureBytes,
        scale.ok() ? scale->WorkingBytes(in.width, in.height, threads) : 0);
  }

 private:
  // Less is not worth the interpolation.
  static constexpr double kLeastFactor = 1.1;

  static int Enlarged(int side, double factor) {
    return static_cast<int>(std::lrint(side * factor));
  }
  int LargestSide(int side) const {
    return std::max(side, std::min(Enlarged(side, options_.greatest_factor),
                                   options_.greatest_side));
  }
  static absl::StatusOr<Scale> ScaleTo(const PixelSize& size) {
    return Scale::Create({.method = ScaleMethod::kCubic,
                          .width = size.width,
                          .height = size.height});
  }

  EnlargeSmallText options_;
};

class CropBorderStage : public Stage {
 public:
  explicit CropBorderStage(const CropBorder& options) : options_(options) {}

  absl::Status Run(const GrayView& in, GrayImage& out,
                   const Execution& execution,
                   StageReport& report) const override {
    SL_ASSIGN_OR_RETURN(PageBorder border,
                        FindPageBorder(in, options_.border, execution));
    report.is_doubtful = border.is_doubtful;
    SL_RETURN_IF_ERROR(KeepLightSides(in, border, execution, report));
    report.measurements.push_back({"left", static_cast<double>(border.left)});
    report.measurements.push_back({"top", static_cast<double>(border.top)});
    report.measurements.push_back({"right", static_cast<double>(border.right)});
    report.measurements.push_back(
        {"bottom", static_cast<double>(border.bottom)});
    if (border.left == 0 && border.top == 0 && border.right == in.width() &&
        border.bottom == in.height()) {
      report.reason = "no black border";
      return absl::OkStatus();
    }
    report.reason = absl::StrFormat(
        "black borders of %d, %d, %d, %d pixels (left, top, right, bottom)",
        border.left, border.top, in.width() - border.right,
        in.height() - border.bottom);
    report.output_to_input = Homography::Translation(border.left, border.top);
    return CropPage(in, border, out);
  }
  int64_t WorkingBytes(const PixelSize& in, int threads) const override {
    return 4 * (int64_t{in.width} + in.height) +
           int64_t{threads} * (4 * int64_t{in.width} + kMeasureBytes);
  }

 private:
  // A side whose border is dark, but not black, stays: it may be a shadow with
  // text in it.
  absl::Status KeepLightSides(const GrayView& in, PageBorder& border,
                              const Execution& execution,
                              StageReport& report) const {
    const int width = in.width();
    const int height = in.height();
    struct Side {
      GrayView part;
      int* edge;
      int outer;
    };
    const std::array<Side, 4> sides = {
        Side{in.Part(0, 0, border.left, height), &border.left, 0},
        Side{in.Part(0, 0, width, border.top), &border.top, 0},
        Side{in.Part(std::min(border.right, width - 1), 0, width - border.right,
                     height),
             &border.right, width},
        Side{in.Part(0, std::min(border.bottom, height - 1), width,
                     height - border.bottom),
             &border.bottom, height}};
    for (const Side& side : sides) {
      if (side.part.width() == 0 || side.part.height() == 0) continue;
      SL_ASSIGN_OR_RETURN(const int gray,
                          GrayPercentile(side.part, 0.9, execution));
      report.measurements.push_back({"border_gray", static_cast<double>(gray)});
      if (gray > options_.greatest_gray) {
        *side.edge = side.outer;
        report.is_doubtful = true;
      }
    }
    return absl::OkStatus();
  }

  CropBorder options_;
};

}  // namespace

absl::StatusOr<StagePointer> MakeStageOf(const Rotate& operation) {
  SL_RETURN_IF_ERROR(
      ParameterCheck().Range("degrees", operation.degrees, -180, 180).status());
  return std::make_shared<RotateStage>(operation);
}

absl::StatusOr<StagePointer> MakeStageOf(const Resample& operation) {
  SL_RETURN_IF_ERROR(
      ParameterCheck().Range("factor", operation.factor, 0.05, 8).status());
  return std::make_shared<ResampleStage>(operation);
}

absl::StatusOr<StagePointer> MakeStageOf(const EnlargeSmallText& operation) {
  SL_RETURN_IF_ERROR(
      ParameterCheck()
          .Range("sufficient_height", operation.sufficient_height, 4, 64)
          .Range("target_height", operation.target_height, 4, 128)
          .Range("greatest_factor", operation.greatest_factor, 1, 8)
          .Range("greatest_side", operation.greatest_side, 64, 16384)
          .Demand(!(operation.target_height < operation.sufficient_height),
                  "target_height", "must be at least sufficient_height")
          .status());
  return std::make_shared<EnlargeSmallTextStage>(operation);
}

absl::StatusOr<StagePointer> MakeStageOf(const Deskew& operation) {
  SL_RETURN_IF_ERROR(
      ParameterCheck()
          .Range("max_degrees", operation.skew.max_degrees, 0.5, 15)
          .Range("least_degrees", operation.least_degrees, 0, 15)
          .status());
  return std::make_shared<DeskewStage>(operation);
}

absl::StatusOr<StagePointer> MakeStageOf(const CropBorder& operation) {
  SL_RETURN_IF_ERROR(
      ParameterCheck()
          .Range("dark_share", operation.border.dark_share, 0.3, 1)
          .Range("max_share", operation.border.max_share, 0, 0.4)
          .Range("greatest_gray", operation.greatest_gray, 0, 255)
          .status());
  return std::make_shared<CropBorderStage>(operation);
}

}  // namespace sightline::preprocess
