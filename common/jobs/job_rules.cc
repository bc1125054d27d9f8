#include "common/jobs/job_rules.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <tuple>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/jobs/reasons.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "common/text/utf8.h"

namespace sightline::jobs {
namespace {

constexpr size_t kMaxName = 64;
constexpr size_t kMaxOwner = 128;
constexpr size_t kMaxRequestId = 128;
constexpr size_t kMaxArtifactName = 128;
constexpr size_t kMaxMediaType = 128;
constexpr size_t kJobIdDigits = 32;

absl::Status BadRequest(absl::string_view field, absl::string_view what) {
  return Error(absl::StatusCode::kInvalidArgument, kJobRequestInvalid)
      .Field(field, what);
}

absl::Status BadReport(absl::string_view field, absl::string_view what) {
  return Error(absl::StatusCode::kInvalidArgument, kJobReportInvalid)
      .Field(field, what);
}

template <typename Predicate>
bool All(absl::string_view text, Predicate holds) {
  return std::all_of(text.begin(), text.end(), holds);
}

bool IsUtf8(absl::string_view text) {
  while (!text.empty()) {
    const int length = Utf8Length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

bool IsName(absl::string_view text) {
  return !text.empty() && text.size() <= kMaxName && IsUtf8(text);
}

bool IsMediaType(absl::string_view text) {
  const size_t slash = text.find('/');
  return text.size() <= kMaxMediaType && slash != absl::string_view::npos &&
         slash > 0 && slash + 1 < text.size() &&
         All(text, [](char c) { return absl::ascii_isgraph(c); });
}

}  // namespace

absl::Status CheckNewJob(const NewJob& job) {
  if (job.kind.empty() || job.kind.size() > kMaxName ||
      !All(job.kind, [](char c) {
        return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '.' ||
               c == '_';
      })) {
    return BadRequest("kind", "must be 1 to 64 of a-z, 0-9, '.' and '_'");
  }
  if (job.owner.size() > kMaxOwner || !IsUtf8(job.owner)) {
    return BadRequest("owner", "must be UTF-8 of at most 128 bytes");
  }
  if (job.request_id.size() > kMaxRequestId ||
      !All(job.request_id, [](char c) { return absl::ascii_isprint(c); })) {
    return BadRequest("request_id",
                      "must be at most 128 printable ASCII characters");
  }
  if (static_cast<int64_t>(job.request.size()) > kMaxRequestBytes) {
    return BadRequest(
        "request", absl::StrCat("has ", job.request.size(), " bytes, at most ",
                                kMaxRequestBytes, " are kept"));
  }
  return absl::OkStatus();
}

absl::Status JobNotFound(absl::string_view id) {
  return Error(absl::StatusCode::kNotFound, kJobNotFound)
      .Message("there is no such job, or no longer")
      .Resource("job", id.substr(0, 64));
}

absl::Status CheckJobId(absl::string_view id) {
  const bool is_id = id.size() == kJobIdDigits && All(id, [](char c) {
                       return absl::ascii_isdigit(c) || (c >= 'a' && c <= 'f');
                     });
  return is_id ? absl::OkStatus() : JobNotFound(id);
}

absl::Status CheckProgress(const Progress& progress) {
  if (!(progress.fraction >= 0 && progress.fraction <= 1)) {
    return BadReport("fraction", absl::StrCat("is ", progress.fraction,
                                              "; it must be 0 to 1"));
  }
  if (progress.stage.size() > kMaxName || !IsUtf8(progress.stage)) {
    return BadReport("stage", "must be UTF-8 of at most 64 bytes");
  }
  if (progress.steps_done < 0 || progress.steps_total < 0) {
    return BadReport("steps_done", "steps must not be negative");
  }
  if (progress.metrics.size() > kMaxMetrics) {
    return BadReport("metrics",
                     absl::StrCat("there are ", progress.metrics.size(),
                                  ", at most ", kMaxMetrics, " are kept"));
  }
  std::set<absl::string_view> names;
  for (const Metric& metric : progress.metrics) {
    if (!IsName(metric.name)) {
      return BadReport("metrics", "a name must be UTF-8 of 1 to 64 bytes");
    }
    if (!names.insert(metric.name).second) {
      return BadReport("metrics",
                       absl::StrCat("there are two named '", metric.name, "'"));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckPreview(const Preview& preview) {
  if (!IsName(preview.name)) {
    return BadReport("preview.name", "must be UTF-8 of 1 to 64 bytes");
  }
  if (!IsMediaType(preview.media_type)) {
    return BadReport("preview.media_type", "must be one, such as image/png");
  }
  if (static_cast<int64_t>(preview.content.size()) > kMaxPreviewBytes) {
    return BadReport(
        "preview.content",
        absl::StrCat("has ", preview.content.size(), " bytes, at most ",
                     kMaxPreviewBytes, " are kept"));
  }
  return absl::OkStatus();
}

absl::Status CheckArtifactName(absl::string_view name,
                               absl::string_view media_type) {
  if (name.empty() || name.size() > kMaxArtifactName || name[0] == '.' ||
      !All(name, [](char c) {
        return absl::ascii_isalnum(c) || c == '.' || c == '_' || c == '-';
      })) {
    return BadReport("artifact.name",
                     "must be 1 to 128 letters, digits, '.', '_' and '-', the "
                     "first one no '.'");
  }
  if (!IsMediaType(media_type)) {
    return BadReport("artifact.media_type", "must be one, such as image/png");
  }
  return absl::OkStatus();
}

Progress Advance(const Progress& before, Progress next) {
  next.fraction = std::max(before.fraction, next.fraction);
  return next;
}

std::optional<absl::Duration> EstimateRemaining(double start_fraction,
                                                double fraction,
                                                absl::Duration elapsed) {
  const double done = fraction - start_fraction;
  // Less says more about the start than about the pace.
  constexpr double kLeast = 0.005;
  if (done < kLeast || elapsed <= absl::ZeroDuration()) return std::nullopt;
  return elapsed * ((1 - fraction) / done);
}

const Candidate* ChooseNext(const std::vector<Candidate>& candidates,
                            const Load& load,
                            const std::map<std::string, int>& max_running) {
  const auto value = [](const auto& map, const std::string& key) {
    const auto found = map.find(key);
    return found == map.end() ? 0 : found->second;
  };
  const Candidate* best = nullptr;
  std::tuple<int, int64_t, int64_t> best_rank;
  for (const Candidate& candidate : candidates) {
    if (value(load.running_of_kind, candidate.kind) >=
        value(max_running, candidate.kind)) {
      continue;
    }
    const std::tuple<int, int64_t, int64_t> rank = {
        value(load.running_of_owner, candidate.owner),
        value(load.last_turn_of_owner, candidate.owner), candidate.accepted};
    if (best == nullptr || rank < best_rank) {
      best = &candidate;
      best_rank = rank;
    }
  }
  return best;
}

}  // namespace sightline::jobs
