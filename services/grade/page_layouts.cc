#include "services/grade/page_layouts.h"

#include "absl/strings/str_cat.h"
#include "services/grade/engine/page_likeness.h"

namespace sightline::grade {
namespace {

bool HaveSameMarkers(const v1::SheetLayout& a, const v1::SheetLayout& b) {
  if (a.markers_size() != b.markers_size()) return false;
  for (int i = 0; i < a.markers_size(); ++i) {
    if (a.markers(i).SerializeAsString() != b.markers(i).SerializeAsString()) {
      return false;
    }
  }
  return true;
}

// Whether the pictures of the blank pages can be told apart.
bool HavePictures(const v1::SheetLayout& a, const v1::SheetLayout& b) {
  return a.has_reference() && b.has_reference() &&
         a.reference().SerializeAsString() != b.reference().SerializeAsString();
}

}  // namespace

const v1::SheetLayout& PageMessage(const v1::SheetLayout& message, int page) {
  return page == 0 ? message : message.more_pages(page - 1);
}

std::string PagePath(int page) {
  return page == 0 ? "" : absl::StrCat("more_pages[", page - 1, "]");
}

std::vector<LayoutProblem> CheckPagesDiffer(const v1::SheetLayout& message,
                                            const Sheet& sheet) {
  std::vector<LayoutProblem> problems;
  for (int i = 1; i < sheet.page_count(); ++i) {
    for (int j = 0; j < i; ++j) {
      const v1::SheetLayout& page = PageMessage(message, i);
      const v1::SheetLayout& other = PageMessage(message, j);
      const bool have_codes =
          !page.page_code().empty() && !other.page_code().empty();
      if (have_codes || HavePictures(page, other) ||
          !HaveSameMarkers(page, other) ||
          !HaveSameBubbles(sheet.page_sheet(i), sheet.page_sheet(j))) {
        continue;
      }
      problems.push_back(
          {false, PagePath(i),
           absl::StrCat("looks like page ", j + 1,
                        ": scans of the two will be refused as ambiguous. "
                        "Print a code on each and name it in page_code, or "
                        "give both a reference picture")});
      break;
    }
  }
  return problems;
}

}  // namespace sightline::grade
