// Writes seeds for layout_message_fuzzer: the layouts and keys of every family
// of generated forms, as JSON and on the wire, without their pictures.
//
//   write_layout_seeds FOLDER
#include <google/protobuf/util/json_util.h>

#include <cstdio>
#include <filesystem>
#include <string>

#include "absl/strings/str_cat.h"
#include "sightline/grade/v1/grade.pb.h"
#include "tests/generator/sheet_files.h"

int main(int argc, char** argv) {
  using namespace sightline;  // NOLINT: a program of one function.
  if (argc != 2) {
    std::fprintf(stderr, "usage: write_layout_seeds FOLDER\n");
    return 2;
  }
  std::filesystem::create_directories(argv[1]);
  const auto write = [&](const std::string& name, const std::string& content) {
    return generator::WriteFile(absl::StrCat(argv[1], "/", name), content);
  };
  for (const auto family : generator::AllFormFamilies()) {
    const generator::PrintedForm form = generator::PrintForm(family, 1);
    grade::v1::ValidateLayoutRequest request;
    const auto layout = generator::LayoutMessage(form, {.reference = false});
    if (!layout.ok()) {
      std::fprintf(stderr, "%s\n", layout.status().ToString().c_str());
      return 1;
    }
    *request.mutable_layout() = *layout;
    for (auto& marker : *request.mutable_layout()->mutable_markers()) {
      marker.clear_image();
    }
    *request.mutable_key() = generator::KeyMessage(form);
    std::string json;
    if (!google::protobuf::util::MessageToJsonString(request, &json).ok()) {
      return 1;
    }
    const std::string name = generator::FormFamilyName(family);
    for (const absl::Status& status :
         {write(name + ".json", json),
          write(name + ".wire", request.SerializeAsString())}) {
      if (!status.ok()) {
        std::fprintf(stderr, "%s\n", status.ToString().c_str());
        return 1;
      }
    }
  }
  return 0;
}
