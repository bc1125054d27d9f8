#include <cstdint>
#include <cstring>
#include <utility>

#include "services/preprocess/engine/kernels/kernels_internal.h"
#include "services/preprocess/engine/kernels/median_network.h"
#include "services/preprocess/engine/pixel_rules/adaptive_mean.h"
#include "services/preprocess/engine/pixel_rules/affine.h"
#include "services/preprocess/engine/pixel_rules/bilateral.h"
#include "services/preprocess/engine/pixel_rules/gaussian.h"
#include "services/preprocess/engine/pixel_rules/gray.h"
#include "services/preprocess/engine/pixel_rules/light.h"
#include "services/preprocess/engine/pixel_rules/local_threshold.h"
#include "services/preprocess/engine/pixel_rules/measure.h"
#include "services/preprocess/engine/pixel_rules/resize.h"
#include "services/preprocess/engine/pixel_rules/sharpen.h"

namespace sightline::preprocess::kernels_scalar {
namespace {

#include "services/preprocess/engine/kernels/clahe_loops.h"
#include "services/preprocess/engine/kernels/gaussian_loops.h"
#include "services/preprocess/engine/kernels/local_means_loops.h"
#include "services/preprocess/engine/kernels/morphology_loops.h"
#include "services/preprocess/engine/kernels/pixel_loops.h"
#include "services/preprocess/engine/kernels/scale_loops.h"
#include "services/preprocess/engine/kernels/warp_loops.h"
#include "services/preprocess/engine/kernels/window_loops.h"

}  // namespace

#include "services/preprocess/engine/kernels/table.h"

}  // namespace sightline::preprocess::kernels_scalar
