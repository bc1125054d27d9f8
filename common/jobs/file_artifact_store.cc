#include "common/jobs/file_artifact_store.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/jobs/identity.h"
#include "common/jobs/job_rules.h"
#include "common/jobs/reasons.h"
#include "common/jobs/system_error.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"

namespace sightline::jobs {
namespace {

constexpr char kTemporary[] = ".part";

absl::Status Corrupt(absl::string_view what) {
  return Error(absl::StatusCode::kDataLoss, kJobArtifactCorrupt)
      .Message(
          absl::StrCat("a file of the job is not as it was written: ", what));
}

// A file descriptor of its own.
class File {
 public:
  explicit File(int descriptor) : descriptor_(descriptor) {}
  ~File() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int get() const { return descriptor_; }

 private:
  const int descriptor_;
};

// Names in a folder, without "." and "..".
absl::StatusOr<std::vector<std::string>> Names(const std::string& folder) {
  std::vector<std::string> names;
  DIR* const directory = opendir(folder.c_str());
  if (directory == nullptr) {
    if (errno == ENOENT) return names;
    return SystemError("read a folder of jobs", errno);
  }
  while (const dirent* entry = readdir(directory)) {
    const std::string name = entry->d_name;
    if (name != "." && name != "..") names.push_back(name);
  }
  closedir(directory);
  return names;
}

class FileBlobWriter final : public BlobWriter {
 public:
  FileBlobWriter(std::string folder, std::string id, int descriptor,
                 FaultInjector* injector)
      : folder_(std::move(folder)), file_(descriptor), injector_(injector) {
    blob_.id = std::move(id);
  }
  ~FileBlobWriter() override {
    if (!is_committed_) unlink(temporary().c_str());
  }

  absl::Status Append(absl::string_view bytes) override {
    while (!bytes.empty()) {
      const ssize_t written = write(file_.get(), bytes.data(), bytes.size());
      if (written < 0) {
        if (errno == EINTR) continue;
        return SystemError("write a file of a job", errno);
      }
      hash_.Add(bytes.substr(0, written));
      blob_.size_bytes += written;
      bytes.remove_prefix(written);
    }
    return absl::OkStatus();
  }

  absl::StatusOr<Blob> Commit() override {
    blob_.sha256 = hash_.Finish();
    if (fsync(file_.get()) != 0) {
      return SystemError("sync a file of a job", errno);
    }
    SL_RETURN_IF_ERROR(Reach(injector_, FaultPoint::kBlobSynced));
    const std::string path = absl::StrCat(folder_, "/", blob_.id);
    if (rename(temporary().c_str(), path.c_str()) != 0) {
      return SystemError("rename a file of a job", errno);
    }
    is_committed_ = true;
    SL_RETURN_IF_ERROR(SyncFolder(folder_));
    SL_RETURN_IF_ERROR(Reach(injector_, FaultPoint::kBlobRenamed));
    return blob_;
  }

 private:
  std::string temporary() const {
    return absl::StrCat(folder_, "/", blob_.id, kTemporary);
  }

  const std::string folder_;
  const File file_;
  FaultInjector* const injector_;
  Blob blob_;
  Sha256Stream hash_;
  bool is_committed_ = false;
};

class FileBlobReader final : public BlobReader {
 public:
  FileBlobReader(int descriptor, Blob blob)
      : file_(descriptor), blob_(std::move(blob)) {}

  absl::StatusOr<std::string> Read(int64_t most) override {
    std::string bytes(
        static_cast<size_t>(std::min(most, blob_.size_bytes - read_bytes_)),
        '\0');
    size_t filled = 0;
    while (filled < bytes.size()) {
      const ssize_t got =
          read(file_.get(), bytes.data() + filled, bytes.size() - filled);
      if (got < 0) {
        if (errno == EINTR) continue;
        return SystemError("read a file of a job", errno);
      }
      if (got == 0) return Corrupt("it is shorter");
      filled += got;
    }
    hash_.Add(bytes);
    read_bytes_ += static_cast<int64_t>(filled);
    if (read_bytes_ == blob_.size_bytes && !is_verified_) {
      if (hash_.Finish() != blob_.sha256) {
        return Corrupt("its SHA-256 is another");
      }
      is_verified_ = true;
    }
    return bytes;
  }

 private:
  const File file_;
  const Blob blob_;
  Sha256Stream hash_;
  int64_t read_bytes_ = 0;
  bool is_verified_ = false;
};

class FileArtifactStore final : public ArtifactStore {
 public:
  FileArtifactStore(std::string folder, FaultInjector* injector)
      : folder_(std::move(folder)), injector_(injector) {}

