# SPDX-License-Identifier: GPL-3.0-or-later
# Everything we stand on, all from Debian 12 (docs/development.md).
find_package(Threads REQUIRED)
find_package(OpenCV REQUIRED COMPONENTS core imgproc imgcodecs)
find_package(nlohmann_json REQUIRED)
find_package(SQLiteCpp REQUIRED)
find_package(CLI11 REQUIRED)
find_package(ZLIB REQUIRED)
find_package(LibArchive REQUIRED)
find_package(CURL REQUIRED)
find_package(OpenSSL REQUIRED COMPONENTS Crypto)
# LibTorch's folder, when it is on the prefix path, has protobuf's headers of another version and no library
find_path(Protobuf_INCLUDE_DIR google/protobuf/service.h NO_CMAKE_PATH NO_CMAKE_ENVIRONMENT_PATH)
find_package(Protobuf REQUIRED)
find_package(ONNX REQUIRED) # its export needs the target protobuf::libprotobuf
find_package(PkgConfig REQUIRED)
pkg_check_modules(JPEG REQUIRED IMPORTED_TARGET libjpeg)
pkg_check_modules(TIFF REQUIRED IMPORTED_TARGET libtiff-4)
pkg_check_modules(WEBP REQUIRED IMPORTED_TARGET libwebp libwebpdemux)
pkg_check_modules(GIF REQUIRED IMPORTED_TARGET libgif)
pkg_check_modules(HEIF REQUIRED IMPORTED_TARGET libheif)
pkg_check_modules(ZIP REQUIRED IMPORTED_TARGET libzip)
pkg_check_modules(RE2 REQUIRED IMPORTED_TARGET re2)
pkg_check_modules(XXHASH REQUIRED IMPORTED_TARGET libxxhash)
pkg_check_modules(ICU REQUIRED IMPORTED_TARGET icu-uc)
find_package(pugixml REQUIRED)
find_package(Torch REQUIRED)
# Several processes train together by LibTorch's c10d over Gloo, whose headers Debian has apart. Where a LibTorch lacks
# them, `train` says so.
find_path(GLOO_INCLUDE_DIR gloo/context.h)
include(CheckCXXSourceCompiles)
include(CMakePushCheckState)
cmake_push_check_state()
set(CMAKE_REQUIRED_INCLUDES ${TORCH_INCLUDE_DIRS})
set(CMAKE_REQUIRED_LIBRARIES ${TORCH_LIBRARIES})
set(CMAKE_REQUIRED_FLAGS "${TORCH_CXX_FLAGS}")
set(CMAKE_REQUIRED_DEFINITIONS -DUSE_C10D_GLOO)
check_cxx_source_compiles("
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>
int main() { return c10d::ProcessGroupGloo::createDefaultDevice() && sizeof(c10d::TCPStore) > 0 ? 0 : 1; }
" SIGHTLINE_C10D)
cmake_pop_check_state()
if(SIGHTLINE_TCMALLOC)
  find_library(TCMALLOC_LIBRARY tcmalloc_minimal REQUIRED)
endif()
if(SIGHTLINE_GUI)
  find_package(Qt6 REQUIRED COMPONENTS Core Gui Widgets Svg PrintSupport OpenGL)
  find_package(QCustomPlotQt6 REQUIRED)
endif()
if(SIGHTLINE_TESTS)
  find_package(Qt6 REQUIRED COMPONENTS Core Gui Test)
endif()
