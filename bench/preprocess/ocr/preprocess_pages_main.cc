// Pages through presets, files in and files out: what ocr_bench.py shows to an
// OCR engine.
//
//   preprocess_pages FOLDER PRESET[,PRESET...] PAGE...
//
// Writes FOLDER/<name of the page>.<preset>.png for each page and preset, and
// prints a line of JSON for each:
//
//   {"file": "text-0.auto.png", "page": 0, "preset": "auto",
//    "cpu_ms": 31.5, "output_to_input": [1, 0, ... row-major 3 x 3],
//    "stages": [{"name": "denoise", "has_run": true, "is_doubtful": false,
//                "reason": "noise of ...", "measurements": {"noise_sigma":
//                9}}]}
//
// Pages are PNG, JPEG, TIFF, BMP or WebP; "page" counts them from 0, and the
// homography maps pixels of the result to pixels of the page, corner-based.
#include <time.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "common/image/decode.h"
#include "common/image/encode.h"
#include "common/status/status_macros.h"
#include "services/preprocess/engine/pipeline/pipeline.h"
#include "services/preprocess/engine/pipeline/presets.h"

namespace sightline::preprocess {
namespace {

struct NamedPipeline {
  std::string name;
  Pipeline pipeline;
};

double ThreadMilliseconds() {
  timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return 1e3 * static_cast<double>(now.tv_sec) +
         1e-6 * static_cast<double>(now.tv_nsec);
}

std::string Quoted(absl::string_view text) {
  std::string quoted = "\"";
  for (const char character : text) {
    if (character == '"' || character == '\\') quoted += '\\';
    quoted += character;
  }
  return quoted + '"';
}

std::string StagesJson(const PipelineReport& report) {
  std::string json;
  for (const StageReport& stage : report.stages) {
    std::string measurements;
    for (const Measurement& measured : stage.measurements) {
      absl::StrAppendFormat(&measurements, "%s%s: %.6g",
                            measurements.empty() ? "" : ", ",
                            Quoted(measured.name), measured.value);
    }
    absl::StrAppendFormat(
        &json,
        R"(%s{"name": %s, "has_run": %s, "is_doubtful": %s, "reason": %s, )"
        R"("measurements": {%s}})",
        json.empty() ? "" : ", ", Quoted(stage.name),
        stage.has_run ? "true" : "false", stage.is_doubtful ? "true" : "false",
        Quoted(stage.reason), measurements);
  }
  return json;
}

absl::StatusOr<std::vector<NamedPipeline>> Pipelines(absl::string_view names) {
  std::vector<NamedPipeline> pipelines;
  for (const absl::string_view name : absl::StrSplit(names, ',')) {
    const std::optional<Preset> preset = PresetOfName(name);
    if (!preset) {
      return absl::InvalidArgumentError(absl::StrCat("no preset '", name, "'"));
    }
    SL_ASSIGN_OR_RETURN(Pipeline pipeline,
                        Pipeline::Create(OperationsOf(*preset)));
    pipelines.push_back({std::string(name), std::move(pipeline)});
  }
  return pipelines;
}

absl::Status WriteResult(const GrayImage& page,
                         const std::filesystem::path& path) {
  SL_ASSIGN_OR_RETURN(const std::string png, EncodePng(page, 1));
  std::ofstream file(path, std::ios::binary);
  file.write(png.data(), static_cast<std::streamsize>(png.size())).flush();
  if (!file) {
    return absl::UnavailableError(absl::StrCat("cannot write ", path.string()));
  }
  return absl::OkStatus();
}

absl::Status RunOnPage(const std::filesystem::path& path, int page,
                       const std::vector<NamedPipeline>& pipelines,
                       const std::filesystem::path& folder) {
  std::ifstream file(path, std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(file)),
                          std::istreambuf_iterator<char>());
  if (!file) {
    return absl::NotFoundError(absl::StrCat("cannot read ", path.string()));
  }
  SL_ASSIGN_OR_RETURN(const Decoded<GrayImage> decoded, DecodeGray(bytes, {}));
  for (const NamedPipeline& each : pipelines) {
    const double begin = ThreadMilliseconds();
    SL_ASSIGN_OR_RETURN(const Preprocessed result,
                        each.pipeline.Run(decoded.pixels));
    const double cpu_ms = ThreadMilliseconds() - begin;
    const std::string name =
        absl::StrCat(path.stem().string(), ".", each.name, ".png");
    SL_RETURN_IF_ERROR(WriteResult(result.page, folder / name));
    std::string matrix;
    for (int i = 0; i < 9; ++i) {
      absl::StrAppendFormat(&matrix, "%s%.12g", i == 0 ? "" : ", ",
                            result.report.output_to_input[i]);
    }
    absl::PrintF(R"({"file": %s, "page": %d, "preset": %s, "cpu_ms": %.1f, )"
                 R"("output_to_input": [%s], "stages": [%s]})"
                 "\n",
                 Quoted(name), page, Quoted(each.name), cpu_ms, matrix,
                 StagesJson(result.report));
  }
  return absl::OkStatus();
}

}  // namespace
}  // namespace sightline::preprocess

int main(int argc, char** argv) {
  if (argc < 4) {
    std::fprintf(stderr,
                 "usage: preprocess_pages FOLDER PRESET[,PRESET...] PAGE...\n");
    return 2;
  }
  const auto pipelines = sightline::preprocess::Pipelines(argv[2]);
  absl::Status status = pipelines.status();
  for (int i = 3; i < argc && status.ok(); ++i) {
    status =
        sightline::preprocess::RunOnPage(argv[i], i - 3, *pipelines, argv[1]);
  }
  if (!status.ok()) {
    std::fprintf(stderr, "preprocess_pages: %s\n",
                 std::string(status.message()).c_str());
    return EXIT_FAILURE;
  }
  return EXIT_SUCCESS;
}
