// The options of the OMR memory guide do what they say, seen from outside.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "common/memory/process_memory.h"
#include "services/align/engine/reasons.h"
#include "tests/support/omr/omr_requests.h"
#include "tests/support/omr/omr_server.h"

namespace sightline::omr {
namespace {

using align::v1::AlignMethod;
using generator::GeneratedSheet;
using ::testing::HasSubstr;

using Request = align::v1::AlignRequest;
using Response = align::v1::AlignResponse;

const GeneratedSheet& Sheet() {
  return SheetOf(generator::FormFamily::kQuickstart);
}

class AlignOptionsOverTcp : public ::testing::Test {
 protected:
  Answer<Response> Align(const align::v1::AlignOptions& options,
                         const GeneratedSheet& sheet = Sheet()) {
    Request request = AlignRequestOf(sheet);
    *request.mutable_options() = options;
    return Ask(server_, request);
  }
  // The nine numbers, to see that something was computed otherwise.
  std::vector<double> Numbers(const Answer<Response>& answer) {
    return {answer.response.homography().begin(),
            answer.response.homography().end()};
  }

  OmrServer server_;
};

align::v1::AlignOptions With(AlignMethod method) {
  align::v1::AlignOptions options;
  options.set_method(method);
  return options;
}

TEST_F(AlignOptionsOverTcp, MethodIsTheOnlyOneTried) {
  struct Case {
    AlignMethod method;
    const GeneratedSheet* sheet;
  };
  const GeneratedSheet& photo = SheetOf(generator::FormFamily::kQuickstart,
                                        generator::MarkProfile::kClean,
                                        {generator::Degradation::kDarkTable});
  const GeneratedSheet& rings = SheetOf(generator::FormFamily::kRingMarkers);
  const GeneratedSheet& squares =
      SheetOf(generator::FormFamily::kSquareMarkers);
  const GeneratedSheet& images = SheetOf(generator::FormFamily::kImageMarkers);
  for (const Case& c :
       std::vector<Case>{{align::v1::ALIGN_METHOD_PATCHES, &Sheet()},
                         {align::v1::ALIGN_METHOD_ORB, &Sheet()},
                         {align::v1::ALIGN_METHOD_AKAZE, &Sheet()},
                         {align::v1::ALIGN_METHOD_SIFT, &Sheet()},
                         {align::v1::ALIGN_METHOD_CONTOUR, &photo},
                         {align::v1::ALIGN_METHOD_MARKERS, &rings},
                         {align::v1::ALIGN_METHOD_MARKERS, &squares},
                         {align::v1::ALIGN_METHOD_MARKERS, &images}}) {
    const std::string name = align::v1::AlignMethod_Name(c.method);
    const Answer<Response> answer = Align(With(c.method), *c.sheet);
    ASSERT_TRUE(answer.ok()) << name << ": " << answer.status;
    EXPECT_EQ(answer.response.method(), c.method);
    ASSERT_EQ(answer.response.attempts_size(), 1) << name;
    EXPECT_EQ(answer.response.attempts(0).method(), c.method) << name;
    const MapError error =
        Compare(answer.response.homography(), c.sheet->scan_to_page,
                c.sheet->form->layout.page);
    EXPECT_LT(error.mean, 2 * c.sheet->form->units_per_pixel) << name;
  }
}

TEST_F(AlignOptionsOverTcp, AMethodThatCannotWorkSaysWhatItNeeds) {
  Request request = AlignRequestOf(Sheet());
  request.mutable_options()->set_method(align::v1::ALIGN_METHOD_MARKERS);
  request.mutable_reference()->clear_markers();
  const Answer<Response> answer = Ask(server_, request);
  EXPECT_EQ(answer.status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(answer.reason(), align::kMethodUnavailable);
  EXPECT_THAT(std::string(answer.status.message()), HasSubstr("marker"));
}

TEST_F(AlignOptionsOverTcp, SiftNeedsMemoryThatALeanPodLacks) {
  const Request first = AlignRequestOf(Sheet());  // Made before it is counted.
  OmrOptions lean;
  // Working memory for a page, not for SIFT's 210 MB besides.
  lean.server.memory_budget_bytes =
      (ResidentBytes() + (int64_t{360} << 20)) * 10 / 8;
  OmrServer server(lean);
  ASSERT_TRUE(Ask(server, first).ok());
  Request request = first;
  request.mutable_options()->set_method(align::v1::ALIGN_METHOD_SIFT);
  const Answer<Response> answer = Ask(server, request);
  EXPECT_EQ(answer.status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(answer.reason(), align::kMethodUnavailable);
}

TEST_F(AlignOptionsOverTcp, EnhanceChangesWhatFeaturesSee) {
  align::v1::AlignOptions options = With(align::v1::ALIGN_METHOD_ORB);
  const Answer<Response> by_default = Align(options);
  options.set_enhance(true);
  const Answer<Response> on = Align(options);
  options.set_enhance(false);
  const Answer<Response> off = Align(options);
  ASSERT_TRUE(by_default.ok() && on.ok() && off.ok())
      << by_default.status << on.status << off.status;
  EXPECT_EQ(by_default.response.attempts(0).outcome(),
            on.response.attempts(0).outcome());
  EXPECT_NE(on.response.attempts(0).outcome(),
            off.response.attempts(0).outcome());
}

// What a call reserves whose reference is known: decoding that is not in it.
int64_t ReservedBytes(const OmrServer& server,
                      const align::v1::AlignOptions& options) {
  Request request = AlignRequestOf(Sheet());
  const Answer<Response> first = Ask(server, request);
  EXPECT_TRUE(first.ok()) << first.status;
  request.set_reference_id(first.response.reference_id());
  *request.mutable_options() = options;
  const Answer<Response> answer = Ask(server, request);
  EXPECT_TRUE(answer.ok()) << answer.status;
  return answer.response.cost().peak_reserved_bytes();
}

// Half a side is a quarter of the pixels.
int64_t SavedBytes() {
  const int64_t pixels = int64_t{Sheet().scan.width()} * Sheet().scan.height();
  return (pixels / 4 - pixels / 16) * 9 / 10;
}

TEST_F(AlignOptionsOverTcp, MaxDimensionBoundsTheMemory) {
  align::v1::AlignOptions options;
  options.set_max_dimension(1000);
  EXPECT_LT(ReservedBytes(server_, options),
            ReservedBytes(server_, {}) - SavedBytes());
  const Answer<Response> small = Align(options);
  ASSERT_TRUE(small.ok()) << small.status;
  const MapError error =
      Compare(small.response.homography(), Sheet().scan_to_page,
              Sheet().form->layout.page);
  EXPECT_LT(error.mean, 3 * Sheet().form->units_per_pixel)
      << "still in pixels of the full scan";
}

TEST_F(AlignOptionsOverTcp, MaxDimensionCannotExceedTheServers) {
  OmrOptions lean;
  lean.align.max_dimension = 1000;
  const OmrServer server(lean);
  align::v1::AlignOptions options;
  options.set_max_dimension(8000);
  EXPECT_LT(ReservedBytes(server, options),
            ReservedBytes(server_, options) - SavedBytes());
}

TEST_F(AlignOptionsOverTcp, MaxFeaturesAndDownsampleSizeChangeTheFeatures) {
  const Answer<Response> by_default = Align(With(align::v1::ALIGN_METHOD_ORB));
  ASSERT_TRUE(by_default.ok()) << by_default.status;
  align::v1::AlignOptions few = With(align::v1::ALIGN_METHOD_ORB);
  few.set_max_features(700);
  align::v1::AlignOptions small = With(align::v1::ALIGN_METHOD_ORB);
  small.set_downsample_size(640);
  for (const auto& options : {few, small}) {
    const Answer<Response> answer = Align(options);
    const std::string said = answer.ok() ? answer.response.attempts(0).outcome()
                                         : std::string(answer.status.message());
    EXPECT_NE(said, by_default.response.attempts(0).outcome())
        << options.ShortDebugString();
  }
}

TEST_F(AlignOptionsOverTcp, MinGoodMatchesIsADemand) {
  align::v1::AlignOptions options = With(align::v1::ALIGN_METHOD_ORB);
  options.set_max_features(500);
  options.set_min_good_matches(1000);
  const Answer<Response> answer = Align(options);
  EXPECT_EQ(answer.status.code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(answer.reason(), align::kPageNotFound);
  EXPECT_THAT(std::string(answer.status.message()), HasSubstr("matches"));
}

TEST_F(AlignOptionsOverTcp, MinConfidenceIsADemand) {
  const Answer<Response> found = Align({});
  ASSERT_TRUE(found.ok()) << found.status;
  align::v1::AlignOptions options;
  options.set_min_confidence(1);
  const Answer<Response> answer = Align(options);
  if (found.response.confidence() < 1) {
    EXPECT_EQ(answer.reason(), align::kPageNotFound) << answer.status;
  } else {
    EXPECT_TRUE(answer.ok()) << answer.status;
  }
}

}  // namespace
}  // namespace sightline::omr
