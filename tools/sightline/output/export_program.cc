#include "tools/sightline/output/export_program.h"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "tools/sightline/input/child_process.h"
#include "tools/sightline/text/printable.h"

namespace sightline::cli {
namespace {

namespace fs = std::filesystem;

constexpr char kProgram[] = "sightline-georef-export";
constexpr absl::Duration kTimeout = absl::Minutes(10);

bool IsProgram(const fs::path& path) {
  std::error_code error;
  return fs::is_regular_file(path, error) && access(path.c_str(), X_OK) == 0;
}

}  // namespace

absl::StatusOr<std::string> FindExportProgram() {
  std::error_code error;
  const fs::path self = fs::read_symlink("/proc/self/exe", error);
  std::vector<fs::path> folders = {self.parent_path()};
  if (const char* path = std::getenv("PATH"); path != nullptr) {
    for (const absl::string_view folder : absl::StrSplit(path, ':')) {
      folders.push_back(std::string(folder));
    }
  }
  for (const fs::path& folder : folders) {
    if (!folder.empty() && IsProgram(folder / kProgram)) {
      return (folder / kProgram).string();
    }
  }
  return Error(absl::StatusCode::kNotFound, "PROGRAM_NOT_FOUND")
      .Message(absl::StrCat(
          "--format gpkg, fgb and shp take the program ", kProgram,
          ", which is neither beside sightline nor on PATH; it is built where "
          "GDAL's headers are (scripts/packages georef). geojson and wkb need "
          "nothing"));
}

absl::Status ExportPolygons(const std::string& program,
                            absl::string_view geojson,
                            const std::string& format, int epsg,
                            const std::string& path, const StopToken& stop) {
  std::vector<std::string> arguments = {program, "--format", format, "--out",
                                        path};
  if (epsg != 0) {
    arguments.push_back("--epsg");
    arguments.push_back(absl::StrCat(epsg));
  }
  arguments.push_back("--overwrite");
  SL_ASSIGN_OR_RETURN(const ChildOutcome outcome,
                      RunChild(arguments, kTimeout, stop, geojson));
  if (outcome.exit_code == 0) return absl::OkStatus();
  const std::string said =
      Printable(absl::StripAsciiWhitespace(outcome.output));
  return Error(absl::StatusCode::kInternal, "EXPORT_FAILED")
      .Message(absl::StrCat(
          "cannot write ", path, ": ",
          said.empty()
              ? absl::StrCat(kProgram, " ended with ", outcome.exit_code)
              : said));
}

}  // namespace sightline::cli
