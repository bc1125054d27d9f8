// What operations say they allocate beforehand, against what they do allocate.
// A program of its own: it replaces operator new.
#include <malloc.h>

#include <atomic>
#include <cstdlib>
#include <new>

#include "gtest/gtest.h"
#include "services/preprocess/engine/engine.h"
#include "tests/unit/services/preprocess/engine/test_pages.h"

namespace {

std::atomic<int64_t> live_bytes = 0;
std::atomic<int64_t> peak_bytes = 0;

void* Allocate(size_t size) {
  void* const memory = std::malloc(size);
  if (memory == nullptr) throw std::bad_alloc();
  const int64_t live = live_bytes +=
      static_cast<int64_t>(malloc_usable_size(memory));
  int64_t peak = peak_bytes;
  while (live > peak && !peak_bytes.compare_exchange_weak(peak, live)) {
  }
  return memory;
}

void Release(void* memory) {
  if (memory == nullptr) return;
  live_bytes -= static_cast<int64_t>(malloc_usable_size(memory));
  std::free(memory);
}

}  // namespace

void* operator new(size_t size) { return Allocate(size); }
void* operator new[](size_t size) { return Allocate(size); }
void operator delete(void* memory) noexcept { Release(memory); }
void operator delete[](void* memory) noexcept { Release(memory); }
void operator delete(void* memory, size_t) noexcept { Release(memory); }
void operator delete[](void* memory, size_t) noexcept { Release(memory); }

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
    const int64_t before = live_bytes;
    peak_bytes = before;
    EXPECT_TRUE(run(out, Execution{.threads = threads}).ok()) << name;
    const int64_t used = peak_bytes - before;
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
  check("scale", Scale::Create({.width = width, .height = height}));
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
}

INSTANTIATE_TEST_SUITE_P(Threads, WorkingBytes, testing::Values(1, 4));

TEST(WorkingSet, TheChainOnA4KPageTakesLessThanAMegabyte) {
  FusedChainOptions chain;
  chain.adaptive_mean = AdaptiveMeanOptions{.size = 11};
  EXPECT_LT(FusedChain::Create(chain)->WorkingBytes(3840, 2160, 1), 1 << 20);
}

}  // namespace
}  // namespace sightline::preprocess
