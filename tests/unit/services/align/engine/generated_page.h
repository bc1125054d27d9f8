// Answer sheets drawn for the tests, and scans of them whose position is
// known.
#ifndef SIGHTLINE_TESTS_UNIT_SERVICES_ALIGN_ENGINE_GENERATED_PAGE_H_
#define SIGHTLINE_TESTS_UNIT_SERVICES_ALIGN_ENGINE_GENERATED_PAGE_H_

#include <vector>

#include "common/geometry/homography.h"
#include "common/image/image.h"
#include "services/align/engine/reference.h"

namespace sightline::align {

struct PageDesign {
  // Pixels, and page units.
  int width = 1240;
  int height = 1754;
  // Steers words and letters.
  int seed = 1;
  // Header and footer in words; without them the page has nothing but bubbles
  // and their numbers.
  bool has_text = true;
  // Bubbles: `blocks` side by side, each of `rows` x `choices`.
  int blocks = 3;
  int rows = 20;
  int choices = 4;
  ShapeKind shape = ShapeKind::kEllipse;
  // Without outlines only the letters are printed.
  bool has_outlines = true;
  // Four markers in the corners; kImage markers are arrows, which tell the
  // orientation.
  bool has_markers = false;
  MarkerKind marker = MarkerKind::kSquare;
};

struct GeneratedPage {
  PageDesign design;
  PixelSize page;
  GrayImage blank;
  std::vector<PrintedShape> shapes;
  std::vector<Marker> markers;

  // With the image or without.
  Reference WithImage() const;
  Reference WithoutImage() const;
};

GeneratedPage DrawPage(const PageDesign& design);

// The page with one bubble of most rows filled.
GrayImage FillIn(const GeneratedPage& page, int seed);

// Where a scanner puts the page: turned by `degrees`, shifted, with some
// perspective; the scan is `scan_width` pixels wide and as high as the page's
// aspect says. Page to scan.
Homography ScannerMap(PixelSize page, int scan_width, double degrees,
                      double shift, double perspective);

// `scan` with noise of the given standard deviation.
GrayImage WithNoise(const GrayImage& scan, double deviation, int seed);

// Mean distance over the page, thousandths of its width, between where two
// maps from the scan put it.
double MeanError(const Homography& scan_to_page, const Homography& truth,
                 PixelSize page);

}  // namespace sightline::align

#endif  // SIGHTLINE_TESTS_UNIT_SERVICES_ALIGN_ENGINE_GENERATED_PAGE_H_
