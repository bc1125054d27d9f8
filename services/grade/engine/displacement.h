// Where the page's bubbles really are: a layout and a registration are never
// exact, and paper bends.
//
// Neighbours share most of their displacement. So it is looked for where many
// outlines speak at once: the line maps of neighbouring bubbles are added up,
// which makes the common outline stand out and drowns letters, marks and noise.
// What a group's tiles (runs of neighbouring fields) find is held together by
// a robust affine fit; only then every bubble may move a little on its own.
#ifndef SIGHTLINE_SERVICES_GRADE_ENGINE_DISPLACEMENT_H_
#define SIGHTLINE_SERVICES_GRADE_ENGINE_DISPLACEMENT_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/geometry/homography.h"
#include "common/image/image.h"
#include "common/stop/stop_token.h"
#include "services/grade/engine/bubble_patch.h"
#include "services/grade/engine/layout.h"
#include "services/grade/engine/outline.h"

namespace sightline::grade {

// How the bubbles of a group are printed, as far as the scan shows it.
struct GroupPrint {
  PatchFrame frame{PixelSize{1, 1}};
  BubbleShape shape = BubbleShape::kEllipse;
  // Printed size relative to the layout's.
  double scale_x = 1;
  double scale_y = 1;
  // Outline score of single bubbles where their outlines are, and beside: what
  // noise, letters and neighbours give. Medians.
  float outline = 0;
  float clutter = 0;
  // True if the outlines are really there. If not, the group stays where the
  // layout and the rest of the page put it.
  bool has_outlines = false;
  // Without outlines: share of the bubbles that show something printed in
  // their middle and nothing around it, as letters do whose outlines the
  // scanner dropped.
  double letter_share = 0;

  Outline MakeOutline() const {
    return Outline(shape, frame, frame.half_width * scale_x,
                   frame.half_height * scale_y);
  }
};

// Some neighbouring fields of a group and their common displacement.
struct Tile {
  int group = 0;
  std::vector<int> fields;
  // Mean of its bubbles' centres, page units.
  PixelPoint center;
  // What this tile shows alone, then as held together by its group.
  Shift found;
  Shift shift;
  // Outline score of the sum of its line maps there.
  float score = 0;
};

struct PrintModel {
  std::vector<GroupPrint> groups;
  std::vector<Tile> tiles;
  // Per field: its tile.
  std::vector<int> tile_of_field;
};

// Finds the print of every group. Polls `stop` between tiles.
absl::StatusOr<PrintModel> FindPrint(const GrayImage& scan,
                                     const Homography& page_to_scan,
                                     const Sheet& sheet, const StopToken& stop);

}  // namespace sightline::grade

#endif  // SIGHTLINE_SERVICES_GRADE_ENGINE_DISPLACEMENT_H_
