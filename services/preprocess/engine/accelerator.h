// Who may do an operator's work in its place: a graphics device.
//
// An Execution may point to an Accelerator. Stages of a pipeline ask it first;
// it answers with the very bytes that the operator would have made, or declines
// and says why, and then the operator runs as if nobody had been asked. So a
// device that is absent, full, busy or broken costs time, never a result.
#ifndef SIGHTLINE_SERVICES_PREPROCESS_ENGINE_ACCELERATOR_H_
#define SIGHTLINE_SERVICES_PREPROCESS_ENGINE_ACCELERATOR_H_

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/image/image.h"
#include "common/stop/stop_token.h"
#include "services/preprocess/engine/adaptive_mean.h"
#include "services/preprocess/engine/clahe.h"
#include "services/preprocess/engine/morphology.h"
#include "services/preprocess/engine/pixel_rules/local_means.h"
#include "services/preprocess/engine/pixel_view.h"

namespace sightline::preprocess {

class FusedChain;
class Flatten;
class Median;
class NonLocalMeans;

// What an operator does, for somebody else to do it. Pointers live as long as
// the operator.

struct GaussianWork {
  // In 1/256, odd in number, at least one.
  const std::vector<uint16_t>* weights_x = nullptr;
  const std::vector<uint16_t>* weights_y = nullptr;
};

struct ChainWork {
  std::optional<ClaheOptions> clahe;
  std::optional<GaussianWork> gaussian;
  std::optional<AdaptiveMeanOptions> adaptive_mean;
};

struct LocalMeansWork {
  int template_radius = 0;
  int search_radius = 0;
  const rules::LocalMeansWeights* weights = nullptr;
};

struct MedianWork {
  int size = 0;
};

struct MorphologyWork {
  MorphologyOptions options;
};

struct FlattenWork {
  GaussianWork smoothing;
  MorphologyOptions closing;
  GaussianWork spreading;
};

using AcceleratorWork = std::variant<ChainWork, LocalMeansWork, MedianWork,
                                     MorphologyWork, FlattenWork>;

AcceleratorWork WorkOf(const FusedChain& chain);
AcceleratorWork WorkOf(const NonLocalMeans& means);
AcceleratorWork WorkOf(const Median& median);
AcceleratorWork WorkOf(const Morphology& morphology);
AcceleratorWork WorkOf(const Flatten& flatten);

// Why work was declined.
enum class FallbackReason {
  // Nothing was: it has been done.
  kNone,
  // No kernel does this, or not with windows as large as these.
  kUnsupported,
  // It needs more memory than one request may have.
  kTooLarge,
  // Every slot was busy for too long.
  kBusy,
  // Others have taken the device's, or all pinned, memory.
  kOutOfMemory,
  // The device did not finish in time.
  kHang,
  // The device failed for good, or all of its slots hang.
  kDeviceFailed,
};
inline constexpr int kFallbackReasons = 7;

// "none", "unsupported", "too_large", "busy", "out_of_memory", "hang",
// "device_failed".
absl::string_view NameOf(FallbackReason reason);

// A page as an operator got it.
struct AcceleratorPage {
  AcceleratorPage(const GrayView& page);  // NOLINT: a view of it.
  AcceleratorPage(const RgbView& page);   // NOLINT: a view of it.

  const uint8_t* pixels;
  int width;
  int height;
  int64_t stride_bytes;
  // 1: gray; 3: red, green, blue, which only a ChainWork takes.
  int channels;
};

// Contract:
// 1. TryRun() says kNone and gives `out` the bytes that the operator would have
//    given it, or says why not and leaves `out` as it was.
// 2. It fails only if `stop` says so. Neither page nor `out` is touched after
//    it has returned, whatever becomes of the device.
// 3. `page` is one that the operator takes (CheckRun()).
// 4. Any number of threads may call.
class Accelerator {
 public:
  virtual ~Accelerator() = default;
  virtual absl::StatusOr<FallbackReason> TryRun(const AcceleratorWork& work,
                                                const AcceleratorPage& page,
                                                GrayImage& out,
                                                const StopToken& stop) = 0;
  // As StageReport::device names it: "cuda:0".
  virtual const std::string& name() const = 0;
  // False: it declines everything from now on.
  virtual bool is_healthy() const = 0;
};

}  // namespace sightline::preprocess

#endif  // SIGHTLINE_SERVICES_PREPROCESS_ENGINE_ACCELERATOR_H_
