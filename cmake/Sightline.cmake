# One function per kind of target. Include paths start at the repository root:
# #include "common/image/image.h".

find_program(SIGHTLINE_CCACHE ccache)
if(SIGHTLINE_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${SIGHTLINE_CCACHE})
endif()

# What is deployed leaves out functions that nothing calls; sightline_program
# says so to the linker.
set(release_cxx $<AND:$<CONFIG:Release>,$<COMPILE_LANGUAGE:C,CXX>>)
add_compile_options($<${release_cxx}:-ffunction-sections>
                    $<${release_cxx}:-fdata-sections>)

# Flags of our own code; generated code does not get the warnings.
add_library(sightline_flags INTERFACE)
target_include_directories(sightline_flags INTERFACE ${CMAKE_SOURCE_DIR})
target_compile_options(sightline_flags INTERFACE -Wall -Wextra)
if(SIGHTLINE_WERROR)
  target_compile_options(sightline_flags INTERFACE -Werror)
endif()
if(SIGHTLINE_SANITIZE)
  add_compile_options(-fsanitize=${SIGHTLINE_SANITIZE} -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${SIGHTLINE_SANITIZE})
endif()
# Coverage instrumentation for every library a fuzzer reaches.
if(SIGHTLINE_FUZZERS)
  if(NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    message(FATAL_ERROR "SIGHTLINE_FUZZERS needs clang: CXX=clang++")
  endif()
  add_compile_options(-fsanitize=fuzzer-no-link,address,undefined
                      -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
endif()

# sightline_library(NAME SOURCES a.cc ... PUBLIC lib ... PRIVATE lib ...)
function(sightline_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;PUBLIC;PRIVATE" ${ARGN})
  if(ARG_SOURCES)
    add_library(${name} STATIC ${ARG_SOURCES})
    target_link_libraries(${name} PUBLIC ${ARG_PUBLIC}
                                  PRIVATE ${ARG_PRIVATE} sightline_flags)
    target_include_directories(${name} PUBLIC ${CMAKE_SOURCE_DIR})
  else()
    add_library(${name} INTERFACE)
    target_link_libraries(${name} INTERFACE ${ARG_PUBLIC})
    target_include_directories(${name} INTERFACE ${CMAKE_SOURCE_DIR})
  endif()
endfunction()

# sightline_proto(NAME ROOT dir PROTOS a/b.proto ... PUBLIC lib ... [GRPC])
# Generated code is compiled once, into a library. An OBJECT library: a static
# archive would drop descriptors that nothing but reflection asks for.
function(sightline_proto name)
  cmake_parse_arguments(ARG "GRPC" "ROOT" "PROTOS;PUBLIC" ${ARGN})
  set(out ${CMAKE_BINARY_DIR}/generated)
  file(MAKE_DIRECTORY ${out})
  set(sources)
  foreach(proto ${ARG_PROTOS})
    string(REGEX REPLACE "\\.proto$" "" stem ${proto})
    set(files ${out}/${stem}.pb.cc ${out}/${stem}.pb.h)
    set(arguments --cpp_out=${out})
    if(ARG_GRPC)
      list(APPEND files ${out}/${stem}.grpc.pb.cc ${out}/${stem}.grpc.pb.h)
      list(APPEND arguments --grpc_out=${out}
           --plugin=protoc-gen-grpc=$<TARGET_FILE:gRPC::grpc_cpp_plugin>)
    endif()
    add_custom_command(
      OUTPUT ${files}
      COMMAND protobuf::protoc -I ${ARG_ROOT} -I ${CMAKE_SOURCE_DIR}/protos
              ${arguments} ${ARG_ROOT}/${proto}
      DEPENDS ${ARG_ROOT}/${proto}
      VERBATIM)
    list(APPEND sources ${files})
  endforeach()
  add_library(${name}_objects OBJECT ${sources})
  target_include_directories(${name}_objects SYSTEM PUBLIC ${out})
  target_link_libraries(${name}_objects PUBLIC protobuf::libprotobuf ${ARG_PUBLIC})
  if(ARG_GRPC)
    target_link_libraries(${name}_objects PUBLIC gRPC::grpc++)
  endif()
  # What others link: the headers and, once per program, the objects.
  add_library(${name} INTERFACE)
  target_include_directories(${name} SYSTEM INTERFACE ${out})
  target_link_libraries(${name} INTERFACE ${name}_objects $<TARGET_OBJECTS:${name}_objects>)
  add_dependencies(${name} ${name}_objects)
endfunction()

# sightline_program(NAME SOURCES a.cc ... LIBRARIES lib ...)
function(sightline_program name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LIBRARIES" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_LIBRARIES} sightline_flags)
  # Drop libraries that nothing uses: each one mapped is resident memory.
  target_link_options(${name} PRIVATE -Wl,--as-needed -Wl,--gc-sections)
endfunction()

# sightline_test(NAME SOURCES a_test.cc ... LIBRARIES lib ... [TIMEOUT s]
#                [LABELS label ...] [DEPENDS program ...])
# The target label_<label> builds every test with that label.
function(sightline_test name)
  cmake_parse_arguments(ARG "" "TIMEOUT" "SOURCES;LIBRARIES;LABELS;DEPENDS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  target_link_libraries(${name} PRIVATE ${ARG_LIBRARIES} GTest::gmock GTest::gtest_main
                                        sightline_flags)
  target_compile_definitions(${name} PRIVATE
    SIGHTLINE_SOURCE_DIR="${CMAKE_SOURCE_DIR}"
    SIGHTLINE_BINARY_DIR="${CMAKE_BINARY_DIR}")
  if(ARG_DEPENDS)
    add_dependencies(${name} ${ARG_DEPENDS})
  endif()
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES TIMEOUT ${ARG_TIMEOUT}
                       SKIP_REGULAR_EXPRESSION "SKIPPED: whole test")
  if(ARG_LABELS)
    set_tests_properties(${name} PROPERTIES LABELS "${ARG_LABELS}")
    foreach(label ${ARG_LABELS})
      if(NOT TARGET label_${label})
        add_custom_target(label_${label})
      endif()
      add_dependencies(label_${label} ${name})
    endforeach()
  endif()
endfunction()

# sightline_fuzzer(NAME SOURCES a_fuzzer.cc LIBRARIES lib ...)
function(sightline_fuzzer name)
  if(NOT SIGHTLINE_FUZZERS)
    return()
  endif()
  cmake_parse_arguments(ARG "" "" "SOURCES;LIBRARIES" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/fuzz)
  target_link_libraries(${name} PRIVATE ${ARG_LIBRARIES} sightline_flags)
  target_link_options(${name} PRIVATE -fsanitize=fuzzer,address,undefined)
endfunction()
