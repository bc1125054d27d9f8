#include "tests/unit/services/align/engine/sample_sheets.h"

#include <jpeglib.h>
#include <png.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <stdexcept>
#include <utility>

#include "common/image/decode.h"

namespace sightline::align {
namespace {

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

GrayImage ReadGray(const std::string& path) {
  absl::StatusOr<Decoded<GrayImage>> decoded =
      DecodeGray(ReadFile(path), DecodeOptions());
  if (!decoded.ok()) {
    throw std::runtime_error(path + ": " +
                             std::string(decoded.status().message()));
  }
  return std::move(decoded->pixels);
}

// The numbers of a JSON text in their order: enough for files whose layout is
// known.
std::vector<double> NumbersIn(const std::string& text) {
  static const std::regex kNumber(R"([-+]?\d+(\.\d+)?([eE][-+]?\d+)?)");
  std::vector<double> numbers;
  for (std::sregex_iterator it(text.begin(), text.end(), kNumber), end;
       it != end; ++it) {
    numbers.push_back(std::stod(it->str()));
  }
  return numbers;
}

// What lies between `key` and the text `until`.
std::string After(const std::string& text, const std::string& key,
                  const std::string& until) {
  const size_t begin = text.find(key);
  if (begin == std::string::npos) {
    throw std::runtime_error("no " + key + " in the sample");
  }
  return text.substr(begin + key.size(),
                     text.find(until, begin) - begin - key.size());
}

void ReadShapes(const std::string& folder, ShapeKind kind, SampleSheet& sheet) {
  const std::string text = ReadFile(folder + "/bubbles.json");
  const std::vector<double> page = NumbersIn(After(text, "\"page\":", "]"));
  sheet.reference.page = {page.at(0), page.at(1)};
  // ["q1", "A", 65, 60, 25, 25]
  static const std::regex kBox(
      R"(\[\s*"[^"]*",\s*"[^"]*",\s*([-.\d]+),\s*([-.\d]+),\s*([-.\d]+),\s*([-.\d]+)\s*\])");
  for (std::sregex_iterator it(text.begin(), text.end(), kBox), end; it != end;
       ++it) {
    const double x = std::stod((*it)[1]);
    const double y = std::stod((*it)[2]);
    const double width = std::stod((*it)[3]);
    const double height = std::stod((*it)[4]);
    sheet.reference.shapes.push_back(
        {{x + width / 2, y + height / 2}, {width, height}, kind});
    sheet.bubble = std::min(width, height);
  }
}

void ReadScans(const std::string& folder, SampleSheet& sheet) {
  const std::string text = ReadFile(folder + "/geometry.json");
  // Pixel centres at integers on both sides.
  const Homography to_centres = Homography::Translation(-0.5, -0.5);
  const Homography to_corners = Homography::Translation(0.5, 0.5);
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    const size_t at = text.find("\"" + name + "\"");
    if (at == std::string::npos) continue;
    const std::vector<double> numbers =
        NumbersIn(After(text.substr(at), "\"raw_to_page\":", "method"));
    std::array<double, 9> values;
    std::copy_n(numbers.begin(), 9, values.begin());
    sheet.scans.push_back({name, ReadGray(entry.path().string()),
                           to_corners * Homography(values) * to_centres});
  }
  std::sort(
      sheet.scans.begin(), sheet.scans.end(),
      [](const SampleScan& a, const SampleScan& b) { return a.name < b.name; });
}

SampleSheet LoadSheet(const std::string& root, const std::string& name,
                      ShapeKind kind, double marker_side = 0) {
  SampleSheet sheet;
  sheet.name = name;
  const std::string folder = root + "/" + name;
  ReadShapes(folder, kind, sheet);
  ReadScans(folder, sheet);
  const std::string image = folder + "/reference.png";
  if (std::filesystem::exists(image)) sheet.reference.image = ReadGray(image);
  const std::string marker = folder + "/omr_marker.jpg";
  if (std::filesystem::exists(marker)) {
    // The template's page begins at the markers' centres.
    const PixelSize page = sheet.reference.page;
    for (const PixelPoint corner :
         {PixelPoint{0, 0}, PixelPoint{page.width, 0},
          PixelPoint{page.width, page.height}, PixelPoint{0, page.height}}) {
      sheet.reference.markers.push_back({MarkerKind::kImage,
                                         corner,
                                         {marker_side, marker_side},
                                         ReadGray(marker)});
    }
  }
  return sheet;
}

}  // namespace

std::optional<std::string> SampleFolder() {
  std::string folder = SIGHTLINE_SOURCE_DIR "/../shared/data";
  if (const char* set = std::getenv("SIGHTLINE_SHARED_DATA")) folder = set;
  folder += "/omr";
  if (!std::filesystem::exists(folder + "/README.md")) return std::nullopt;
  return folder;
}

TimingSample LoadTimingSample(const std::string& folder) {
  // Measured on the scan: the page is the scan itself.
  return {ReadGray(folder + "/community__Sandeep-1507/omr-1.png"),
          {{1345.9, 104.0}, {1354.7, 1825.7}, 52, {29, 10.5}}};
}

std::vector<SampleSheet> LoadSampleSheets(const std::string& folder) {
  std::vector<SampleSheet> sheets;
  sheets.push_back(LoadSheet(folder, "sample2", ShapeKind::kEllipse));
  sheets.push_back(LoadSheet(folder, "sample4", ShapeKind::kEllipse));
  sheets.push_back(LoadSheet(folder, "sample5", ShapeKind::kRectangle, 106));
  sheets.push_back(LoadSheet(folder, "sample6", ShapeKind::kEllipse));
  sheets.push_back(
      LoadSheet(folder, "community__UmarFarootAPS", ShapeKind::kEllipse, 84));
  return sheets;
}

}  // namespace sightline::align
