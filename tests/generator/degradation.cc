#include "tests/generator/degradation.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <set>

namespace sightline::generator {
namespace {

struct Named {
  Degradation degradation;
  const char* name;
};

constexpr Named kNames[] = {
    {Degradation::kRotation, "rotation"},
    {Degradation::kStrongRotation, "strong_rotation"},
    {Degradation::kRotation90, "rotation90"},
    {Degradation::kRotation180, "rotation180"},
    {Degradation::kRotation270, "rotation270"},
    {Degradation::kPerspective, "perspective"},
    {Degradation::kLowResolution, "low_resolution"},
    {Degradation::kUnevenBlur, "uneven_blur"},
    {Degradation::kNoise, "noise"},
    {Degradation::kLowLight, "low_light"},
    {Degradation::kShadow, "shadow"},
    {Degradation::kStrongJpeg, "strong_jpeg"},
    {Degradation::kContrast, "contrast"},
    {Degradation::kXerox, "xerox"},
    {Degradation::kFax, "fax"},
    {Degradation::kCrop, "crop"},
    {Degradation::kDarkTable, "dark_table"},
    {Degradation::kCurl, "curl"},
    {Degradation::kStretch, "stretch"},
};

Homography Rotation(double degrees) {
  const double a = degrees * std::numbers::pi / 180;
  const double c = std::cos(a);
  const double s = std::sin(a);
  return Homography({c, -s, 0, s, c, 0, 0, 0, 1});
}

// Turns exactly: cos(90 degrees) is not 0 in floating point.
Homography QuarterTurns(int turns) {
  static constexpr double kCosine[] = {1, 0, -1, 0};
  static constexpr double kSine[] = {0, 1, 0, -1};
  const double c = kCosine[turns % 4];
  const double s = kSine[turns % 4];
  return Homography({c, -s, 0, s, c, 0, 0, 0, 1});
}

class Planner {
 public:
  Planner(const std::vector<Degradation>& degradations, int width, int height,
          Random random)
      : wanted_(degradations.begin(), degradations.end()),
        width_(width),
        height_(height),
        random_(random) {
    plan_.degradations.assign(wanted_.begin(), wanted_.end());
  }

  CapturePlan Plan() {
    PlanGeometry();
    PlanLight();
    PlanMachine();
    return plan_;
  }

 private:
  bool Has(Degradation degradation) const {
    return wanted_.contains(degradation);
  }

