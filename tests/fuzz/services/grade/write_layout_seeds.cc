// Writes seeds for layout_message_fuzzer, as JSON and on the wire: the layouts
// and keys of every family of generated forms, without their pictures, and
// small layouts of what those lack.
//
//   write_layout_seeds FOLDER
#include <google/protobuf/util/json_util.h>

#include <cstdio>
#include <filesystem>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "services/grade/engine/layout.h"
#include "services/grade/layout_from_proto.h"
#include "sightline/grade/v1/grade.pb.h"
#include "tests/generator/sheet_files.h"

namespace sightline {
namespace {

constexpr char kBlock[] =
    R"("page": {"width": 400, "height": 600}, "bubble": {"width": 20, "height":
 20}, "blocks": [{"labels": ["q1..3"], "values": ["A", "B"], "origin": {"x": 50,
 "y": 50}, "valueGap": 30, "fieldGap": 30}])";

constexpr char kOtherBlock[] =
    R"("page": {"width": 400, "height": 600}, "bubble": {"width": 16, "height":
 20}, "blocks": [{"labels": ["p1..2"], "values": ["0", "1", "2"], "kind":
 "FIELD_KIND_INTEGER", "origin": {"x": 90, "y": 70}, "valueGap": 30,
 "fieldGap": 40, "valueDirection": "DIRECTION_TOP_TO_BOTTOM",
 "filledCancels": true}])";

constexpr char kBoxes[] =
    R"("boxes": [{"label": "name", "center": {"x": 200, "y": 400}, "size":
 {"width": 200, "height": 40}, "required": true}, {"label": "essay", "center":
 {"x": 200, "y": 500}, "size": {"width": 300, "height": 90}, "value": "yes"}])";

constexpr char kCode[] =
    R"("codes": [{"label": "id", "center": {"x": 350, "y": 60}, "size": {"width":
 60, "height": 60}, "formats": ["CODE_FORMAT_QR", "CODE_FORMAT_CODE_128"]}])";

constexpr char kMarkers[] =
    R"("markers": [{"kind": "MARKER_KIND_ARUCO", "center": {"x": 20, "y": 20},
 "size": {"width": 24, "height": 24}, "dictionary": "ARUCO_DICTIONARY_4X4_50",
 "id": 7}, {"kind": "MARKER_KIND_ARUCO", "center": {"x": 380, "y": 580}, "size":
 {"width": 24, "height": 24}, "dictionary": "ARUCO_DICTIONARY_APRILTAG_36H11",
 "id": 580}], "timingTracks": [{"firstCenter": {"x": 10, "y": 60},
 "lastCenter": {"x": 10, "y": 540}, "count": 25, "mark": {"width": 12, "height":
 5}}, {"firstCenter": {"x": 60, "y": 590}, "lastCenter": {"x": 340, "y": 590},
 "count": 8, "mark": {"width": 5, "height": 12}}])";

constexpr char kCombined[] =
    R"("combined": [{"label": "all", "fields": ["p1..2"], "checkDigit":
 "CHECK_DIGIT_LUHN"}], "columns": ["q3", "all", "q1..2"])";

std::string SmallRequest(absl::string_view layout) {
  return absl::StrCat(R"({"layout": {)", layout,
                      R"(}, "key": {"questions": [{"field": "q1", "accepted": [
 {"answer": "A"}]}], "marks": {"correct": 1, "incorrect": -0.5}}})");
}

// Seeds that are refused at the door reach nothing.
absl::Status CheckAccepted(const grade::v1::ValidateLayoutRequest& request) {
  const auto layout = grade::ToLayout(request.layout());
  if (!layout.ok()) return layout.status();
  const auto sheet = grade::Sheet::Create(*layout);
  if (!sheet.ok()) return sheet.status();
  return grade::ColumnsOf(request.layout(), *sheet).status();
}

class SeedWriter {
 public:
  explicit SeedWriter(std::string folder) : folder_(std::move(folder)) {
    std::filesystem::create_directories(folder_);
  }

  absl::Status Write(const std::string& name,
                     const grade::v1::ValidateLayoutRequest& request) {
    std::string json;
    if (absl::Status status = CheckAccepted(request); !status.ok()) {
      return status;
    }
    if (!google::protobuf::util::MessageToJsonString(request, &json).ok()) {
      return absl::InternalError(name);
    }
    const std::string path = absl::StrCat(folder_, "/", name);
    absl::Status status = generator::WriteFile(path + ".json", json);
    if (!status.ok()) return status;
    return generator::WriteFile(path + ".wire", request.SerializeAsString());
  }

  absl::Status WriteSmall(const std::string& name, absl::string_view layout) {
    grade::v1::ValidateLayoutRequest request;
    const auto status = google::protobuf::util::JsonStringToMessage(
        SmallRequest(layout), &request);
    if (!status.ok()) return absl::InternalError(status.ToString());
    return Write(name, request);
  }

 private:
  std::string folder_;
};

absl::Status WriteSmallLayouts(SeedWriter& seeds) {
  const std::string second = absl::StrCat(R"("morePages": [{)", kOtherBlock,
                                          R"(, "pageCode": "form 3 page 2"}])");
  const struct {
    const char* name;
    std::string layout;
  } layouts[] = {
      {"boxes", absl::StrCat(kBlock, ", ", kBoxes)},
      {"codes_and_boxes", absl::StrCat(kBlock, ", ", kCode, ", ", kBoxes)},
      {"markers", absl::StrCat(kBlock, ", ", kMarkers)},
      {"pages", absl::StrCat(kBlock, ", ", second, ", ", kCombined,
                             R"(, "pageCode": "form 3 page 1")")},
      {"pages_alike",
       absl::StrCat(kBlock, R"(, "morePages": [{)", kOtherBlock, "}]")},
      {"everything", absl::StrCat(kBlock, ", ", kCode, ", ", kBoxes, ", ",
                                  kMarkers, ", ", second, ", ", kCombined,
                                  R"(, "pageCode": "form 3 page 1")")}};
  for (const auto& [name, layout] : layouts) {
    absl::Status status = seeds.WriteSmall(name, layout);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status WriteFamilies(SeedWriter& seeds) {
  for (const auto family : generator::AllFormFamilies()) {
    const generator::PrintedForm form = generator::PrintForm(family, 1);
    grade::v1::ValidateLayoutRequest request;
    const auto layout = generator::LayoutMessage(form, {.reference = false});
    if (!layout.ok()) return layout.status();
    *request.mutable_layout() = *layout;
    for (auto& marker : *request.mutable_layout()->mutable_markers()) {
      marker.clear_image();
    }
    *request.mutable_key() = generator::KeyMessage(form);
    absl::Status status =
        seeds.Write(generator::FormFamilyName(family), request);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace
}  // namespace sightline

int main(int argc, char** argv) {
  using namespace sightline;  // NOLINT: an entry point.
  if (argc != 2) {
    std::fprintf(stderr, "usage: write_layout_seeds FOLDER\n");
    return 2;
  }
  SeedWriter seeds(argv[1]);
  for (const absl::Status& status :
       {WriteSmallLayouts(seeds), WriteFamilies(seeds)}) {
    if (status.ok()) continue;
    std::fprintf(stderr, "%s\n", status.ToString().c_str());
    return 1;
  }
  return 0;
}
