#include "tools/sightline/report/report_page.h"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "absl/memory/memory.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "common/status/error.h"
#include "common/status/grpc_status.h"
#include "common/status/status_macros.h"
#include "tools/sightline/client/rpc_error.h"
#include "tools/sightline/report/html_text.h"
#include "tools/sightline/report/report_assets.h"
#include "tools/sightline/report/report_charts.h"
#include "tools/sightline/report/review_list.h"

namespace sightline::cli {
namespace {

using grade::v1::GradeSheetResponse;
using grade::v1::ReviewItem;

// What stands on a card without flags: the confidence alone is low.
constexpr char kUnsure[] = "unsure";

std::string Plural(int count, absl::string_view one, absl::string_view many) {
  return absl::StrCat(count, " ", count == 1 ? one : many);
}

std::vector<std::string> FlagsOrUnsure(const ReviewItem& item) {
  std::vector<std::string> flags = FlagWords(item);
  if (flags.empty()) flags.push_back(kUnsure);
  return flags;
}

// "off_grid" as people write it.
std::string Spaced(std::string word) {
  std::replace(word.begin(), word.end(), '_', ' ');
  return word;
}

std::string PictureHtml(const ReviewItem& item) {
  const std::string uri = ImageDataUri(item.crop().content());
  const int width = item.crop().width();
  const int height = item.crop().height();
  if (uri.empty() || width < 1 || height < 1) return "no picture";
  std::string html = absl::StrFormat(
      "<svg role=\"img\" aria-label=\"%s on the sheet\" width=\"%d\" "
      "height=\"%d\" viewBox=\"0 0 %d %d\"><image href=\"%s\" width=\"%d\" "
      "height=\"%d\"/>",
      HtmlText(item.label()), width, height, width, height, uri, width, height);
  for (const auto& bubble : item.bubbles()) {
    if (!bubble.marked()) continue;
    const double numbers[] = {bubble.center().x(), bubble.center().y(),
                              bubble.size().width(), bubble.size().height()};
    if (!std::all_of(std::begin(numbers), std::end(numbers), [](double n) {
          return std::isfinite(n) && std::abs(n) < 1e6;
        })) {
      continue;
    }
    // Around the print, not on it.
    absl::StrAppendFormat(
        &html, "<ellipse cx=\"%.1f\" cy=\"%.1f\" rx=\"%.1f\" ry=\"%.1f\"/>",
        numbers[0], numbers[1], std::max(0.0, numbers[2]) / 2 + 4,
        std::max(0.0, numbers[3]) / 2 + 4);
  }
  return html + "</svg>";
}

absl::Status Unwritable(const std::string& path) {
  return Error(absl::StatusCode::kInternal, "FILE_UNWRITABLE")
      .Message(absl::StrCat("cannot write ", path));
}

constexpr char kNotes[] = R"(<footer id="notes">
<p class="note"><b>Difficulty</b> is the share of sheets that answered right,
from 0 (nobody) to 1 (everybody); a partly right answer counts by its share.</p>
<p class="note"><b>Discrimination</b> says whether those who answered right did
better in all other questions: the corrected point-biserial correlation
r&nbsp;=&nbsp;(M<sub>1</sub>&nbsp;&minus;&nbsp;M<sub>0</sub>)&nbsp;/&nbsp;s
&middot; &radic;(p&nbsp;(1&nbsp;&minus;&nbsp;p)), with the mean rest scores
M<sub>1</sub> of those who were right and M<sub>0</sub> of the others, their
standard deviation s and the difficulty p. Above 0.3 is good; below 0 a wrong
key or a misleading question is likely. It is given from 10 sheets on.</p>
<p class="note"><b>Reliability</b> is Cronbach&rsquo;s alpha; where every
question gives 0 or 1 it is Kuder and Richardson&rsquo;s formula 20.</p>
</footer>
)";

}  // namespace

std::string CardHtml(absl::string_view file, const ReviewItem& item) {
  const std::vector<std::string> flags = FlagsOrUnsure(item);
  std::string html = absl::StrCat(
      "<li class=\"card\" data-flags=\"", HtmlText(absl::StrJoin(flags, " ")),
      "\"><figure>", PictureHtml(item), "</figure>\n<div class=\"text\"><h3>",
      "<span class=\"label\">", HtmlName(item.label()),
      "</span> <span class=\"read\"><i>read</i> ",
      item.answer().empty() ? "<i>nothing</i>" : HtmlName(item.answer()),
      "</span></h3>\n<p class=\"file\">", HtmlName(file),
      "</p>\n<ul class=\"why\">");
  for (const std::string& flag : flags) {
    absl::StrAppend(&html, "<li>", HtmlText(Spaced(flag)), "</li>");
  }
  absl::StrAppendFormat(&html,
                        "<li class=\"sure\">%.2f sure</li></ul></div></li>\n",
                        item.confidence());
  return html;
}

ReportPage::ReportPage(std::string path, absl::string_view title,
                       const std::vector<std::string>& labels,
                       const ReportLimits& limits)
    : path_(std::move(path)),
      title_(title),
      limits_(limits),
      statistics_(labels) {}

