// The CUDA kernels: the same bytes as the processor, and how long they take.
//
//   device_bench                 the table
//   device_bench --only nlm      what has this in its name
//   device_bench --pages 128     so many pages take turns (128: more than 1 GB,
//                                so that no cache holds them)
//
// For each operation and each kind of page (white paper, noise, a photo's
// smooth grays): first the whole way through the device engine, its bytes
// compared with the processor's; then the kernels alone, on pages that are in
// the device's memory already, between two CUDA events, beside what reading and
// writing these bytes takes at --bandwidth (4300 GB/s, of an H200). Last, pages
// a second through the engine from several threads, copies included.
#include <cuda_runtime_api.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/time/clock.h"
#include "services/preprocess/engine/device/cuda_kernels.h"
#include "services/preprocess/engine/device/device_engine.h"
#include "services/preprocess/engine/device/device_job.h"
#include "services/preprocess/engine/engine.h"

namespace sightline::preprocess::device {
namespace {

constexpr int kWidth = 3840;
constexpr int kHeight = 2160;
constexpr int kBatch = 32;
constexpr int kRounds = 3;

struct Options {
  std::string only;
  int pages = 128;
  double gigabytes_per_second = 4300;
};

void Demand(bool is_fine, const std::string& what) {
  if (is_fine) return;
  std::fprintf(stderr, "device_bench: %s\n", what.c_str());
  std::exit(1);
}

void Demand(cudaError_t error, const char* what) {
  Demand(error == cudaSuccess,
         std::string(what) + ": " + cudaGetErrorString(error));
}

enum class Kind { kWhite, kNoise, kPhoto };
constexpr Kind kKinds[] = {Kind::kWhite, Kind::kNoise, Kind::kPhoto};
const char* NameOf(Kind kind) {
  constexpr const char* kNames[] = {"white", "noise", "photo"};
  return kNames[static_cast<int>(kind)];
}

GrayImage MakePage(Kind kind) {
  GrayImage page(kWidth, kHeight);
  std::minstd_rand random(7);
  for (int y = 0; y < kHeight; ++y) {
    for (int x = 0; x < kWidth; ++x) {
      int gray = 255;
      if (kind == Kind::kNoise) gray = static_cast<int>(random() >> 8 & 255);
      if (kind == Kind::kWhite && y % 40 < 20 && x % 12 < 2) gray = 20;
      if (kind == Kind::kPhoto) {
        gray = (x * 255 / kWidth + y * 255 / kHeight) / 2 +
               static_cast<int>(random() >> 8 & 15);
      }
      page.row(y)[x] = static_cast<uint8_t>(gray);
    }
  }
  return page;
}

// An operator without its type.
struct Case {
  std::string name;
  std::function<AcceleratorWork()> work;
  std::function<absl::Status(const GrayView&, GrayImage&)> run;
  // Bytes that must be read and written for a pixel.
  double bytes_per_pixel;
};

template <typename Operator>
Case MakeCase(std::string name, double bytes_per_pixel,
              absl::StatusOr<Operator> made) {
  Demand(made.ok(), made.status().ToString());
  const auto kept = std::make_shared<const Operator>(*std::move(made));
  return {std::move(name), [kept] { return WorkOf(*kept); },
          [kept](const GrayView& in, GrayImage& out) {
            return kept->Run(in, out,
                             {.threads = static_cast<int>(std::max(
                                  1u, std::thread::hardware_concurrency()))});
          },
          bytes_per_pixel};
}

std::vector<Case> AllCases() {
  FusedChainOptions clahe;
  clahe.gaussian.reset();
  FusedChainOptions mean;
  mean.clahe.reset();
  mean.gaussian.reset();
  mean.adaptive_mean = AdaptiveMeanOptions();
  FusedChainOptions chain;
  FusedChainOptions all;
  all.adaptive_mean = AdaptiveMeanOptions{.size = 11, .offset = 2};
  FusedChainOptions seed = all;
  seed.gaussian = GaussianOptions{.size_x = 7, .size_y = 7, .sigma_x = 0.8};
  std::vector<Case> cases;
  // Read for the histogram, read and written; a bit a pixel where thresholded.
  cases.push_back(MakeCase("clahe", 3, FusedChain::Create(clahe)));
  cases.push_back(MakeCase("clahe+gaussian3", 3, FusedChain::Create(chain)));
  cases.push_back(
      MakeCase("clahe+gaussian3+mean11", 2.125, FusedChain::Create(all)));
  cases.push_back(
      MakeCase("clahe+gaussian7+mean11", 2.125, FusedChain::Create(seed)));
  cases.push_back(MakeCase("mean31", 1.125, FusedChain::Create(mean)));
  cases.push_back(MakeCase("median3", 2, Median::Create({.size = 3})));
  cases.push_back(MakeCase("median5", 2, Median::Create({.size = 5})));
  cases.push_back(MakeCase("closing31", 2,
                           Morphology::Create({.width = 31, .height = 31})));
  cases.push_back(MakeCase("flatten", 2, Flatten::Create({})));
  cases.push_back(MakeCase("nlm7in21", 2, NonLocalMeans::Create({})));
  return cases;
}

uint64_t Hash(const GrayImage& image) {
  uint64_t hash = 1469598103934665603u;
  for (int64_t i = 0; i < image.size_bytes(); ++i) {
    hash = (hash ^ image.data()[i]) * 1099511628211u;
  }
  return hash;
}

// Batches of a case in the device's memory, each with pages of its own.
class Resident {
 public:
  Resident(const Case& each, const GrayImage& page, int pages)
      : job_(each.work(), GrayView(page)) {
    Demand(job_.is_supported(), each.name + " has no kernel");
    const JobBytes& bytes = job_.bytes();
    const int64_t one = bytes.device();
    cleared_bytes_ = bytes.cleared;
    for (int first = 0; first < pages; first += kBatch) {
      const int count = std::min(kBatch, pages - first);
      Batch& batch = batches_.emplace_back();
      batch.memory = Allocate(one * count + bytes.cleared);
      // What must be zero lies together.
      batch.cleared = batch.memory + one * count - bytes.cleared * count;
      batch.pages = count;
      std::vector<JobPlan> plans;
      for (int i = 0; i < count; ++i) {
        uint8_t* const at = batch.memory + (one - bytes.cleared) * i;
        plans.push_back(
            job_.Plan({.upload = at,
                       .cleared = batch.cleared + bytes.cleared * i,
                       .scratch = at + bytes.upload,
                       .result = at + bytes.upload + bytes.scratch}));
        Upload(plans.back(), at);
      }
      Describe(plans, batch);
    }
  }
  ~Resident() {
    for (const Batch& batch : batches_) {
      cudaFree(batch.memory);
      cudaFree(batch.descriptions);
    }
  }
  Resident(const Resident&) = delete;
  Resident& operator=(const Resident&) = delete;

