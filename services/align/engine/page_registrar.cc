#include "services/align/engine/page_registrar.h"

#include <algorithm>
#include <new>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "services/align/engine/coarse_patch_strategy.h"
#include "services/align/engine/feature_strategy.h"
#include "services/align/engine/image_verifier.h"
#include "services/align/engine/marker_strategy.h"
#include "services/align/engine/opencv_image.h"
#include "services/align/engine/page_contour_strategy.h"
#include "services/align/engine/page_patches.h"
#include "services/align/engine/reasons.h"
#include "services/align/engine/strategy.h"
#include "services/align/engine/structure_verifier.h"
#include "services/align/engine/verifier.h"

namespace sightline::align {
namespace {

constexpr int kMinScanSide = 100;
constexpr int kMinReferenceSide = 200;
// Width at which the page is kept and verified.
constexpr int kFrameWidth = 1000;
constexpr int kMinFrameWidth = 500;
// AUTO goes on to dearer strategies while the best confidence is below this.
constexpr double kSureConfidence = 0.75;

// Runs `compute`, turning what the libraries throw into a status.
template <typename Compute>
auto Guarded(Compute compute) -> decltype(compute()) {
  try {
    return compute();
  } catch (const std::bad_alloc&) {
    return Error(absl::StatusCode::kResourceExhausted, kMemoryExhausted)
        .Message("not enough memory to register this scan");
  } catch (const std::exception& exception) {
    return Error(absl::StatusCode::kInternal, kRegistrationFailed)
        .Message(absl::StrCat("registration failed: ", exception.what()));
  }
}

absl::Status Unusable(const std::string& field, const std::string& what) {
  return Error(absl::StatusCode::kInvalidArgument, kReferenceUnusable)
      .Field(field, what);
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
  }
  return "UNKNOWN";
}

class PageRegistrar::Impl {
 public:
  static absl::StatusOr<std::unique_ptr<Impl>> Create(Reference reference);

  absl::StatusOr<Registration> Register(const GrayImage& scan,
                                        const RegistrationOptions& options,
                                        const StopToken& stop) const;
  int64_t ResidentBytes() const;
  const PixelSize& page() const { return page_; }

 private:
  absl::Status MakeVerifier(const Reference& reference);
  void MakeStrategies(Reference reference);

