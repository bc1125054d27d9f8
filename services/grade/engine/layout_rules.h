// What must hold of the parts of a layout, each looked at by itself.
//
// Rules report what is wrong at the path they are given and say whether it was
// right; what follows from it is their caller's matter.
#ifndef SIGHTLINE_SERVICES_GRADE_ENGINE_LAYOUT_RULES_H_
#define SIGHTLINE_SERVICES_GRADE_ENGINE_LAYOUT_RULES_H_

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "common/geometry/homography.h"
#include "services/grade/engine/layout.h"
#include "services/grade/engine/layout_problems.h"

namespace sightline::grade {

inline constexpr size_t kMaxLayoutNameBytes = 200;
inline constexpr size_t kMaxLabelBytes = 64;
inline constexpr size_t kMaxValueBytes = 32;

bool IsFinite(PixelPoint point);

// Both arguments outlive it.
class LayoutRules {
 public:
  LayoutRules(const SheetLayout& layout, LayoutProblems& problems)
      : layout_(layout), problems_(problems) {}

  // To be called first: while the page is wrong, nothing is said of how
  // bubbles lie in it.
  bool CheckPage();
  bool page_ok() const { return page_ok_; }

  // The size of a bubble, or of `what`.
  bool CheckSize(const std::string& path, PixelSize size,
                 absl::string_view what = "a bubble");
  // The size that applies where `own` is given, {0, 0} for the layout's
  // default; nullopt after reporting a problem.
  std::optional<PixelSize> SizeOr(const std::string& path, PixelSize own);
  // What a blank field reads as, beside its bubbles' `values`.
  void CheckEmptyValue(const std::string& path, const std::string& empty_value,
                       const std::vector<std::string>& values);
  // `path` gives the path of value i.
  bool CheckValues(const std::vector<std::string>& values, FieldKind kind,
                   const std::function<std::string(size_t)>& path);
  // The distance of `count` bubbles that are `bubble` long in its direction.
  bool CheckGap(const std::string& path, double gap, int count, double bubble);
  // Whether a bubble lies within the page; `name` names it.
  bool CheckInside(const std::string& path, PixelPoint center, PixelSize size,
                   const std::string& name);
  // The same without a report: empty for a bubble within the page.
  std::string WhyOutside(PixelPoint center, PixelSize size) const;

 private:
  const SheetLayout& layout_;
  LayoutProblems& problems_;
  bool page_ok_ = false;
};

}  // namespace sightline::grade

#endif  // SIGHTLINE_SERVICES_GRADE_ENGINE_LAYOUT_RULES_H_
