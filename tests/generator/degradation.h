// What scanners, copiers and phones do to a page.
//
// A plan holds every number of one exposure, drawn from a seed; taking the
// picture only carries it out. Degradations compose: geometry becomes one map,
// the rest follows in the order in which it happens (copier, lens, light,
// sensor, fax, JPEG).
#ifndef SIGHTLINE_TESTS_GENERATOR_DEGRADATION_H_
#define SIGHTLINE_TESTS_GENERATOR_DEGRADATION_H_

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "common/geometry/homography.h"
#include "tests/generator/canvas.h"
#include "tests/generator/random.h"

namespace sightline::generator {

enum class Degradation {
  // Turned by up to 4 degrees, shifted by up to 2 % of the page.
  kRotation,
  // Turned by 8 to 20 degrees.
  kStrongRotation,
  kRotation90,
  kRotation180,
  kRotation270,
  // Seen at an angle, as by a phone.
  kPerspective,
  // Scanned at 100 to 200 dpi.
  kLowResolution,
  // Softer towards one side of the page.
  kUnevenBlur,
  kNoise,
  // A third of the light, falling off across the page, and the noise that
  // comes with it.
  kLowLight,
  // A soft-edged shadow over a part of the page.
  kShadow,
  // JPEG quality 12 to 30.
  kStrongJpeg,
  // Gamma 0.55 to 1.8, black and white pulled together.
  kContrast,
  // A copy of a copy: thresholded toner, specks, streaks, stretched by up to
  // 1 %.
  kXerox,
  // Fax, fine mode: 204 x 196 dpi, 1 bit.
  kFax,
  // Up to 7 % cut off at two sides.
  kCrop,
  // The page lies on a dark table and covers a part of the picture.
  kDarkTable,
  // The sheet is not flat: lines bend by up to 1 mm.
  kCurl,
  // Fed unevenly through a copier: up to 1 % longer or shorter along the page.
  kStretch,
};

const std::vector<Degradation>& AllDegradations();
// "rotation", "strong_rotation", ...
const char* DegradationName(Degradation degradation);
std::optional<Degradation> FindDegradation(absl::string_view name);

// How a copier spoils a page before it is scanned.
struct Copier {
  // Luma below which paper becomes toner.
  double threshold = 150;
  // Share of pixels that get a speck of toner, or lose it.
  double specks = 0;
  // Dark vertical streaks.
  int streaks = 0;
};

// A soft-edged shadow: darker where the point lies beyond the line through
// `point` with normal `normal` (both relative to the picture's size).
struct Shadow {
  PixelPoint point;
  PixelPoint normal;
  double softness = 0.02;
  double depth = 0.4;
};

// One exposure.
struct CapturePlan {
  std::vector<Degradation> degradations;
  int width = 0;
  int height = 0;
  // Print pixels to scan pixels, both corner-based. Exact unless curl > 0 or
  // stretch > 0.
  Homography print_to_scan;
  // Amplitude of the bend, print pixels.
  double curl = 0;
  double curl_phase = 0;
  // Amplitude of what uneven feeding moves a row by, print pixels, and how
  // often it goes to and fro along the page.
  double stretch = 0;
  double stretch_waves = 1;
  double stretch_phase = 0;
  // Around the page: the scanner's lid, or a table.
  bool table = false;
  double background = 235;

  std::optional<Copier> copier;
  // Blur in scan pixels, everywhere and at the soft side.
  double blur = 0.5;
  double soft_side_blur = 0;
  double soft_side_angle = 0;
  // Light: 1 = paper stays white.
  double gain = 1;
  // Loss of light across the picture, and towards its corners.
  double gradient = 0;
  double gradient_angle = 0;
  double vignette = 0;
  std::optional<Shadow> shadow;
  double gamma = 1;
  // Luma of black and white after the light.
  double black = 0;
  double white = 255;
  // Standard deviation, luma.
  double noise = 1.2;
  // Colour cast of the light.
  int cast_cb = 0;
  int cast_cr = 0;
  // Luma below which a fax is black; absent: not a fax.
  std::optional<double> fax_threshold;
  int jpeg_quality = 80;
};

// Draws the numbers for `degradations` (any order, duplicates ignored) and a
// print of `width` x `height` pixels at 300 dpi. With none, a good flatbed
// scan: straight to 0.3 degrees, little noise, JPEG quality 80.
CapturePlan PlanCapture(const std::vector<Degradation>& degradations, int width,
                        int height, Random random);

// What of a print of `size` is seen where a flat one would show `print_point`.
PixelPoint BentPoint(const CapturePlan& plan, PixelSize size,
                     PixelPoint print_point);

// How far, in print pixels, a point of the print may lie from where the inverse
// of `plan.print_to_scan` puts it: 0 unless the page is bent.
double DeviationOf(const CapturePlan& plan);

// What becomes of a print's luma at `scan_point` by copier, light, curve and
// fax, blur and noise left out: entry v is the scan's luma for print luma v.
std::array<double, 256> ToneCurve(const CapturePlan& plan,
                                  PixelPoint scan_point);

// Takes the picture. Deterministic for one plan and one `random`.
PageImage Capture(const PageImage& print, const CapturePlan& plan,
                  Random random);

}  // namespace sightline::generator

#endif  // SIGHTLINE_TESTS_GENERATOR_DEGRADATION_H_
