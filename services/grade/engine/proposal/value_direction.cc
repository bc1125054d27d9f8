#include "services/grade/engine/proposal/value_direction.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <optional>

#include "absl/strings/str_cat.h"

namespace sightline::grade {
namespace {

constexpr int kSide = 14;
constexpr int kMostPairs = 600;
// Share of a bubble that holds its letter.
constexpr double kLetter = 0.58;
// Variation of darkness from which on something is printed.
constexpr double kPrinted = 0.05;
// Difference of likenesses that decides.
constexpr double kDecides = 0.12;
// Bubbles with a likeness above show the same letter.
constexpr double kSameLetter = 0.75;
constexpr int kDigits = 10;
// Rows of more values are rare.
constexpr int kMostUsualValues = 6;

using Letter = std::array<float, kSide * kSide>;

// The print in a bubble, of mean 0 and norm 1; nullopt for an empty one.
std::optional<Letter> ReadLetter(const PrintView& view, PixelPoint center,
                                 PixelSize size) {
  Letter letter;
  double sum = 0;
  for (int b = 0; b < kSide; ++b) {
    for (int a = 0; a < kSide; ++a) {
      const double darkness = view.Darkness(
          center.x + kLetter * size.width * ((a + 0.5) / kSide - 0.5),
          center.y + kLetter * size.height * ((b + 0.5) / kSide - 0.5));
      letter[b * kSide + a] = static_cast<float>(darkness);
      sum += darkness;
    }
  }
  const float mean = static_cast<float>(sum / letter.size());
  double square = 0;
  for (float& value : letter) {
    value -= mean;
    square += value * value;
  }
  if (std::sqrt(square / letter.size()) < kPrinted) return std::nullopt;
  const float scale = static_cast<float>(1 / std::sqrt(square));
  for (float& value : letter) value *= scale;
  return letter;
}

}  // namespace

PrintLikeness ComparePrint(const PrintView& view, const FoundGrid& grid,
                           const std::vector<FoundOutline>& outlines) {
  PrintLikeness likeness;
  int seen = 0;
  int printed = 0;
  double sums[2] = {0, 0};
  int counts[2] = {0, 0};
  const auto letter_at = [&](int r, int c) -> std::optional<Letter> {
    if (r >= grid.rows || c >= grid.columns) return std::nullopt;
    const int index = grid.OutlineAt(r, c);
    if (index < 0 || outlines[index].is_filled) return std::nullopt;
    return ReadLetter(view, outlines[index].center, grid.size);
  };
  const int places = grid.rows * grid.columns;
  // A sample of places all over the grid.
  const int step = std::max(1, places / kMostPairs);
  for (int place = 0; place < places; place += step) {
    const int r = place / grid.columns;
    const int c = place % grid.columns;
    if (grid.OutlineAt(r, c) < 0) continue;
    ++seen;
    const std::optional<Letter> own = letter_at(r, c);
    if (!own.has_value()) continue;
    ++printed;
    const std::optional<Letter> others[2] = {letter_at(r, c + 1),
                                             letter_at(r + 1, c)};
    for (int k = 0; k < 2; ++k) {
      if (!others[k].has_value()) continue;
      double product = 0;
      for (size_t i = 0; i < own->size(); ++i) {
        product += (*own)[i] * (*others[k])[i];
      }
      sums[k] += product;
      ++counts[k];
    }
  }
  likeness.has_print = printed > 0 && 2 * printed >= seen;
  likeness.in_rows = counts[0] > 0 ? sums[0] / counts[0] : 0;
  likeness.in_columns = counts[1] > 0 ? sums[1] / counts[1] : 0;
  return likeness;
}

GridMeaning MeaningOf(const FoundGrid& grid, const PrintLikeness& likeness) {
  GridMeaning meaning;
  const auto doubt = [&](double confidence, absl::string_view text) {
    meaning.confidence = confidence;
    meaning.doubt = std::string(text);
  };
  if (grid.rows == 1) {
    doubt(0.6, "a single row: taken for one question");
    return meaning;
  }
  if (grid.columns == 1) {
    if (likeness.has_print && likeness.in_columns > kSameLetter) {
      doubt(0.5,
            "a single column that shows the same in every bubble: taken for "
            "questions with one place to mark");
      return meaning;
    }
    meaning.values_run_down = true;
    meaning.is_number = grid.rows == kDigits;
    doubt(0.6, meaning.is_number ? "a single column of 10: taken for one digit"
                                 : "a single column: taken for one question");
    return meaning;
  }
  const double difference = likeness.in_columns - likeness.in_rows;
  if (likeness.has_print && std::abs(difference) > kDecides) {
    meaning.values_run_down = difference < 0;
  } else {
    // Only the counts are left.
    meaning.values_run_down =
        grid.rows == kDigits
            ? grid.columns > kMostUsualValues
            : grid.columns > kMostUsualValues && grid.rows <= kMostUsualValues;
    if (grid.rows == kDigits) {
      doubt(0.5,
            absl::StrCat("10 rows of ", grid.columns,
                         " could be digits of a number or 10 questions: "
                         "taken for ",
                         meaning.values_run_down ? "a number" : "questions"));
    } else if (grid.columns > kMostUsualValues) {
      doubt(0.6, absl::StrCat(grid.rows, " rows of ", grid.columns,
                              ": taken "
                              "for questions ",
                              meaning.values_run_down
                                  ? "side by side, values downwards"
                                  : "below each other"));
    } else {
      meaning.confidence = 0.9;
    }
  }
  meaning.is_number = meaning.values_run_down && grid.rows == kDigits;
  if (!meaning.doubt.empty()) return meaning;
  if (meaning.is_number) {
    meaning.doubt = "columns of 10: taken for digits of a number, 0 at the top";
  } else if (meaning.values_run_down) {
    doubt(0.8, "values follow each other downwards: say what they are");
  } else if (grid.columns > kMostUsualValues) {
    doubt(0.8, absl::StrCat("rows of ", grid.columns, " values"));
  }
  return meaning;
}

}  // namespace sightline::grade
