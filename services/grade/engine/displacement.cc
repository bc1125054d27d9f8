#include "services/grade/engine/displacement.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "common/status/status_macros.h"
#include "services/grade/engine/bubble_tiles.h"
#include "services/grade/engine/print_evidence.h"
#include "services/grade/engine/quantile.h"
#include "services/grade/engine/shift_search.h"

namespace sightline::grade {
namespace {

// Of a large tile so many bubbles are looked at, evenly spread: enough to drown
// a letter or a mark.
constexpr size_t kTileSamples = 16;
// Bubbles of a group that are asked one by one.
constexpr size_t kWitnesses = 20;

// The mean of the line maps of a tile's bubbles.
LineMap MapOf(const GrayImage& scan, const Homography& page_to_scan,
              const Tile& tile, const PatchFrame& frame, BubblePatch& patch) {
  LineMap map(frame);
  int count = 0;
  const size_t taken = std::min(tile.bubbles.size(), kTileSamples);
  for (size_t i = 0; i < taken; ++i) {
    const PlacedBubble& bubble = tile.bubbles[i * tile.bubbles.size() / taken];
    SamplePatch(scan, page_to_scan, bubble.center, frame, patch);
    if (!patch.is_mapped) continue;
    map.Add(patch.samples);
    ++count;
  }
  if (count > 0) map.Divide(static_cast<float>(count));
  return map;
}

std::vector<Witness> ChooseWitnesses(const std::vector<Tile>& tiles,
                                     const std::vector<Shift>& shifts) {
  std::vector<Witness> all;
  for (const Tile& tile : tiles) {
    for (const PlacedBubble& bubble : tile.bubbles) {
      all.push_back({bubble.center, shifts[bubble.index]});
    }
  }
  const size_t taken = std::min(all.size(), kWitnesses);
  std::vector<Witness> chosen;
  for (size_t i = 0; i < taken; ++i) {
    chosen.push_back(all[i * all.size() / taken]);
  }
  return chosen;
}

// Groups whose outlines do not show lie where the page's other groups say, or
// where the layout puts them.
void PlaceTheRest(const std::vector<std::vector<Tile>>& tiles,
                  PrintModel& model) {
  std::vector<double> x;
  std::vector<double> y;
  for (size_t group = 0; group < tiles.size(); ++group) {
    const GroupPrint& print = model.groups[group];
    if (!print.has_outlines) continue;
    for (const Tile& tile : tiles[group]) {
      x.push_back(tile.shift.x * print.frame.pitch);
      y.push_back(tile.shift.y * print.frame.pitch);
    }
  }
  const double median_x = Quantile(x, 0.5);
  const double median_y = Quantile(y, 0.5);
  for (size_t group = 0; group < tiles.size(); ++group) {
    GroupPrint& print = model.groups[group];
    if (print.has_outlines) continue;
    print.scale_x = print.scale_y = 1;
    const auto samples = [&](double page_units) {
      return std::clamp(
          static_cast<int>(std::lround(page_units / print.frame.pitch)),
          -kMaxShift, kMaxShift);
    };
    const Shift shift = {samples(median_x), samples(median_y)};
    for (const Tile& tile : tiles[group]) {
      for (const PlacedBubble& bubble : tile.bubbles) {
        model.shifts[bubble.index] = shift;
      }
    }
  }
}

// The first bubble of every group: its bubbles have one size and shape.
std::vector<const Bubble*> FirstBubbles(const Sheet& sheet) {
  std::vector<const Bubble*> first(sheet.group_count(), nullptr);
  for (size_t f = 0; f < sheet.fields().size(); ++f) {
    const Bubble*& bubble = first[sheet.groups()[f]];
    if (bubble == nullptr) bubble = &sheet.fields()[f].bubbles.front();
  }
  return first;
}

}  // namespace

absl::StatusOr<PrintModel> FindPrint(const GrayImage& scan,
                                     const Homography& page_to_scan,
                                     const Sheet& sheet,
                                     const StopToken& stop) {
  PrintModel model;
  model.groups.resize(sheet.group_count());
  model.shifts.resize(sheet.bubble_count());
  std::vector<std::vector<Tile>> tiles = MakeTiles(sheet);
  const std::vector<const Bubble*> first = FirstBubbles(sheet);
  BubblePatch patch;
  for (size_t group = 0; group < tiles.size(); ++group) {
    GroupPrint& print = model.groups[group];
    print.frame = PatchFrame(first[group]->size);
    print.shape = first[group]->shape.value_or(BubbleShape::kEllipse);
    std::vector<LineMap> maps;
    for (const Tile& tile : tiles[group]) {
      SL_RETURN_IF_ERROR(stop.Poll());
      maps.push_back(MapOf(scan, page_to_scan, tile, print.frame, patch));
    }
    const std::vector<Shift> shifts =
        SearchGroup(maps, GapsOf(tiles[group]), tiles[group], print);
    float score = 0;
    auto shift = shifts.begin();
    for (const Tile& tile : tiles[group]) {
      score += tile.score / tiles[group].size();
      for (const PlacedBubble& bubble : tile.bubbles) {
        model.shifts[bubble.index] = *shift++;
      }
    }
    ConfirmOutlines(scan, page_to_scan,
                    ChooseWitnesses(tiles[group], model.shifts), score, patch,
                    print);
  }
  PlaceTheRest(tiles, model);
  for (size_t group = 0; group < tiles.size(); ++group) {
    GroupPrint& print = model.groups[group];
    if (print.has_outlines) continue;
    CountLetters(scan, page_to_scan,
                 ChooseWitnesses(tiles[group], model.shifts), patch, print);
  }
  return model;
}

}  // namespace sightline::grade
