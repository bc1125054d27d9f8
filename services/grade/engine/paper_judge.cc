#include "services/grade/engine/paper_judge.h"

#include <algorithm>
#include <cstddef>

#include "services/grade/engine/quantile.h"
#include "services/grade/engine/surroundings.h"

namespace sightline::grade {
namespace {

// A bubble whose surroundings are scribbled over borrows its paper from its
// neighbours and from farther around: the darkest it may be against theirs.
constexpr float kPaperShare = 0.85f;

}  // namespace

void JudgePaper(const GrayImage& scan, const Homography& page_to_scan,
                const Sheet& sheet, std::vector<BubbleMeasure>& measures) {
  size_t first = 0;
  std::vector<float> papers;
  for (const Field& field : sheet.fields()) {
    const size_t end = first + field.bubbles.size();
    papers.clear();
    for (size_t i = first; i < end; ++i) {
      if (measures[i].is_inside) papers.push_back(measures[i].paper);
    }
    const float usual = Quantile(papers, 0.5);
    for (size_t i = first; i < end; ++i) {
      BubbleMeasure& measure = measures[i];
      if (!measure.is_inside || (measure.paper >= kPaperShare * usual &&
                                 measure.darkest_paper == measure.paper)) {
        continue;
      }
      const Surroundings around =
          FindSurroundings(scan, page_to_scan, field.bubbles[i - first])
              .value_or(Surroundings{usual, usual});
      measure.paper = std::max(
          measure.paper, kPaperShare * std::min(usual, around.second_darkest));
      measure.darkest_paper = std::min(
          measure.paper, std::max(measure.darkest_paper, around.darkest));
    }
    first = end;
  }
}

}  // namespace sightline::grade
