# Packages of Debian 12 / Ubuntu 24.04. What the chassis needs is required;
# what a single service needs decides whether that service is built
# (Services.cmake).

find_package(Threads REQUIRED)
find_package(absl REQUIRED)
find_package(Protobuf REQUIRED)
find_package(gRPC CONFIG REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(prometheus-cpp CONFIG REQUIRED)
find_package(JPEG REQUIRED)
find_package(PNG REQUIRED)
find_package(TIFF REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(WEBP REQUIRED IMPORTED_TARGET libwebp)
if(SIGHTLINE_TESTS)
  find_package(GTest REQUIRED)
  # The system's own first: it is the one that has the packages' modules.
  find_program(SIGHTLINE_PYTHON python3 PATHS /usr/bin NO_DEFAULT_PATH)
  find_program(SIGHTLINE_PYTHON python3 REQUIRED)
endif()

# OpenCV, one module at a time. OpenCVConfig.cmake would drag in imgcodecs,
# highgui and videoio, and 150 more packages.
find_path(SIGHTLINE_OPENCV_INCLUDE opencv2/core.hpp PATH_SUFFIXES opencv4)
set(SIGHTLINE_OPENCV_FOUND TRUE)
foreach(module core imgproc features2d flann calib3d)
  find_library(SIGHTLINE_OPENCV_${module} opencv_${module})
  mark_as_advanced(SIGHTLINE_OPENCV_${module})
  if(SIGHTLINE_OPENCV_INCLUDE AND SIGHTLINE_OPENCV_${module})
    add_library(opencv::${module} UNKNOWN IMPORTED)
    set_target_properties(opencv::${module} PROPERTIES
      IMPORTED_LOCATION ${SIGHTLINE_OPENCV_${module}}
      INTERFACE_INCLUDE_DIRECTORIES ${SIGHTLINE_OPENCV_INCLUDE})
  else()
    set(SIGHTLINE_OPENCV_FOUND FALSE)
  endif()
endforeach()

# Denoising as OpenCV does it, for tests and benchmarks to compare with.
find_library(SIGHTLINE_OPENCV_photo opencv_photo)
mark_as_advanced(SIGHTLINE_OPENCV_photo)
if(SIGHTLINE_OPENCV_FOUND AND SIGHTLINE_OPENCV_photo
   AND EXISTS ${SIGHTLINE_OPENCV_INCLUDE}/opencv2/photo.hpp)
  add_library(opencv::photo UNKNOWN IMPORTED)
  set_target_properties(opencv::photo PROPERTIES
    IMPORTED_LOCATION ${SIGHTLINE_OPENCV_photo}
    INTERFACE_INCLUDE_DIRECTORIES ${SIGHTLINE_OPENCV_INCLUDE})
endif()

# QR codes and barcodes.
find_package(ZXing CONFIG QUIET)

# Of georeferencing: coordinate systems by PROJ, raster and vector files by
# GDAL; what needs them is left out without.
find_package(PROJ CONFIG QUIET)
find_package(GDAL CONFIG QUIET)

# What tests and benchmarks of georeferencing compare with: polygons' validity
# by GEOS, areas by GeographicLib. Quiet and optional.
if(SIGHTLINE_TESTS)
  find_package(GEOS CONFIG QUIET)
  find_library(SIGHTLINE_GEOGRAPHICLIB NAMES GeographicLib Geographic)
  find_path(SIGHTLINE_GEOGRAPHICLIB_INCLUDE GeographicLib/Geodesic.hpp)
  mark_as_advanced(SIGHTLINE_GEOGRAPHICLIB SIGHTLINE_GEOGRAPHICLIB_INCLUDE)
  if(SIGHTLINE_GEOGRAPHICLIB AND SIGHTLINE_GEOGRAPHICLIB_INCLUDE)
    add_library(georef::geographiclib UNKNOWN IMPORTED)
    set_target_properties(georef::geographiclib PROPERTIES
      IMPORTED_LOCATION ${SIGHTLINE_GEOGRAPHICLIB}
      INTERFACE_INCLUDE_DIRECTORIES ${SIGHTLINE_GEOGRAPHICLIB_INCLUDE})
  endif()
endif()

# Where jobs are kept (scripts/packages jobs). What needs them is left out
# without it.
find_package(SQLite3 QUIET)
