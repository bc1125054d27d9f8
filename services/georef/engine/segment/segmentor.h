// From a frame to the class of each of its pixels.
//
// A frame is brought to the scale that the model has learnt, cut into tiles of
// a size that the model takes, and each tile's scores are brought back to the
// frame's own pixels: interpolated bilinearly, compared and turned into a
// confidence in one pass, so that no enlarged scores are ever held.
//
// Tiles overlap, and of each only the middle is used: where two meet, the seam
// runs through the middle of their overlap and every pixel has its class from
// one tile, which saw at least half an overlap of surroundings. (Blending would
// need the scores of the whole frame in memory.) Frames, or what is left of
// them, that are smaller than a tile are continued with their edge pixels.
//
// Coordinates are corner-based: a frame pixel at x covers x..x+1.
#ifndef SIGHTLINE_SERVICES_GEOREF_ENGINE_SEGMENT_SEGMENTOR_H_
#define SIGHTLINE_SERVICES_GEOREF_ENGINE_SEGMENT_SEGMENTOR_H_

#include <cstdint>
#include <memory>
#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/image/image.h"
#include "common/inference/model.h"
#include "common/stop/stop_token.h"

namespace sightline::georef {

struct SegmentationOptions {
  // Pixels of the model's input that neighbouring tiles share at least, or half
  // a tile's side where that is less; 0..kMaximumInputSide.
  int tile_overlap = 64;
  // The most tiles a frame may need.
  int maximum_tiles = 256;
  // Pixels of the model's input per frame pixel if nothing else is known; a
  // model whose card has a ground sample distance is given frames at that
  // distance where the request knows the frame's. Within kMinimumScale..
  // kMaximumScale.
  double scale = 1;
};
inline constexpr double kMinimumScale = 1.0 / 32;
inline constexpr double kMaximumScale = 8;

// What a request knows of its frame.
struct FrameScale {
  // Metres of ground per frame pixel, for example in the frame's middle.
  std::optional<double> ground_sample_distance_m;
  // Pixels of the model's input per frame pixel; goes before all else.
  std::optional<double> scale;
};

struct Segmentation {
  // Index of each pixel's class in the model's card; of the frame's size.
  GrayImage labels;
  // Probability of that class, 0..255 for 0..1; of the frame's size.
  GrayImage confidence;
  // Runs of the model that it took, and their size.
  int tiles = 0;
  InputSize tile;
  // Pixels of the model's input per frame pixel.
  double scale = 1;
};

// Thread-safe.
class Segmentor {
 public:
  // OK if `model` has one output that is logits or probabilities of its
  // classes, 2..255 of them; else FailedPrecondition MODEL_CARD_MISMATCH. For
  // ModelSlot, too.
  static absl::Status Check(const Model& model);

  // Cheap: a request may make its own. `model` not null.
  // Errors: those of Check(), InvalidArgument SEGMENT_OPTION_INVALID.
  static absl::StatusOr<Segmentor> Create(std::shared_ptr<const Model> model,
                                          SegmentationOptions options);

  // Segments `frame`. A gray frame is a colour one without colour to a model
  // that wants colour, and a colour frame is made gray (BT.601) for one that
  // wants gray. `stop` is polled before every tile and within runs as the
  // model can. Holds at most SegmentBytes().
  // Errors: InvalidArgument SEGMENT_FRAME_INVALID, SEGMENT_OPTION_INVALID (of
  // `scale`) or SEGMENT_TOO_MANY_TILES, those of Model::Run(), Internal
  // MODEL_OUTPUT_INVALID (an output that is no picture of the classes).
  absl::StatusOr<Segmentation> Segment(const RgbImage& frame,
                                       const FrameScale& scale,
                                       const StopToken& stop) const;
  absl::StatusOr<Segmentation> Segment(const GrayImage& frame,
                                       const FrameScale& scale,
                                       const StopToken& stop) const;

  // The most bytes that Segment() holds at once for a frame of this size, its
  // answer and the model's ModelMemory::run_bytes included, the model's
  // loaded_bytes and the frame not. The same errors.
  absl::StatusOr<int64_t> SegmentBytes(int width, int height,
                                       const FrameScale& scale) const;

  const Model& model() const { return *model_; }

 private:
  Segmentor(std::shared_ptr<const Model> model, SegmentationOptions options);

  std::shared_ptr<const Model> model_;
  SegmentationOptions options_;
};

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_ENGINE_SEGMENT_SEGMENTOR_H_
