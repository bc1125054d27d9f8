#include "tools/sightline/preprocess_flags.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "tools/sightline/input/message_file.h"
#include "tools/sightline/input/operation_text.h"

namespace sightline::cli {
namespace {

using preprocess::v1::PreprocessOptions;

constexpr char kDescription[] =
    "Cleans scanned and photographed pages for OCR, and says what it did and "
    "why. Names image files (JPEG, PNG, TIFF, WebP, BMP), PDFs and folders; "
    "each page of a PDF or TIFF is a page of its own. One page's failure is "
    "reported and the rest go on.\n\n"
    "  sightline preprocess scans/ --out clean/\n"
    "  sightline preprocess plan.tif --operation flatten --operation otsu \\\n"
    "      --output tiff_g4 --out clean/\n"
    "  sightline preprocess page.jpg --assess\n"
    "  sightline preprocess plan.png --regions boxes.csv --out crops/\n"
    "  sightline preprocess --capabilities\n\n"
    "What is done: a preset, or operations of your own, one after another. "
    "docs/preprocess.md, or `sightline describe "
    "sightline.preprocess.v1.Operation --server ADDRESS`, explains all.\n\n"
    "Exit code: 0, or 10 + the gRPC code of the first page that failed.";

absl::Status FlagInvalid(absl::string_view message) {
  return Error(absl::StatusCode::kInvalidArgument, "FLAG_INVALID")
      .Message(message);
}

}  // namespace

ArgumentParser MakePreprocessParser(PreprocessFlags& flags) {
  ArgumentParser parser("preprocess FILES_OR_FOLDERS... [--out DIR] [flags]",
                        kDescription);
  parser.AddChoice("preset",
                   {{"auto", preprocess::v1::PRESET_AUTO},
                    {"document", preprocess::v1::PRESET_DOCUMENT},
                    {"drawing", preprocess::v1::PRESET_DRAWING},
                    {"seed_compat", preprocess::v1::PRESET_SEED_COMPAT}},
                   "Operations with a name. Default auto: nothing that no "
                   "measurement asks for.",
                   &flags.preset);
  parser.Add("operation", "NAME[:PARAMETER=VALUE,...]",
             "Instead: an operation, such as clahe:clip_limit=2 or otsu. "
             "Repeat it for several, which run in this order.",
             &flags.operations);
  parser.Add("operations", "FILE",
             "Instead: operations in JSON, "
             "sightline.preprocess.v1.OperationList.",
             &flags.operations_file);
  parser.Add("dpi", "N",
             "The pages' resolution, 10..10000. Default: what their files say.",
             &flags.dots_per_inch);
  parser.AddChoice("device",
                   {{"auto", preprocess::v1::DEVICE_UNSPECIFIED},
                    {"cpu", preprocess::v1::DEVICE_CPU}},
                   "What to compute on; the bits are the same. Default auto: a "
                   "graphics device if the server has one.",
                   &flags.device);
  AddSendingFlags(parser, &flags.sending);
  parser.Heading("Questions");
  parser.AddSwitch("assess",
                   "Measures pages and says what auto would do; makes none.",
                   &flags.assess);
  parser.Add("regions", "FILE",
             "Cleans these parts of every page, each as a page of its own: "
             "lines of x,y,width,height in pixels, or .json: {\"regions\": "
             "[{\"x\": 10, ...}]}.",
             &flags.regions);
  parser.AddSwitch("capabilities",
                   "What the server computes on, its limits and presets.",
                   &flags.capabilities);
  parser.Heading("Output");
  parser.Add("out", "DIR",
             "Cleaned pages go into this folder, as NAME.png. Without it "
             "pages are only reported on.",
             &flags.out);
  parser.AddChoice("output",
                   {{"png", preprocess::v1::PAGE_FORMAT_PNG},
                    {"jpeg", preprocess::v1::PAGE_FORMAT_JPEG},
                    {"gray", preprocess::v1::PAGE_FORMAT_GRAY},
                    {"bilevel_png", preprocess::v1::PAGE_FORMAT_BILEVEL_PNG},
                    {"tiff_g4", preprocess::v1::PAGE_FORMAT_TIFF_G4},
                    {"packed", preprocess::v1::PAGE_FORMAT_PACKED}},
                   "As what: gray is written as .pgm, packed (1 bit a pixel) "
                   "as .pbm. The last three are for black and white pages: "
                   "let a threshold be the last operation. Default png.",
                   &flags.output);
  parser.Add("quality", "Q", "JPEG quality, 1..100. Default 90.",
             &flags.quality);
  parser.AddSwitch("before_after",
                   "Also writes NAME-before_after.png: what was sent at the "
                   "left, what came back at the right.",
                   &flags.before_after);
  parser.AddSwitch("overwrite", "Writes over files of an earlier run.",
                   &flags.overwrite);
  parser.AddSwitch("skip_existing",
                   "Leaves out pages whose files are there already: goes on "
                   "with a run that was interrupted.",
                   &flags.skip_existing);
  parser.AddSwitch("reasons",
                   "A line for every stage: why it changed the page, or did "
                   "not.",
                   &flags.reasons);
  parser.AddSwitch("json", "One JSON object per page on standard output.",
                   &flags.json);
  AddConnectionFlags(parser, &flags.connection);
  return parser;
}

absl::Status CheckPreprocessFlags(const PreprocessFlags& flags) {
  SL_RETURN_IF_ERROR(CheckSendingOptions(flags.sending));
  const bool has_preset = flags.preset != preprocess::v1::PRESET_UNSPECIFIED;
  const int pipelines = (has_preset ? 1 : 0) +
                        (flags.operations.empty() ? 0 : 1) +
                        (flags.operations_file.empty() ? 0 : 1);
  if (pipelines > 1) {
    return FlagInvalid("--preset, --operation or --operations, one of them");
  }
  const int questions = (flags.assess ? 1 : 0) + (flags.capabilities ? 1 : 0) +
                        (flags.regions.empty() ? 0 : 1);
  if (questions > 1) {
    return FlagInvalid("--assess, --regions or --capabilities, one of them");
  }
  if ((flags.assess || flags.capabilities) &&
      (pipelines > 0 || !flags.out.empty())) {
    return FlagInvalid(
        "--assess and --capabilities make no pages: they take no operations "
        "and no --out");
  }
  if (flags.out.empty() &&
      (flags.overwrite || flags.skip_existing || flags.before_after)) {
    return FlagInvalid(
        "--before_after, --overwrite and --skip_existing are about --out DIR");
  }
  if (flags.overwrite && flags.skip_existing) {
    return FlagInvalid("--overwrite or --skip_existing, not both");
  }
  if (flags.before_after && !flags.regions.empty()) {
    return FlagInvalid("--before_after is about pages, not about --regions");
  }
  if (flags.dots_per_inch != 0 &&
      !(flags.dots_per_inch >= 10 && flags.dots_per_inch <= 10000)) {
    return FlagInvalid("--dpi must lie in 10..10000");
  }
  if (flags.quality != 0 && flags.output != preprocess::v1::PAGE_FORMAT_JPEG) {
    return FlagInvalid("--quality goes with --output jpeg");
  }
  if (flags.quality < 0 || flags.quality > 100) {
    return FlagInvalid("--quality must lie in 1..100");
  }
  return absl::OkStatus();
}

absl::StatusOr<PreprocessOptions> MakePreprocessOptions(
    const PreprocessFlags& flags) {
  PreprocessOptions options;
  if (!flags.operations_file.empty()) {
    SL_RETURN_IF_ERROR(ReadMessageFile(flags.operations_file, {},
                                       options.mutable_operations()));
  }
  for (const std::string& text : flags.operations) {
    SL_ASSIGN_OR_RETURN(*options.mutable_operations()->add_operations(),
                        ParseOperation(text));
  }
  if (!options.has_operations()) {
    options.set_preset(static_cast<preprocess::v1::Preset>(flags.preset));
  }
  auto format = static_cast<preprocess::v1::PageFormat>(flags.output);
  if (format == preprocess::v1::PAGE_FORMAT_UNSPECIFIED) {
    // Nobody looks at a page that is not written: the quickest to send.
    format = flags.out.empty() ? preprocess::v1::PAGE_FORMAT_JPEG
                               : preprocess::v1::PAGE_FORMAT_PNG;
  }
  options.mutable_output()->set_format(format);
  options.mutable_output()->set_quality(flags.quality);
  options.set_dots_per_inch(flags.dots_per_inch);
  options.set_device(static_cast<preprocess::v1::Device>(flags.device));
  return options;
}

ExistingFiles ExistingFilesOf(const PreprocessFlags& flags) {
  if (flags.overwrite) return ExistingFiles::kOverwrite;
  return flags.skip_existing ? ExistingFiles::kSkip : ExistingFiles::kRefuse;
}

}  // namespace sightline::cli
