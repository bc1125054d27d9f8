# SIGHTLINE_ONLY_DEVICE_BENCH: this benchmark on a machine that has a graphics
# device, but not what the services need.
find_package(Threads REQUIRED)
find_package(absl REQUIRED)
set(SIGHTLINE_TESTS OFF)
include(Cuda)
if(NOT SIGHTLINE_CUDA_FOUND)
  message(FATAL_ERROR "nvcc is missing: CUDACXX=/where/it/is/nvcc")
endif()
if(SIGHTLINE_STATIC)
  include(StaticLibraries)
endif()
sightline_library(sightline_status
  SOURCES common/status/error.cc
  PUBLIC absl::status absl::statusor absl::strings absl::cord absl::time)
add_subdirectory(common/stop)
sightline_library(sightline_geometry SOURCES common/geometry/homography.cc)
add_subdirectory(services/preprocess)
add_subdirectory(bench/device/preprocess)
