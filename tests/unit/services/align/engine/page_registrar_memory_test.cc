// Register() allocates no more than RegisterBytes() says, measured by the
// kernel in a process of its own.
#include <gtest/gtest.h>
#include <malloc.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <random>
#include <string>

#include "services/align/engine/page_registrar.h"
#include "tests/unit/services/align/engine/degradation.h"
#include "tests/unit/services/align/engine/generated_page.h"

namespace sightline::align {
namespace {

// A value of /proc/self/status, bytes; -1 if there is none.
int64_t StatusBytes(const std::string& name) {
  std::ifstream file("/proc/self/status");
  std::string line;
  while (std::getline(file, line)) {
    if (line.rfind(name + ":", 0) == 0) {
      return std::atoll(line.c_str() + name.size() + 1) * 1024;
    }
  }
  return -1;
}

// Sets the peak of resident memory back to what is resident now.
bool ResetPeak() {
  std::ofstream file("/proc/self/clear_refs");
  file << 5 << std::flush;
  return file.good();
}

// Runs in a child process; its exit code says what happened.
enum Outcome { kWithin = 0, kAbove = 1, kNoProcfs = 2, kNoPage = 3 };

enum class Content { kPage, kNoise, kDots };

// Of noise or of dots one pixel large, neither of which is a page.
GrayImage Meaningless(Content content, int width, int height) {
  GrayImage image(width, height);
  std::mt19937 random(1);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const bool is_dark = content == Content::kNoise
                               ? random() % 2 == 0
                               : x % 2 == 0 && y % 2 == 0;
      image.row(y)[x] = is_dark ? 30 : 240;
    }
  }
  return image;
}

int MeasureOne(Method method, int scan_width, Content content) {
  PageDesign design;
  design.has_markers = true;
  design.marker = MarkerKind::kImage;
  const GeneratedPage page = DrawPage(design);
  const auto registrar = PageRegistrar::Create(page.WithImage());
  if (!registrar.ok()) return kNoPage;
  const int scan_height = scan_width * 1754 / 1240;
  const GrayImage scan =
      content == Content::kPage
          ? SeenThrough(FillIn(page, 3),
                        ScannerMap(page.page, scan_width, 30, 0, 0), scan_width,
                        scan_height, 120)
          : Meaningless(content, scan_width, scan_height);
  RegistrationOptions options;
  options.method = method;
  options.memory_bytes =
      method == Method::kSift ? int64_t{1} << 30 : int64_t{64} << 20;
  malloc_trim(0);
  if (!ResetPeak()) return kNoProcfs;
  const int64_t before = StatusBytes("VmRSS");
  (void)(*registrar)->Register(scan, options, StopToken());
  const int64_t peak = StatusBytes("VmHWM") - before;
  const int64_t bound =
      PageRegistrar::RegisterBytes(scan.width(), scan.height(), options);
  std::printf("%-8s at %d: peak %.1f MB, bound %.1f MB\n", MethodName(method),
              scan_width, peak / 1048576.0, bound / 1048576.0);
  std::fflush(stdout);
  return peak <= bound ? kWithin : kAbove;
}

void ExpectWithinBound(Method method, int scan_width, Content content) {
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) _exit(MeasureOne(method, scan_width, content));
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status));
  if (WEXITSTATUS(status) == kNoProcfs) {
    GTEST_SKIP() << "/proc/self/clear_refs can't be written here";
  }
  EXPECT_EQ(WEXITSTATUS(status), kWithin)
      << MethodName(method) << " at " << scan_width;
}

TEST(RegisterBytes, IsAnUpperBound) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "sanitizers have memory of their own";
#endif
  for (const int width : {620, 1240, 4960}) {
    for (const Method method :
         {Method::kAuto, Method::kPatches, Method::kMarkers, Method::kContour,
          Method::kOrb, Method::kAkaze, Method::kSift}) {
      ExpectWithinBound(method, width, Content::kPage);
    }
  }
}

// Noise has hundreds of thousands of outlines.
TEST(RegisterBytes, IsAnUpperBoundForMarkersInNoise) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "sanitizers have memory of their own";
#endif
  for (const Content content : {Content::kNoise, Content::kDots}) {
    ExpectWithinBound(Method::kMarkers, 848, content);
  }
}

TEST(RegisterBytes, GrowsWithTheScanAndWithWhatIsAllowed) {
  EXPECT_LT(PageRegistrar::RegisterBytes(1000, 1400),
            PageRegistrar::RegisterBytes(8000, 12000));
  RegistrationOptions little;
  little.memory_bytes = 8 << 20;
  EXPECT_LT(PageRegistrar::RegisterBytes(1240, 1754, little),
            int64_t{10} << 20);
  RegistrationOptions fast;
  fast.method = Method::kPatches;
  EXPECT_LT(PageRegistrar::RegisterBytes(1240, 1754, fast), int64_t{3} << 20);
}

}  // namespace
}  // namespace sightline::align
