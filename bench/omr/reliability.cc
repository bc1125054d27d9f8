#include "bench/omr/reliability.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace sightline::bench {
namespace {

// The picture: a square plot with room for its scales, pixels.
constexpr double kPlot = 360;
constexpr double kLeft = 64;
constexpr double kTop = 20;

double X(double confidence) { return kLeft + kPlot * confidence; }
double Y(double share) { return kTop + kPlot * (1 - share); }

struct Interval {
  double from = 0;
  double to = 1;
};

// Wilson's score interval at 95 %: E. B. Wilson, "Probable inference", 1927.
Interval WilsonInterval(int right, int count) {
  constexpr double kZ = 1.96;
  const double share = static_cast<double>(right) / count;
  const double scale = 1 + kZ * kZ / count;
  const double middle = (share + kZ * kZ / (2 * count)) / scale;
  const double half =
      kZ / scale *
      std::sqrt(share * (1 - share) / count + kZ * kZ / (4.0 * count * count));
  return {std::max(0.0, middle - half), std::min(1.0, middle + half)};
}

void AddScales(std::string& svg) {
  for (int i = 0; i <= 10; i += 2) {
    const double at = i / 10.0;
    absl::StrAppendFormat(
        &svg,
        "<path d=\"M%.0f %.0fH%.0fM%.0f %.0fV%.0f\" stroke=\"#e3e5e8\"/>"
        "<text x=\"%.0f\" y=\"%.0f\" text-anchor=\"end\">%.1f</text>"
        "<text x=\"%.0f\" y=\"%.0f\" text-anchor=\"middle\">%.1f</text>\n",
        X(0), Y(at), X(1), X(at), Y(0), Y(1), X(0) - 8, Y(at) + 4, at, X(at),
        Y(0) + 20, at);
  }
  absl::StrAppendFormat(
      &svg,
      "<path d=\"M%.0f %.0fL%.0f %.0f\" stroke=\"#9aa0a8\" "
      "stroke-dasharray=\"5 4\"/>\n"
      "<text x=\"%.0f\" y=\"%.0f\" text-anchor=\"middle\">confidence claimed"
      "</text>\n"
      "<text transform=\"translate(18 %.0f) rotate(-90)\" "
      "text-anchor=\"middle\">share that is right</text>\n",
      X(0), Y(0), X(1), Y(1), X(0.5), Y(0) + 42, Y(0.5));
}

}  // namespace

void Reliability::Add(double confidence, bool is_right) {
  size_t bin = kFrom.size() - 1;
  while (bin > 0 && confidence < kFrom[bin]) --bin;
  ++bins_[bin].count;
  bins_[bin].right += is_right;
  bins_[bin].confidence_sum += confidence;
}

std::string Reliability::Table() const {
  std::string table = "confidence      readings   right     wrong   share\n";
  for (size_t i = 0; i < bins_.size(); ++i) {
    const Bin& bin = bins_[i];
    if (bin.count == 0) continue;
    absl::StrAppendFormat(&table, "%.2f to %.2f %10d %7d %9d %7.3f\n", kFrom[i],
                          i + 1 < kFrom.size() ? kFrom[i + 1] : 1.0, bin.count,
                          bin.right, bin.count - bin.right,
                          static_cast<double>(bin.right) / bin.count);
  }
  return table;
}

std::string Reliability::Svg() const {
  std::string svg = absl::StrFormat(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" "
      "height=\"%.0f\" font-family=\"sans-serif\" font-size=\"12\" "
      "fill=\"#33363b\">\n<rect width=\"100%%\" height=\"100%%\" "
      "fill=\"white\"/>\n",
      kLeft + kPlot + 90, kTop + kPlot + 56);
  AddScales(svg);
  for (const Bin& bin : bins_) {
    if (bin.count == 0) continue;
    const double claimed = bin.confidence_sum / bin.count;
    const Interval interval = WilsonInterval(bin.right, bin.count);
    const double share = static_cast<double>(bin.right) / bin.count;
    absl::StrAppendFormat(
        &svg,
        "<path d=\"M%.1f %.1fV%.1f\" stroke=\"#145abe\" stroke-width=\"2\"/>"
        "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"5\" fill=\"#145abe\"/>\n",
        X(claimed), Y(interval.from), Y(interval.to), X(claimed), Y(share));
  }
  // Numbers beside the plot, where they do not cover each other.
  double y = kTop + 10;
  absl::StrAppendFormat(
      &svg,
      "<text x=\"%.0f\" y=\"%.0f\" font-weight=\"bold\">readings</text>\n",
      X(1) + 14, y);
  for (size_t i = bins_.size(); i-- > 0;) {
    if (bins_[i].count == 0) continue;
    y += 18;
    absl::StrAppendFormat(&svg, "<text x=\"%.0f\" y=\"%.0f\">%.2f+ %d</text>\n",
                          X(1) + 14, y, kFrom[i], bins_[i].count);
  }
  return svg + "</svg>\n";
}

}  // namespace sightline::bench