  void PlanGeometry() {
    Random random = random_.For("geometry");
    // Around the page's centre, in units of print pixels.
    Homography map = Homography::Translation(-width_ / 2.0, -height_ / 2.0);
    if (Has(Degradation::kXerox)) {
      map = Homography::Scale(random.Uniform(0.992, 1.008),
                              random.Uniform(0.992, 1.008)) *
            map;
    }
    double angle = random.Uniform(-0.3, 0.3);
    if (Has(Degradation::kRotation)) angle = random.Uniform(-4, 4);
    if (Has(Degradation::kStrongRotation)) {
      angle = random.Sign() * random.Uniform(8, 20);
    }
    map = Rotation(angle) * map;
    if (Has(Degradation::kPerspective)) {
      // The far side is up to a third smaller than the near one.
      const double tilt = random.Uniform(0.12, 0.3) / height_;
      const double way = random.Uniform(0, 2 * std::numbers::pi);
      map = Homography({1, 0, 0, 0, 1, 0, tilt * std::cos(way),
                        tilt * std::sin(way), 1}) *
            map;
    }
    int turns = 0;
    if (Has(Degradation::kRotation90)) turns += 1;
    if (Has(Degradation::kRotation180)) turns += 2;
    if (Has(Degradation::kRotation270)) turns += 3;
    map = QuarterTurns(turns) * map;

    double view_width = turns % 2 == 0 ? width_ : height_;
    double view_height = turns % 2 == 0 ? height_ : width_;
    double scale = 1;
    if (Has(Degradation::kDarkTable)) {
      scale = random.Uniform(0.6, 0.92);
      plan_.table = true;
      plan_.background = random.Uniform(25, 95);
      // A phone's picture is 4:3 or so, whatever lies in it.
      (view_height > view_width ? view_width : view_height) *=
          random.Uniform(1.0, 1.1);
    }
    if (Has(Degradation::kDarkTable) || Has(Degradation::kStrongRotation) ||
        Has(Degradation::kPerspective)) {
      // The whole page has to be in the picture.
      scale /= Overhang(map, view_width, view_height);
    }
    double shift_x = random.Uniform(-0.004, 0.004);
    double shift_y = random.Uniform(-0.004, 0.004);
    if (Has(Degradation::kRotation) || Has(Degradation::kDarkTable)) {
      shift_x = random.Uniform(-0.02, 0.02);
      shift_y = random.Uniform(-0.02, 0.02);
    }
    map = Homography::Translation(view_width * (0.5 + shift_x),
                                  view_height * (0.5 + shift_y)) *
          Homography::Scale(scale, scale) * map;
    if (Has(Degradation::kCrop)) {
      const double left = random.Uniform(0, 0.07) * view_width;
      const double top = random.Uniform(0, 0.07) * view_height;
      const bool far_sides = random.Chance(0.5);
      if (!far_sides) map = Homography::Translation(-left, -top) * map;
      view_width -= left;
      view_height -= top;
    }
    double dots_x = 1;
    double dots_y = 1;
    if (Has(Degradation::kLowResolution)) {
      dots_x = dots_y = random.Integer(100, 200) / 300.0;
    }
    if (Has(Degradation::kFax)) {
      dots_x = std::min(dots_x, 204 / 300.0);
      dots_y = std::min(dots_y, 196 / 300.0);
    }
    plan_.width = std::max(1, static_cast<int>(view_width * dots_x));
    plan_.height = std::max(1, static_cast<int>(view_height * dots_y));
    plan_.print_to_scan =
        (Homography::Scale(dots_x, dots_y) * map).Normalized();
    if (Has(Degradation::kCurl)) {
      plan_.curl = random.Uniform(4, 12);
      plan_.curl_phase = random.Uniform(0, 2 * std::numbers::pi);
    }
    if (Has(Degradation::kStretch)) PlanStretch(random_.For("stretch"));
  }

  void PlanStretch(Random random) {
    plan_.stretch_waves = random.Uniform(0.7, 2);
    plan_.stretch_phase = random.Uniform(0, 2 * std::numbers::pi);
    // The slope of the sine is the local stretch.
    plan_.stretch = random.Uniform(0.005, 0.01) * height_ /
                    (2 * std::numbers::pi * plan_.stretch_waves);
  }

  // How much larger than the view the mapped page is, at least 1.
  double Overhang(const Homography& map, double view_width,
                  double view_height) const {
    double overhang = 1;
    for (const double x : {0.0, 1.0}) {
      for (const double y : {0.0, 1.0}) {
        const PixelPoint p = map.Map({x * width_, y * height_});
        overhang = std::max({overhang, std::abs(p.x) / (view_width / 2),
                             std::abs(p.y) / (view_height / 2)});
      }
    }
    return overhang * 1.02;
  }

