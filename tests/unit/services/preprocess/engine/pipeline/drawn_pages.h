// Pages as scanners and cameras spoil them, drawn by the test.
#ifndef SIGHTLINE_TESTS_UNIT_SERVICES_PREPROCESS_ENGINE_PIPELINE_DRAWN_PAGES_H_
#define SIGHTLINE_TESTS_UNIT_SERVICES_PREPROCESS_ENGINE_PIPELINE_DRAWN_PAGES_H_

#include <cstdint>

#include "common/image/image.h"
#include "tests/unit/services/preprocess/engine/test_pages.h"

namespace sightline::preprocess {

inline constexpr int kDrawnWidth = 800;
inline constexpr int kDrawnHeight = 560;

// A page of one gray.
GrayImage BlankPage(uint8_t paper);

void FillBox(GrayImage& page, int left, int top, int width, int height,
             uint8_t gray);

// Lines of words of random letters, strokes of two to three pixels.
GrayImage TextPage(Random& random, uint8_t paper = 225, uint8_t ink = 40);

// Smooth light and dark blots without any strokes.
GrayImage PhotoPage(Random& random);

void AddNoise(Random& random, double sigma, GrayImage& page);
// White and black single pixels on `share` of the page.
void AddSpecks(Random& random, double share, GrayImage& page);
// Light that falls from 1 at the left edge to `right` at the other.
void AddGradient(double right, GrayImage& page);
// Light that falls to `inside` between two columns, with soft edges.
void AddShadow(int left, int right, double inside, GrayImage& page);

GrayImage Inverted(const GrayImage& page);
// Turned so that lines run downhill to the right by `degrees`.
GrayImage Tilted(const GrayImage& page, double degrees);

}  // namespace sightline::preprocess

#endif  // SIGHTLINE_TESTS_UNIT_SERVICES_PREPROCESS_ENGINE_PIPELINE_DRAWN_PAGES_H_
