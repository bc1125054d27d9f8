#include "bench/omr/tally.h"

#include <functional>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tests/generator/sheet_generator.h"

namespace sightline::bench {
namespace {

double FlaggedPercent(const Tally& tally) {
  return tally.fields == 0 ? 0 : 100.0 * tally.flagged / tally.fields;
}

// A figure that has a peer; `ratio` where less is better and a ratio means
// something.
std::string Figure(const std::string& name, double value,
                   const std::string& unit, double peer_value, bool ratio) {
  std::string line =
      absl::StrFormat(R"({"figure": "%s", "value": %.6g, "unit": "%s", )"
                      R"("peer": "memory-guide recipe", "peer_value": %.6g)",
                      name, value, unit, peer_value);
  if (ratio && value > 0) {
    absl::StrAppendFormat(&line, R"(, "ratio": %.3g)", peer_value / value);
  }
  return line + "}\n";
}

}  // namespace

void Tally::Add(const Verdict& verdict, double sheet_cpu_ms) {
  ++sheets;
  cpu_ms += sheet_cpu_ms;
  fields += verdict.fields;
  if (!verdict.accepted) {
    flagged += verdict.fields;
    ++sheets_with_wrong_fields;
    return;
  }
  ++accepted;
  wrong_alignments += verdict.wrong_alignment;
  sheets_with_wrong_fields += !verdict.wrong.empty();
  sheets_silently_wrong += verdict.SilentlyWrong() > 0;
  flagged += verdict.flagged;
  wrong += static_cast<int64_t>(verdict.wrong.size());
  silently_wrong += verdict.SilentlyWrong();
  silently_wrong_beyond_doubt += verdict.SilentlyWrongBeyondDoubt();
  blanks_read_as_marks += verdict.blanks_read_as_marks;
}

std::string Table(const std::vector<SideResult>& results) {
  std::string table = absl::StrFormat("%-42s", "");
  for (const SideResult& result : results) {
    absl::StrAppendFormat(&table, "%18s", result.name);
  }
  table += "\n";
  const auto row = [&](const std::string& name, const char* format,
                       const std::function<double(const SideResult&)>& value) {
    absl::StrAppendFormat(&table, "%-42s", name);
    for (const SideResult& result : results) {
      const auto spec = absl::ParsedFormat<'f'>::New(format);
      absl::StrAppend(&table, absl::StrFormat(*spec, value(result)));
    }
    table += "\n";
  };
  row("CPU ms per sheet, office scans", "%18.1f",
      [](const SideResult& r) { return r.cost.cpu_ms_per_sheet; });
  row("peak RSS MB, office scans", "%18.1f",
      [](const SideResult& r) { return r.cost.peak_mb; });
  row("  RSS MB before the first sheet", "%18.1f",
      [](const SideResult& r) { return r.cost.base_mb; });
  row("CPU ms per sheet, all conditions", "%18.1f", [](const SideResult& r) {
    return r.tally.sheets == 0 ? 0 : r.tally.cpu_ms / r.tally.sheets;
  });
  row("sheets", "%18.0f", [](const SideResult& r) { return r.tally.sheets; });
  row("sheets accepted", "%18.0f",
      [](const SideResult& r) { return r.tally.accepted; });
  row("wrong alignments accepted", "%18.0f",
      [](const SideResult& r) { return r.tally.wrong_alignments; });
  row("sheets with a wrong field, or refused", "%18.0f",
      [](const SideResult& r) { return r.tally.sheets_with_wrong_fields; });
  row("sheets with a silently wrong field", "%18.0f",
      [](const SideResult& r) { return r.tally.sheets_silently_wrong; });
  row("fields", "%18.0f", [](const SideResult& r) { return r.tally.fields; });
  row("wrong fields", "%18.0f",
      [](const SideResult& r) { return r.tally.wrong; });
  row("silently wrong fields", "%18.0f",
      [](const SideResult& r) { return r.tally.silently_wrong; });
  row("  of them beyond doubt", "%18.0f",
      [](const SideResult& r) { return r.tally.silently_wrong_beyond_doubt; });
  row("blank fields read as marked", "%18.0f",
      [](const SideResult& r) { return r.tally.blanks_read_as_marks; });
  row("flagged fields %", "%18.2f",
      [](const SideResult& r) { return FlaggedPercent(r.tally); });

  absl::StrAppend(&table,
                  "\nby condition: accepted of all / wrong alignments / "
                  "silently wrong (beyond doubt)\n");
  const std::vector<generator::Condition>& conditions =
      generator::AllConditions();
  for (size_t i = 0; i < conditions.size(); ++i) {
    if (results[0].by_condition[i].sheets == 0) continue;
    absl::StrAppendFormat(&table, "%-18s", conditions[i].name);
    for (const SideResult& result : results) {
      const Tally& tally = result.by_condition[i];
      absl::StrAppendFormat(
          &table, "%28s",
          absl::StrFormat("%d of %d / %d / %d (%d)", tally.accepted,
                          tally.sheets, tally.wrong_alignments,
                          tally.silently_wrong,
                          tally.silently_wrong_beyond_doubt));
    }
    table += "\n";
  }
  return table;
}

std::string JsonFigures(const std::vector<SideResult>& results,
                        int sheets_lost_to_peer) {
  const SideResult& ours = results[0];
  const SideResult& peer = results[1];
  std::string json;
  absl::StrAppend(
      &json,
      Figure("omr_cpu_ms_per_sheet", ours.cost.cpu_ms_per_sheet, "ms",
             peer.cost.cpu_ms_per_sheet, true),
      Figure("omr_peak_rss_mb", ours.cost.peak_mb, "MB", peer.cost.peak_mb,
             true),
      Figure("omr_wrong_alignments_accepted", ours.tally.wrong_alignments,
             "sheets", peer.tally.wrong_alignments, false),
      Figure("omr_silent_wrong_fields", ours.tally.silently_wrong, "fields",
             peer.tally.silently_wrong, false),
      Figure("omr_silent_wrong_fields_beyond_doubt",
             ours.tally.silently_wrong_beyond_doubt, "fields",
             peer.tally.silently_wrong_beyond_doubt, false),
      Figure("omr_blank_fields_read_as_marked", ours.tally.blanks_read_as_marks,
             "fields", peer.tally.blanks_read_as_marks, false),
      Figure("omr_flagged_fields_pct", FlaggedPercent(ours.tally), "%",
             FlaggedPercent(peer.tally), false),
      Figure("omr_refused_sheets", ours.tally.sheets - ours.tally.accepted,
             "sheets", peer.tally.sheets - peer.tally.accepted, false));
  absl::StrAppendFormat(
      &json,
      "{\"figure\": \"omr_sheets_right_only_for_peer\", \"value\": %d, "
      "\"unit\": \"sheets\"}\n",
      sheets_lost_to_peer);
  return json;
}

}  // namespace sightline::bench
