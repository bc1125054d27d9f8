#include "services/georef/engine/segment/segmentor.h"

#include <cmath>
#include <new>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/inference/reasons.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "services/georef/engine/segment/class_scores.h"
#include "services/georef/engine/segment/reasons.h"
#include "services/georef/engine/segment/tile_input.h"
#include "services/georef/engine/segment/tiling.h"
#include "services/georef/engine/vector/trace_polygons.h"

namespace sightline::georef {
namespace {

Error OptionInvalid(absl::string_view field, absl::string_view problem) {
  return Error(absl::StatusCode::kInvalidArgument, kSegmentOptionInvalid)
      .Field(field, problem);
}

bool IsScale(double scale) {
  // False for NaN, too.
  return scale >= kMinimumScale && scale <= kMaximumScale;
}

absl::Status ScaleInvalid(absl::string_view field, double scale) {
  return OptionInvalid(field,
                       absl::StrCat("gives the model ", scale,
                                    " pixels per frame pixel; possible are ",
                                    kMinimumScale, " to ", kMaximumScale))
      .With("scale", absl::StrCat(scale));
}

absl::StatusOr<double> ScaleOf(const FrameScale& frame, const ModelCard& card,
                               double otherwise) {
  if (frame.scale) {
    if (!IsScale(*frame.scale)) return ScaleInvalid("scale", *frame.scale);
    return *frame.scale;
  }
  if (frame.ground_sample_distance_m && card.ground_sample_distance_m) {
    const double scale =
        *frame.ground_sample_distance_m / *card.ground_sample_distance_m;
    if (!IsScale(scale)) {
      return ScaleInvalid("ground_sample_distance_m", scale);
    }
    return scale;
  }
  return otherwise;
}

// What a frame of this size takes.
struct Plan {
  double scale = 1;
  Tiling tiling;
};

absl::StatusOr<Plan> PlanFrame(const Model& model,
                               const SegmentationOptions& options, int width,
                               int height, const FrameScale& frame) {
  if (width < 1 || height < 1 || width > kMaximumMaskSide ||
      height > kMaximumMaskSide) {
    return Error(absl::StatusCode::kInvalidArgument, kSegmentFrameInvalid)
        .Field("", absl::StrCat("the frame has ", width, " x ", height,
                                " pixels; 1 to ", kMaximumMaskSide,
                                " a side are segmented"));
  }
  Plan plan;
  SL_ASSIGN_OR_RETURN(plan.scale, ScaleOf(frame, model.card(), options.scale));
  plan.tiling = PlanTiling(model.card().input, model.options().largest_input,
                           width, height, plan.scale, options.tile_overlap);
  if (plan.tiling.tiles() > options.maximum_tiles) {
    return Error(absl::StatusCode::kInvalidArgument, kSegmentTooManyTiles)
        .Field("", absl::StrCat(
                       "the frame would be cut into ", plan.tiling.tiles(),
                       " tiles of ", plan.tiling.tile.width, " x ",
                       plan.tiling.tile.height, " pixels, at most ",
                       options.maximum_tiles,
                       " are allowed; send a smaller frame or a smaller scale"))
        .With("demand", absl::StrCat(plan.tiling.tiles()))
        .With("limit", absl::StrCat(options.maximum_tiles));
  }
  return plan;
}

absl::StatusOr<ScoreGrid> GridOf(const Tensor& output, const ModelCard& card) {
  const bool planes = card.input.layout == TensorLayout::kChannelsFirst;
  const TensorShape& shape = output.shape;
  const auto classes = static_cast<int64_t>(card.classes.size());
  if (shape.size() != 4 || shape[0] != 1 || shape[planes ? 1 : 3] != classes ||
      ElementCount(shape) < 1) {
    return Error(absl::StatusCode::kInternal, kModelOutputInvalid)
        .Message(absl::StrCat("the model's output has the shape ",
                              ShapeText(shape), ", which is no picture of ",
                              classes, " classes"));
  }
  ScoreGrid grid;
  grid.scores = output.values.data();
  grid.classes = static_cast<int>(classes);
  grid.height = static_cast<int>(shape[planes ? 2 : 1]);
  grid.width = static_cast<int>(shape[planes ? 3 : 2]);
  grid.layout = card.input.layout;
  grid.meaning = card.outputs[0].meaning;
  return grid;
}

absl::StatusOr<Segmentation> SegmentFrame(const Model& model, const Plan& plan,
                                          const FrameView& frame,
                                          const StopToken& stop) {
  const ModelCard& card = model.card();
  const Tiling& tiling = plan.tiling;
  Segmentation result = {GrayImage(frame.width, frame.height),
                         GrayImage(frame.width, frame.height),
                         static_cast<int>(tiling.tiles()), tiling.tile,
                         plan.scale};
  const TensorShape shape = card.input.ShapeOf(tiling.tile);
  std::vector<float> numbers(static_cast<size_t>(ElementCount(shape)));
  for (const TileSpan& row : tiling.rows) {
    for (const TileSpan& column : tiling.columns) {
      SL_RETURN_IF_ERROR(stop.Poll());
      FillTileInput(frame, card.input, tiling.tile, plan.scale, column.start,
                    row.start, numbers.data());
      SL_ASSIGN_OR_RETURN(const std::vector<Tensor> outputs,
                          model.Run({shape, numbers}, stop));
      SL_ASSIGN_OR_RETURN(const ScoreGrid grid, GridOf(outputs[0], card));
      WriteClasses(grid, column, row, tiling.tile, plan.scale, result.labels,
                   result.confidence);
    }
  }
  return result;
}

template <int kChannels>
absl::StatusOr<Segmentation> SegmentRaster(const Model& model,
                                           const SegmentationOptions& options,
                                           const Raster<kChannels>& frame,
                                           const FrameScale& scale,
                                           const StopToken& stop) {
  SL_ASSIGN_OR_RETURN(const Plan plan, PlanFrame(model, options, frame.width(),
                                                 frame.height(), scale));
  try {
    return SegmentFrame(
        model, plan, {frame.data(), frame.width(), frame.height(), kChannels},
        stop);
  } catch (const std::bad_alloc&) {
    return Error(absl::StatusCode::kResourceExhausted, kModelOutOfMemory)
        .Message("memory ran out while a frame was segmented");
  }
}

}  // namespace

Segmentor::Segmentor(std::shared_ptr<const Model> model,
                     SegmentationOptions options)
    : model_(std::move(model)), options_(options) {}

absl::Status Segmentor::Check(const Model& model) {
  const ModelCard& card = model.card();
  const auto refuse = [&card](absl::string_view problem) {
    return Error(absl::StatusCode::kFailedPrecondition, kModelCardMismatch)
        .Message(absl::StrCat("model ", card.name,
                              " does not segment frames: ", problem));
  };
  if (card.outputs.size() != 1) return refuse("it has several outputs");
  if (card.outputs[0].meaning == OutputMeaning::kValues) {
    return refuse("its output is neither logits nor probabilities");
  }
  if (card.classes.size() < 2) return refuse("it has no two classes");
  const TensorShape& shape = card.self_check.expected[0].shape;
  const size_t at = card.input.layout == TensorLayout::kChannelsFirst ? 1 : 3;
  if (shape.size() != 4 ||
      shape[at] != static_cast<int64_t>(card.classes.size())) {
    return refuse(absl::StrCat("its output of the shape ", ShapeText(shape),
                               " is no picture of its ", card.classes.size(),
                               " classes"));
  }
  return absl::OkStatus();
}

absl::StatusOr<Segmentor> Segmentor::Create(std::shared_ptr<const Model> model,
                                            SegmentationOptions options) {
  SL_RETURN_IF_ERROR(Check(*model));
  if (options.tile_overlap < 0 || options.tile_overlap > kMaximumInputSide) {
    return OptionInvalid(
        "tile_overlap",
        absl::StrCat("is ", options.tile_overlap, "; possible are 0 to ",
                     kMaximumInputSide));
  }
  if (options.maximum_tiles < 1) {
    return OptionInvalid("maximum_tiles", "must be at least 1");
  }
  if (!IsScale(options.scale)) return ScaleInvalid("scale", options.scale);
  return Segmentor(std::move(model), options);
}

absl::StatusOr<Segmentation> Segmentor::Segment(const RgbImage& frame,
                                                const FrameScale& scale,
                                                const StopToken& stop) const {
  return SegmentRaster(*model_, options_, frame, scale, stop);
}

absl::StatusOr<Segmentation> Segmentor::Segment(const GrayImage& frame,
                                                const FrameScale& scale,
                                                const StopToken& stop) const {
  return SegmentRaster(*model_, options_, frame, scale, stop);
}

absl::StatusOr<int64_t> Segmentor::SegmentBytes(int width, int height,
                                                const FrameScale& scale) const {
  SL_ASSIGN_OR_RETURN(const Plan plan,
                      PlanFrame(*model_, options_, width, height, scale));
  const InputSize tile = plan.tiling.tile;
  const ModelCard& card = model_->card();
  const int64_t input_bytes = ElementCount(card.input.ShapeOf(tile)) *
                              static_cast<int64_t>(sizeof(float));
  const int64_t spans = static_cast<int64_t>(plan.tiling.columns.size() +
                                             plan.tiling.rows.size()) *
                        static_cast<int64_t>(sizeof(TileSpan));
  return 2 * int64_t{width} * height + input_bytes + spans +
         FillTileInputBytes(width, 3, tile, plan.scale) +
         WriteClassesBytes(static_cast<int>(card.classes.size()), width, height,
                           tile) +
         model_->memory().run_bytes;
}

}  // namespace sightline::georef
