// What `sightline grade --out` has done already, so that an interrupted run
// can go on without grading a sheet twice.
//
// A file of entries, one for each sheet with a final outcome, appended as they
// come. An entry is found again by what was graded and with what: the file's
// path, size and time of change, the page, and the settings; so a scan that
// was replaced, or another key, is graded anew. A program that is killed leaves
// at most one torn entry at the end, which checksums tell; it is cut off. The
// file is read with the care that any foreign file gets.
#ifndef SIGHTLINE_TOOLS_SIGHTLINE_REPORT_JOURNAL_H_
#define SIGHTLINE_TOOLS_SIGHTLINE_REPORT_JOURNAL_H_

#include <cstdint>
#include <deque>
#include <functional>
#include <istream>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "tools/sightline/input/scan_list.h"
#include "tools/sightline/report/journal.pb.h"

namespace sightline::cli {

// Annotated pages of a sheet, in the order of its pages.
using AnnotatedPaths = std::vector<std::string>;

// What was graded, and with what.
struct ScanIdentity {
  std::string path;
  int page = 0;
  int64_t size_bytes = 0;
  int64_t modified_ns = 0;
  std::string settings_id;

  auto operator<=>(const ScanIdentity&) const = default;
};

// An entry that Journal::Find() found.
struct JournalPlace {
  // In the file.
  int64_t offset = 0;
  // JournalEntry.annotated.
  AnnotatedPaths annotated;
};

// That of a sheet of several pages is its first page's, with all the others in
// settings_id. nullopt when there is no such file, or when it could not be
// listed.
std::optional<ScanIdentity> IdentityOf(const Scan& scan,
                                       absl::string_view settings_id);

// Calls `found` with every entry of a journal and its offset, until the end or
// the first byte that is none of a journal's. Returns how many bytes, from the
// beginning, are intact; 0 when `in` is not a journal at all. Takes the memory
// of the largest entry, at most 64 MiB, and never more than `in` holds.
int64_t ScanJournal(
    std::istream& in,
    const std::function<void(int64_t offset, JournalEntry entry)>& found);

// `entry` as it stands in the file.
std::string JournalBytes(const JournalEntry& entry);

// What a journal begins with.
absl::string_view JournalHead();

// Not thread-safe. One program at a time has a journal open.
class Journal {
 public:
  // Opens `path`, or makes it. `resume`: its entries are kept; otherwise it
  // begins anew. Errors: FailedPrecondition OUTPUT_BUSY (another run has it
  // open), InvalidArgument JOURNAL_INVALID (not a journal), Internal
  // FILE_UNWRITABLE.
  static absl::StatusOr<std::unique_ptr<Journal>> Open(const std::string& path,
                                                       bool resume);
  ~Journal();
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  // Entries that were kept.
  int size() const { return size_; }

  // Where the entry of `identity` stands, for Read(); nullopt when there is
  // none. It counts as used then: a scan that is named twice has two.
  std::optional<JournalPlace> Find(const ScanIdentity& identity);
  // The entry that Find() named. Errors: Internal JOURNAL_INVALID (the file
  // was changed meanwhile).
  absl::StatusOr<JournalEntry> Read(int64_t offset) const;

  // Adds an entry; it outlives this program from then on. Entries of more than
  // 64 MiB are left out: their sheets would be graded again. Errors: Internal
  // FILE_UNWRITABLE.
  absl::Status Append(const JournalEntry& entry);

 private:
  Journal(std::string path, int file) : path_(std::move(path)), file_(file) {}
  absl::Status Write(absl::string_view bytes);

  const std::string path_;
  const int file_;
  int size_ = 0;
  // The entries not found yet, in the file's order.
  std::map<ScanIdentity, std::deque<JournalPlace>> entries_;
};

}  // namespace sightline::cli

#endif  // SIGHTLINE_TOOLS_SIGHTLINE_REPORT_JOURNAL_H_
