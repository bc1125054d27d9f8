#include "services/align/engine/timing_tracks.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "services/align/engine/opencv_fit.h"

namespace sightline::align {
namespace {

// A bar's sides may differ from those of the row's first by this factor.
constexpr double kMaxSizeRatio = 1.4;
// The distance of two marks relative to their length may differ from the
// track's by this factor: print grows and shrinks in copies.
constexpr double kMaxPitchRatio = 1.35;
// A bar is the next one if it lies within this share of the pitch.
constexpr double kSamePlace = 0.22;
// The second bar of a row is looked for with less knowledge.
constexpr double kSecondPlace = 0.35;
// Missing bars in a row that are bridged.
constexpr int kMaxGap = 4;
// Share of the track's marks that a run must have.
constexpr double kMinShare = 0.5;
constexpr int kMinRun = 5;
constexpr size_t kMaxRuns = 4;
// By how much the row's bars may be turned against its direction, radians.
constexpr double kMaxTurn = 0.25;
// Of bars much longer than wide the direction is known.
constexpr double kClearlyLong = 1.4;
// Tolerances, thousandths of the page's width.
constexpr double kTolerance = 6;
constexpr double kReachOfOne = 30;
constexpr double kReachOfSeveral = 14;
// Share of the page between tracks that show the page's second dimension.
constexpr double kMinSpread = 0.2;

double Distance(PixelPoint a, PixelPoint b) {
  return std::hypot(a.x - b.x, a.y - b.y);
}

PixelPoint StepOf(const TimingTrack& track) {
  return {(track.last.x - track.first.x) / (track.count - 1),
          (track.last.y - track.first.y) / (track.count - 1)};
}

bool IsAlike(double a, double b, double factor) {
  return a <= factor * b && b <= factor * a;
}

bool AreAlike(const Bar& a, const Bar& b) {
  return IsAlike(a.length, b.length, kMaxSizeRatio) &&
         IsAlike(a.width, b.width, kMaxSizeRatio);
}

// The directions in which a row of bars like `bar` may go on, radians.
std::vector<double> Directions(const Bar& bar, const TimingTrack& track) {
  const PixelPoint step = StepOf(track);
  const bool is_wide = track.mark.width >= track.mark.height;
  // From the mark's longer side to the row.
  const double turn = std::atan2(step.y, step.x) - (is_wide ? 0 : M_PI / 2);
  std::vector<double> directions = {bar.angle + turn, bar.angle + turn + M_PI};
  const bool is_clear =
      IsAlike(track.mark.width, track.mark.height, kClearlyLong);
  if (is_clear) {
    directions.push_back(bar.angle + turn + M_PI / 2);
    directions.push_back(bar.angle + turn - M_PI / 2);
  }
  return directions;
}

class RunFinder {
 public:
  RunFinder(const std::vector<Bar>& bars, const TimingTrack& track)
      : bars_(bars), track_(track), is_used_(bars.size(), false) {
    const PixelPoint step = StepOf(track);
    const double length = std::max(track.mark.width, track.mark.height);
    pitch_per_length_ = std::hypot(step.x, step.y) / length;
  }

  std::vector<BarRun> Find() {
    std::vector<BarRun> runs;
    const auto needed = static_cast<size_t>(
        std::max<double>(kMinRun, kMinShare * track_.count));
    for (int seed = 0; seed < static_cast<int>(bars_.size()); ++seed) {
      if (is_used_[seed]) continue;
      BarRun best;
      for (const double direction : Directions(bars_[seed], track_)) {
        BarRun run = Grow(seed, direction);
        if (run.members.size() > best.members.size()) best = std::move(run);
      }
      if (best.members.size() < needed) continue;
      for (const BarRun::Member& member : best.members) {
        is_used_[member.bar] = true;
      }
      runs.push_back(std::move(best));
    }
    std::stable_sort(runs.begin(), runs.end(),
                     [](const BarRun& a, const BarRun& b) {
                       return a.members.size() > b.members.size();
                     });
    if (runs.size() > kMaxRuns) runs.resize(kMaxRuns);
    return runs;
  }

