// References that AlignService can't serve: each is refused, and the field that
// is wrong with it named.
#include <gtest/gtest.h>

#include <functional>
#include <limits>
#include <vector>

#include "services/align/engine/reasons.h"
#include "tests/support/omr/omr_requests.h"
#include "tests/support/omr/omr_server.h"

namespace sightline::omr {
namespace {

using Request = align::v1::AlignRequest;
using Response = align::v1::AlignResponse;

align::v1::Marker* AddArucoMarker(align::v1::Reference& reference) {
  align::v1::Marker* marker = reference.add_markers();
  marker->set_kind(align::v1::MARKER_KIND_ARUCO);
  marker->set_dictionary(align::v1::ARUCO_DICTIONARY_4X4_50);
  marker->mutable_center()->set_x(100);
  marker->mutable_center()->set_y(100);
  marker->mutable_size()->set_width(50);
  marker->mutable_size()->set_height(50);
  return marker;
}

align::v1::TimingTrack* AddTimingTrack(align::v1::Reference& reference) {
  align::v1::TimingTrack* track = reference.add_timing_tracks();
  track->mutable_first_center()->set_x(100);
  track->mutable_first_center()->set_y(100);
  track->mutable_last_center()->set_x(100);
  track->mutable_last_center()->set_y(500);
  track->set_count(11);
  track->mutable_mark()->set_width(30);
  track->mutable_mark()->set_height(12);
  return track;
}

TEST(AlignOverTcp, ReferencesThatCannotServeAreNamed) {
  OmrServer server;
  using Reference = align::v1::Reference;
  struct Case {
    const char* field;
    const char* reason;
    std::function<void(Reference&)> set;
  };
  const char* const unusable = align::kReferenceUnusable;
  const std::vector<Case> cases = {
      {"reference.page", unusable, [](Reference& r) { r.clear_page(); }},
      {"reference.page", unusable,
       [](Reference& r) { r.mutable_page()->set_width(99); }},
      {"reference.page", unusable,
       [](Reference& r) {
         r.mutable_page()->set_width(std::numeric_limits<double>::infinity());
       }},
      {"reference.page", unusable,
       [](Reference& r) {
         r.mutable_page()->set_width(200);
         r.mutable_page()->set_height(20000);
       }},
      {"reference.markers[0].kind", unusable,
       [](Reference& r) { r.add_markers()->mutable_size()->set_width(50); }},
      {"reference.markers[0].size", unusable,
       [](Reference& r) {
         r.add_markers()->set_kind(align::v1::MARKER_KIND_RING);
       }},
      {"reference.markers[0].dictionary", unusable,
       [](Reference& r) { AddArucoMarker(r)->clear_dictionary(); }},
      {"reference.markers[0].id", unusable,
       [](Reference& r) { AddArucoMarker(r)->set_id(50); }},
      {"reference.markers[1].id", unusable,
       [](Reference& r) {
         AddArucoMarker(r);
         AddArucoMarker(r);
       }},
      {"reference.timing_tracks", unusable,
       [](Reference& r) {
         for (int i = 0; i < 9; ++i) r.add_timing_tracks();
       }},
      {"reference.timing_tracks[0].count", unusable,
       [](Reference& r) { AddTimingTrack(r)->set_count(4); }},
      {"reference.timing_tracks[0].last_center", unusable,
       [](Reference& r) {
         AddTimingTrack(r)->mutable_last_center()->set_y(30000);
       }},
      {"reference.timing_tracks[0]", unusable,
       [](Reference& r) {
         AddTimingTrack(r)->mutable_first_center()->set_x(
             std::numeric_limits<double>::quiet_NaN());
       }},
      // No paper is left between the marks.
      {"reference.timing_tracks[0].mark", unusable,
       [](Reference& r) { AddTimingTrack(r)->mutable_mark()->set_height(41); }},
      {"reference.shapes[1].center", unusable,
       [](Reference& r) {
         r.mutable_shapes(1)->mutable_center()->set_x(
             std::numeric_limits<double>::quiet_NaN());
       }},
      {"reference.shapes[2].size", unusable,
       [](Reference& r) {
         r.mutable_shapes(2)->mutable_size()->set_width(-1);
       }},
      {"reference.markers", unusable,
       [](Reference& r) {
         for (int i = 0; i < 65; ++i) r.add_markers();
       }},
      {"reference.shapes", unusable,
       [](Reference& r) {
         for (int i = 0; i < 20001; ++i) r.add_shapes();
       }},
      {"reference.shapes[0].kind", unusable,
       [](Reference& r) {
         r.mutable_shapes(0)->set_kind(static_cast<align::v1::ShapeKind>(9));
       }},
      {"reference.image.encoded", "IMAGE_FORMAT_UNKNOWN",
       [](Reference& r) { r.mutable_image()->set_encoded("no image"); }},
      {"reference.markers[0].image", "IMAGE_FORMAT_UNKNOWN",
       [](Reference& r) {
         auto* marker = r.add_markers();
         marker->set_kind(align::v1::MARKER_KIND_IMAGE);
         marker->mutable_center()->set_x(100);
         marker->mutable_center()->set_y(100);
         marker->mutable_size()->set_width(50);
         marker->mutable_size()->set_height(50);
         marker->set_image("no image either");
       }},
  };
  for (size_t i = 0; i < cases.size(); ++i) {
    const Case& c = cases[i];
    Request request = AlignRequestOf(QuizSheet());
    request.mutable_reference()->clear_markers();
    c.set(*request.mutable_reference());
    const Answer<Response> answer = Ask(server, request);
    EXPECT_EQ(answer.status.code(), absl::StatusCode::kInvalidArgument)
        << i << ": " << answer.status;
    EXPECT_EQ(answer.reason(), c.reason) << i << ": " << answer.status;
    EXPECT_EQ(answer.field(), c.field) << i << ": " << answer.status;
  }
}

}  // namespace
}  // namespace sightline::omr
