#include "tests/generator/sheet_generator.h"

#include <utility>

#include "common/image/decode.h"
#include "common/image/encode.h"
#include "common/status/status_macros.h"

namespace sightline::generator {
absl::StatusOr<GeneratedSheet> GenerateSheet(
    std::shared_ptr<const PrintedForm> form, SheetSpecification specification,
    uint64_t seed) {
  specification.family = form->family;
  specification.form_seed = form->seed;
  const Random random(seed);
  GeneratedSheet sheet;
  sheet.seed = seed;

  PageImage page = form->print.Clone();
  sheet.truth = FillIn(*form, specification.profile, random.For("marks"), page);
  sheet.plan = PlanCapture(specification.degradations, page.luma.width(),
                           page.luma.height(), random.For("plan"));
  MeasureInk(*form, page, sheet.plan, sheet.truth);
  const PageImage picture = Capture(page, sheet.plan, random.For("capture"));

  if (specification.color) {
    SL_ASSIGN_OR_RETURN(sheet.jpeg,
                        EncodeJpeg(ToRgb(picture), sheet.plan.jpeg_quality));
  } else {
    SL_ASSIGN_OR_RETURN(sheet.jpeg,
                        EncodeJpeg(picture.luma, sheet.plan.jpeg_quality));
  }
  SL_ASSIGN_OR_RETURN(Decoded<GrayImage> decoded, DecodeGray(sheet.jpeg, {}));
  sheet.scan = std::move(decoded.pixels);

  const double units = form->units_per_pixel;
  const Homography page_to_scan =
      sheet.plan.print_to_scan * Homography::Scale(1 / units, 1 / units);
  // Plans are made of invertible maps.
  sheet.scan_to_page = page_to_scan.Inverse().value();
  sheet.deviation = DeviationOf(sheet.plan) * units;
  sheet.specification = std::move(specification);
  sheet.form = std::move(form);
  return sheet;
}

absl::StatusOr<GeneratedSheet> GenerateSheet(
    const SheetSpecification& specification, uint64_t seed) {
  return GenerateSheet(std::make_shared<PrintedForm>(PrintForm(
                           specification.family, specification.form_seed)),
                       specification, seed);
}

const std::vector<Condition>& AllConditions() {
  using D = Degradation;
  static const auto& all = *[] {
    auto* list = new std::vector<Condition>{{"none", {}}};
    for (const D degradation : AllDegradations()) {
      if (degradation == D::kStretch) continue;
      list->push_back({DegradationName(degradation), {degradation}});
    }
    list->push_back({"scanner", {D::kRotation, D::kNoise}});
    list->push_back(
        {"upside_down", {D::kRotation, D::kRotation180, D::kNoise}});
    list->push_back({"photo",
                     {D::kDarkTable, D::kRotation, D::kPerspective, D::kShadow,
                      D::kUnevenBlur}});
    list->push_back({"dim_photo", {D::kDarkTable, D::kRotation, D::kLowLight}});
    list->push_back({"bad_copy", {D::kXerox, D::kRotation, D::kLowResolution}});
    list->push_back(
        {"quickstart",
         {D::kDarkTable, D::kRotation, D::kPerspective, D::kNoise}});
    // Last: what came before keeps its number.
    list->push_back({DegradationName(D::kStretch), {D::kStretch}});
    return list;
  }();
  return all;
}

std::optional<Condition> FindCondition(absl::string_view name) {
  for (const Condition& condition : AllConditions()) {
    if (name == condition.name) return condition;
  }
  return std::nullopt;
}

}  // namespace sightline::generator