absl::StatusOr<std::unique_ptr<ReportPage>> ReportPage::Open(
    const std::string& path, absl::string_view title,
    const std::vector<std::string>& labels, const ReportLimits& limits) {
  auto page = absl::WrapUnique(new ReportPage(path, title, labels, limits));
  const std::string cards = path + ".cards";
  page->cards_.open(cards, std::ios::binary | std::ios::trunc);
  if (!page->cards_) return Unwritable(cards);
  return page;
}

ReportPage::~ReportPage() {
  cards_.close();
  unlink((path_ + ".cards").c_str());
}

absl::Status ReportPage::Add(absl::string_view file,
                             const SheetOutcome& outcome) {
  if (outcome.ok()) {
    ++graded_;
    statistics_.Add(*outcome);
    for (const grade::v1::ScanPage& page : outcome->pages()) {
      if (!page.has_error()) continue;
      ++failed_pages_;
      AddFailure(file,
                 absl::StrCat("page ", page.index() + 1, " of the scan: "),
                 FromRpcStatus(page.error()));
    }
    if (outcome->review().empty()) return absl::OkStatus();
    ++sheets_to_review_;
    fields_to_review_ += outcome->review_size();
    return AddCards(file, *outcome);
  }
  ++failed_;
  AddFailure(file, "", outcome.status());
  return absl::OkStatus();
}

void ReportPage::AddFailure(absl::string_view file, absl::string_view what,
                            const absl::Status& failure) {
  if (static_cast<int>(failures_.size()) >= limits_.failures) return;
  const ErrorDetails details = DetailsOf(failure).value_or(ErrorDetails{});
  failures_.push_back(absl::StrCat(
      "<tr><th scope=\"row\">", HtmlName(file), "</th><td>", HtmlText(what),
      HtmlText(failure.message()), "<br><code>",
      HtmlText(CodeName(failure.code())), details.reason.empty() ? "" : ", ",
      HtmlText(details.reason), "</code></td></tr>\n"));
}

absl::Status ReportPage::AddCards(absl::string_view file,
                                  const GradeSheetResponse& sheet) {
  for (const ReviewItem& item : ReviewItemsOf(sheet)) {
    if (cards_written_ == limits_.cards) break;
    const std::string html = CardHtml(file, item);
    const int64_t bytes = static_cast<int64_t>(html.size());
    if (card_bytes_ + bytes > limits_.card_bytes) break;
    cards_ << html;
    if (!cards_) return Unwritable(path_ + ".cards");
    ++cards_written_;
    card_bytes_ += bytes;
    for (const std::string& flag : FlagsOrUnsure(item)) ++flags_[flag];
  }
  return absl::OkStatus();
}

std::string ReportPage::Head(absl::Time now) const {
  const std::string title = title_.empty() ? "Answer sheets" : title_;
  std::string html = absl::StrCat(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src "
      "'none'; img-src data:; style-src ",
      PolicySource(ReportStyle()), "; script-src ",
      PolicySource(ReportScript()),
      "; base-uri 'none'; form-action 'none'\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, "
      "initial-scale=1\">\n<meta name=\"color-scheme\" "
      "content=\"light dark\">\n<title>",
      HtmlText(title), "</title>\n<style>", ReportStyle(),
      "</style>\n</head>\n<body>\n<a class=\"skip\" href=\"#review\">To the "
      "fields to review</a>\n<div class=\"page\">\n<header>\n"
      "<p class=\"kicker\">Graded answer sheets</p>\n<h1>",
      HtmlName(title), "</h1>\n<p class=\"meta\">",
      Plural(graded_ + failed_, "sheet", "sheets"), ", ",
      absl::FormatTime("%e %B %Y, %H:%M", now, absl::LocalTimeZone()),
      "</p>\n<nav aria-label=\"Parts of this page\"><ul>");
  if (statistics_.has_scores()) {
    absl::StrAppend(&html, "<li><a href=\"#scores\">Scores</a></li>");
  }
  if (graded_ > 0) {
    absl::StrAppend(&html, "<li><a href=\"#questions\">",
                    statistics_.has_scores() ? "Questions" : "Fields",
                    "</a></li>");
  }
  if (failed_ > 0) {
    absl::StrAppend(&html, "<li><a href=\"#failed\">Not graded</a></li>");
  }
  absl::StrAppend(&html,
                  "<li><a href=\"#review\">To review</a></li></ul></nav>\n"
                  "</header>\n<main>\n");
  return html;
}

std::string ReportPage::Tiles() const {
  std::string html = "<dl class=\"tiles\">\n";
  absl::StrAppend(
      &html, TileHtml("Graded", absl::StrCat(graded_)),
      TileHtml("Not graded", absl::StrCat(failed_)),
      TileHtml("To review", absl::StrCat(fields_to_review_),
               fields_to_review_ == 0
                   ? ""
                   : absl::StrCat(
                         "on ", Plural(sheets_to_review_, "sheet", "sheets"))));
  if (statistics_.has_scores()) {
    const ScoreSummary scores = statistics_.Scores();
    absl::StrAppend(&html,
                    TileHtml("Mean score", Rounded(scores.mean, 2),
                             absl::StrCat("of ", Rounded(scores.max_score, 2))),
                    TileHtml("Median", Rounded(scores.median, 2)),
                    TileHtml("Std. deviation", Rounded(scores.deviation, 2)));
    if (scores.reliability.has_value()) {
      absl::StrAppend(&html,
                      TileHtml("Reliability",
                               absl::StrFormat("%.2f", *scores.reliability)));
    }
  }
  return html + "</dl>\n";
}