  absl::Status AddJob(const std::string& job_id) override {
    SL_RETURN_IF_ERROR(CheckJobId(job_id));
    if (mkdir(FolderOf(job_id).c_str(), 0700) != 0 && errno != EEXIST) {
      return SystemError("make a folder for a job", errno);
    }
    return SyncFolder(folder_);
  }

  absl::StatusOr<std::unique_ptr<BlobWriter>> Write(
      const std::string& job_id) override {
    SL_RETURN_IF_ERROR(CheckJobId(job_id));
    const std::string id = RandomId();
    const int descriptor =
        open(absl::StrCat(FolderOf(job_id), "/", id, kTemporary).c_str(),
             O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (descriptor < 0) return SystemError("begin a file of a job", errno);
    auto writer = std::make_unique<FileBlobWriter>(FolderOf(job_id), id,
                                                   descriptor, injector_);
    SL_RETURN_IF_ERROR(Reach(injector_, FaultPoint::kBlobBegun));
    return writer;
  }

  absl::StatusOr<std::unique_ptr<BlobReader>> Read(const std::string& job_id,
                                                   const Blob& blob) override {
    SL_RETURN_IF_ERROR(CheckJobId(job_id));
    SL_RETURN_IF_ERROR(CheckJobId(blob.id));
    const int descriptor =
        open(absl::StrCat(FolderOf(job_id), "/", blob.id).c_str(),
             O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) {
      if (errno == ENOENT) return Corrupt("it is gone");
      return SystemError("open a file of a job", errno);
    }
    auto reader = std::make_unique<FileBlobReader>(descriptor, blob);
    struct stat status;
    if (fstat(descriptor, &status) != 0) {
      return SystemError("look at a file of a job", errno);
    }
    if (status.st_size != blob.size_bytes) {
      return Corrupt(absl::StrCat("it has ", status.st_size, " bytes, not ",
                                  blob.size_bytes));
    }
    return reader;
  }

  absl::Status Remove(const std::string& job_id,
                      const std::string& blob_id) override {
    SL_RETURN_IF_ERROR(CheckJobId(job_id));
    if (absl::StrContains(blob_id, '/')) return JobNotFound(blob_id);
    const std::string path = absl::StrCat(FolderOf(job_id), "/", blob_id);
    if (unlink(path.c_str()) != 0 && errno != ENOENT) {
      return SystemError("remove a file of a job", errno);
    }
    return absl::OkStatus();
  }

  absl::Status RemoveJob(const std::string& job_id) override {
    SL_RETURN_IF_ERROR(CheckJobId(job_id));
    // A worker that does not know yet may be adding files meanwhile.
    constexpr int kTries = 100;
    int error = 0;
    for (int i = 0; i < kTries; ++i) {
      SL_ASSIGN_OR_RETURN(const auto names, Names(FolderOf(job_id)));
      for (const std::string& name : names) {
        SL_RETURN_IF_ERROR(Remove(job_id, name));
      }
      if (rmdir(FolderOf(job_id).c_str()) == 0 || errno == ENOENT) {
        return SyncFolder(folder_);
      }
      error = errno;
      if (error != ENOTEMPTY && error != EEXIST) break;
    }
    return SystemError("remove the folder of a job", error);
  }

  absl::StatusOr<std::vector<std::string>> Jobs() override {
    return Names(folder_);
  }

  absl::StatusOr<std::vector<std::string>> Blobs(
      const std::string& job_id) override {
    return Names(FolderOf(job_id));
  }

 private:
  std::string FolderOf(const std::string& job_id) const {
    return absl::StrCat(folder_, "/", job_id);
  }

  const std::string folder_;
  FaultInjector* const injector_;
};

}  // namespace

absl::StatusOr<std::string> ReadAll(ArtifactStore& store,
                                    const std::string& job_id,
                                    const Blob& blob) {
  SL_ASSIGN_OR_RETURN(const auto reader, store.Read(job_id, blob));
  return reader->Read(std::max<int64_t>(1, blob.size_bytes));
}

absl::StatusOr<std::unique_ptr<ArtifactStore>> OpenFileArtifactStore(
    const std::string& folder, FaultInjector* injector) {
  SL_RETURN_IF_ERROR(MakeFolder(folder));
  return std::make_unique<FileArtifactStore>(folder, injector);
}

}  // namespace sightline::jobs
