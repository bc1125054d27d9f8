// What pipelines say they allocate beforehand, against what they do allocate.
// A program of its own: it replaces operator new.
#include <malloc.h>

#include <atomic>
#include <cstdlib>
#include <new>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "services/preprocess/engine/pipeline/pipeline.h"
#include "services/preprocess/engine/pipeline/presets.h"
#include "tests/unit/services/preprocess/engine/pipeline/drawn_pages.h"

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

class PipelineBytes : public testing::TestWithParam<int> {};

TEST_P(PipelineBytes, AreAnUpperBoundThatIsNotFarOff) {
  const int threads = GetParam();
  Random random(1);
  // With something to do for every stage.
  GrayImage page = Tilted(TextPage(random), 3);
  AddShadow(200, 560, 0.5, page);
  AddNoise(random, 12, page);
  FillBox(page, 0, 0, 24, kDrawnHeight, 4);
  const auto check = [&](absl::string_view name,
                         std::vector<Operation> operations, const auto& in) {
    const auto pipeline = Pipeline::Create(std::move(operations));
    ASSERT_TRUE(pipeline.ok()) << name;
    const int64_t promised =
        pipeline->WorkingBytes(in.width(), in.height(), threads).value();
    const int64_t before = live_bytes;
    peak_bytes = before;
    EXPECT_TRUE(pipeline->Run(in, {.threads = threads}).ok()) << name;
    const int64_t used = peak_bytes - before;
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
