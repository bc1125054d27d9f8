#include "tools/sightline/output/sheet_report.h"

#include <map>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "common/status/error.h"
#include "common/status/grpc_status.h"
#include "tools/sightline/client/rpc_error.h"
#include "tools/sightline/text/csv.h"
#include "tools/sightline/text/printable.h"
#include "tools/sightline/text/table.h"

namespace sightline::cli {
namespace {

using grade::v1::CombinedReading;
using grade::v1::FieldReading;
using grade::v1::GradeSheetResponse;
using grade::v1::QuestionResult;
using grade::v1::Verdict;

Style StyleOf(Verdict verdict) {
  switch (verdict) {
    case grade::v1::VERDICT_CORRECT:
    case grade::v1::VERDICT_BONUS:
      return Style::kGood;
    case grade::v1::VERDICT_INCORRECT:
    case grade::v1::VERDICT_MULTIPLE:
      return Style::kBad;
    case grade::v1::VERDICT_PARTIAL:
      return Style::kDoubtful;
    default:
      return Style::kPlain;
  }
}

bool IsRight(Verdict verdict) {
  return verdict == grade::v1::VERDICT_CORRECT ||
         verdict == grade::v1::VERDICT_BONUS;
}

std::string HeadLine(absl::string_view file, const GradeSheetResponse& sheet,
                     bool coloured) {
  std::string line = Styled(Printable(file), Style::kStrong, coloured);
  if (sheet.has_score()) {
    absl::StrAppend(&line, "  score ", Rounded(sheet.score(), 2), " of ",
                    Rounded(sheet.max_score(), 2));
  }
  const auto& alignment = sheet.alignment();
  if (alignment.method() == align::v1::ALIGN_METHOD_UNSPECIFIED) {
    absl::StrAppend(&line, "  aligned as scanned");
  } else {
    absl::StrAppend(&line, "  aligned by ", MethodName(alignment.method()),
                    absl::StrFormat(" (%.2f)", alignment.confidence()));
  }
  if (!sheet.review().empty()) {
    const std::string review =
        absl::StrCat("review ", Printable(absl::StrJoin(sheet.review(), ", ")));
    absl::StrAppend(&line, "  ", Styled(review, Style::kDoubtful, coloured));
  }
  return line + "\n";
}

// What became of the scan's pages, where something did.
std::string PageLines(const GradeSheetResponse& sheet, bool coloured) {
  std::string lines;
  for (const grade::v1::ScanPage& page : sheet.pages()) {
    if (!page.has_error()) continue;
    absl::StrAppend(
        &lines, "  ",
        Styled(absl::StrCat("page ", page.index() + 1, " of the scan"),
               Style::kBad, coloured),
        ": ", DescribeError(FromRpcStatus(page.error())));
  }
  return lines;
}

// The rows of a sheet's table.
class SheetRows {
 public:
  SheetRows(const GradeSheetResponse& sheet, TableDetail detail)
      : detail_(detail),
        review_(sheet.review().begin(), sheet.review().end()),
        table_({{"field"},
                {"answer"},
                {"sure", true},
                {"flags"},
                {"expected"},
                {"verdict"},
                {"score", true}}) {
    for (const QuestionResult& question : sheet.questions()) {
      questions_[question.field()] = &question;
    }
    for (const FieldReading& field : sheet.fields()) {
      std::vector<std::string> flags;
      for (const int flag : field.flags()) flags.push_back(FlagWord(flag));
      Add(field.label(), field.answer(), field.confidence(),
          absl::StrJoin(flags, ", "));
    }
    for (const CombinedReading& combined : sheet.combined()) {
      Add(combined.label(), combined.answer(), combined.confidence(), "");
    }
  }

  std::string Render(bool coloured) const { return table_.Render(coloured); }

 private:
  void Add(const std::string& label, const std::string& answer,
           double confidence, const std::string& flags) {
    const auto found = questions_.find(label);
    const QuestionResult* question =
        found == questions_.end() ? nullptr : found->second;
    const bool doubtful = review_.count(label) > 0;
    if (detail_ == TableDetail::kReview && !doubtful &&
        (question == nullptr ||
         (IsRight(question->verdict()) && !question->needs_review()))) {
      return;
    }
    std::vector<Cell> cells = {{label, Style::kPlain},
                               {answer.empty() ? "-" : answer, Style::kPlain},
                               {absl::StrFormat("%.2f", confidence),
                                doubtful ? Style::kDoubtful : Style::kPlain},
                               {flags, Style::kDoubtful}};
    if (question != nullptr) {
      cells.push_back({question->expected(), Style::kPlain});
      cells.push_back(
          {VerdictWord(question->verdict()), StyleOf(question->verdict())});
      cells.push_back({Rounded(question->score(), 2), Style::kPlain});
    }
    table_.AddRow(std::move(cells));
  }