  void PlanLight() {
    Random random = random_.For("light");
    plan_.gradient_angle = random.Uniform(0, 2 * std::numbers::pi);
    plan_.gain = random.Uniform(0.97, 1.0);
    plan_.gradient = random.Uniform(0, 0.03);
    const bool phone = Has(Degradation::kDarkTable) ||
                       Has(Degradation::kPerspective) ||
                       Has(Degradation::kShadow);
    if (phone) {
      plan_.gain = random.Uniform(0.75, 0.95);
      plan_.gradient = random.Uniform(0.05, 0.25);
      plan_.vignette = random.Uniform(0, 0.15);
      plan_.noise = random.Uniform(1.5, 3);
      // Lamps are warm, shade is bluish.
      const int warmth = random.Integer(-3, 9);
      plan_.cast_cb = -warmth;
      plan_.cast_cr = warmth / 2;
    }
    if (Has(Degradation::kLowLight)) {
      plan_.gain = random.Uniform(0.3, 0.45);
      plan_.gradient = random.Uniform(0.2, 0.45);
      plan_.vignette = random.Uniform(0.1, 0.3);
      plan_.noise = random.Uniform(3, 5);
    }
    if (Has(Degradation::kNoise)) {
      plan_.noise = std::max(plan_.noise, random.Uniform(6, 12));
    }
    if (Has(Degradation::kShadow)) {
      Shadow shadow;
      const double way = random.Uniform(0, 2 * std::numbers::pi);
      shadow.point = {random.Uniform(0.3, 0.7), random.Uniform(0.3, 0.7)};
      shadow.normal = {std::cos(way), std::sin(way)};
      shadow.softness = random.Uniform(0.008, 0.06);
      shadow.depth = random.Uniform(0.3, 0.5);
      plan_.shadow = shadow;
    }
    plan_.blur = random.Uniform(0.4, 0.7);
    if (Has(Degradation::kUnevenBlur)) {
      plan_.soft_side_blur = random.Uniform(2.2, 4.5);
      plan_.soft_side_angle = random.Uniform(0, 2 * std::numbers::pi);
    }
    if (Has(Degradation::kContrast)) {
      plan_.gamma = random.Chance(0.5) ? random.Uniform(0.55, 0.8)
                                       : random.Uniform(1.3, 1.8);
      plan_.black = random.Uniform(20, 80);
      plan_.white = random.Uniform(190, 245);
    }
  }

  void PlanMachine() {
    Random random = random_.For("machine");
    if (!plan_.table) plan_.background = random.Chance(0.7) ? 245 : 60;
    if (Has(Degradation::kXerox)) {
      Copier copier;
      copier.threshold = random.Uniform(120, 185);
      copier.specks = random.Uniform(0.0001, 0.0008);
      copier.streaks = random.Integer(0, 3);
      plan_.copier = copier;
    }
    if (Has(Degradation::kFax)) {
      plan_.fax_threshold = random.Uniform(115, 165);
    }
    plan_.jpeg_quality = random.Integer(75, 85);
    if (Has(Degradation::kStrongJpeg)) {
      plan_.jpeg_quality = random.Integer(12, 30);
    }
  }

  std::set<Degradation> wanted_;
  int width_;
  int height_;
  Random random_;
  CapturePlan plan_;
};

}  // namespace

const std::vector<Degradation>& AllDegradations() {
  static const auto& all = *[] {
    auto* list = new std::vector<Degradation>;
    for (const Named& named : kNames) list->push_back(named.degradation);
    return list;
  }();
  return all;
}

const char* DegradationName(Degradation degradation) {
  for (const Named& named : kNames) {
    if (named.degradation == degradation) return named.name;
  }
  return "";
}

std::optional<Degradation> FindDegradation(absl::string_view name) {
  for (const Named& named : kNames) {
    if (name == named.name) return named.degradation;
  }
  return std::nullopt;
}

double DeviationOf(const CapturePlan& plan) {
  // The bend moves a point by its amplitude down and 0.4 of it sideways.
  return plan.curl * 1.08 + plan.stretch;
}

PixelPoint BentPoint(const CapturePlan& plan, PixelSize size, PixelPoint p) {
  const double u = p.x / size.width;
  const double v = p.y / size.height;
  const double bend =
      plan.curl * std::sin(2.2 * std::numbers::pi * u + plan.curl_phase);
  const double feed =
      plan.stretch * std::sin(2 * std::numbers::pi * plan.stretch_waves * v +
                              plan.stretch_phase);
  return {p.x + 0.4 * bend * std::cos(std::numbers::pi * v), p.y + bend + feed};
}

CapturePlan PlanCapture(const std::vector<Degradation>& degradations, int width,
                        int height, Random random) {
  return Planner(degradations, width, height, random).Plan();
}

}  // namespace sightline::generator
