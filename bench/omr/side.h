// One way of grading a sheet: ours, or the recipe it is compared with.
#ifndef SIGHTLINE_BENCH_OMR_SIDE_H_
#define SIGHTLINE_BENCH_OMR_SIDE_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "common/geometry/homography.h"
#include "tests/generator/form.h"

namespace sightline::bench {

struct FieldOutcome {
  std::string answer;
  // The side itself says that a person should look.
  bool flagged = false;
  // How sure the side is, 0..1; 1 where it does not say.
  double confidence = 1;
};

struct SheetOutcome {
  // False: the side refused the sheet; nothing below but `how` is set then.
  bool accepted = false;
  // Scan pixels, full resolution, to page units.
  Homography scan_to_page;
  // The method that found the page, or why it was refused. One line.
  std::string how;
  // One per field of the form.
  std::vector<FieldOutcome> fields;
};

class Side {
 public:
  virtual ~Side() = default;
  // Computes what is worth computing once for a form; Grade() is for the form
  // prepared last.
  virtual absl::Status Prepare(const generator::PrintedForm& form) = 0;
  // Grades a scan, an encoded image file.
  virtual SheetOutcome Grade(absl::string_view file) = 0;
};

// The engines of align and grade as the services call them.
std::unique_ptr<Side> MakeOurSide();

// Which side of the page the recipe's 1000 and 800 pixels are.
enum class RecipeScale { kWidth, kLongSide };

// The recipe of the memory guide: full colour decode, 1000 px, CLAHE, SIFT
// with 200 features at 800 px, FLANN with ratio test, RANSAC homography, warp
// to 1000 px, fill ratios read in batches of 15 questions with one threshold
// for the page. It flags nothing.
std::unique_ptr<Side> MakeRecipeSide(RecipeScale scale);

}  // namespace sightline::bench

#endif  // SIGHTLINE_BENCH_OMR_SIDE_H_
