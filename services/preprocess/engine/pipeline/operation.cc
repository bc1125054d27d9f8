#include "services/preprocess/engine/pipeline/operation.h"

#include <array>

namespace sightline::preprocess {

absl::string_view NameOf(const Operation& operation) {
  // In the order of the variant.
  static constexpr std::array<absl::string_view, std::variant_size_v<Operation>>
      kNames = {"clahe",
                "gaussian",
                "adaptive_mean",
                "adaptive_gaussian",
                "local_threshold",
                "otsu",
                "morphology",
                "median",
                "bilateral",
                "non_local_means",
                "unsharp_mask",
                "laplacian_sharpen",
                "flatten",
                "stretch",
                "despeckle",
                "line_removal",
                "invert",
                "rotate",
                "resample",
                "correct_polarity",
                "remove_specks",
                "crop_border",
                "deskew",
                "denoise",
                "even_light",
                "restore_contrast",
                "enlarge_small_text"};
  return kNames[operation.index()];
}

}  // namespace sightline::preprocess
