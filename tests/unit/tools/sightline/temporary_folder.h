// A folder for one test.
#ifndef SIGHTLINE_TESTS_UNIT_TOOLS_SIGHTLINE_TEMPORARY_FOLDER_H_
#define SIGHTLINE_TESTS_UNIT_TOOLS_SIGHTLINE_TEMPORARY_FOLDER_H_

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace sightline::cli {

// Gone at the end.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name =
        (std::filesystem::temp_directory_path() / "sightline-test-XXXXXX")
            .string();
    path_ = mkdtemp(name.data());
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }

  const std::string& path() const { return path_; }
  std::string Path(const std::string& name) const { return path_ + "/" + name; }

  // Writes a file, with the folders it lies in; returns its path.
  std::string Write(const std::string& name, const std::string& content) const {
    std::filesystem::create_directories(
        std::filesystem::path(Path(name)).parent_path());
    std::ofstream(Path(name), std::ios::binary) << content;
    return Path(name);
  }
  std::string Read(const std::string& name) const {
    std::ifstream file(Path(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

 private:
  std::string path_;
};

}  // namespace sightline::cli

#endif  // SIGHTLINE_TESTS_UNIT_TOOLS_SIGHTLINE_TEMPORARY_FOLDER_H_
