#include "services/georef/engine/overlay/ink_place.h"

#include <algorithm>
#include <cmath>

namespace sightline::georef {
namespace {

// Share of the strong columns' contrast from which a column holds ink.
constexpr double kInkShare = 0.35;

std::optional<Extent> InkExtent(const std::vector<double>& contrast) {
  std::vector<double> sorted = contrast;
  std::sort(sorted.begin(), sorted.end());
  const double limit = kInkShare * sorted[sorted.size() * 9 / 10];
  const auto is_ink = [&](double value) { return value > limit && value > 4; };
  const auto first = std::find_if(contrast.begin(), contrast.end(), is_ink);
  if (first == contrast.end()) return std::nullopt;
  const auto last = std::find_if(contrast.rbegin(), contrast.rend(), is_ink);
  return Extent{static_cast<int>(first - contrast.begin()),
                static_cast<int>(last.base() - contrast.begin())};
}

// Mean of several strips, and how much it varies along a line.
struct MeanStrip {
  int width = 0;
  int height = 0;
  std::vector<double> samples;

  static MeanStrip Of(const std::vector<const KnownText*>& texts) {
    MeanStrip mean;
    mean.width = texts[0]->strip.width();
    mean.height = texts[0]->strip.height();
    mean.samples.assign(static_cast<size_t>(mean.width) * mean.height, 0);
    for (const KnownText* text : texts) {
      for (size_t i = 0; i < mean.samples.size(); ++i) {
        mean.samples[i] += text->strip.data()[i] / double(texts.size());
      }
    }
    return mean;
  }

  double Deviation(int x0, int x1, int y0, int y1) const {
    double sum = 0;
    double squares = 0;
    for (int y = y0; y < y1; ++y) {
      for (int x = x0; x < x1; ++x) {
        const double sample = samples[static_cast<size_t>(y) * width + x];
        sum += sample;
        squares += sample * sample;
      }
    }
    const double count = double(x1 - x0) * (y1 - y0);
    return std::sqrt(
        std::max(0.0, squares / count - sum * sum / count / count));
  }
};

}  // namespace

std::optional<InkPlace> FindInk(const std::vector<const KnownText*>& texts) {
  // Texts of one length, so that both ends stand still; the length that most
  // frames have.
  std::map<size_t, std::vector<const KnownText*>> by_length;
  for (const KnownText* text : texts) {
    by_length[text->text.size()].push_back(text);
  }
  const auto most = std::max_element(by_length.begin(), by_length.end(),
                                     [](const auto& a, const auto& b) {
                                       return a.second.size() < b.second.size();
                                     });
  const MeanStrip mean = MeanStrip::Of(most->second);
  const int right = mean.width - kStripMargin;
  const int bottom = mean.height - kStripMargin;
  std::vector<double> columns;
  for (int x = kStripMargin; x < right; ++x) {
    columns.push_back(mean.Deviation(x, x + 1, kStripMargin, bottom));
  }
  const std::optional<Extent> across = InkExtent(columns);
  if (!across.has_value()) return std::nullopt;
  InkPlace place;
  place.across = {across->begin + kStripMargin, across->end + kStripMargin};
  std::vector<double> rows;
  for (int y = kStripMargin; y < bottom; ++y) {
    rows.push_back(
        mean.Deviation(place.across.begin, place.across.end, y, y + 1));
  }
  const std::optional<Extent> down = InkExtent(rows);
  if (!down.has_value()) return std::nullopt;
  place.down = {down->begin + kStripMargin, down->end + kStripMargin};
  const std::u32string& text = most->second[0]->text;
  const size_t first = text.find_first_not_of(U' ');
  place.first_character = static_cast<int>(first);
  place.characters = static_cast<int>(text.find_last_not_of(U' ') - first) + 1;
  place.length = static_cast<int>(text.size());
  return place;
}

double FirstPitch(const std::map<int, InkPlace>& inks) {
  std::vector<double> slopes;
  const InkPlace* longest = &inks.begin()->second;
  for (const auto& [one_field, one] : inks) {
    if (one.characters > longest->characters) longest = &one;
    for (const auto& [other_field, other] : inks) {
      if (one.characters <= other.characters) continue;
      slopes.push_back(double(one.across.end - one.across.begin -
                              (other.across.end - other.across.begin)) /
                       (one.characters - other.characters));
    }
  }
  const double alone = (longest->across.end - longest->across.begin) /
                       (longest->characters - 0.2);
  if (slopes.empty()) return alone;
  std::nth_element(slopes.begin(), slopes.begin() + slopes.size() / 2,
                   slopes.end());
  const double slope = slopes[slopes.size() / 2];
  return slope > 0.93 * alone && slope < 1.07 * alone ? slope : alone;
}

}  // namespace sightline::georef
