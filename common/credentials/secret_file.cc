#include "common/credentials/secret_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/credentials/reasons.h"
#include "common/status/error.h"

namespace sightline {
namespace {

class FileDescriptor {
 public:
  explicit FileDescriptor(int number) : number_(number) {}
  ~FileDescriptor() {
    if (number_ >= 0) close(number_);
  }
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  int number() const { return number_; }

 private:
  const int number_;
};

}  // namespace

absl::StatusOr<SecretFile> ReadSecretFile(absl::string_view flag,
                                          const std::string& path,
                                          size_t maximum_bytes) {
  SecretFile file;
  file.flag = std::string(flag);
  file.name = FileName(path);
  const auto unreadable = [&file](absl::string_view message) {
    return SecretFileError(file.flag, file.name,
                           kReasonCredentialFileUnreadable, message);
  };
  if (path.empty()) return unreadable("no file is named");
  // Non-blocking: opening a pipe would wait for its writer.
  const FileDescriptor descriptor(
      open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (descriptor.number() < 0) {
    return unreadable(absl::StrCat("can't be opened: ", std::strerror(errno)));
  }
  struct stat status = {};
  if (fstat(descriptor.number(), &status) != 0) {
    return unreadable(absl::StrCat("can't be read: ", std::strerror(errno)));
  }
  if (!S_ISREG(status.st_mode)) return unreadable("is not a regular file");
  file.mode = status.st_mode & 07777;
  // One byte more than allowed tells a file that is too large.
  std::string buffer(maximum_bytes + 1, '\0');
  size_t size = 0;
  while (size < buffer.size()) {
    const ssize_t got =
        read(descriptor.number(), buffer.data() + size, buffer.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      return unreadable(absl::StrCat("can't be read: ", std::strerror(errno)));
    }
    if (got == 0) break;
    size += static_cast<size_t>(got);
  }
  if (size == 0) return unreadable("is empty");
  if (size > maximum_bytes) {
    return unreadable(absl::StrCat("is larger than ", maximum_bytes, " bytes"));
  }
  file.content = buffer.substr(0, size);
  return file;
}

absl::Status CheckOnlyOwnerWrites(const SecretFile& file) {
  if ((file.mode & (S_IWGRP | S_IWOTH)) == 0) return absl::OkStatus();
  return SecretFileError(
      file.flag, file.name, kReasonCredentialFileExposed,
      absl::StrFormat("has mode %04o, so that others can replace it: chmod "
                      "go-w",
                      file.mode));
}

absl::Status SecretFileError(absl::string_view flag, absl::string_view name,
                             absl::string_view reason,
                             absl::string_view message) {
  const std::string text = absl::StrCat(
      flag, name.empty() ? "" : absl::StrCat(" ", name), ": ", message);
  return Error(absl::StatusCode::kFailedPrecondition, reason)
      .Message(text)
      .Precondition(flag, message)
      .With("flag", flag)
      .With("file", name);
}

std::string FileName(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == std::string::npos ? path : path.substr(slash + 1);
}

}  // namespace sightline
