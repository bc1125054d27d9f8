#include "services/preprocess/operation_parameters.h"

#include <cstddef>
#include <utility>

namespace sightline::preprocess {
namespace {

using Parameters = std::vector<Parameter>;

// The engine's enums count from 0 in the order in which the contract's count
// from 1.
template <typename Enum>
Choice ChoiceOf(Enum& value, int count) {
  return {count, [&value] { return static_cast<int>(value) + 1; },
          [&value](int number) { value = static_cast<Enum>(number - 1); }};
}

// One overload for each operation.
struct Lister {
  Parameters operator()(ClaheOptions& o) const {
    return {{"clip_limit", &o.clip_limit},
            {"tiles_x", &o.tiles_x},
            {"tiles_y", &o.tiles_y}};
  }
  Parameters operator()(GaussianOptions& o) const {
    return {{"size_x", &o.size_x},
            {"size_y", &o.size_y},
            {"sigma_x", &o.sigma_x},
            {"sigma_y", &o.sigma_y}};
  }
  Parameters operator()(AdaptiveMeanOptions& o) const {
    return {
        {"size", &o.size}, {"offset", &o.offset}, {"inverted", &o.is_inverted}};
  }
  Parameters operator()(AdaptiveGaussianOptions& o) const {
    return (*this)(o.threshold);
  }
  Parameters operator()(LocalThresholdOptions& o) const {
    return {{"method", ChoiceOf(o.method, 2)},
            {"size", &o.size},
            {"k", &o.k},
            {"range", &o.range},
            {"inverted", &o.is_inverted}};
  }
  Parameters operator()(OtsuOptions& o) const {
    return {{"inverted", &o.is_inverted}};
  }
  Parameters operator()(MorphologyOptions& o) const {
    return {{"operation", ChoiceOf(o.operation, 4)},
            {"shape", ChoiceOf(o.shape, 3)},
            {"width", &o.width},
            {"height", &o.height}};
  }
  Parameters operator()(MedianOptions& o) const { return {{"size", &o.size}}; }
  Parameters operator()(BilateralOptions& o) const {
    return {{"diameter", &o.diameter},
            {"sigma_gray", &o.sigma_gray},
            {"sigma_space", &o.sigma_space}};
  }
  Parameters operator()(NonLocalMeansOptions& o) const {
    return {{"strength", &o.strength},
            {"template_size", &o.template_size},
            {"search_size", &o.search_size}};
  }
  Parameters operator()(UnsharpMaskOptions& o) const {
    return {{"sigma", &o.sigma},
            {"amount", &o.amount},
            {"threshold", &o.threshold}};
  }
  Parameters operator()(LaplacianSharpenOptions& o) const {
    return {{"amount", &o.amount}, {"with_diagonals", &o.with_diagonals}};
  }
  Parameters operator()(FlattenOptions& o) const {
    return {{"closing_size", &o.closing_size}, {"sigma", &o.sigma}};
  }
  Parameters operator()(StretchOptions& o) const {
    return {{"low_percent", &o.low_percent}, {"high_percent", &o.high_percent}};
  }
  Parameters operator()(DespeckleOptions& o) const {
    return {{"contrast", &o.contrast}, {"only_extremes", &o.only_extremes}};
  }
  Parameters operator()(LineRemovalOptions& o) const {
    return {{"min_length", &o.min_length},
            {"max_thickness", &o.max_thickness},
            {"contrast", &o.contrast},
            {"horizontal", &o.horizontal},
            {"vertical", &o.vertical}};
  }
  Parameters operator()(Invert&) const { return {}; }
  Parameters operator()(Rotate& o) const { return {{"degrees", &o.degrees}}; }
  Parameters operator()(Resample& o) const { return {{"factor", &o.factor}}; }
  Parameters operator()(CorrectPolarity&) const { return {}; }
  Parameters operator()(RemoveSpecks& o) const {
    return {{"despeckle", (*this)(o.despeckle)}};
  }
  Parameters operator()(CropBorder& o) const {
    return {{"dark_share", &o.border.dark_share},
            {"max_share", &o.border.max_share},
            {"greatest_gray", &o.greatest_gray}};
  }
  Parameters operator()(Deskew& o) const {
    return {{"max_degrees", &o.skew.max_degrees},
            {"least_degrees", &o.least_degrees}};
  }
  Parameters operator()(Denoise& o) const {
    return {{"least_sigma", &o.least_sigma}};
  }
  Parameters operator()(EvenLight& o) const {
    return {{"flatten", (*this)(o.flatten)},
            {"least_unevenness", &o.least_unevenness}};
  }
  Parameters operator()(RestoreContrast& o) const {
    return {{"sufficient_contrast", &o.sufficient_contrast}};
  }
  Parameters operator()(EnlargeSmallText& o) const {
    return {{"sufficient_height", &o.sufficient_height},
            {"target_height", &o.target_height},
            {"greatest_factor", &o.greatest_factor},
            {"greatest_side", &o.greatest_side}};
  }
};

template <size_t... kIndices>
std::vector<Operation> MakeDefaults(std::index_sequence<kIndices...>) {
  return {Operation(std::in_place_index<kIndices>)...};
}

}  // namespace

std::vector<Parameter> ParametersOf(Operation& operation) {
  return std::visit(Lister(), operation);
}

const std::vector<Operation>& DefaultOperations() {
  static const auto* defaults = new std::vector<Operation>(
      MakeDefaults(std::make_index_sequence<std::variant_size_v<Operation>>()));
  return *defaults;
}

}  // namespace sightline::preprocess