  PixelSize page_;
  PageFrame frame_;
  // The page at the frame's size; empty if the reference has no image.
  GrayImage page_image_;
  std::unique_ptr<Verifier> verifier_;
  // In the order in which AUTO tries them, the cheapest first.
  std::vector<std::unique_ptr<Strategy>> strategies_;
};

absl::StatusOr<std::unique_ptr<PageRegistrar::Impl>>
PageRegistrar::Impl::Create(Reference reference) {
  if (!(reference.page.width > 0 && reference.page.height > 0)) {
    return Unusable("page", "the page has no area");
  }
  auto impl = std::make_unique<Impl>();
  impl->page_ = reference.page;
  if (reference.image.has_value()) {
    const GrayImage& image = *reference.image;
    if (std::min(image.width(), image.height()) < kMinReferenceSide) {
      return Unusable("image",
                      absl::StrCat("the image is ", image.width(), " x ",
                                   image.height(), " pixels, at least ",
                                   kMinReferenceSide, " a side are needed"));
    }
    impl->frame_ = PageFrame::OfWidth(
        reference.page, std::clamp(image.width(), kMinFrameWidth, kFrameWidth));
    impl->page_image_ = Resized(image, impl->frame_.width, impl->frame_.height);
    reference.image.reset();
  }
  SL_RETURN_IF_ERROR(impl->MakeVerifier(reference));
  impl->MakeStrategies(std::move(reference));
  return impl;
}

absl::Status PageRegistrar::Impl::MakeVerifier(const Reference& reference) {
  if (!page_image_.empty()) {
    auto by_image = std::make_unique<ImageVerifier>(
        frame_, ChoosePatches(page_image_, frame_, reference.shapes, {}));
    if (by_image->IsUsable()) {
      verifier_ = std::move(by_image);
      return absl::OkStatus();
    }
  }
  auto by_structure = std::make_unique<StructureVerifier>(reference);
  const std::string why = by_structure->WhyUnusable();
  if (why.empty()) {
    verifier_ = std::move(by_structure);
    return absl::OkStatus();
  }
  if (page_image_.empty()) return Unusable("image", why);
  return Unusable("image", absl::StrCat("the image has too little structure "
                                        "outside the bubbles to recognise the "
                                        "page by; ",
                                        why));
}

void PageRegistrar::Impl::MakeStrategies(Reference reference) {
  const GrayImage* image = page_image_.empty() ? nullptr : &page_image_;
  strategies_.push_back(
      std::make_unique<CoarsePatchStrategy>(image, page_, reference.shapes));
  strategies_.push_back(
      std::make_unique<MarkerStrategy>(std::move(reference.markers), page_));
  strategies_.push_back(std::make_unique<PageContourStrategy>(page_));
  for (const FeatureKind kind :
       {FeatureKind::kOrb, FeatureKind::kAkaze, FeatureKind::kSift}) {
    strategies_.push_back(std::make_unique<FeatureStrategy>(kind, image, frame_,
                                                            reference.shapes));
  }
}

absl::StatusOr<Registration> PageRegistrar::Impl::Register(
    const GrayImage& scan, const RegistrationOptions& options,
    const StopToken& stop) const {
  if (std::min(scan.width(), scan.height()) < kMinScanSide) {
    const std::string what =
        absl::StrCat("the scan is ", scan.width(), " x ", scan.height(),
                     " pixels, at least ", kMinScanSide, " a side are needed");
    return Error(absl::StatusCode::kInvalidArgument, kImageTooSmall)
        .Field("scan", what);
  }
  ScanImages images(scan);
  Registration best;
  std::vector<Attempt> attempts;
  size_t winner = 0;
  for (const std::unique_ptr<Strategy>& strategy : strategies_) {
    if (options.method != Method::kAuto &&
        options.method != strategy->method()) {
      continue;
    }
    SL_RETURN_IF_ERROR(stop.Poll());
    Attempt attempt;
    attempt.method = strategy->method();
    std::string why = strategy->WhyUnavailable();
    const int64_t bytes =
        strategy->WorkingBytes(scan.width(), scan.height(), options);
    if (why.empty() && bytes > options.memory_bytes &&
        !(options.reserve_more && options.reserve_more(bytes))) {
      why = absl::StrCat("it needs ", bytes >> 20, " MiB, ",
                         options.memory_bytes >> 20, " MiB are granted");
    }
    if (!why.empty()) {
      if (options.method != Method::kAuto) {
        return Error(absl::StatusCode::kFailedPrecondition, kMethodUnavailable)
            .Message(absl::StrCat(MethodName(options.method), ": ", why))
            .Precondition(MethodName(options.method), why);
      }
      attempt.outcome = absl::StrCat("skipped: ", why);
      attempts.push_back(std::move(attempt));
      continue;
    }
    const absl::Time start = absl::Now();
    std::string verdicts;
    bool is_best = false;
    SL_ASSIGN_OR_RETURN(
        const std::string found,
        strategy->Propose(
            images, options, stop,
            [&](const Proposal& proposal) -> absl::StatusOr<bool> {
              SL_RETURN_IF_ERROR(stop.Poll());
              const Verdict verdict = verifier_->Verify(images, proposal);
              if (verdict.confidence >= attempt.confidence) {
                attempt.confidence = verdict.confidence;
                verdicts = verdict.outcome;
              }
              if (!verdict.is_confirmed ||
                  verdict.confidence < options.min_confidence) {
                return false;
              }
              if (verdict.confidence > best.confidence) {
                best.scan_to_page = verdict.scan_to_page;
                best.inliers = verdict.inliers;
                best.patches = verdict.patches;
                best.reprojection_error = verdict.rms;
                best.confidence = verdict.confidence;
                best.method = strategy->method();
                winner = attempts.size();
                is_best = true;
              }
              return true;
            }));
    attempt.duration = absl::Now() - start;
    attempt.outcome =
        verdicts.empty() ? found : absl::StrCat(found, "; ", verdicts);
    attempts.push_back(std::move(attempt));
    if (is_best && best.confidence >= kSureConfidence) break;
  }
  if (best.confidence > 0) {
    attempts[winner].accepted = true;
    std::rotate(attempts.begin() + winner, attempts.begin() + winner + 1,
                attempts.end());
    best.attempts = std::move(attempts);
    return best;
  }
  std::string tried;
  for (const Attempt& attempt : attempts) {
    absl::StrAppend(&tried, tried.empty() ? "" : "; ",
                    MethodName(attempt.method), ": ", attempt.outcome);
  }
  return Error(absl::StatusCode::kNotFound, kPageNotFound)
      .Message(
          absl::StrCat("the page was not found in the scan (", tried, ")"));
}

int64_t PageRegistrar::Impl::ResidentBytes() const {
  int64_t bytes = static_cast<int64_t>(sizeof(*this)) +
                  page_image_.size_bytes() + verifier_->ResidentBytes();
  for (const std::unique_ptr<Strategy>& strategy : strategies_) {
    bytes += strategy->ResidentBytes();
  }
  return bytes;
}

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

int64_t PageRegistrar::RegisterBytes(int scan_width, int scan_height,
                                     const RegistrationOptions& options) {
  return ScanImages::LevelBytes(scan_width, scan_height) +
         options.memory_bytes;
}

int64_t PageRegistrar::ResidentBytes() const { return impl_->ResidentBytes(); }

const PixelSize& PageRegistrar::page() const { return impl_->page(); }

}  // namespace sightline::align
