#include "services/align/reference_from_proto.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/image_message/image_message.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "services/align/engine/reasons.h"

namespace sightline::align {
namespace {

constexpr int kMaxMarkers = 64;
constexpr int kMaxShapes = 20000;
constexpr int kMaxTracks = 8;
constexpr double kMinPageSide = 100;
constexpr double kMaxPageSide = 20000;
// Beyond this no paper goes, and pictures of the page would have no width.
constexpr double kMaxProportion = 10;
// Features are computed at 1000 pixels and below; more resolution than this
// would only cost memory.
constexpr int kReferenceLongSide = 1600;
constexpr int kMarkerLongSide = 128;

absl::Status Unusable(absl::string_view field, absl::string_view what) {
  return Error(absl::StatusCode::kInvalidArgument, kReferenceUnusable)
      .Field(field, what);
}

absl::Status CheckPage(const common::v1::Size& page) {
  for (const double side : {page.width(), page.height()}) {
    if (!(side >= kMinPageSide && side <= kMaxPageSide)) {
      return Unusable(
          "page", absl::StrCat("is ", page.width(), " x ", page.height(), ", ",
                               kMinPageSide, " to ", kMaxPageSide,
                               " a side are allowed"));
    }
  }
  if (std::max(page.width(), page.height()) >
      kMaxProportion * std::min(page.width(), page.height())) {
    return Unusable("page", absl::StrCat("one side is more than ",
                                         kMaxProportion, " times the other"));
  }
  return absl::OkStatus();
}

// Infinities and NaN would pass through every comparison below.
absl::Status CheckPlace(const common::v1::Point& center,
                        const common::v1::Size& size, absl::string_view path) {
  const auto is_on_a_page = [](double value) {
    return std::abs(value) <= 2 * kMaxPageSide;
  };
  if (!is_on_a_page(center.x()) || !is_on_a_page(center.y())) {
    return Unusable(absl::StrCat(path, ".center"), "is far outside the page");
  }
  if (!(size.width() > 0 && size.height() > 0) || !is_on_a_page(size.width()) ||
      !is_on_a_page(size.height())) {
    return Unusable(absl::StrCat(path, ".size"),
                    "must be positive and smaller than the page");
  }
  return absl::OkStatus();
}

absl::Status CheckCounts(const v1::Reference& message) {
  if (message.markers_size() > kMaxMarkers) {
    return Unusable("markers", absl::StrCat("has ", message.markers_size(),
                                            " markers, at most ", kMaxMarkers));
  }
  if (message.timing_tracks_size() > kMaxTracks) {
    return Unusable("timing_tracks",
                    absl::StrCat("has ", message.timing_tracks_size(),
                                 " tracks, at most ", kMaxTracks));
  }
  if (message.shapes_size() > kMaxShapes) {
    return Unusable("shapes", absl::StrCat("has ", message.shapes_size(),
                                           " shapes, at most ", kMaxShapes));
  }
  return absl::OkStatus();
}

ImageSource MarkerSource(const v1::Marker& marker) {
  ImageSource source;
  source.encoded = marker.image();
  source.member = "";
  return source;
}

std::string MarkerPath(int index) {
  return absl::StrCat("markers[", index, "]");
}

absl::StatusOr<MarkerKind> ToMarkerKind(v1::MarkerKind kind, int index) {
  switch (kind) {
    case v1::MARKER_KIND_IMAGE:
      return MarkerKind::kImage;
    case v1::MARKER_KIND_RING:
      return MarkerKind::kRing;
    case v1::MARKER_KIND_SQUARE:
      return MarkerKind::kSquare;
    case v1::MARKER_KIND_ARUCO:
      return MarkerKind::kAruco;
    default:
      return Unusable(absl::StrCat(MarkerPath(index), ".kind"),
                      "must be IMAGE, RING, SQUARE or ARUCO");
  }
}

absl::StatusOr<ArucoDictionary> ToDictionary(v1::ArucoDictionary dictionary,
                                             int index) {
  switch (dictionary) {
    case v1::ARUCO_DICTIONARY_4X4_50:
      return ArucoDictionary::k4x4_50;
    case v1::ARUCO_DICTIONARY_4X4_100:
      return ArucoDictionary::k4x4_100;
    case v1::ARUCO_DICTIONARY_5X5_100:
      return ArucoDictionary::k5x5_100;
    case v1::ARUCO_DICTIONARY_6X6_250:
      return ArucoDictionary::k6x6_250;
    case v1::ARUCO_DICTIONARY_ORIGINAL:
      return ArucoDictionary::kOriginal;
    case v1::ARUCO_DICTIONARY_APRILTAG_36H11:
      return ArucoDictionary::kAprilTag36h11;
    default:
      return Unusable(absl::StrCat(MarkerPath(index), ".dictionary"),
                      "must be named for an ArUco marker");
  }
}

absl::StatusOr<ShapeKind> ToShapeKind(v1::ShapeKind kind, int index) {
  switch (kind) {
    case v1::SHAPE_KIND_UNSPECIFIED:
    case v1::SHAPE_KIND_ELLIPSE:
      return ShapeKind::kEllipse;
    case v1::SHAPE_KIND_RECTANGLE:
      return ShapeKind::kRectangle;
    case v1::SHAPE_KIND_BRACKETS:
      return ShapeKind::kBrackets;
    default:
      return Unusable(absl::StrCat("shapes[", index, "].kind"),
                      "is not a known outline");
  }
}

}  // namespace

absl::StatusOr<int64_t> ReferenceBytes(const v1::Reference& message,
                                       const ImageLimits& limits) {
  SL_RETURN_IF_ERROR(CheckCounts(message));
  int64_t bytes = int64_t{message.shapes_size()} *
                  static_cast<int64_t>(sizeof(PrintedShape));
  if (message.has_image()) {
    SL_ASSIGN_OR_RETURN(const ImageHeader header,
                        InspectImage(ImageSource::Of(message.image()), "image",
                                     kReferenceLongSide, limits));
    bytes += header.decode_bytes;
  }
  for (int i = 0; i < message.markers_size(); ++i) {
    if (message.markers(i).image().empty()) continue;
    SL_ASSIGN_OR_RETURN(const ImageHeader header,
                        InspectImage(MarkerSource(message.markers(i)),
                                     absl::StrCat(MarkerPath(i), ".image"),
                                     kMarkerLongSide, limits));
    bytes += header.decode_bytes;
  }
  return bytes;
}

absl::StatusOr<Reference> ToReference(const v1::Reference& message,
                                      const ImageLimits& limits) {
  SL_RETURN_IF_ERROR(CheckPage(message.page()));
  SL_RETURN_IF_ERROR(CheckCounts(message));
  Reference reference;
  reference.page = {message.page().width(), message.page().height()};
  if (message.has_image()) {
    SL_ASSIGN_OR_RETURN(Decoded<GrayImage> decoded,
                        DecodeGrayMessage(ImageSource::Of(message.image()),
                                          "image", kReferenceLongSide, limits));
    reference.image = std::move(decoded.pixels);
  }
  for (int i = 0; i < message.markers_size(); ++i) {
    const v1::Marker& from = message.markers(i);
    Marker marker;
    SL_ASSIGN_OR_RETURN(marker.kind, ToMarkerKind(from.kind(), i));
    SL_RETURN_IF_ERROR(CheckPlace(from.center(), from.size(), MarkerPath(i)));
    marker.center = {from.center().x(), from.center().y()};
    marker.size = {from.size().width(), from.size().height()};
    if (marker.kind == MarkerKind::kImage) {
      SL_ASSIGN_OR_RETURN(
          Decoded<GrayImage> decoded,
          DecodeGrayMessage(MarkerSource(from),
                            absl::StrCat(MarkerPath(i), ".image"),
                            kMarkerLongSide, limits));
      marker.image = std::move(decoded.pixels);
    }
    if (marker.kind == MarkerKind::kAruco) {
      SL_ASSIGN_OR_RETURN(marker.dictionary,
                          ToDictionary(from.dictionary(), i));
      marker.id = from.id();
    }
    reference.markers.push_back(std::move(marker));
  }
  for (int i = 0; i < message.timing_tracks_size(); ++i) {
    const v1::TimingTrack& from = message.timing_tracks(i);
    const std::string path = absl::StrCat("timing_tracks[", i, "]");
    for (const auto* end : {&from.first_center(), &from.last_center()}) {
      // Infinities and NaN as above.
      if (std::isfinite(end->x()) && std::isfinite(end->y())) continue;
      return Unusable(path, "has an end that is no place");
    }
    TimingTrack track;
    track.first = {from.first_center().x(), from.first_center().y()};
    track.last = {from.last_center().x(), from.last_center().y()};
    track.count = from.count();
    track.mark = {from.mark().width(), from.mark().height()};
    reference.timing_tracks.push_back(track);
  }
  reference.shapes.reserve(message.shapes_size());
  for (int i = 0; i < message.shapes_size(); ++i) {
    const v1::PrintedShape& from = message.shapes(i);
    PrintedShape shape;
    shape.center = {from.center().x(), from.center().y()};
    shape.size = {from.size().width(), from.size().height()};
    SL_ASSIGN_OR_RETURN(shape.kind, ToShapeKind(from.kind(), i));
    SL_RETURN_IF_ERROR(CheckPlace(from.center(), from.size(),
                                  absl::StrCat("shapes[", i, "]")));
    reference.shapes.push_back(shape);
  }
  return reference;
}

v1::AlignMethod ToProto(Method method) {
  switch (method) {
    case Method::kAuto:
      return v1::ALIGN_METHOD_AUTO;
    case Method::kOrb:
      return v1::ALIGN_METHOD_ORB;
    case Method::kAkaze:
      return v1::ALIGN_METHOD_AKAZE;
    case Method::kSift:
      return v1::ALIGN_METHOD_SIFT;
    case Method::kContour:
      return v1::ALIGN_METHOD_CONTOUR;
    case Method::kMarkers:
      return v1::ALIGN_METHOD_MARKERS;
    case Method::kPatches:
      return v1::ALIGN_METHOD_PATCHES;
    case Method::kTimingMarks:
      return v1::ALIGN_METHOD_TIMING_MARKS;
  }
  return v1::ALIGN_METHOD_UNSPECIFIED;
}

}  // namespace sightline::align
