#include "bench/omr/side_process.h"

#include <fcntl.h>
#include <malloc.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <opencv2/core/utility.hpp>
#include <sstream>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/status/status_macros.h"

namespace sightline::bench {
namespace {

double CpuMs() {
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  const auto ms = [](const timeval& t) {
    return t.tv_sec * 1e3 + t.tv_usec * 1e-3;
  };
  return ms(usage.ru_utime) + ms(usage.ru_stime);
}

// A line of /proc/self/status, in MB of 2^20.
double StatusMb(const std::string& name) {
  std::ifstream status("/proc/self/status");
  std::string line;
  while (std::getline(status, line)) {
    if (line.rfind(name + ":", 0) == 0) {
      return std::strtod(line.c_str() + name.size() + 1, nullptr) / 1024;
    }
  }
  return 0;
}

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) return "";
  std::string content(static_cast<size_t>(file.tellg()), '\0');
  file.seekg(0);
  file.read(content.data(), static_cast<std::streamsize>(content.size()));
  return content;
}

// One line: cpu, accepted, homography, how, then answer, flag and confidence
// per field, separated by tabs.
std::string ToLine(const MeasuredOutcome& measured) {
  const SheetOutcome& outcome = measured.outcome;
  const auto number = [](std::string* out, double v) {
    absl::StrAppendFormat(out, "%.17g", v);
  };
  std::string line = absl::StrFormat(
      "%.4f\t%d\t%s\t%s", measured.cpu_ms, outcome.accepted,
      absl::StrJoin(outcome.scan_to_page.values(), " ", number), outcome.how);
  for (const FieldOutcome& field : outcome.fields) {
    absl::StrAppend(&line, "\t", field.answer, "\t", field.flagged ? 1 : 0,
                    "\t", field.confidence);
  }
  return line;
}

absl::StatusOr<MeasuredOutcome> FromLine(const std::string& line) {
  const std::vector<std::string> parts = absl::StrSplit(line, '\t');
  if (parts.size() < 4 || (parts.size() - 4) % 3 != 0) {
    return absl::InternalError(absl::StrCat("unreadable answer: ", line));
  }
  MeasuredOutcome measured;
  measured.cpu_ms = std::strtod(parts[0].c_str(), nullptr);
  measured.outcome.accepted = parts[1] == "1";
  std::array<double, 9> values;
  std::istringstream numbers(parts[2]);
  for (double& value : values) numbers >> value;
  measured.outcome.scan_to_page = Homography(values);
  measured.outcome.how = parts[3];
  for (size_t i = 4; i < parts.size(); i += 3) {
    measured.outcome.fields.push_back(
        {parts[i], parts[i + 1] == "1",
         std::strtod(parts[i + 2].c_str(), nullptr)});
  }
  return measured;
}

// Serves one request; the first word says which.
std::string Serve(Side& side, const std::string& line) {
  std::istringstream words(line);
  std::string request;
  words >> request;
  if (request == "prepare") {
    std::string family;
    uint64_t seed = 0;
    words >> family >> seed;
    const absl::Status status = side.Prepare(
        generator::PrintForm(*generator::FindFormFamily(family), seed));
    return status.ok() ? "ok" : absl::StrCat("error ", status.ToString());
  }
  if (request == "grade") {
    std::string path;
    std::getline(words >> std::ws, path);
    const double before = CpuMs();
    MeasuredOutcome measured;
    measured.outcome = side.Grade(ReadFile(path));
    measured.cpu_ms = CpuMs() - before;
    return ToLine(measured);
  }
  if (request == "reset") {
    malloc_trim(0);
    std::ofstream("/proc/self/clear_refs") << "5";
    return absl::StrCat(StatusMb("VmRSS"));
  }
  return absl::StrCat(StatusMb("VmHWM"));
}

}  // namespace

