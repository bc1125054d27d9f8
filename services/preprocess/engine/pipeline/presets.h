// Lists of operations that have a name.
#ifndef SIGHTLINE_SERVICES_PREPROCESS_ENGINE_PIPELINE_PRESETS_H_
#define SIGHTLINE_SERVICES_PREPROCESS_ENGINE_PIPELINE_PRESETS_H_

#include <optional>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "services/preprocess/engine/pipeline/operation.h"

namespace sightline::preprocess {

enum class Preset {
  // "seed_compat": the chain of the GPU preprocessing report, for comparison:
  // CLAHE 3.0 on 8 x 8 tiles, Gaussian of sigma 0.8 on 7 x 7 pixels (what its
  // GPU branch made of the size it was given, 3), threshold by the mean of
  // 11 x 11, offset 2. Borders and rounding are OpenCV's. Black and white, and
  // hard to read: it takes the noise of paper for ink.
  kSeedCompat,
  // "document": a page of text. Polarity, specks, border and skew if measured;
  // always flattened and stretched. Gray.
  kDocument,
  // "drawing": thin lines, and a frame that is no border. Polarity, specks,
  // skew and noise if measured; always flattened with a wider reach (thick
  // outlines, filled sections) and stretched. Gray.
  kDrawing,
  // "auto": nothing that no measurement asks for. Gray; a clean page comes back
  // as it is.
  kAuto,
};

std::vector<Operation> OperationsOf(Preset preset);

// "auto", and back; nullopt for a name that is none.
absl::string_view NameOf(Preset preset);
std::optional<Preset> PresetOfName(absl::string_view name);

absl::Span<const Preset> AllPresets();

}  // namespace sightline::preprocess

#endif  // SIGHTLINE_SERVICES_PREPROCESS_ENGINE_PIPELINE_PRESETS_H_
