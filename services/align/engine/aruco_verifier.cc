#include "services/align/engine/aruco_verifier.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/align/engine/aruco_sightings.h"

namespace sightline::align {
namespace {

// What a refused position is at most, and one that the markers do not bear out.
constexpr double kRefused = 0.49;
constexpr double kUnsure = 0.85;

}  // namespace

ArucoVerifier::ArucoVerifier(std::unique_ptr<Verifier> inner,
                             const std::vector<Marker>& markers)
    : inner_(std::move(inner)) {
  for (const Marker& marker : markers) {
    if (marker.kind != MarkerKind::kAruco) continue;
    Marker known;
    known.kind = marker.kind;
    known.center = marker.center;
    known.size = marker.size;
    known.dictionary = marker.dictionary;
    known.id = marker.id;
    markers_.push_back(std::move(known));
  }
}

Verdict ArucoVerifier::Verify(ScanImages& scan,
                              const Proposal& proposal) const {
  Verdict verdict = inner_->Verify(scan, proposal);
  if (!verdict.is_confirmed) return verdict;
  const ArucoAgreement markers =
      CompareAruco(markers_, verdict.scan_to_page, scan);
  absl::StrAppend(&verdict.outcome, ", ", markers.agree, " of ",
                  markers.in_scan, " ids are right");
  if (markers.contradict > markers.agree) {
    verdict.is_confirmed = false;
    verdict.confidence = std::min(verdict.confidence, kRefused);
    verdict.outcome += ", others say that it is another page";
  } else if (markers.contradict > 0 ||
             (markers.in_scan > 0 && markers.agree == 0)) {
    verdict.confidence = std::min(verdict.confidence, kUnsure);
  }
  return verdict;
}

int64_t ArucoVerifier::ResidentBytes() const {
  return inner_->ResidentBytes() + static_cast<int64_t>(sizeof(*this)) +
         static_cast<int64_t>(markers_.capacity() * sizeof(Marker));
}

}  // namespace sightline::align
