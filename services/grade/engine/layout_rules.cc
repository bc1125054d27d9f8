#include "services/grade/engine/layout_rules.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace sightline::grade {
namespace {

constexpr double kMinPageSide = 100;
constexpr double kMaxPageSide = 20000;
// Bubbles smaller than this share of the page's longer side: 0.3 mm on A4.
// It also bounds how many bubbles may crowd into one cell of a BubbleIndex.
constexpr double kMinBubbleShare = 0.001;

}  // namespace

bool IsFinite(PixelPoint point) {
  return std::isfinite(point.x) && std::isfinite(point.y);
}

bool LayoutRules::CheckPage() {
  page_ok_ = true;
  for (const auto& [name, side] : {std::pair{"width", layout_.page.width},
                                   {"height", layout_.page.height}}) {
    if (std::isfinite(side) && side >= kMinPageSide && side <= kMaxPageSide) {
      continue;
    }
    page_ok_ = false;
    problems_.Error(absl::StrCat("page.", name),
                    absl::StrCat("is ", side, ", must be ", kMinPageSide,
                                 " to ", kMaxPageSide));
  }
  return page_ok_;
}

bool LayoutRules::CheckSize(const std::string& path, PixelSize size,
                            absl::string_view what) {
  const double smallest =
      page_ok_
          ? kMinBubbleShare * std::max(layout_.page.width, layout_.page.height)
          : 0;
  if (std::isfinite(size.width) && std::isfinite(size.height) &&
      size.width > 0 && size.height > 0 && size.width >= smallest &&
      size.height >= smallest) {
    return true;
  }
  problems_.Error(path,
                  absl::StrCat(what, " of ", size.width, " x ", size.height,
                               " page units: both sides must be finite and at "
                               "least ",
                               smallest));
  return false;
}

std::optional<PixelSize> LayoutRules::SizeOr(const std::string& path,
                                             PixelSize own) {
  if (own != PixelSize{}) {
    if (!CheckSize(path, own)) return std::nullopt;
    return own;
  }
  if (layout_.bubble == PixelSize{}) {
    problems_.Error(path,
                    "no bubble size here and none in the layout's bubble");
    return std::nullopt;
  }
  // A bad default was reported at its own place.
  if (!(layout_.bubble.width > 0 && layout_.bubble.height > 0)) {
    return std::nullopt;
  }
  return layout_.bubble;
}

void LayoutRules::CheckEmptyValue(const std::string& path,
                                  const std::string& empty_value,
                                  const std::vector<std::string>& values) {
  if (empty_value.size() > kMaxValueBytes) {
    problems_.Error(path,
                    absl::StrCat("longer than ", kMaxValueBytes, " bytes"));
  }
  if (!empty_value.empty() &&
      std::find(values.begin(), values.end(), empty_value) != values.end()) {
    problems_.Error(path,
                    absl::StrCat("'", empty_value,
                                 "' is a bubble's value too: a blank field "
                                 "would read as marked"));
  }
}

bool LayoutRules::CheckValues(const std::vector<std::string>& values,
                              FieldKind kind,
                              const std::function<std::string(size_t)>& path) {
  bool ok = true;
  std::set<absl::string_view> seen;
  bool same_length = true;
  for (size_t i = 0; i < values.size() && !problems_.Full(); ++i) {
    if (values[i].empty() || values[i].size() > kMaxValueBytes) {
      problems_.Error(
          path(i), absl::StrCat("a value has 1 to ", kMaxValueBytes, " bytes"));
      ok = false;
    } else if (!seen.insert(values[i]).second) {
      problems_.Warning(path(i),
                        absl::StrCat("'", values[i],
                                     "' is the value of another bubble of "
                                     "the field, too"));
    }
    same_length = same_length && values[i].size() == values[0].size();
  }
  if (kind == FieldKind::kMultiple && !same_length) {
    problems_.Warning(
        path(0),
        "values of different lengths can't always be told apart once "
        "several marks are joined");
  }
  return ok;
}

std::string LayoutRules::WhyOutside(PixelPoint center, PixelSize size) const {
  const auto [width, height] = layout_.page;
  if (!IsFinite(center)) return "its place is not finite";
  if (center.x - size.width / 2 < 0) {
    return absl::StrCat("x ", center.x - size.width / 2, " < 0");
  }
  if (center.x + size.width / 2 > width) {
    return absl::StrCat("x ", center.x + size.width / 2, " > width ", width);
  }
  if (center.y - size.height / 2 < 0) {
    return absl::StrCat("y ", center.y - size.height / 2, " < 0");
  }
  if (center.y + size.height / 2 > height) {
    return absl::StrCat("y ", center.y + size.height / 2, " > height ", height);
  }
  return "";
}

bool LayoutRules::CheckInside(const std::string& path, PixelPoint center,
                              PixelSize size, const std::string& name) {
  if (!page_ok_) return true;
  const std::string why = WhyOutside(center, size);
  if (why.empty()) return true;
  problems_.Error(path,
                  absl::StrCat(name, " lies outside the page (", why, ")"));
  return false;
}

bool LayoutRules::CheckGap(const std::string& path, double gap, int count,
                           double bubble) {
  if (count < 2 && gap == 0) return true;
  if (!std::isfinite(gap) || gap <= 0) {
    problems_.Error(path,
                    absl::StrCat("is ", gap, ", must be finite and above 0"));
    return false;
  }
  if (count > 1 && gap < bubble * (1 - 1e-6)) {
    problems_.Error(path, absl::StrCat("is ", gap, ", less than the bubble's ",
                                       bubble, ": the bubbles overlap"));
    return false;
  }
  return true;
}

}  // namespace sightline::grade
