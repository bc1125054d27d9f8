#include "services/align/engine/page_bend.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "common/status/status_macros.h"
#include "services/align/engine/page_patches.h"
#include "services/align/engine/structure_position.h"

namespace sightline::align {
namespace {

// More and smaller patches than a registration is verified by.
constexpr PatchLayout kLayout{
    .columns = 12, .rows = 16, .half_side = 11, .rival_reach = 0};
constexpr double kMinPatchScore = 0.6;
constexpr double kMinOutlineScore = 0.55;
// Bubbles looked for at most.
constexpr size_t kMaxBubbles = 300;
// How far a piece may lie from where the homography puts it, and then from
// where the mesh of those found before does, thousandths of the page's width.
constexpr double kReaches[] = {9, 9, 3};
// What a sighting is off by chance, thousandths of the page's width: a quarter
// of a pixel of a scan 1200 pixels wide.
constexpr double kUnit = 0.2;

// What a shift of the page by `by` page units makes of a homography to a
// frame.
Homography Shifted(const Homography& frame_to_scan, const PageFrame& frame,
                   PixelPoint by) {
  const PixelPoint in_frame = frame.ToFrame(by);
  return frame_to_scan * Homography::Translation(in_frame.x, in_frame.y);
}

PixelPoint ToPage(const PageFrame& frame, PixelPoint p) {
  return {p.x * frame.page.width / frame.width,
          p.y * frame.page.height / frame.height};
}

// Looks for `patch` near where the mesh expects it.
void LookFor(PixelPoint center, const Patch& patch, const PageFrame& frame,
             const Homography& frame_to_scan, const Homography& scan_to_page,
             const PageMesh& mesh, double reach, double min_score,
             ScanImages& scan, std::vector<PageSighting>& sightings) {
  const PixelPoint on_page = ToPage(frame, center);
  const std::optional<PatchSighting> sighting = FindPatchAt(
      center, patch, scan, Shifted(frame_to_scan, frame, mesh.At(on_page)),
      reach * frame.width / 1000);
  if (!sighting.has_value() || sighting->score < min_score) return;
  const PixelPoint seen = scan_to_page.Map(sighting->in_scan);
  sightings.push_back({on_page, {seen.x - on_page.x, seen.y - on_page.y}});
}

}  // namespace

PageBend::PageBend(const GrayImage* image, const PageFrame& frame,
                   const Reference& reference)
    : image_(image), frame_(frame) {
  reference_.page = reference.page;
  reference_.shapes = reference.shapes;
  reference_.timing_tracks = reference.timing_tracks;
}

void PageBend::Prepare() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (is_prepared_) return;
  if (image_ == nullptr) {
    structure_.emplace(reference_);
  } else {
    patches_ = ChoosePatches(*image_, frame_, reference_.shapes, kLayout);
    // Where there are only bubbles, some of which are marked.
    const double cell = static_cast<double>(frame_.width) / kLayout.columns;
    for (Patch& patch : ChoosePatches(*image_, frame_, {}, kLayout)) {
      const bool is_near = std::any_of(
          patches_.begin(), patches_.end(), [&](const Patch& other) {
            return std::hypot(other.center.x - patch.center.x,
                              other.center.y - patch.center.y) < cell;
          });
      if (!is_near) patches_.push_back(std::move(patch));
    }
  }
  is_prepared_ = true;
}

void PageBend::LookForPatches(ScanImages& scan, const Homography& scan_to_page,
                              const PageMesh& mesh, double reach,
                              std::vector<PageSighting>& sightings) const {
  const Homography frame_to_scan =
      *(frame_.PageToFrame() * scan_to_page).Inverse();
  for (const Patch& patch : patches_) {
    LookFor(patch.center, patch, frame_, frame_to_scan, scan_to_page, mesh,
            reach, kMinPatchScore, scan, sightings);
  }
}

void PageBend::LookForBubbles(ScanImages& scan, const Homography& scan_to_page,
                              const PageMesh& mesh, double reach,
                              std::vector<PageSighting>& sightings) const {
  const PrintedStructure& structure = *structure_;
  const PageFrame& frame = structure.frame;
  const Homography scan_to_frame = frame.PageToFrame() * scan_to_page;
  std::string outcome;
  // In which size the bubbles are printed.
  const StructureThresholds thresholds;
  const std::optional<StructurePosition> position =
      FindStructurePosition(structure, thresholds, scan, scan_to_frame,
                            thresholds.last_reach, outcome);
  if (!position.has_value() || position->outline_size < 0) return;
  const Homography frame_to_scan = *scan_to_frame.Inverse();
  reach = std::min(reach, structure.bubble_reach * 1000 / frame.width);
  const size_t step = structure.bubbles.size() / kMaxBubbles + 1;
  for (size_t i = 0; i < structure.bubbles.size(); i += step) {
    const PrintedStructure::Site& bubble = structure.bubbles[i];
    const std::optional<Patch>& patch =
        structure.bubble_looks[bubble.look].patches[position->outline_size];
    if (!patch.has_value()) continue;
    LookFor(bubble.center, *patch, frame, frame_to_scan, scan_to_page, mesh,
            reach, kMinOutlineScore, scan, sightings);
  }
}

std::vector<PageSighting> PageBend::Look(ScanImages& scan,
                                         const Homography& scan_to_page,
                                         const PageMesh& mesh,
                                         double reach) const {
  std::vector<PageSighting> sightings;
  if (structure_.has_value()) {
    LookForBubbles(scan, scan_to_page, mesh, reach, sightings);
  } else {
    LookForPatches(scan, scan_to_page, mesh, reach, sightings);
  }
  return sightings;
}

absl::StatusOr<PageMesh> PageBend::Measure(ScanImages& scan,
                                           const Homography& scan_to_page,
                                           const StopToken& stop) const {
  if (!scan_to_page.Inverse().has_value()) return PageMesh();
  Prepare();
  const PixelSize page = reference_.page;
  const double unit = kUnit * page.width / 1000;
  PageMesh mesh;
  for (const double reach : kReaches) {
    SL_RETURN_IF_ERROR(stop.Poll());
    mesh = FitMesh(Look(scan, scan_to_page, mesh, reach), page, unit);
  }
  return mesh;
}

int64_t PageBend::ResidentBytes() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  int64_t bytes = static_cast<int64_t>(
      sizeof(*this) + reference_.shapes.capacity() * sizeof(PrintedShape));
  for (const Patch& patch : patches_) {
    bytes += static_cast<int64_t>(sizeof(patch)) + patch.bytes();
  }
  if (structure_.has_value()) bytes += structure_->bytes();
  return bytes;
}

}  // namespace sightline::align
