#include "services/align/engine/registration_chain.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "services/align/engine/reasons.h"

namespace sightline::align {
namespace {

// AUTO goes on to dearer strategies while the best confidence is below this.
constexpr double kSureConfidence = 0.75;

// One search.
class Chain {
 public:
  Chain(const Verifier& verifier, const GrayImage& scan,
        const RegistrationOptions& options, const StopToken& stop)
      : verifier_(verifier), images_(scan), options_(options), stop_(stop) {}

  absl::Status Try(const Strategy& strategy);
  bool IsSure() const { return best_.confidence >= kSureConfidence; }
  absl::StatusOr<Registration> Finish();

 private:
  // "" if `strategy` can be tried.
  std::string WhyNot(const Strategy& strategy) const;
  // Keeps the proposal if it is the best so far; true if it is acceptable.
  bool Consider(const Proposal& proposal, Attempt& attempt);

  const Verifier& verifier_;
  ScanImages images_;
  const RegistrationOptions& options_;
  const StopToken& stop_;
  Registration best_;
  // Index of the attempt that found best_.
  size_t winner_ = 0;
  std::vector<Attempt> attempts_;
};

std::string Chain::WhyNot(const Strategy& strategy) const {
  std::string why = strategy.WhyUnavailable();
  const int64_t bytes = strategy.WorkingBytes(options_);
  if (why.empty() && bytes > options_.memory_bytes) {
    why = absl::StrCat("it needs ", (bytes >> 20) + 1, " MiB of memory, ",
                       options_.memory_bytes >> 20, " MiB are granted");
  }
  return why;
}

bool Chain::Consider(const Proposal& proposal, Attempt& attempt) {
  const Verdict verdict = verifier_.Verify(images_, proposal);
  if (verdict.confidence >= attempt.confidence) {
    attempt.confidence = verdict.confidence;
    attempt.outcome = verdict.outcome;
  }
  if (!verdict.is_confirmed || verdict.confidence < options_.min_confidence) {
    return false;
  }
  if (verdict.confidence > best_.confidence) {
    best_.scan_to_page = verdict.scan_to_page;
    best_.inliers = verdict.inliers;
    best_.patches = verdict.patches;
    best_.reprojection_error = verdict.rms;
    best_.confidence = verdict.confidence;
    best_.method = attempt.method;
    winner_ = attempts_.size();
  }
  return true;
}

absl::Status Chain::Try(const Strategy& strategy) {
  Attempt attempt;
  attempt.method = strategy.method();
  const std::string why_not = WhyNot(strategy);
  if (!why_not.empty()) {
    if (options_.method != Method::kAuto) {
      return Error(absl::StatusCode::kFailedPrecondition, kMethodUnavailable)
          .Message(absl::StrCat(MethodName(options_.method),
                                " is not available: ", why_not))
          .Precondition(MethodName(options_.method), why_not);
    }
    attempt.outcome = absl::StrCat("skipped: ", why_not);
    attempts_.push_back(std::move(attempt));
    return absl::OkStatus();
  }
  const absl::Time start = absl::Now();
  SL_ASSIGN_OR_RETURN(
      const std::string found,
      strategy.Propose(images_, options_, stop_,
                       [&](const Proposal& proposal) -> absl::StatusOr<bool> {
                         SL_RETURN_IF_ERROR(stop_.Poll());
                         return Consider(proposal, attempt);
                       }));
  attempt.duration = absl::Now() - start;
  attempt.outcome = attempt.outcome.empty()
                        ? found
                        : absl::StrCat(found, "; ", attempt.outcome);
  attempts_.push_back(std::move(attempt));
  return absl::OkStatus();
}

absl::StatusOr<Registration> Chain::Finish() {
  if (best_.confidence > 0) {
    attempts_[winner_].accepted = true;
    const auto winner = attempts_.begin() + static_cast<int64_t>(winner_);
    std::rotate(winner, winner + 1, attempts_.end());
    best_.attempts = std::move(attempts_);
    return std::move(best_);
  }
  std::string tried;
  for (const Attempt& attempt : attempts_) {
    absl::StrAppend(&tried, tried.empty() ? "" : "; ",
                    MethodName(attempt.method), ": ", attempt.outcome);
  }
  return Error(absl::StatusCode::kNotFound, kPageNotFound)
      .Message(
          absl::StrCat("the page was not found in the scan (", tried, ")"));
}

}  // namespace

absl::StatusOr<Registration> RunChain(
    const std::vector<std::unique_ptr<Strategy>>& strategies,
    const Verifier& verifier, const GrayImage& scan,
    const RegistrationOptions& options, const StopToken& stop) {
  Chain chain(verifier, scan, options, stop);
  for (const std::unique_ptr<Strategy>& strategy : strategies) {
    if (options.method != Method::kAuto &&
        options.method != strategy->method()) {
      continue;
    }
    SL_RETURN_IF_ERROR(stop.Poll());
    SL_RETURN_IF_ERROR(chain.Try(*strategy));
    if (chain.IsSure()) break;
  }
  return chain.Finish();
}

}  // namespace sightline::align
