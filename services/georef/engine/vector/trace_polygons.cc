#include "services/georef/engine/vector/trace_polygons.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "services/georef/engine/reasons.h"
#include "services/georef/engine/vector/bit_rows.h"
#include "services/georef/engine/vector/crack_corners.h"
#include "services/georef/engine/vector/polygon_selection.h"
#include "services/georef/engine/vector/ring_tracer.h"

namespace sightline::georef {
namespace {

constexpr int kRowsPerPoll = 64;
constexpr uint64_t kEachByte = 0x0101010101010101;

absl::Status MaskError(absl::string_view field, absl::string_view problem) {
  return Error(absl::StatusCode::kInvalidArgument, kMaskInvalid)
      .Field(field, problem);
}

absl::Status OptionError(absl::string_view field, absl::string_view problem) {
  return Error(absl::StatusCode::kInvalidArgument, kTraceOptionInvalid)
      .Field(field, problem);
}

absl::Status CheckSide(absl::string_view field, int side) {
  if (side >= 1 && side <= kMaximumMaskSide) return absl::OkStatus();
  return MaskError(field, absl::StrCat("is ", side, ", must be 1 to ",
                                       kMaximumMaskSide, " pixels"));
}

absl::Status CheckMask(const LabelMask& mask) {
  SL_RETURN_IF_ERROR(CheckSide("mask.width", mask.width));
  SL_RETURN_IF_ERROR(CheckSide("mask.height", mask.height));
  if (mask.labels == nullptr) {
    return MaskError("mask.labels", "is missing");
  }
  if (mask.stride < mask.width) {
    return MaskError("mask.stride",
                     absl::StrCat("is ", mask.stride, ", below the width of ",
                                  mask.width, " pixels"));
  }
  return absl::OkStatus();
}

absl::Status CheckOptions(const TraceOptions& options) {
  std::array<bool, 256> seen = {};
  for (const uint8_t label : options.labels) {
    if (seen[label]) {
      return OptionError("labels", absl::StrCat("names ", label, " twice"));
    }
    seen[label] = true;
  }
  if (options.connectivity != Connectivity::kSides &&
      options.connectivity != Connectivity::kSidesAndCorners) {
    return OptionError("connectivity", "must be 4 or 8");
  }
  if (options.minimum_region_pixels < 1) {
    return OptionError("minimum_region_pixels",
                       absl::StrCat("is ", options.minimum_region_pixels,
                                    ", must be 1 or more"));
  }
  if (options.minimum_hole_pixels < 1) {
    return OptionError("minimum_hole_pixels",
                       absl::StrCat("is ", options.minimum_hole_pixels,
                                    ", must be 1 or more"));
  }
  if (options.maximum_vertices < 4 ||
      options.maximum_vertices > kMaximumVertices) {
    return OptionError("maximum_vertices",
                       absl::StrCat("is ", options.maximum_vertices,
                                    ", must be 4 to ", kMaximumVertices));
  }
  return absl::OkStatus();
}

absl::Status TooManyVertices(int64_t found, int64_t allowed) {
  return Error(absl::StatusCode::kResourceExhausted, kTooManyVertices)
      .Message(absl::StrCat("the outlines of the mask's labels have ", found,
                            " corners or more, at most ", allowed,
                            " are traced; smooth the mask or raise "
                            "maximum_vertices"))
      .Quota("maximum_vertices",
             absl::StrCat(found, " corners, at most ", allowed))
      .With("limit", absl::StrCat(allowed));
}

// The labels that occur, in ascending order, without 0.
absl::StatusOr<std::vector<uint8_t>> LabelsOf(const LabelMask& mask,
                                              const StopToken& stop) {
  std::array<bool, 256> seen = {};
  for (int y = 0; y < mask.height; ++y) {
    if (y % kRowsPerPoll == 0) SL_RETURN_IF_ERROR(stop.Poll());
    const uint8_t* row = mask.labels + y * mask.stride;
    // Neighbours mostly have the same label, so eight at a time are compared
    // with the one before.
    uint64_t known = kEachByte * row[0];
    seen[row[0]] = true;
    int x = 0;
    for (; x + 8 <= mask.width; x += 8) {
      uint64_t eight;
      std::memcpy(&eight, row + x, 8);
      if (eight == known) continue;
      for (int i = 0; i < 8; ++i) seen[row[x + i]] = true;
      known = kEachByte * row[x + 7];
    }
    for (; x < mask.width; ++x) seen[row[x]] = true;
  }
  std::vector<uint8_t> labels;
  for (int label = 1; label < 256; ++label) {
    if (seen[label]) labels.push_back(static_cast<uint8_t>(label));
  }
  return labels;
}

}  // namespace

absl::StatusOr<TracedPolygons> TracePolygons(const LabelMask& mask,
                                             const TraceOptions& options,
                                             const StopToken& stop) {
  SL_RETURN_IF_ERROR(CheckMask(mask));
  SL_RETURN_IF_ERROR(CheckOptions(options));
  std::vector<uint8_t> labels = options.labels;
  if (labels.empty()) {
    SL_ASSIGN_OR_RETURN(labels, LabelsOf(mask, stop));
  }
  TracedPolygons traced;
  BitRows rows(mask.width, mask.height);
  int64_t corners_found = 0;
  for (const uint8_t label : labels) {
    SL_RETURN_IF_ERROR(rows.Fill(mask, label, stop));
    const int64_t count = rows.CountCorners();
    corners_found += count;
    if (corners_found > options.maximum_vertices) {
      return TooManyVertices(corners_found, options.maximum_vertices);
    }
    if (count == 0) continue;
    SL_ASSIGN_OR_RETURN(const CrackCorners corners,
                        CrackCorners::Create(rows, count, stop));
    const size_t first_vertex = traced.vertices.size();
    if (first_vertex == 0) traced.vertices.reserve(count);
    SL_ASSIGN_OR_RETURN(const RingForest forest,
                        TraceRings(corners, stop, traced.vertices));
    SelectPolygons(mask, label, options, corners, forest, first_vertex, traced);
  }
  return traced;
}

int64_t TracePolygonsBytes(int width, int height, const TraceOptions& options) {
  // A pixel corner is at most two corners of outlines of one label, and four
  // of outlines of all labels together.
  const int64_t corners =
      std::min(options.maximum_vertices,
               4 * (int64_t{width} + 1) * (int64_t{height} + 1));
  // Each ring has four corners or more, and each polygon one ring or more.
  const int64_t rings = corners / 4;
  // A vector that grows holds up to three times what is asked of it.
  const int64_t growing =
      3 * (corners * int64_t{sizeof(PixelCorner) + 2 * 2 * sizeof(uint32_t)} +
           rings * int64_t{sizeof(OwnedRing) + sizeof(TracedRing) +
                           sizeof(TracedPolygon) + sizeof(uint32_t)});
  // By corner: the ring of its crack, its walk, its polygon, its position. By
  // ring: a candidate and its copy for sorting, place, order, new place.
  const int64_t fixed =
      corners * int64_t{4 * sizeof(uint32_t)} + rings * int64_t{2 * 32 + 16};
  constexpr int64_t kSmall = 16 << 10;
  return BitRows::Bytes(width, height) + CrackCorners::Bytes(width, corners) +
         growing + fixed + kSmall;
}

}  // namespace sightline::georef
