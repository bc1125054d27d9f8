// How busy and how warm a graphics device is, by the driver's own library.
//
// NVML (libnvidia-ml.so.1) comes with the driver and with nothing else: it is
// looked for when the program runs, and its absence is no error. Declarations
// are our own, after NVIDIA's NVML reference, whose binary interface is stable.
#ifndef SIGHTLINE_SERVICES_PREPROCESS_DEVICE_FIGURES_H_
#define SIGHTLINE_SERVICES_PREPROCESS_DEVICE_FIGURES_H_

#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"

namespace sightline::preprocess {

struct DeviceFigures {
  // Share of the last sampling period in which kernels ran, 0..100.
  std::optional<double> utilization_percent;
  // Degrees Celsius.
  std::optional<double> temperature_celsius;
};

// Thread-safe.
class DeviceFigureSource {
 public:
  // `library`: name or path of NVML. `bus_id`: of the device on the PCI bus, as
  // CUDA names it: "0000:3b:00.0". Errors: Unavailable (no such library, one
  // that lacks a function, no such device; the message says which).
  static absl::StatusOr<std::unique_ptr<DeviceFigureSource>> Open(
      const std::string& library, const std::string& bus_id);
  ~DeviceFigureSource();
  DeviceFigureSource(const DeviceFigureSource&) = delete;
  DeviceFigureSource& operator=(const DeviceFigureSource&) = delete;

  // What the driver does not tell is absent.
  DeviceFigures Read() const;

 private:
  struct Library;
  explicit DeviceFigureSource(std::unique_ptr<Library> library);

  const std::unique_ptr<Library> library_;
};

}  // namespace sightline::preprocess

#endif  // SIGHTLINE_SERVICES_PREPROCESS_DEVICE_FIGURES_H_
