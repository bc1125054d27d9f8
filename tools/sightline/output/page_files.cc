#include "tools/sightline/output/page_files.h"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <set>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "tools/sightline/input/sheet_pages.h"

namespace sightline::cli {
namespace {

namespace fs = std::filesystem;
using preprocess::v1::Page;

std::string Canonical(const fs::path& path) {
  std::error_code error;
  const fs::path canonical = fs::weakly_canonical(path, error);
  return (error ? path : canonical).string();
}

absl::Status MakeFolder(const std::string& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (!error && fs::is_directory(folder, error)) return absl::OkStatus();
  return Error(absl::StatusCode::kInternal, "FILE_UNWRITABLE")
      .Message(absl::StrCat("cannot make the folder ", folder,
                            error ? ": " : "",
                            error ? error.message() : std::string()));
}

// "scan", "stack-page2".
std::string StemOf(const Scan& scan) {
  std::string stem = fs::path(scan.path).stem().string();
  if (stem.empty()) stem = "page";
  // The name says "#page=2" where the file has several pages.
  if (scan.name != scan.path) absl::StrAppend(&stem, "-page", scan.page + 1);
  return stem;
}

absl::Status PageInvalid(absl::string_view what) {
  return Error(absl::StatusCode::kInternal, "PAGE_INVALID")
      .Message(absl::StrCat("the server's page is not usable: ", what));
}

}  // namespace

absl::StatusOr<std::vector<PlannedFiles>> PlanFiles(
    const std::string& folder, absl::Span<const Scan> scans,
    absl::Span<const std::string> suffixes, ExistingFiles existing) {
  SL_RETURN_IF_ERROR(MakeFolder(folder));
  std::set<std::string> taken;
  for (const std::string& path : PathsOf(scans)) taken.insert(Canonical(path));
  std::vector<PlannedFiles> plan;
  std::string first_there;
  int there = 0;
  for (const Scan& scan : scans) {
    PlannedFiles planned;
    const std::string stem = (fs::path(folder) / StemOf(scan)).string();
    for (int number = 1;; ++number) {
      planned.stem = number == 1 ? stem : absl::StrCat(stem, "-", number);
      const bool is_free = std::none_of(
          suffixes.begin(), suffixes.end(), [&](const std::string& suffix) {
            return taken.count(Canonical(planned.stem + suffix)) != 0;
          });
      if (is_free) break;
    }
    int of_this = 0;
    for (const std::string& suffix : suffixes) {
      const std::string path = planned.stem + suffix;
      taken.insert(Canonical(path));
      std::error_code ignored;
      if (!fs::exists(path, ignored)) continue;
      ++of_this;
      if (first_there.empty()) first_there = path;
    }
    there += of_this;
    planned.is_done = existing == ExistingFiles::kSkip &&
                      of_this == static_cast<int>(suffixes.size());
    plan.push_back(std::move(planned));
  }
  if (existing != ExistingFiles::kRefuse || there == 0) return plan;
  return Error(absl::StatusCode::kInvalidArgument, "WOULD_OVERWRITE")
      .Message(absl::StrCat(
          first_there,
          there == 1 ? std::string(" is")
                     : absl::StrCat(" and ", there - 1, " more are"),
          " there already: --overwrite writes anew, --skip_existing "
          "leaves out what is done"));
}

std::string PageSuffix(preprocess::v1::PageFormat format) {
  switch (format) {
    case preprocess::v1::PAGE_FORMAT_PNG:
    case preprocess::v1::PAGE_FORMAT_BILEVEL_PNG:
      return ".png";
    case preprocess::v1::PAGE_FORMAT_JPEG:
      return ".jpg";
    case preprocess::v1::PAGE_FORMAT_TIFF_G4:
      return ".tif";
    case preprocess::v1::PAGE_FORMAT_PACKED:
      return ".pbm";
    default:
      return ".pgm";
  }
}

absl::StatusOr<std::string> PageFile(const Page& page) {
  const int64_t width = page.width();
  const int64_t height = page.height();
  const auto size = static_cast<int64_t>(page.content().size());
  if (width < 1 || height < 1 || size == 0) return PageInvalid("it is empty");
  switch (page.format()) {
    case preprocess::v1::PAGE_FORMAT_GRAY:
      if (size != width * height) return PageInvalid("pixels are missing");
      return absl::StrCat("P5\n", width, " ", height, "\n255\n",
                          page.content());
    case preprocess::v1::PAGE_FORMAT_PACKED: {
      if (size != (width + 7) / 8 * height) {
        return PageInvalid("pixels are missing");
      }
      std::string file = absl::StrCat("P4\n", width, " ", height, "\n");
      const size_t header = file.size();
      file += page.content();
      // A bitmap's 1 is black.
      for (size_t i = header; i < file.size(); ++i) {
        file[i] = static_cast<char>(~file[i]);
      }
      return file;
    }
    case preprocess::v1::PAGE_FORMAT_PNG:
    case preprocess::v1::PAGE_FORMAT_JPEG:
    case preprocess::v1::PAGE_FORMAT_BILEVEL_PNG:
    case preprocess::v1::PAGE_FORMAT_TIFF_G4:
      return page.content();
    default:
      return PageInvalid(absl::StrCat("format ", page.format()));
  }
}

}  // namespace sightline::cli