  // Microseconds for a page, the least of kRounds over all batches.
  double Measure() {
    cudaEvent_t begin;
    cudaEvent_t end;
    Demand(cudaEventCreate(&begin), "event");
    Demand(cudaEventCreate(&end), "event");
    double least = 1e30;
    // The first round warms up.
    for (int round = 0; round <= kRounds; ++round) {
      Demand(cudaEventRecord(begin, nullptr), "recording");
      int pages = 0;
      for (const Batch& batch : batches_) {
        Launch(batch);
        pages += batch.pages;
      }
      Demand(cudaEventRecord(end, nullptr), "recording");
      Demand(cudaEventSynchronize(end), "running the kernels");
      float milliseconds = 0;
      Demand(cudaEventElapsedTime(&milliseconds, begin, end), "timing");
      if (round > 0) least = std::min(least, 1000.0 * milliseconds / pages);
    }
    cudaEventDestroy(begin);
    cudaEventDestroy(end);
    return least;
  }

 private:
  struct Batch {
    uint8_t* memory = nullptr;
    uint8_t* cleared = nullptr;
    uint8_t* descriptions = nullptr;
    int pages = 0;
    std::vector<KernelLaunch> launches;
  };

  static uint8_t* Allocate(int64_t bytes) {
    void* memory = nullptr;
    Demand(cudaMalloc(&memory, static_cast<size_t>(bytes)), "allocating");
    return static_cast<uint8_t*>(memory);
  }

  void Upload(const JobPlan& plan, uint8_t* to) {
    std::vector<uint8_t> upload(static_cast<size_t>(job_.bytes().upload));
    job_.FillUpload(plan, upload.data());
    Demand(cudaMemcpy(to, upload.data(), upload.size(), cudaMemcpyHostToDevice),
           "uploading");
  }

  static void Describe(std::vector<JobPlan>& plans, Batch& batch) {
    const size_t steps = plans[0].steps.size();
    const size_t step_bytes = plans.size() * sizeof(KernelPage);
    const size_t aligned =
        static_cast<size_t>(AlignSection(static_cast<int64_t>(step_bytes)));
    std::vector<uint8_t> all(steps * aligned);
    batch.descriptions = Allocate(static_cast<int64_t>(all.size()));
    for (size_t step = 0; step < steps; ++step) {
      KernelLaunch launch;
      launch.kernel = static_cast<int>(plans[0].steps[step].index());
      launch.page_count = static_cast<int>(plans.size());
      launch.pages = batch.descriptions + step * aligned;
      uint8_t* to = all.data() + step * aligned;
      for (JobPlan& plan : plans) {
        std::visit(
            [&](auto& page) {
              page.first_block = launch.blocks;
              std::memcpy(to, &page, sizeof(page));
              to += sizeof(page);
            },
            plan.steps[step]);
        launch.blocks += BlocksOf(plan.steps[step]);
        launch.shared_bytes =
            std::max(launch.shared_bytes, SharedBytesOf(plan.steps[step]));
      }
      batch.launches.push_back(launch);
    }
    Demand(cudaMemcpy(batch.descriptions, all.data(), all.size(),
                      cudaMemcpyHostToDevice),
           "uploading");
  }

