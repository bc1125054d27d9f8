# ONNX Runtime beside OpenCV's DNN module, and what segmentation adds to them.
if(NOT TARGET sightline_georef_segment)
  message(STATUS "inference_bench is left out: there is no runtime for models")
  return()
endif()
sightline_program(inference_bench
  SOURCES ${CMAKE_CURRENT_LIST_DIR}/inference_bench_main.cc
  LIBRARIES sightline_georef_segment sightline_sea_generator
            sightline_segment_score sightline_test_models sightline_figures
            sightline_status absl::str_format absl::strings)
target_compile_definitions(inference_bench PRIVATE
  SIGHTLINE_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
