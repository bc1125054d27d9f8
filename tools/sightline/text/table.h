// Tables for people: aligned columns, colours where they help.
#ifndef SIGHTLINE_TOOLS_SIGHTLINE_TEXT_TABLE_H_
#define SIGHTLINE_TOOLS_SIGHTLINE_TEXT_TABLE_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace sightline::cli {

enum class Style { kPlain, kGood, kBad, kDoubtful, kFaint, kStrong };

// `text` in that style, by ANSI escape sequences; `text` itself when not
// `coloured`.
std::string Styled(absl::string_view text, Style style, bool coloured);

struct Cell {
  std::string text;
  Style style = Style::kPlain;
};

// Lines of cells below a heading. Control characters are made harmless.
class Table {
 public:
  struct Column {
    std::string heading;
    bool align_right = false;
  };
  explicit Table(std::vector<Column> columns);

  // Missing cells at the end are empty.
  void AddRow(std::vector<Cell> cells);

  // Each line after two spaces; columns that are empty in every row are left
  // out. Empty text when there are no rows.
  std::string Render(bool coloured) const;

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<Cell>> rows_;
};

}  // namespace sightline::cli

#endif  // SIGHTLINE_TOOLS_SIGHTLINE_TEXT_TABLE_H_
