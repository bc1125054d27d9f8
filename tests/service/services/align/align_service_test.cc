// AlignService over TCP: what an answer says, and whether it is true.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <functional>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/image/decode.h"
#include "common/image/encode.h"
#include "services/align/reasons.h"
#include "tests/support/images/image_files.h"
#include "tests/support/omr/omr_requests.h"
#include "tests/support/omr/omr_server.h"

namespace sightline::omr {
namespace {

using generator::FormFamily;
using generator::GeneratedSheet;
using ::testing::ElementsAre;
using ::testing::Gt;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using Request = align::v1::AlignRequest;
using Response = align::v1::AlignResponse;

// At 300 dpi; half a pixel of a scan read at half size would show.
constexpr double kMeanError = 0.2;
constexpr double kBias = 0.1;

void ExpectTrue(const Response& response, const GeneratedSheet& sheet,
                const std::string& name) {
  const MapError error = Compare(response.homography(), sheet.scan_to_page,
                                 sheet.form->layout.page);
  const double pixel = sheet.form->units_per_pixel;
  EXPECT_LT(error.mean, kMeanError * pixel) << name;
  EXPECT_LT(error.worst, 3 * kMeanError * pixel) << name;
  EXPECT_LT(std::abs(error.bias.x), kBias * pixel) << name;
  EXPECT_LT(std::abs(error.bias.y), kBias * pixel) << name;
  std::printf("  %-18s mean %.2f worst %.2f bias %+.2f %+.2f confidence %.2f\n",
              name.c_str(), error.mean, error.worst, error.bias.x, error.bias.y,
              response.confidence());
}

// `gray` as a JPEG that is stored turned and says so.
std::string TurnedJpeg(const GrayImage& gray, int orientation) {
  testing::Picture seen(gray.width(), gray.height(), 1);
  std::copy(gray.data(), gray.data() + gray.size_bytes(), seen.samples.begin());
  // Every orientation undoes itself but the two quarter turns.
  const int inverse = orientation == 6 ? 8 : orientation == 8 ? 6 : orientation;
  testing::JpegOptions options;
  options.orientation = orientation;
  return testing::JpegFile(testing::Oriented(seen, inverse), options);
}

TEST(AlignOverTcp, MapsTheScanAtFullResolutionWhateverCarriesIt) {
  OmrServer server;
  const GeneratedSheet& large = SheetOf(FormFamily::kQuickstart);
  const GeneratedSheet& small = QuizSheet();
  ASSERT_GE(large.scan.height(), 3200) << "is read at half its size";
  struct Case {
    std::string name;
    const GeneratedSheet* sheet;
    common::v1::Image scan;
  };
  std::vector<Case> cases(4);
  cases[0] = {"reduced JPEG", &large, {}};
  cases[0].scan.set_encoded(large.jpeg);
  cases[1] = {"full JPEG", &small, {}};
  cases[1].scan.set_encoded(small.jpeg);
  cases[2] = {"raw pixels", &small, RawImage(small.scan)};
  cases[3] = {"PNG", &small, {}};
  cases[3].scan.set_encoded(*EncodePng(small.scan, 1));
  for (const int orientation : {3, 5, 6, 8}) {
    Case turned{absl::StrCat("EXIF ", orientation), &small, {}};
    turned.scan.set_encoded(TurnedJpeg(small.scan, orientation));
    cases.push_back(turned);
  }
  for (const Case& c : cases) {
    Request request = AlignRequestOf(*c.sheet);
    *request.mutable_scan() = c.scan;
    const Answer<Response> answer = Ask(server, request);
    ASSERT_TRUE(answer.ok()) << c.name << ": " << answer.status;
    ExpectTrue(answer.response, *c.sheet, c.name);
  }
}

TEST(AlignOverTcp, SaysWhatWasTriedAndWhatItCost) {
  OmrServer server;
  const Answer<Response> answer = Ask(server, AlignRequestOf(QuizSheet()));
  ASSERT_TRUE(answer.ok()) << answer.status;
  const Response& response = answer.response;
  ASSERT_EQ(response.homography_size(), 9);
  EXPECT_DOUBLE_EQ(response.homography(8), 1);
  EXPECT_GT(response.confidence(), 0.5);
  EXPECT_LE(response.confidence(), 1);
  EXPECT_GE(response.inliers(), 4);
  EXPECT_LE(response.inliers(), response.patches());
  EXPECT_GT(response.reprojection_error(), 0);
  EXPECT_LT(response.reprojection_error(), 10);
  EXPECT_THAT(response.reference_id(), SizeIs(64));
  EXPECT_FALSE(response.has_image());

  ASSERT_THAT(response.attempts(), SizeIs(Gt(0)));
  int accepted = 0;
  for (const align::v1::AlignAttempt& attempt : response.attempts()) {
    EXPECT_NE(attempt.method(), align::v1::ALIGN_METHOD_UNSPECIFIED);
    EXPECT_FALSE(attempt.outcome().empty()) << attempt.DebugString();
    if (!attempt.accepted()) continue;
    ++accepted;
    EXPECT_EQ(attempt.method(), response.method());
    EXPECT_GT(attempt.duration().nanos(), 0);
  }
  EXPECT_EQ(accepted, 1);

  std::vector<std::string> stages;
  for (const auto& stage : response.cost().stages()) {
    stages.push_back(stage.stage());
  }
  EXPECT_THAT(stages, ElementsAre("reference", "decode", "register"));
  EXPECT_TRUE(response.cost().has_queued());
  const int64_t pixels =
      int64_t{QuizSheet().scan.width()} * QuizSheet().scan.height();
  EXPECT_GE(response.cost().peak_reserved_bytes(), pixels);
}

TEST(AlignOverTcp, KeepsAReferenceAndKnowsItByItsId) {
  OmrServer server;
  Request request = AlignRequestOf(QuizSheet());
  const Answer<Response> first = Ask(server, request);
  ASSERT_TRUE(first.ok()) << first.status;
  request.set_reference_id(first.response.reference_id());
  const Answer<Response> second = Ask(server, request);
  ASSERT_TRUE(second.ok()) << second.status;
  EXPECT_EQ(second.response.reference_id(), first.response.reference_id());
  ExpectTrue(second.response, QuizSheet(), "by id");
}

TEST(AlignOverTcp, TheSameReferenceHasTheSameIdOnAnotherServer) {
  const OmrServer one;
  const OmrServer other;
  const Request request = AlignRequestOf(QuizSheet());
  EXPECT_EQ(Ask(one, request).response.reference_id(),
            Ask(other, request).response.reference_id());
}

TEST(AlignOverTcp, SaysWhichReferenceItDoesNotHave) {
  OmrOptions options;
  options.align.reference_cache_bytes = 0;
  OmrServer server(options);
  Request request = AlignRequestOf(QuizSheet());
  const Answer<Response> first = Ask(server, request);
  ASSERT_TRUE(first.ok()) << first.status;
  for (const std::string& id :
       {first.response.reference_id(), std::string("never heard of")}) {
    request.set_reference_id(id);
    const Answer<Response> answer = Ask(server, request);
    EXPECT_EQ(answer.status.code(), absl::StatusCode::kNotFound) << id;
    EXPECT_EQ(answer.reason(), align::kReferenceUnknown) << id;
    const auto details = DetailsOf(answer.status);
    ASSERT_TRUE(details->resource.has_value()) << id;
    EXPECT_EQ(details->resource->subject, "sightline.align.v1.Reference");
    EXPECT_EQ(details->resource->description, id);
  }
}

TEST(AlignOverTcp, ReturnsTheAlignedPageAsAsked) {
  OmrServer server;
  const GeneratedSheet& sheet = QuizSheet();
  const double aspect =
      sheet.form->layout.page.height / sheet.form->layout.page.width;
  struct Case {
    const char* name;
    common::v1::ImageFormat format;
    int quality;
    int width;
  };
  std::map<std::string, size_t> bytes;
  for (const Case& c : std::vector<Case>{
           {"default", common::v1::IMAGE_FORMAT_UNSPECIFIED, 0, 600},
           {"jpeg 30", common::v1::IMAGE_FORMAT_JPEG, 30, 600},
           {"jpeg 95", common::v1::IMAGE_FORMAT_JPEG, 95, 600},
           {"png", common::v1::IMAGE_FORMAT_PNG, 0, 600},
           {"page's own width", common::v1::IMAGE_FORMAT_JPEG, 50, 0}}) {
    Request request = AlignRequestOf(sheet);
    request.mutable_options()->set_return_image(true);
    request.mutable_options()->mutable_output()->set_format(c.format);
    request.mutable_options()->mutable_output()->set_quality(c.quality);
    request.mutable_options()->set_output_width(c.width);
    const Answer<Response> answer = Ask(server, request);
    ASSERT_TRUE(answer.ok()) << c.name << ": " << answer.status;
    const common::v1::EncodedImage& image = answer.response.image();
    bytes[c.name] = image.content().size();
    const int width =
        c.width > 0 ? c.width
                    : static_cast<int>(sheet.form->layout.page.width + 0.5);
    EXPECT_EQ(image.width(), width) << c.name;
    EXPECT_NEAR(image.height(), width * aspect, 1) << c.name;
    const bool is_png = c.format == common::v1::IMAGE_FORMAT_PNG;
    EXPECT_EQ(image.format(), is_png ? common::v1::IMAGE_FORMAT_PNG
                                     : common::v1::IMAGE_FORMAT_JPEG)
        << c.name;
    const auto decoded = DecodeGray(image.content(), {});
    ASSERT_TRUE(decoded.ok()) << c.name << ": " << decoded.status();
    EXPECT_EQ(decoded->info.format,
              is_png ? FileFormat::kPng : FileFormat::kJpeg);
    EXPECT_EQ(decoded->pixels.width(), image.width()) << c.name;
    EXPECT_EQ(decoded->pixels.height(), image.height()) << c.name;
  }
  EXPECT_LT(bytes["jpeg 30"], bytes["default"]);
  EXPECT_LT(bytes["default"], bytes["jpeg 95"]);
}

TEST(AlignOverTcp, TheAlignedPageLooksLikeTheReference) {
  OmrServer server;
  const GeneratedSheet& sheet = QuizSheet();
  Request request = AlignRequestOf(sheet);
  request.mutable_options()->set_return_image(true);
  request.mutable_options()->mutable_output()->set_format(
      common::v1::IMAGE_FORMAT_PNG);
  const Answer<Response> answer = Ask(server, request);
  ASSERT_TRUE(answer.ok()) << answer.status;
  const auto aligned = DecodeGray(answer.response.image().content(), {});
  ASSERT_TRUE(aligned.ok()) << aligned.status();
  const GrayImage& print = sheet.form->print.luma;
  ASSERT_EQ(aligned->pixels.width(), print.width());
  ASSERT_EQ(aligned->pixels.height(), print.height());
  // Where the print is black the page is dark; paper stays light.
  double dark = 0, light = 0;
  int64_t dark_count = 0, light_count = 0;
  for (int y = 0; y < print.height(); ++y) {
    for (int x = 0; x < print.width(); ++x) {
      const int value = aligned->pixels.row(y)[x];
      if (print.row(y)[x] < 60) dark += value, ++dark_count;
      if (print.row(y)[x] > 250) light += value, ++light_count;
    }
  }
  ASSERT_GT(dark_count, 1000);
  EXPECT_LT(dark / dark_count, 110);
  EXPECT_GT(light / light_count, 200);
}

TEST(AlignOverTcp, ReturnsHowThePageIsBentIfAsked) {
  OmrServer server;
  generator::SheetSpecification specification;
  specification.family = FormFamily::kStandard;
  specification.degradations = {generator::Degradation::kStretch};
  const auto sheet = generator::GenerateSheet(specification, 61);
  ASSERT_TRUE(sheet.ok()) << sheet.status();
  Request request = AlignRequestOf(*sheet);
  const Answer<Response> plain = Ask(server, request);
  ASSERT_TRUE(plain.ok()) << plain.status;
  EXPECT_FALSE(plain.response.has_mesh());
  request.mutable_options()->set_return_mesh(true);
  const Answer<Response> answer = Ask(server, request);
  ASSERT_TRUE(answer.ok()) << answer.status;
  const align::v1::PageMesh& mesh = answer.response.mesh();
  EXPECT_GT(mesh.columns(), 2);
  EXPECT_GT(mesh.rows(), mesh.columns());
  EXPECT_THAT(mesh.dx(), SizeIs(mesh.columns() * mesh.rows()));
  EXPECT_THAT(mesh.dy(), SizeIs(mesh.columns() * mesh.rows()));
  EXPECT_GT(mesh.sightings(), 50);
  EXPECT_LT(mesh.rms_after(), 0.5 * mesh.rms_before());
  EXPECT_FALSE(answer.response.has_image());
}

TEST(AlignOverTcp, OptionsOutOfRangeAreNamed) {
  OmrServer server;
  const double nan = std::numeric_limits<double>::quiet_NaN();
  using Options = align::v1::AlignOptions;
  struct Case {
    const char* field;
    const char* reason;
    std::function<void(Options&)> set;
  };
  const char* const invalid = align::kOptionsInvalid;
  const std::vector<Case> cases = {
      {"method", invalid,
       [](Options& o) {
         o.set_method(static_cast<align::v1::AlignMethod>(99));
       }},
      {"max_dimension", invalid, [](Options& o) { o.set_max_dimension(399); }},
      {"max_dimension", invalid, [](Options& o) { o.set_max_dimension(8001); }},
      {"max_dimension", invalid, [](Options& o) { o.set_max_dimension(-1); }},
      {"max_features", invalid, [](Options& o) { o.set_max_features(49); }},
      {"max_features", invalid, [](Options& o) { o.set_max_features(10001); }},
      {"downsample_size", invalid,
       [](Options& o) { o.set_downsample_size(199); }},
      {"downsample_size", invalid,
       [](Options& o) { o.set_downsample_size(4001); }},
      {"min_good_matches", invalid,
       [](Options& o) { o.set_min_good_matches(3); }},
      {"min_good_matches", invalid,
       [](Options& o) { o.set_min_good_matches(1001); }},
      {"output_width", invalid, [](Options& o) { o.set_output_width(99); }},
      {"output_width", invalid, [](Options& o) { o.set_output_width(10001); }},
      {"min_confidence", invalid,
       [](Options& o) { o.set_min_confidence(1.1); }},
      {"min_confidence", invalid,
       [](Options& o) { o.set_min_confidence(-0.1); }},
      {"min_confidence", invalid,
       [nan](Options& o) { o.set_min_confidence(nan); }},
      {"output.quality", "OUTPUT_INVALID",
       [](Options& o) { o.mutable_output()->set_quality(101); }},
      {"output.quality", "OUTPUT_INVALID",
       [](Options& o) { o.mutable_output()->set_quality(-1); }},
      {"output.format", "OUTPUT_INVALID",
       [](Options& o) {
         o.mutable_output()->set_format(
             static_cast<common::v1::ImageFormat>(17));
       }},
  };
  for (const Case& c : cases) {
    Request request = AlignRequestOf(QuizSheet());
    c.set(*request.mutable_options());
    const std::string shown = request.options().ShortDebugString();
    const Answer<Response> answer = Ask(server, request);
    EXPECT_EQ(answer.status.code(), absl::StatusCode::kInvalidArgument)
        << shown;
    EXPECT_EQ(answer.reason(), c.reason) << shown;
    EXPECT_EQ(answer.field(), absl::StrCat("options.", c.field)) << shown;

    align::v1::AlignStreamSettings settings;
    *settings.mutable_reference() = request.reference();
    *settings.mutable_options() = request.options();
    const auto stub = server.Align();
    AlignStream stream([&](grpc::ClientContext* context) {
      return stub->AlignStream(context);
    });
    const Answer<Response> ended{stream.Begin(settings).End(), {}};
    EXPECT_EQ(ended.reason(), c.reason) << shown;
    EXPECT_EQ(ended.field(), absl::StrCat("settings.options.", c.field))
        << shown;
  }
}

TEST(AlignOverTcp, ARequestWithoutAReferenceSaysSo) {
  OmrServer server;
  Request request = AlignRequestOf(QuizSheet());
  request.clear_target();
  const Answer<Response> answer = Ask(server, request);
  EXPECT_EQ(answer.status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(answer.reason(), align::kReferenceMissing);
  EXPECT_EQ(answer.field(), "reference");
}

TEST(AlignStreamOverTcp, AnswersEachScanAndABadOneAlone) {
  OmrServer server;
  const GeneratedSheet& sheet = QuizSheet();
  const auto stub = server.Align();
  AlignStream stream(
      [&](grpc::ClientContext* context) { return stub->AlignStream(context); });
  align::v1::AlignStreamSettings settings;
  *settings.mutable_reference() = ReferenceOf(sheet);
  stream.Begin(settings)
      .Item("first", sheet.jpeg)
      .Item("cut", sheet.jpeg.substr(0, sheet.jpeg.size() / 2))
      .Item("text", "this is no image")
      .Item("last", sheet.jpeg);
  const absl::Status status = stream.End();
  EXPECT_TRUE(status.ok()) << status;
  ASSERT_THAT(stream.answers(), SizeIs(4));
  for (const char* id : {"first", "last"}) {
    const auto& answer = stream.answers().at(id);
    ASSERT_TRUE(answer.ok()) << id << ": " << answer.status;
    ExpectTrue(answer.response, sheet, id);
    EXPECT_THAT(answer.response.cost().stages(), SizeIs(2));
  }
  EXPECT_EQ(stream.answers().at("cut").reason(), "IMAGE_TRUNCATED");
  EXPECT_EQ(stream.answers().at("text").reason(), "IMAGE_FORMAT_UNKNOWN");
  EXPECT_EQ(stream.answers().at("text").field(), "scan.encoded");
}

TEST(AlignStreamOverTcp, TakesAReferenceByItsId) {
  OmrServer server;
  const GeneratedSheet& sheet = QuizSheet();
  const Answer<Response> known = Ask(server, AlignRequestOf(sheet));
  ASSERT_TRUE(known.ok()) << known.status;
  const auto stub = server.Align();
  const auto open = [&](grpc::ClientContext* context) {
    return stub->AlignStream(context);
  };
  align::v1::AlignStreamSettings settings;
  settings.set_reference_id(known.response.reference_id());
  AlignStream stream(open);
  EXPECT_TRUE(stream.Begin(settings).Item("a", sheet.jpeg).End().ok());
  EXPECT_TRUE(stream.answers().at("a").ok());

  settings.set_reference_id("unknown");
  AlignStream lost(open);
  const Answer<Response> ended{lost.Begin(settings).Item("a", sheet.jpeg).End(),
                               {}};
  EXPECT_EQ(ended.status.code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(ended.reason(), align::kReferenceUnknown);
  EXPECT_THAT(lost.answers(), IsEmpty());
}

}  // namespace
}  // namespace sightline::omr
