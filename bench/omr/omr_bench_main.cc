// Grades generated sheets with our engines and with the memory guide's recipe,
// side by side in one run, each in a process of its own.
//
//   omr_bench                      the table
//   omr_bench --json               one JSON object per figure
//   omr_bench --sheets 50 --failures failures.txt
//   omr_bench --alignment_corpus 5000   only ours: what confidences are worth
//
// Cost: plain office scans (A4, 300 dpi, colour JPEG, up to 4 degrees, every
// eighth upside down) after a first one that is not counted. Accuracy: sheets
// over all form families and conditions; every second form with markers comes
// to our side without a picture of the blank page. A sheet is made again by the
// sheet_generator line that --failures prints.
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "bench/omr/alignment_corpus.h"
#include "bench/omr/judge.h"
#include "bench/omr/reliability.h"
#include "bench/omr/side_process.h"
#include "bench/omr/tally.h"
#include "common/status/status_macros.h"
#include "tests/generator/sheet_files.h"
#include "tests/generator/sheet_generator.h"

namespace sightline::bench {
namespace {

using generator::Degradation;
using generator::GeneratedSheet;
using generator::MarkProfile;
using generator::SheetSpecification;

struct Options {
  int sheets = 500;
  int cost_sheets = 24;
  uint64_t seed = 1;
  bool json = false;
  // Without the recipe: quick answers while an engine is worked on.
  bool ours_only = false;
  std::string failures;
  // A picture of what our confidences are worth goes here.
  std::string reliability;
  // > 0: nothing but so many sheets of the alignment corpus, from number
  // `first`.
  int alignment_corpus = 0;
  int first = 0;
};

constexpr char kUsage[] =
    "usage: omr_bench [--json] [--sheets N] [--cost_sheets N] [--seed S]\n"
    "    [--ours_only] [--failures FILE] [--reliability FILE.svg]\n"
    "  or: omr_bench --alignment_corpus N [--seed S] [--first I]\n"
    "    [--failures FILE]\n";

absl::StatusOr<Options> Parse(const std::vector<std::string>& arguments) {
  Options options;
  for (size_t i = 0; i < arguments.size(); ++i) {
    const std::string& flag = arguments[i];
    if (flag == "--json") {
      options.json = true;
      continue;
    }
    if (flag == "--ours_only") {
      options.ours_only = true;
      continue;
    }
    if (i + 1 >= arguments.size()) {
      return absl::InvalidArgumentError(
          absl::StrCat(flag, " needs a value or is not known"));
    }
    const std::string& value = arguments[++i];
    bool good = true;
    if (flag == "--sheets") {
      good = absl::SimpleAtoi(value, &options.sheets) && options.sheets >= 0;
    } else if (flag == "--cost_sheets") {
      good = absl::SimpleAtoi(value, &options.cost_sheets) &&
             options.cost_sheets >= 1;
    } else if (flag == "--seed") {
      good = absl::SimpleAtoi(value, &options.seed);
    } else if (flag == "--alignment_corpus") {
      good = absl::SimpleAtoi(value, &options.alignment_corpus) &&
             options.alignment_corpus >= 1;
    } else if (flag == "--first") {
      good = absl::SimpleAtoi(value, &options.first) && options.first >= 0;
    } else if (flag == "--reliability") {
      options.reliability = value;
    } else if (flag == "--failures") {
      options.failures = value;
    } else {
      good = false;
    }
    if (!good) {
      return absl::InvalidArgumentError(absl::StrCat(flag, " ", value));
    }
  }
  if (options.json && options.ours_only) {
    return absl::InvalidArgumentError("--json needs the recipe");
  }
  return options;
}

// A folder for the scans that goes with its owner.
class ScratchFolder {
 public:
  ScratchFolder()
      : path_(std::filesystem::temp_directory_path() /
              absl::StrCat("omr_bench_", getpid())) {
    std::filesystem::create_directories(path_);
  }
  ~ScratchFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  std::string File(const std::string& name) const {
    return (path_ / name).string();
  }

