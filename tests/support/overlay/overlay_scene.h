// Frames of a patrol flight with a burned-in overlay of twelve fields, and what
// the overlay says: positions, angles and clock that belong together and move
// on from frame to frame.
#ifndef SIGHTLINE_TESTS_SUPPORT_OVERLAY_OVERLAY_SCENE_H_
#define SIGHTLINE_TESTS_SUPPORT_OVERLAY_OVERLAY_SCENE_H_

#include <cstdint>
#include <map>
#include <string>

#include "absl/strings/string_view.h"
#include "common/image/image.h"
#include "tests/generator/random.h"
#include "tests/support/overlay/drawn_font.h"

namespace sightline::testing {

enum class Backing { kPlain, kShadow, kOutline };

struct SceneOptions {
  uint64_t seed = 1;
  int width = 1920;
  int height = 1080;
  double frames_per_second = 30;
  Backing backing = Backing::kShadow;
  // Of the background, 0..255: mean level, deviation of its waves, deviation
  // of the noise of single pixels.
  double level = 110;
  double waves = 25;
  double noise = 5;
  // Moves the whole overlay from where its profile expects it.
  int shift_x = 0;
  int shift_y = 0;
};

struct SceneFrame {
  RgbImage pixels;
  // By the field's name: ACLAT, ACLON, ALT, HDG, DATE, TIME, TGLAT, TGLON,
  // SLR, AZ, EL, FOV.
  std::map<std::string, std::string> texts;
};

// Draws `text` with its first cell's upper left corner at (x, y). Characters
// that the font does not have, and what lies beyond the picture, are left out.
void BurnIn(RgbImage& picture, const DrawnFont& font, Backing backing,
            absl::string_view text, double x, int y);

// One flight. Not thread-safe; frames may be asked for in any order, and the
// same one is always the same.
class OverlayScene {
 public:
  // `font` must outlive the scene.
  OverlayScene(const DrawnFont& font, SceneOptions options);

  SceneFrame Frame(int number) const;
  // The same frame without any overlay.
  RgbImage Background(int number) const;

  // What a person would write of it: boxes, patterns and meanings, neither
  // characters nor places.
  std::string DraftProfile() const;

 private:
  struct Place {
    const char* name;
    double x;
    int y;
    bool is_right;
    int cells;
  };
  std::map<std::string, std::string> Texts(int number) const;
  std::map<std::string, Place> Places() const;

  const DrawnFont& font_;
  SceneOptions options_;
  generator::Random random_;
  // Larger than a frame, so that it can drift.
  RgbImage sea_;
  GrayImage grain_;
  double start_latitude_;
  double start_longitude_;
  double altitude_m_;
  double course_deg_;
  double speed_m_s_;
  double climb_m_s_;
  double target_bearing_deg_;
  double target_distance_m_;
  double field_of_view_deg_;
  double zoom_per_s_;
  int start_day_;
  double start_clock_s_;
};

}  // namespace sightline::testing

#endif  // SIGHTLINE_TESTS_SUPPORT_OVERLAY_OVERLAY_SCENE_H_
