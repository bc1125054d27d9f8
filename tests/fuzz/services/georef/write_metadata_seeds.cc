// Writes metadata for the fuzzers of its readers to begin with.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

#include "tests/support/metadata/written_metadata.h"
#include "tests/support/metadata/written_stream.h"

namespace sightline::georef {
namespace {

bool Write(const std::filesystem::path& folder, const std::string& name,
           const ByteString& bytes) {
  std::filesystem::create_directories(folder);
  std::ofstream file(folder / name, std::ios::binary);
  file.write(reinterpret_cast<const char*>(bytes.data()),
             static_cast<std::streamsize>(bytes.size()));
  return file.good();
}

bool WriteAll(const std::filesystem::path& folder) {
  const ByteString set = ExampleLocalSet();
  // The fuzzer puts key, length and checksum around it by itself, too.
  const ByteString items(set.begin() + 18, set.end() - 4);
  const ByteString plain = Joined({Tables(0x06), Pes(0, 0xBD, set)});
  const ByteString cells = Joined({Tables(0x15), Pes(0, 0xFC, Cell(3, set))});
  return Write(folder / "stream", "plain", plain) &&
         Write(folder / "stream", "cells", cells) &&
         Write(folder / "local_set", "whole", set) &&
         Write(folder / "local_set", "items", items) &&
         Write(folder / "picture", "little",
               WriteJpegHead(WriteExif(ExampleGps(), true), ExampleXmp())) &&
         Write(folder / "picture", "big",
               WriteJpegHead(WriteExif(ExampleGps(), false), ""));
}

}  // namespace
}  // namespace sightline::georef

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
    return 2;
  }
  return sightline::georef::WriteAll(argv[1]) ? 0 : 1;
}
