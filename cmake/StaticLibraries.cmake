# SIGHTLINE_STATIC: the programs carry every library that there is an archive
# of, for small images. Security fixes of those libraries then need a new build.
#
# Debian's packages describe their shared libraries alone. So every imported
# library with an archive beside it is pointed to that archive, and is told what
# the archive needs of others: shared libraries know that themselves. What has
# no archive (ZXing, prometheus-cpp, TBB) stays shared, as do the compiler's and
# the C library.

# sightline_archive(NAME RESULT): the archive libNAME.a where the compiler finds
# it, or "".
function(sightline_archive name result)
  execute_process(
    COMMAND ${CMAKE_CXX_COMPILER} -print-file-name=lib${name}.a
    OUTPUT_VARIABLE archive OUTPUT_STRIP_TRAILING_WHITESPACE)
  if(IS_ABSOLUTE "${archive}")
    file(REAL_PATH "${archive}" archive)
  else()
    set(archive "")
  endif()
  set(${result} "${archive}" PARENT_SCOPE)
endfunction()

# sightline_archive_instead_of(LIBRARY RESULT): the archive for what a target
# names, "/a/libb.so.1" or "-lb"; "" where there is none.
function(sightline_archive_instead_of library result)
  set(archive "")
  if(library MATCHES "^(/.*/lib[^/]*)\\.so(\\.[0-9.]+)?$")
    if(EXISTS ${CMAKE_MATCH_1}.a)
      set(archive ${CMAKE_MATCH_1}.a)
    endif()
  elseif(library MATCHES "^-l(c|dl|m|pthread|rt)$")
    # The C library's.
  elseif(library MATCHES "^-l(.+)$")
    sightline_archive(${CMAKE_MATCH_1} archive)
  endif()
  set(${result} "${archive}" PARENT_SCOPE)
endfunction()

# sightline_use_archive(TARGET): points an imported target to its archive.
function(sightline_use_archive target)
  get_target_property(type ${target} TYPE)
  set(properties)
  if(type MATCHES "^(SHARED|UNKNOWN)_LIBRARY$")
    set(properties IMPORTED_LOCATION)
    get_target_property(configurations ${target} IMPORTED_CONFIGURATIONS)
    foreach(configuration ${configurations})
      list(APPEND properties IMPORTED_LOCATION_${configuration})
    endforeach()
  elseif(type STREQUAL INTERFACE_LIBRARY)
    # pkg-config's targets name files and flags here.
    set(properties INTERFACE_LINK_LIBRARIES)
  endif()
  foreach(property ${properties})
    get_target_property(libraries ${target} ${property})
    if(NOT libraries)
      continue()
    endif()
    set(linked)
    foreach(library ${libraries})
      sightline_archive_instead_of("${library}" archive)
      if(archive)
        set(library ${archive})
        set_property(GLOBAL APPEND PROPERTY sightline_archives ${archive})
      endif()
      list(APPEND linked ${library})
    endforeach()
    set_property(TARGET ${target} PROPERTY ${property} "${linked}")
  endforeach()
endfunction()

# sightline_archive_needs(TARGET NAME...): what TARGET's archive needs beyond
# what its package says, by the libraries' names.
function(sightline_archive_needs target)
  foreach(name ${ARGN})
    sightline_archive(${name} library)
    if(library)
      set_property(GLOBAL APPEND PROPERTY sightline_archives ${library})
    else()
      find_library(SIGHTLINE_SHARED_${name} ${name})
      mark_as_advanced(SIGHTLINE_SHARED_${name})
      set(library ${SIGHTLINE_SHARED_${name}})
      if(NOT library)
        message(FATAL_ERROR "SIGHTLINE_STATIC: the archive of ${target} needs "
                            "lib${name}, which is missing (scripts/packages "
                            "static)")
      endif()
    endif()
    target_link_libraries(${target} INTERFACE ${library})
  endforeach()
endfunction()

get_property(imported DIRECTORY PROPERTY IMPORTED_TARGETS)
foreach(target ${imported})
  sightline_use_archive(${target})
endforeach()
if(TARGET TIFF::TIFF)
  sightline_archive_needs(TIFF::TIFF webp Lerc jbig zstd lzma jpeg deflate z)
endif()
if(SIGHTLINE_OPENCV_FOUND)
  add_library(sightline_no_opengl STATIC ${CMAKE_CURRENT_LIST_DIR}/no_opengl.c)
  target_link_libraries(opencv::calib3d INTERFACE opencv::features2d)
  target_link_libraries(opencv::features2d INTERFACE opencv::flann opencv::imgproc)
  target_link_libraries(opencv::flann INTERFACE opencv::core)
  target_link_libraries(opencv::imgproc INTERFACE opencv::core)
  target_link_libraries(opencv::core INTERFACE sightline_no_opengl)
  sightline_archive_needs(opencv::core lapack blas gfortran quadmath tbb z)
endif()

get_property(archives GLOBAL PROPERTY sightline_archives)
list(REMOVE_DUPLICATES archives)
list(LENGTH archives count)
message(STATUS "SIGHTLINE_STATIC: ${count} libraries have an archive; ZXing, "
               "prometheus-cpp, TBB, libstdc++ and the C library stay shared")
