// How a page is bent and stretched beyond what a homography says.
//
// Copiers feed paper unevenly, printers drift, sheets do not lie flat. A mesh
// holds by how much, at its nodes, and nothing where nothing is known.
#ifndef SIGHTLINE_SERVICES_ALIGN_ENGINE_PAGE_MESH_H_
#define SIGHTLINE_SERVICES_ALIGN_ENGINE_PAGE_MESH_H_

#include <vector>

#include "common/geometry/homography.h"

namespace sightline::align {

// Something of the page as it is seen: `on_page` is where it was printed, and
// it is seen where the homography puts on_page + displacement. Page units.
struct PageSighting {
  PixelPoint on_page;
  PixelPoint displacement;
};

// Displacements between nodes are bilinear. columns, rows >= 2, or 0: nothing
// is bent.
struct PageMesh {
  PixelSize page;
  int columns = 0;
  int rows = 0;
  // Node (column, row) is at (column / (columns - 1) * page.width, row /
  // (rows - 1) * page.height); row by row. Page units.
  std::vector<PixelPoint> displacements;
  // Sightings that it rests on, and the root mean square of what they are off
  // without it and with it, page units.
  int sightings = 0;
  double rms_before = 0;
  double rms_after = 0;

  bool empty() const { return displacements.empty(); }
  // At a point of the page; beyond its edges as at the edge.
  PixelPoint At(PixelPoint page_point) const;
};

// The smooth mesh that most sightings agree with (least squares with bending
// energy, reweighted by Tukey's biweight); empty with fewer than twelve
// sightings or where it would explain nothing. `unit` is what a sighting may be
// off by chance, page units.
PageMesh FitMesh(const std::vector<PageSighting>& sightings, PixelSize page,
                 double unit);

}  // namespace sightline::align

#endif  // SIGHTLINE_SERVICES_ALIGN_ENGINE_PAGE_MESH_H_
