// All that sheets of one kind share, checked once.
#ifndef SIGHTLINE_SERVICES_GRADE_SHEET_TASK_H_
#define SIGHTLINE_SERVICES_GRADE_SHEET_TASK_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "services/grade/align_client.h"
#include "services/grade/engine/layout.h"
#include "services/grade/engine/scoring.h"
#include "services/grade/grade_options.h"
#include "services/grade/page_pictures.h"
#include "sightline/grade/v1/layout.pb.h"

namespace sightline::grade {

// How scans of one page of the layout are registered.
struct PageTask {
  v1::Alignment alignment;
  NamedReference reference;
  // The layout has a picture of the blank page; printed markers.
  bool has_picture = false;
  bool has_markers = false;
};

struct SheetTask {
  Sheet sheet;
  std::optional<AnswerKey> key;
  GradeSettings settings;
  // One per page of the sheet.
  std::vector<PageTask> pages;
  // Their pictures, which stay in `pages`; null for a single page.
  std::shared_ptr<PagePictures> pictures;
  // Where the layout is in the request: "" or "settings.".
  std::string root;
};

}  // namespace sightline::grade

#endif  // SIGHTLINE_SERVICES_GRADE_SHEET_TASK_H_
