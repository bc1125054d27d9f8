#include "services/preprocess/engine/execution.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <new>
#include <system_error>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "services/preprocess/engine/reasons.h"

namespace sightline::preprocess {
namespace {

constexpr int kMaxThreads = 256;

absl::Status OutOfMemory() {
  return Error(absl::StatusCode::kResourceExhausted, kOutOfMemory)
      .Message("memory ran out while preprocessing; repeat later");
}

// What the threads of one RunBands() share.
class Bands {
 public:
  Bands(int rows, int rows_per_band, const StopToken& stop,
        const std::function<void(int, int)>& body)
      : rows_(rows), rows_per_band_(rows_per_band), stop_(stop), body_(body) {}

  // Takes bands until none is left or one has failed.
  void Work() {
    while (!failed_.load(std::memory_order_relaxed)) {
      const int64_t begin = int64_t{rows_per_band_} *
                            next_.fetch_add(1, std::memory_order_relaxed);
      if (begin >= rows_) return;
      absl::Status status = stop_.Poll();
      if (status.ok()) {
        try {
          body_(static_cast<int>(begin), static_cast<int>(std::min<int64_t>(
                                             begin + rows_per_band_, rows_)));
        } catch (const std::bad_alloc&) {
          status = OutOfMemory();
        }
      }
      if (!status.ok()) {
        std::lock_guard<std::mutex> lock(mutex_);
        if (status_.ok()) status_ = status;
        failed_ = true;
      }
    }
  }

  absl::Status status() const { return status_; }

 private:
  const int rows_;
  const int rows_per_band_;
  const StopToken& stop_;
  const std::function<void(int, int)>& body_;
  std::atomic<int64_t> next_ = 0;
  std::atomic<bool> failed_ = false;
  std::mutex mutex_;
  absl::Status status_;  // Guarded by mutex_ while threads run.
};

}  // namespace

absl::Status CheckRun(int width, int height, int64_t stride_bytes, int channels,
                      const Execution& execution) {
  if (width < 1 || height < 1) {
    return Error(absl::StatusCode::kInvalidArgument, kImageInvalid)
        .Message(absl::StrCat("the image is ", width, " x ", height,
                              " pixels; both sides must be at least 1"));
  }
  if (width > kMaxSide || height > kMaxSide ||
      int64_t{width} * height > kMaxPixels) {
    return Error(absl::StatusCode::kInvalidArgument, kImageInvalid)
        .Message(absl::StrCat("the image is ", width, " x ", height,
                              " pixels; at most ", kMaxSide, " a side and ",
                              kMaxPixels, " in all are preprocessed"));
  }
  if (stride_bytes < int64_t{width} * channels) {
    return Error(absl::StatusCode::kInvalidArgument, kImageInvalid)
        .Message(absl::StrCat("rows of ", int64_t{width} * channels,
                              " bytes begin only ", stride_bytes,
                              " bytes apart"));
  }
  if (execution.threads < 1 || execution.threads > kMaxThreads) {
    return Error(absl::StatusCode::kInvalidArgument, kExecutionInvalid)
        .Message(absl::StrCat(execution.threads, " threads; 1..", kMaxThreads,
                              " are possible"));
  }
  if (!IsSupported(execution.instructions)) {
    return Error(absl::StatusCode::kInvalidArgument, kExecutionInvalid)
        .Message(absl::StrCat("this processor or build lacks ",
                              InstructionSetName(execution.instructions)));
  }
  return execution.stop.Poll();
}

absl::Status Resize(int width, int height, GrayImage& out) {
  if (out.width() == width && out.height() == height) return absl::OkStatus();
  try {
    // Not both at a time.
    out = GrayImage();
    out = GrayImage(width, height);
  } catch (const std::bad_alloc&) {
    return OutOfMemory();
  }
  return absl::OkStatus();
}

absl::Status RunBands(int rows, int rows_per_band, const Execution& execution,
                      const std::function<void(int begin, int end)>& body) {
  Bands bands(rows, rows_per_band, execution.stop, body);
  const int count = (rows + rows_per_band - 1) / rows_per_band;
  const int helpers = std::min(execution.threads, count) - 1;
  std::vector<std::jthread> threads;
  try {
    threads.reserve(std::max(helpers, 0));
    for (int i = 0; i < helpers; ++i) {
      threads.emplace_back([&bands] { bands.Work(); });
    }
  } catch (const std::system_error&) {
    // Fewer threads do the same work.
  } catch (const std::bad_alloc&) {
  }
  bands.Work();
  threads.clear();
  return bands.status();
}

}  // namespace sightline::preprocess
