#include "tools/sightline/input/omrchecker_folder.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "tools/sightline/input/read_file.h"
#include "tools/sightline/text/json_text.h"

namespace sightline::cli {
namespace {

namespace fs = std::filesystem;
using grade::omrchecker::File;
using grade::omrchecker::Files;
using grade::omrchecker::Finding;
using grade::omrchecker::Import;

constexpr char kTemplate[] = "template.json";
constexpr char kConfig[] = "config.json";
constexpr char kEvaluation[] = "evaluation.json";
// The import has its own, lower limit and says so.
constexpr int64_t kMaxFileBytes = int64_t{32} << 20;

// Absolute, without links as far as it exists.
fs::path Canonical(const fs::path& path) {
  std::error_code error;
  const fs::path canonical = fs::weakly_canonical(path, error);
  return error ? fs::absolute(path, error) : canonical;
}

bool IsWithin(const fs::path& path, const fs::path& folder) {
  const auto [end, ignored] =
      std::mismatch(folder.begin(), folder.end(), path.begin(), path.end());
  return end == folder.end();
}

std::string FileIn(const fs::path& folder, const char* name) {
  const fs::path path = folder / name;
  std::error_code error;
  return fs::is_regular_file(path, error) ? path.string() : "";
}

// As people would name it: below the working folder without what leads there.
std::string Shown(const std::string& path) {
  std::error_code error;
  const fs::path here = fs::current_path(error);
  if (error || !IsWithin(path, here)) return path;
  return fs::path(path).lexically_relative(here).string();
}

// The file `name` that `owner` names; nullopt where it does not exist.
absl::StatusOr<std::optional<std::string>> PathOf(const std::string& name,
                                                  const std::string& owner,
                                                  const OmrCheckerPaths& paths,
                                                  bool allow_outside) {
  const fs::path path = Canonical(fs::path(owner).parent_path() / name);
  if (!allow_outside && !IsWithin(path, Canonical(paths.top))) {
    return Error(absl::StatusCode::kInvalidArgument, "FILE_INVALID")
        .Message(absl::StrCat(Shown(owner), ": '", name,
                              "' leads out of the folder ", Shown(paths.top),
                              "; --allow_outside permits that"));
  }
  std::error_code error;
  if (!fs::exists(path, error)) return std::optional<std::string>();
  return std::optional<std::string>(path.string());
}

}  // namespace

OmrCheckerPaths FindOmrCheckerFiles(const std::string& folder,
                                    const std::string& root) {
  const fs::path top = Canonical(root);
  OmrCheckerPaths paths;
  fs::path current = Canonical(folder);
  while (true) {
    if (paths.template_json.empty()) {
      paths.template_json = FileIn(current, kTemplate);
    }
    if (paths.config_json.empty()) {
      paths.config_json = FileIn(current, kConfig);
    }
    if (paths.evaluation_json.empty()) {
      paths.evaluation_json = FileIn(current, kEvaluation);
    }
    const bool is_below_top = IsWithin(current, top) && current != top;
    paths.top = current.string();
    if (!paths.template_json.empty() && !is_below_top) break;
    const fs::path above = current.parent_path();
    if (above.empty() || above == current) break;
    current = above;
  }
  // Without a template, somebody else's files above say nothing of this one.
  if (paths.template_json.empty()) return {};
  return paths;
}

OmrCheckerPaths OmrCheckerFilesBeside(const std::string& template_path) {
  const fs::path path = Canonical(template_path);
  OmrCheckerPaths paths;
  paths.template_json = path.string();
  paths.config_json = FileIn(path.parent_path(), kConfig);
  paths.evaluation_json = FileIn(path.parent_path(), kEvaluation);
  paths.top = path.parent_path().string();
  return paths;
}

bool IsOmrCheckerTemplate(const std::string& path) {
  const auto content = ReadFile(path, kMaxFileBytes);
  if (!content.ok()) return false;
  const auto json = ParseJson(*content);
  return json.ok() && json->kind == JsonValue::Kind::kObject &&
         json->Find("fieldBlocks") != nullptr && json->Find("page") == nullptr;
}

absl::StatusOr<OmrCheckerSource> ReadOmrChecker(const OmrCheckerPaths& paths,
                                                bool allow_outside) {
  OmrCheckerSource source;
  Files& files = source.files;
  SL_ASSIGN_OR_RETURN(files.template_json,
                      ReadFile(paths.template_json, kMaxFileBytes));
  if (!paths.config_json.empty()) {
    SL_ASSIGN_OR_RETURN(files.config_json,
                        ReadFile(paths.config_json, kMaxFileBytes));
  }
  for (const std::string& name : grade::omrchecker::PicturesOf(files)) {
    SL_ASSIGN_OR_RETURN(const auto path, PathOf(name, paths.template_json,
                                                paths, allow_outside));
    if (!path.has_value()) continue;
    SL_ASSIGN_OR_RETURN(files.pictures[name], ReadFile(*path, kMaxFileBytes));
    source.pictures.push_back(*path);
  }
  if (paths.evaluation_json.empty()) return source;
  SL_ASSIGN_OR_RETURN(files.evaluation_json,
                      ReadFile(paths.evaluation_json, kMaxFileBytes));
  const auto named = grade::omrchecker::FilesNamedBy(files.evaluation_json);
  if (!named.answer_key_csv.empty()) {
    SL_ASSIGN_OR_RETURN(const auto path,
                        PathOf(named.answer_key_csv, paths.evaluation_json,
                               paths, allow_outside));
    if (path.has_value()) {
      SL_ASSIGN_OR_RETURN(files.answer_key_csv, ReadFile(*path, kMaxFileBytes));
      source.answer_key = *path;
    }
  }
  if (!named.answer_key_picture.empty()) {
    SL_ASSIGN_OR_RETURN(const auto path,
                        PathOf(named.answer_key_picture, paths.evaluation_json,
                               paths, allow_outside));
    if (path.has_value()) {
      source.answer_key_picture = *path;
      source.pictures.push_back(*path);
    }
  }
  return source;
}

std::string FindingText(const OmrCheckerPaths& paths, const Finding& finding) {
  std::string file;
  switch (finding.file) {
    case File::kTemplate:
      file = Shown(paths.template_json);
      break;
    case File::kConfig:
      file = Shown(paths.config_json);
      break;
    case File::kEvaluation:
      file = Shown(paths.evaluation_json);
      break;
    case File::kAnswerKey:
      file = absl::StrCat("the answer key of ", Shown(paths.evaluation_json));
      break;
  }
  const bool has_position = finding.file != File::kAnswerKey &&
                            !finding.path.empty() && finding.position.line > 0;
  return absl::StrCat(file,
                      has_position ? absl::StrCat(":", finding.position.line,
                                                  ":", finding.position.column)
                                   : "",
                      ": ", finding.path, finding.path.empty() ? "" : ": ",
                      finding.text);
}

absl::Status ImportError(const OmrCheckerPaths& paths, const Import& imported) {
  std::string message;
  for (const Finding& finding : imported.findings) {
    if (!finding.is_error) continue;
    absl::StrAppend(&message, message.empty() ? "" : "\n",
                    FindingText(paths, finding));
  }
  if (!imported.has_errors) return absl::OkStatus();
  return Error(absl::StatusCode::kInvalidArgument, "FILE_INVALID")
      .Message(message);
}

}  // namespace sightline::cli
