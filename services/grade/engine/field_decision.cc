#include "services/grade/engine/field_decision.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace sightline::grade {
namespace {

// Confidence of whatever is in doubt: below every sensible review_below.
constexpr double kDoubt = 0.45;
// Confidence of a mark at the least ink that is beyond doubt, and of an empty
// bubble at the most. They rise to 1 from there.
constexpr double kJustMarked = 0.8;
constexpr double kJustEmpty = 0.55;
// A field is off the grid when its empty bubbles' outlines match less.
constexpr double kOffGridMatch = 0.25;
// A lone trace is taken for a faint mark when it has this share of the
// threshold and the field's next trace at most this share of it.
constexpr double kFaintShare = 0.3;
constexpr double kFaintRival = 0.4;
// A veil beside a letter is lone when the field's next is at most this share.
constexpr double kVeilRival = 0.5;
// All bubbles of a field share a stain or a shadow of at most this much ink.
constexpr double kCommonInk = 0.05;
constexpr size_t kEnoughForCommonInk = 3;
// With a given threshold: fills closer to it than this, or than so many
// noises, are in doubt.
constexpr double kGivenMargin = 0.03;
constexpr double kGivenNoises = 3;

// Marks found, what is doubtful about them, and how sure the rest is.
struct Decision {
  std::vector<bool> marked;
  std::vector<bool> cancelled;
  std::set<Flag> flags;
  double confidence = 1;