 private:
  // The bar nearest to `at` within `reach` that looks like `like`; -1: none.
  int Nearest(PixelPoint at, double reach, const Bar& like) const {
    int nearest = -1;
    for (int i = 0; i < static_cast<int>(bars_.size()); ++i) {
      const double distance = Distance(bars_[i].center, at);
      if (distance > reach || !AreAlike(bars_[i], like)) continue;
      reach = distance;
      nearest = i;
    }
    return nearest;
  }

  // The bar that follows `seed` in `direction`, some of them left out.
  std::optional<std::pair<int, PixelPoint>> Second(int seed,
                                                   double direction) const {
    const Bar& first = bars_[seed];
    const double pitch = pitch_per_length_ * first.length;
    const PixelPoint step{pitch * std::cos(direction),
                          pitch * std::sin(direction)};
    const PixelPoint at{first.center.x + step.x, first.center.y + step.y};
    const int next = Nearest(at, kSecondPlace * pitch, first);
    if (next < 0 || next == seed) return std::nullopt;
    const PixelPoint found{bars_[next].center.x - first.center.x,
                           bars_[next].center.y - first.center.y};
    const double turned =
        std::remainder(std::atan2(found.y, found.x) - direction, 2 * M_PI);
    if (std::abs(turned) > kMaxTurn ||
        !IsAlike(std::hypot(found.x, found.y), pitch, kMaxPitchRatio)) {
      return std::nullopt;
    }
    return std::make_pair(next, found);
  }

  // Goes on from `bar` by `step` until too many are missing; numbers ascend by
  // `sign`.
  void Extend(int bar, int number, int sign, PixelPoint step,
              std::vector<BarRun::Member>& members) const {
    const Bar& like = bars_[bar];
    while (true) {
      int next = -1;
      int gap = 1;
      const double pitch = std::hypot(step.x, step.y);
      const PixelPoint& from = bars_[bar].center;
      for (; gap <= kMaxGap + 1 && next < 0; ++gap) {
        next = Nearest({from.x + gap * step.x, from.y + gap * step.y},
                       kSamePlace * pitch, like);
      }
      if (next < 0) return;
      const int steps = gap - 1;
      number += sign * steps;
      members.push_back({number, next});
      // The row may bend, and seen at an angle its marks draw together.
      const PixelPoint& to = bars_[next].center;
      constexpr double kNew = 0.3;
      step = {(1 - kNew) * step.x + kNew * (to.x - from.x) / steps,
              (1 - kNew) * step.y + kNew * (to.y - from.y) / steps};
      bar = next;
      // A circle of bars would never end.
      if (static_cast<int>(members.size()) > 4 * track_.count) return;
    }
  }

  BarRun Grow(int seed, double direction) const {
    BarRun run;
    const auto second = Second(seed, direction);
    if (!second.has_value()) return run;
    const auto& [next, step] = *second;
    run.members = {{0, seed}, {1, next}};
    Extend(next, 1, 1, step, run.members);
    Extend(seed, 0, -1, {-step.x, -step.y}, run.members);
    std::sort(run.members.begin(), run.members.end(),
              [](const BarRun::Member& a, const BarRun::Member& b) {
                return a.number < b.number;
              });
    const int first = run.members.front().number;
    for (BarRun::Member& member : run.members) member.number -= first;
    return run;
  }

  const std::vector<Bar>& bars_;
  const TimingTrack& track_;
  double pitch_per_length_ = 0;
  std::vector<bool> is_used_;
};

// A way to take a run for a track.
struct Guess {
  Homography scan_to_page;
  // Marks of all tracks that have a bar where they should be.
  size_t explained = 0;
  bool is_spread = false;
};

class Guesser {
 public:
  Guesser(const std::vector<Bar>& bars, const std::vector<TimingTrack>& tracks,
          PixelSize page)
      : bars_(bars), tracks_(tracks), page_(page) {}

