// Real answer sheets with known answers, kept outside the repository.
#ifndef SIGHTLINE_TESTS_UNIT_SERVICES_GRADE_ENGINE_REAL_SHEETS_H_
#define SIGHTLINE_TESTS_UNIT_SERVICES_GRADE_ENGINE_REAL_SHEETS_H_

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/geometry/homography.h"
#include "services/grade/engine/layout.h"

namespace sightline::grade {

struct RealSheet {
  // "sample5/camscanner-1.jpg".
  std::string name;
  // The image file's bytes.
  std::string file;
  SheetLayout layout;
  // Pixels of the file, full resolution, to page units; best known, not exact.
  Homography scan_to_page;
  // By field label.
  std::map<std::string, std::string> answers;
  // Fields on which people would disagree.
  std::set<std::string> ambiguous;
};

// The folder with the real sheets, or nullopt where this machine has none:
// "omr" in $SIGHTLINE_SHARED_DATA or in ../shared/data beside the sources.
std::optional<std::string> RealSheetFolder();

// The sheets of one sample whose bubbles have this shape.
absl::StatusOr<std::vector<RealSheet>> LoadRealSheets(const std::string& folder,
                                                      const std::string& sample,
                                                      BubbleShape shape);

}  // namespace sightline::grade

#endif  // SIGHTLINE_TESTS_UNIT_SERVICES_GRADE_ENGINE_REAL_SHEETS_H_