  void Lower(double to) { confidence = std::min(confidence, to); }
  void Doubt(Flag flag) {
    flags.insert(flag);
    Lower(kDoubt);
  }
};

// Confidence that a bubble with no more than this much ink is empty.
double EmptyConfidence(double excess, double empty_below) {
  const double share = std::clamp(excess / empty_below, 0.0, 1.0);
  return 1 - (1 - kJustEmpty) * std::pow(share, 4);
}

double MarkedConfidence(double excess, const GroupLevels& levels) {
  const double full = std::max(0.85 * levels.mark, levels.marked_from + 1e-9);
  const double share = std::clamp(
      (excess - levels.marked_from) / (full - levels.marked_from), 0.0, 1.0);
  // However dark a mark: on a noisy page it is less sure.
  const double noises = excess / std::max(1e-9, levels.noise);
  return (kJustMarked + (1 - kJustMarked) * share) *
         (1 - std::exp(-noises / 2));
}

std::vector<BubbleEvidence> WithoutCommonInk(
    std::vector<BubbleEvidence> bubbles) {
  std::vector<double> excesses;
  for (const BubbleEvidence& bubble : bubbles) {
    if (bubble.is_inside) excesses.push_back(bubble.excess);
  }
  if (excesses.size() < kEnoughForCommonInk) return bubbles;
  const auto middle = excesses.begin() + (excesses.size() - 1) / 2;
  std::nth_element(excesses.begin(), middle, excesses.end());
  const double common = std::clamp(*middle, -kCommonInk, kCommonInk);
  for (BubbleEvidence& bubble : bubbles) {
    bubble.excess -= common;
    bubble.trace -= common;
  }
  return bubbles;
}

// Light shading may weigh less than the letter it lies on, but veils the paper
// beside it: where it does so in one bubble alone, that is a faint mark.
bool MarkTheVeiled(const std::vector<BubbleEvidence>& bubbles,
                   const GroupLevels& levels, Decision& decision) {
  size_t most = bubbles.size();
  double next = 0;
  for (size_t i = 0; i < bubbles.size(); ++i) {
    if (!bubbles[i].is_inside) continue;
    const double veil = bubbles[i].veil - bubbles[i].shadow;
    if (most < bubbles.size() &&
        veil <= bubbles[most].veil - bubbles[most].shadow) {
      next = std::max(next, veil);
      continue;
    }
    if (most < bubbles.size()) {
      next = std::max(next, bubbles[most].veil - bubbles[most].shadow);
    }
    most = i;
  }
  if (most == bubbles.size()) return false;
  const double veil = bubbles[most].veil - bubbles[most].shadow;
  if (veil < levels.veiled_from || next > kVeilRival * veil) return false;
  decision.marked[most] = true;
  decision.Doubt(Flag::kFaint);
  return true;
}

void DecideFromLevels(const Field& field,
                      const std::vector<BubbleEvidence>& measured,
                      const GroupLevels& levels, Decision& decision) {
  const std::vector<BubbleEvidence> bubbles = WithoutCommonInk(measured);
  std::vector<size_t> doubtful;
  int sure = 0;
  double darkest_empty = 0;
  for (size_t i = 0; i < bubbles.size(); ++i) {
    const BubbleEvidence& bubble = bubbles[i];
    if (!bubble.is_inside) continue;
    if (bubble.excess >= levels.marked_from) {
      // What a shadow explains is no mark, but not surely none.
      decision.marked[i] =
          bubble.excess - bubble.shadow >= kFaintShare * levels.threshold;
      sure += decision.marked[i];
      decision.Lower(MarkedConfidence(bubble.excess, levels));
      if (bubble.excess - bubble.shadow < levels.threshold ||
          bubble.trace < levels.trace_from || bubble.is_crossed) {
        decision.Doubt(Flag::kAmbiguous);
      }
    } else if (bubble.excess < levels.empty_below) {
      decision.Lower(EmptyConfidence(bubble.excess, levels.empty_below));
      darkest_empty = std::max(darkest_empty, bubble.trace);
    } else {
      doubtful.push_back(i);
    }
  }
  // A mark may be lost but for its trace on the outline.
  for (size_t i = 0; i < bubbles.size(); ++i) {
    if (!bubbles[i].is_inside || decision.marked[i] || bubbles[i].rim < 1) {
      continue;
    }
    if (sure == 0 || field.kind == FieldKind::kMultiple) {
      decision.Doubt(Flag::kAmbiguous);
    }
  }
  // What hides a letter may be a mark; beside a full one it hardly is.
  bool is_hidden = false;
  for (size_t i = 0; i < bubbles.size(); ++i) {
    is_hidden = is_hidden || (bubbles[i].is_inside && bubbles[i].is_covered &&
                              !decision.marked[i]);
  }
  if (is_hidden && (sure == 0 || field.kind == FieldKind::kMultiple)) {
    decision.Doubt(Flag::kAmbiguous);
  }
  if (doubtful.empty() && sure == 0 &&
      MarkTheVeiled(bubbles, levels, decision)) {
    return;
  }
  if (doubtful.empty()) {
    if (sure == 0 && darkest_empty >= levels.blank_below &&
        levels.blank_below < levels.empty_below) {
      decision.Doubt(Flag::kAmbiguous);
    }
    return;
  }
  std::sort(doubtful.begin(), doubtful.end(), [&](size_t a, size_t b) {
    return bubbles[a].excess > bubbles[b].excess;
  });
  if (sure > 0) {
    // Beside a full mark a lighter one is a remainder, or nearly another mark.
    for (const size_t i : doubtful) {
      if (bubbles[i].excess < levels.threshold) {
        decision.Doubt(Flag::kErased);
      } else {
        decision.marked[i] = true;
        decision.Doubt(Flag::kAmbiguous);
      }
    }
    return;
  }
  const double darkest = bubbles[doubtful[0]].excess;
  double next = 0;
  for (size_t i = 0; i < bubbles.size(); ++i) {
    if (i != doubtful[0] && bubbles[i].is_inside) {
      next = std::max(next, bubbles[i].excess);
    }
  }
  const bool is_lone = next <= kFaintRival * darkest;
  if (is_lone &&
      darkest - bubbles[doubtful[0]].shadow >= kFaintShare * levels.threshold) {
    decision.marked[doubtful[0]] = true;
    decision.Doubt(Flag::kFaint);
    return;
  }
  for (const size_t i : doubtful) {
    decision.marked[i] =
        bubbles[i].excess - bubbles[i].shadow >= levels.threshold;
  }
  decision.Doubt(field.kind == FieldKind::kMultiple && !is_lone &&
                         next >= levels.threshold
                     ? Flag::kFaint
                     : Flag::kAmbiguous);
}

void DecideFromThreshold(const std::vector<BubbleEvidence>& bubbles,
                         double threshold, const GroupLevels& levels,
                         Decision& decision) {
  const double margin = std::max(kGivenMargin, kGivenNoises * levels.noise);
  for (size_t i = 0; i < bubbles.size(); ++i) {
    const BubbleEvidence& bubble = bubbles[i];
    if (!bubble.is_inside) continue;
    decision.marked[i] = bubble.fill > threshold;
    const double away = std::abs(bubble.fill - threshold);
    if (away < margin) decision.Doubt(Flag::kAmbiguous);
    decision.Lower(1 - 0.5 * std::exp(-away / margin));
  }
}

void CheckPlace(const std::vector<BubbleEvidence>& bubbles,
                Decision& decision) {
  // Marks hide their outlines, so the empty bubbles are asked.
  std::vector<double> matches;
  for (size_t i = 0; i < bubbles.size(); ++i) {
    if (!bubbles[i].is_inside) {
      decision.Doubt(Flag::kCutOff);
    } else if (!decision.marked[i] && !decision.cancelled[i]) {
      matches.push_back(bubbles[i].match);
    }
  }
  if (matches.empty()) return;
  const auto middle = matches.begin() + matches.size() / 2;
  std::nth_element(matches.begin(), middle, matches.end());
  if (*middle < kOffGridMatch) decision.Doubt(Flag::kOffGrid);
}

// Takes back the marks that were blacked out.
void TakeBack(const std::vector<BubbleEvidence>& bubbles, Decision& decision) {
  bool any = false;
  for (size_t i = 0; i < bubbles.size(); ++i) {
    if (!decision.marked[i]) continue;
    switch (bubbles[i].cancelling) {
      case Cancelling::kNo:
        break;
      case Cancelling::kPerhaps:
        decision.Doubt(Flag::kAmbiguous);
        break;
      case Cancelling::kYes:
        decision.marked[i] = false;
        decision.cancelled[i] = true;
        any = true;
    }
  }
  // Whoever does not know the rule marks by filling.
  if (any &&
      std::count(decision.marked.begin(), decision.marked.end(), true) == 0) {
    decision.Doubt(Flag::kCancelled);
  }
}

}  // namespace

