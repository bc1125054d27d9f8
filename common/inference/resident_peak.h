// The most memory that is resident while something goes on. Internal to
// common/inference.
//
// The kernel's own high-water mark counts from the process' start, and putting
// it back would spoil it for others; so a thread looks every half millisecond.
#ifndef SIGHTLINE_COMMON_INFERENCE_RESIDENT_PEAK_H_
#define SIGHTLINE_COMMON_INFERENCE_RESIDENT_PEAK_H_

#include <atomic>
#include <cstdint>
#include <thread>

namespace sightline {

class ResidentPeak {
 public:
  // May throw std::system_error where no thread can be had.
  ResidentPeak();
  ~ResidentPeak();
  ResidentPeak(const ResidentPeak&) = delete;
  ResidentPeak& operator=(const ResidentPeak&) = delete;

  // Of the whole process, since the construction.
  int64_t bytes();

 private:
  void Look();

  std::atomic<int64_t> peak_ = 0;
  std::atomic<bool> is_over_ = false;
  std::thread thread_;
};

}  // namespace sightline

#endif  // SIGHTLINE_COMMON_INFERENCE_RESIDENT_PEAK_H_
