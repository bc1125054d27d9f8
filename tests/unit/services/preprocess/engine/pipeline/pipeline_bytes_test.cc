// What pipelines say they allocate beforehand, against what they do allocate.
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "services/preprocess/engine/pipeline/pipeline.h"
#include "services/preprocess/engine/pipeline/presets.h"
#include "tests/support/memory/allocation_counter.h"
#include "tests/unit/services/preprocess/engine/pipeline/drawn_pages.h"

namespace sightline::preprocess {
namespace {

class PipelineBytes : public testing::TestWithParam<int> {};

TEST_P(PipelineBytes, AreAnUpperBoundThatIsNotFarOff) {
  const int threads = GetParam();
  Random random(1);
  // With something to do for every stage: small letters, too.
  GrayImage page = Tilted(Pipeline::Create({Resample{.factor = 0.5}})
                              ->Run(TextPage(random))
                              .value()
                              .page,
                          3);
  AddShadow(100, 280, 0.5, page);
  AddNoise(random, 12, page);
  FillBox(page, 0, 0, 12, page.height(), 4);
  const auto check = [&](absl::string_view name,
                         std::vector<Operation> operations, const auto& in) {
    const auto pipeline = Pipeline::Create(std::move(operations));
    ASSERT_TRUE(pipeline.ok()) << name;
    const int64_t promised =
        pipeline->WorkingBytes(in.width(), in.height(), threads).value();
    const AllocationCounter counter;
    EXPECT_TRUE(pipeline->Run(in, {.threads = threads}).ok()) << name;
    const int64_t used = counter.peak();
    // Reports, and threads' own bookkeeping.
    const int64_t allowance = 16384 + 2048 * threads;
    EXPECT_LE(used, promised + allowance) << name;
    EXPECT_LE(promised, 4 * threads * used + allowance) << name;
  };
  for (const Preset preset : AllPresets()) {
    check(NameOf(preset), OperationsOf(preset), page);
  }
  // Each operation that looks first, alone.
  for (const Operation& operation : OperationsOf(Preset::kAuto)) {
    check(NameOf(operation), {operation}, page);
  }
  check("nothing", {}, page);
  check("rotate", {Rotate{.degrees = 30}}, page);
  check("enlarge", {Resample{.factor = 3}}, page);
  check("reduce, then enlarge",
        {Resample{.factor = 0.5}, Resample{.factor = 3}}, page);
  const RgbImage colour = RandomColourPage(random, 500, 400);
  check("colour, fused", OperationsOf(Preset::kSeedCompat), colour);
  check("colour, median", {MedianOptions()}, colour);
}

INSTANTIATE_TEST_SUITE_P(Threads, PipelineBytes, testing::Values(1, 3));

}  // namespace
}  // namespace sightline::preprocess
