#include "services/georef/engine/features/antimeridian.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <utility>

#include "services/georef/engine/features/point_in_rings.h"

namespace sightline::georef {
namespace {

using Ring = std::vector<MapPoint>;

// Vertices nearer to the meridian than this are put so far to its east: then
// all crossings lie between vertices, and those of rings that touch on the
// meridian keep their order. Degrees; 0.01 mm.
constexpr double kOffMeridian = 1e-10;
// Parts that reach no farther from the meridian are left out: rounded to 1e-8
// degrees they have no area.
constexpr double kNarrowest = 2e-8;

// The part of a ring between two crossings, on one side of the meridian; both
// ends lie on it.
struct Chain {
  Ring points;
  bool is_east = false;
};

bool IsEast(const MapPoint& point, double longitude) {
  return point.longitude_deg >= longitude;
}

MapPoint Crossing(const MapPoint& a, const MapPoint& b, double longitude) {
  // From the same end whichever way the edge runs: neighbours cross at equal
  // places.
  const bool forwards = a.longitude_deg < b.longitude_deg;
  const MapPoint& west = forwards ? a : b;
  const MapPoint& east = forwards ? b : a;
  const double t = (longitude - west.longitude_deg) /
                   (east.longitude_deg - west.longitude_deg);
  return {longitude,
          west.latitude_deg + t * (east.latitude_deg - west.latitude_deg)};
}

// Without points that repeat their predecessor.
Ring WithoutRepeats(const Ring& ring) {
  Ring kept;
  for (const MapPoint& point : ring) {
    if (kept.empty() || !(kept.back() == point)) kept.push_back(point);
  }
  while (kept.size() > 1 && kept.front() == kept.back()) kept.pop_back();
  return kept;
}

bool IsNarrow(const Ring& ring, double longitude) {
  return std::all_of(ring.begin(), ring.end(), [&](const MapPoint& point) {
    return std::abs(point.longitude_deg - longitude) <= kNarrowest;
  });
}

Ring OffMeridian(Ring ring, double longitude) {
  for (MapPoint& point : ring) {
    if (std::abs(point.longitude_deg - longitude) < kOffMeridian) {
      point.longitude_deg = longitude + kOffMeridian;
    }
  }
  return ring;
}

double TwiceArea(const Ring& ring) {
  double sum = 0;
  for (size_t i = 0; i < ring.size(); ++i) {
    const MapPoint& a = ring[i];
    const MapPoint& b = ring[(i + 1) % ring.size()];
    sum += (a.longitude_deg - ring[0].longitude_deg) *
               (b.latitude_deg - ring[0].latitude_deg) -
           (b.longitude_deg - ring[0].longitude_deg) *
               (a.latitude_deg - ring[0].latitude_deg);
  }
  return sum;
}

// A hole that touches its polygon's outline and crosses the meridian becomes a
// part of that outline, which then touches itself: the rings in between.
std::vector<Ring> SplitWhereItTouches(const Ring& ring) {
  std::vector<Ring> rings;
  Ring path;
  std::map<std::pair<double, double>, size_t> places;
  for (const MapPoint& point : ring) {
    const std::pair place(point.longitude_deg, point.latitude_deg);
    if (const auto seen = places.find(place); seen != places.end()) {
      const size_t from = seen->second;
      rings.emplace_back(path.begin() + from, path.end());
      for (size_t i = from; i < path.size(); ++i) {
        places.erase({path[i].longitude_deg, path[i].latitude_deg});
      }
      path.resize(from);
    }
    places[place] = path.size();
    path.push_back(point);
  }
  rings.push_back(std::move(path));
  return rings;
}

// Appends the chains of a ring, or nothing if it does not cross.
void AppendChains(const Ring& ring, double longitude,
                  std::vector<Chain>& chains) {
  size_t start = ring.size();
  for (size_t i = 0; i < ring.size() && start == ring.size(); ++i) {
    const MapPoint& previous = ring[(i + ring.size() - 1) % ring.size()];
    if (IsEast(previous, longitude) != IsEast(ring[i], longitude)) start = i;
  }
  if (start == ring.size()) return;
  for (size_t step = 0; step < ring.size(); ++step) {
    const MapPoint& previous =
        ring[(start + step + ring.size() - 1) % ring.size()];
    const MapPoint& point = ring[(start + step) % ring.size()];
    const bool is_east = IsEast(point, longitude);
    if (is_east != IsEast(previous, longitude)) {
      const MapPoint crossing = Crossing(previous, point, longitude);
      if (step > 0) chains.back().points.push_back(crossing);
      chains.push_back({{crossing}, is_east});
    }
    chains.back().points.push_back(point);
  }
  const MapPoint& last = ring[(start + ring.size() - 1) % ring.size()];
  chains.back().points.push_back(Crossing(last, ring[start], longitude));
}

// An end of a chain.
struct End {
  double latitude;
  size_t chain;
  bool is_start;
};

// Appends the rings of one side to outer ones and holes. The interior of the
// polygon lies on the meridian between the first and the second crossing from
// the south, the third and the fourth, and so on: there a chain's end is joined
// to a start.
void Join(const std::vector<Chain>& chains, double longitude, bool is_east,
          std::vector<RingList>& parts, std::vector<Ring>& holes) {
  std::vector<End> ends;
  for (size_t i = 0; i < chains.size(); ++i) {
    if (chains[i].is_east != is_east) continue;
    ends.push_back({chains[i].points.front().latitude_deg, i, true});
    ends.push_back({chains[i].points.back().latitude_deg, i, false});
  }
  std::stable_sort(ends.begin(), ends.end(), [](const End& a, const End& b) {
    return a.latitude < b.latitude;
  });
  constexpr size_t kNone = SIZE_MAX;
  std::vector<size_t> next(chains.size(), kNone);
  for (size_t i = 0; i + 1 < ends.size(); i += 2) {
    const End& a = ends[i];
    const End& b = ends[i + 1];
    if (a.is_start) {
      next[b.chain] = a.chain;
    } else {
      next[a.chain] = b.chain;
    }
  }
  std::vector<bool> is_done(chains.size());
  for (size_t i = 0; i < chains.size(); ++i) {
    if (chains[i].is_east != is_east || is_done[i]) continue;
    Ring ring;
    for (size_t at = i; at != kNone && !is_done[at]; at = next[at]) {
      is_done[at] = true;
      ring.insert(ring.end(), chains[at].points.begin(),
                  chains[at].points.end());
    }
    for (Ring& part : SplitWhereItTouches(WithoutRepeats(ring))) {
      if (part.size() < 3 || IsNarrow(part, longitude)) continue;
      if (TwiceArea(part) > 0) {
        parts.push_back({std::move(part)});
      } else {
        holes.push_back(std::move(part));
      }
    }
  }
}

void GiveHole(const Ring& hole, std::vector<RingList>& parts) {
  // Rings touch at vertices only.
  const MapPoint probe = {0.5 * (hole[0].longitude_deg + hole[1].longitude_deg),
                          0.5 * (hole[0].latitude_deg + hole[1].latitude_deg)};
  for (RingList& part : parts) {
    if (IsInRing(part[0], probe)) {
      part.push_back(hole);
      return;
    }
  }
}

}  // namespace

CutPolygons CutAtMeridian(const RingList& polygon, double longitude_deg) {
  CutPolygons cut;
  std::vector<Chain> chains;
  RingList uncut;
  bool is_outer_cut = false;
  for (size_t i = 0; i < polygon.size(); ++i) {
    Ring ring = OffMeridian(polygon[i], longitude_deg);
    const size_t before = chains.size();
    AppendChains(ring, longitude_deg, chains);
    if (chains.size() == before) {
      uncut.push_back(std::move(ring));
    } else if (i == 0) {
      is_outer_cut = true;
    }
  }
  for (const bool is_east : {false, true}) {
    std::vector<RingList>& parts = is_east ? cut.east : cut.west;
    std::vector<Ring> holes;
    Join(chains, longitude_deg, is_east, parts, holes);
    for (size_t i = 0; i < uncut.size(); ++i) {
      if (IsEast(uncut[i][0], longitude_deg) != is_east) continue;
      if (i == 0 && !is_outer_cut) {
        parts.push_back({uncut[i]});
      } else {
        holes.push_back(uncut[i]);
      }
    }
    for (const Ring& hole : holes) GiveHole(hole, parts);
  }
  return cut;
}

}  // namespace sightline::georef
