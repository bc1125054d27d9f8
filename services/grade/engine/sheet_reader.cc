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
#include "services/grade/engine/misfit.h"
#include "services/grade/engine/paper_judge.h"
#include "services/grade/engine/read_options.h"
#include "services/grade/engine/reasons.h"
#include "services/grade/engine/rim_ink.h"
#include "services/grade/engine/stray_strokes.h"

namespace sightline::grade {
namespace {

// A page is refused when fewer of its bubbles than this lie in the scan.
constexpr double kMinInsideShare = 0.25;
// ... or lie in groups whose print was found.
constexpr double kMinPrintedShare = 0.5;
// A group without outlines counts as printed when this share of its bubbles
// shows letters.
constexpr double kMinLetterShare = 0.5;
// A page is refused when more of its bubbles than this lie a whole step off, or
// in groups that are found to be elsewhere.
constexpr double kMaxOffShare = 0.5;
// The latter where the position is assumed.
constexpr double kMaxOffShareAssumed = 0.25;
// A stroke leaves the lighter part of a bubble alone; a filled one has more.
constexpr float kStrokeVeil = 0.25f;
// Outlines are plain when they are this many times as dark as what lies beside
// them.
constexpr double kPlainOutline = 3;
// Agreement of a bubble's place that the marks of its group vouch for.
constexpr double kMatchByMarks = 0.3;

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
    JudgePaper(scan_, page_to_scan_, sheet_, measures_);
    FindPlaces();
    SL_RETURN_IF_ERROR(CheckPlaces());
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
      return MatchOf(measures_[first_measures_[f] + b],
                     print_.groups[sheet_.groups()[f]]);
    };
    const auto match_at = [&](int f, int b, PixelPoint at) {
      const int group = sheet_.groups()[f];
      const Shift shift = print_.shifts[first_measures_[f] + b];
      return MatchOf(meters_[group].Measure(scan_, page_to_scan_, at, shift),
                     print_.groups[group]);
    };
    is_off_ = FindStepErrors(sheet_, print_, match, match_at);
    if (ShareOf([&](int group) { return is_off_[group]; }) <= kMaxOffShare) {
      const std::vector<bool> is_misfit = FindMisfits(sheet_, print_);
      for (int group = 0; group < sheet_.group_count(); ++group) {
        is_off_[group] = is_off_[group] || is_misfit[group];
      }
      return absl::OkStatus();
    }
    return Unreadable(
        "the print lies a whole row or column of bubbles off: a wrong "
        "alignment or another edition of the form");
  }

  // The share of the bubbles in groups of which this is true.
  template <typename IsSo>
  double ShareOf(IsSo is_so) const {
    int count = 0;
    for (size_t f = 0; f < sheet_.fields().size(); ++f) {
      if (!is_so(sheet_.groups()[f])) continue;
      count += static_cast<int>(sheet_.fields()[f].bubbles.size());
    }
    return static_cast<double>(count) / sheet_.bubble_count();
  }

  // One sheet of paper: where most of it is elsewhere, the groups that seem to
  // be in place are so by chance.
  absl::Status CheckPlaces() {
    if (is_unconfirmed_) return absl::OkStatus();
    const double most =
        options_.position_is_assumed ? kMaxOffShareAssumed : kMaxOffShare;
    const double elsewhere =
        ShareOf([&](int group) { return IsElsewhere(group); });
    if (elsewhere <= most) return absl::OkStatus();
    is_unconfirmed_ = true;
    if (options_.position_is_sure) return absl::OkStatus();
    // Marks alone run out of bubbles, too, that the layout draws too large: a
    // person looks at all of them.
    if (!options_.position_is_assumed &&
        ShareOf([&](int group) { return is_off_[group]; }) <= most) {
      return absl::OkStatus();
    }
    return Unreadable(
        "blocks of bubbles lie elsewhere than the rest of the page, or marks "
        "beside their bubbles: a wrong alignment or another edition of the "
        "form");
  }

  // Whether its outlines or its marks show that a group is not where it was
  // read.
  bool IsElsewhere(int group) const {
    const GroupPrint& print = print_.groups[group];
    // Ticks run out of bubbles that are plain to see.
    const bool is_plain =
        print.has_outlines && print.outline >= kPlainOutline * print.clutter;
    return is_off_[group] ||
           (mark_places_[group] == MarkPlace::kBeside && !is_plain);
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
    // What lies off matches print, but not its own.
    if (is_unconfirmed_ || IsElsewhere(group)) return 0;
    const double match = MatchOf(measure, print);
    // Where outlines show they show everywhere but on what is pasted over.
    const bool is_vouched_for =
        !print.has_outlines && mark_places_[group] == MarkPlace::kOnBubbles;
    return is_vouched_for ? std::max(match, kMatchByMarks) : match;
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
    const bool strokes_stray = StrokesStray(sheet_, measures_, levels);
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
        bubble.is_covered = levels.is_covered[at];
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
  // Per group: it lies a whole step off, or does not fit in; and where its
  // marks lie.
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
  SL_RETURN_IF_ERROR(CheckReadOptions(options));
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
