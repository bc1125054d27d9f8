#include "tools/sightline/report/journal.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "absl/memory/memory.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"

namespace sightline::cli {
namespace {

constexpr absl::string_view kHead = "sightline grade journal 1\n";
constexpr size_t kMaxEntryBytes = 64 << 20;
// Before each entry: its length and its checksum, little-endian.
constexpr size_t kLengthBytes = 4;
constexpr size_t kFrameBytes = kLengthBytes + 8;

// FNV-1a (Fowler, Noll, Vo): tells what a crash or a full disk tore. It does
// not tell what somebody changed on purpose; what is read is checked besides.
uint64_t Checksum(absl::string_view bytes) {
  uint64_t sum = 0xcbf29ce484222325;
  for (const char byte : bytes) {
    sum = (sum ^ static_cast<unsigned char>(byte)) * 0x100000001b3;
  }
  return sum;
}

void AppendNumber(std::string& out, uint64_t number, size_t bytes) {
  for (size_t i = 0; i < bytes; ++i) {
    out += static_cast<char>(number >> (8 * i) & 0xff);
  }
}

uint64_t ReadNumber(absl::string_view bytes) {
  uint64_t number = 0;
  for (size_t i = bytes.size(); i-- > 0;) {
    number = number << 8 | static_cast<unsigned char>(bytes[i]);
  }
  return number;
}

// Reads up to `size` bytes, in steps: a length that lies costs no memory.
std::string ReadUpTo(std::istream& in, size_t size) {
  constexpr size_t kStep = 1 << 20;
  std::string bytes;
  while (bytes.size() < size && in) {
    const size_t before = bytes.size();
    const size_t step = std::min(kStep, size - before);
    bytes.resize(before + step);
    in.read(bytes.data() + before, static_cast<std::streamsize>(step));
    bytes.resize(before + static_cast<size_t>(in.gcount()));
  }
  return bytes;
}

// The entry that begins here; false when there is none.
bool ReadEntry(std::istream& in, JournalEntry* entry, int64_t* size) {
  const std::string frame = ReadUpTo(in, kFrameBytes);
  if (frame.size() < kFrameBytes) return false;
  const absl::string_view view = frame;
  const uint64_t length = ReadNumber(view.substr(0, kLengthBytes));
  if (length > kMaxEntryBytes) return false;
  const std::string content = ReadUpTo(in, length);
  if (content.size() < length ||
      Checksum(content) != ReadNumber(view.substr(kLengthBytes))) {
    return false;
  }
  *size = static_cast<int64_t>(kFrameBytes + length);
  return entry->ParseFromString(content) &&
         entry->outcome_case() != JournalEntry::OUTCOME_NOT_SET &&
         !(entry->has_error() && entry->error().code() == 0);
}

ScanIdentity IdentityOf(const JournalEntry& entry) {
  return {entry.path(), entry.page(), entry.size_bytes(), entry.modified_ns(),
          entry.settings_id()};
}

absl::Status Unwritable(const std::string& path, int error) {
  return Error(absl::StatusCode::kInternal, "FILE_UNWRITABLE")
      .Message(absl::StrCat("cannot write ", path, ": ", std::strerror(error)));
}

}  // namespace

std::optional<ScanIdentity> IdentityOf(const Scan& scan,
                                       absl::string_view settings_id) {
  if (!scan.problem.ok()) return std::nullopt;
  struct stat about;
  if (stat(scan.path.c_str(), &about) != 0) return std::nullopt;
  std::error_code error;
  const std::filesystem::path path =
      std::filesystem::canonical(scan.path, error);
  if (error) return std::nullopt;
  ScanIdentity identity;
  identity.path = path.string();
  identity.page = scan.page;
  identity.size_bytes = about.st_size;
  identity.modified_ns =
      int64_t{about.st_mtim.tv_sec} * 1000000000 + about.st_mtim.tv_nsec;
  identity.settings_id = std::string(settings_id);
  for (const Scan& further : scan.more_pages) {
    const auto page = IdentityOf(further, "");
    if (!page.has_value()) return std::nullopt;
    absl::StrAppend(&identity.settings_id, "\n", absl::CEscape(page->path), " ",
                    page->page, " ", page->size_bytes, " ", page->modified_ns);
  }
  return identity;
}

absl::string_view JournalHead() { return kHead; }

std::string JournalBytes(const JournalEntry& entry) {
  const std::string content = entry.SerializeAsString();
  std::string bytes;
  bytes.reserve(kFrameBytes + content.size());
  AppendNumber(bytes, content.size(), kLengthBytes);
  AppendNumber(bytes, Checksum(content), kFrameBytes - kLengthBytes);
  return bytes + content;
}

int64_t ScanJournal(
    std::istream& in,
    const std::function<void(int64_t offset, JournalEntry entry)>& found) {
  if (ReadUpTo(in, kHead.size()) != kHead) return 0;
  int64_t intact = static_cast<int64_t>(kHead.size());
  while (true) {
    JournalEntry entry;
    int64_t size = 0;
    if (!ReadEntry(in, &entry, &size)) return intact;
    found(intact, std::move(entry));
    intact += size;
  }
}

absl::StatusOr<std::unique_ptr<Journal>> Journal::Open(const std::string& path,
                                                       bool resume) {
  const int file =
      open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  if (file < 0) return Unwritable(path, errno);
  auto journal = absl::WrapUnique(new Journal(path, file));
  if (flock(file, LOCK_EX | LOCK_NB) != 0) {
    return Error(absl::StatusCode::kFailedPrecondition, "OUTPUT_BUSY")
        .Message(absl::StrCat(path, ": another run is writing there"));
  }
  int64_t intact = 0;
  if (resume) {
    std::ifstream in(path, std::ios::binary);
    intact = ScanJournal(in, [&](int64_t offset, const JournalEntry& entry) {
      journal->entries_[IdentityOf(entry)].push_back(
          {offset, {entry.annotated().begin(), entry.annotated().end()}});
      ++journal->size_;
    });
    struct stat about;
    if (fstat(file, &about) != 0) return Unwritable(path, errno);
    // Killed while the head was written.
    const bool is_begun = about.st_size < static_cast<int64_t>(kHead.size());
    if (intact == 0 && !is_begun) {
      return Error(absl::StatusCode::kInvalidArgument, "JOURNAL_INVALID")
          .Message(absl::StrCat(path,
                                " is not a journal of this program; "
                                "--overwrite begins anew"));
    }
  }
  if (ftruncate(file, intact) != 0) return Unwritable(path, errno);
  if (intact == 0) SL_RETURN_IF_ERROR(journal->Write(kHead));
  return journal;
}

Journal::~Journal() { close(file_); }

std::optional<JournalPlace> Journal::Find(const ScanIdentity& identity) {
  const auto entry = entries_.find(identity);
  if (entry == entries_.end()) return std::nullopt;
  JournalPlace place = std::move(entry->second.front());
  entry->second.pop_front();
  if (entry->second.empty()) entries_.erase(entry);
  return place;
}

absl::StatusOr<JournalEntry> Journal::Read(int64_t offset) const {
  std::ifstream in(path_, std::ios::binary);
  in.seekg(offset);
  JournalEntry entry;
  int64_t size = 0;
  if (!ReadEntry(in, &entry, &size)) {
    return Error(absl::StatusCode::kInternal, "JOURNAL_INVALID")
        .Message(absl::StrCat(path_, " was changed while it was read"));
  }
  return entry;
}

absl::Status Journal::Append(const JournalEntry& entry) {
  if (entry.ByteSizeLong() > kMaxEntryBytes) return absl::OkStatus();
  return Write(JournalBytes(entry));
}

absl::Status Journal::Write(absl::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t put = write(file_, bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return Unwritable(path_, errno);
    bytes.remove_prefix(static_cast<size_t>(put));
  }
  return absl::OkStatus();
}

}  // namespace sightline::cli
