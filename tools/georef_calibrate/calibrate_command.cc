#include "tools/georef_calibrate/calibrate_command.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <ostream>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "common/image/decode.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "services/georef/engine/overlay/field_value.h"
#include "services/georef/engine/overlay/ink_strip.h"
#include "services/georef/engine/overlay/overlay_calibration.h"
#include "tools/georef_calibrate/reasons.h"

namespace sightline::georef {
namespace {

namespace fs = std::filesystem;

constexpr char kHelp[] =
    R"(Learns the font of a burned-in overlay, with a person's confirmation.

  sightline-georef-calibrate propose --profile=FILE --samples=FILE FRAME...
      Reads the profile's boxes in some frames with Tesseract and writes what
      it makes of them to the file of samples. Look at every text, correct it,
      and set "confirmed" to true for the frame. Ten frames that show all
      digits are enough; texts must be exact, blanks within them included.

  sightline-georef-calibrate learn --profile=FILE --samples=FILE --out=FILE
      Learns pitch, places and characters from the confirmed frames (their
      files are looked for beside the file of samples) and writes the complete
      profile.

  --profile   the layout: boxes, patterns, units, meanings
  --samples   the file of samples; propose does not overwrite one
  --out       where the complete profile goes; may be the same as --profile
  --help      this text

The format of a profile: docs/georef_overlay.md.
)";

struct CalibrateArguments {
  std::string command;
  std::string profile;
  std::string samples;
  std::string out;
  std::vector<std::string> frames;
  // What is wrong with them.
  std::string problem;
};

CalibrateArguments ParseArguments(const std::vector<std::string>& arguments) {
  CalibrateArguments parsed;
  for (const std::string& argument : arguments) {
    absl::string_view text = argument;
    if (!absl::StartsWith(text, "--")) {
      (parsed.command.empty() ? parsed.command : parsed.frames.emplace_back()) =
          argument;
      continue;
    }
    if (absl::ConsumePrefix(&text, "--profile=")) {
      parsed.profile = std::string(text);
    } else if (absl::ConsumePrefix(&text, "--samples=")) {
      parsed.samples = std::string(text);
    } else if (absl::ConsumePrefix(&text, "--out=")) {
      parsed.out = std::string(text);
    } else {
      parsed.problem = absl::StrCat("unknown argument ", argument);
    }
  }
  if (!parsed.problem.empty()) return parsed;
  const bool is_learn = parsed.command == "learn";
  if (!is_learn && parsed.command != "propose") {
    parsed.problem = "the command is propose or learn";
  } else if (parsed.profile.empty() || parsed.samples.empty()) {
    parsed.problem = "--profile=FILE and --samples=FILE are needed";
  } else if (is_learn && (parsed.out.empty() || !parsed.frames.empty())) {
    parsed.problem =
        "learn takes --out=FILE and no frames: the file of "
        "samples names them";
  } else if (!is_learn && (parsed.frames.empty() || !parsed.out.empty())) {
    parsed.problem = "propose takes frames and no --out";
  }
  return parsed;
}

absl::Status FileError(const std::string& path, absl::string_view what) {
  return Error(absl::StatusCode::kFailedPrecondition, kCalibrateFile)
      .Message(absl::StrCat(path, ": ", what));
}

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string content{std::istreambuf_iterator<char>(file), {}};
  if (!file.good() && !file.eof()) return FileError(path, "cannot be read");
  if (fs::is_directory(path)) return FileError(path, "is a folder");
  return content;
}

// A whole file or none.
absl::Status WriteFile(const std::string& path, const std::string& content) {
  const std::string part = path + ".part";
  {
    std::ofstream file(part, std::ios::binary);
    file << content;
    file.flush();
    if (!file.good()) return FileError(path, "cannot be written");
  }
  std::error_code failure;
  fs::rename(part, path, failure);
  if (failure) return FileError(path, failure.message());
  return absl::OkStatus();
}

