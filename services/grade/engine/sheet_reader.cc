#include "services/grade/engine/sheet_reader.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "services/grade/engine/bubble_ink.h"
#include "services/grade/engine/bubble_measure.h"
#include "services/grade/engine/bubble_tiles.h"
#include "services/grade/engine/displacement.h"
#include "services/grade/engine/field_decision.h"
#include "services/grade/engine/lattice_check.h"
#include "services/grade/engine/mark_levels.h"
#include "services/grade/engine/mark_place.h"
#include "services/grade/engine/quantile.h"
#include "services/grade/engine/reasons.h"
#include "services/grade/engine/rim_ink.h"
#include "services/grade/engine/surroundings.h"

namespace sightline::grade {
namespace {

// A page is refused when fewer of its bubbles than this lie in the scan.
constexpr double kMinInsideShare = 0.25;
// ... or lie in groups whose print was found.
constexpr double kMinPrintedShare = 0.5;
// A group without outlines counts as printed when this share of its bubbles
// shows letters.
constexpr double kMinLetterShare = 0.5;
// A page is refused when more of its bubbles than this lie a whole step off.
constexpr double kMaxStepOffShare = 0.5;
// A bubble whose surroundings are scribbled over borrows its paper from its
// neighbours and from farther around: the darkest it may be against theirs.
constexpr float kPaperShare = 0.85f;

// A stroke leaves the lighter part of a bubble alone; a filled one has more.
constexpr float kStrokeVeil = 0.25f;
// Lines through more than this share of the marks, or of the other bubbles, are
// nothing unusual.
constexpr double kMaxCrossedShare = 0.1;

// Outlines are plain when they are this many times as dark as what lies beside
// them.
constexpr double kPlainOutline = 3;
// Agreement of a bubble's place that the marks of its group vouch for.
constexpr double kMatchByMarks = 0.3;

absl::Status CheckOptions(const ReadOptions& options) {
  Error error(absl::StatusCode::kInvalidArgument, kReadOptionInvalid);
  bool failed = false;
  const auto check = [&](bool ok, const char* field, const char* range) {
    if (ok) return;
    failed = true;
    error.Field(field, range);
  };
  check(!options.threshold.has_value() ||
            (*options.threshold >= 0 && *options.threshold <= 1),
        "threshold", "must be 0 to 1");
  check(options.batch_size >= 1 && options.batch_size <= 10000, "batch_size",
        "must be 1 to 10000");
  check(options.review_below >= 0 && options.review_below <= 1, "review_below",
        "must be 0 to 1");
  if (failed) return error;
  return absl::OkStatus();
}

absl::Status Unreadable(const std::string& message) {
  return Error(absl::StatusCode::kFailedPrecondition, kSheetUnreadable)
      .Message(message)
      .Precondition("scan", "scan the sheet that the layout describes");
}

// Reads one page; its members are what the stages hand on.
class PageReader {
 public:
  PageReader(const GrayImage& scan, const Homography& page_to_scan,
             const Sheet& sheet, const ReadOptions& options,
             const StopToken& stop)
      : scan_(scan),
        page_to_scan_(page_to_scan),
        sheet_(sheet),
        options_(options),
        stop_(stop),
        is_off_(sheet.group_count(), false),
        mark_places_(sheet.group_count(), MarkPlace::kUnknown) {}

  absl::StatusOr<SheetReading> Read() {
    SL_ASSIGN_OR_RETURN(print_, FindPrint(scan_, page_to_scan_, sheet_, stop_));
    SL_RETURN_IF_ERROR(Measure());
    SL_RETURN_IF_ERROR(CheckInside());
    absl::Status readable = CheckPrinted();
    if (readable.ok()) readable = CheckSteps();
    if (!readable.ok()) {
      if (!options_.position_is_sure) return readable;
      SL_RETURN_IF_ERROR(MeasureWithoutPrint());
    }
    JudgePaper();
    FindPlaces();
    return Decide();
  }

