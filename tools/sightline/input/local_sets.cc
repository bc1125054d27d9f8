#include "tools/sightline/input/local_sets.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <set>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "services/georef/engine/metadata/ber.h"
#include "services/georef/engine/metadata/local_set.h"
#include "services/georef/engine/metadata/transport_stream.h"
#include "tools/sightline/input/read_file.h"

namespace sightline::cli {
namespace {

using georef::Bytes;
using georef::kLocalSetKey;

constexpr int64_t kMaxKlvFileBytes = int64_t{256} << 20;
// An hour of video in high definition.
constexpr int64_t kMaxStreamBytes = int64_t{4} << 30;
// Sets come several times a second; a frame farther from all of them was taken
// where the recording has a gap.
constexpr double kFarthestSeconds = 0.5;

constexpr double kTicksPerSecond = 90000;
constexpr int64_t kTicksPerTurn = int64_t{1} << 33;

Bytes BytesOf(absl::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

bool BeginsWithKey(Bytes bytes) {
  return bytes.size() >= kLocalSetKey.size() &&
         std::equal(kLocalSetKey.begin(), kLocalSetKey.end(), bytes.begin());
}

absl::Status NotThere(const std::string& message) {
  return Error(absl::StatusCode::kNotFound, "LOCAL_SET_MISSING")
      .Message(message);
}

// Seconds of packets, although their clock begins again.
class Clock {
 public:
  double Seconds(int64_t ticks) {
    if (!last_.has_value()) last_ = ticks;
    // The shorter way round.
    int64_t step = (ticks - *last_) % kTicksPerTurn;
    if (step > kTicksPerTurn / 2) step -= kTicksPerTurn;
    if (step < -kTicksPerTurn / 2) step += kTicksPerTurn;
    elapsed_ += step;
    last_ = ticks;
    return static_cast<double>(elapsed_) / kTicksPerSecond;
  }

 private:
  std::optional<int64_t> last_;
  int64_t elapsed_ = 0;
};

}  // namespace

absl::StatusOr<LocalSets> SplitLocalSets(absl::string_view bytes,
                                         absl::string_view name) {
  const auto invalid = [&](size_t at, absl::string_view what) {
    return Error(absl::StatusCode::kInvalidArgument, "FILE_INVALID")
        .Message(absl::StrCat(name, ": byte ", at, ": ", what))
        .With("offset", absl::StrCat(at));
  };
  if (bytes.empty()) return invalid(0, "the file is empty");
  LocalSets found;
  for (size_t at = 0; at < bytes.size();) {
    const absl::string_view rest = bytes.substr(at);
    if (!BeginsWithKey(BytesOf(rest))) {
      return invalid(at, "no MISB ST 0601 local set begins here");
    }
    const georef::BerNumber length =
        georef::ReadBerLength(BytesOf(rest).subspan(kLocalSetKey.size()));
    const bool is_good = length.state == georef::BerNumber::State::kGood;
    const size_t head = kLocalSetKey.size() + length.size_bytes;
    if (!is_good || length.number > rest.size() - head) {
      return invalid(at, "the local set that begins here is cut off");
    }
    const size_t size = head + static_cast<size_t>(length.number);
    found.sets.push_back({std::string(rest.substr(0, size)), std::nullopt});
    at += size;
  }
  return found;
}

absl::StatusOr<LocalSets> ReadLocalSetFile(const std::string& path) {
  SL_ASSIGN_OR_RETURN(const std::string bytes,
                      ReadFile(path, kMaxKlvFileBytes));
  return SplitLocalSets(bytes, path);
}

absl::StatusOr<LocalSets> ReadTransportStreamFile(const std::string& path) {
  SL_ASSIGN_OR_RETURN(const std::string bytes, ReadFile(path, kMaxStreamBytes));
  LocalSets found;
  std::optional<int> stream;
  std::set<int> other_streams;
  Clock clock;
  const auto report = georef::ReadKlvPackets(
      BytesOf(bytes), [&](const georef::KlvPacket& packet) -> absl::Status {
        if (!BeginsWithKey(packet.bytes)) return absl::OkStatus();
        if (!stream.has_value()) stream = packet.stream;
        if (*stream != packet.stream) {
          other_streams.insert(packet.stream);
          return absl::OkStatus();
        }
        TimedLocalSet set;
        set.bytes.assign(packet.bytes.begin(), packet.bytes.end());
        if (packet.presentation_ticks.has_value()) {
          set.seconds = clock.Seconds(*packet.presentation_ticks);
        }
        found.sets.push_back(std::move(set));
        return absl::OkStatus();
      });
  SL_RETURN_IF_ERROR(report.status());
  if (found.sets.empty()) {
    return NotThere(absl::StrCat(
        path, ": there is KLV in it, but no MISB ST 0601 local set"));
  }
  if (report->dropped_units > 0) {
    absl::StrAppend(&found.note, report->dropped_units,
                    " units of metadata are damaged and left out");
  }
  if (!other_streams.empty()) {
    absl::StrAppend(&found.note, found.note.empty() ? "" : "; ",
                    other_streams.size() + 1,
                    " streams hold local sets: the first is used");
  }
  return found;
}

absl::StatusOr<std::string> LocalSetOf(const LocalSets& sets,
                                       const SetPairing& pairing,
                                       size_t index) {
  if (!pairing.first_frame_seconds.has_value()) {
    if (index < sets.sets.size()) return sets.sets[index].bytes;
    return NotThere(
        absl::StrFormat("this is frame %u, and there are %u local sets",
                        index + 1, sets.sets.size()));
  }
  double wanted = *pairing.first_frame_seconds;
  if (index > 0) wanted += index / pairing.frames_per_second;
  const TimedLocalSet* nearest = nullptr;
  for (const TimedLocalSet& set : sets.sets) {
    if (!set.seconds.has_value()) continue;
    if (nearest == nullptr || std::abs(*set.seconds - wanted) <
                                  std::abs(*nearest->seconds - wanted)) {
      nearest = &set;
    }
  }
  if (nearest == nullptr) {
    return NotThere(
        "the recording's local sets say no time: leave out --ts_at, and the "
        "n-th frame gets the n-th set");
  }
  const double distance = std::abs(*nearest->seconds - wanted);
  if (!(distance <= kFarthestSeconds)) {
    return NotThere(absl::StrFormat(
        "no local set within %.1f s of %.3f s; the nearest is %.3f s away",
        kFarthestSeconds, wanted, distance));
  }
  return nearest->bytes;
}

}  // namespace sightline::cli
