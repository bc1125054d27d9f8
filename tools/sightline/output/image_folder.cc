#include "tools/sightline/output/image_folder.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "tools/sightline/input/read_file.h"
#include "tools/sightline/input/sheet_pages.h"

namespace sightline::cli {
namespace {

namespace fs = std::filesystem;

std::string Canonical(const fs::path& path) {
  std::error_code error;
  const fs::path canonical = fs::weakly_canonical(path, error);
  return (error ? path : canonical).string();
}

}  // namespace

ImageFolder::ImageFolder(std::string folder, std::set<std::string> taken)
    : folder_(std::move(folder)), taken_(std::move(taken)) {}

absl::StatusOr<ImageFolder> ImageFolder::Open(const std::string& folder,
                                              absl::Span<const Scan> scans) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error || !fs::is_directory(folder, error)) {
    return Error(absl::StatusCode::kInternal, "FILE_UNWRITABLE")
        .Message(absl::StrCat("cannot make the folder ", folder,
                              error ? ": " : "",
                              error ? error.message() : std::string()));
  }
  std::set<std::string> taken;
  for (const std::string& path : PathsOf(scans)) taken.insert(Canonical(path));
  return ImageFolder(folder, std::move(taken));
}

void ImageFolder::Keep(const std::string& path) {
  taken_.insert(Canonical(path));
}

absl::StatusOr<std::string> ImageFolder::Write(
    const Scan& scan, absl::string_view suffix,
    const common::v1::EncodedImage& image) {
  std::string stem = fs::path(scan.path).stem().string();
  // The name says "#page=2" where the file has several pages.
  if (scan.name != scan.path) absl::StrAppend(&stem, "-page", scan.page + 1);
  const absl::string_view extension =
      image.format() == common::v1::IMAGE_FORMAT_PNG ? ".png" : ".jpg";
  const std::string name = absl::StrCat(stem, "-", suffix);
  int& number =
      next_numbers_.try_emplace(name + std::string(extension), 1).first->second;
  fs::path path;
  do {
    path = fs::path(folder_) /
           absl::StrCat(name, number == 1 ? "" : absl::StrCat("-", number),
                        extension);
    ++number;
  } while (!taken_.insert(Canonical(path)).second);
  SL_RETURN_IF_ERROR(WriteFile(path.string(), image.content()));
  return path.string();
}

}  // namespace sightline::cli
