// The figures of report.html: tiles, the distribution of scores, the questions.
#ifndef SIGHTLINE_TOOLS_SIGHTLINE_REPORT_REPORT_CHARTS_H_
#define SIGHTLINE_TOOLS_SIGHTLINE_REPORT_REPORT_CHARTS_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "tools/sightline/report/statistics.h"

namespace sightline::cli {

// One figure at the top: <div class="tile">. Both are plain text; `rest` stands
// small beside `figure`.
std::string TileHtml(absl::string_view name, absl::string_view figure,
                     absl::string_view rest = "");

// How scores are counted together for a chart.
struct ScoreBins {
  double low = 0;
  // The bin i holds scores from low + i * step to below low + (i + 1) * step.
  double step = 1;
  std::vector<int> counts;
  // Every bin is one whole score.
  bool is_single = false;
};

// From 0, or the lowest score where that is less, to what all right answers
// give; at most 21 bins. `scores` is not empty and holds finite numbers.
ScoreBins BinScores(const ScoreSummary& scores);

// A bar for every bin, as an inline SVG that is as wide as its container.
std::string ScoreChartHtml(const ScoreSummary& scores);

// A row for every question: what became of it, difficulty, discrimination,
// and the answers that were chosen.
std::string QuestionTableHtml(const std::vector<QuestionSummary>& questions,
                              bool has_key);

}  // namespace sightline::cli

#endif  // SIGHTLINE_TOOLS_SIGHTLINE_REPORT_REPORT_CHARTS_H_
