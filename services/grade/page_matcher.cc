#include "services/grade/page_matcher.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "services/grade/engine/page_likeness.h"
#include "services/grade/reasons.h"

namespace sightline::grade {
namespace {

using align::v1::AlignMethod;

// From this confidence on no dearer method is asked, as within the align
// service.
constexpr double kSureConfidence = 0.75;
// Below it a person should look: the others are then asked for by all methods.
constexpr double kBeyondDoubt = 0.9;
// Pages named in a message.
constexpr size_t kMostNamed = 4;

// The methods that cost little, in the order in which AUTO tries them.
constexpr AlignMethod kCheapMethods[] = {align::v1::ALIGN_METHOD_PATCHES,
                                         align::v1::ALIGN_METHOD_MARKERS,
                                         align::v1::ALIGN_METHOD_CONTOUR};

// The layout's own choice: AUTO unless it says otherwise.
constexpr AlignMethod kAllMethods = align::v1::ALIGN_METHOD_UNSPECIFIED;

// The align service's reason for a method that lacks what it needs.
constexpr char kMethodUnavailable[] = "METHOD_UNAVAILABLE";

// "page 1", "pages 1 and 2", "pages 1, 2 and 3".
std::string PageNumbers(const std::vector<int>& pages) {
  std::string text = pages.size() == 1 ? "page " : "pages ";
  for (size_t i = 0; i < pages.size(); ++i) {
    const char* before = i == 0 ? "" : i + 1 == pages.size() ? " and " : ", ";
    absl::StrAppend(&text, before, pages[i] + 1);
  }
  return text;
}

absl::Status Ambiguous(const std::string& what) {
  return Error(absl::StatusCode::kFailedPrecondition, kPageAmbiguous)
      .Message(what)
      .Precondition("layout.page_code",
                    "print a code on each page and name it in page_code");
}

class Matcher {
 public:
  Matcher(const SheetTask& task, int expected, PageTrial& trial)
      : task_(task), trial_(trial), candidates_(task.pages.size()) {
    const int pages = static_cast<int>(task.pages.size());
    for (int i = 0; i < pages; ++i) order_.push_back((expected + i) % pages);
  }

  absl::StatusOr<MatchedPage> Match() {
    if (order_.size() == 1) return Take(0, v1::PAGE_MATCH_REGISTRATION);
    SL_ASSIGN_OR_RETURN(const std::vector<int> by_code, FindByCode());
    if (by_code.size() == 1) return Take(by_code[0], v1::PAGE_MATCH_CODE);
    if (by_code.size() > 1) {
      return Ambiguous(absl::StrCat("the codes on this page are those of ",
                                    PageNumbers(by_code)));
    }
    SL_RETURN_IF_ERROR(Search());
    return Choose();
  }

 private:
  struct Candidate {
    std::optional<FoundPage> found;
    // Why it was not found, at last.
    absl::Status failure;
    // By which methods it was asked for, and which of them it can't be found
    // by. UNSPECIFIED: by all there are.
    std::set<AlignMethod> asked;
    std::set<AlignMethod> unavailable;

    double confidence() const {
      return found.has_value() ? found->summary.confidence() : 0;
    }
  };

  // Whether the layout says how this page is registered.
  bool HasOwnMethod(int page) const {
    const v1::Alignment& alignment = task_.pages[page].alignment;
    const AlignMethod method = alignment.options().method();
    return alignment.mode() == v1::Alignment::MODE_ALIGNED ||
           (method != kAllMethods && method != align::v1::ALIGN_METHOD_AUTO);
  }

  bool CanDo(int page, AlignMethod method) const {
    switch (method) {
      case align::v1::ALIGN_METHOD_PATCHES:
        return task_.pages[page].has_picture;
      case align::v1::ALIGN_METHOD_MARKERS:
        return task_.pages[page].has_markers;
      default:
        return true;
    }
  }

  // Pages whose codes are on the scan.
  absl::StatusOr<std::vector<int>> FindByCode() {
    std::vector<int> pages;
    const auto code_of = [&](int page) -> const std::string& {
      return task_.sheet.page_sheet(page).page_code();
    };
    const bool any = std::any_of(order_.begin(), order_.end(), [&](int page) {
      return !code_of(page).empty();
    });
    if (!any) return pages;
    SL_ASSIGN_OR_RETURN(const std::vector<std::string> texts,
                        trial_.CodeTexts());
    for (int page = 0; page < static_cast<int>(order_.size()); ++page) {
      const std::string& code = code_of(page);
      if (code.empty()) continue;
      if (std::any_of(texts.begin(), texts.end(), [&](const auto& text) {
            return absl::StartsWith(text, code);
          })) {
        pages.push_back(page);
      }
    }
    return pages;
  }

  // The page is known.
  absl::StatusOr<MatchedPage> Take(int page, v1::PageMatch match) {
    MatchedPage matched;
    matched.page = page;
    matched.match = match;
    SL_ASSIGN_OR_RETURN(matched.found, trial_.Register(page, kAllMethods));
    SL_ASSIGN_OR_RETURN(matched.reading, trial_.Read(page, matched.found));
    return matched;
  }

  // Asks for one page by one method, and keeps the better answer.
  absl::Status Ask(int page, AlignMethod method) {
    Candidate& candidate = candidates_[page];
    if (HasOwnMethod(page)) method = kAllMethods;
    if (candidate.asked.count(kAllMethods) > 0 ||
        !candidate.asked.insert(method).second) {
      return absl::OkStatus();
    }
    if (!CanDo(page, method)) {
      candidate.unavailable.insert(method);
      return absl::OkStatus();
    }
    absl::StatusOr<FoundPage> found = trial_.Register(page, method);
    if (!found.ok()) {
      const bool is_unavailable =
          method != kAllMethods &&
          DetailsOf(found.status()).value_or(ErrorDetails{}).reason ==
              kMethodUnavailable;
      if (is_unavailable) {
        candidate.unavailable.insert(method);
        return absl::OkStatus();
      }
      if (!IsOfThePage(found.status())) return found.status();
      candidate.failure = found.status();
    } else if (found->summary.confidence() > candidate.confidence()) {
      candidate.found = *std::move(found);
    }
    return absl::OkStatus();
  }