FieldReading DecideField(const Field& field,
                         const std::vector<BubbleEvidence>& bubbles,
                         const GroupLevels& levels,
                         const ReadOptions& options) {
  Decision decision;
  decision.marked.resize(bubbles.size(), false);
  decision.cancelled.resize(bubbles.size(), false);
  if (options.threshold.has_value()) {
    DecideFromThreshold(bubbles, *options.threshold, levels, decision);
  } else {
    DecideFromLevels(field, bubbles, levels, decision);
  }
  TakeBack(bubbles, decision);
  CheckPlace(bubbles, decision);

  FieldReading reading;
  reading.marked_count = static_cast<int>(
      std::count(decision.marked.begin(), decision.marked.end(), true));
  if (reading.marked_count == 0) {
    reading.answer = field.empty_value;
    // What was not seen is not known to be blank.
    if (decision.flags.count(Flag::kCutOff) == 0) {
      decision.flags.insert(Flag::kBlank);
    }
  }
  if (reading.marked_count > 1 && field.kind != FieldKind::kMultiple) {
    decision.flags.insert(Flag::kMultiple);
  }
  reading.bubbles.resize(bubbles.size());
  for (size_t i = 0; i < bubbles.size(); ++i) {
    reading.bubbles[i].fill = bubbles[i].fill;
    reading.bubbles[i].match = bubbles[i].match;
    reading.bubbles[i].marked = decision.marked[i];
    reading.bubbles[i].cancelled = decision.cancelled[i];
    if (decision.marked[i]) reading.answer += field.bubbles[i].value;
  }
  reading.flags.assign(decision.flags.begin(), decision.flags.end());
  reading.confidence = decision.confidence;
  reading.needs_review =
      reading.confidence < options.review_below ||
      std::any_of(reading.flags.begin(), reading.flags.end(),
                  [](Flag flag) { return flag != Flag::kBlank; });
  return reading;
}

}  // namespace sightline::grade
