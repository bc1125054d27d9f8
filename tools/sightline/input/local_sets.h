// The MISB ST 0601 local sets of a recording, and which frame each belongs to.
//
// Frames that were taken out of a video have lost their metadata; the file with
// the metadata comes beside them. Which set is which frame's is said by order
// (the first frame has the first set) or by time; nothing is guessed, and a
// frame without a set of its own fails by itself.
#ifndef SIGHTLINE_TOOLS_SIGHTLINE_INPUT_LOCAL_SETS_H_
#define SIGHTLINE_TOOLS_SIGHTLINE_INPUT_LOCAL_SETS_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace sightline::cli {

struct TimedLocalSet {
  // Key, length, items and checksum, not looked at: the server reads them.
  std::string bytes;
  // Since the recording's first set; nullopt for sets that say no time.
  std::optional<double> seconds;
};

struct LocalSets {
  // In the order in which they came.
  std::vector<TimedLocalSet> sets;
  // What a person should know of the file; empty if there is nothing.
  std::string note;
};

// The sets of a file that holds one, or several one after another. Errors:
// those of ReadFile(); InvalidArgument FILE_INVALID (something else is in it,
// or the last one is cut off).
absl::StatusOr<LocalSets> ReadLocalSetFile(const std::string& path);

// The same for bytes that are in memory already. `name` stands for the file in
// messages.
absl::StatusOr<LocalSets> SplitLocalSets(absl::string_view bytes,
                                         absl::string_view name);

// The sets in an MPEG transport stream, of the first stream that has any.
// Errors: those of ReadFile() and ReadKlvPackets(), whose reasons they keep;
// NotFound LOCAL_SET_MISSING (KLV, but of other kinds).
absl::StatusOr<LocalSets> ReadTransportStreamFile(const std::string& path);

// How frames and sets go together.
struct SetPairing {
  // When the first frame was taken, in seconds since the first set; nullopt:
  // the n-th frame has the n-th set.
  std::optional<double> first_frame_seconds;
  // How many frames there are to a second; for several frames by time.
  double frames_per_second = 0;
};

// The set of frame `index`, counted from 0: the one nearest in time, at most
// half a second away, or the one of that number. Errors: NotFound
// LOCAL_SET_MISSING.
absl::StatusOr<std::string> LocalSetOf(const LocalSets& sets,
                                       const SetPairing& pairing, size_t index);

}  // namespace sightline::cli

#endif  // SIGHTLINE_TOOLS_SIGHTLINE_INPUT_LOCAL_SETS_H_