 private:
  absl::Status Measure() {
    meters_.reserve(print_.groups.size());
    for (const GroupPrint& print : print_.groups) meters_.emplace_back(print);
    measures_.reserve(sheet_.bubble_count());
    const auto& fields = sheet_.fields();
    for (size_t f = 0; f < fields.size(); ++f) {
      if (f % options_.batch_size == 0) SL_RETURN_IF_ERROR(stop_.Poll());
      first_measures_.push_back(measures_.size());
      BubbleMeter& meter = meters_[sheet_.groups()[f]];
      for (const Bubble& bubble : fields[f].bubbles) {
        measures_.push_back(meter.Measure(scan_, page_to_scan_, bubble.center,
                                          print_.shifts[measures_.size()]));
      }
    }
    return stop_.Poll();
  }

  // Where the layout and the registration put the bubbles: what was taken for
  // outlines were marks.
  absl::Status MeasureWithoutPrint() {
    is_unconfirmed_ = true;
    for (GroupPrint& print : print_.groups) {
      print.scale_x = print.scale_y = 1;
      print.has_outlines = false;
    }
    std::fill(print_.shifts.begin(), print_.shifts.end(), Shift{});
    meters_.clear();
    measures_.clear();
    first_measures_.clear();
    return Measure();
  }

  int CountInside() const {
    int inside = 0;
    for (const BubbleMeasure& measure : measures_) inside += measure.is_inside;
    return inside;
  }

  absl::Status CheckInside() const {
    const int inside = CountInside();
    if (inside >= kMinInsideShare * sheet_.bubble_count()) {
      return absl::OkStatus();
    }
    return Unreadable(absl::StrCat("only ", inside, " of ",
                                   sheet_.bubble_count(),
                                   " bubbles lie within the scan"));
  }

  absl::Status CheckPrinted() const {
    const int inside = CountInside();
    int printed = 0;
    size_t at = 0;
    for (size_t f = 0; f < sheet_.fields().size(); ++f) {
      const GroupPrint& print = print_.groups[sheet_.groups()[f]];
      const bool is_printed =
          print.has_outlines || print.letter_share >= kMinLetterShare;
      for (size_t b = 0; b < sheet_.fields()[f].bubbles.size(); ++b) {
        printed += measures_[at++].is_inside && is_printed;
      }
    }
    if (printed >= kMinPrintedShare * inside) return absl::OkStatus();
    return Unreadable(absl::StrCat(
        "no printed bubbles where the layout puts them (found for ", printed,
        " of ", inside, "): blank paper, another form or a wrong alignment"));
  }

  absl::Status CheckSteps() {
    const auto match = [&](int f, int b) {
      return Match(measures_[first_measures_[f] + b],
                   print_.groups[sheet_.groups()[f]]);
    };
    const auto match_at = [&](int f, int b, PixelPoint at) {
      const int group = sheet_.groups()[f];
      const Shift shift = print_.shifts[first_measures_[f] + b];
      return Match(meters_[group].Measure(scan_, page_to_scan_, at, shift),
                   print_.groups[group]);
    };
    is_off_ = FindStepErrors(sheet_, print_, match, match_at);
    int off = 0;
    for (size_t f = 0; f < sheet_.fields().size(); ++f) {
      if (!is_off_[sheet_.groups()[f]]) continue;
      off += static_cast<int>(sheet_.fields()[f].bubbles.size());
    }
    if (off <= kMaxStepOffShare * sheet_.bubble_count()) {
      return absl::OkStatus();
    }
    return Unreadable(
        "the print lies a whole row or column of bubbles off: a wrong "
        "alignment or another edition of the form");
  }

  // Marks that lie beside their bubbles show that these were read in the wrong
  // place, whatever looked like outlines there; those that lie on them vouch
  // for bubbles whose print hardly shows.
  void FindPlaces() {
    const auto scan_to_page = page_to_scan_.Inverse();
    if (!scan_to_page.has_value()) return;
    mark_places_ =
        FindMarkPlaces(scan_, page_to_scan_, sheet_, [&](int f, int b) {
          const BubbleMeasure& measure = measures_[first_measures_[f] + b];
          ReadPlace place;
          place.is_usable = measure.is_inside && measure.paper >= kDarkestPaper;
          if (!place.is_usable) return place;
          place.center = scan_to_page->Map(measure.center);
          place.fill = 1 - measure.inside / measure.paper;
          place.paper = measure.paper;
          return place;
        });
  }

