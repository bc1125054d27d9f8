// How far a command with many items is.
#ifndef SIGHTLINE_TOOLS_SIGHTLINE_OUTPUT_PROGRESS_BAR_H_
#define SIGHTLINE_TOOLS_SIGHTLINE_OUTPUT_PROGRESS_BAR_H_

#include <cstddef>
#include <ostream>
#include <string>

#include "absl/time/time.h"

namespace sightline::cli {

// One line at the bottom of a terminal:
//   [##########----------] 20/40  50 %  12.5/s  2 s left
// Does nothing where nobody looks. Not thread-safe.
class ProgressBar {
 public:
  // `visible`: whether `out` is a terminal.
  ProgressBar(std::ostream& out, bool visible, size_t total);
  // Removes the line.
  ~ProgressBar();
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  // Removes the line, so that something else can be written in its place; the
  // next Advance() draws it anew.
  void Clear();
  // One more item is done.
  void Advance();

 private:
  std::ostream& out_;
  const bool visible_;
  const size_t total_;
  const absl::Time start_;
  size_t done_ = 0;
  bool is_drawn_ = false;
};

// The line for `done` of `total` after `elapsed`.
std::string ProgressLine(size_t done, size_t total, absl::Duration elapsed);

}  // namespace sightline::cli

#endif  // SIGHTLINE_TOOLS_SIGHTLINE_OUTPUT_PROGRESS_BAR_H_
