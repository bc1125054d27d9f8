// report.html: what a run gave, on one page that a teacher can open.
//
// The page needs nothing but itself: pictures are data URIs, style and script
// stand in it, and its content security policy lets a browser load or run
// nothing else, so that no label or file name can. It is complete without the
// script. Cards of doubtful fields are written to a file beside it as they
// come; in memory there are the statistics and, at most, 500 failures.
#ifndef SIGHTLINE_TOOLS_SIGHTLINE_REPORT_REPORT_PAGE_H_
#define SIGHTLINE_TOOLS_SIGHTLINE_REPORT_REPORT_PAGE_H_

#include <cstdint>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "tools/sightline/output/sheet_report.h"
#include "tools/sightline/report/statistics.h"

namespace sightline::cli {

// The most that a browser is asked to show; review.csv has the others.
struct ReportLimits {
  int cards = 2000;
  int64_t card_bytes = 24 << 20;
  int failures = 500;
};

// One card; `flags` are those of FlagWords().
std::string CardHtml(absl::string_view file, const grade::v1::ReviewItem& item);

// Not thread-safe.
class ReportPage {
 public:
  // The page will be `path`; the cards go to `path`.cards until then. `labels`
  // as for Statistics. Errors: Internal FILE_UNWRITABLE.
  static absl::StatusOr<std::unique_ptr<ReportPage>> Open(
      const std::string& path, absl::string_view title,
      const std::vector<std::string>& labels, const ReportLimits& limits = {});
  // Removes the file of cards.
  ~ReportPage();
  ReportPage(const ReportPage&) = delete;
  ReportPage& operator=(const ReportPage&) = delete;

  // Adds a sheet. Errors: Internal FILE_UNWRITABLE.
  absl::Status Add(absl::string_view file, const SheetOutcome& outcome);

  // Writes the page; a reader sees none or all of it. `now` stands in its
  // head. Errors: Internal FILE_UNWRITABLE.
  absl::Status Finish(absl::Time now);

 private:
  ReportPage(std::string path, absl::string_view title,
             const std::vector<std::string>& labels,
             const ReportLimits& limits);
  // A row of the table; `what` stands before the message.
  void AddFailure(absl::string_view file, absl::string_view what,
                  const absl::Status& failure);
  absl::Status AddCards(absl::string_view file,
                        const grade::v1::GradeSheetResponse& sheet);
  std::string Head(absl::Time now) const;
  std::string Tiles() const;
  std::string ScoreSection() const;
  std::string QuestionSection() const;
  std::string FailureSection() const;
  std::string ReviewHead() const;

  const std::string path_;
  const std::string title_;
  const ReportLimits limits_;
  std::ofstream cards_;
  Statistics statistics_;
  int graded_ = 0;
  int failed_ = 0;
  // Of sheets that were graded.
  int failed_pages_ = 0;
  int sheets_to_review_ = 0;
  int fields_to_review_ = 0;
  int cards_written_ = 0;
  int64_t card_bytes_ = 0;
  // Cards by the flags on them, "unsure" for those without.
  std::map<std::string, int> flags_;
  // Rows of the table.
  std::vector<std::string> failures_;
};

}  // namespace sightline::cli

#endif  // SIGHTLINE_TOOLS_SIGHTLINE_REPORT_REPORT_PAGE_H_
