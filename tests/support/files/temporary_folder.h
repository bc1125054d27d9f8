// A folder that a test fills and that goes with it.
#ifndef SIGHTLINE_TESTS_SUPPORT_FILES_TEMPORARY_FOLDER_H_
#define SIGHTLINE_TESTS_SUPPORT_FILES_TEMPORARY_FOLDER_H_

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>

namespace sightline {

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "sightline-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) {
      throw std::runtime_error("no temporary folder");
    }
    path_ = pattern;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  // Of the folder itself, without a slash at its end.
  std::string path() const { return path_.string(); }
  // The path of `name` in this folder.
  std::string Path(const std::string& name = "") const {
    return (path_ / name).string();
  }

  // Writes `content` to `name` by way of rename, as programs that replace
  // files should; makes the folders it needs. Returns its path.
  std::string Write(
      const std::string& name, const std::string& content,
      std::filesystem::perms mode = std::filesystem::perms::owner_read |
                                    std::filesystem::perms::owner_write) const {
    const std::filesystem::path target = path_ / name;
    std::filesystem::create_directories(target.parent_path());
    const std::filesystem::path unfinished = target.string() + ".new";
    std::ofstream(unfinished, std::ios::binary) << content;
    std::filesystem::permissions(unfinished, mode);
    std::filesystem::rename(unfinished, target);
    return target.string();
  }

  // What `name` holds; empty if there is no such file.
  std::string Read(const std::string& name) const {
    std::ifstream file(path_ / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

 private:
  std::filesystem::path path_;
};

}  // namespace sightline

#endif  // SIGHTLINE_TESTS_SUPPORT_FILES_TEMPORARY_FOLDER_H_