// `status` with the file it is about before its message.
absl::Status InFile(const absl::Status& status, const std::string& path) {
  const auto details = DetailsOf(status);
  return WithDetails(
      absl::Status(status.code(), absl::StrCat(path, ": ", status.message())),
      details.value_or(ErrorDetails{}));
}

absl::StatusOr<OverlayProfile> ReadProfile(const std::string& path) {
  SL_ASSIGN_OR_RETURN(const std::string json, ReadFile(path));
  absl::StatusOr<OverlayProfile> profile = ParseOverlayProfile(json);
  if (!profile.ok()) return InFile(profile.status(), path);
  return profile;
}

absl::StatusOr<RgbImage> ReadFrame(const std::string& path) {
  SL_ASSIGN_OR_RETURN(const std::string file, ReadFile(path));
  absl::StatusOr<Decoded<RgbImage>> decoded = DecodeRgb(file, {});
  if (!decoded.ok()) return InFile(decoded.status(), path);
  return std::move(decoded->pixels);
}

// Every character of a field's pattern, once.
std::string Allowed(const OverlayPattern& pattern) {
  std::set<char32_t> all;
  for (const PatternAlternative& cells : pattern.alternatives) {
    for (const PatternCell& cell : cells) {
      all.insert(cell.allowed.begin(), cell.allowed.end());
    }
  }
  const std::u32string text(all.begin(), all.end());
  return ToUtf8(text);
}

absl::Status Propose(const CalibrateArguments& arguments,
                     const TextProposer& propose, std::ostream& out) {
  if (fs::exists(arguments.samples)) {
    return FileError(arguments.samples,
                     "is there already; what a person confirmed is not "
                     "overwritten");
  }
  SL_ASSIGN_OR_RETURN(const OverlayProfile profile,
                      ReadProfile(arguments.profile));
  std::vector<OverlaySample> samples;
  int fitting = 0;
  for (const std::string& path : arguments.frames) {
    SL_ASSIGN_OR_RETURN(const RgbImage frame, ReadFrame(path));
    if (frame.width() != profile.frame_width ||
        frame.height() != profile.frame_height) {
      return FileError(
          path, absl::StrCat("is ", frame.width(), " x ", frame.height(),
                             ", the profile's frames ", profile.frame_width,
                             " x ", profile.frame_height));
    }
    OverlaySample sample;
    std::error_code failure;
    sample.frame =
        fs::relative(path, fs::absolute(arguments.samples).parent_path(),
                     failure)
            .string();
    if (failure || sample.frame.empty()) sample.frame = path;
    for (const OverlayField& field : profile.fields) {
      GrayImage line =
          InkAlone(InkStrip(OverlayFrame::Of(frame),
                            profile.fonts[field.font].ink, field.box, 1),
                   0);
      for (int64_t i = 0; i < line.size_bytes(); ++i) {
        line.data()[i] = static_cast<uint8_t>(255 - line.data()[i]);
      }
      SL_ASSIGN_OR_RETURN(const std::string seen,
                          propose(line, Allowed(field.pattern)));
      const std::string text = FitToPattern(field.pattern, seen);
      if (FindAlternative(field.pattern, ToCodePoints(text)) != nullptr) {
        ++fitting;
      }
      sample.texts[field.name] = text;
    }
    samples.push_back(std::move(sample));
  }
  SL_RETURN_IF_ERROR(
      WriteFile(arguments.samples, WriteOverlaySamples(samples)));
  out << arguments.samples << ": " << samples.size() << " frames, " << fitting
      << " of " << samples.size() * profile.fields.size()
      << " texts are as their patterns say.\nNow look at every text beside its "
         "frame, correct it, and set \"confirmed\" to true.\n";
  return absl::OkStatus();
}

