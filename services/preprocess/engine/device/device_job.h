// An operator's work as kernels over sections of a device's memory.
//
// A batch of jobs shares four sections: what is uploaded (pixels and constants
// of each job, behind the descriptions of all), what must be zero at first,
// what lies between kernels, and what is downloaded. How many bytes of each a
// job takes is known before anything happens: that is what admission goes by.
#ifndef SIGHTLINE_SERVICES_PREPROCESS_ENGINE_DEVICE_DEVICE_JOB_H_
#define SIGHTLINE_SERVICES_PREPROCESS_ENGINE_DEVICE_DEVICE_JOB_H_

#include <cstdint>
#include <vector>

#include "common/image/image.h"
#include "services/preprocess/engine/accelerator.h"
#include "services/preprocess/engine/device/device.h"

namespace sightline::preprocess::device {

inline constexpr int64_t kSectionAlignment = 256;

constexpr int64_t AlignSection(int64_t bytes) {
  return (bytes + kSectionAlignment - 1) / kSectionAlignment *
         kSectionAlignment;
}

// Multiples of kSectionAlignment.
struct JobBytes {
  int64_t upload = 0;
  int64_t cleared = 0;
  int64_t scratch = 0;
  int64_t result = 0;

  int64_t device() const { return upload + cleared + scratch + result; }
  int64_t pinned() const { return upload + result; }
};

// A job's part of each section.
struct JobMemory {
  uint8_t* upload = nullptr;
  uint8_t* cleared = nullptr;
  uint8_t* scratch = nullptr;
  uint8_t* result = nullptr;
};

// What a job does, once its memory is known.
struct JobPlan {
  struct Constant {
    // In the upload section.
    int64_t offset;
    const void* data;
    int64_t bytes;
  };

  JobBytes bytes;
  // One after the other. first_block is the batch's business.
  std::vector<KernelPage> steps;
  std::vector<Constant> constants;
  // In the upload and the result section.
  int64_t page_offset = 0;
  DeviceImage page;
  int64_t result_offset = 0;
  DeviceImage result;
  // ChainPage::is_packed: the result is black and white, a bit a pixel.
  bool is_packed = false;
};

// Of a kernel's page.
int BlocksOf(const KernelPage& page);
int SharedBytesOf(const KernelPage& page);

// One page and what to do with it. Views what it was made of.
class DeviceJob {
 public:
  DeviceJob(const AcceleratorWork& work, const AcceleratorPage& page);

  // Whether there is a kernel for it: elements that are no rectangle, windows
  // too large for shared memory, and colour for anything but a chain have none.
  bool is_supported() const { return is_supported_; }
  const JobBytes& bytes() const { return bytes_; }
  // Of the descriptions that the batch uploads for it.
  int64_t description_bytes() const;
  // Jobs with equal kernels go into one batch.
  const std::vector<int>& kernels() const { return kernels_; }

  JobPlan Plan(const JobMemory& memory) const;
  // Writes constants and pixels. `upload`: pinned memory, for `plan`.
  void FillUpload(const JobPlan& plan, uint8_t* upload) const;
  // Gives `out` the result. False: there is no memory for it.
  static bool TakeResult(const JobPlan& plan, const uint8_t* result,
                         GrayImage& out);

 private:
  const AcceleratorWork work_;
  const AcceleratorPage page_;
  bool is_supported_ = true;
  JobBytes bytes_;
  std::vector<int> kernels_;
};

}  // namespace sightline::preprocess::device

#endif  // SIGHTLINE_SERVICES_PREPROCESS_ENGINE_DEVICE_DEVICE_JOB_H_
