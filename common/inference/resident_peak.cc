#include "common/inference/resident_peak.h"

#include <chrono>

#include "common/memory/process_memory.h"

namespace sightline {

ResidentPeak::ResidentPeak() {
  Look();
  thread_ = std::thread([this] {
    while (!is_over_) {
      Look();
      std::this_thread::sleep_for(std::chrono::microseconds(500));
    }
  });
}

ResidentPeak::~ResidentPeak() {
  is_over_ = true;
  thread_.join();
}

int64_t ResidentPeak::bytes() {
  Look();
  return peak_;
}

void ResidentPeak::Look() {
  const int64_t now = ResidentBytes();
  int64_t peak = peak_;
  while (now > peak && !peak_.compare_exchange_weak(peak, now)) {
  }
}

}  // namespace sightline
