#include "tests/generator/sheet_generator.h"

#include <algorithm>
#include <utility>

#include "common/image/decode.h"
#include "common/image/encode.h"
#include "common/status/status_macros.h"

namespace sightline::generator {
namespace {

// Names the fields with a bubble that is not wholly in the picture.
void AddCutOff(const PrintedForm& form, const Homography& page_to_scan,
               const GrayImage& scan, std::vector<FieldTruth>& truth) {
  const auto in_scan = [&](PixelPoint p) {
    const PixelPoint s = page_to_scan.Map(p);
    return s.x >= 0 && s.y >= 0 && s.x <= scan.width() && s.y <= scan.height();
  };
  for (size_t f = 0; f < form.fields.size(); ++f) {
    bool cut_off = false;
    for (const grade::Bubble& bubble : form.fields[f].bubbles) {
      const double w = bubble.size.width / 2;
      const double h = bubble.size.height / 2;
      for (const double x : {-w, w}) {
        for (const double y : {-h, h}) {
          cut_off |= !in_scan({bubble.center.x + x, bubble.center.y + y});
        }
      }
    }
    if (cut_off) {
      truth[f].doubts.insert(truth[f].doubts.begin(), "cut_off");
    }
  }
}

}  // namespace

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
  // The bend moves a point by its amplitude down and 0.4 of it sideways.
  sheet.deviation = sheet.plan.curl * 1.08 * units;
  AddCutOff(*form, page_to_scan, sheet.scan, sheet.truth);
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
