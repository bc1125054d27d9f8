// Where `auto` begins to act: every number that decides, in one place.
#ifndef SIGHTLINE_SERVICES_PREPROCESS_ENGINE_PIPELINE_THRESHOLDS_H_
#define SIGHTLINE_SERVICES_PREPROCESS_ENGINE_PIPELINE_THRESHOLDS_H_

namespace sightline::preprocess {

// "As measured": a value of the chain (polarity, specks, skew, noise, light,
// contrast) that took Tesseract from 15.9 to 2.8 % wrong characters on
// generated text and from 20.8 to 5.2 % on drawings, over 13 or 14 kinds of
// damage; chosen on the pages it was measured on, and by a sketch of this
// engine, not by it. What `auto` achieves, on pages that nothing was chosen on,
// stands in docs/performance.md (bench/preprocess/ocr). "Drawn pages": those of
// the tests (tests/unit/services/preprocess/engine/pipeline), which hold each
// number from both sides. What makes a polarity, specks or a skew doubtful is
// decided where they are measured: polarity.h, despeckle.h, skew.cc.
struct AutomaticThresholds {
  // Share of the page's specks that its quiet parts must have, too. Drawn
  // pages: crisp small text has 0 there, salt and pepper 0.7 and more.
  double quiet_speck_share = 0.2;
  // Noise in grays above which non-local means run. As measured, but there the
  // whole page's noise, which strokes raise; here the paper's.
  double noise_sigma = 8;
  // What a noisy page is smoothed with before, in pixels: non-local means then
  // compare strokes, not noise, and can be weak enough to leave thin ones.
  // Wrong characters of four dev pages each of bench/preprocess/ocr with 1.15
  // sigmas and no smoothing, and with these: noise of sigma 60 on drawings 31.5
  // and 9.7 %, on text 10.9 and 6.0 %; photographed drawings 7.9 and 2.9 %.
  double smoothing_sigma = 1.0;
  // Strength of non-local means in sigmas, and its greatest value.
  double strength_per_sigma = 0.3;
  double greatest_strength = 90;
  // Tilts below this are left alone: interpolation blurs. As measured; the
  // search goes in steps of 0.1.
  double skew_degrees = 0.15;
  // Share of light that the dim parts of the paper lack, above which a page is
  // flattened. Drawn pages: even light with noise up to sigma 45 reached 0.017,
  // a page whose light falls by 16 % has 0.13. (The chain measured flattened
  // every page.)
  double unevenness = 0.10;
  // Grays between ink and paper below which they are stretched. Our choice:
  // black print on gray paper has about 180. (The chain measured stretched
  // every page.)
  double contrast = 160;
  // Grays, and sigmas of noise, that are no contrast: the page is blank. Drawn
  // pages: blank ones span up to 5.6 of their sigmas, faint text 20 and more.
  double blank_contrast = 8;
  double blank_sigmas = 7;
  // Ink whose height is measured is darker than its surroundings by the
  // contrast between ink and paper over ink_share, and by ink_sigmas of noise.
  // Our choice: noise without ink has a contrast of 5.4 sigmas, and a page with
  // less than twice what ink must have is not measured.
  double ink_share = 6;
  double ink_sigmas = 4;
  // Median height of letters in pixels below which a page is enlarged, and what
  // it is enlarged to. Wrong characters of pages like that bench's at 0.55 to
  // 0.9 of their size, before and after: letters of 7 to 9 pixels 1.5 and 0.2
  // %, of 10 to 12 0.8 and 0.1; taller ones gain less (1.8 and 1.1), and are
  // most pages. Drawings at 0.45 of their size, enlarged to about 16, 20, 24
  // and 28: 6.5, 5.2, 4.8 and 3.7 %; 24 is what a factor of 3 makes of 8.
  double text_height = 12;
  double enlarged_text_height = 24;
  // Greatest gray of nine tenths of what is cropped as a scanner's border. Our
  // choice: a shadow leaves paper lighter than this, and may have text in it.
  double border_gray = 48;
};
inline constexpr AutomaticThresholds kThresholds;

}  // namespace sightline::preprocess

#endif  // SIGHTLINE_SERVICES_PREPROCESS_ENGINE_PIPELINE_THRESHOLDS_H_
