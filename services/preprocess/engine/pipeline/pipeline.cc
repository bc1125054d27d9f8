#include "services/preprocess/engine/pipeline/pipeline.h"

#include <algorithm>
#include <type_traits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "services/preprocess/engine/parameter_check.h"
#include "services/preprocess/engine/pipeline/accelerated.h"
#include "services/preprocess/engine/reasons.h"

namespace sightline::preprocess {
namespace {

// Puts `operation` behind the parts that `chain` has. False if it does not fit
// there: the parts have an order, and each comes once.
bool Append(const Operation& operation, FusedChainOptions& chain) {
  if (const auto* clahe = std::get_if<ClaheOptions>(&operation)) {
    if (chain.clahe || chain.gaussian || chain.adaptive_mean) return false;
    chain.clahe = *clahe;
    return true;
  }
  if (const auto* gaussian = std::get_if<GaussianOptions>(&operation)) {
    if (chain.gaussian || chain.adaptive_mean) return false;
    chain.gaussian = *gaussian;
    return true;
  }
  if (const auto* mean = std::get_if<AdaptiveMeanOptions>(&operation)) {
    if (chain.adaptive_mean) return false;
    chain.adaptive_mean = *mean;
    return true;
  }
  return false;
}

FusedChainOptions EmptyChain() {
  return {.clahe = std::nullopt,
          .gaussian = std::nullopt,
          .adaptive_mean = std::nullopt};
}

int64_t Pixels(const PixelSize& size) {
  return int64_t{size.width} * size.height;
}

absl::Status CheckSize(const PixelSize& size) {
  if (size.width >= 1 && size.height >= 1 && size.width <= kMaxSide &&
      size.height <= kMaxSide && Pixels(size) <= kMaxPixels) {
    return absl::OkStatus();
  }
  return Error(absl::StatusCode::kInvalidArgument, kImageInvalid)
      .Message(absl::StrCat("the page is, or might become, ", size.width, " x ",
                            size.height, " pixels; 1..", kMaxSide,
                            " a side and at most ", kMaxPixels, " are taken"));
}

class Stopwatch {
 public:
  absl::Duration elapsed() const { return absl::Now() - start_; }

