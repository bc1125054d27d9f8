// Timing marks: equal dark bars at equal distances along the page's edges.
//
// A track is known by its run: bars of one size in a row. Single marks may be
// missing, damaged or joined to other print, and others may stand beside them.
#ifndef SIGHTLINE_SERVICES_ALIGN_ENGINE_TIMING_TRACKS_H_
#define SIGHTLINE_SERVICES_ALIGN_ENGINE_TIMING_TRACKS_H_

#include <vector>

#include "common/geometry/homography.h"
#include "services/align/engine/proposal.h"
#include "services/align/engine/reference.h"

namespace sightline::align {

// The centres of a track's marks, page units, first to last.
std::vector<PixelPoint> MarkCenters(const TimingTrack& track);

// A dark bar in a scan, scan pixels.
struct Bar {
  PixelPoint center;
  // Its longer and its shorter side, and the direction of the longer one,
  // radians, clockwise from rightwards.
  double length = 0;
  double width = 0;
  double angle = 0;
};

// Bars in a row.
struct BarRun {
  struct Member {
    // Number in the row; missing bars leave gaps.
    int number = 0;
    int bar = 0;
  };
  // By ascending numbers, the first 0.
  std::vector<Member> members;
};

// Rows of `bars` that may be `track` in some direction, the longest first; no
// row is a part of another. Each has at least half of the track's marks.
std::vector<BarRun> FindRuns(const std::vector<Bar>& bars,
                             const TimingTrack& track);

// Where `bars` put the page: each run taken for each track in both directions,
// and at each place of the track that its length allows; the other tracks' bars
// that fit are used, too. The ones that explain the most bars first, at most
// `most`.
std::vector<Proposal> ProposalsOf(const std::vector<Bar>& bars,
                                  const std::vector<TimingTrack>& tracks,
                                  PixelSize page, int most);

}  // namespace sightline::align

#endif  // SIGHTLINE_SERVICES_ALIGN_ENGINE_TIMING_TRACKS_H_
