// Reads burned-in overlays of generated flights and counts what is right,
// missing and wrong; Tesseract beside it.
//
//   overlay_bench                       fonts drawn as strokes
//   overlay_bench --atlas=A --other_atlas=B
//                                       real ones (overlay_font.py makes them);
//                                       the second stands for another system
//   overlay_bench --json                one JSON object per figure
//
// Flights of 30 frames a second over backgrounds from calm to rough, JPEG
// quality 92 to 50, characters plain, with shadow and with outline; each kind
// calibrated with twelve frames of other flights. A value is right if its text
// is, to the last character.
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "bench/georef/overlay_streams.h"
#include "bench/support/figures.h"
#include "common/status/status_macros.h"
#include "services/georef/engine/overlay/field_value.h"
#include "services/georef/engine/overlay/ink_strip.h"
#include "services/georef/engine/overlay/overlay_checks.h"
#include "services/georef/engine/overlay/temporal_filter.h"
#include "tools/georef_calibrate/calibrate_command.h"
#ifdef SIGHTLINE_WITH_TESSERACT
#include "tools/georef_calibrate/tesseract_proposer.h"
#endif

ABSL_FLAG(int, frames, 2160, "Frames of the flights, about.");
ABSL_FLAG(int, spoilt, 720, "Frames with overlays hidden, cut or absent.");
ABSL_FLAG(int, peer_frames, 18, "Frames that Tesseract reads, too.");
ABSL_FLAG(std::string, atlas, "", "Font (overlay_font.py).");
ABSL_FLAG(std::string, other_atlas, "", "Font that is not calibrated.");
ABSL_FLAG(bool, misses, false, "Say on stderr what is missing, and why.");
ABSL_FLAG(bool, json, false, "Print one JSON object per figure.");

