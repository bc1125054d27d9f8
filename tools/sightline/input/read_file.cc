#include "tools/sightline/input/read_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "common/status/error.h"

namespace sightline::cli {
namespace {

absl::Status Unreadable(const std::string& path, int error) {
  const std::string message = absl::StrCat(path, ": ", std::strerror(error));
  if (error == ENOENT || error == ENOTDIR) {
    return Error(absl::StatusCode::kNotFound, "FILE_NOT_FOUND")
        .Message(message);
  }
  if (error == EACCES || error == EPERM) {
    return Error(absl::StatusCode::kPermissionDenied, "FILE_UNREADABLE")
        .Message(message);
  }
  return Error(absl::StatusCode::kInvalidArgument, "FILE_UNREADABLE")
      .Message(message);
}

absl::Status Unwritable(const std::string& path, int error) {
  return Error(absl::StatusCode::kInternal, "FILE_UNWRITABLE")
      .Message(absl::StrCat("cannot write ", path, ": ", std::strerror(error)));
}

}  // namespace

absl::StatusOr<std::string> ReadFile(const std::string& path,
                                     int64_t limit_bytes) {
  // O_NONBLOCK: opening a named pipe must not wait for its writer.
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) return Unreadable(path, errno);
  const absl::Cleanup closer = [file] { close(file); };
  struct stat info;
  if (fstat(file, &info) != 0) return Unreadable(path, errno);
  if (!S_ISREG(info.st_mode)) {
    return Error(absl::StatusCode::kInvalidArgument, "FILE_UNREADABLE")
        .Message(absl::StrCat(path, ": not a regular file"));
  }
  std::string content;
  content.resize(std::min<int64_t>(info.st_size, limit_bytes) + 1);
  int64_t used = 0;
  while (true) {
    const ssize_t got = read(file, content.data() + used,
                             static_cast<size_t>(content.size() - used));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Unreadable(path, errno);
    if (got == 0) break;
    used += got;
    if (used > limit_bytes) {
      return Error(absl::StatusCode::kInvalidArgument, "FILE_TOO_LARGE")
          .Message(absl::StrCat(path, ": larger than ", limit_bytes, " bytes"))
          .With("limit", absl::StrCat(limit_bytes));
    }
    // Grew while it was read.
    if (used == static_cast<int64_t>(content.size())) {
      content.resize(std::min<int64_t>(2 * used, limit_bytes) + 1);
    }
  }
  content.resize(used);
  return content;
}

absl::Status WriteFile(const std::string& path, absl::string_view content) {
  std::string unfinished = absl::StrCat(path, ".XXXXXX");
  const int file = mkstemp(unfinished.data());
  if (file < 0) return Unwritable(path, errno);
  absl::Cleanup discard = [&unfinished] { unlink(unfinished.c_str()); };
  // mkstemp makes files that only their owner reads; results are ordinary.
  const mode_t mask = umask(0);
  umask(mask);
  fchmod(file, 0666 & ~mask);
  while (!content.empty()) {
    const ssize_t put = write(file, content.data(), content.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) {
      const int error = errno;
      close(file);
      return Unwritable(path, error);
    }
    content.remove_prefix(put);
  }
  if (close(file) != 0) return Unwritable(path, errno);
  if (std::rename(unfinished.c_str(), path.c_str()) != 0) {
    return Unwritable(path, errno);
  }
  std::move(discard).Cancel();
  return absl::OkStatus();
}

}  // namespace sightline::cli
