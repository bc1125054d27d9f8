// Writes generated frames of the sea and their truth to a folder.
//
//   sea_frame_generator --out frames --count 20 --seed 1 --width 512
//       --height 512
//
// writes frames/000001.ppm (the frame, of seed 1) and frames/000001.pgm (a
// class a pixel: 0 sea, 1 slick, 2 ship, 3 shore) and so on; netpbm formats P6
// and P5.
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "tests/generator/sea/sea_frame.h"

namespace sightline::generator {
namespace {

constexpr char kUsage[] =
    "usage: sea_frame_generator --out DIR [--count N] [--seed S] [--width W] "
    "[--height H]\n";

template <int kChannels>
bool Write(const std::string& path, const char* kind,
           const Raster<kChannels>& image) {
  std::ofstream file(path, std::ios::binary);
  file << absl::StrFormat("%s\n%d %d\n255\n", kind, image.width(),
                          image.height());
  file.write(reinterpret_cast<const char*>(image.data()), image.size_bytes());
  file.close();
  if (!file) absl::FPrintF(stderr, "%s cannot be written\n", path);
  return static_cast<bool>(file);
}

int Main(int argc, char** argv) {
  std::string out;
  int64_t count = 1, seed = 1, width = 512, height = 512;
  for (int i = 1; i < argc; i += 2) {
    const std::string flag = argv[i];
    int64_t* const number = flag == "--count"    ? &count
                            : flag == "--seed"   ? &seed
                            : flag == "--width"  ? &width
                            : flag == "--height" ? &height
                                                 : nullptr;
    if (i + 1 == argc ||
        (flag != "--out" &&
         (number == nullptr || !absl::SimpleAtoi(argv[i + 1], number)))) {
      std::fputs(kUsage, stderr);
      return 2;
    }
    if (flag == "--out") out = argv[i + 1];
  }
  constexpr int64_t kMostSide = 16384;
  if (out.empty() || count < 1 || seed < 0 || width < 1 || height < 1 ||
      width > kMostSide || height > kMostSide) {
    std::fputs(kUsage, stderr);
    return 2;
  }
  std::error_code error;
  std::filesystem::create_directories(out, error);
  for (int64_t i = 0; i < count; ++i) {
    const SeaFrame frame =
        DrawSeaFrame(static_cast<uint64_t>(seed + i), static_cast<int>(width),
                     static_cast<int>(height));
    const std::string stem = absl::StrFormat("%s/%06d", out, seed + i);
    if (!Write(stem + ".ppm", "P6", frame.image) ||
        !Write(stem + ".pgm", "P5", frame.classes)) {
      return 1;
    }
  }
  return 0;
}

}  // namespace
}  // namespace sightline::generator

int main(int argc, char** argv) {
  return sightline::generator::Main(argc, argv);
}
