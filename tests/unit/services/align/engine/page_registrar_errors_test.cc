#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <functional>
#include <thread>

#include "common/status/error.h"
#include "services/align/engine/page_registrar.h"
#include "services/align/engine/reasons.h"
#include "tests/unit/services/align/engine/generated_page.h"

namespace sightline::align {
namespace {

// Code, reason and, if any, the first field's path.
void ExpectError(const absl::Status& status, absl::StatusCode code,
                 const std::string& reason, const std::string& field = "") {
  EXPECT_EQ(status.code(), code) << status;
  const auto details = DetailsOf(status);
  ASSERT_TRUE(details.has_value()) << status;
  EXPECT_EQ(details->reason, reason);
  if (field.empty()) return;
  ASSERT_FALSE(details->fields.empty()) << status;
  EXPECT_EQ(details->fields[0].field, field);
  EXPECT_NE(details->fields[0].description, "");
}

int AmbiguousOriginal() {
  for (int id = 0; id < 1024; ++id) {
    if (!ReadAruco(ArucoDictionary::kOriginal,
                   ArucoCells(ArucoDictionary::kOriginal, id))
             .has_value()) {
      return id;
    }
  }
  ADD_FAILURE() << "the original dictionary is not ambiguous";
  return 0;
}

TEST(PageRegistrarErrors, NameWhatIsWrongWithAReference) {
  PageDesign design;
  design.has_markers = true;
  design.marker = MarkerKind::kImage;
  const GeneratedPage page = DrawPage(design);
  const struct {
    std::string field;
    std::function<void(Reference&)> spoil;
  } cases[] = {
      {"page", [](Reference& r) { r.page.width = 0; }},
      {"page", [](Reference& r) { r.page.height = NAN; }},
      {"page",
       [](Reference& r) {
         r.page = {100, 5000};
       }},
      {"image", [](Reference& r) { r.image = GrayImage(199, 400); }},
      {"markers[1].center", [](Reference& r) { r.markers[1].center.x = 1241; }},
      {"markers[0].size", [](Reference& r) { r.markers[0].size.width = -1; }},
      {"markers[3].image", [](Reference& r) { r.markers[3].image = {}; }},
      {"shapes[7].center", [](Reference& r) { r.shapes[7].center.y = -2; }},
      {"shapes[2].size", [](Reference& r) { r.shapes[2].size.height = 900; }},
      {"image",
       [](Reference& r) {
         r.image.reset();
         r.markers.clear();
         r.shapes.resize(5);
       }},
      {"image",
       [](Reference& r) {
         std::fill(r.image->data(), r.image->data() + r.image->size_bytes(),
                   static_cast<uint8_t>(255));
         r.markers.clear();
         r.shapes.clear();
       }},
      {"markers[1].id",
       [](Reference& r) {
         r.markers[1].kind = MarkerKind::kAruco;
         r.markers[1].id = 50;
       }},
      // The same on both.
      {"markers[1].id",
       [](Reference& r) {
         r.markers[0].kind = MarkerKind::kAruco;
         r.markers[1].kind = MarkerKind::kAruco;
       }},
      // It looks like another one, turned.
      {"markers[2].id",
       [](Reference& r) {
         r.markers[2].kind = MarkerKind::kAruco;
         r.markers[2].dictionary = ArucoDictionary::kOriginal;
         r.markers[2].id = AmbiguousOriginal();
       }},
  };
  for (const auto& c : cases) {
    Reference reference = page.WithImage();
    c.spoil(reference);
    ExpectError(PageRegistrar::Create(std::move(reference)).status(),
                absl::StatusCode::kInvalidArgument, kReferenceUnusable,
                c.field);
  }
}

class PageRegistrarCallErrors : public ::testing::Test {
 protected:
  PageRegistrarCallErrors()
      : page_(DrawPage(PageDesign())),
        registrar_(*PageRegistrar::Create(page_.WithImage())) {}

