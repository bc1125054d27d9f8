#include "services/grade/engine/lattice_check.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "services/grade/engine/quantile.h"

namespace sightline::grade {
namespace {

// An end without print matches less than this in the middle of its bubbles,
// print beyond the other end more than that.
constexpr double kMissing = 0.25;
constexpr double kPresent = 0.6;
// Bubbles that speak for an end.
constexpr size_t kVoices = 12;
// Steps of a regular grid agree to this share.
constexpr double kRegular = 0.1;

struct Place {
  int field;
  int bubble;
};

// One end of a group's grid, and the step that leads to it from within.
struct End {
  std::vector<Place> places;
  PixelPoint outwards;
};

PixelPoint Difference(PixelPoint a, PixelPoint b) {
  return {a.x - b.x, a.y - b.y};
}

// The step that leads from `first` to `last` in `count` steps, if `second` is
// one step from `first`.
std::optional<PixelPoint> RegularStep(PixelPoint first, PixelPoint second,
                                      PixelPoint last, int count) {
  const PixelPoint step = Difference(second, first);
  const PixelPoint whole = Difference(last, first);
  const double length = std::hypot(step.x, step.y);
  if (count < 1 || length == 0 ||
      std::hypot(whole.x - count * step.x, whole.y - count * step.y) >
          kRegular * length) {
    return std::nullopt;
  }
  return step;
}

std::vector<Place> Thin(const std::vector<Place>& places) {
  if (places.size() <= kVoices) return places;
  std::vector<Place> thin;
  for (size_t i = 0; i < kVoices; ++i) {
    thin.push_back(places[i * places.size() / kVoices]);
  }
  return thin;
}

// Two opposite ends for every direction in which the fields form a grid.
std::vector<std::pair<End, End>> EndsOf(const Sheet& sheet,
                                        const std::vector<int>& fields) {
  std::vector<std::pair<End, End>> ends;
  const auto center = [&](int field, size_t bubble) {
    return sheet.fields()[field].bubbles[bubble].center;
  };
  const size_t values = sheet.fields()[fields.front()].bubbles.size();
  for (const int field : fields) {
    if (sheet.fields()[field].bubbles.size() != values) return ends;
  }
  const auto add = [&](const std::vector<Place>& from,
                       const std::vector<Place>& to, PixelPoint step) {
    ends.push_back({{Thin(from), {-step.x, -step.y}}, {Thin(to), step}});
  };
  if (fields.size() >= 2) {
    const int last = static_cast<int>(fields.size()) - 1;
    const auto step = RegularStep(center(fields[0], 0), center(fields[1], 0),
                                  center(fields[last], 0), last);
    if (step.has_value()) {
      std::vector<Place> from;
      std::vector<Place> to;
      for (size_t b = 0; b < values; ++b) {
        from.push_back({fields[0], static_cast<int>(b)});
        to.push_back({fields[last], static_cast<int>(b)});
      }
      add(from, to, *step);
    }
  }
  if (values >= 2) {
    const int last = static_cast<int>(values) - 1;
    const auto step = RegularStep(center(fields[0], 0), center(fields[0], 1),
                                  center(fields[0], values - 1), last);
    if (step.has_value()) {
      std::vector<Place> from;
      std::vector<Place> to;
      for (const int field : fields) {
        from.push_back({field, 0});
        to.push_back({field, last});
      }
      add(from, to, *step);
    }
  }
  return ends;
}

}  // namespace

std::vector<bool> FindStepErrors(
    const Sheet& sheet, const PrintModel& print,
    const std::function<double(int f, int b)>& match,
    const std::function<double(int f, int b, PixelPoint at)>& match_at) {
  std::vector<std::vector<int>> fields(sheet.group_count());
  for (size_t f = 0; f < sheet.groups().size(); ++f) {
    fields[sheet.groups()[f]].push_back(static_cast<int>(f));
  }
  const auto is_missing = [&](const End& end) {
    std::vector<double> matches;
    for (const Place& place : end.places) {
      matches.push_back(match(place.field, place.bubble));
    }
    return Quantile(matches, 0.5) < kMissing;
  };
  const auto is_beyond = [&](const End& end) {
    std::vector<double> matches;
    for (const Place& place : end.places) {
      const PixelPoint at =
          sheet.fields()[place.field].bubbles[place.bubble].center;
      matches.push_back(
          match_at(place.field, place.bubble,
                   {at.x + end.outwards.x, at.y + end.outwards.y}));
    }
    return Quantile(matches, 0.5) > kPresent;
  };
  std::vector<bool> is_off(sheet.group_count(), false);
  for (int group = 0; group < sheet.group_count(); ++group) {
    if (!print.groups[group].has_outlines) continue;
    for (const auto& [one, other] : EndsOf(sheet, fields[group])) {
      if ((is_missing(one) && is_beyond(other)) ||
          (is_missing(other) && is_beyond(one))) {
        is_off[group] = true;
      }
    }
  }
  return is_off;
}

}  // namespace sightline::grade