 private:
  std::filesystem::path path_;
};

absl::Status MeasureCost(const Options& options, const ScratchFolder& folder,
                         std::vector<SideResult>& results) {
  constexpr generator::FormFamily kFamily = generator::FormFamily::kStandard;
  const auto form = std::make_shared<const generator::PrintedForm>(
      generator::PrintForm(kFamily, 0));
  int64_t bytes = 0;
  for (int i = 0; i <= options.cost_sheets; ++i) {
    SheetSpecification specification;
    specification.degradations = {Degradation::kRotation};
    if (i % 8 == 7) {
      specification.degradations.push_back(Degradation::kRotation180);
    }
    SL_ASSIGN_OR_RETURN(
        const GeneratedSheet sheet,
        generator::GenerateSheet(form, specification, options.seed + i));
    bytes += static_cast<int64_t>(sheet.jpeg.size());
    SL_RETURN_IF_ERROR(generator::WriteFile(
        folder.File(absl::StrCat("cost", i, ".jpg")), sheet.jpeg));
  }
  std::fprintf(
      stderr, "cost: %d scans of 2480 x 3508, mean %lld KB\n",
      options.cost_sheets,
      static_cast<long long>(bytes / (options.cost_sheets + 1) / 1000));
  std::vector<SideProcess> processes;
  for (SideResult& result : results) {
    SL_ASSIGN_OR_RETURN(SideProcess process, SideProcess::Start(result.name));
    processes.push_back(std::move(process));
    SL_RETURN_IF_ERROR(processes.back().Prepare(kFamily, 0));
    SL_ASSIGN_OR_RETURN(result.cost.base_mb, processes.back().ResetPeak());
  }
  // In turns, so that a busy machine is equally busy for every side.
  for (int i = 0; i <= options.cost_sheets; ++i) {
    for (size_t s = 0; s < results.size(); ++s) {
      SL_ASSIGN_OR_RETURN(
          const MeasuredOutcome measured,
          processes[s].Grade(folder.File(absl::StrCat("cost", i, ".jpg"))));
      if (i == 0) continue;
      results[s].cost.cpu_ms_per_sheet += measured.cpu_ms / options.cost_sheets;
    }
  }
  for (size_t s = 0; s < results.size(); ++s) {
    SL_ASSIGN_OR_RETURN(results[s].cost.peak_mb, processes[s].PeakMb());
  }
  return absl::OkStatus();
}

// Sheets of one form follow each other: a form is printed once.
constexpr int kSheetsPerForm = 10;

// Families that came later are left to the alignment corpus: figures stay
// comparable with those before.
std::vector<generator::FormFamily> MeasuredFamilies() {
  std::vector<generator::FormFamily> families = generator::AllFormFamilies();
  std::erase(families, generator::FormFamily::kArucoMarkers);
  std::erase(families, generator::FormFamily::kTimingMarks);
  return families;
}

MarkProfile ProfileOf(int i) {
  // Most sheets are as people fill them in.
  if (i % 7 != 3) return MarkProfile::kMixed;
  const std::vector<MarkProfile>& all = generator::AllMarkProfiles();
  return all[i / 7 % all.size()];
}

std::string Describe(const GeneratedSheet& sheet,
                     const generator::Condition& condition) {
  return absl::StrCat("--family ",
                      generator::FormFamilyName(sheet.form->family),
                      " --form_seed ", sheet.form->seed, " --seed ", sheet.seed,
                      " --degradation ", condition.name, " --marks ",
                      generator::MarkProfileName(sheet.specification.profile));
}

void PrintFailures(const std::string& side, const std::string& sheet,
                   const Verdict& verdict, const SheetOutcome& outcome,
                   FILE* out) {
  if (!verdict.accepted) {
    std::fprintf(out, "%s REFUSED %s: %s\n", side.c_str(), sheet.c_str(),
                 outcome.how.c_str());
  }
  if (verdict.wrong_alignment) {
    std::fprintf(out,
                 "%s WRONG_ALIGNMENT %s: %s, off by %.2f bubbles on average, "
                 "%.2f at most\n",
                 side.c_str(), sheet.c_str(), outcome.how.c_str(),
                 verdict.mean_error, verdict.max_error);
  }
  for (const WrongField& field : verdict.wrong) {
    std::fprintf(out, "%s %s %s: %s is '%s', read '%s'%s%s\n", side.c_str(),
                 field.flagged ? "FLAGGED" : "SILENT", sheet.c_str(),
                 field.label.c_str(), field.truth.c_str(), field.read.c_str(),
                 field.doubts.empty() ? "" : ", doubt: ",
                 absl::StrJoin(field.doubts, " ").c_str());
  }
}

absl::Status MeasureAccuracy(const Options& options,
                             const ScratchFolder& folder, FILE* failures,
                             std::vector<SideResult>& results,
                             Reliability& reliability,
                             int* sheets_lost_to_peer) {
  const std::vector<generator::Condition>& conditions =
      generator::AllConditions();
  const std::vector<generator::FormFamily> families = MeasuredFamilies();
  std::vector<SideProcess> processes;
  for (SideResult& result : results) {
    result.by_condition.resize(conditions.size());
    SL_ASSIGN_OR_RETURN(SideProcess process, SideProcess::Start(result.name));
    processes.push_back(std::move(process));
  }
  const std::string path = folder.File("sheet.jpg");
  std::shared_ptr<const generator::PrintedForm> form;
  for (int i = 0; i < options.sheets; ++i) {
    if (i % kSheetsPerForm == 0) {
      const size_t n = i / kSheetsPerForm;
      form =
          std::make_shared<const generator::PrintedForm>(generator::PrintForm(
              families[n % families.size()], n / families.size()));
      for (SideProcess& process : processes) {
        SL_RETURN_IF_ERROR(process.Prepare(form->family, form->seed));
      }
    }
    // The last one came later, see MeasuredFamilies().
    const size_t c = i % (conditions.size() - 1);
    SheetSpecification specification;
    specification.profile = ProfileOf(i);
    specification.degradations = conditions[c].degradations;
    SL_ASSIGN_OR_RETURN(
        const GeneratedSheet sheet,
        generator::GenerateSheet(form, specification, options.seed + i));
    SL_RETURN_IF_ERROR(generator::WriteFile(path, sheet.jpeg));
    bool ours_sufficed = true;
    for (size_t s = 0; s < results.size(); ++s) {
      SL_ASSIGN_OR_RETURN(const MeasuredOutcome measured,
                          processes[s].Grade(path));
      const Verdict verdict = Judge(sheet, measured.outcome);
      results[s].tally.Add(verdict, measured.cpu_ms);
      results[s].by_condition[c].Add(verdict, measured.cpu_ms);
      if (s == 0) {
        for (const Claim& claim : verdict.claims) {
          reliability.Add(claim.confidence, claim.is_right);
        }
        ours_sufficed = verdict.accepted && verdict.SilentlyWrong() == 0;
      } else if (s == 1 && verdict.accepted && verdict.wrong.empty() &&
                 !ours_sufficed) {
        ++*sheets_lost_to_peer;
      }
      if (failures != nullptr) {
        PrintFailures(results[s].name, Describe(sheet, conditions[c]), verdict,
                      measured.outcome, failures);
      }
    }
    if (i % 50 == 49) std::fprintf(stderr, "%d sheets\n", i + 1);
  }
  return absl::OkStatus();
}

absl::StatusOr<FILE*> OpenFailures(const Options& options) {
  if (options.failures.empty()) return nullptr;
  FILE* file = std::fopen(options.failures.c_str(), "w");
  if (file != nullptr) return file;
  return absl::InvalidArgumentError(
      absl::StrCat("cannot write ", options.failures));
}

absl::Status MeasureConfidence(const Options& options) {
  CorpusOptions corpus;
  corpus.sheets = options.alignment_corpus;
  corpus.seed = options.seed;
  corpus.first = options.first;
  SL_ASSIGN_OR_RETURN(corpus.failures, OpenFailures(options));
  const absl::StatusOr<CorpusResult> result = RunAlignmentCorpus(corpus);
  if (corpus.failures != nullptr) std::fclose(corpus.failures);
  if (!result.ok()) return result.status();
  std::printf("%s", CorpusTable(*result).c_str());
  return absl::OkStatus();
}

absl::Status Run(const std::vector<std::string>& arguments) {
  SL_ASSIGN_OR_RETURN(const Options options, Parse(arguments));
  std::fprintf(stderr, "seed %llu\n",
               static_cast<unsigned long long>(options.seed));
  if (options.alignment_corpus > 0) return MeasureConfidence(options);
  std::vector<SideResult> results;
  results.push_back({"ours", {}, {}, {}});
  if (!options.ours_only) {
    // As the recipe is written, 1000 and 800 pixels are the page's width; read
    // as the longer side it takes half the memory. The first is the peer of
    // the figures, the second stands beside it in the table.
    results.push_back({"recipe", {}, {}, {}});
    results.push_back({"recipe_long_side", {}, {}, {}});
  }
  const ScratchFolder folder;
  SL_RETURN_IF_ERROR(MeasureCost(options, folder, results));
  SL_ASSIGN_OR_RETURN(FILE * failures, OpenFailures(options));
  int sheets_lost_to_peer = 0;
  Reliability reliability;
  const absl::Status measured = MeasureAccuracy(
      options, folder, failures, results, reliability, &sheets_lost_to_peer);
  if (failures != nullptr) std::fclose(failures);
  SL_RETURN_IF_ERROR(measured);
  if (!options.reliability.empty()) {
    SL_RETURN_IF_ERROR(
        generator::WriteFile(options.reliability, reliability.Svg()));
  }
  if (options.json) {
    std::printf("%s", JsonFigures(results, sheets_lost_to_peer).c_str());
  } else {
    std::printf(
        "%s\nsheets entirely right for the recipe that we refuse or "
        "read silently wrong: %d\n",
        Table(results).c_str(), sheets_lost_to_peer);
    std::printf("\nour readings by confidence\n%s",
                reliability.Table().c_str());
  }
  return absl::OkStatus();
}

}  // namespace
}  // namespace sightline::bench

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments.size() == 2 && arguments[0] == "--serve_side") {
    return sightline::bench::ServeSide(arguments[1]);
  }
  const absl::Status status = sightline::bench::Run(arguments);
  if (status.ok()) return EXIT_SUCCESS;
  std::fprintf(stderr, "omr_bench: %s\n%s",
               std::string(status.message()).c_str(), sightline::bench::kUsage);
  return EXIT_FAILURE;
}
