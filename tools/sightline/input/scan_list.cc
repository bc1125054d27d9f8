#include "tools/sightline/input/scan_list.h"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/image/sniff.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "tools/sightline/input/natural_order.h"
#include "tools/sightline/input/pdf_pages.h"
#include "tools/sightline/input/read_file.h"

namespace sightline::cli {
namespace {

namespace fs = std::filesystem;

// The server has its own, lower limit; this one keeps us from filling memory.
constexpr int64_t kMaxScanBytes = int64_t{512} << 20;
constexpr char kPdfType[] = "application/pdf";
constexpr char kTiffType[] = "image/tiff";

// "" for what is neither an image nor a PDF.
std::string MediaTypeOf(const fs::path& path) {
  constexpr std::pair<const char*, const char*> kTypes[] = {
      {".jpg", "image/jpeg"}, {".jpeg", "image/jpeg"}, {".png", "image/png"},
      {".tif", kTiffType},    {".tiff", kTiffType},    {".webp", "image/webp"},
      {".bmp", "image/bmp"},  {".pdf", kPdfType},
  };
  const std::string extension =
      absl::AsciiStrToLower(path.extension().string());
  for (const auto& [known, type] : kTypes) {
    if (extension == known) return type;
  }
  return "";
}

bool BeginsLikePdf(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  char magic[5] = {};
  file.read(magic, sizeof(magic));
  return file.gcount() == 5 && absl::string_view(magic, 5) == "%PDF-";
}

Scan Broken(const std::string& path, absl::Status problem) {
  Scan scan;
  scan.name = scan.path = path;
  scan.problem = std::move(problem);
  return scan;
}

// Adds the pages of one file.
absl::Status AddFile(const std::string& path, const StopToken& stop,
                     std::vector<Scan>& scans) {
  Scan scan;
  scan.name = scan.path = path;
  scan.media_type = MediaTypeOf(path);
  scan.is_pdf = scan.media_type == kPdfType || BeginsLikePdf(path);
  int pages = 1;
  if (scan.is_pdf) {
    absl::StatusOr<int> count = CountPdfPages(path, stop);
    if (!count.ok()) {
      SL_RETURN_IF_ERROR(stop.Poll());
      scans.push_back(Broken(path, count.status()));
      return absl::OkStatus();
    }
    pages = *count;
    // What is sent is the rendered page.
    scan.media_type = kTiffType;
  } else if (scan.media_type == kTiffType) {
    absl::StatusOr<std::string> content = ReadFile(path, kMaxScanBytes);
    // A broken file counts as one page: the server says what is wrong with it.
    const auto info = SniffImage(content.ok() ? *content : "");
    if (info.ok()) pages = info->pages;
  }
  for (scan.page = 0; scan.page < pages; ++scan.page) {
    if (pages > 1 || scan.is_pdf) {
      scan.name = absl::StrCat(path, "#page=", scan.page + 1);
    }
    scans.push_back(scan);
  }
  return absl::OkStatus();
}

bool IsHidden(const fs::path& path) {
  return absl::StartsWith(path.filename().string(), ".");
}

bool IsOneOf(const fs::path& path, absl::Span<const std::string> files) {
  std::error_code ignored;
  return std::any_of(files.begin(), files.end(), [&](const std::string& file) {
    return fs::equivalent(path, file, ignored);
  });
}

absl::Status AddFolder(const std::string& folder,
                       const ScanListOptions& options, const StopToken& stop,
                       std::vector<Scan>& scans) {
  std::vector<std::string> files;
  std::error_code error;
  fs::recursive_directory_iterator entry(
      folder, fs::directory_options::skip_permission_denied, error);
  for (; !error && entry != fs::recursive_directory_iterator();
       entry.increment(error)) {
    SL_RETURN_IF_ERROR(stop.Poll());
    std::error_code ignored;
    const bool is_folder = entry->is_directory(ignored);
    if (is_folder) {
      const bool excluded = std::any_of(
          options.except_folders.begin(), options.except_folders.end(),
          [&](const std::string& folder) {
            return !folder.empty() &&
                   fs::equivalent(entry->path(), folder, ignored);
          });
      if (excluded || IsHidden(entry->path()))
        entry.disable_recursion_pending();
      continue;
    }
    if (!IsHidden(entry->path()) && entry->is_regular_file(ignored) &&
        !MediaTypeOf(entry->path()).empty() &&
        !IsOneOf(entry->path(), options.except_files)) {
      files.push_back(entry->path().string());
    }
  }
  if (error) {
    scans.push_back(Broken(
        folder, Error(absl::StatusCode::kInvalidArgument, "FILE_UNREADABLE")
                    .Message(absl::StrCat(folder, ": ", error.message()))));
  }
  std::sort(files.begin(), files.end(),
            [](const std::string& a, const std::string& b) {
              return NaturallyBefore(a, b);
            });
  for (const std::string& file : files) {
    SL_RETURN_IF_ERROR(AddFile(file, stop, scans));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<Scan>> ListScans(absl::Span<const std::string> paths,
                                            const ScanListOptions& options,
                                            const StopToken& stop) {
  std::vector<Scan> scans;
  for (const std::string& path : paths) {
    SL_RETURN_IF_ERROR(stop.Poll());
    std::error_code error;
    const fs::file_status status = fs::status(path, error);
    if (fs::is_directory(status)) {
      SL_RETURN_IF_ERROR(AddFolder(path, options, stop, scans));
    } else if (fs::is_regular_file(status)) {
      SL_RETURN_IF_ERROR(AddFile(path, stop, scans));
    } else {
      // Says why: missing, a pipe, no permission.
      scans.push_back(Broken(path, ReadFile(path, kMaxScanBytes).status()));
    }
  }
  if (scans.empty()) {
    return Error(absl::StatusCode::kInvalidArgument, "NO_SCANS")
        .Message(paths.empty() ? "name the scans: image files, PDFs or folders"
                               : "the folders hold no images and no PDFs");
  }
  return scans;
}

absl::StatusOr<std::string> ReadScan(const Scan& scan, int pdf_dots_per_inch,
                                     const StopToken& stop) {
  SL_RETURN_IF_ERROR(scan.problem);
  if (scan.is_pdf) {
    return RenderPdfPage(scan.path, scan.page + 1, pdf_dots_per_inch, stop);
  }
  SL_ASSIGN_OR_RETURN(std::string content, ReadFile(scan.path, kMaxScanBytes));
  if (content.empty()) {
    return Error(absl::StatusCode::kInvalidArgument, "SCAN_EMPTY")
        .Message(absl::StrCat(scan.path, ": the file is empty"));
  }
  return content;
}

}  // namespace sightline::cli
