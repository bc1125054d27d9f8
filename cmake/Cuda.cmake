# CUDA is optional: compiled wherever nvcc is found, required nowhere. nvcc knows
# no sanitizers and no fuzzers; the kernels run under those on the processor.
set(SIGHTLINE_CUDA_FOUND FALSE)
if(SIGHTLINE_CUDA AND NOT SIGHTLINE_SANITIZE AND NOT SIGHTLINE_FUZZERS)
  find_program(SIGHTLINE_NVCC nvcc PATHS /usr/local/cuda/bin)
  mark_as_advanced(SIGHTLINE_NVCC)
  if(SIGHTLINE_NVCC AND NOT DEFINED ENV{CUDACXX})
    set(ENV{CUDACXX} ${SIGHTLINE_NVCC})
  endif()
  include(CheckLanguage)
  check_language(CUDA)
  if(CMAKE_CUDA_COMPILER)
    set(CMAKE_CUDA_ARCHITECTURES ${SIGHTLINE_CUDA_ARCHITECTURES})
    enable_language(CUDA)
    # Who has kernels links the static runtime by its target; by itself CMake adds
    # it to programs that it does not link with nvcc, without saying where it is.
    set(CMAKE_CUDA_RUNTIME_LIBRARY None)
    find_package(CUDAToolkit QUIET)
    set(SIGHTLINE_CUDA_FOUND ${CUDAToolkit_FOUND})
    if(SIGHTLINE_CCACHE)
      set(CMAKE_CUDA_COMPILER_LAUNCHER ${SIGHTLINE_CCACHE})
    endif()
  endif()
endif()
