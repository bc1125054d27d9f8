// Writes requests for preprocess_request_fuzzer to begin with: every operation
// by itself, every preset, every output.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

#include "services/preprocess/operation_from_proto.h"
#include "services/preprocess/operation_parameters.h"
#include "sightline/preprocess/v1/preprocess.pb.h"

namespace sightline::preprocess {
namespace {

// Lines of dashes on paper that grows darker to the right.
v1::PreprocessRequest SmallPage() {
  constexpr int kWidth = 40;
  constexpr int kHeight = 30;
  v1::PreprocessRequest request;
  common::v1::GrayPixels& gray = *request.mutable_page()->mutable_gray();
  gray.set_width(kWidth);
  gray.set_height(kHeight);
  for (int y = 0; y < kHeight; ++y) {
    for (int x = 0; x < kWidth; ++x) {
      const bool is_ink = y % 6 < 2 && x % 5 != 0;
      gray.mutable_data()->push_back(
          static_cast<char>(is_ink ? 40 + x : 230 - x));
    }
  }
  return request;
}

bool Write(const std::filesystem::path& folder, const std::string& name,
           const v1::PreprocessRequest& request) {
  std::ofstream file(folder / name, std::ios::binary);
  return request.SerializeToOstream(&file);
}

bool WriteAll(const std::filesystem::path& folder) {
  bool good = true;
  for (const Operation& operation : DefaultOperations()) {
    v1::PreprocessRequest request = SmallPage();
    *request.mutable_options()->mutable_operations()->add_operations() =
        ToProto(operation);
    good = Write(folder, std::string(NameOf(operation)), request) && good;
  }
  for (const Preset preset : AllPresets()) {
    v1::PreprocessRequest request = SmallPage();
    request.mutable_options()->set_preset(ToProto(preset));
    good = Write(folder, std::string(NameOf(preset)), request) && good;
  }
  for (int format = v1::PageFormat_MIN; format <= v1::PageFormat_MAX;
       ++format) {
    v1::PreprocessRequest request = SmallPage();
    v1::PreprocessOptions& options = *request.mutable_options();
    options.mutable_operations()->add_operations()->mutable_otsu();
    options.mutable_output()->set_format(static_cast<v1::PageFormat>(format));
    options.set_dots_per_inch(300);
    good = Write(folder, "format" + std::to_string(format), request) && good;
  }
  return good;
}

}  // namespace
}  // namespace sightline::preprocess

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
    return 2;
  }
  std::filesystem::create_directories(argv[1]);
  return sightline::preprocess::WriteAll(argv[1]) ? 0 : 1;
}
