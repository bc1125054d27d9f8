// A folder that a test fills and that goes with it.
#ifndef SIGHTLINE_TESTS_UNIT_COMMON_TEMPORARY_FOLDER_H_
#define SIGHTLINE_TESTS_UNIT_COMMON_TEMPORARY_FOLDER_H_

#include <stdlib.h>

#include <filesystem>
#include <fstream>
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

 private:
  std::filesystem::path path_;
};

}  // namespace sightline

#endif  // SIGHTLINE_TESTS_UNIT_COMMON_TEMPORARY_FOLDER_H_
