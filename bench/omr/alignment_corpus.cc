#include "bench/omr/alignment_corpus.h"

#include <algorithm>
#include <cmath>
#include <ctime>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "bench/omr/judge.h"
#include "common/image/decode.h"
#include "common/image/encode.h"
#include "common/status/status_macros.h"
#include "common/stop/stop_token.h"
#include "services/align/engine/page_registrar.h"
#include "tests/generator/sheet_generator.h"

namespace sightline::bench {
namespace {

using generator::CapturePlan;
using generator::Degradation;
using generator::FormFamily;
using generator::PageImage;
using generator::PrintedForm;
using generator::Random;

using SharedForm = std::shared_ptr<const PrintedForm>;

// Sheets of one form follow each other: a form is printed once.
constexpr int kSheetsPerForm = 10;
// Every so many sheets the scan shows something else.
constexpr int kOtherEvery = 5;
// As the services reduce scans and references.
constexpr int kLongSide = 1600;

double CpuMs() {
  return 1000.0 * static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

// What a scan shows.
struct Scene {
  // nullptr: a page that is no form.
  SharedForm form;
  bool is_other = false;
  std::vector<Degradation> degradations;
  std::string description;
};

// A letter: lines of words, no bubble.
PageImage Letter(Random random) {
  PageImage page(2480, 3508);
  generator::Canvas canvas(page);
  const generator::TextStyle style{generator::TextStyle::Font::kSerif,
                                   static_cast<double>(random.Integer(26, 40)),
                                   {30, 0, 0}};
  const double pitch = style.height * random.Uniform(1.8, 2.6);
  for (double y = 400; y < 3200; y += pitch) {
    std::string line;
    while (generator::Canvas::TextWidth(line, style) < 1900) {
      if (!line.empty()) line += ' ';
      for (int i = random.Integer(2, 9); i > 0; --i) {
        line += static_cast<char>('a' + random.Integer(0, 25));
      }
    }
    canvas.Text(line, {240, y}, generator::Anchor::kLeft, style);
  }
  return page;
}

// The plan for a scan at half the resolution, which is what a 300-dpi scan is
// reduced to anyhow: four times as quick to draw.
CapturePlan Halved(CapturePlan plan) {
  plan.width /= 2;
  plan.height /= 2;
  plan.print_to_scan =
      (Homography::Scale(0.5, 0.5) * plan.print_to_scan).Normalized();
  plan.blur /= 2;
  plan.soft_side_blur /= 2;
  plan.noise /= 2;
  return plan;
}

class Corpus {
 public:
  explicit Corpus(const CorpusOptions& options)
      : options_(options), random_(options.seed) {}

  absl::Status Add(int number);
  const CorpusResult& result() const { return result_; }

 private:
  absl::Status Prepare(int block);
  Scene Choose(int number, Random& random);
  void Judge(const Scene& scene, const CapturePlan& plan, int number,
             bool with_picture,
             const absl::StatusOr<align::Registration>& found, int reduction);

  CorpusOptions options_;
  Random random_;
  CorpusResult result_;
  int block_ = -1;
  SharedForm form_;
  // With the picture of the blank page, and without.
  std::unique_ptr<align::PageRegistrar> registrars_[2];
};

SharedForm Print(FormFamily family, uint64_t seed) {
  return std::make_shared<const PrintedForm>(
      generator::PrintForm(family, seed));
}

absl::Status Corpus::Prepare(int block) {
  if (block == block_) return absl::OkStatus();
  const std::vector<FormFamily>& families = generator::AllFormFamilies();
  form_ = Print(families[block % families.size()],
                options_.seed * 1000 + block / families.size());
  SL_ASSIGN_OR_RETURN(const std::string file, EncodePng(form_->print.luma, 1));
  DecodeOptions decode;
  decode.min_long_side = kLongSide;
  for (const bool with_picture : {true, false}) {
    align::Reference reference = generator::ToReference(*form_, false);
    // Not everybody's layout says where the timing marks are.
    if (form_->seed % 2 == 1) reference.timing_tracks.clear();
    if (with_picture) {
      SL_ASSIGN_OR_RETURN(Decoded<GrayImage> image, DecodeGray(file, decode));
      reference.image = std::move(image.pixels);
    }
    SL_ASSIGN_OR_RETURN(registrars_[with_picture ? 0 : 1],
                        align::PageRegistrar::Create(std::move(reference)));
  }
  block_ = block;
  return absl::OkStatus();
}

Scene Corpus::Choose(int number, Random& random) {
  Scene scene;
  // Half of the sheets suffer one named condition, the others up to three
  // degradations at once.
  const std::vector<generator::Condition>& conditions =
      generator::AllConditions();
  if (number % 2 == 0) {
    const generator::Condition& condition =
        conditions[number / 2 % conditions.size()];
    scene.degradations = condition.degradations;
    scene.description = condition.name;
  } else {
    for (int i = random.Integer(1, 3); i > 0; --i) {
      scene.degradations.push_back(random.Pick(generator::AllDegradations()));
      absl::StrAppend(&scene.description, scene.description.empty() ? "" : "+",
                      generator::DegradationName(scene.degradations.back()));
    }
  }
  scene.form = form_;
  if (number % kOtherEvery != kOtherEvery - 1) return scene;
  scene.is_other = true;
  if (random.Chance(0.1)) {
    scene.form = nullptr;
    scene.description += " of a letter";
    return scene;
  }
  // Every fourth is of the same family: much of it looks the same.
  const FormFamily family = random.Chance(0.25)
                                ? form_->family
                                : random.Pick(generator::AllFormFamilies());
  scene.form =
      Print(family, options_.seed * 1000 + 500 + random.Integer(0, 400));
  absl::StrAppend(&scene.description, " of ", generator::FormFamilyName(family),
                  " ", scene.form->seed);
  return scene;
}

void Corpus::Judge(const Scene& scene, const CapturePlan& plan, int number,
                   bool with_picture,
                   const absl::StatusOr<align::Registration>& found,
                   int reduction) {
  int bin = kConfidenceBinCount - 1;
  if (found.ok()) {
    bin = 0;
    while (bin < kConfidenceBinCount - 1 &&
           found->confidence < kConfidenceBins[bin]) {
      ++bin;
    }
  }
  ConfidenceBin& counts = result_.bins[with_picture ? 0 : 1][bin];
  const bool is_own =
      scene.form != nullptr &&
      (!scene.is_other || HaveTheSameBubbles(*form_, *scene.form));
  AlignmentError error;
  if (is_own) {
    ++counts.own;
    if (found.ok()) {
      const double units = form_->units_per_pixel;
      const Homography truth = Homography::Scale(units, units) *
                               plan.print_to_scan.Inverse().value();
      const Homography full =
          found->scan_to_page *
          Homography::Scale(1.0 / reduction, 1.0 / reduction);
      error = MeasureAlignment(form_->fields, truth,
                               generator::DeviationOf(plan) * units, full);
      counts.own_wrong += error.is_wrong;
    }
  } else {
    ++counts.other;
  }
  const bool is_wrong = found.ok() && (error.is_wrong || !is_own);
  const bool is_lost = !found.ok() && !scene.is_other;
  if (options_.failures == nullptr || !(is_wrong || is_lost)) return;
  std::string how;
  if (found.ok()) {
    how = absl::StrFormat(
        "%s, confidence %.3f, off by %.2f bubbles on average, %.2f at most",
        align::MethodName(found->method), found->confidence, error.mean,
        error.max);
  } else {
    how = std::string(found.status().message());
  }
  std::fprintf(options_.failures,
               "%s --alignment_corpus 1 --seed %llu --first %d: %s %llu %s, "
               "%s: %s\n",
               !is_wrong                  ? "REFUSED"
               : found->confidence >= 0.9 ? "WRONG_AND_SURE"
                                          : "WRONG",
               static_cast<unsigned long long>(options_.seed), number,
               generator::FormFamilyName(form_->family),
               static_cast<unsigned long long>(form_->seed),
               with_picture ? "with its picture" : "without picture",
               scene.description.c_str(), how.c_str());
  std::fflush(options_.failures);
}

absl::Status Corpus::Add(int number) {
  const double start = CpuMs();
  SL_RETURN_IF_ERROR(Prepare(number / kSheetsPerForm));
  Random random = random_.For(absl::StrCat("sheet ", number));
  const Scene scene = Choose(number, random);
  PageImage page;
  if (scene.form == nullptr) {
    page = Letter(random.For("letter"));
  } else {
    page = scene.form->print.Clone();
    generator::FillIn(*scene.form, generator::MarkProfile::kMixed,
                      random.For("marks"), page);
  }
  CapturePlan plan = PlanCapture(scene.degradations, page.luma.width(),
                                 page.luma.height(), random.For("plan"));
  if (std::max(plan.width, plan.height) >= 2 * kLongSide) plan = Halved(plan);
  const PageImage picture = Capture(page, plan, random.For("capture"));
  SL_ASSIGN_OR_RETURN(const std::string jpeg,
                      EncodeJpeg(picture.luma, plan.jpeg_quality));
  const double drawn = CpuMs();
  DecodeOptions decode;
  decode.min_long_side = kLongSide;
  SL_ASSIGN_OR_RETURN(const Decoded<GrayImage> scan, DecodeGray(jpeg, decode));
  const StopToken stop;
  for (const bool with_picture : {true, false}) {
    const absl::StatusOr<align::Registration> found =
        registrars_[with_picture ? 0 : 1]->Register(scan.pixels, {}, stop);
    Judge(scene, plan, number, with_picture, found, scan.reduction);
  }
  ++result_.sheets;
  result_.generate_cpu_ms += drawn - start;
  result_.register_cpu_ms += CpuMs() - drawn;
  return absl::OkStatus();
}

}  // namespace

bool HaveTheSameBubbles(const PrintedForm& a, const PrintedForm& b) {
  // Readers look for a bubble within half its size.
  constexpr double kSamePlace = 0.2;
  const auto is_same = [](double x, double y, double tolerance) {
    return std::abs(x - y) <= tolerance;
  };
  if (!(a.layout.page == b.layout.page) || a.fields.size() != b.fields.size()) {
    return false;
  }
  for (size_t f = 0; f < a.fields.size(); ++f) {
    const auto& ours = a.fields[f].bubbles;
    const auto& theirs = b.fields[f].bubbles;
    if (ours.size() != theirs.size()) return false;
    for (size_t i = 0; i < ours.size(); ++i) {
      const double tolerance =
          kSamePlace * std::min(ours[i].size.width, ours[i].size.height);
      if (!is_same(ours[i].center.x, theirs[i].center.x, tolerance) ||
          !is_same(ours[i].center.y, theirs[i].center.y, tolerance)) {
        return false;
      }
    }
  }
  return true;
}

absl::StatusOr<CorpusResult> RunAlignmentCorpus(const CorpusOptions& options) {
  Corpus corpus(options);
  for (int i = 0; i < options.sheets; ++i) {
    SL_RETURN_IF_ERROR(corpus.Add(options.first + i));
    if (i % 100 == 99) std::fprintf(stderr, "%d sheets\n", i + 1);
  }
  return corpus.result();
}

std::string CorpusTable(const CorpusResult& result) {
  std::string table = absl::StrFormat("%-12s%44s%44s\n%-12s", "",
                                      "with the picture of the blank page",
                                      "without", "confidence");
  for (int i = 0; i < 2; ++i) {
    absl::StrAppendFormat(&table, "%16s%8s%20s", "right form", "wrong",
                          "other pages");
  }
  table += "\n";
  for (int bin = 0; bin < kConfidenceBinCount; ++bin) {
    const bool is_refused = bin == kConfidenceBinCount - 1;
    absl::StrAppendFormat(
        &table, "%-12s",
        is_refused ? "refused"
                   : absl::StrFormat("%.2f..%.2f", kConfidenceBins[bin],
                                     bin == 0 ? 1 : kConfidenceBins[bin - 1]));
    for (const auto& bins : result.bins) {
      absl::StrAppendFormat(&table, "%16d%8d%20d", bins[bin].own,
                            bins[bin].own_wrong, bins[bin].other);
    }
    table += "\n";
  }
  const double sheets = std::max<double>(1, result.sheets);
  absl::StrAppendFormat(&table,
                        "%d sheets; CPU ms a sheet: %.0f to draw it, %.0f to "
                        "register it with and without picture\n",
                        result.sheets, result.generate_cpu_ms / sheets,
                        result.register_cpu_ms / sheets);
  return table;
}

}  // namespace sightline::bench
