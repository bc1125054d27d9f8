#include "services/grade/engine/proposal/layout_proposal.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "services/grade/engine/canvas.h"
#include "services/grade/engine/proposal/bubble_finder.h"
#include "services/grade/engine/proposal/grid_block.h"
#include "services/grade/engine/proposal/grid_finder.h"
#include "services/grade/engine/proposal/outline_evidence.h"
#include "services/grade/engine/proposal/paper_level.h"
#include "services/grade/engine/proposal/reading_order.h"
#include "services/grade/engine/proposal/reasons.h"
#include "services/grade/engine/proposal/straighten.h"

namespace sightline::grade {
namespace {

constexpr int kLeastSide = 100;
// How far a bubble may lie from its place in a level grid: pixels, and parts
// of its size besides.
constexpr double kDeviationPixels = 1.5;
constexpr double kDeviationSizes = 0.07;
// A turn that is worth telling.
constexpr double kTurnDegrees = 0.05;
// Bubbles of lines on a page without a grid: their size relative to the page (3
// mm on A4), and how far they may lie beside their places, sizes.
constexpr double kLeastLoneSide = 0.009;
constexpr double kLoneDeviation = 0.03;
// Notes name this many places.
constexpr size_t kMostNamed = 5;

absl::Status NotFound(size_t outlines) {
  return Error(absl::StatusCode::kInvalidArgument, kBubblesNotFound)
      .Field("",
             absl::StrCat(
                 "shows no grid of bubbles: it must be the blank page, "
                 "with outlines 8 to 160 pixels wide that do not touch, "
                 "at least 4 to a row or column; ",
                 outlines, outlines == 1 ? " outline was" : " outlines were",
                 " found"));
}

absl::Status CheckStraight(const GridSearch& search) {
  double worst = 0;
  double most = 0;
  for (const FoundGrid& grid : search.grids) {
    const double allowed =
        kDeviationPixels +
        kDeviationSizes * std::min(grid.size.width, grid.size.height);
    if (grid.deviation - allowed > worst - most || worst == 0) {
      worst = grid.deviation;
      most = allowed;
    }
  }
  if (worst <= most) return absl::OkStatus();
  Error error(absl::StatusCode::kInvalidArgument, kReferenceNotStraight);
  const double turn = std::abs(search.tilt_degrees);
  if (turn >= kTurnDegrees) {
    error.Field(
        "",
        absl::StrFormat(
            "lies %.2f degrees %s: straighten it first; bubbles are up to "
            "%.1f pixels off their rows and columns",
            turn, search.tilt_degrees > 0 ? "clockwise" : "counterclockwise",
            worst));
  } else {
    error.Field("", absl::StrFormat(
                        "is bent or seen from the side: bubbles are up to %.1f "
                        "pixels off their rows and columns; scan the page "
                        "flat, or use the file it was printed from",
                        worst));
  }
  return error.With("degrees", absl::StrFormat("%.3f", search.tilt_degrees));
}

bool ValuesRunDown(const FieldBlock& block) {
  return block.kind == FieldKind::kInteger ||
         block.value_direction == Direction::kTopToBottom;
}

// Places to a hundredth of a pixel are exact enough, and can be read.
double Rounded(double value) { return std::round(value * 100) / 100; }

Box BoundsOf(const GridBlock& made) {
  const FieldBlock& block = made.block;
  const bool down = ValuesRunDown(block);
  const double right = down ? block.field_gap * (made.fields - 1)
                            : block.value_gap * (made.values - 1);
  const double bottom = down ? block.value_gap * (made.values - 1)
                             : block.field_gap * (made.fields - 1);
  return {block.origin.x - block.bubble.width / 2,
          block.origin.y - block.bubble.height / 2,
          block.origin.x + right + block.bubble.width / 2,
          block.origin.y + bottom + block.bubble.height / 2};
}

std::vector<GridBlock> InReadingOrder(std::vector<GridBlock> blocks) {
  std::vector<Box> boxes;
  for (const GridBlock& block : blocks) boxes.push_back(BoundsOf(block));
  std::vector<GridBlock> ordered;
  for (const int i : ReadingOrder(boxes)) {
    ordered.push_back(std::move(blocks[i]));
  }
  return ordered;
}

std::string Range(const std::string& prefix, int first, int count) {
  return count == 1 ? absl::StrCat(prefix, first)
                    : absl::StrCat(prefix, first, "..", first + count - 1);
}

void Add(GridBlock made, std::string name, std::string labels,
         LayoutProposal& proposal) {
  made.block.name = name;
  made.block.labels = {std::move(labels)};
  // Rounding leaves what sums up to less than a hundredth of certainty.
  proposal.blocks.push_back({std::move(name),
                             std::round(100 * made.confidence) / 100,
                             std::move(made.notes)});
  proposal.layout.blocks.push_back(std::move(made.block));
}

// What most blocks share stands once.
void ShareBubbles(SheetLayout& layout) {
  layout.bubble = layout.blocks.front().bubble;
  layout.shape = *layout.blocks.front().shape;
  int most = 0;
  for (const FieldBlock& block : layout.blocks) {
    const int same = static_cast<int>(std::count_if(
        layout.blocks.begin(), layout.blocks.end(),
        [&](const FieldBlock& other) {
          return other.bubble == block.bubble && other.shape == block.shape;
        }));
    if (same <= most) continue;
    most = same;
    layout.bubble = block.bubble;
    layout.shape = *block.shape;
  }
  for (FieldBlock& block : layout.blocks) {
    if (block.bubble == layout.bubble) block.bubble = {};
    if (block.shape == layout.shape) block.shape.reset();
  }
}

bool IsMarker(PixelPoint point, const std::vector<CornerMarker>& markers) {
  return std::any_of(
      markers.begin(), markers.end(), [&](const CornerMarker& marker) {
        return std::abs(point.x - marker.center.x) < marker.size.width / 2 &&
               std::abs(point.y - marker.center.y) < marker.size.height / 2;
      });
}

std::string AloneNote(const std::vector<FoundOutline>& outlines,
                      const std::vector<int>& alone) {
  std::string note =
      absl::StrCat(alone.size(), alone.size() == 1 ? " bubble" : " bubbles",
                   " without a grid left out: at ");
  for (size_t i = 0; i < std::min(alone.size(), kMostNamed); ++i) {
    const PixelPoint at = outlines[alone[i]].center;
    absl::StrAppendFormat(&note, "%s(%.0f, %.0f)", i == 0 ? "" : ", ", at.x,
                          at.y);
  }
  if (alone.size() > kMostNamed) absl::StrAppend(&note, " ...");
  return note;
}

// On a page of nothing but text, letters O may stand in line. Without a real
// grid, only lines of bubbles that no text has are believed.
void DropText(int longer_side, GridSearch& search) {
  const auto is_line = [](const FoundGrid& grid) {
    return grid.rows == 1 || grid.columns == 1;
  };
  if (!std::all_of(search.grids.begin(), search.grids.end(), is_line)) return;
  std::erase_if(search.grids, [&](const FoundGrid& grid) {
    const double side = std::min(grid.size.width, grid.size.height);
    return side < kLeastLoneSide * longer_side ||
           grid.deviation > kLoneDeviation * side;
  });
}

// What was found on a page.
struct Search {
  PaperLevel paper;
  FoundPrint print;
  GridSearch grids;
};

absl::StatusOr<Search> SearchPage(const GrayImage& page,
                                  const StopToken& stop) {
  Search search = {PaperLevel(page), {}, {}};
  SL_ASSIGN_OR_RETURN(search.print, FindPrint(page, search.paper, stop));
  SL_RETURN_IF_ERROR(stop.Poll());
  search.grids = FindGrids(search.print.outlines);
  DropText(std::max(page.width(), page.height()), search.grids);
  if (search.grids.grids.empty()) return NotFound(search.print.outlines.size());
  return search;
}

// The blocks, markers and notes of a page.
absl::Status Fill(const GrayImage& page, const Search& search,
                  const StopToken& stop, LayoutProposal& proposal) {
  const std::vector<FoundOutline>& outlines = search.print.outlines;
  const PrintView view(page, search.paper);
  std::vector<GridBlock> numbers;
  std::vector<GridBlock> questions;
  for (const FoundGrid& grid : search.grids.grids) {
    SL_RETURN_IF_ERROR(stop.Poll());
    for (GridBlock& block : BlocksOf(view, grid, outlines)) {
      (block.is_number ? numbers : questions).push_back(std::move(block));
    }
  }
  SheetLayout& layout = proposal.layout;
  layout.page = {double(page.width()), double(page.height())};
  int number = 1;
  for (GridBlock& block : InReadingOrder(std::move(numbers))) {
    const std::string name = absl::StrCat("number", number++);
    const std::string labels = Range(absl::StrCat(name, "_"), 1, block.fields);
    layout.combined.push_back({name, {labels}});
    Add(std::move(block), name, labels, proposal);
  }
  int question = 1;
  int column = 1;
  for (GridBlock& block : InReadingOrder(std::move(questions))) {
    const int count = block.fields;
    Add(std::move(block), absl::StrCat("questions ", column++),
        Range("q", question, count), proposal);
    question += count;
  }
  ShareBubbles(layout);
  proposal.markers = FindCornerMarkers(view, search.print.solids);
  const double tilt = search.grids.tilt_degrees;
  if (std::abs(tilt) >= kTurnDegrees) {
    proposal.notes.push_back(absl::StrFormat(
        "the page lies %.2f degrees %s: straighten it for exact places",
        std::abs(tilt), tilt > 0 ? "clockwise" : "counterclockwise"));
  }
  std::vector<int> alone = search.grids.alone;
  std::erase_if(alone, [&](int index) {
    return IsMarker(outlines[index].center, proposal.markers);
  });
  if (!alone.empty()) proposal.notes.push_back(AloneNote(outlines, alone));
  return absl::OkStatus();
}

// From pixels to the layout's units.
void Scale(double x, double y, LayoutProposal& proposal) {
  const auto scale_size = [&](PixelSize& size) {
    size = {Rounded(size.width * x), Rounded(size.height * y)};
  };
  const auto scale_point = [&](PixelPoint& point) {
    point = {Rounded(point.x * x), Rounded(point.y * y)};
  };
  SheetLayout& layout = proposal.layout;
  scale_size(layout.bubble);
  for (FieldBlock& block : layout.blocks) {
    const bool down = ValuesRunDown(block);
    scale_point(block.origin);
    scale_size(block.bubble);
    block.value_gap = Rounded(block.value_gap * (down ? y : x));
    block.field_gap = Rounded(block.field_gap * (down ? x : y));
  }
  for (CornerMarker& marker : proposal.markers) {
    scale_point(marker.center);
    scale_size(marker.size);
  }
}

// What the layout's own check says of a proposal.
void NoteProblems(LayoutProposal& proposal) {
  for (const LayoutProblem& problem : Sheet::Check(proposal.layout)) {
    if (proposal.notes.size() >= 50) return;
    proposal.notes.push_back(
        absl::StrCat(problem.field, ": ", problem.description));
  }
}

}  // namespace

absl::StatusOr<LayoutProposal> ProposeLayout(const GrayImage& page,
                                             const ProposalOptions& options,
                                             const StopToken& stop) {
  if (page.width() < kLeastSide || page.height() < kLeastSide) {
    return Error(absl::StatusCode::kInvalidArgument, kReferenceTooSmall)
        .Field("", absl::StrCat("measures ", page.width(), " x ", page.height(),
                                " pixels, at least ", kLeastSide,
                                " a side are needed"));
  }
  SL_ASSIGN_OR_RETURN(Search search, SearchPage(page, stop));
  LayoutProposal proposal;
  const double tilt = search.grids.tilt_degrees;
  if (options.straighten && std::abs(tilt) >= kTurnDegrees) {
    proposal.straightened = Straightened(page, tilt);
    proposal.turned_degrees = tilt;
    SL_ASSIGN_OR_RETURN(search, SearchPage(proposal.straightened, stop));
  }
  SL_RETURN_IF_ERROR(CheckStraight(search.grids));
  const bool is_turned = !proposal.straightened.empty();
  SL_RETURN_IF_ERROR(
      Fill(is_turned ? proposal.straightened : page, search, stop, proposal));
  if (!is_turned && options.page.width > 0) {
    Scale(options.page.width / page.width(),
          options.page.height / page.height(), proposal);
    proposal.layout.page = options.page;
  }
  NoteProblems(proposal);
  return proposal;
}

int64_t ProposeLayoutBytes(int width, int height,
                           const ProposalOptions& options) {
  // Grids and their groups: some words per outline, with their copies.
  return PaperLevel::Bytes(width, height) + FindPrintBytes(width, height) +
         int64_t{kMaxOutlines} * 400 +
         (options.straighten ? int64_t{width} * height : 0);
}

}  // namespace sightline::grade
