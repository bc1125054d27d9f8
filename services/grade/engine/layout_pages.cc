// The pages of a sheet, checked together.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/grade/engine/combined_check.h"
#include "services/grade/engine/layout_check.h"
#include "services/grade/engine/layout_problems.h"

namespace sightline::grade {
namespace {

constexpr size_t kMaxPageCodeBytes = 200;

// Path of a page below the layout, with the dot that follows; "" for the first.
std::string PathOf(size_t page) {
  return page == 0 ? "" : absl::StrCat("more_pages[", page - 1, "].");
}

const SheetLayout& PageOf(const SheetLayout& layout, size_t page) {
  return page == 0 ? layout : layout.more_pages[page - 1];
}

void Add(std::vector<LayoutProblem> found, const std::string& path,
         LayoutProblems& problems) {
  for (LayoutProblem& problem : found) {
    problem.field.insert(0, path);
    if (problem.is_error) {
      problems.Error(std::move(problem.field), std::move(problem.description));
    } else {
      problems.Warning(std::move(problem.field),
                       std::move(problem.description));
    }
  }
}

// What a page after the first must leave to it.
void CheckFurtherPage(const SheetLayout& page, const std::string& path,
                      LayoutProblems& problems) {
  if (!page.combined.empty()) {
    problems.Error(path + "combined",
                   "combined fields stand in the first page; they may name "
                   "fields of all pages");
  }
  if (!page.more_pages.empty()) {
    problems.Error(path + "more_pages",
                   "a further page has no further pages: list them all in the "
                   "first");
  }
}

// A code must tell one page.
void CheckPageCodes(const SheetLayout& layout, size_t pages,
                    LayoutProblems& problems) {
  for (size_t i = 0; i < pages; ++i) {
    const std::string& code = PageOf(layout, i).page_code;
    const std::string path = PathOf(i) + "page_code";
    if (code.size() > kMaxPageCodeBytes) {
      problems.Error(path,
                     absl::StrCat("longer than ", kMaxPageCodeBytes, " bytes"));
      continue;
    }
    if (code.empty()) continue;
    for (size_t j = 0; j < i; ++j) {
      const std::string& other = PageOf(layout, j).page_code;
      if (other.empty() ||
          (!absl::StartsWith(code, other) && !absl::StartsWith(other, code))) {
        continue;
      }
      problems.Error(
          path, absl::StrCat("'", code, "' and page ", j + 1, "'s '", other,
                             "' begin alike, so that a code may mean both: end "
                             "them with a mark such as '/'"));
      break;
    }
  }
}

}  // namespace

std::vector<LayoutProblem> ExpandPages(const SheetLayout& layout,
                                       const LayoutLimits& limits,
                                       std::vector<ExpandedLayout>& pages) {
  LayoutProblems problems;
  const size_t count = std::min<size_t>(layout.more_pages.size() + 1,
                                        std::max(1, limits.max_pages));
  if (count < layout.more_pages.size() + 1) {
    problems.Error("more_pages", absl::StrCat("more than ", limits.max_pages,
                                              " pages in the layout"));
  }
  pages.assign(count, {});
  SheetSoFar so_far;
  for (size_t i = 0; i < count && !problems.Full(); ++i) {
    const SheetLayout& page = PageOf(layout, i);
    Add(ExpandLayout(page, limits, count == 1, so_far, pages[i]), PathOf(i),
        problems);
    if (i > 0) CheckFurtherPage(page, PathOf(i), problems);
  }
  if (count > 1 && !problems.Full()) {
    CheckCombined(layout, limits, so_far, problems, pages[0].combined);
  }
  CheckPageCodes(layout, count, problems);
  return problems.Take();
}

}  // namespace sightline::grade
