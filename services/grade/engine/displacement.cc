#include "services/grade/engine/displacement.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>

#include "common/status/status_macros.h"

namespace sightline::grade {
namespace {

// Bubbles of a tile, and how many of them are looked at: enough to drown a
// letter or a mark.
constexpr int kTileBubbles = 16;
constexpr size_t kTileSamples = 16;
// Tiles of a group: their line maps are held at the same time. Larger groups
// have larger tiles.
constexpr int kMaxTiles = 64;

// Printed size relative to the layout's. Layouts in use draw boxes within the
// print (1.4 in OMRChecker's samples) or around it.
constexpr double kScales[] = {0.87, 0.95, 1.0, 1.05, 1.13, 1.22, 1.32, 1.42};
// Of two sizes that fit alike, the layout's is meant.
constexpr float kScalePenalty = 0.15f;

constexpr int kMaxShift = 10;

// The largest shift that can't land on a neighbour: below half the distance.
struct Range {
  int x = kMaxShift;
  int y = kMaxShift;
};

struct Best {
  Shift shift;
  float score = -1;
};

// The best shift within `range` of `around`. Far shifts must be better by a
// little: of two equal outlines the nearer one is meant.
Best Search(const LineMap& map, const Outline& outline, Shift around,
            Range range) {
  constexpr float kFarPenalty = 0.3f;
  constexpr float kFarSquare = 20.0f;
  Best best;
  for (int y = around.y - range.y; y <= around.y + range.y; ++y) {
    if (std::abs(y) > outline.max_shift_y()) continue;
    for (int x = around.x - range.x; x <= around.x + range.x; ++x) {
      if (std::abs(x) > outline.max_shift_x()) continue;
      const int far =
          (x - around.x) * (x - around.x) + (y - around.y) * (y - around.y);
      const float score = outline.Score(map, {x, y}) *
                          (1 - kFarPenalty * far / (far + kFarSquare));
      if (score > best.score) best = {{x, y}, score};
    }
  }
  return best;
}

std::vector<const Bubble*> BubblesOf(const Sheet& sheet, const Tile& tile) {
  std::vector<const Bubble*> bubbles;
  for (const int field : tile.fields) {
    for (const Bubble& bubble : sheet.fields()[field].bubbles) {
      bubbles.push_back(&bubble);
    }
  }
  return bubbles;
}

std::vector<Tile> MakeTiles(const Sheet& sheet) {
  std::vector<std::vector<int>> fields(sheet.group_count());
  std::vector<int> bubbles(sheet.group_count(), 0);
  for (size_t f = 0; f < sheet.fields().size(); ++f) {
    const int group = sheet.groups()[f];
    fields[group].push_back(static_cast<int>(f));
    bubbles[group] += static_cast<int>(sheet.fields()[f].bubbles.size());
  }
  std::vector<Tile> tiles;
  for (int group = 0; group < sheet.group_count(); ++group) {
    const int wanted =
        std::max(kTileBubbles, (bubbles[group] + kMaxTiles - 1) / kMaxTiles);
    int count = wanted;
    for (const int field : fields[group]) {
      if (count >= wanted) {
        tiles.emplace_back().group = group;
        count = 0;
      }
      tiles.back().fields.push_back(field);
      count += static_cast<int>(sheet.fields()[field].bubbles.size());
    }
  }
  for (Tile& tile : tiles) {
    const auto tile_bubbles = BubblesOf(sheet, tile);
    for (const Bubble* bubble : tile_bubbles) {
      tile.center.x += bubble->center.x / tile_bubbles.size();
      tile.center.y += bubble->center.y / tile_bubbles.size();
    }
  }
  return tiles;
}

Range RangeOf(const Sheet& sheet, const Tile& tile, double pitch) {
  double gap_x = 1e9;
  double gap_y = 1e9;
  const auto bubbles = BubblesOf(sheet, tile);
  // A few bubbles tell the gaps of a grid.
  const size_t count = std::min<size_t>(bubbles.size(), 2 * kTileBubbles);
  for (size_t i = 0; i < count; ++i) {
    for (size_t k = i + 1; k < count; ++k) {
      const double dx = std::abs(bubbles[i]->center.x - bubbles[k]->center.x);
      const double dy = std::abs(bubbles[i]->center.y - bubbles[k]->center.y);
      if (dx > dy) gap_x = std::min(gap_x, dx);
      if (dy > dx) gap_y = std::min(gap_y, dy);
    }
  }
  const auto limit = [&](double gap) {
    return std::clamp(static_cast<int>(0.45 * gap / pitch), 1, kMaxShift);
  };
  return {limit(gap_x), limit(gap_y)};
}

// The mean of the line maps of a tile's bubbles.
LineMap MapOf(const GrayImage& scan, const Homography& page_to_scan,
              const Sheet& sheet, const Tile& tile, const PatchFrame& frame,
              BubblePatch& patch) {
  LineMap map(frame);
  const auto bubbles = BubblesOf(sheet, tile);
  int count = 0;
  // Evenly spread over the tile.
  const size_t taken = std::min(bubbles.size(), kTileSamples);
  for (size_t i = 0; i < taken; ++i) {
    const Bubble& bubble = *bubbles[i * bubbles.size() / taken];
    SamplePatch(scan, page_to_scan, bubble.center, frame, patch);
    if (!patch.is_mapped) continue;
    map.Add(patch.samples);
    ++count;
  }
  if (count > 0) map.Divide(static_cast<float>(count));
  return map;
}

// x and y shift as affine functions of the place on the page, fitted to a
// group's tiles by iteratively reweighted least squares.
class AffineShift {
 public:
  AffineShift(const std::vector<Tile*>& tiles, double spread_of_one) {
    for (const Tile* tile : tiles) {
      origin_.x += tile->center.x / tiles.size();
      origin_.y += tile->center.y / tiles.size();
    }
    std::vector<double> weights(tiles.size());
    for (size_t i = 0; i < tiles.size(); ++i) weights[i] = tiles[i]->score;
    for (int iteration = 0; iteration < 6; ++iteration) {
      Solve(tiles, weights, spread_of_one);
      for (size_t i = 0; i < tiles.size(); ++i) {
        const auto [x, y] = At(tiles[i]->center);
        const double away =
            std::hypot(x - tiles[i]->found.x, y - tiles[i]->found.y);
        // Cauchy weights: a tile two samples off counts a fifth.
        weights[i] = tiles[i]->score / (1 + away * away);
      }
    }
  }

