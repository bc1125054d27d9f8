// What operations say they allocate beforehand, against what they do allocate.

#include "gtest/gtest.h"
#include "services/preprocess/engine/engine.h"
#include "tests/support/memory/allocation_counter.h"
#include "tests/unit/services/preprocess/engine/test_pages.h"

namespace sightline::preprocess {
namespace {

class WorkingBytes : public testing::TestWithParam<int> {};

TEST_P(WorkingBytes, AreAnUpperBoundThatIsNotFarOff) {
  Random random(1);
  const int width = 2000;
  const int height = 700;
  const int threads = GetParam();
  const GrayImage page = RandomPage(random, width, height);
  GrayImage out(width, height);
  const auto measure = [&](const char* name, int64_t promised, auto&& run) {
    const AllocationCounter counter;
    EXPECT_TRUE(run(out, Execution{.threads = threads}).ok()) << name;
    const int64_t used = counter.peak();
    // A thread's own bookkeeping.
    const int64_t allowance = 4096 + 2048 * threads;
    EXPECT_LE(used, promised + allowance) << name;
    // Fewer bands than threads may run at a time.
    EXPECT_LE(promised, 6 * threads * used + 8 * allowance) << name;
  };
  const auto check = [&](const char* name, const auto& created) {
    ASSERT_TRUE(created.ok()) << name;
    measure(name, created->WorkingBytes(width, height, threads),
            [&](GrayImage& result, const Execution& execution) {
              return created->Run(page, result, execution);
            });
  };
  check("clahe", Clahe::Create({}));
  check("gaussian 3", Gaussian::Create({}));
  check("gaussian 91", Gaussian::Create({.size_x = 91, .size_y = 91}));
  check("adaptive mean", AdaptiveMean::Create({}));
  check("adaptive gaussian", AdaptiveGaussian::Create({}));
  check("sauvola", LocalThresholdFilter::Create({}));
  check("closing", Morphology::Create({.width = 31, .height = 31}));
  check("ellipse", Morphology::Create({.shape = rules::ElementShape::kEllipse,
                                       .width = 31,
                                       .height = 31}));
  check("median", Median::Create({.size = 7}));
  check("bilateral", Bilateral::Create({}));
  check("nlm", NonLocalMeans::Create({.search_size = 5}));
  check("unsharp", UnsharpMask::Create({}));
  check("laplacian", LaplacianSharpen::Create({}));
  check("flatten", Flatten::Create({}));
  check("despeckle", Despeckle::Create({}));
  check("line removal", LineRemoval::Create({}));
  check("cubic", Scale::Create({.width = width, .height = height}));
  check("linear", Scale::Create({.method = ScaleMethod::kLinear,
                                 .width = width,
                                 .height = height}));
  FusedChainOptions chain;
  chain.adaptive_mean = AdaptiveMeanOptions();
  check("chain", FusedChain::Create(chain));
  const auto warp =
      AffineWarp::Create(RotationMap(width, height, 2), width, height);
  measure("warp", warp->WorkingBytes(),
          [&](GrayImage& result, const Execution& execution) {
            return warp->Run(page, result, execution);
          });
  measure("skew", SkewBytes(width, height, threads),
          [&](GrayImage&, const Execution& execution) {
            return EstimateSkew(page, {}, execution).status();
          });
  measure("text height", TextHeightBytes(width),
          [&](GrayImage&, const Execution& execution) {
            return EstimateTextHeight(page, {}, execution).status();
          });
}

INSTANTIATE_TEST_SUITE_P(Threads, WorkingBytes, testing::Values(1, 4));

TEST(WorkingSet, TheChainOnA4KPageTakesLessThanAMegabyte) {
  FusedChainOptions chain;
  chain.adaptive_mean = AdaptiveMeanOptions{.size = 11};
  EXPECT_LT(FusedChain::Create(chain)->WorkingBytes(3840, 2160, 1), 1 << 20);
}

}  // namespace
}  // namespace sightline::preprocess
