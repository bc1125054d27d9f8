#include "services/preprocess/engine/accelerator.h"

#include "services/preprocess/engine/flatten.h"
#include "services/preprocess/engine/fused_chain.h"
#include "services/preprocess/engine/median.h"
#include "services/preprocess/engine/non_local_means.h"

namespace sightline::preprocess {
namespace {

GaussianWork GaussianWorkOf(const Gaussian& gaussian) {
  return {.weights_x = &gaussian.weights_x(),
          .weights_y = &gaussian.weights_y()};
}

}  // namespace

AcceleratorWork WorkOf(const FusedChain& chain) {
  ChainWork work;
  if (chain.clahe()) work.clahe = chain.clahe()->options();
  if (chain.gaussian()) work.gaussian = GaussianWorkOf(*chain.gaussian());
  if (chain.adaptive_mean()) {
    work.adaptive_mean = chain.adaptive_mean()->options();
  }
  return work;
}

AcceleratorWork WorkOf(const NonLocalMeans& means) {
  return LocalMeansWork{.template_radius = means.template_radius(),
                        .search_radius = means.search_radius(),
                        .weights = &means.weights()};
}

AcceleratorWork WorkOf(const Median& median) {
  return MedianWork{.size = median.size()};
}

AcceleratorWork WorkOf(const Morphology& morphology) {
  return MorphologyWork{.options = morphology.options()};
}

AcceleratorWork WorkOf(const Flatten& flatten) {
  return FlattenWork{.smoothing = GaussianWorkOf(flatten.smoothing()),
                     .closing = flatten.closing().options(),
                     .spreading = GaussianWorkOf(flatten.spreading())};
}

absl::string_view NameOf(FallbackReason reason) {
  switch (reason) {
    case FallbackReason::kNone:
      return "none";
    case FallbackReason::kUnsupported:
      return "unsupported";
    case FallbackReason::kTooLarge:
      return "too_large";
    case FallbackReason::kBusy:
      return "busy";
    case FallbackReason::kOutOfMemory:
      return "out_of_memory";
    case FallbackReason::kHang:
      return "hang";
    case FallbackReason::kDeviceFailed:
      return "device_failed";
  }
  return "";
}

AcceleratorPage::AcceleratorPage(const GrayView& page)
    : pixels(page.row(0)),
      width(page.width()),
      height(page.height()),
      stride_bytes(page.stride_bytes()),
      channels(1) {}

AcceleratorPage::AcceleratorPage(const RgbView& page)
    : pixels(page.row(0)),
      width(page.width()),
      height(page.height()),
      stride_bytes(page.stride_bytes()),
      channels(3) {}

}  // namespace sightline::preprocess
