#include "services/preprocess/engine/pipeline/stage.h"

#include <utility>
#include <variant>

#include "common/status/status_macros.h"
#include "services/preprocess/engine/pipeline/accelerated.h"

namespace sightline::preprocess {
namespace {

// An operator of the engine that does the same to every page.
template <typename Operator>
class OperatorStage : public Stage {
 public:
  explicit OperatorStage(Operator run) : operator_(std::move(run)) {}

  absl::Status Run(const GrayView& in, GrayImage& out,
                   const Execution& execution,
                   StageReport& report) const override {
    report.reason = "asked for";
    return RunAccelerated(operator_, in, out, execution, report);
  }
  int64_t WorkingBytes(const PixelSize& in, int threads) const override {
    return operator_.WorkingBytes(in.width, in.height, threads);
  }

 private:
  Operator operator_;
};

template <typename Operator, typename Options>
absl::StatusOr<StagePointer> Wrap(const Options& options) {
  SL_ASSIGN_OR_RETURN(Operator created, Operator::Create(options));
  return std::make_shared<OperatorStage<Operator>>(std::move(created));
}

// A histogram, for each thread at most.
int64_t HistogramBytes(int threads) { return int64_t{threads} * 8192; }

class StretchStage : public Stage {
 public:
  explicit StretchStage(Stretch stretch) : stretch_(stretch) {}

  absl::Status Run(const GrayView& in, GrayImage& out,
                   const Execution& execution,
                   StageReport& report) const override {
    SL_ASSIGN_OR_RETURN(const StretchedRange range,
                        stretch_.Run(in, out, execution));
    report.reason = "asked for";
    report.measurements.push_back({"black", static_cast<double>(range.low)});
    report.measurements.push_back({"white", static_cast<double>(range.high)});
    return absl::OkStatus();
  }
  int64_t WorkingBytes(const PixelSize&, int threads) const override {
    return HistogramBytes(threads);
  }

 private:
  Stretch stretch_;
};

class OtsuStage : public Stage {
 public:
  explicit OtsuStage(const OtsuOptions& options) : options_(options) {}

  absl::Status Run(const GrayView& in, GrayImage& out,
                   const Execution& execution,
                   StageReport& report) const override {
    SL_ASSIGN_OR_RETURN(const int level,
                        ApplyOtsu(in, out, options_, execution));
    report.reason = "asked for";
    report.measurements.push_back({"threshold", static_cast<double>(level)});
    return absl::OkStatus();
  }
  int64_t WorkingBytes(const PixelSize&, int threads) const override {
    return HistogramBytes(threads);
  }

 private:
  OtsuOptions options_;
};

class InvertStage : public Stage {
 public:
  absl::Status Run(const GrayView& in, GrayImage& out,
                   const Execution& execution,
                   StageReport& report) const override {
    report.reason = "asked for";
    return ApplyTable(in, Inverse(), out, execution);
  }
  int64_t WorkingBytes(const PixelSize&, int) const override { return 0; }
};

// One overload for each operation; the others are declared in stage.h.
struct Maker {
  using Result = absl::StatusOr<StagePointer>;
  Result operator()(const ClaheOptions& o) { return Wrap<Clahe>(o); }
  Result operator()(const GaussianOptions& o) { return Wrap<Gaussian>(o); }
  Result operator()(const AdaptiveMeanOptions& o) {
    return Wrap<AdaptiveMean>(o);
  }
  Result operator()(const AdaptiveGaussianOptions& o) {
    return Wrap<AdaptiveGaussian>(o.threshold);
  }
  Result operator()(const LocalThresholdOptions& o) {
    return Wrap<LocalThresholdFilter>(o);
  }
  Result operator()(const OtsuOptions& o) {
    return std::make_shared<OtsuStage>(o);
  }
  Result operator()(const MorphologyOptions& o) { return Wrap<Morphology>(o); }
  Result operator()(const MedianOptions& o) { return Wrap<Median>(o); }
  Result operator()(const BilateralOptions& o) { return Wrap<Bilateral>(o); }
  Result operator()(const NonLocalMeansOptions& o) {
    return Wrap<NonLocalMeans>(o);
  }
  Result operator()(const UnsharpMaskOptions& o) {
    return Wrap<UnsharpMask>(o);
  }
  Result operator()(const LaplacianSharpenOptions& o) {
    return Wrap<LaplacianSharpen>(o);
  }
  Result operator()(const FlattenOptions& o) { return Wrap<Flatten>(o); }
  Result operator()(const StretchOptions& o) {
    SL_ASSIGN_OR_RETURN(const Stretch stretch, Stretch::Create(o));
    return std::make_shared<StretchStage>(stretch);
  }
  Result operator()(const DespeckleOptions& o) { return Wrap<Despeckle>(o); }
  Result operator()(const LineRemovalOptions& o) {
    return Wrap<LineRemoval>(o);
  }
  Result operator()(const Invert&) { return std::make_shared<InvertStage>(); }
  template <typename Other>
  Result operator()(const Other& o) {
    return MakeStageOf(o);
  }
};

}  // namespace

absl::StatusOr<StagePointer> MakeStage(const Operation& operation) {
  return std::visit(Maker(), operation);
}

}  // namespace sightline::preprocess
