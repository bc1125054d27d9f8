#include "services/grade/engine/page_likeness.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "services/grade/engine/bubble_index.h"

namespace sightline::grade {
namespace {

// What decides between two pages, with wide margins on the side of doubt: match
// is 1 for a typical outline of the page and 0 for what lies beside outlines.
struct LikenessLimits {
  // Bubbles that only one page has, below which they say nothing.
  int min_distinct = 3;
  // Mean match from which such bubbles are there, and up to which they are not.
  double present = 0.6;
  double absent = 0.3;
  // By how much those of one page must be ahead of the other's.
  double lead = 0.4;
  // Mean match of the bubbles that both have, below which the scan is too bad
  // to say of others that they are missing.
  double min_shared = 0.5;
  // By how much confidences must differ where bubbles do not tell.
  double confidence_lead = 0.2;
  // Of two pages' bubbles, the share that may be elsewhere in look-alikes.
  double max_elsewhere = 0.05;
};
constexpr LikenessLimits kLimits;

// Which bubbles of two pages lie on each other, in the order of the pages'
// fields.
struct SharedBubbles {
  std::vector<bool> of_a;
  std::vector<bool> of_b;
};

SharedBubbles FindShared(const Sheet& a, const Sheet& b,
                         const Homography& b_to_a) {
  SharedBubbles shared;
  shared.of_a.assign(a.bubble_count(), false);
  shared.of_b.assign(b.bubble_count(), false);
  BubbleIndex index(a.page(), std::max(1, a.bubble_count() + b.bubble_count()));
  for (const Field& field : a.fields()) {
    for (const Bubble& bubble : field.bubbles) {
      index.Add(bubble.center, bubble.size);
    }
  }
  size_t at = 0;
  for (const Field& field : b.fields()) {
    for (const Bubble& bubble : field.bubbles) {
      const size_t i = at++;
      const PixelPoint center = b_to_a.Map(bubble.center);
      // Its middle alone: bubbles that merely touch are different ones.
      const PixelSize spot = {a.page().width * 1e-4, a.page().height * 1e-4};
      const bool is_on_page = center.x > spot.width && center.y > spot.height &&
                              center.x < a.page().width - spot.width &&
                              center.y < a.page().height - spot.height;
      if (!is_on_page) continue;
      const auto hit = index.Add(center, spot);
      if (!hit.has_value() || *hit >= a.bubble_count()) continue;
      shared.of_a[*hit] = true;
      shared.of_b[i] = true;
    }
  }
  return shared;
}

// Mean match of some bubbles.
struct Evidence {
  int count = 0;
  double sum = 0;
  double mean() const { return count == 0 ? 0 : sum / count; }
};

// Of the bubbles within the scan that are shared, or that are not.
Evidence EvidenceOf(const PageCandidate& candidate,
                    const std::vector<bool>& is_shared, bool wanted,
                    PixelSize scan) {
  Evidence evidence;
  size_t at = 0;
  for (const FieldReading& field : candidate.reading->fields) {
    for (const BubbleReading& bubble : field.bubbles) {
      if (is_shared[at++] != wanted) continue;
      const bool is_inside = bubble.center.x > 0 && bubble.center.y > 0 &&
                             bubble.center.x < scan.width &&
                             bubble.center.y < scan.height;
      if (!is_inside) continue;
      ++evidence.count;
      evidence.sum += bubble.match;
    }
  }
  return evidence;
}

// > 0: `a`; < 0: `b`; 0: can't tell.
int Compare(const PageCandidate& a, const PageCandidate& b, PixelSize scan,
            const std::function<int()>& by_picture) {
  const auto scan_from_b = b.scan_to_page.Inverse();
  if (!scan_from_b.has_value()) return 0;
  const SharedBubbles shared =
      FindShared(*a.page, *b.page, a.scan_to_page * *scan_from_b);
  const Evidence only_a = EvidenceOf(a, shared.of_a, false, scan);
  const Evidence only_b = EvidenceOf(b, shared.of_b, false, scan);
  const bool has_a = only_a.count >= kLimits.min_distinct;
  const bool has_b = only_b.count >= kLimits.min_distinct;
  const double confidence_lead = a.confidence - b.confidence;
  int winner = 0;
  if (has_a && has_b) {
    const double lead = only_a.mean() - only_b.mean();
    if (lead >= kLimits.lead && only_a.mean() >= kLimits.present) winner = 1;
    if (-lead >= kLimits.lead && only_b.mean() >= kLimits.present) winner = -1;
  } else if (has_a || has_b) {
    const double mean = has_a ? only_a.mean() : only_b.mean();
    const double common = has_a ? EvidenceOf(a, shared.of_a, true, scan).mean()
                                : EvidenceOf(b, shared.of_b, true, scan).mean();
    const int theirs = has_a ? 1 : -1;
    if (mean >= kLimits.present) winner = theirs;
    if (mean <= kLimits.absent && common >= kLimits.min_shared) {
      winner = -theirs;
    }
  }
  if (winner == 0) winner = by_picture();
  if (winner == 0 && !has_a && !has_b &&
      std::abs(confidence_lead) >= kLimits.confidence_lead) {
    winner = confidence_lead > 0 ? 1 : -1;
  }
  // A registration that says the opposite makes it a doubt.
  const bool is_contradicted =
      winner * confidence_lead <= -kLimits.confidence_lead;
  return is_contradicted ? 0 : winner;
}

}  // namespace

std::optional<size_t> ClearlyBest(absl::Span<const PageCandidate> candidates,
                                  PixelSize scan,
                                  const PictureVerdict& by_picture) {
  for (size_t i = 0; i < candidates.size(); ++i) {
    if (candidates[i].reading == nullptr) continue;
    bool is_best = true;
    for (size_t j = 0; is_best && j < candidates.size(); ++j) {
      if (j == i || candidates[j].reading == nullptr) continue;
      is_best = Compare(candidates[i], candidates[j], scan,
                        [&] { return by_picture(i, j); }) > 0;
    }
    if (is_best) return i;
  }
  return std::nullopt;
}

bool HaveSameBubbles(const Sheet& a, const Sheet& b) {
  const SharedBubbles shared =
      FindShared(a, b,
                 Homography::Scale(a.page().width / b.page().width,
                                   a.page().height / b.page().height));
  const auto elsewhere = [](const std::vector<bool>& is_shared) {
    return static_cast<double>(
        std::count(is_shared.begin(), is_shared.end(), false));
  };
  return elsewhere(shared.of_a) <= kLimits.max_elsewhere * a.bubble_count() &&
         elsewhere(shared.of_b) <= kLimits.max_elsewhere * b.bubble_count();
}

}  // namespace sightline::grade
