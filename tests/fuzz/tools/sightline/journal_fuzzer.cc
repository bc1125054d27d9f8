// Reads bytes as the journal of `sightline grade --out`, and what is found
// there into a report. Whatever comes in, nothing crashes; what is called
// intact reads the same again.
//
// The first byte decides whether the bytes are a journal, or the content of an
// entry that is framed as it should be: a fuzzer cannot guess checksums.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <sstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/status/grpc_status.h"
#include "tools/sightline/output/sheet_report.h"
#include "tools/sightline/report/journal.h"
#include "tools/sightline/report/report_charts.h"
#include "tools/sightline/report/report_page.h"
#include "tools/sightline/report/review_list.h"
#include "tools/sightline/report/statistics.h"

namespace sightline::cli {
namespace {

void Demand(bool promise, const char* what) {
  if (promise) return;
  std::fprintf(stderr, "broken promise: %s\n", what);
  std::abort();
}

int Count(const std::string& text, const std::string& part) {
  int count = 0;
  for (size_t at = text.find(part); at != std::string::npos;
       at = text.find(part, at + 1)) {
    ++count;
  }
  return count;
}

void Report(const JournalEntry& entry, Statistics& statistics) {
  const SheetOutcome outcome = entry.has_error()
                                   ? SheetOutcome(FromRpcStatus(entry.error()))
                                   : SheetOutcome(entry.result());
  SheetCsv(entry.path(), outcome, {"q1"});
  if (!outcome.ok()) return;
  statistics.Add(*outcome);
  for (const auto& item : ReviewItemsOf(*outcome)) {
    ReviewCsv(entry.path(), item, "");
    const std::string card = CardHtml(entry.path(), item);
    Demand(Count(card, "<script") == 0, "names stay text");
    Demand(Count(card, "<li class=\"card\"") == 1, "one card an item");
  }
}

int64_t Read(const std::string& bytes, int* entries) {
  std::istringstream in(bytes);
  Statistics statistics({"q1"});
  const int64_t intact =
      ScanJournal(in, [&](int64_t, const JournalEntry& entry) {
        ++*entries;
        Report(entry, statistics);
      });
  const std::string table =
      QuestionTableHtml(statistics.Questions(), statistics.has_scores());
  Demand(Count(table, "<script") == 0, "labels stay text");
  if (statistics.has_scores()) ScoreChartHtml(statistics.Scores());
  return intact;
}

}  // namespace
}  // namespace sightline::cli

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace sightline::cli;
  if (size == 0) return 0;
  std::string bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (data[0] % 2 == 0) {
    JournalEntry entry;
    if (!entry.ParseFromString(bytes)) return 0;
    bytes = absl::StrCat(std::string(JournalHead()), JournalBytes(entry));
  } else if (data[0] % 4 == 1) {
    bytes = std::string(JournalHead()) + bytes;
  }
  int entries = 0;
  const int64_t intact = Read(bytes, &entries);
  Demand(intact >= 0 && intact <= static_cast<int64_t>(bytes.size()),
         "what is intact is part of what there is");
  int again = 0;
  Demand(Read(bytes.substr(0, static_cast<size_t>(intact)), &again) == intact,
         "what is intact stays intact");
  Demand(again == entries, "and holds the same entries");
  return 0;
}
