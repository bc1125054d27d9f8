// Features of the georef service in the files of geographic information
// systems. By itself, so that the command sightline does without GDAL.
#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>
#include <optional>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "services/georef/engine/export/export_features.h"

namespace sightline::georef {
namespace {

constexpr char kHelp[] =
    R"(Writes features of the georef service as files that GIS programs read.

usage: sightline-georef-export [FILE] --format FORMAT --out PATH [options]

  FILE             GeoJSON of the georef service; without it, or with -,
                   standard input is read
  --format FORMAT  gpkg     GeoPackage (PATH ends in .gpkg)
                   fgb      FlatGeobuf
                   shp      Shapefile: a folder, or one file if PATH ends in
                            .zip; names of columns have ten characters at most
                   geojson  GeoJSON (RFC 7946)
                   csv-wkt  text with a column of well-known text
  --out PATH       where to write; must not exist
  --epsg N         coordinate system of the file, for example 32652 (UTM zone
                   52 north); 4326 (longitude and latitude) by default
  --overwrite      replace what is at PATH
  --help           this text

Exit codes: 0 written, 1 it could not be, 2 wrong arguments.
)";

struct Arguments {
  std::string input = "-";
  bool has_format = false;
  ExportOptions options;
};

// Whether the arguments are right; else says why.
bool Parse(int argc, char** argv, Arguments& arguments) {
  const auto wrong = [](const std::string& what) {
    std::fprintf(stderr, "sightline-georef-export: %s; see --help\n",
                 what.c_str());
    return false;
  };
  bool has_input = false;
  for (int i = 1; i < argc; ++i) {
    std::string name = argv[i];
    if (name == "-" || name.rfind("--", 0) != 0) {
      if (has_input) return wrong(absl::StrCat("'", name, "' is one too many"));
      arguments.input = name;
      has_input = true;
      continue;
    }
    if (name == "--overwrite") {
      arguments.options.overwrite = true;
      continue;
    }
    std::string value;
    if (const size_t equals = name.find('='); equals != std::string::npos) {
      value = name.substr(equals + 1);
      name.resize(equals);
    } else if (i + 1 < argc) {
      value = argv[++i];
    } else {
      return wrong(absl::StrCat(name, " needs a value"));
    }
    if (name == "--format") {
      const auto format = ParseExportFormat(value);
      if (!format.has_value()) {
        return wrong(absl::StrCat("'", value, "' is no format"));
      }
      arguments.options.format = *format;
      arguments.has_format = true;
    } else if (name == "--out") {
      arguments.options.path = value;
    } else if (name == "--epsg") {
      if (!absl::SimpleAtoi(value, &arguments.options.epsg)) {
        return wrong(absl::StrCat("'", value, "' is no EPSG number"));
      }
    } else {
      return wrong(absl::StrCat(name, " is unknown"));
    }
  }
  if (!arguments.has_format) return wrong("--format is missing");
  if (arguments.options.path.empty()) return wrong("--out is missing");
  return true;
}

std::optional<std::string> Read(const std::string& path) {
  if (path == "-") {
    return std::string(std::istreambuf_iterator<char>(std::cin), {});
  }
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  std::string text(std::istreambuf_iterator<char>(file), {});
  return file.bad() ? std::nullopt : std::make_optional(std::move(text));
}

int Run(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    if (absl::string_view(argv[i]) == "--help") {
      std::fputs(kHelp, stdout);
      return 0;
    }
  }
  Arguments arguments;
  if (!Parse(argc, argv, arguments)) return 2;
  const std::optional<std::string> text = Read(arguments.input);
  if (!text.has_value()) {
    std::fprintf(stderr, "sightline-georef-export: %s can't be read\n",
                 arguments.input.c_str());
    return 1;
  }
  const auto count = ExportFeatures(*text, arguments.options);
  if (!count.ok()) {
    std::fprintf(stderr, "sightline-georef-export: %s\n",
                 std::string(count.status().message()).c_str());
    return 1;
  }
  std::fprintf(stderr, "%lld feature%s written to %s\n",
               static_cast<long long>(*count), *count == 1 ? "" : "s",
               arguments.options.path.c_str());
  return 0;
}

}  // namespace
}  // namespace sightline::georef

int main(int argc, char** argv) { return sightline::georef::Run(argc, argv); }