  PixelPoint At(PixelPoint place) const {
    const double u = place.x - origin_.x;
    const double v = place.y - origin_.y;
    return {x_[0] + x_[1] * u + x_[2] * v, y_[0] + y_[1] * u + y_[2] * v};
  }

 private:
  // Normal equations with a ridge on the slopes: a group of one tile, or of
  // tiles in a row, has slopes that nothing determines. `spread` is the
  // distance over which a slope must earn its keep.
  void Solve(const std::vector<Tile*>& tiles,
             const std::vector<double>& weights, double spread) {
    double a[3][3] = {};
    double bx[3] = {};
    double by[3] = {};
    double total = 1e-12;
    for (size_t i = 0; i < tiles.size(); ++i) {
      const double basis[3] = {1, tiles[i]->center.x - origin_.x,
                               tiles[i]->center.y - origin_.y};
      for (int r = 0; r < 3; ++r) {
        for (int c = 0; c < 3; ++c) a[r][c] += weights[i] * basis[r] * basis[c];
        bx[r] += weights[i] * basis[r] * tiles[i]->found.x;
        by[r] += weights[i] * basis[r] * tiles[i]->found.y;
      }
      total += weights[i];
    }
    a[0][0] += 1e-12;
    a[1][1] += total * spread * spread;
    a[2][2] += total * spread * spread;
    Cramer(a, bx, x_);
    Cramer(a, by, y_);
  }