namespace sightline::bench {
namespace {

using georef::FieldProblem;
using georef::OverlayProfile;
using georef::OverlayReader;
using georef::OverlayReading;
using testing::Backing;
using testing::DrawnFont;
using testing::OverlayScene;
using testing::SceneFrame;

constexpr Backing kBackings[] = {Backing::kShadow, Backing::kOutline,
                                 Backing::kPlain};
constexpr const char* kBackingNames[] = {"plain", "shadow", "outline"};
constexpr double kFramesPerSecond = 30;

double ProcessorMs() { return 1000.0 * clock() / CLOCKS_PER_SEC; }

struct Results {
  // As read, and after the checks between fields and the filter over time.
  ValueTally read;
  ValueTally kept;
  ValueTally spoilt;
  std::vector<double> frame_ms;
  ValueTally peer;
  int64_t peer_frames = 0;
  double peer_ms = 0;
};

absl::StatusOr<DrawnFont> FontOf(const std::string& atlas,
                                 testing::StrokeFace face) {
  if (atlas.empty()) return testing::StrokeFont(face, 18);
  std::ifstream file(atlas);
  const std::string json{std::istreambuf_iterator<char>(file), {}};
  return testing::ReadFontAtlas(json);
}

#ifdef SIGHTLINE_WITH_TESSERACT
// Tesseract with the same places and tones, accepting what the patterns allow.
absl::Status ReadAsPeer(const OverlayProfile& profile, const RgbImage& pixels,
                        const SceneFrame& frame,
                        const georef::TextProposer& tesseract,
                        Results& results) {
  ++results.peer_frames;
  for (const georef::OverlayField& field : profile.fields) {
    const double start = ProcessorMs();
    GrayImage line = georef::InkAlone(
        georef::InkStrip(georef::OverlayFrame::Of(pixels),
                         georef::OverlayInk::kLight, field.box, 1),
        0);
    for (int64_t i = 0; i < line.size_bytes(); ++i) {
      line.data()[i] = static_cast<uint8_t>(255 - line.data()[i]);
    }
    std::set<char32_t> allowed;
    for (const auto& cells : field.pattern.alternatives) {
      for (const auto& cell : cells) {
        allowed.insert(cell.allowed.begin(), cell.allowed.end());
      }
    }
    const std::u32string characters(allowed.begin(), allowed.end());
    SL_ASSIGN_OR_RETURN(const std::string seen,
                        tesseract(line, georef::ToUtf8(characters)));
    const std::string text = georef::FitToPattern(field.pattern, seen);
    results.peer_ms += ProcessorMs() - start;
    ++results.peer.values;
    if (text == frame.texts.at(field.name)) {
      ++results.peer.right;
    } else if (georef::FindAlternative(field.pattern,
                                       georef::ToCodePoints(text)) != nullptr) {
      ++results.peer.wrong;
    }
  }
  return absl::OkStatus();
}
#endif

void PrintMisses(const OverlayReading& reading, const SceneFrame& frame,
                 const std::string& where) {
  for (const georef::FieldReading& field : reading.fields) {
    if (field.problem == FieldProblem::kNone) continue;
    std::fprintf(stderr, "missing: %s: %s '%s', read '%s': %s\n", where.c_str(),
                 field.name.c_str(), frame.texts.at(field.name).c_str(),
                 field.text.c_str(), field.why.c_str());
  }
}

absl::Status ReadFlights(const DrawnFont& font, Backing backing,
                         const OverlayReader& reader, Results& results) {
  const OverlayProfile& profile = reader.profile();
  const int streams = static_cast<int>(StreamLooks().size());
  const int frames =
      std::max(1, absl::GetFlag(FLAGS_frames) /
                      (streams * static_cast<int>(std::size(kBackings))));
#ifdef SIGHTLINE_WITH_TESSERACT
  const georef::TextProposer tesseract = georef::TesseractProposer();
#endif
  const int peer_step =
      std::max(1, absl::GetFlag(FLAGS_frames) /
                      std::max(1, absl::GetFlag(FLAGS_peer_frames)));
  uint64_t seed = 100 * static_cast<uint64_t>(backing) + 1;
  for (const StreamLook& look : StreamLooks()) {
    const OverlayScene scene(font, OptionsOf(look, seed++, backing));
    SL_ASSIGN_OR_RETURN(georef::TemporalFilter filter,
                        georef::TemporalFilter::Create(profile));
    ValueTally read;
    ValueTally kept;
    for (int i = 0; i < frames; ++i) {
      const SceneFrame frame = scene.Frame(i);
      SL_ASSIGN_OR_RETURN(const RgbImage pixels,
                          ThroughJpeg(frame.pixels, look.jpeg_quality));
      const std::string where = absl::StrCat(
          kBackingNames[static_cast<int>(backing)], ", ", look.name, ", ", i);
      const double start = ProcessorMs();
      SL_ASSIGN_OR_RETURN(OverlayReading reading,
                          reader.Read(georef::OverlayFrame::Of(pixels)));
      results.frame_ms.push_back(ProcessorMs() - start);
      Count(reading, frame.texts, where, read);
      georef::CheckOverlay(profile, reading);
      filter.Apply(i / kFramesPerSecond, reading);
      Count(reading, frame.texts, where, kept);
      if (absl::GetFlag(FLAGS_misses)) PrintMisses(reading, frame, where);
#ifdef SIGHTLINE_WITH_TESSERACT
      if (i % peer_step == 0) {
        SL_RETURN_IF_ERROR(
            ReadAsPeer(profile, pixels, frame, tesseract, results));
      }
#endif
    }
    results.read += read;
    results.kept += kept;
    if (absl::GetFlag(FLAGS_json)) continue;
    std::printf(
        "%-8s %-24s %6lld values, read %7.3f %%, kept %7.3f %%, "
        "wrong %lld\n",
        kBackingNames[static_cast<int>(backing)], look.name,
        static_cast<long long>(read.values), 100 * read.right_share(),
        100 * kept.right_share(), static_cast<long long>(kept.wrong));
    std::fflush(stdout);
  }
  return absl::OkStatus();
}

absl::Status Measure(Results& results) {
  SL_ASSIGN_OR_RETURN(
      const DrawnFont font,
      FontOf(absl::GetFlag(FLAGS_atlas), testing::StrokeFace::kDuplex));
  SL_ASSIGN_OR_RETURN(
      const DrawnFont other,
      FontOf(absl::GetFlag(FLAGS_other_atlas), testing::StrokeFace::kTriplex));
  for (const Backing backing : kBackings) {
    SL_ASSIGN_OR_RETURN(OverlayProfile profile, Calibrated(font, backing));
    SL_ASSIGN_OR_RETURN(const OverlayReader reader,
                        OverlayReader::Create(std::move(profile)));
    SL_RETURN_IF_ERROR(ReadFlights(font, backing, reader, results));
    absl::Status status;
    ForSpoiltFrames(
        font, other, backing,
        absl::GetFlag(FLAGS_spoilt) / static_cast<int>(std::size(kBackings)),
        [&](const SpoiltFrame& spoilt) {
          absl::StatusOr<OverlayReading> reading =
              reader.Read(georef::OverlayFrame::Of(spoilt.frame.pixels));
          if (!reading.ok()) {
            status = reading.status();
            return;
          }
          georef::CheckOverlay(reader.profile(), *reading);
          Count(*reading, spoilt.frame.texts, spoilt.how, results.spoilt);
        });
    SL_RETURN_IF_ERROR(status);
  }
  return absl::OkStatus();
}

void Print(const Results& results) {
  const double ms = Percentile(results.frame_ms, 0.5);
  const bool has_peer = results.peer_frames > 0;
  const double peer_ms =
      has_peer ? results.peer_ms / static_cast<double>(results.peer_frames) : 0;
  const auto print = [&](const char* name, double value, const char* unit,
                         const double* peer) {
    if (!absl::GetFlag(FLAGS_json)) {
      std::printf("%-36s %12.4f %-6s", name, value, unit);
      if (peer != nullptr) std::printf("  Tesseract %12.4f", *peer);
      std::printf("\n");
      return;
    }
    std::string line = absl::StrFormat(
        R"({"figure": "%s", "value": %.6g, "unit": "%s")", name, value, unit);
    if (peer != nullptr) {
      absl::StrAppendFormat(
          &line, R"(, "peer": "Tesseract", "peer_value": %.6g)", *peer);
    }
    std::printf("%s}\n", line.c_str());
  };
  const double peer_right = 100 * results.peer.right_share();
  const double peer_wrong =
      results.peer.values == 0
          ? 0
          : 100.0 * results.peer.wrong / results.peer.values;
  const double wrong_share = 100.0 * results.kept.wrong / results.kept.values;
  print("geo_overlay_ms_per_frame", ms, "ms", has_peer ? &peer_ms : nullptr);
  print("geo_overlay_slowest_ms", Percentile(results.frame_ms, 0.99), "ms",
        nullptr);
  print("geo_overlay_frames", static_cast<double>(results.frame_ms.size()),
        "frames", nullptr);
  print("geo_overlay_wrong_accepted", static_cast<double>(results.kept.wrong),
        "values", nullptr);
  print("geo_overlay_wrong_share", wrong_share, "%",
        has_peer ? &peer_wrong : nullptr);
  print("geo_overlay_read_share", 100 * results.read.right_share(), "%",
        has_peer ? &peer_right : nullptr);
  print("geo_overlay_kept_share", 100 * results.kept.right_share(), "%",
        nullptr);
  print("geo_overlay_spoilt_wrong", static_cast<double>(results.spoilt.wrong),
        "values", nullptr);
  print("geo_overlay_spoilt_missing",
        static_cast<double>(results.spoilt.missing()), "values", nullptr);
}

}  // namespace
}  // namespace sightline::bench

int main(int argc, char** argv) {
  absl::SetProgramUsageMessage("Reads burned-in overlays of generated flights");
  absl::ParseCommandLine(argc, argv);
  sightline::bench::Results results;
  const absl::Status status = sightline::bench::Measure(results);
  if (!status.ok()) {
    std::fprintf(stderr, "overlay_bench: %s\n",
                 std::string(status.message()).c_str());
    return EXIT_FAILURE;
  }
  sightline::bench::Print(results);
  // A value that is accepted and wrong is a defect, not a figure.
  const bool is_right = results.kept.wrong == 0 && results.spoilt.wrong == 0;
  return is_right ? EXIT_SUCCESS : EXIT_FAILURE;
}
