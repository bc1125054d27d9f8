// Reads generated frames with a burned-in overlay and counts what is right,
// missing and wrong.
#include <cstdio>
#include <ctime>
#include <fstream>
#include <sstream>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "bench/georef/overlay_streams.h"
ABSL_FLAG(std::string, atlas, "", "");
ABSL_FLAG(std::string, other_atlas, "", "");
ABSL_FLAG(int, frames, 40, "");
ABSL_FLAG(int, spoilt, 60, "");
ABSL_FLAG(double, pitch, 18, "");
using namespace sightline;
using namespace sightline::bench;
using namespace sightline::testing;
DrawnFont FontOf(const std::string& f, StrokeFace face) {
  if (f.empty()) return StrokeFont(face, absl::GetFlag(FLAGS_pitch));
  std::ifstream in(f);
  std::stringstream s;
  s << in.rdbuf();
  auto r = ReadFontAtlas(s.str());
  return *std::move(r);
}
int main(int argc, char** argv) {
  absl::ParseCommandLine(argc, argv);
  DrawnFont font = FontOf(absl::GetFlag(FLAGS_atlas), StrokeFace::kDuplex),
            other =
                FontOf(absl::GetFlag(FLAGS_other_atlas), StrokeFace::kTriplex);
  const char* names[] = {"plain", "shadow", "outline"};
  for (Backing b : {Backing::kShadow, Backing::kOutline, Backing::kPlain}) {
    clock_t c0 = clock();
    auto p = Calibrated(font, b);
    if (!p.ok()) {
      printf("%s: %s\n", names[(int)b],
             std::string(p.status().message()).c_str());
      continue;
    }
    printf("== %s calibrated in %.1fs pitch %.3f cell %dx%d glyphs %zu\n",
           names[(int)b], double(clock() - c0) / CLOCKS_PER_SEC,
           p->fonts[0].pitch, p->fonts[0].cell_width, p->fonts[0].cell_height,
           p->fonts[0].glyphs.size());
    if (getenv("PLACES"))
      for (auto& f : p->fields)
        printf("  %s x %.3f y %.1f (box %d %d)\n", f.name.c_str(), *f.anchor_x,
               *f.top_y, f.box.left, f.box.top);
    auto reader = georef::OverlayReader::Create(*p);
    uint64_t seed = 1;
    for (const StreamLook& look : StreamLooks()) {
      OverlayScene scene(font, OptionsOf(look, seed++, b));
      ValueTally t;
      double cpu = 0;
      std::map<std::string, int> why;
      std::string ex;
      double conf = 0;
      for (int i = 0; i < absl::GetFlag(FLAGS_frames); ++i) {
        SceneFrame f = scene.Frame(i);
        auto px = ThroughJpeg(f.pixels, look.jpeg_quality);
        clock_t c = clock();
        auto r = reader->Read(georef::OverlayFrame::Of(*px));
        cpu += double(clock() - c) / CLOCKS_PER_SEC;
        if (!r.ok()) {
          printf("%s\n", std::string(r.status().message()).c_str());
          return 1;
        }
        Count(*r, f.texts, look.name, t);
        for (auto& x : r->fields) {
          if (x.problem != georef::FieldProblem::kNone) {
            why[x.name]++;
            ex = x.name + ": '" + x.text + "' " + x.why + " / " +
                 f.texts[x.name];
          }
          conf += x.confidence;
        }
      }
      printf("%-22s right %.3f%% missing %ld wrong %ld  %.3f ms mean conf %.3f",
             look.name, 100 * t.right_share(), t.missing(), t.wrong,
             1000 * cpu / absl::GetFlag(FLAGS_frames), conf / t.values);
      for (auto& [k, v] : why) {
        printf(" %s:%d", k.c_str(), v);
      }
      printf(" %s\n", ex.c_str());
      fflush(stdout);
    }
    std::map<std::string, ValueTally> sp;
    double cpu = 0;
    int n = 0;
    ForSpoiltFrames(
        font, other, b, absl::GetFlag(FLAGS_spoilt), [&](const SpoiltFrame& s) {
          clock_t c = clock();
          auto r = reader->Read(georef::OverlayFrame::Of(s.frame.pixels));
          cpu += double(clock() - c) / CLOCKS_PER_SEC;
          ++n;
          Count(*r, s.frame.texts, s.how, sp[s.how.substr(0, 5)]);
        });
    for (auto& [k, t] : sp)
      printf("  spoilt %s: right %ld missing %ld wrong %ld\n", k.c_str(),
             t.right, t.missing(), t.wrong);
    printf("  %.3f ms\n", 1000 * cpu / n);
  }
}
