// The preprocess engine: pages that OCR can read, the same bits on any machine.
//
// A library of C++20 with absl::Status at its border; no OpenCV, gRPC or
// protobuf. How the pieces fit, from the ground up:
//
//   pixel_rules/     what becomes of a pixel, exactly: integers, or float32
//                    operations rounded one by one. Header-only, for processor
//                    and graphics device (SIGHTLINE_HOST_DEVICE). Everything
//                    that makes pixels goes by these rules, so every way to run
//                    an operation gives the same bits.
//   kernels/         loops over rows, written once and compiled for plain
//                    x86-64, AVX2 and AVX-512; instruction_set.h chooses.
//   row_source.h     rows on demand: operations one after the other without an
//                    image in between, bands of rows on several threads.
//   <operation>.h    one operation each. Create() checks the parameters once
//                    and names the fields that are wrong; the operation is
//                    immutable from then on. Run() takes a view of a page and
//                    an Execution (threads, instructions, a stop token that is
//                    polled between bands). WorkingBytes() says beforehand
//                    what Run() allocates.
//   fused_chain.h    gray, CLAHE, Gaussian and threshold in one pass.
//   accelerator.h    who may do an operator's work in its place.
//   device/          a graphics device does, if there is one: device_engine.h.
//   pipeline/        lists of operations, presets, and a report of what was
//                    done and why: pipeline/pipeline.h.
//
//   turn to gray     gray.h
//   measure          noise.h, polarity.h, skew.h, text_height.h, page_border.h,
//                    histogram.h, Despeckle::Estimate()
//   contrast, light  clahe.h, flatten.h, stretch.h, point_rows.h (inversion)
//   smooth           gaussian.h, median.h, bilateral.h, non_local_means.h,
//                    despeckle.h
//   sharpen          sharpen.h
//   black and white  adaptive_mean.h, adaptive_gaussian.h, otsu.h,
//                    local_threshold.h
//   shapes           morphology.h, line_removal.h
//   geometry         affine_warp.h, scale.h, page_border.h
//
// Equal to OpenCV 4.6 on x86-64, bit for bit: gray, CLAHE, Gaussian, mean
// threshold (up to 163 pixels), Otsu, morphology, median, non-local means,
// warp, linear scaling, area scaling by whole factors. The others have their
// own exact specification, in their rules.
#ifndef SIGHTLINE_SERVICES_PREPROCESS_ENGINE_ENGINE_H_
#define SIGHTLINE_SERVICES_PREPROCESS_ENGINE_ENGINE_H_

// IWYU pragma: begin_exports
#include "services/preprocess/engine/adaptive_gaussian.h"
#include "services/preprocess/engine/adaptive_mean.h"
#include "services/preprocess/engine/affine_warp.h"
#include "services/preprocess/engine/bilateral.h"
#include "services/preprocess/engine/clahe.h"
#include "services/preprocess/engine/despeckle.h"
#include "services/preprocess/engine/execution.h"
#include "services/preprocess/engine/flatten.h"
#include "services/preprocess/engine/fused_chain.h"
#include "services/preprocess/engine/gaussian.h"
#include "services/preprocess/engine/gray.h"
#include "services/preprocess/engine/histogram.h"
#include "services/preprocess/engine/line_removal.h"
#include "services/preprocess/engine/local_threshold.h"
#include "services/preprocess/engine/median.h"
#include "services/preprocess/engine/morphology.h"
#include "services/preprocess/engine/noise.h"
#include "services/preprocess/engine/non_local_means.h"
#include "services/preprocess/engine/otsu.h"
#include "services/preprocess/engine/page_border.h"
#include "services/preprocess/engine/point_rows.h"
#include "services/preprocess/engine/polarity.h"
#include "services/preprocess/engine/scale.h"
#include "services/preprocess/engine/sharpen.h"
#include "services/preprocess/engine/skew.h"
#include "services/preprocess/engine/stretch.h"
#include "services/preprocess/engine/text_height.h"
// IWYU pragma: end_exports

#endif  // SIGHTLINE_SERVICES_PREPROCESS_ENGINE_ENGINE_H_