  // How well a bubble of `group` is known to be in its place, 0..1.
  double MatchInPlace(const BubbleMeasure& measure, int group) const {
    const GroupPrint& print = print_.groups[group];
    // Ticks run out of bubbles that are plain to see.
    const bool is_plain =
        print.has_outlines && print.outline >= kPlainOutline * print.clutter;
    // What lies off matches print, but not its own.
    if (is_unconfirmed_ || is_off_[group] ||
        (mark_places_[group] == MarkPlace::kBeside && !is_plain)) {
      return 0;
    }
    const double match = Match(measure, print);
    // Where outlines show they show everywhere but on what is pasted over.
    const bool is_vouched_for =
        !print.has_outlines && mark_places_[group] == MarkPlace::kOnBubbles;
    return is_vouched_for ? std::max(match, kMatchByMarks) : match;
  }

  // Tells shadows from scribbles where a bubble's paper is darker than that of
  // its field, or not the same on every side: in a shadow, and across its edge,
  // the paper farther around is as dark.
  void JudgePaper() {
    size_t first = 0;
    std::vector<float> papers;
    for (const Field& field : sheet_.fields()) {
      const size_t end = first + field.bubbles.size();
      papers.clear();
      for (size_t i = first; i < end; ++i) {
        if (measures_[i].is_inside) papers.push_back(measures_[i].paper);
      }
      const float usual = Quantile(papers, 0.5);
      for (size_t i = first; i < end; ++i) {
        BubbleMeasure& measure = measures_[i];
        if (!measure.is_inside || (measure.paper >= kPaperShare * usual &&
                                   measure.darkest_paper == measure.paper)) {
          continue;
        }
        const Surroundings around =
            FindSurroundings(scan_, page_to_scan_, field.bubbles[i - first])
                .value_or(Surroundings{usual, usual});
        measure.paper =
            std::max(measure.paper,
                     kPaperShare * std::min(usual, around.second_darkest));
        measure.darkest_paper = std::min(
            measure.paper, std::max(measure.darkest_paper, around.darkest));
      }
      first = end;
    }
  }

  // Agreement of a bubble's outline with its place: 0 at what lies beside
  // outlines, 1 at 0.6 of the group's typical outline.
  double Match(const BubbleMeasure& measure, const GroupPrint& print) const {
    if (!measure.is_inside) return 0;
    if (!print.has_outlines) {
      // Where nothing but letters is printed nothing shows a wrong place.
      return print.letter_share;
    }
    const double from = print.clutter;
    const double to = std::max(0.6 * print.outline, from + 1e-6);
    return std::clamp((measure.outline - from) / (to - from), 0.0, 1.0);
  }

  std::vector<float> FindRimTraces(const std::vector<Ink>& inks,
                                   const MarkLevels& levels) const {
    std::vector<bool> is_empty(inks.size());
    for (size_t i = 0; i < inks.size(); ++i) {
      is_empty[i] = inks[i].is_usable &&
                    levels.excess[i] < levels.groups[inks[i].group].empty_below;
    }
    return RimTraces(inks, is_empty, sheet_.group_count());
  }

  // Whether a line through a bubble is out of the ordinary: where forms have
  // rules between their bubbles, or people mark by strokes, it is not.
  bool StrokesStray(const MarkLevels& levels) const {
    int marks = 0;
    int crossed_marks = 0;
    int crossed = 0;
    size_t at = 0;
    for (size_t f = 0; f < sheet_.fields().size(); ++f) {
      const GroupLevels& group = levels.groups[sheet_.groups()[f]];
      for (size_t b = 0; b < sheet_.fields()[f].bubbles.size(); ++b, ++at) {
        const bool is_mark = levels.excess[at] >= group.threshold;
        marks += is_mark;
        crossed += measures_[at].is_crossed;
        crossed_marks += is_mark && measures_[at].is_crossed;
      }
    }
    return crossed - crossed_marks <=
               kMaxCrossedShare * (measures_.size() - marks) &&
           crossed_marks <= kMaxCrossedShare * marks;
  }

