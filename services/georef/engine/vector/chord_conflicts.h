// Finds which chords may not stand for their corners, because the outlines
// would cross, touch or change sides.
//
// With chords that have no conflict, the network of outlines is drawn without
// crossings, and each chord can be moved into its run of corners without
// passing the end of any other: so every ring is simple, keeps its orientation,
// and holes, islands and neighbours stay where they are.
#ifndef SIGHTLINE_SERVICES_GEOREF_ENGINE_VECTOR_CHORD_CONFLICTS_H_
#define SIGHTLINE_SERVICES_GEOREF_ENGINE_VECTOR_CHORD_CONFLICTS_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "common/stop/stop_token.h"
#include "services/georef/engine/vector/chords.h"

namespace sightline::georef {

class ChordConflicts {
 public:
  // `positions` and `corners`: of all arcs' corners, where they lie and which
  // vertex names them; equal names are the same place. Both are kept by the
  // caller.
  ChordConflicts(absl::Span<const PlanePoint> positions,
                 absl::Span<const uint32_t> corners)
      : positions_(positions), corners_(corners) {}

  // Marks chords of which corners must be restored, at least one of each pair
  // that is in conflict. Pairs of chords of which neither is new are known to
  // be free of conflicts. `chords`: of all arcs, in their order: neighbours in
  // the list should be near each other. `is_new` and `is_marked`: by chord.
  // Errors: InvalidArgument GEOREF_POSITIONS_INVALID (outlines with all their
  // corners cross), or why `stop` stopped.
  absl::Status Mark(const std::vector<Chord>& chords,
                    const std::vector<uint8_t>& is_new,
                    std::vector<uint8_t>& is_marked, const StopToken& stop);

  // The most that an object holds, by chord.
  static constexpr int64_t kBytesPerChord = 120;

 private:
  // A level of the tree of boxes: each node holds eight of the level below.
  struct Node {
    PlaneBox box;
    bool has_new = false;
  };

  void BuildLevels(const std::vector<Chord>& chords,
                   const std::vector<uint8_t>& is_new);
  absl::Status TestWithin(size_t level, size_t node);
  absl::Status TestBetween(size_t level, size_t a, size_t b);
  absl::Status TestPair(uint32_t a, uint32_t b);
  bool Meet(const Chord& a, const Chord& b) const;
  bool Sweeps(const Chord& chord, uint32_t corner) const;

  absl::Span<const PlanePoint> positions_;
  absl::Span<const uint32_t> corners_;
  const std::vector<Chord>* chords_ = nullptr;
  std::vector<uint8_t>* is_marked_ = nullptr;
  const StopToken* stop_ = nullptr;
  int64_t tests_ = 0;
  std::vector<std::vector<Node>> levels_;
};

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_ENGINE_VECTOR_CHORD_CONFLICTS_H_
