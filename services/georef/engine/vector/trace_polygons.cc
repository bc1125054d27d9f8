#include "services/georef/engine/vector/trace_polygons.h"

#include <algorithm>
#include <array>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "services/georef/engine/reasons.h"
#include "services/georef/engine/vector/bit_rows.h"
#include "services/georef/engine/vector/crack_corners.h"
#include "services/georef/engine/vector/label_bits.h"
#include "services/georef/engine/vector/mask_check.h"
#include "services/georef/engine/vector/memory_guard.h"
#include "services/georef/engine/vector/polygon_selection.h"
#include "services/georef/engine/vector/ring_tracer.h"

namespace sightline::georef {
namespace {

constexpr int kRowsPerPoll = 64;

absl::Status OptionError(absl::string_view field, absl::string_view problem) {
  return Error(absl::StatusCode::kInvalidArgument, kTraceOptionInvalid)
      .Field(field, problem);
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

struct LabelSurvey {
  // Those that occur, in ascending order, without 0.
  std::vector<uint8_t> labels;
  // The one whose pixels' bits are set, 0 for none.
  uint8_t filled = 0;
};

// Which labels there are. Most masks have one beside 0: while the pixels are at
// hand, the first that is met gets its bits.
class Surveyor {
 public:
  Surveyor(const LabelMask& mask, BitRows& rows) : mask_(mask), rows_(rows) {}

  absl::StatusOr<LabelSurvey> Survey(const StopToken& stop) {
    for (int y = 0; y < mask_.height; ++y) {
      if (y % kRowsPerPoll == 0) SL_RETURN_IF_ERROR(stop.Poll());
      SurveyRow(y);
    }
    LabelSurvey survey;
    survey.filled = filled_;
    for (int label = 1; label < 256; ++label) {
      if (seen_[label]) survey.labels.push_back(static_cast<uint8_t>(label));
    }
    return survey;
  }

 private:
  void SurveyRow(int y) {
    const uint8_t* labels = mask_.labels + y * mask_.stride;
    uint64_t* words = rows_.MutableRow(y);
    int x = 0;
    for (; x + 64 <= mask_.width; x += 64) {
      EqualToEither bits = EitherBits(labels + x, filled_, 0);
      if ((bits.first | bits.second) != ~uint64_t{0}) {
        Look(labels + x, 64);
        bits = EitherBits(labels + x, filled_, 0);
      }
      *words++ = filled_ == 0 ? 0 : bits.first;
    }
    const int rest = mask_.width - x;
    Look(labels + x, rest);
    uint64_t bits = 0;
    for (int i = 0; i < rest; ++i) {
      bits |=
          static_cast<uint64_t>(labels[x + i] != 0 && labels[x + i] == filled_)
          << i;
    }
    *words = bits;
  }

  void Look(const uint8_t* labels, int count) {
    if (count == 64 && EqualBits(labels, labels[0]) == ~uint64_t{0}) count = 1;
    for (int i = 0; i < count; ++i) {
      seen_[labels[i]] = true;
      if (filled_ == 0) filled_ = labels[i];
    }
  }

  const LabelMask& mask_;
  BitRows& rows_;
  std::array<bool, 256> seen_ = {};
  uint8_t filled_ = 0;
};

// Memory is taken anew for each call: kept from call to call, it saved nothing
// that georef_vector_bench could see.
absl::StatusOr<TracedPolygons> Trace(const LabelMask& mask,
                                     const TraceOptions& options,
                                     const StopToken& stop) {
  BitRows rows;
  rows.Resize(mask.width, mask.height);
  LabelSurvey survey;
  survey.labels = options.labels;
  bool is_filled = false;
  if (survey.labels.empty()) {
    SL_ASSIGN_OR_RETURN(survey, Surveyor(mask, rows).Survey(stop));
    is_filled = !survey.labels.empty() && survey.labels[0] == survey.filled;
  }
  CrackCorners corners;
  RingTracer tracer;
  TracedPolygons traced;
  int64_t corners_found = 0;
  for (const uint8_t label : survey.labels) {
    if (!is_filled) SL_RETURN_IF_ERROR(rows.Fill(mask, label, stop));
    is_filled = false;
    SL_RETURN_IF_ERROR(
        corners.Find(rows, options.maximum_vertices - corners_found, stop));
    corners_found += corners.size();
    if (!corners.found_all()) {
      return TooManyVertices(corners_found, options.maximum_vertices);
    }
    if (corners.size() == 0) continue;
    const size_t first_vertex = traced.vertices.size();
    if (first_vertex == 0) traced.vertices.reserve(corners.size());
    SL_ASSIGN_OR_RETURN(const RingForest* forest,
                        tracer.Trace(corners, stop, traced.vertices));
    SelectPolygons(mask, label, options, corners, *forest, first_vertex,
                   traced);
  }
  return traced;
}

}  // namespace

absl::StatusOr<TracedPolygons> TracePolygons(const LabelMask& mask,
                                             const TraceOptions& options,
                                             const StopToken& stop) {
  SL_RETURN_IF_ERROR(CheckMask(mask));
  SL_RETURN_IF_ERROR(CheckOptions(options));
  return WithinMemory<TracedPolygons>(
      [&] { return Trace(mask, options, stop); });
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
