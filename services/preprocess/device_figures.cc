#include "services/preprocess/device_figures.h"

#include <dlfcn.h>

#include <utility>

#include "absl/strings/str_cat.h"

namespace sightline::preprocess {
namespace {

// nvml.h: nvmlReturn_t, of which only success matters here; nvmlDevice_t;
// nvmlUtilization_t; NVML_TEMPERATURE_GPU.
constexpr int kSuccess = 0;
using NvmlDevice = void*;
struct NvmlUtilization {
  unsigned int gpu;
  unsigned int memory;
};
constexpr int kGpuSensor = 0;

}  // namespace

struct DeviceFigureSource::Library {
  void* handle = nullptr;
  NvmlDevice device = nullptr;
  bool is_initialised = false;
  int (*initialise)() = nullptr;
  int (*shut_down)() = nullptr;
  int (*find)(const char*, NvmlDevice*) = nullptr;
  int (*utilization)(NvmlDevice, NvmlUtilization*) = nullptr;
  int (*temperature)(NvmlDevice, int, unsigned int*) = nullptr;

  ~Library() {
    if (is_initialised) shut_down();
    if (handle != nullptr) dlclose(handle);
  }

  template <typename Function>
  bool Find(const char* name, Function& function) {
    function = reinterpret_cast<Function>(dlsym(handle, name));
    return function != nullptr;
  }
};

absl::StatusOr<std::unique_ptr<DeviceFigureSource>> DeviceFigureSource::Open(
    const std::string& name, const std::string& bus_id) {
  auto library = std::make_unique<Library>();
  library->handle = dlopen(name.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library->handle == nullptr) {
    return absl::UnavailableError(absl::StrCat(name, " is not there"));
  }
  const bool has_all =
      library->Find("nvmlInit_v2", library->initialise) &&
      library->Find("nvmlShutdown", library->shut_down) &&
      library->Find("nvmlDeviceGetHandleByPciBusId_v2", library->find) &&
      library->Find("nvmlDeviceGetUtilizationRates", library->utilization) &&
      library->Find("nvmlDeviceGetTemperature", library->temperature);
  if (!has_all) {
    return absl::UnavailableError(absl::StrCat(name, " is no NVML"));
  }
  if (library->initialise() != kSuccess) {
    return absl::UnavailableError(absl::StrCat(name, " finds no driver"));
  }
  library->is_initialised = true;
  if (library->find(bus_id.c_str(), &library->device) != kSuccess) {
    return absl::UnavailableError(
        absl::StrCat(name, " knows no device ", bus_id));
  }
  // No make_unique: the constructor is private.
  return std::unique_ptr<DeviceFigureSource>(
      new DeviceFigureSource(std::move(library)));
}

DeviceFigureSource::DeviceFigureSource(std::unique_ptr<Library> library)
    : library_(std::move(library)) {}

DeviceFigureSource::~DeviceFigureSource() = default;

DeviceFigures DeviceFigureSource::Read() const {
  DeviceFigures figures;
  NvmlUtilization utilization = {};
  if (library_->utilization(library_->device, &utilization) == kSuccess) {
    figures.utilization_percent = utilization.gpu;
  }
  unsigned int celsius = 0;
  if (library_->temperature(library_->device, kGpuSensor, &celsius) ==
      kSuccess) {
    figures.temperature_celsius = celsius;
  }
  return figures;
}

}  // namespace sightline::preprocess
