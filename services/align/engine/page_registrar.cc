#include "services/align/engine/page_registrar.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "services/align/engine/aruco_verifier.h"
#include "services/align/engine/coarse_patch_strategy.h"
#include "services/align/engine/feature_strategy.h"
#include "services/align/engine/image_verifier.h"
#include "services/align/engine/marker_strategy.h"
#include "services/align/engine/opencv_guard.h"
#include "services/align/engine/opencv_image.h"
#include "services/align/engine/page_bend.h"
#include "services/align/engine/page_contour_strategy.h"
#include "services/align/engine/page_patches.h"
#include "services/align/engine/reasons.h"
#include "services/align/engine/reference_check.h"
#include "services/align/engine/registration_chain.h"
#include "services/align/engine/structure_verifier.h"
#include "services/align/engine/timing_mark_strategy.h"

namespace sightline::align {
namespace {

constexpr int kMinScanSide = 100;
// Size at which the page is kept and verified.
constexpr int kFrameWidth = 1000;
constexpr int kMinFrameWidth = 500;
constexpr int kMaxFrameHeight = 2000;
// What a verification and OpenCV's own tables take.
constexpr int64_t kVerifyBytes = int64_t{1} << 20;

PageFrame FrameFor(PixelSize page, const GrayImage& image) {
  const double highest = kMaxFrameHeight * page.width / page.height;
  const int width = static_cast<int>(std::min<double>(kFrameWidth, highest));
  return PageFrame::OfWidth(
      page, std::clamp(image.width(), std::min(kMinFrameWidth, width), width));
}

// In the order in which AUTO tries them, the cheapest first. `image` (at the
// frame's size, nullptr: none) must outlive them.
std::vector<std::unique_ptr<Strategy>> MakeStrategies(const GrayImage* image,
                                                      const PageFrame& frame,
                                                      Reference reference) {
  std::vector<std::unique_ptr<Strategy>> strategies;
  strategies.push_back(std::make_unique<CoarsePatchStrategy>(
      image, reference.page, reference.shapes));
  strategies.push_back(std::make_unique<MarkerStrategy>(
      std::move(reference.markers), reference.page));
  strategies.push_back(std::make_unique<TimingMarkStrategy>(
      std::move(reference.timing_tracks), reference.page));
  strategies.push_back(std::make_unique<PageContourStrategy>(reference.page));
  for (const FeatureKind kind :
       {FeatureKind::kOrb, FeatureKind::kAkaze, FeatureKind::kSift}) {
    strategies.push_back(std::make_unique<FeatureStrategy>(kind, image, frame,
                                                           reference.shapes));
  }
  return strategies;
}

// Pixels of a cell in the pictures of ArUco markers.
constexpr int kArucoCellPixels = 8;

// ArUco markers are compared as pictures are.
void DrawArucoMarkers(std::vector<Marker>& markers) {
  for (Marker& marker : markers) {
    if (marker.kind != MarkerKind::kAruco) continue;
    marker.image = DrawAruco(marker.dictionary, marker.id, kArucoCellPixels);
  }
}

absl::StatusOr<std::unique_ptr<Verifier>> MakePageVerifier(
    const GrayImage* image, const PageFrame& frame,
    const Reference& reference) {
  if (image != nullptr) {
    auto by_image = std::make_unique<ImageVerifier>(
        frame, ChoosePatches(*image, frame, reference.shapes, PatchLayout()));
    if (by_image->IsUsable()) return by_image;
  }
  auto by_structure = std::make_unique<StructureVerifier>(reference);
  const std::string why = by_structure->WhyUnusable();
  if (why.empty()) return by_structure;
  return Error(absl::StatusCode::kInvalidArgument, kReferenceUnusable)
      .Field("image", image == nullptr
                          ? why
                          : "the image has too little structure outside the "
                            "bubbles to recognise the page by; " +
                                why);
}

absl::StatusOr<std::unique_ptr<Verifier>> MakeVerifier(
    const GrayImage* image, const PageFrame& frame,
    const Reference& reference) {
  SL_ASSIGN_OR_RETURN(std::unique_ptr<Verifier> by_page,
                      MakePageVerifier(image, frame, reference));
  const bool has_ids = std::any_of(
      reference.markers.begin(), reference.markers.end(),
      [](const Marker& marker) { return marker.kind == MarkerKind::kAruco; });
  if (!has_ids) return by_page;
  return std::make_unique<ArucoVerifier>(std::move(by_page), reference.markers);
}

}  // namespace

const char* MethodName(Method method) {
  switch (method) {
    case Method::kAuto:
      return "AUTO";
    case Method::kOrb:
      return "ORB";
    case Method::kAkaze:
      return "AKAZE";
    case Method::kSift:
      return "SIFT";
    case Method::kContour:
      return "CONTOUR";
    case Method::kMarkers:
      return "MARKERS";
    case Method::kPatches:
      return "PATCHES";
    case Method::kTimingMarks:
      return "TIMING_MARKS";
  }
  return "UNKNOWN";
}

class PageRegistrar::Impl {
 public:
  static absl::StatusOr<std::unique_ptr<Impl>> Create(Reference reference) {
    SL_RETURN_IF_ERROR(CheckReference(reference));
    auto impl = std::make_unique<Impl>();
    impl->page_ = reference.page;
    DrawArucoMarkers(reference.markers);
    PageFrame frame;
    const GrayImage* image = nullptr;
    if (reference.image.has_value()) {
      frame = FrameFor(reference.page, *reference.image);
      impl->page_image_ = Resized(*reference.image, frame.width, frame.height);
      reference.image.reset();
      image = &impl->page_image_;
    }
    SL_ASSIGN_OR_RETURN(impl->verifier_, MakeVerifier(image, frame, reference));
    impl->bend_ = std::make_unique<PageBend>(image, frame, reference);
    impl->strategies_ = MakeStrategies(image, frame, std::move(reference));
    return impl;
  }