  static void Cramer(const double (&a)[3][3], const double (&b)[3],
                     double (&result)[3]) {
    const auto determinant = [](const double(&m)[3][3]) {
      return m[0][0] * (m[1][1] * m[2][2] - m[1][2] * m[2][1]) -
             m[0][1] * (m[1][0] * m[2][2] - m[1][2] * m[2][0]) +
             m[0][2] * (m[1][0] * m[2][1] - m[1][1] * m[2][0]);
    };
    const double all = determinant(a);
    for (int k = 0; k < 3; ++k) {
      double replaced[3][3];
      for (int r = 0; r < 3; ++r) {
        for (int c = 0; c < 3; ++c) replaced[r][c] = c == k ? b[r] : a[r][c];
      }
      result[k] = all != 0 ? determinant(replaced) / all : 0;
    }
  }

  PixelPoint origin_;
  double x_[3] = {};
  double y_[3] = {};
};

// Finds one group's print from the line maps of its tiles.
class GroupSearch {
 public:
  GroupSearch(GroupPrint& print, std::vector<Tile*> tiles,
              std::vector<LineMap> maps, Range range)
      : print_(print),
        tiles_(std::move(tiles)),
        maps_(std::move(maps)),
        range_(range) {}

  void Run() {
    ChooseScale();
    const Outline outline = print_.MakeOutline();
    for (size_t i = 0; i < tiles_.size(); ++i) {
      const Best best = Search(maps_[i], outline, {0, 0}, range_);
      tiles_[i]->found = best.shift;
      tiles_[i]->score = best.score;
    }
    const AffineShift affine(
        tiles_, 3 * print_.frame.pitch * PatchFrame::kSamplesAcross);
    for (size_t i = 0; i < tiles_.size(); ++i) {
      Tile& tile = *tiles_[i];
      const PixelPoint expected = affine.At(tile.center);
      const Shift around = {
          std::clamp(static_cast<int>(std::lround(expected.x)), -range_.x,
                     range_.x),
          std::clamp(static_cast<int>(std::lround(expected.y)), -range_.y,
                     range_.y)};
      const Best best = Search(maps_[i], outline, around, {2, 2});
      tile.shift = best.shift;
      tile.score = best.score;
    }
  }

 private:
  float ScoreOf(double scale_x, double scale_y, const Range& range) {
    print_.scale_x = scale_x;
    print_.scale_y = scale_y;
    const Outline outline = print_.MakeOutline();
    float total = 0;
    // A few tiles, spread over the group, agree on the size.
    const size_t taken = std::min<size_t>(tiles_.size(), 4);
    for (size_t i = 0; i < taken; ++i) {
      const size_t t = i * tiles_.size() / taken;
      total += Search(maps_[t], outline, tiles_[t]->found, range).score;
    }
    const auto away = [](double scale) {
      return static_cast<float>(std::log(scale) * std::log(scale));
    };
    return total / taken *
           (1 - kScalePenalty * (away(scale_x) + away(scale_y)));
  }

  void ChooseScale() {
    float best_score = -1;
    double best_scale = 1;
    for (const double scale : kScales) {
      const float score = ScoreOf(scale, scale, range_);
      if (score > best_score) {
        best_score = score;
        best_scale = scale;
      }
    }
    // Width and height apart: brackets, and layouts that measured roughly.
    print_.scale_x = print_.scale_y = best_scale;
    const Outline outline = print_.MakeOutline();
    const size_t taken = std::min<size_t>(tiles_.size(), 4);
    for (size_t i = 0; i < taken; ++i) {
      const size_t t = i * tiles_.size() / taken;
      tiles_[t]->found = Search(maps_[t], outline, {0, 0}, range_).shift;
    }
    double scale_x = best_scale;
    double scale_y = best_scale;
    for (const double fx : {0.85, 0.92, 1.0, 1.08, 1.16}) {
      for (const double fy : {0.85, 0.92, 1.0, 1.08, 1.16}) {
        const float score = ScoreOf(best_scale * fx, best_scale * fy, {1, 1});
        if (score > best_score) {
          best_score = score;
          scale_x = best_scale * fx;
          scale_y = best_scale * fy;
        }
      }
    }
    print_.scale_x = scale_x;
    print_.scale_y = scale_y;
    for (Tile* tile : tiles_) tile->found = {0, 0};
  }

