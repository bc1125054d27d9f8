#include "tools/sightline/output/result_file.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/memory/memory.h"
#include "absl/strings/str_cat.h"
#include "common/status/error.h"

namespace sightline::cli {

ResultFile::ResultFile(std::string path, std::ostream* out)
    : path_(std::move(path)), out_(out) {}

absl::StatusOr<std::unique_ptr<ResultFile>> ResultFile::Open(
    const std::string& path, Session& session,
    absl::Span<const std::string> kept) {
  if (path == "-") {
    return absl::WrapUnique(new ResultFile("standard output", &session.out));
  }
  for (const std::string& other : kept) {
    std::error_code ignored;
    if (std::filesystem::equivalent(path, other, ignored)) {
      return Error(absl::StatusCode::kInvalidArgument, "WOULD_OVERWRITE")
          .Message(absl::StrCat(path, " is an input and would be overwritten"));
    }
  }
  auto result = absl::WrapUnique(new ResultFile(path, nullptr));
  errno = 0;
  result->file_.open(path, std::ios::binary | std::ios::trunc);
  if (!result->file_) {
    return Error(absl::StatusCode::kInternal, "FILE_UNWRITABLE")
        .Message(
            absl::StrCat("cannot write ", path, ": ", std::strerror(errno)));
  }
  result->out_ = &result->file_;
  return result;
}

absl::Status ResultFile::Write(absl::string_view text) {
  out_->write(text.data(), static_cast<std::streamsize>(text.size()));
  out_->flush();
  if (*out_) return absl::OkStatus();
  return Error(absl::StatusCode::kInternal, "FILE_UNWRITABLE")
      .Message(absl::StrCat("cannot write ", path_));
}

absl::Status CheckOutput(const Session& session) {
  if (session.out) return absl::OkStatus();
  return Error(absl::StatusCode::kInternal, "FILE_UNWRITABLE")
      .Message("cannot write to standard output");
}

}  // namespace sightline::cli