std::unique_ptr<Side> MakeSide(absl::string_view name) {
  if (name == "ours") return MakeOurSide();
  if (name == "recipe") return MakeRecipeSide(RecipeScale::kWidth);
  if (name == "recipe_long_side") return MakeRecipeSide(RecipeScale::kLongSide);
  return nullptr;
}

absl::StatusOr<SideProcess> SideProcess::Start(const std::string& side) {
  // Close-on-exec: a later process must not hold an earlier one's pipes open.
  int requests[2];
  int answers[2];
  if (pipe2(requests, O_CLOEXEC) != 0 || pipe2(answers, O_CLOEXEC) != 0) {
    return absl::InternalError("no pipe");
  }
  SideProcess started;
  started.process_ = fork();
  if (started.process_ == 0) {
    dup2(requests[0], STDIN_FILENO);
    dup2(answers[1], STDOUT_FILENO);
    execl("/proc/self/exe", "omr_bench", "--serve_side", side.c_str(),
          static_cast<char*>(nullptr));
    _exit(127);
  }
  close(requests[0]);
  close(answers[1]);
  started.to_ = fdopen(requests[1], "w");
  started.from_ = fdopen(answers[0], "r");
  if (started.process_ < 0) return absl::InternalError("no process");
  return started;
}

SideProcess::SideProcess(SideProcess&& other) noexcept
    : process_(std::exchange(other.process_, -1)),
      to_(std::exchange(other.to_, nullptr)),
      from_(std::exchange(other.from_, nullptr)) {}

SideProcess::~SideProcess() {
  if (to_ != nullptr) fclose(to_);
  if (from_ != nullptr) fclose(from_);
  if (process_ > 0) waitpid(process_, nullptr, 0);
}

absl::StatusOr<std::string> SideProcess::ReadLine() {
  char* line = nullptr;
  size_t capacity = 0;
  const ssize_t length = getline(&line, &capacity, from_);
  std::string text(length > 0 ? line : "",
                   length > 0 ? static_cast<size_t>(length) - 1 : 0);
  std::free(line);
  if (length <= 0) return absl::InternalError("the side's process is gone");
  return text;
}

absl::StatusOr<std::string> SideProcess::Ask(const std::string& line) {
  if (fprintf(to_, "%s\n", line.c_str()) < 0 || fflush(to_) != 0) {
    return absl::InternalError("the side's process is gone");
  }
  return ReadLine();
}

absl::Status SideProcess::Prepare(generator::FormFamily family,
                                  uint64_t form_seed) {
  SL_ASSIGN_OR_RETURN(
      const std::string answer,
      Ask(absl::StrCat("prepare ", generator::FormFamilyName(family), " ",
                       form_seed)));
  if (answer != "ok") return absl::InternalError(answer);
  return absl::OkStatus();
}

absl::StatusOr<MeasuredOutcome> SideProcess::Grade(const std::string& path) {
  SL_ASSIGN_OR_RETURN(const std::string answer,
                      Ask(absl::StrCat("grade ", path)));
  return FromLine(answer);
}

absl::StatusOr<double> SideProcess::ResetPeak() {
  SL_ASSIGN_OR_RETURN(const std::string answer, Ask("reset"));
  return std::strtod(answer.c_str(), nullptr);
}

absl::StatusOr<double> SideProcess::PeakMb() {
  SL_ASSIGN_OR_RETURN(const std::string answer, Ask("peak"));
  return std::strtod(answer.c_str(), nullptr);
}

int ServeSide(const std::string& name) {
  // The heap and thread settings of the servers, for every side.
  mallopt(M_MMAP_THRESHOLD, 128 * 1024);
  mallopt(M_TRIM_THRESHOLD, 128 * 1024);
  mallopt(M_ARENA_MAX, 2);
  cv::setNumThreads(1);
  const std::unique_ptr<Side> side = MakeSide(name);
  if (side == nullptr) return EXIT_FAILURE;
  std::string line;
  while (std::getline(std::cin, line)) {
    std::cout << Serve(*side, line) << std::endl;
  }
  return EXIT_SUCCESS;
}

}  // namespace sightline::bench
