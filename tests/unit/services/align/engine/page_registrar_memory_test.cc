// Register() allocates no more than RegisterBytes() says, measured by the
// kernel in a process of its own.
#include <gtest/gtest.h>
#include <malloc.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
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

int MeasureOne(Method method, int scan_width) {
  PageDesign design;
  design.has_markers = true;
  design.marker = MarkerKind::kImage;
  const GeneratedPage page = DrawPage(design);
  const auto registrar = PageRegistrar::Create(page.WithImage());
  if (!registrar.ok()) return kNoPage;
  const GrayImage scan =
      SeenThrough(FillIn(page, 3), ScannerMap(page.page, scan_width, 30, 0, 0),
                  scan_width, scan_width * 1754 / 1240, 120);
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

TEST(RegisterBytes, IsAnUpperBound) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "sanitizers have memory of their own";
#endif
  for (const int width : {620, 1240, 4960}) {
    for (const Method method :
         {Method::kAuto, Method::kPatches, Method::kMarkers, Method::kContour,
          Method::kOrb, Method::kAkaze, Method::kSift}) {
      const pid_t child = fork();
      ASSERT_GE(child, 0);
      if (child == 0) _exit(MeasureOne(method, width));
      int status = 0;
      ASSERT_EQ(waitpid(child, &status, 0), child);
      ASSERT_TRUE(WIFEXITED(status));
      if (WEXITSTATUS(status) == kNoProcfs) {
        GTEST_SKIP() << "/proc/self/clear_refs can't be written here";
      }
      EXPECT_EQ(WEXITSTATUS(status), kWithin)
          << MethodName(method) << " at " << width;
    }
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