std::string ReportPage::ScoreSection() const {
  if (!statistics_.has_scores()) return "";
  return absl::StrCat(
      "<section id=\"scores\">\n<h2>Scores</h2>\n<p class=\"note\">How many "
      "sheets reached which score.</p>\n<div class=\"panel\">",
      ScoreChartHtml(statistics_.Scores()), "</div>\n</section>\n");
}

std::string ReportPage::QuestionSection() const {
  const std::vector<QuestionSummary> questions = statistics_.Questions();
  if (questions.empty()) return "";
  const bool has_key = statistics_.has_scores();
  return absl::StrCat(
      "<section id=\"questions\">\n<h2>", has_key ? "Questions" : "Fields",
      "</h2>\n<p class=\"note\">",
      has_key ? "<a href=\"#notes\">What difficulty and discrimination mean</a>"
              : "Without a key sheets are read, not scored.",
      "</p>\n<div class=\"panel\">", QuestionTableHtml(questions, has_key),
      "</div>\n</section>\n");
}

std::string ReportPage::FailureSection() const {
  if (failed_ + failed_pages_ == 0) return "";
  std::string html =
      "<section id=\"failed\">\n<h2>Not graded</h2>\n<div class=\"panel\">"
      "<table class=\"failed\">\n<thead><tr><th scope=\"col\">Sheet</th>"
      "<th scope=\"col\">Why</th></tr></thead>\n<tbody>\n";
  for (const std::string& row : failures_) absl::StrAppend(&html, row);
  absl::StrAppend(&html, "</tbody></table></div>\n");
  const int left_out =
      failed_ + failed_pages_ - static_cast<int>(failures_.size());
  if (left_out > 0) {
    // Pages of sheets that were graded have no line there.
    absl::StrAppend(&html, "<p class=\"note\">", left_out,
                    failed_pages_ == 0 ? " more are in results.csv.</p>\n"
                                       : " more are not shown.</p>\n");
  }
  return html + "</section>\n";
}

std::string ReportPage::ReviewHead() const {
  std::string html = "<section id=\"review\">\n<h2>To review</h2>\n";
  if (fields_to_review_ == 0) {
    return html + "<p class=\"note\">No reading is in doubt.</p>\n";
  }
  absl::StrAppend(
      &html,
      "<p class=\"note\">Readings that a person should look at. Rings "
      "show what was read; corrections go into review.csv.");
  if (cards_written_ < fields_to_review_) {
    absl::StrAppend(&html, " The first ", cards_written_, " of ",
                    fields_to_review_,
                    " are shown here; review.csv lists all.");
  }
  // Not hidden by style: without the script there is nothing to filter with.
  absl::StrAppend(
      &html,
      "</p>\n<div class=\"filters\" role=\"group\" aria-label=\"Filter\" "
      "hidden>\n<button type=\"button\" data-flag=\"\" "
      "aria-pressed=\"true\">all <span>",
      cards_written_, "</span></button>\n");
  for (const auto& [flag, count] : flags_) {
    absl::StrAppend(&html, "<button type=\"button\" data-flag=\"",
                    HtmlText(flag), "\" aria-pressed=\"false\">",
                    HtmlText(Spaced(flag)), " <span>", count,
                    "</span></button>\n");
  }
  absl::StrAppend(
      &html,
      "<label><span class=\"unseen\">Field or file</span><input "
      "type=\"search\" placeholder=\"Field or file\" autocomplete=\"off\">"
      "</label>\n<output></output>\n</div>\n<ul class=\"cards\">\n");
  return html;
}

absl::Status ReportPage::Finish(absl::Time now) {
  cards_.flush();
  if (!cards_) return Unwritable(path_ + ".cards");
  const std::string unfinished = path_ + ".new";
  {
    std::ofstream out(unfinished, std::ios::binary | std::ios::trunc);
    out << Head(now) << Tiles() << ScoreSection() << QuestionSection()
        << FailureSection() << ReviewHead();
    if (cards_written_ > 0) {
      std::ifstream cards(path_ + ".cards", std::ios::binary);
      out << cards.rdbuf();
    }
    if (fields_to_review_ > 0) out << "</ul>\n";
    out << "</section>\n</main>\n"
        << (statistics_.has_scores() ? kNotes : "") << "</div>\n<script>"
        << ReportScript() << "</script>\n</body>\n</html>\n";
    out.close();
    if (!out) {
      unlink(unfinished.c_str());
      return Unwritable(path_);
    }
  }
  if (std::rename(unfinished.c_str(), path_.c_str()) != 0) {
    return Unwritable(path_);
  }
  return absl::OkStatus();
}

}  // namespace sightline::cli
