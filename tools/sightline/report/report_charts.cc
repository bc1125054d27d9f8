#include "tools/sightline/report/report_charts.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tools/sightline/output/sheet_report.h"
#include "tools/sightline/report/html_text.h"

namespace sightline::cli {
namespace {

constexpr double kMostBins = 21;
constexpr size_t kAnswersShown = 6;
// Questions that tell good sheets from poor ones less than this are named, from
// as many sheets on that chance alone seldom does it: the standard error of r
// is about 1 / sqrt(sheets).
constexpr double kWeakDiscrimination = 0.1;
constexpr int kSheetsForWeak = 30;

// A share as percentage; what is there is never "0 %".
std::string Percent(int count, int all) {
  if (all == 0) return "0 %";
  const double percent = 100.0 * count / all;
  if (count > 0 && percent < 0.5) return "&lt;1 %";
  if (count < all && percent >= 99.5) return "&gt;99 %";
  return absl::StrFormat("%.0f %%", percent);
}

// The smallest of 1, 2, 5, 10, 20 ... (times 0.01) that is at least `least`.
double RoundStep(double least) {
  for (double power = 0.01; power < 1e12; power *= 10) {
    for (const double digit : {1, 2, 5}) {
      if (digit * power >= least * (1 - 1e-9)) return digit * power;
    }
  }
  return least;
}

struct Outcome {
  const char* style;
  const char* word;
  int count;
};

std::vector<Outcome> OutcomesOf(const QuestionSummary& question, bool has_key) {
  if (!has_key) {
    return {{"answered", "answered", question.answered},
            {"blank", "blank", question.blank},
            {"multiple", "multiple", question.multiple}};
  }
  return {{"right", "right", question.right},
          {"partial", "partly right", question.partial},
          {"wrong", "wrong", question.wrong},
          {"blank", "blank", question.blank},
          {"multiple", "multiple", question.multiple}};
}

std::string OutcomesHtml(const QuestionSummary& question, bool has_key) {
  const std::vector<Outcome> outcomes = OutcomesOf(question, has_key);
  std::string html =
      "<svg class=\"stack\" aria-hidden=\"true\" "
      "preserveAspectRatio=\"none\">";
  double left = 0;
  for (const Outcome& outcome : outcomes) {
    if (outcome.count == 0) continue;
    const double width = 100.0 * outcome.count / std::max(question.sheets, 1);
    absl::StrAppendFormat(
        &html,
        "<rect class=\"%s\" x=\"%.3f%%\" width=\"%.3f%%\" height=\"100%%\"/>",
        outcome.style, left, width);
    left += width;
  }
  absl::StrAppend(&html, "</svg><ul class=\"shares\">");
  for (const Outcome& outcome : outcomes) {
    if (outcome.count == 0) continue;
    absl::StrAppend(&html, "<li class=\"", outcome.style, "\">", outcome.word,
                    " ", Percent(outcome.count, question.sheets), "</li>");
  }
  return html + "</ul>";
}

std::string ChosenHtml(const QuestionSummary& question) {
  int others = 0;
  const auto counts = question.answers.MostFrequent(kAnswersShown, &others);
  std::string html = "<ul class=\"chosen\">";
  for (const AnswerCounts::Count& count : counts) {
    const bool is_key =
        !question.expected.empty() && count.answer == question.expected;
    absl::StrAppend(&html, is_key ? "<li class=\"key\">" : "<li>", "<b>",
                    HtmlName(count.answer.empty() ? "-" : count.answer),
                    "</b> ", Percent(count.count, question.sheets), "</li>");
  }
  if (others > 0) {
    absl::StrAppend(&html, "<li>others ", Percent(others, question.sheets),
                    "</li>");
  }
  return html + "</ul>";
}

std::string Coefficient(const std::optional<double>& value) {
  if (!value.has_value()) return "&ndash;";
  const std::string text = absl::StrFormat("%.2f", *value);
  if (text == "-0.00") return "0.00";
  return *value < 0 ? "&minus;" + text.substr(1) : text;
}

std::string DiscriminationHtml(const QuestionSummary& question) {
  std::string html = Coefficient(question.discrimination);
  if (!question.discrimination.has_value()) return html;
  if (*question.discrimination < -1 / std::sqrt(question.sheets)) {
    absl::StrAppend(&html, "<br><span class=\"hint\">check the key</span>");
  } else if (*question.discrimination < kWeakDiscrimination &&
             question.sheets >= kSheetsForWeak) {
    absl::StrAppend(&html, "<br><span class=\"hint\">weak</span>");
  }
  return html;
}

// "12", or "from 10 to below 12".
std::string BinName(const ScoreBins& bins, size_t i) {
  const double from = bins.low + static_cast<double>(i) * bins.step;
  if (bins.is_single) return Rounded(from, 2);
  return absl::StrCat("from ", Rounded(from, 2), " to below ",
                      Rounded(from + bins.step, 2));
}

}  // namespace

std::string TileHtml(absl::string_view name, absl::string_view figure,
                     absl::string_view rest) {
  std::string html = absl::StrCat("<div class=\"tile\"><dt>", HtmlText(name),
                                  "</dt><dd>", HtmlText(figure));
  if (!rest.empty()) {
    absl::StrAppend(&html, " <small>", HtmlText(rest), "</small>");
  }
  return html + "</dd></div>\n";
}

ScoreBins BinScores(const ScoreSummary& scores) {
  ScoreBins bins;
  const double lowest = std::min(0.0, scores.scores.front());
  const double highest = std::max(scores.max_score, scores.scores.back());
  const bool is_whole =
      std::all_of(scores.scores.begin(), scores.scores.end(),
                  [](double score) { return score == std::round(score); });
  bins.step = RoundStep((highest - lowest) / (kMostBins - 1));
  if (is_whole) bins.step = std::max(bins.step, 1.0);
  bins.is_single = is_whole && bins.step == 1;
  bins.low = std::floor(lowest / bins.step) * bins.step;
  const auto bin_of = [&](double score) {
    return static_cast<size_t>(
        std::max(0.0, std::floor((score - bins.low) / bins.step + 1e-9)));
  };
  bins.counts.resize(bin_of(highest) + 1);
  for (const double score : scores.scores) ++bins.counts[bin_of(score)];
  return bins;
}

std::string ScoreChartHtml(const ScoreSummary& scores) {
  // Pixels down: the bars stand between these lines.
  constexpr double kTop = 24;
  constexpr double kBottom = 212;
  const ScoreBins bins = BinScores(scores);
  const double width = 100.0 / static_cast<double>(bins.counts.size());
  const int most = *std::max_element(bins.counts.begin(), bins.counts.end());
  const auto height_at = [&](double count) {
    return kBottom - (kBottom - kTop) * count / std::max(most, 1);
  };
  std::string html = absl::StrCat(
      "<svg class=\"chart\" role=\"img\" aria-label=\"", scores.scores.size(),
      " scores from ", Rounded(scores.scores.front(), 2), " to ",
      Rounded(scores.scores.back(), 2), ", mean ", Rounded(scores.mean, 2),
      ", median ", Rounded(scores.median, 2), "\">\n");
  const double line_step = std::max(1.0, RoundStep(most / 4.0));
  for (double count = line_step; count <= most; count += line_step) {
    absl::StrAppendFormat(
        &html,
        "<line class=\"grid\" x1=\"0\" x2=\"100%%\" y1=\"%.1f\" y2=\"%.1f\"/>"
        "<text x=\"0\" y=\"%.1f\">%.0f</text>\n",
        height_at(count), height_at(count), height_at(count) - 4, count);
  }
  const size_t every = (bins.counts.size() + 6) / 7;
  for (size_t i = 0; i < bins.counts.size(); ++i) {
    const double left = width * static_cast<double>(i);
    const int count = bins.counts[i];
    if (count > 0) {
      const double top = height_at(count);
      absl::StrAppendFormat(
          &html,
          "<rect class=\"bar\" x=\"%.3f%%\" width=\"%.3f%%\" y=\"%.1f\" "
          "height=\"%.1f\" rx=\"2\"><title>%s: %d %s</title></rect>"
          "<text class=\"count\" x=\"%.3f%%\" y=\"%.1f\">%d</text>\n",
          left + 0.08 * width, 0.84 * width, top, kBottom - top,
          BinName(bins, i), count, count == 1 ? "sheet" : "sheets",
          left + width / 2, top - 5, count);
    }
    if (i % every == 0) {
      absl::StrAppendFormat(
          &html, "<text class=\"tick\" x=\"%.3f%%\" y=\"%.1f\">%s</text>\n",
          left + (bins.is_single ? width / 2 : 0), kBottom + 18,
          Rounded(bins.low + static_cast<double>(i) * bins.step, 2));
    }
  }
  // A single score stands in the middle of its bar.
  const double mean =
      ((scores.mean - bins.low) / bins.step + (bins.is_single ? 0.5 : 0)) *
      width;
  absl::StrAppendFormat(
      &html,
      "<line class=\"base\" x1=\"0\" x2=\"100%%\" y1=\"%.1f\" y2=\"%.1f\"/>"
      "<line class=\"mean\" x1=\"%.3f%%\" x2=\"%.3f%%\" y1=\"14\" y2=\"%.1f\"/>"
      "<text class=\"mean-text\" x=\"%.3f%%\" y=\"8\" "
      "text-anchor=\"%s\">mean %s</text>\n</svg>\n",
      kBottom, kBottom, mean, mean, kBottom, mean,
      mean < 15 ? "start" : (mean > 85 ? "end" : "middle"),
      Rounded(scores.mean, 2));
  return html;
}

std::string QuestionTableHtml(const std::vector<QuestionSummary>& questions,
                              bool has_key) {
  std::string html =
      "<table class=\"questions\">\n<thead><tr><th scope=\"col\">";
  absl::StrAppend(&html, has_key ? "Question" : "Field", "</th>");
  if (has_key) absl::StrAppend(&html, "<th scope=\"col\">Key</th>");
  absl::StrAppend(&html, "<th scope=\"col\">What became of it</th>");
  if (has_key) {
    absl::StrAppend(&html,
                    "<th scope=\"col\" class=\"number\">Difficulty</th>"
                    "<th scope=\"col\" class=\"number\">Discrimination</th>");
  }
  absl::StrAppend(&html,
                  "<th scope=\"col\">Answers chosen</th></tr></thead>\n"
                  "<tbody>\n");
  for (const QuestionSummary& question : questions) {
    absl::StrAppend(&html, "<tr><th scope=\"row\" class=\"label\">",
                    HtmlName(question.label), "</th>");
    if (has_key) {
      absl::StrAppend(
          &html, "<td class=\"answer\" data-name=\"key\">",
          HtmlName(question.expected.empty() ? "-" : question.expected),
          "</td>");
    }
    absl::StrAppend(&html, "<td class=\"outcomes\">",
                    OutcomesHtml(question, has_key), "</td>");
    if (has_key) {
      absl::StrAppend(&html, "<td class=\"number\" data-name=\"difficulty\">",
                      Coefficient(question.difficulty),
                      "</td><td class=\"number\" "
                      "data-name=\"discrimination\">",
                      DiscriminationHtml(question), "</td>");
    }
    absl::StrAppend(&html, "<td class=\"options\">", ChosenHtml(question),
                    "</td></tr>\n");
  }
  return html + "</tbody></table>\n";
}

}  // namespace sightline::cli