  void Launch(const Batch& batch) const {
    if (cleared_bytes_ > 0) {
      Demand(cudaMemsetAsync(batch.cleared, 0,
                             static_cast<size_t>(cleared_bytes_ * batch.pages),
                             nullptr),
             "clearing");
    }
    for (const KernelLaunch& launch : batch.launches) {
      Demand(LaunchCudaKernel(nullptr, launch.kernel, launch.pages,
                              launch.page_count, launch.blocks,
                              launch.shared_bytes),
             "launching");
    }
  }

  const DeviceJob job_;
  int64_t cleared_bytes_ = 0;
  std::vector<Batch> batches_;
};

// Pages a second through the engine, from so many threads.
double PagesPerSecond(DeviceEngine& engine, const Case& each,
                      const GrayImage& page, int threads) {
  std::atomic<int> done = 0;
  const absl::Time start = absl::Now();
  {
    std::vector<std::jthread> all;
    for (int i = 0; i < threads; ++i) {
      all.emplace_back([&] {
        GrayImage out;
        while (absl::Now() - start < absl::Seconds(1)) {
          const auto reason =
              engine.TryRun(each.work(), GrayView(page), out, {});
          if (reason.ok() && *reason == FallbackReason::kNone) ++done;
        }
      });
    }
  }
  return done / absl::ToDoubleSeconds(absl::Now() - start);
}

int Run(const Options& options) {
  auto opened = DeviceEngine::Open(0, {.slots = 4,
                                       .device_budget_bytes = int64_t{8} << 30,
                                       .pinned_budget_bytes = int64_t{4} << 30,
                                       .max_delay = absl::Seconds(10)});
  Demand(opened.ok(), std::string(opened.status().message()));
  DeviceEngine& engine = **opened;
  std::printf("%s, driver %s, %.1f GB; pages of %d x %d, %d of them\n",
              engine.info().model.c_str(), engine.info().driver_version.c_str(),
              static_cast<double>(engine.info().total_bytes) / 1e9, kWidth,
              kHeight, options.pages);
  std::printf("%-24s %-6s %-9s %10s %10s %7s %12s %12s\n", "operation", "page",
              "bytes", "us/page", "floor us", "share", "pages/s, 1", "16 thr.");
  int differing = 0;
  for (const Case& each : AllCases()) {
    if (each.name.find(options.only) == std::string::npos) continue;
    for (const Kind kind : kKinds) {
      const GrayImage page = MakePage(kind);
      GrayImage expected;
      GrayImage actual;
      Demand(each.run(page, expected).ok(), each.name + " failed");
      const auto reason =
          engine.TryRun(each.work(), GrayView(page), actual, {});
      Demand(reason.ok() && *reason == FallbackReason::kNone,
             each.name + " was declined");
      const bool is_same = Hash(expected) == Hash(actual);
      if (!is_same) ++differing;
      const double us = Resident(each, page, options.pages).Measure();
      const double floor_us = each.bytes_per_pixel * kWidth * kHeight /
                              (1000 * options.gigabytes_per_second);
      std::printf("%-24s %-6s %-9s %10.1f %10.1f %6.0f%% %12.0f %12.0f\n",
                  each.name.c_str(), NameOf(kind),
                  is_same ? "same" : "DIFFERENT", us, floor_us,
                  100 * floor_us / us, PagesPerSecond(engine, each, page, 1),
                  PagesPerSecond(engine, each, page, 16));
      std::fflush(stdout);
    }
  }
  return differing == 0 ? 0 : 1;
}

int Main(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string flag = argv[i];
    Demand(i + 1 < argc, "usage: see the head of device_bench_main.cc");
    const std::string value = argv[++i];
    bool is_fine = true;
    if (flag == "--only") {
      options.only = value;
    } else if (flag == "--pages") {
      is_fine = absl::SimpleAtoi(value, &options.pages) && options.pages > 0;
    } else if (flag == "--bandwidth") {
      is_fine = absl::SimpleAtod(value, &options.gigabytes_per_second) &&
                options.gigabytes_per_second > 0;
    } else {
      is_fine = false;
    }
    Demand(is_fine, "what is " + flag + " " + value + "?");
  }
  return Run(options);
}

}  // namespace
}  // namespace sightline::preprocess::device

int main(int argc, char** argv) {
  return sightline::preprocess::device::Main(argc, argv);
}
