#include "tools/sightline/output/progress_bar.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"

namespace sightline::cli {
namespace {

constexpr size_t kCells = 24;

}  // namespace

std::string ProgressLine(size_t done, size_t total, absl::Duration elapsed) {
  const size_t filled = total == 0 ? kCells : done * kCells / total;
  std::string line =
      absl::StrFormat("[%s%s] %d/%d  %d %%", std::string(filled, '#'),
                      std::string(kCells - filled, '-'), done, total,
                      total == 0 ? 100 : done * 100 / total);
  const double seconds = absl::ToDoubleSeconds(elapsed);
  if (done == 0 || seconds <= 0) return line;
  const double rate = static_cast<double>(done) / seconds;
  absl::StrAppendFormat(&line, "  %.1f/s", rate);
  if (done < total) {
    const auto left = static_cast<int64_t>(
        std::ceil(static_cast<double>(total - done) / rate));
    absl::StrAppend(&line, "  ", absl::FormatDuration(absl::Seconds(left)),
                    " left");
  }
  return line;
}

ProgressBar::ProgressBar(std::ostream& out, bool visible, size_t total)
    : out_(out), visible_(visible), total_(total), start_(absl::Now()) {}

ProgressBar::~ProgressBar() { Clear(); }

void ProgressBar::Clear() {
  if (!is_drawn_) return;
  out_ << "\r\x1b[K" << std::flush;
  is_drawn_ = false;
}

void ProgressBar::Advance() {
  ++done_;
  if (!visible_) return;
  out_ << "\r\x1b[K" << ProgressLine(done_, total_, absl::Now() - start_)
       << std::flush;
  is_drawn_ = true;
}

}  // namespace sightline::cli
