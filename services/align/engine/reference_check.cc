#include "services/align/engine/reference_check.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "services/align/engine/reasons.h"

namespace sightline::align {
namespace {

constexpr int kMinImageSide = 200;
constexpr double kMaxAspect = 10;
// A bubble or marker larger than this share of the page is a mistake.
constexpr double kMaxPartShare = 0.5;
constexpr int kMaxFeatures = 20000;
// Marks of a track.
constexpr int kMinTrack = 5;
constexpr int kMaxTrack = 500;
constexpr int kMinDownsample = 100;
constexpr int kMaxDownsample = 4000;

absl::Status Unusable(const std::string& field, const std::string& what) {
  return Error(absl::StatusCode::kInvalidArgument, kReferenceUnusable)
      .Field(field, what);
}

absl::Status WrongOption(const std::string& field, const std::string& what) {
  return Error(absl::StatusCode::kInvalidArgument, kOptionInvalid)
      .Field(field, what);
}

// A marker or a bubble.
absl::Status CheckPart(const std::string& name, PixelPoint center,
                       PixelSize size, PixelSize page) {
  if (!(center.x >= 0 && center.y >= 0 && center.x <= page.width &&
        center.y <= page.height)) {
    return Unusable(name + ".center",
                    absl::StrCat("(", center.x, ", ", center.y,
                                 ") lies outside the page of ", page.width,
                                 " x ", page.height));
  }
  if (!(size.width > 0 && size.height > 0 &&
        size.width <= kMaxPartShare * page.width &&
        size.height <= kMaxPartShare * page.height)) {
    return Unusable(name + ".size",
                    absl::StrCat(size.width, " x ", size.height,
                                 " must be positive and at most half the "
                                 "page"));
  }
  return absl::OkStatus();
}

absl::Status CheckTrack(const std::string& name, const TimingTrack& track,
                        PixelSize page) {
  if (track.count < kMinTrack || track.count > kMaxTrack) {
    return Unusable(name + ".count", absl::StrCat(track.count, " is outside ",
                                                  kMinTrack, "..", kMaxTrack));
  }
  for (const auto& [end, center] : {std::pair{".first_center", track.first},
                                    {".last_center", track.last}}) {
    if (!(center.x >= 0 && center.y >= 0 && center.x <= page.width &&
          center.y <= page.height)) {
      return Unusable(name + end, absl::StrCat("(", center.x, ", ", center.y,
                                               ") lies outside the page of ",
                                               page.width, " x ", page.height));
    }
  }
  const PixelSize& mark = track.mark;
  const double dx = std::abs(track.last.x - track.first.x) / (track.count - 1);
  const double dy = std::abs(track.last.y - track.first.y) / (track.count - 1);
  // Written so that a NaN is refused.
  if (!(mark.width > 0 && mark.height > 0 &&
        (dx > mark.width || dy > mark.height))) {
    return Unusable(name + ".mark",
                    absl::StrCat(mark.width, " x ", mark.height,
                                 " must be positive and leave paper between "
                                 "marks that are ",
                                 dx, ", ", dy, " apart"));
  }
  return absl::OkStatus();
}

absl::Status CheckId(const std::string& field, const Marker& marker) {
  const int count = ArucoCount(marker.dictionary);
  if (marker.id < 0 || marker.id >= count) {
    return Unusable(field, absl::StrCat(marker.id, " is outside 0..", count - 1,
                                        ", the ids of its dictionary"));
  }
  const std::optional<ArucoReading> reading =
      ReadAruco(marker.dictionary, ArucoCells(marker.dictionary, marker.id));
  if (reading.has_value() && reading->id == marker.id) return absl::OkStatus();
  return Unusable(field, absl::StrCat(marker.id,
                                      " looks like another marker of its "
                                      "dictionary, or like itself turned"));
}

}  // namespace

absl::Status CheckReference(const Reference& reference) {
  const PixelSize& page = reference.page;
  if (!(page.width > 0 && page.height > 0 && std::isfinite(page.width) &&
        std::isfinite(page.height))) {
    return Unusable("page", "width and height must be positive");
  }
  if (std::max(page.width, page.height) >
      kMaxAspect * std::min(page.width, page.height)) {
    return Unusable("page", absl::StrCat("the page is more than ", kMaxAspect,
                                         " times as long as wide"));
  }
  if (reference.image.has_value()) {
    const GrayImage& image = *reference.image;
    if (std::min(image.width(), image.height()) < kMinImageSide) {
      return Unusable("image",
                      absl::StrCat("the image is ", image.width(), " x ",
                                   image.height(), " pixels, at least ",
                                   kMinImageSide, " a side are needed"));
    }
  }
  for (size_t i = 0; i < reference.markers.size(); ++i) {
    const Marker& marker = reference.markers[i];
    const std::string name = absl::StrCat("markers[", i, "]");
    SL_RETURN_IF_ERROR(CheckPart(name, marker.center, marker.size, page));
    if (marker.kind == MarkerKind::kImage && marker.image.empty()) {
      return Unusable(name + ".image", "an image marker needs its image");
    }
    if (marker.kind == MarkerKind::kAruco) {
      SL_RETURN_IF_ERROR(CheckId(name + ".id", marker));
      for (size_t j = 0; j < i; ++j) {
        const Marker& other = reference.markers[j];
        if (other.kind == MarkerKind::kAruco &&
            other.dictionary == marker.dictionary && other.id == marker.id) {
          return Unusable(name + ".id",
                          absl::StrCat("is that of markers[", j,
                                       "], too: each ArUco marker must say "
                                       "which one it is"));
        }
      }
    }
  }
  for (size_t i = 0; i < reference.shapes.size(); ++i) {
    const PrintedShape& shape = reference.shapes[i];
    SL_RETURN_IF_ERROR(CheckPart(absl::StrCat("shapes[", i, "]"), shape.center,
                                 shape.size, page));
  }
  for (size_t i = 0; i < reference.timing_tracks.size(); ++i) {
    SL_RETURN_IF_ERROR(CheckTrack(absl::StrCat("timing_tracks[", i, "]"),
                                  reference.timing_tracks[i], page));
  }
  return absl::OkStatus();
}

absl::Status CheckOptions(const RegistrationOptions& options) {
  if (options.max_features < 0 || options.max_features > kMaxFeatures) {
    return WrongOption(
        "max_features",
        absl::StrCat(options.max_features, " is outside 0..", kMaxFeatures));
  }
  if (options.downsample_size != 0 &&
      (options.downsample_size < kMinDownsample ||
       options.downsample_size > kMaxDownsample)) {
    return WrongOption(
        "downsample_size",
        absl::StrCat(options.downsample_size, " is neither 0 nor in ",
                     kMinDownsample, "..", kMaxDownsample));
  }
  if (options.min_good_matches < 0) {
    return WrongOption("min_good_matches", "must not be negative");
  }
  if (!(options.min_confidence >= 0 && options.min_confidence <= 1)) {
    return WrongOption("min_confidence", "must be in 0..1");
  }
  if (options.memory_bytes < 0) {
    return WrongOption("memory_bytes", "must not be negative");
  }
  return absl::OkStatus();
}

}  // namespace sightline::align