  bool AnyFound(double least_confidence) const {
    return std::any_of(order_.begin(), order_.end(), [&](int page) {
      return candidates_[page].confidence() >= least_confidence;
    });
  }

  // Asks for every page by a method that works on this scan; a page that can't
  // be found by it gets its chance by the others.
  absl::Status AskAll(AlignMethod method) {
    for (const int page : order_) {
      SL_RETURN_IF_ERROR(Ask(page, method));
      if (candidates_[page].unavailable.count(method) == 0) continue;
      SL_RETURN_IF_ERROR(Ask(page, kAllMethods));
    }
    return absl::OkStatus();
  }

  absl::Status Search() {
    for (const AlignMethod method : kCheapMethods) {
      for (const int page : order_) SL_RETURN_IF_ERROR(Ask(page, method));
      if (AnyFound(kSureConfidence)) return AskRivals(method);
    }
    for (const int page : order_) {
      SL_RETURN_IF_ERROR(Ask(page, kAllMethods));
      if (candidates_[page].confidence() >= kSureConfidence) {
        return AskRivals(candidates_[page].found->summary.method());
      }
    }
    return absl::OkStatus();
  }

  absl::Status AskRivals(AlignMethod method) {
    SL_RETURN_IF_ERROR(AskAll(method));
    return AnyFound(kBeyondDoubt) ? absl::OkStatus() : AskAll(kAllMethods);
  }

  absl::StatusOr<MatchedPage> Choose() {
    std::vector<int> pages;
    for (const int page : order_) {
      if (candidates_[page].found.has_value()) pages.push_back(page);
    }
    if (pages.empty()) return Unmatched();
    std::vector<absl::StatusOr<SheetReading>> readings;
    for (const int page : pages) {
      readings.push_back(trial_.Read(page, *candidates_[page].found));
      const absl::Status& status = readings.back().status();
      if (!status.ok() && !IsOfThePage(status)) return status;
    }
    std::vector<PageCandidate> rivals;
    for (size_t i = 0; i < pages.size(); ++i) {
      PageCandidate& rival = rivals.emplace_back();
      rival.page = &task_.sheet.page_sheet(pages[i]);
      rival.scan_to_page = candidates_[pages[i]].found->to_page;
      rival.reading = readings[i].ok() ? &*readings[i] : nullptr;
      rival.confidence = candidates_[pages[i]].confidence();
    }
    const std::optional<size_t> best =
        ClearlyBest(rivals, trial_.scan_size(), [&](size_t a, size_t b) {
          return trial_.CompareByPicture(pages[a], *candidates_[pages[a]].found,
                                         pages[b],
                                         *candidates_[pages[b]].found);
        });
    if (!best.has_value()) return NoneIsBest(pages, readings);
    MatchedPage matched;
    matched.page = pages[*best];
    matched.match = v1::PAGE_MATCH_REGISTRATION;
    matched.found = *std::move(candidates_[matched.page].found);
    matched.reading = *std::move(readings[*best]);
    return matched;
  }

  static absl::Status NoneIsBest(
      const std::vector<int>& pages,
      const std::vector<absl::StatusOr<SheetReading>>& readings) {
    std::vector<int> readable;
    for (size_t i = 0; i < pages.size(); ++i) {
      if (readings[i].ok()) readable.push_back(pages[i]);
    }
    if (readable.empty()) return readings.front().status();
    std::sort(readable.begin(), readable.end());
    return Ambiguous(absl::StrCat("this page may be any of ",
                                  PageNumbers(readable),
                                  " of the layout: they look alike. Print a "
                                  "code on each and name it in page_code"));
  }

  absl::Status Unmatched() const {
    std::string why;
    for (size_t i = 0; i < std::min(order_.size(), kMostNamed); ++i) {
      absl::StrAppend(&why, i == 0 ? "" : "; ", "page ", order_[i] + 1, ": ",
                      std::string(candidates_[order_[i]].failure.message()));
    }
    if (order_.size() > kMostNamed) absl::StrAppend(&why, "; ...");
    return Error(absl::StatusCode::kNotFound, kPageUnmatched)
        .Message(absl::StrCat("this is none of the layout's ", order_.size(),
                              " pages (", why, ")"));
  }

  const SheetTask& task_;
  PageTrial& trial_;
  // The expected page first.
  std::vector<int> order_;
  // By page.
  std::vector<Candidate> candidates_;
};

}  // namespace

absl::StatusOr<MatchedPage> MatchPage(const SheetTask& task, int expected,
                                      PageTrial& trial) {
  return Matcher(task, expected, trial).Match();
}

bool IsOfThePage(const absl::Status& failure) {
  switch (failure.code()) {
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kNotFound:
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kDataLoss:
      break;
    default:
      return false;
  }
  const ErrorDetails details = DetailsOf(failure).value_or(ErrorDetails{});
  // The method that the layout asks for.
  if (details.reason == kMethodUnavailable) return false;
  return std::all_of(details.fields.begin(), details.fields.end(),
                     [](const FieldViolation& violation) {
                       return absl::StartsWith(violation.field, "scan") ||
                              absl::StartsWith(violation.field, "more_scans");
                     });
}

}  // namespace sightline::grade