  // `run` is `track`, its first member mark `offset`, or counted from the end.
  void Try(const BarRun& run, const TimingTrack& track, int offset,
           bool is_reversed) {
    std::vector<PixelPoint> marks = MarkCenters(track);
    if (is_reversed) std::reverse(marks.begin(), marks.end());
    std::vector<PointPair> pairs;
    for (const BarRun::Member& member : run.members) {
      const int mark = member.number + offset;
      if (mark < 0 || mark >= static_cast<int>(marks.size())) continue;
      pairs.push_back({bars_[member.bar].center, marks[mark]});
    }
    const double tolerance = kTolerance * page_.width / 1000;
    const std::optional<Fit> fit = FitSimilarity(pairs, tolerance);
    if (!fit.has_value()) return;
    Guess guess{fit->map, fit->inliers.size(), false};
    const std::vector<PointPair> all = Explained(fit->map);
    guess.explained = std::max(guess.explained, all.size());
    if (IsSpread(all)) {
      const std::optional<Fit> exact = FitHomography(all, tolerance);
      if (exact.has_value() && exact->inliers.size() * 10 >= all.size() * 7) {
        guess.scan_to_page = exact->map;
        guess.is_spread = true;
      }
    }
    guesses_.push_back(guess);
  }

  std::vector<Proposal> Best(int most) {
    std::stable_sort(guesses_.begin(), guesses_.end(),
                     [](const Guess& a, const Guess& b) {
                       return a.explained > b.explained;
                     });
    std::vector<Proposal> best;
    for (const Guess& guess : guesses_) {
      if (static_cast<int>(best.size()) == most) break;
      best.push_back({guess.scan_to_page,
                      guess.is_spread ? kReachOfSeveral : kReachOfOne,
                      std::nullopt});
    }
    return best;
  }

 private:
  // Each mark of each track with the bar that lies where `scan_to_page` puts
  // it.
  std::vector<PointPair> Explained(const Homography& scan_to_page) const {
    std::vector<PointPair> pairs;
    std::vector<PixelPoint> on_page;
    for (const Bar& bar : bars_) {
      on_page.push_back(scan_to_page.Map(bar.center));
    }
    for (const TimingTrack& track : tracks_) {
      const PixelPoint step = StepOf(track);
      const double reach = kSecondPlace * std::hypot(step.x, step.y);
      for (const PixelPoint& mark : MarkCenters(track)) {
        int nearest = -1;
        double least = reach;
        for (int i = 0; i < static_cast<int>(bars_.size()); ++i) {
          const double distance = Distance(on_page[i], mark);
          if (distance > least) continue;
          least = distance;
          nearest = i;
        }
        if (nearest >= 0) pairs.push_back({bars_[nearest].center, mark});
      }
    }
    return pairs;
  }

  // Whether the pairs' page points fill more than a line.
  bool IsSpread(const std::vector<PointPair>& pairs) const {
    double left = page_.width;
    double right = 0;
    double top = page_.height;
    double bottom = 0;
    for (const PointPair& pair : pairs) {
      left = std::min(left, pair.to.x);
      right = std::max(right, pair.to.x);
      top = std::min(top, pair.to.y);
      bottom = std::max(bottom, pair.to.y);
    }
    return right - left > kMinSpread * page_.width &&
           bottom - top > kMinSpread * page_.height;
  }

  const std::vector<Bar>& bars_;
  const std::vector<TimingTrack>& tracks_;
  PixelSize page_;
  std::vector<Guess> guesses_;
};

}  // namespace

std::vector<PixelPoint> MarkCenters(const TimingTrack& track) {
  const PixelPoint step = StepOf(track);
  std::vector<PixelPoint> centers;
  for (int i = 0; i < track.count; ++i) {
    centers.push_back({track.first.x + i * step.x, track.first.y + i * step.y});
  }
  return centers;
}

std::vector<BarRun> FindRuns(const std::vector<Bar>& bars,
                             const TimingTrack& track) {
  return RunFinder(bars, track).Find();
}

std::vector<Proposal> ProposalsOf(const std::vector<Bar>& bars,
                                  const std::vector<TimingTrack>& tracks,
                                  PixelSize page, int most) {
  Guesser guesser(bars, tracks, page);
  for (const TimingTrack& track : tracks) {
    for (const BarRun& run : FindRuns(bars, track)) {
      const int missing = track.count - 1 - run.members.back().number;
      for (int offset = std::min(0, missing); offset <= std::max(0, missing);
           ++offset) {
        guesser.Try(run, track, offset, false);
        guesser.Try(run, track, offset, true);
      }
    }
  }
  return guesser.Best(most);
}

}  // namespace sightline::align
