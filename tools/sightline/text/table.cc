#include "tools/sightline/text/table.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/text/utf8.h"
#include "tools/sightline/text/printable.h"

namespace sightline::cli {
namespace {

absl::string_view CodeOf(Style style) {
  switch (style) {
    case Style::kGood:
      return "32";
    case Style::kBad:
      return "31";
    case Style::kDoubtful:
      return "33";
    case Style::kFaint:
      return "2";
    case Style::kStrong:
      return "1";
    case Style::kPlain:
      break;
  }
  return "";
}

}  // namespace

std::string Styled(absl::string_view text, Style style, bool coloured) {
  if (!coloured || style == Style::kPlain || text.empty()) {
    return std::string(text);
  }
  return absl::StrCat("\x1b[", CodeOf(style), "m", text, "\x1b[0m");
}

Table::Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

void Table::AddRow(std::vector<Cell> cells) {
  cells.resize(columns_.size());
  for (Cell& cell : cells) cell.text = Printable(cell.text);
  rows_.push_back(std::move(cells));
}

std::string Table::Render(bool coloured) const {
  if (rows_.empty()) return "";
  std::vector<int> widths(columns_.size(), 0);
  for (size_t i = 0; i < columns_.size(); ++i) {
    for (const auto& row : rows_) {
      widths[i] = std::max(widths[i], CountCharacters(row[i].text));
    }
    if (widths[i] > 0) {
      widths[i] = std::max(widths[i], CountCharacters(columns_[i].heading));
    }
  }
  std::string out;
  const auto add_line = [&](const auto& cell_at) {
    std::string line;
    std::string gap = "  ";
    for (size_t i = 0; i < columns_.size(); ++i) {
      if (widths[i] == 0) continue;
      const Cell& cell = cell_at(i);
      const std::string padding(widths[i] - CountCharacters(cell.text), ' ');
      const std::string text = Styled(cell.text, cell.style, coloured);
      // Spaces at the end of a line are never written: they wait in `gap`.
      if (columns_[i].align_right) gap += padding;
      if (!text.empty()) {
        absl::StrAppend(&line, gap, text);
        gap.clear();
      }
      if (!columns_[i].align_right) gap += padding;
      gap += "  ";
    }
    absl::StrAppend(&out, line, "\n");
  };
  std::vector<Cell> headings;
  for (const Column& column : columns_) {
    headings.push_back({column.heading, Style::kFaint});
  }
  add_line([&](size_t i) -> const Cell& { return headings[i]; });
  for (const auto& row : rows_) {
    add_line([&](size_t i) -> const Cell& { return row[i]; });
  }
  return out;
}

}  // namespace sightline::cli