 private:
  absl::Time start_ = absl::Now();
};

}  // namespace

absl::StatusOr<Pipeline> Pipeline::Create(std::vector<Operation> operations) {
  if (operations.size() > kMaxOperations) {
    return ParameterCheck()
        .Demand(false, "operations",
                absl::StrCat("are ", operations.size(), ", at most ",
                             kMaxOperations, " are taken"))
        .status();
  }
  ParameterCheck check;
  std::vector<StagePointer> stages;
  for (size_t i = 0; i < operations.size(); ++i) {
    absl::StatusOr<StagePointer> stage = MakeStage(operations[i]);
    if (stage.ok()) {
      stages.push_back(*std::move(stage));
      continue;
    }
    const absl::Status wrong =
        PrefixFields(stage.status(), absl::StrCat("operations[", i, "]"));
    const std::optional<ErrorDetails> details = DetailsOf(wrong);
    if (!details || details->reason != kParameterInvalid) return wrong;
    for (const FieldViolation& violation : details->fields) {
      check.Demand(false, violation.field, violation.description);
    }
  }
  SL_RETURN_IF_ERROR(check.status());
  Pipeline pipeline;
  SL_ASSIGN_OR_RETURN(pipeline.plan_, Plan(operations, stages));
  pipeline.operations_ = std::move(operations);
  return pipeline;
}

absl::StatusOr<std::vector<Pipeline::Planned>> Pipeline::Plan(
    const std::vector<Operation>& operations,
    const std::vector<StagePointer>& stages) {
  std::vector<Planned> plan;
  for (size_t i = 0; i < operations.size();) {
    Planned planned;
    planned.first_operation = static_cast<int>(i);
    FusedChainOptions chain = EmptyChain();
    size_t end = i;
    while (end < operations.size() && Append(operations[end], chain)) ++end;
    if (end > i) {
      SL_ASSIGN_OR_RETURN(planned.chain, FusedChain::Create(chain));
    } else {
      planned.stage = stages[i];
      end = i + 1;
    }
    planned.operation_count = static_cast<int>(end - i);
    for (; i < end; ++i) {
      absl::StrAppend(&planned.name, planned.name.empty() ? "" : "+",
                      NameOf(operations[i]));
    }
    plan.push_back(std::move(planned));
  }
  return plan;
}

std::vector<std::string> Pipeline::StageNames() const {
  std::vector<std::string> names;
  for (const Planned& planned : plan_) names.push_back(planned.name);
  return names;
}

absl::StatusOr<int64_t> Pipeline::WorkingBytes(int width, int height,
                                               int threads) const {
  PixelSize size = {width, height};
  SL_RETURN_IF_ERROR(CheckSize(size));
  // A gray copy of the page.
  int64_t most = Pixels(size);
  for (const Planned& planned : plan_) {
    const PixelSize next =
        planned.stage ? planned.stage->LargestOutput(size) : size;
    SL_RETURN_IF_ERROR(CheckSize(next));
    const int64_t working =
        planned.stage
            ? planned.stage->WorkingBytes(size, threads)
            : planned.chain->WorkingBytes(size.width, size.height, threads);
    most = std::max(most, Pixels(size) + Pixels(next) + working);
    size = next;
  }
  return most;
}

absl::StatusOr<PixelSize> Pipeline::LargestOutput(int width, int height) const {
  PixelSize size = {width, height};
  SL_RETURN_IF_ERROR(CheckSize(size));
  for (const Planned& planned : plan_) {
    if (planned.stage) size = planned.stage->LargestOutput(size);
    SL_RETURN_IF_ERROR(CheckSize(size));
  }
  return size;
}

template <typename View>
absl::StatusOr<Preprocessed> Pipeline::RunOn(const View& page,
                                             const Execution& execution) const {
  constexpr bool kIsColour = std::is_same_v<View, RgbView>;
  SL_RETURN_IF_ERROR(CheckRun(page, execution));
  SL_RETURN_IF_ERROR(
      WorkingBytes(page.width(), page.height(), execution.threads).status());
  Preprocessed result;
  GrayImage& current = result.page;
  if constexpr (kIsColour) {
    if (plan_.empty() || !plan_[0].chain) {
      const Stopwatch stopwatch;
      SL_RETURN_IF_ERROR(ConvertToGray(page, current, execution));
      StageReport report;
      report.name = "gray";
      report.has_run = true;
      report.reason = "the page is in colour";
      report.elapsed = stopwatch.elapsed();
      result.report.stages.push_back(std::move(report));
    }
  }
  for (const Planned& planned : plan_) {
    SL_RETURN_IF_ERROR(execution.stop.Poll());
    const Stopwatch stopwatch;
    StageReport report;
    report.name = planned.name;
    report.first_operation = planned.first_operation;
    report.operation_count = planned.operation_count;
    GrayImage next;
    // The page that was sent, until a stage has made one.
    const auto run = [&](const auto& in) -> absl::Status {
      if (planned.chain) {
        report.reason = "asked for";
        return RunAccelerated(*planned.chain, in, next, execution, report);
      }
      if constexpr (std::is_same_v<std::decay_t<decltype(in)>, GrayView>) {
        return planned.stage->Run(in, next, execution, report);
      } else {
        return absl::InternalError("a stage got a page in colour");
      }
    };
    SL_RETURN_IF_ERROR(current.empty() ? run(page) : run(GrayView(current)));
    report.has_run = !next.empty();
    if (report.has_run) {
      current = std::move(next);
      result.report.is_unchanged = false;
      result.report.output_to_input =
          result.report.output_to_input * report.output_to_input;
    }
    report.elapsed = stopwatch.elapsed();
    result.report.stages.push_back(std::move(report));
  }
  if constexpr (!kIsColour) {
    if (current.empty()) {
      SL_RETURN_IF_ERROR(Resize(page.width(), page.height(), current));
      for (int y = 0; y < page.height(); ++y) {
        std::copy_n(page.row(y), page.width(), current.row(y));
      }
    }
  }
  return result;
}

absl::StatusOr<Preprocessed> Pipeline::Run(const GrayView& page,
                                           const Execution& execution) const {
  return RunOn(page, execution);
}

absl::StatusOr<Preprocessed> Pipeline::Run(const RgbView& page,
                                           const Execution& execution) const {
  return RunOn(page, execution);
}

}  // namespace sightline::preprocess