  SheetReading Decide() const {
    int columns = 0;
    const std::vector<Ink> inks = FindInks(sheet_, measures_, &columns);
    const MarkLevels levels = FindLevels(inks, sheet_.group_count(), columns);
    SheetReading reading;
    reading.empty_level = levels.empty_fill;
    reading.mark_level = levels.mark_fill;
    reading.page_threshold = options_.threshold.value_or(
        std::min(1.0, levels.empty_fill + levels.threshold));
    reading.fields.reserve(sheet_.fields().size());
    const bool strokes_stray = StrokesStray(levels);
    const std::vector<float> rim_traces = FindRimTraces(inks, levels);
    size_t at = 0;
    std::vector<BubbleEvidence> evidence;
    for (size_t f = 0; f < sheet_.fields().size(); ++f) {
      const Field& field = sheet_.fields()[f];
      const int group = sheet_.groups()[f];
      evidence.clear();
      const size_t first = at;
      for (; at < first + field.bubbles.size(); ++at) {
        const BubbleMeasure& measure = measures_[at];
        BubbleEvidence& bubble = evidence.emplace_back();
        bubble.excess = levels.excess[at];
        bubble.trace = levels.trace[at];
        bubble.fill = inks[at].fill;
        bubble.shadow = inks[at].shadow;
        if (field.filled_cancels) {
          bubble.cancelling = CancellingOf(inks[at].fill, inks[at].stroke);
        }
        bubble.rim = rim_traces[at];
        bubble.veil = levels.veil[at];
        bubble.is_crossed =
            strokes_stray && measure.is_crossed && inks[at].veil < kStrokeVeil;
        bubble.match = MatchInPlace(measure, group);
        bubble.is_inside = inks[at].is_usable;
      }
      FieldReading& decided = reading.fields.emplace_back(
          DecideField(field, evidence, levels.groups[group], options_));
      for (size_t b = 0; b < field.bubbles.size(); ++b) {
        decided.bubbles[b].center = measures_[first + b].center;
      }
    }
    return reading;
  }

  const GrayImage& scan_;
  const Homography page_to_scan_;
  const Sheet& sheet_;
  const ReadOptions& options_;
  const StopToken& stop_;
  PrintModel print_;
  std::vector<BubbleMeter> meters_;
  // Nothing shows that the bubbles are where they should be.
  bool is_unconfirmed_ = false;
  // Per group: it lies a whole step off; and where its marks lie.
  std::vector<bool> is_off_;
  std::vector<MarkPlace> mark_places_;
  // One per bubble, field by field.
  std::vector<BubbleMeasure> measures_;
  // Per field, its first bubble's place in measures_.
  std::vector<size_t> first_measures_;
};

}  // namespace

absl::StatusOr<SheetReading> ReadSheet(const GrayImage& scan,
                                       const Homography& scan_to_page,
                                       const Sheet& sheet,
                                       const ReadOptions& options,
                                       const StopToken& stop) {
  SL_RETURN_IF_ERROR(CheckOptions(options));
  const auto page_to_scan = scan_to_page.Inverse();
  bool is_finite = page_to_scan.has_value();
  for (int i = 0; is_finite && i < 9; ++i) {
    is_finite = std::isfinite((*page_to_scan)[i]);
  }
  if (!is_finite) {
    return Error(absl::StatusCode::kInvalidArgument, kHomographySingular)
        .Message("the map from scan to page cannot be inverted");
  }
  if (scan.empty()) return Unreadable("the scan has no pixels");
  return PageReader(scan, *page_to_scan, sheet, options, stop).Read();
}

int64_t ReadSheetBytes(const Sheet& sheet, const ReadOptions&) {
  // Largest patch: 56 + 28 samples square; per group a meter with its line
  // map, sums and offset tables; for one group at a time 64 maps.
  constexpr int64_t kPatch = (56 + 2 * 14) * (56 + 2 * 14);
  constexpr int64_t kMeter = kPatch * (4 + 4 + 1 + 3 * 4);
  constexpr int64_t kMaps = 64 * kPatch * 4;
  constexpr int64_t kPerBubble = sizeof(BubbleMeasure) + sizeof(Ink) +
                                 sizeof(BubbleReading) + sizeof(PlacedBubble) +
                                 2 * sizeof(Shift) + 120;
  constexpr int64_t kPerField = sizeof(FieldReading) + 300;
  return kMaps + sheet.group_count() * kMeter +
         sheet.bubble_count() * kPerBubble +
         static_cast<int64_t>(sheet.fields().size()) * kPerField + 65536;
}

}  // namespace sightline::grade
