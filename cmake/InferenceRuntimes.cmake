# What runs neural networks: ONNX Runtime where it is found, OpenCV's DNN module
# where that is; either alone will do. Without both, common/inference and what
# needs it is left out.
#
# ONNX Runtime is looked for in this order: -DONNXRUNTIME_ROOT=DIR (a release
# archive, or what scripts/onnxruntime DIR made), a package with CMake's or
# pkg-config's files (Debian 13: libonnxruntime-dev), build/onnxruntime (where
# scripts/onnxruntime puts it). Versions below 1.21 are refused: 1.20 gives wrong
# results where it fuses Pad with AveragePool.

set(ONNXRUNTIME_ROOT "" CACHE PATH "Where ONNX Runtime is: DIR/include, DIR/lib")
set(sightline_least_onnxruntime 1.21)

# sightline_onnxruntime_in(DIR): makes the target from a folder, if it is there.
function(sightline_onnxruntime_in folder)
  find_path(header onnxruntime_cxx_api.h
    PATHS ${folder}/include PATH_SUFFIXES onnxruntime onnxruntime/core/session
    NO_DEFAULT_PATH NO_CACHE)
  find_library(library onnxruntime
    PATHS ${folder}/lib ${folder}/lib64 NO_DEFAULT_PATH NO_CACHE)
  if(NOT header OR NOT library)
    return()
  endif()
  add_library(onnxruntime::onnxruntime UNKNOWN IMPORTED GLOBAL)
  set_target_properties(onnxruntime::onnxruntime PROPERTIES
    IMPORTED_LOCATION ${library}
    INTERFACE_INCLUDE_DIRECTORIES ${header})
  # Release archives and scripts/onnxruntime have this file.
  if(EXISTS ${folder}/VERSION_NUMBER)
    file(STRINGS ${folder}/VERSION_NUMBER version LIMIT_COUNT 1)
  else()
    file(STRINGS ${header}/onnxruntime_c_api.h version
      REGEX "^#define ORT_API_VERSION [0-9]+")
    string(REGEX REPLACE ".* " "1." version "${version}")
  endif()
  set(onnxruntime_VERSION ${version} PARENT_SCOPE)
  set(onnxruntime_place ${folder} PARENT_SCOPE)
endfunction()

function(sightline_find_onnxruntime)
  if(ONNXRUNTIME_ROOT)
    sightline_onnxruntime_in(${ONNXRUNTIME_ROOT})
    if(NOT TARGET onnxruntime::onnxruntime)
      message(FATAL_ERROR
        "ONNXRUNTIME_ROOT: ${ONNXRUNTIME_ROOT} has no include/ with "
        "onnxruntime_cxx_api.h or no lib/ with libonnxruntime")
    endif()
  endif()
  if(NOT TARGET onnxruntime::onnxruntime)
    find_package(onnxruntime CONFIG QUIET GLOBAL)
    set(onnxruntime_place "its CMake package")
  endif()
  if(NOT TARGET onnxruntime::onnxruntime)
    pkg_check_modules(ONNXRUNTIME QUIET IMPORTED_TARGET GLOBAL libonnxruntime)
    if(ONNXRUNTIME_FOUND)
      add_library(onnxruntime::onnxruntime ALIAS PkgConfig::ONNXRUNTIME)
      set(onnxruntime_VERSION ${ONNXRUNTIME_VERSION})
      set(onnxruntime_place "its pkg-config file")
    endif()
  endif()
  if(NOT TARGET onnxruntime::onnxruntime)
    sightline_onnxruntime_in(${CMAKE_SOURCE_DIR}/build/onnxruntime)
  endif()
  if(NOT TARGET onnxruntime::onnxruntime)
    return()
  endif()
  if(onnxruntime_VERSION VERSION_LESS sightline_least_onnxruntime)
    message(FATAL_ERROR
      "ONNX Runtime ${onnxruntime_VERSION} (${onnxruntime_place}) gives wrong "
      "results; ${sightline_least_onnxruntime} or newer is needed. Name one "
      "with -DONNXRUNTIME_ROOT=DIR; scripts/onnxruntime DIR makes it")
  endif()
  message(STATUS "ONNX Runtime ${onnxruntime_VERSION}: ${onnxruntime_place}")
  set(SIGHTLINE_ONNXRUNTIME_FOUND TRUE PARENT_SCOPE)
endfunction()

set(SIGHTLINE_ONNXRUNTIME_FOUND FALSE)
sightline_find_onnxruntime()

find_library(SIGHTLINE_OPENCV_dnn opencv_dnn)
mark_as_advanced(SIGHTLINE_OPENCV_dnn)
set(SIGHTLINE_OPENCV_DNN_FOUND FALSE)
if(SIGHTLINE_OPENCV_FOUND AND SIGHTLINE_OPENCV_dnn
   AND EXISTS ${SIGHTLINE_OPENCV_INCLUDE}/opencv2/dnn.hpp)
  add_library(opencv::dnn UNKNOWN IMPORTED)
  set_target_properties(opencv::dnn PROPERTIES
    IMPORTED_LOCATION ${SIGHTLINE_OPENCV_dnn}
    INTERFACE_INCLUDE_DIRECTORIES ${SIGHTLINE_OPENCV_INCLUDE})
  set(SIGHTLINE_OPENCV_DNN_FOUND TRUE)
endif()

if(NOT SIGHTLINE_ONNXRUNTIME_FOUND AND SIGHTLINE_OPENCV_DNN_FOUND)
  message(STATUS "Models run on OpenCV alone, three to four times slower: "
    "ONNX Runtime is not found (scripts/onnxruntime makes it)")
elseif(NOT SIGHTLINE_ONNXRUNTIME_FOUND)
  message(STATUS "Models are left out: neither ONNX Runtime "
    "(scripts/onnxruntime makes it) nor libopencv-dnn-dev is found")
elseif(NOT SIGHTLINE_OPENCV_DNN_FOUND)
  message(STATUS "Models run on ONNX Runtime alone: libopencv-dnn-dev is not "
    "found")
endif()