  const TableDetail detail_;
  const std::set<std::string> review_;
  std::map<std::string, const QuestionResult*> questions_;
  Table table_;
};

void WritePages(const GradeSheetResponse& sheet, JsonWriter& json) {
  json.Key("pages").BeginArray();
  for (const grade::v1::ScanPage& page : sheet.pages()) {
    json.BeginObject();
    json.Key("page").Number(page.index() + 1);
    json.Key("layout_page");
    if (page.has_layout_page()) {
      json.Number(page.layout_page() + 1);
    } else {
      json.Null();
    }
    json.Key("match").String(
        page.match() == grade::v1::PAGE_MATCH_UNSPECIFIED
            ? "none"
            : ShortName(grade::v1::PageMatch_Name(page.match()),
                        "PAGE_MATCH_"));
    json.Key("method").String(
        page.has_alignment() ? MethodName(page.alignment().method()) : "");
    json.Key("confidence").Number(page.alignment().confidence());
    json.Key("error");
    WriteErrorJson(
        page.has_error() ? FromRpcStatus(page.error()) : absl::OkStatus(),
        json);
    json.EndObject();
  }
  json.EndArray();
}

void WriteSheetMembers(const GradeSheetResponse& sheet, JsonWriter& json) {
  json.Key("fields").BeginObject();
  for (const FieldReading& field : sheet.fields()) {
    json.Key(field.label()).String(field.answer());
  }
  json.EndObject();
  json.Key("review").BeginArray();
  for (const std::string& label : sheet.review()) json.String(label);
  json.EndArray();
  json.Key("flags").BeginObject();
  for (const FieldReading& field : sheet.fields()) {
    if (field.flags().empty()) continue;
    json.Key(field.label()).BeginArray();
    for (const int flag : field.flags()) json.String(FlagWord(flag));
    json.EndArray();
  }
  json.EndObject();
  if (sheet.boxes_size() > 0) {
    json.Key("boxes").BeginObject();
    for (const grade::v1::BoxReading& box : sheet.boxes()) {
      json.Key(box.label()).Number(box.ink());
    }
    json.EndObject();
  }
  json.Key("confidence").BeginObject();
  for (const FieldReading& field : sheet.fields()) {
    json.Key(field.label()).Number(field.confidence());
  }
  json.EndObject();
  json.Key("score");
  if (sheet.has_score()) {
    json.Number(sheet.score());
  } else {
    json.Null();
  }
  json.Key("alignment").BeginObject();
  json.Key("method").String(MethodName(sheet.alignment().method()));
  json.Key("confidence").Number(sheet.alignment().confidence());
  json.EndObject();
  if (!sheet.pages().empty()) WritePages(sheet, json);
  if (!sheet.combined().empty()) {
    json.Key("combined").BeginObject();
    for (const CombinedReading& combined : sheet.combined()) {
      json.Key(combined.label()).String(combined.answer());
    }
    json.EndObject();
  }
  if (!sheet.has_max_score()) return;
  json.Key("max_score").Number(sheet.max_score());
  json.Key("questions").BeginObject();
  for (const QuestionResult& question : sheet.questions()) {
    json.Key(question.field()).BeginObject();
    json.Key("answer").String(question.answer());
    json.Key("expected").String(question.expected());
    json.Key("verdict").String(VerdictWord(question.verdict()));
    json.Key("score").Number(question.score());
    json.EndObject();
  }
  json.EndObject();
}

}  // namespace

std::string SheetTable(absl::string_view file, const SheetOutcome& outcome,
                       TableDetail detail, bool coloured) {
  if (!outcome.ok()) {
    return absl::StrCat(Styled(Printable(file), Style::kStrong, coloured), "  ",
                        Styled("not graded", Style::kBad, coloured), ": ",
                        DescribeError(outcome.status()));
  }
  std::string text =
      HeadLine(file, *outcome, coloured) + PageLines(*outcome, coloured);
  if (detail != TableDetail::kSummary) {
    absl::StrAppend(&text, SheetRows(*outcome, detail).Render(coloured));
  }
  return text;
}

std::string SheetJson(absl::string_view file, const SheetOutcome& outcome) {
  JsonWriter json;
  json.BeginObject();
  json.Key("file").String(file);
  json.Key("error");
  WriteErrorJson(outcome.status(), json);
  if (outcome.ok()) {
    WriteSheetMembers(*outcome, json);
  } else {
    json.Key("fields").BeginObject().EndObject();
    json.Key("review").BeginArray().EndArray();
    json.Key("flags").BeginObject().EndObject();
    json.Key("confidence").BeginObject().EndObject();
    json.Key("score").Null();
    json.Key("alignment").Null();
  }
  json.EndObject();
  return json.text();
}

void WriteErrorJson(const absl::Status& status, JsonWriter& json) {
  if (status.ok()) {
    json.Null();
    return;
  }
  const ErrorDetails details = DetailsOf(status).value_or(ErrorDetails{});
  json.BeginObject();
  json.Key("code").String(CodeName(status.code()));
  json.Key("reason").String(details.reason);
  json.Key("message").String(status.message());
  if (!details.fields.empty()) {
    json.Key("fields").BeginArray();
    for (const FieldViolation& violation : details.fields) {
      json.BeginObject();
      json.Key("field").String(violation.field);
      json.Key("description").String(violation.description);
      json.EndObject();
    }
    json.EndArray();
  }
  if (details.retry_after.has_value()) {
    json.Key("retry_after_s")
        .Number(absl::ToDoubleSeconds(*details.retry_after));
  }
  json.EndObject();
}

std::string CsvHeader(const std::vector<std::string>& labels) {
  std::vector<std::string> values = {"file", "error"};
  values.insert(values.end(), labels.begin(), labels.end());
  values.insert(values.end(), {"score", "max_score", "review"});
  return CsvRecord(values);
}

std::string SheetCsv(absl::string_view file, const SheetOutcome& outcome,
                     const std::vector<std::string>& labels) {
  std::vector<std::string> values = {std::string(file)};
  if (!outcome.ok()) {
    values.push_back(SummarizeError(outcome.status()));
    values.resize(labels.size() + 5);
    return CsvRecord(values);
  }
  std::map<std::string, std::string> answers;
  for (const FieldReading& field : outcome->fields()) {
    answers[field.label()] = field.answer();
  }
  for (const CombinedReading& combined : outcome->combined()) {
    answers[combined.label()] = combined.answer();
  }
  values.push_back("");
  for (const std::string& label : labels) values.push_back(answers[label]);
  values.push_back(outcome->has_score() ? ShortestNumber(outcome->score())
                                        : "");
  values.push_back(
      outcome->has_max_score() ? ShortestNumber(outcome->max_score()) : "");
  values.push_back(absl::StrJoin(outcome->review(), " "));
  return CsvRecord(values);
}

void SheetSummary::Add(const SheetOutcome& outcome) {
  if (!outcome.ok()) {
    ++failed_;
    first_failure_.Update(outcome.status());
    return;
  }
  ++graded_;
  if (!outcome->review().empty()) ++to_review_;
  if (outcome->has_score()) {
    ++scored_;
    score_sum_ += outcome->score();
    max_score_sum_ += outcome->max_score();
  }
}

std::string SheetSummary::Text() const {
  const int all = graded_ + failed_;
  std::string text = absl::StrCat(
      all, all == 1 ? " sheet: " : " sheets: ", graded_, " graded");
  if (failed_ > 0) absl::StrAppend(&text, ", ", failed_, " failed");
  if (to_review_ > 0) absl::StrAppend(&text, ", ", to_review_, " to review");
  if (scored_ > 0) {
    absl::StrAppend(&text, ", mean score ", Rounded(score_sum_ / scored_, 2),
                    " of ", Rounded(max_score_sum_ / scored_, 2));
  }
  return text;
}

std::string ShortName(absl::string_view enum_name, absl::string_view prefix) {
  return absl::AsciiStrToLower(absl::StripPrefix(enum_name, prefix));
}

std::string FlagWord(int flag) {
  return ShortName(
      grade::v1::Flag_IsValid(flag)
          ? grade::v1::Flag_Name(static_cast<grade::v1::Flag>(flag))
          : absl::StrCat("FLAG_", flag),
      "FLAG_");
}

std::string VerdictWord(grade::v1::Verdict verdict) {
  return ShortName(grade::v1::Verdict_IsValid(verdict)
                       ? grade::v1::Verdict_Name(verdict)
                       : absl::StrCat("VERDICT_", static_cast<int>(verdict)),
                   "VERDICT_");
}

std::string MethodName(align::v1::AlignMethod method) {
  if (method == align::v1::ALIGN_METHOD_UNSPECIFIED) return "aligned";
  return ShortName(
      align::v1::AlignMethod_IsValid(method)
          ? align::v1::AlignMethod_Name(method)
          : absl::StrCat("ALIGN_METHOD_", static_cast<int>(method)),
      "ALIGN_METHOD_");
}

std::string Rounded(double value, int decimals) {
  std::string text = absl::StrFormat("%.*f", decimals, value);
  if (text.find('.') != std::string::npos) {
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.pop_back();
  }
  return text == "-0" ? "0" : text;
}

}  // namespace sightline::cli