  GroupPrint& print_;
  std::vector<Tile*> tiles_;
  std::vector<LineMap> maps_;
  Range range_;
};

float Median(std::vector<float>& values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + values.size() / 2;
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

// A single bubble that is asked whether what its group found is true.
struct Witness {
  const Bubble* bubble;
  Shift shift;
};

std::vector<Witness> ChooseWitnesses(const Sheet& sheet,
                                     const std::vector<Tile*>& tiles) {
  constexpr size_t kWitnesses = 20;
  std::vector<Witness> all;
  for (const Tile* tile : tiles) {
    for (const Bubble* bubble : BubblesOf(sheet, *tile)) {
      all.push_back({bubble, tile->shift});
    }
  }
  const size_t taken = std::min(all.size(), kWitnesses);
  std::vector<Witness> chosen;
  for (size_t i = 0; i < taken; ++i) {
    chosen.push_back(all[i * all.size() / taken]);
  }
  return chosen;
}

// A sum of line maps always has a best place. Real outlines are there in
// single bubbles as well, and not beside them.
void ConfirmOutlines(const GrayImage& scan, const Homography& page_to_scan,
                     const std::vector<Witness>& witnesses, float tile_score,
                     BubblePatch& patch, GroupPrint& print) {
  // On the real sheets at hand outlines score 2.6 to 10 times what is beside
  // them and 0.9 of the tiles' score; letters, other forms and noise mostly
  // less than 2 times or less than half. Marks blur the second figure where
  // the print is pale.
  constexpr float kMinContrast = 2.4f;
  constexpr float kMinAgreement = 0.7f;
  constexpr float kHighContrast = 3.2f;
  constexpr float kLowAgreement = 0.4f;
  // Below a line of 1.2 % of the paper nothing is printed.
  constexpr float kMinOutline = 0.012f;
  constexpr Shift kBeside[] = {{5, 2}, {-2, 5}, {-5, -2}, {2, -5}};
  const Outline outline = print.MakeOutline();
  std::vector<float> own;
  std::vector<float> beside;
  LineMap map(print.frame);
  for (const Witness& witness : witnesses) {
    SamplePatch(scan, page_to_scan, witness.bubble->center, print.frame, patch);
    if (!patch.is_mapped) continue;
    map.Clear();
    map.Add(patch.samples);
    own.push_back(Search(map, outline, witness.shift, {1, 1}).score);
    for (const Shift& away : kBeside) {
      const Shift shift = {witness.shift.x + away.x, witness.shift.y + away.y};
      if (std::abs(shift.x) < outline.max_shift_x() &&
          std::abs(shift.y) < outline.max_shift_y()) {
        beside.push_back(Search(map, outline, shift, {1, 1}).score);
      }
    }
  }
  print.outline = Median(own);
  print.clutter = Median(beside);
  const auto stands_out = [&](float contrast, float agreement) {
    return print.outline >= contrast * print.clutter &&
           print.outline >= agreement * tile_score;
  };
  print.has_outlines = print.outline >= kMinOutline &&
                       (stands_out(kMinContrast, kMinAgreement) ||
                        stands_out(kHighContrast, kLowAgreement));
}

// How many bubbles show a letter, with the group where the layout puts it.
void CountLetters(const GrayImage& scan, const Homography& page_to_scan,
                  const std::vector<Witness>& witnesses, BubblePatch& patch,
                  GroupPrint& print) {
  constexpr float kMinLetter = 0.008f;
  const auto inside = [&](double share) {
    return SamplesInside(print.shape, print.frame,
                         print.frame.half_width * share,
                         print.frame.half_height * share);
  };
  const auto middle = inside(0.6);
  const auto hole = inside(0.8);
  const auto whole = inside(1.25);
  LineMap map(print.frame);
  const auto sum = [&](const std::vector<int>& offsets, Shift shift) {
    const float* at = map.data() + shift.y * map.width() + shift.x;
    float total = 0;
    for (const int offset : offsets) total += at[offset];
    return total;
  };
  int letters = 0;
  int asked = 0;
  for (const Witness& witness : witnesses) {
    SamplePatch(scan, page_to_scan, witness.bubble->center, print.frame, patch);
    if (!patch.is_mapped) continue;
    map.Clear();
    map.Add(patch.samples);
    const float letter = sum(middle, witness.shift) / middle.size();
    const float rim = (sum(whole, witness.shift) - sum(hole, witness.shift)) /
                      (whole.size() - hole.size());
    letters += letter > kMinLetter && letter > 2 * rim;
    ++asked;
  }
  print.letter_share = asked > 0 ? double(letters) / asked : 0;
}

// Groups whose outlines do not show lie where the page's other groups say, or
// where the layout puts them.
void PlaceTheRest(const std::vector<std::vector<Tile*>>& tiles_of_group,
                  PrintModel& model) {
  std::vector<float> x;
  std::vector<float> y;
  for (const Tile& tile : model.tiles) {
    const GroupPrint& print = model.groups[tile.group];
    if (!print.has_outlines) continue;
    x.push_back(static_cast<float>(tile.shift.x * print.frame.pitch));
    y.push_back(static_cast<float>(tile.shift.y * print.frame.pitch));
  }
  const float median_x = Median(x);
  const float median_y = Median(y);
  for (size_t group = 0; group < model.groups.size(); ++group) {
    GroupPrint& print = model.groups[group];
    if (print.has_outlines) continue;
    print.scale_x = print.scale_y = 1;
    for (Tile* tile : tiles_of_group[group]) {
      tile->shift = {
          std::clamp(
              static_cast<int>(std::lround(median_x / print.frame.pitch)),
              -kMaxShift, kMaxShift),
          std::clamp(
              static_cast<int>(std::lround(median_y / print.frame.pitch)),
              -kMaxShift, kMaxShift)};
    }
  }
}

}  // namespace

absl::StatusOr<PrintModel> FindPrint(const GrayImage& scan,
                                     const Homography& page_to_scan,
                                     const Sheet& sheet,
                                     const StopToken& stop) {
  PrintModel model;
  model.tiles = MakeTiles(sheet);
  model.groups.resize(sheet.group_count());
  model.tile_of_field.resize(sheet.fields().size());
  for (size_t t = 0; t < model.tiles.size(); ++t) {
    for (const int field : model.tiles[t].fields) {
      model.tile_of_field[field] = static_cast<int>(t);
    }
  }
  BubblePatch patch;
  std::vector<std::vector<Tile*>> tiles_of_group(model.groups.size());
  for (Tile& tile : model.tiles) tiles_of_group[tile.group].push_back(&tile);
  for (size_t group = 0; group < model.groups.size(); ++group) {
    const std::vector<Tile*>& tiles = tiles_of_group[group];
    const Bubble& bubble =
        sheet.fields()[tiles.front()->fields.front()].bubbles.front();
    GroupPrint& print = model.groups[group];
    print.frame = PatchFrame(bubble.size);
    print.shape = bubble.shape.value_or(BubbleShape::kEllipse);
    const Range range = RangeOf(sheet, *tiles.front(), print.frame.pitch);
    std::vector<LineMap> maps;
    for (const Tile* tile : tiles) {
      SL_RETURN_IF_ERROR(stop.Poll());
      maps.push_back(
          MapOf(scan, page_to_scan, sheet, *tile, print.frame, patch));
    }
    GroupSearch(print, tiles, std::move(maps), range).Run();
    float score = 0;
    for (const Tile* tile : tiles) score += tile->score / tiles.size();
    ConfirmOutlines(scan, page_to_scan, ChooseWitnesses(sheet, tiles), score,
                    patch, print);
  }
  PlaceTheRest(tiles_of_group, model);
  for (size_t group = 0; group < model.groups.size(); ++group) {
    GroupPrint& print = model.groups[group];
    if (print.has_outlines) continue;
    CountLetters(scan, page_to_scan,
                 ChooseWitnesses(sheet, tiles_of_group[group]), patch, print);
  }
  return model;
}

}  // namespace sightline::grade
