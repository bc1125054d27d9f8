#include "common/inference/model_folder.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/inference/reasons.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"

namespace sightline {
namespace {

absl::Status Unreadable(absl::StatusCode code, const std::string& path,
                        absl::string_view problem) {
  return Error(code, kModelFileUnreadable)
      .Message(absl::StrCat(path, ": ", problem))
      .Resource("file", path);
}

absl::StatusOr<std::string> ReadWholeFile(const std::string& path,
                                          int64_t most_bytes) {
  std::error_code error;
  if (!std::filesystem::exists(path, error)) {
    return Unreadable(absl::StatusCode::kNotFound, path,
                      "there is no such file");
  }
  // Of a pipe or a device there is no telling how much comes.
  if (!std::filesystem::is_regular_file(path, error)) {
    return Unreadable(absl::StatusCode::kFailedPrecondition, path,
                      "this is no file");
  }
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  const int64_t size = file ? static_cast<int64_t>(file.tellg()) : -1;
  if (size < 0) {
    return Unreadable(absl::StatusCode::kFailedPrecondition, path,
                      std::strerror(errno));
  }
  if (size > most_bytes) {
    return Unreadable(absl::StatusCode::kFailedPrecondition, path,
                      absl::StrCat("the file has ", size, " bytes, at most ",
                                   most_bytes, " are read"));
  }
  std::string bytes(static_cast<size_t>(size), '\0');
  file.seekg(0);
  if (!file.read(bytes.data(), size)) {
    return Unreadable(absl::StatusCode::kFailedPrecondition, path,
                      "the file could not be read to its end");
  }
  return bytes;
}

}  // namespace

absl::StatusOr<ModelFiles> ReadModelFolder(const std::string& folder) {
  std::error_code error;
  const std::filesystem::path given = folder;
  const std::filesystem::path card_path =
      std::filesystem::is_regular_file(given, error) ? given
                                                     : given / "card.json";
  SL_ASSIGN_OR_RETURN(const std::string json,
                      ReadWholeFile(card_path.string(), kMaximumCardBytes));
  absl::StatusOr<ModelCard> card = ParseModelCard(json);
  if (!card.ok()) {
    return Error(absl::StatusCode::kInvalidArgument, kModelCardInvalid)
        .Message(
            absl::StrCat(card_path.string(), ": ", card.status().message()));
  }
  const std::string model_path =
      (card_path.parent_path() / card->file).string();
  SL_ASSIGN_OR_RETURN(std::string file,
                      ReadWholeFile(model_path, kMaximumModelBytes));
  return ModelFiles{*std::move(card), std::move(file)};
}

absl::StatusOr<std::shared_ptr<const Model>> LoadModelFolder(
    const std::string& folder, const ModelOptions& options,
    std::optional<InferenceRuntime> runtime) {
  SL_ASSIGN_OR_RETURN(const ModelFiles files, ReadModelFolder(folder));
  if (runtime) return LoadModel(files.file, files.card, options, *runtime);
  return LoadModel(files.file, files.card, options);
}

}  // namespace sightline