void Report(const Calibration& calibration, std::ostream& out) {
  out << absl::StrFormat("%-16s %6s %9s %6s %7s  %s\n", "field", "texts",
                         "read back", "mean", "lowest", "lowest in");
  for (const FieldCalibration& field : calibration.fields) {
    out << absl::StrFormat("%-16s %6d %9d %6.2f %7.2f  %s '%s'\n", field.name,
                           field.texts, field.read_back, field.mean_correlation,
                           field.lowest_correlation, field.weakest_frame,
                           field.weakest_text);
  }
  for (const FieldCalibration& field : calibration.fields) {
    if (field.unseen.empty()) continue;
    out << field.name << ": no frame shows " << ToUtf8(field.unseen)
        << "; texts with them will come out missing.\n";
  }
}

absl::Status Learn(const CalibrateArguments& arguments, std::ostream& out) {
  SL_ASSIGN_OR_RETURN(const OverlayProfile profile,
                      ReadProfile(arguments.profile));
  SL_ASSIGN_OR_RETURN(const std::string json, ReadFile(arguments.samples));
  absl::StatusOr<std::vector<OverlaySample>> samples =
      ParseOverlaySamples(json, profile);
  if (!samples.ok()) return InFile(samples.status(), arguments.samples);
  std::map<std::string, RgbImage> frames;
  std::vector<CalibrationFrame> known;
  for (const OverlaySample& sample : *samples) {
    if (!sample.is_confirmed) continue;
    const fs::path folder = fs::path(arguments.samples).parent_path();
    SL_ASSIGN_OR_RETURN(RgbImage frame,
                        ReadFrame((folder / sample.frame).string()));
    const auto [entry, is_new] = frames.emplace(sample.frame, std::move(frame));
    known.push_back({&entry->second, &sample});
  }
  absl::StatusOr<Calibration> calibration = LearnOverlay(profile, known);
  if (!calibration.ok()) {
    return InFile(calibration.status(), arguments.samples);
  }
  SL_RETURN_IF_ERROR(
      WriteFile(arguments.out, WriteOverlayProfile(calibration->profile)));
  Report(*calibration, out);
  return absl::OkStatus();
}

}  // namespace

std::string FitToPattern(const OverlayPattern& pattern,
                         const std::string& text) {
  std::u32string seen;
  for (const char32_t c : ToCodePoints(text)) {
    if (c != U' ' && c != U'\n') seen += c;
  }
  for (const PatternAlternative& cells : pattern.alternatives) {
    std::u32string fitted;
    size_t next = 0;
    bool fits = true;
    for (const PatternCell& cell : cells) {
      if (cell.allowed == U" ") {
        fitted += U' ';
        continue;
      }
      const bool is_allowed =
          next < seen.size() &&
          cell.allowed.find(seen[next]) != std::u32string::npos;
      // Signs that always stand there need not be seen.
      const bool is_sign =
          cell.allowed.size() == 1 && cell.role == CellRole::kLiteral;
      if (!is_allowed && !is_sign) {
        fits = false;
        break;
      }
      fitted += is_allowed ? seen[next] : cell.allowed[0];
      if (is_allowed) ++next;
    }
    if (fits && next == seen.size()) return ToUtf8(fitted);
  }
  return text;
}

std::string CalibrateHelp() { return kHelp; }

int RunCalibrate(const std::vector<std::string>& arguments,
                 const TextProposer& propose, std::ostream& out,
                 std::ostream& error) {
  for (const std::string& argument : arguments) {
    if (argument != "--help" && argument != "-h") continue;
    out << kHelp;
    return 0;
  }
  const CalibrateArguments parsed = ParseArguments(arguments);
  if (!parsed.problem.empty()) {
    error << "sightline-georef-calibrate: " << parsed.problem
          << " (see --help)\n";
    return 2;
  }
  const absl::Status done = parsed.command == "learn"
                                ? Learn(parsed, out)
                                : Propose(parsed, propose, out);
  if (done.ok()) return 0;
  const auto details = DetailsOf(done);
  error << "sightline-georef-calibrate: " << std::string(done.message())
        << "\n  code: " << absl::StatusCodeToString(done.code())
        << (details.has_value() ? ", " + details->reason : "") << "\n";
  return 1;
}

}  // namespace sightline::georef
