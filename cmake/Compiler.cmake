# SPDX-License-Identifier: GPL-3.0-or-later
# The interface target every target of ours links: warnings, sanitizers.
find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # what ccache asks for with precompiled headers; one cache serves every checkout
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} ${CCACHE_PROGRAM})
  add_compile_options($<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>)
endif()

# Headers of others that most files of a target read: the longest part of a compilation. Our own are not among them, so that a
# change of ours rebuilds no more than it must. The headless build does without
# (torch and CLI11 apart, which alone take minutes), and proves that each file of core includes what it uses.
set(SIGHTLINE_STD_HEADERS <algorithm> <array> <atomic> <cmath> <cstdint> <filesystem> <functional> <map> <memory> <mutex> <optional> <span> <stop_token> <string> <thread> <vector> <nlohmann/json.hpp>)

add_library(sightline_options INTERFACE)
target_compile_options(sightline_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Wold-style-cast -Wconversion
  $<$<BOOL:${SIGHTLINE_WERROR}>:-Werror>
  # GCC 12 takes joined std::strings for writes past their end once the standard headers are precompiled (GCC bug 105329)
  "$<$<CXX_COMPILER_ID:GNU>:-Wno-array-bounds;-Wno-stringop-overflow;-Wno-restrict>")
if(SIGHTLINE_SANITIZE)
  add_compile_options(-fsanitize=${SIGHTLINE_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${SIGHTLINE_SANITIZE})
  set(SIGHTLINE_TCMALLOC OFF)
endif()
