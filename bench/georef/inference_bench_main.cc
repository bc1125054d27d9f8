// ONNX Runtime beside OpenCV's DNN module: processor time of one thread for the
// same network in the same process, once both gave the stored answer; then what
// segmenting a 1080p frame takes beside the bare runs of the network in it;
// then how much of generated frames models/sea_slick finds.
//
//   inference_bench                 the table
//   inference_bench --json          one JSON object per figure
//
// The networks with stored answers are left out, and it says so, where they are
// not at hand (tests/support/models/stored_networks.h).
#include <time.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "bench/support/figures.h"
#include "common/inference/model.h"
#include "common/inference/model_folder.h"
#include "common/inference/reasons.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "services/georef/engine/segment/segmentor.h"
#include "tests/generator/sea/sea_frame.h"
#include "tests/support/models/stored_networks.h"
#include "tests/support/segment/segment_score.h"

namespace sightline::georef {
namespace {

using bench::Figure;

constexpr int kRepeats = 7;
constexpr int kTurns = 15;
constexpr int kScoredFrames = 100;
// None that models/sea_slick was trained with.
constexpr uint64_t kFirstScoredSeed = 1;

double ThreadMilliseconds() {
  timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return 1e3 * static_cast<double>(now.tv_sec) +
         1e-6 * static_cast<double>(now.tv_nsec);
}

// The least of several runs. Fails if one does.
absl::StatusOr<double> Least(const std::function<absl::Status()>& run) {
  double least = 1e30;
  for (int i = 0; i < kRepeats; ++i) {
    const double begin = ThreadMilliseconds();
    SL_RETURN_IF_ERROR(run());
    least = std::min(least, ThreadMilliseconds() - begin);
  }
  return least;
}

std::string ShortName(InferenceRuntime runtime) {
  return runtime == InferenceRuntime::kOnnxRuntime ? "onnxruntime" : "opencv";
}

absl::StatusOr<double> RunMilliseconds(const Model& model, InputSize size) {
  const TensorShape shape = model.card().input.ShapeOf(size);
  const std::vector<float> input(ElementCount(shape), 0.5f);
  return Least([&]() -> absl::Status {
    return model.Run({shape, input}, StopToken()).status();
  });
}

// A network on every runtime. Loading compares with the stored answer, so that
// what is timed is right.
absl::Status AddNetwork(const std::string& name, const std::string& file,
                        const ModelCard& card, InputSize size,
                        std::vector<Figure>& figures) {
  for (const InferenceRuntime runtime : AvailableRuntimes()) {
    const auto model = LoadModel(file, card, {}, runtime);
    const auto details = DetailsOf(model.status());
    if (details && details->reason == kModelUnsupported) {
      std::fprintf(stderr, "%s: %s\n", name.c_str(),
                   std::string(model.status().message()).c_str());
      continue;
    }
    SL_RETURN_IF_ERROR(model.status());
    SL_ASSIGN_OR_RETURN(const double milliseconds,
                        RunMilliseconds(**model, size));
    figures.push_back(
        {absl::StrCat("geo_network_", name, "_", ShortName(runtime), "_ms"),
         milliseconds, "ms"});
  }
  return absl::OkStatus();
}

// Segmenting a 1080p frame, and the bare runs of the network in it.
absl::Status AddSegmentation(const ModelFiles& files,
                             std::vector<Figure>& figures) {
  const auto frame = generator::DrawSeaFrame(kFirstScoredSeed, 1920, 1080);
  std::vector<Segmentation> results;
  for (const InferenceRuntime runtime : AvailableRuntimes()) {
    SL_ASSIGN_OR_RETURN(auto model,
                        LoadModel(files.file, files.card, {}, runtime));
    SL_ASSIGN_OR_RETURN(const Segmentor segmentor,
                        Segmentor::Create(std::move(model), {}));
    Segmentation result;
    // In turns, and as many tiles in one go: what else the machine does meets
    // both alike.
    double all = 1e30;
    double run = 1e30;
    for (int i = 0; i < kTurns; ++i) {
      const double begin = ThreadMilliseconds();
      SL_ASSIGN_OR_RETURN(result,
                          segmentor.Segment(frame.image, {}, StopToken()));
      all = std::min(all, ThreadMilliseconds() - begin);
      const TensorShape shape =
          segmentor.model().card().input.ShapeOf(result.tile);
      const std::vector<float> input(ElementCount(shape), 0.5f);
      const double alone = ThreadMilliseconds();
      for (int tile = 0; tile < result.tiles; ++tile) {
        SL_RETURN_IF_ERROR(
            segmentor.model().Run({shape, input}, StopToken()).status());
      }
      run = std::min(run, ThreadMilliseconds() - alone);
    }
    const std::string suffix =
        absl::StrCat("_1080p_", ShortName(runtime), "_ms");
    figures.push_back({"geo_segment" + suffix, all, "ms"});
    figures.push_back({"geo_segment_network_alone" + suffix, run, "ms"});
    // What all else takes, as a share of the network's own time.
    figures.push_back(
        {absl::StrCat("geo_segment_overhead_", ShortName(runtime), "_pct"),
         100 * (all / (run)-1), "%"});
    results.push_back(std::move(result));
  }
  if (results.size() == 2) {
    int64_t different = 0;
    for (int64_t i = 0; i < frame.classes.size_bytes(); ++i) {
      different += results[0].labels.data()[i] != results[1].labels.data()[i];
    }
    // Where two classes are equally likely, up to rounding.
    if (different > frame.classes.size_bytes() / 10'000) {
      return absl::InternalError(
          absl::StrCat("the runtimes differ in ", different, " pixels"));
    }
  }
  return absl::OkStatus();
}

// Intersection over union on frames that the model never saw, in percent.
absl::Status AddScore(const ModelFiles& files, std::vector<Figure>& figures) {
  SL_ASSIGN_OR_RETURN(auto model, LoadModel(files.file, files.card, {}));
  SL_ASSIGN_OR_RETURN(const Segmentor segmentor,
                      Segmentor::Create(std::move(model), {}));
  testing::SegmentScore score(generator::kSeaClasses);
  for (int i = 0; i < kScoredFrames; ++i) {
    const auto frame = generator::DrawSeaFrame(kFirstScoredSeed + i, 512, 512);
    SL_ASSIGN_OR_RETURN(const Segmentation found,
                        segmentor.Segment(frame.image, {}, StopToken()));
    score.Add(found.labels, frame.classes);
  }
  for (int label = 0; label < generator::kSeaClasses; ++label) {
    figures.push_back(
        {absl::StrCat("geo_sea_slick_iou_", files.card.classes[label].name),
         100 * score.Of(label), "%"});
  }
  figures.push_back({"geo_sea_slick_iou_mean", 100 * score.Mean(), "%"});
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Figure>> Measure() {
  std::vector<Figure> figures;
  const auto networks = testing::StoredNetworks();
  if (networks.empty()) {
    std::fprintf(stderr, "no networks with stored answers at %s\n",
                 testing::StoredNetworksFolder().c_str());
  }
  for (const testing::StoredNetwork& network : networks) {
    SL_RETURN_IF_ERROR(AddNetwork(network.name, network.file, network.card,
                                  network.card.self_check.size, figures));
  }
  SL_ASSIGN_OR_RETURN(
      const ModelFiles sea_slick,
      ReadModelFolder(SIGHTLINE_SOURCE_DIR "/models/sea_slick"));
  SL_RETURN_IF_ERROR(AddNetwork("sea_slick", sea_slick.file, sea_slick.card,
                                {512, 512}, figures));
  SL_RETURN_IF_ERROR(AddSegmentation(sea_slick, figures));
  SL_RETURN_IF_ERROR(AddScore(sea_slick, figures));
  return figures;
}

}  // namespace
}  // namespace sightline::georef

int main(int argc, char** argv) {
  return sightline::bench::RunBenchmark(argc, argv, sightline::georef::Measure);
}
