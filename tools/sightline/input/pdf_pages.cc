#include "tools/sightline/input/pdf_pages.h"

#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "tools/sightline/input/child_process.h"
#include "tools/sightline/input/read_file.h"

namespace sightline::cli {
namespace {

// A page at 300 dpi takes about a second; a hostile one could take for ever.
constexpr absl::Duration kLongestChild = absl::Minutes(2);
constexpr int kMaxSidePixels = 20000;
constexpr double kPointsPerInch = 72;
constexpr int64_t kMaxPageBytes = int64_t{256} << 20;

// A file name that no program takes for a flag.
std::string AsArgument(const std::string& path) {
  return absl::StartsWith(path, "-") ? absl::StrCat("./", path) : path;
}

absl::StatusOr<std::string> RunPoppler(const std::string& path,
                                       const std::vector<std::string>& command,
                                       const StopToken& stop) {
  absl::StatusOr<ChildOutcome> outcome = RunChild(command, kLongestChild, stop);
  if (outcome.status().code() == absl::StatusCode::kNotFound) {
    return Error(absl::StatusCode::kNotFound, "PROGRAM_NOT_FOUND")
        .Message(absl::StrCat(path, ": reading PDF files needs ", command[0],
                              ", which is not installed (Debian and Ubuntu: "
                              "apt-get install poppler-utils)"));
  }
  SL_RETURN_IF_ERROR(outcome.status());
  if (outcome->exit_code != 0) {
    std::vector<std::string> lines =
        absl::StrSplit(outcome->output, '\n', absl::SkipWhitespace());
    return Error(absl::StatusCode::kInvalidArgument, "PDF_UNREADABLE")
        .Message(absl::StrCat(
            path, ": ", command[0], " failed (exit code ", outcome->exit_code,
            ")", lines.empty() ? "" : ": ", lines.empty() ? "" : lines.back()));
  }
  return std::move(outcome->output);
}

// The value after "`name`" and its spaces, in the output of pdfinfo.
std::optional<std::string> FindInfo(const std::string& output,
                                    absl::string_view name) {
  for (absl::string_view line : absl::StrSplit(output, '\n')) {
    if (absl::ConsumePrefix(&line, name)) {
      return std::string(absl::StripAsciiWhitespace(line));
    }
  }
  return std::nullopt;
}

absl::Status CheckPageSize(const std::string& path, int page, int dots_per_inch,
                           const StopToken& stop) {
  const std::string number = absl::StrCat(page);
  SL_ASSIGN_OR_RETURN(
      const std::string info,
      RunPoppler(path,
                 {"pdfinfo", "-f", number, "-l", number, AsArgument(path)},
                 stop));
  for (absl::string_view line : absl::StrSplit(info, '\n')) {
    // "Page    2 size:  595.276 x 841.89 pts (A4)"
    std::vector<absl::string_view> words =
        absl::StrSplit(line, ' ', absl::SkipEmpty());
    double width = 0;
    double height = 0;
    if (words.size() < 6 || words[0] != "Page" || words[2] != "size:" ||
        !absl::SimpleAtod(words[3], &width) ||
        !absl::SimpleAtod(words[5], &height)) {
      continue;
    }
    const double longest =
        std::max(width, height) * dots_per_inch / kPointsPerInch;
    if (longest > kMaxSidePixels) {
      return Error(absl::StatusCode::kInvalidArgument, "PDF_PAGE_TOO_LARGE")
          .Message(absl::StrCat(path, ": page ", page, " would be ",
                                static_cast<int64_t>(longest),
                                " pixels long at ", dots_per_inch,
                                " dpi, at most ", kMaxSidePixels,
                                " are read; use a lower --pdf_dpi"));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<int> CountPdfPages(const std::string& path,
                                  const StopToken& stop) {
  SL_ASSIGN_OR_RETURN(const std::string info,
                      RunPoppler(path, {"pdfinfo", AsArgument(path)}, stop));
  const std::optional<std::string> pages = FindInfo(info, "Pages:");
  int count = 0;
  if (!pages.has_value() || !absl::SimpleAtoi(*pages, &count) || count < 1) {
    return Error(absl::StatusCode::kInvalidArgument, "PDF_UNREADABLE")
        .Message(absl::StrCat(path, ": has no pages"));
  }
  return count;
}

absl::StatusOr<std::string> RenderPdfPage(const std::string& path, int page,
                                          int dots_per_inch,
                                          const StopToken& stop) {
  SL_RETURN_IF_ERROR(CheckPageSize(path, page, dots_per_inch, stop));
  std::error_code error;
  std::string folder =
      (std::filesystem::temp_directory_path(error) / "sightline-pdf-XXXXXX")
          .string();
  if (error || mkdtemp(folder.data()) == nullptr) {
    return Error(absl::StatusCode::kInternal, "FILE_UNWRITABLE")
        .Message("cannot make a temporary folder; TMPDIR names its place");
  }
  const absl::Cleanup remove = [&folder] {
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
  };
  const std::string stem = absl::StrCat(folder, "/page");
  // A noisy A4 page at 300 dpi takes 0.2 s so, and 6 s as PNG, which pdftoppm
  // writes in colour besides (poppler 22.12).
  SL_RETURN_IF_ERROR(
      RunPoppler(path,
                 {"pdftoppm", "-gray", "-tiff", "-tiffcompression", "lzw",
                  "-singlefile", "-r", absl::StrCat(dots_per_inch), "-f",
                  absl::StrCat(page), "-l", absl::StrCat(page),
                  AsArgument(path), stem},
                 stop)
          .status());
  absl::StatusOr<std::string> image =
      ReadFile(absl::StrCat(stem, ".tif"), kMaxPageBytes);
  if (!image.ok()) {
    return Error(absl::StatusCode::kInvalidArgument, "PDF_UNREADABLE")
        .Message(absl::StrCat(path, ": page ", page, " gave no image"));
  }
  return image;
}

}  // namespace sightline::cli