  absl::StatusOr<Registration> Register(const GrayImage& scan,
                                        const RegistrationOptions& options,
                                        const StopToken& stop) const {
    SL_RETURN_IF_ERROR(CheckOptions(options));
    if (std::min(scan.width(), scan.height()) < kMinScanSide) {
      return Error(absl::StatusCode::kInvalidArgument, kImageTooSmall)
          .Field("scan", absl::StrCat("the scan is ", scan.width(), " x ",
                                      scan.height(), " pixels, at least ",
                                      kMinScanSide, " a side are needed"));
    }
    return RunChain(strategies_, *verifier_, scan, options, stop);
  }

  absl::StatusOr<PageMesh> MeasureMesh(const GrayImage& scan,
                                       const Homography& scan_to_page,
                                       const StopToken& stop) const {
    ScanImages images(scan);
    return bend_->Measure(images, scan_to_page, stop);
  }

  int64_t ResidentBytes() const {
    int64_t bytes = static_cast<int64_t>(sizeof(*this)) +
                    page_image_.size_bytes() + verifier_->ResidentBytes() +
                    bend_->ResidentBytes();
    for (const std::unique_ptr<Strategy>& strategy : strategies_) {
      bytes += strategy->ResidentBytes();
    }
    return bytes;
  }

  const PixelSize& page() const { return page_; }

 private:
  PixelSize page_;
  // The page at the frame's size; empty if the reference has no image.
  GrayImage page_image_;
  std::unique_ptr<Verifier> verifier_;
  std::vector<std::unique_ptr<Strategy>> strategies_;
  std::unique_ptr<PageBend> bend_;
};

PageRegistrar::PageRegistrar(std::unique_ptr<Impl> impl)
    : impl_(std::move(impl)) {}

PageRegistrar::~PageRegistrar() = default;

absl::StatusOr<std::unique_ptr<PageRegistrar>> PageRegistrar::Create(
    Reference reference) {
  return Guarded([&]() -> absl::StatusOr<std::unique_ptr<PageRegistrar>> {
    SL_ASSIGN_OR_RETURN(std::unique_ptr<Impl> impl,
                        Impl::Create(std::move(reference)));
    return std::unique_ptr<PageRegistrar>(new PageRegistrar(std::move(impl)));
  });
}

absl::StatusOr<Registration> PageRegistrar::Register(
    const GrayImage& scan, const RegistrationOptions& options,
    const StopToken& stop) const {
  return Guarded([&] { return impl_->Register(scan, options, stop); });
}

absl::StatusOr<PageMesh> PageRegistrar::MeasureMesh(
    const GrayImage& scan, const Homography& scan_to_page,
    const StopToken& stop) const {
  return Guarded([&] { return impl_->MeasureMesh(scan, scan_to_page, stop); });
}

int64_t PageRegistrar::RegisterBytes(int scan_width, int scan_height,
                                     const RegistrationOptions& options) {
  int64_t most = 0;
  for (const std::unique_ptr<Strategy>& strategy :
       MakeStrategies(nullptr, PageFrame(), Reference{{1, 1}, {}, {}, {}})) {
    const int64_t bytes = strategy->WorkingBytes(options);
    const bool is_asked_for =
        options.method == Method::kAuto || options.method == strategy->method();
    if (is_asked_for && bytes <= options.memory_bytes) {
      most = std::max(most, bytes);
    }
  }
  return ScanImages::LevelBytes(scan_width, scan_height) + most + kVerifyBytes;
}

int64_t PageRegistrar::ResidentBytes() const { return impl_->ResidentBytes(); }

const PixelSize& PageRegistrar::page() const { return impl_->page(); }

}  // namespace sightline::align
