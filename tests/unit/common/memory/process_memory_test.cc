#include "common/memory/process_memory.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstring>
#include <memory>
#include <thread>
#include <vector>

namespace sightline {
namespace {

constexpr int64_t kMebibyte = 1024 * 1024;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kOwnAllocator = true;
#else
constexpr bool kOwnAllocator = false;
#endif

TEST(ProcessMemory, FollowsWhatIsAllocated) {
  const int64_t before = ResidentBytes();
  ASSERT_GT(before, 0);
  {
    std::vector<char> block(64 * kMebibyte);
    std::memset(block.data(), 1, block.size());
    EXPECT_GT(ResidentBytes(), before + 60 * kMebibyte);
  }
  EXPECT_GT(PeakResidentBytes(), before + 60 * kMebibyte);
}

TEST(ProcessMemory, MachineHasMoreThanTheProcess) {
  EXPECT_GT(MachineMemoryBytes(), ResidentBytes());
  EXPECT_EQ(MachineMemoryBytes() % getpagesize(), 0);
}

TEST(ProcessMemory, ReturnsWhatManySmallBlocksHeld) {
  if (kOwnAllocator) GTEST_SKIP() << "the sanitizer has its own allocator";
  ConfigureAllocator(1);
  const int64_t before = ResidentBytes();
  std::vector<std::unique_ptr<char[]>> blocks;
  for (int i = 0; i < 64 * 1024; ++i) {
    blocks.push_back(std::make_unique<char[]>(1024));
  }
  const int64_t full = ResidentBytes();
  ASSERT_GT(full, before + 60 * kMebibyte);
  // The last one stays and pins the top of the heap, so that only an explicit
  // trim can give back what is below.
  blocks.erase(blocks.begin(), blocks.end() - 1);
  ReturnFreeMemory();
  EXPECT_LT(ResidentBytes(), before + 8 * kMebibyte);
}

TEST(ProcessMemory, ThreadsShareOneArena) {
  if (kOwnAllocator) GTEST_SKIP() << "the sanitizer has its own allocator";
  ConfigureAllocator(1);
  // An arena of its own would be mapped far from the main heap.
  const auto own = std::make_unique<char[]>(1000);
  std::unique_ptr<char[]> of_thread;
  std::thread([&of_thread] {
    of_thread = std::make_unique<char[]>(1000);
  }).join();
  const auto distance = std::abs(reinterpret_cast<intptr_t>(own.get()) -
                                 reinterpret_cast<intptr_t>(of_thread.get()));
  EXPECT_LT(distance, 256 * kMebibyte);
}

TEST(ProcessMemory, ImageSizedBlocksGoStraightBack) {
  if (kOwnAllocator) GTEST_SKIP() << "the sanitizer has its own allocator";
  ConfigureAllocator(1);
  // Without a fixed threshold the first free would raise it to 8 MiB and the
  // later blocks would come from the heap, where a small one pins them.
  std::vector<std::unique_ptr<char[]>> pins;
  const int64_t before = ResidentBytes();
  for (int i = 0; i < 8; ++i) {
    std::vector<char> image(8 * kMebibyte, 1);
    pins.push_back(std::make_unique<char[]>(64));
  }
  EXPECT_LT(ResidentBytes(), before + 4 * kMebibyte);
}

}  // namespace
}  // namespace sightline
