// An NVML of two devices: the second is at 83 degrees and 42 percent, the first
// does not tell.
#include <cstring>

namespace {
char first;
char second;
}  // namespace

struct Utilization {
  unsigned int gpu;
  unsigned int memory;
};

extern "C" {
int nvmlInit_v2() { return 0; }
int nvmlShutdown() { return 0; }
int nvmlDeviceGetHandleByPciBusId_v2(const char* bus_id, void** device) {
  if (std::strcmp(bus_id, "0000:01:00.0") == 0) {
    *device = &first;
    return 0;
  }
  if (std::strcmp(bus_id, "0000:02:00.0") == 0) {
    *device = &second;
    return 0;
  }
  return 6;  // NVML_ERROR_NOT_FOUND
}
int nvmlDeviceGetUtilizationRates(void* device, Utilization* utilization) {
  if (device != &second) return 3;  // NVML_ERROR_NOT_SUPPORTED
  *utilization = {42, 7};
  return 0;
}
int nvmlDeviceGetTemperature(void* device, int sensor, unsigned int* celsius) {
  if (device != &second || sensor != 0) return 3;
  *celsius = 83;
  return 0;
}
}
