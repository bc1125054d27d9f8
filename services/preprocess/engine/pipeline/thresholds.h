// Where `auto` begins to act: every number that decides, in one place.
#ifndef SIGHTLINE_SERVICES_PREPROCESS_ENGINE_PIPELINE_THRESHOLDS_H_
#define SIGHTLINE_SERVICES_PREPROCESS_ENGINE_PIPELINE_THRESHOLDS_H_

namespace sightline::preprocess {

// "Recognition" below is what Tesseract made of generated pages of text and
// drawings over 14 kinds of damage; "drawn pages" are those of the tests
// (tests/unit/services/preprocess/engine/pipeline), which hold each number
// from both sides. What makes a polarity, specks or a skew doubtful is decided
// where they are measured: polarity.h, despeckle.h, skew.cc.
struct AutomaticThresholds {
  // Share of the page's specks that its quiet parts must have, too. Drawn
  // pages: crisp small text has 0 there, salt and pepper 0.4 and more.
  double quiet_speck_share = 0.2;
  // Noise in grays above which non-local means run. Recognition: they mend
  // pages of sigma 35 and 60 and change nothing below about 8.
  double noise_sigma = 8;
  // Strength of non-local means in sigmas, and its greatest value.
  // Recognition: 1.0 to 1.15 were alike; above 90 strokes melt.
  double strength_per_sigma = 1.15;
  double greatest_strength = 90;
  // Tilts below this are left alone. Recognition: they cost nothing, and each
  // interpolation blurs.
  double skew_degrees = 0.15;
  // Share of light that the dim parts of the paper lack, above which a page is
  // flattened. Drawn pages: even light with noise reached 0.02; recognition
  // without flattening suffers from about a quarter on.
  double unevenness = 0.10;
  // Grays between ink and paper below which they are stretched. Ordinary scans
  // have 160 and more; recognition of 1/5 of that is what suffers.
  double contrast = 160;
  // Grays, and sigmas of noise, that are no contrast: the page is blank.
  // Normal noise spans 5.4 sigmas between the percentiles that are compared.
  double blank_contrast = 8;
  double blank_sigmas = 7;
  // Greatest gray of nine tenths of what is cropped as a scanner's border. A
  // shadow leaves paper lighter than this, and may have text in it.
  double border_gray = 48;
};
inline constexpr AutomaticThresholds kThresholds;

}  // namespace sightline::preprocess

#endif  // SIGHTLINE_SERVICES_PREPROCESS_ENGINE_PIPELINE_THRESHOLDS_H_