  GeneratedPage page_;
  std::unique_ptr<PageRegistrar> registrar_;
};

TEST_F(PageRegistrarCallErrors, RefuseAScanThatIsTooSmall) {
  for (const auto& [width, height] :
       {std::pair{0, 0}, {1, 1}, {99, 400}, {400, 99}}) {
    ExpectError(registrar_->Register(GrayImage(width, height), {}, StopToken())
                    .status(),
                absl::StatusCode::kInvalidArgument, kImageTooSmall, "scan");
  }
}

TEST_F(PageRegistrarCallErrors, NameTheOptionThatIsOutOfRange) {
  const struct {
    std::string field;
    std::function<void(RegistrationOptions&)> spoil;
  } cases[] = {
      {"max_features", [](auto& o) { o.max_features = -1; }},
      {"max_features", [](auto& o) { o.max_features = 20001; }},
      {"downsample_size", [](auto& o) { o.downsample_size = 99; }},
      {"downsample_size", [](auto& o) { o.downsample_size = 4001; }},
      {"min_good_matches", [](auto& o) { o.min_good_matches = -1; }},
      {"min_confidence", [](auto& o) { o.min_confidence = 1.1; }},
      {"min_confidence", [](auto& o) { o.min_confidence = NAN; }},
      {"memory_bytes", [](auto& o) { o.memory_bytes = -1; }},
  };
  for (const auto& c : cases) {
    RegistrationOptions options;
    c.spoil(options);
    ExpectError(
        registrar_->Register(page_.blank, options, StopToken()).status(),
        absl::StatusCode::kInvalidArgument, kOptionInvalid, c.field);
  }
}

TEST_F(PageRegistrarCallErrors, SayWhichMethodIsNotAvailableAndWhy) {
  RegistrationOptions options;
  options.method = Method::kMarkers;
  const absl::Status no_markers =
      registrar_->Register(page_.blank, options, StopToken()).status();
  ExpectError(no_markers, absl::StatusCode::kFailedPrecondition,
              kMethodUnavailable);
  EXPECT_NE(no_markers.message().find("markers"), absl::string_view::npos);

  options.method = Method::kSift;
  options.memory_bytes = 64 << 20;
  const absl::Status no_memory =
      registrar_->Register(page_.blank, options, StopToken()).status();
  ExpectError(no_memory, absl::StatusCode::kFailedPrecondition,
              kMethodUnavailable);
  EXPECT_NE(no_memory.message().find("MiB"), absl::string_view::npos);

  const auto without_image = PageRegistrar::Create(page_.WithoutImage());
  ASSERT_TRUE(without_image.ok());
  for (const Method method :
       {Method::kPatches, Method::kOrb, Method::kAkaze, Method::kSift}) {
    options.method = method;
    ExpectError(
        (*without_image)->Register(page_.blank, options, StopToken()).status(),
        absl::StatusCode::kFailedPrecondition, kMethodUnavailable);
  }
}

TEST_F(PageRegistrarCallErrors, ListWhatWasTriedAndWhatWasSkipped) {
  GrayImage blank(800, 1100);
  std::fill(blank.data(), blank.data() + blank.size_bytes(),
            static_cast<uint8_t>(255));
  const absl::Status status =
      registrar_->Register(blank, {}, StopToken()).status();
  ExpectError(status, absl::StatusCode::kNotFound, kPageNotFound);
  const std::string message(status.message());
  for (const char* expected : {"PATCHES: ", "MARKERS: skipped", "CONTOUR: ",
                               "ORB: ", "AKAZE: ", "SIFT: skipped: it needs"}) {
    EXPECT_NE(message.find(expected), std::string::npos) << message;
  }
}

TEST_F(PageRegistrarCallErrors, ConfidenceBelowTheLeastIsRefused) {
  RegistrationOptions options;
  options.min_confidence = 1;
  options.method = Method::kPatches;
  const GrayImage scan = WithNoise(page_.blank, 70, 1);
  const auto found = registrar_->Register(scan, options, StopToken());
  if (found.ok()) {
    EXPECT_EQ(found->confidence, 1);
  } else {
    ExpectError(found.status(), absl::StatusCode::kNotFound, kPageNotFound);
  }
}

TEST_F(PageRegistrarCallErrors, ACancelledCallEndsBetweenStages) {
  StopSource stopped;
  stopped.Stop(absl::CancelledError("the client has gone"));
  EXPECT_EQ(
      registrar_->Register(page_.blank, {}, stopped.token()).status().code(),
      absl::StatusCode::kCancelled);

  StopSource late(absl::Now() - absl::Seconds(1));
  EXPECT_EQ(registrar_->Register(page_.blank, {}, late.token()).status().code(),
            absl::StatusCode::kDeadlineExceeded);

  // In the middle: noise keeps all strategies busy.
  GrayImage noise(2000, 2800);
  for (int64_t i = 0; i < noise.size_bytes(); ++i) {
    noise.data()[i] = static_cast<uint8_t>((i * 2654435761u) >> 13);
  }
  RegistrationOptions options;
  options.memory_bytes = int64_t{1} << 30;
  StopSource source;
  std::thread client([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(30));
    source.Stop(absl::CancelledError("the client has gone"));
  });
  const auto found = registrar_->Register(noise, options, source.token());
  client.join();
  EXPECT_EQ(found.status().code(), absl::StatusCode::kCancelled)
      << found.status();
}

}  // namespace
}  // namespace sightline::align
