// Writes seeds for scan_pages_fuzzer: items and requests of one or several
// files, TIFFs of several pages among them.
//
//   write_scan_pages_seeds FOLDER
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "sightline/common/v1/conveyor.pb.h"
#include "sightline/grade/v1/grade.pb.h"
#include "tests/support/images/image_files.h"

namespace {

using namespace sightline;           // NOLINT: one program, one purpose.
using namespace sightline::testing;  // NOLINT

class SeedWriter {
 public:
  explicit SeedWriter(std::string folder) : folder_(std::move(folder)) {
    std::filesystem::create_directories(folder_);
  }

  // With every choice of the fuzzer's that `kind` leaves open.
  void Write(const std::string& bytes, char kind) {
    for (const char all_pages : {'\0', '\1'}) {
      std::ofstream out(folder_ + "/" + std::to_string(count_++),
                        std::ios::binary);
      out << static_cast<char>(kind | all_pages) << bytes;
      is_good_ = is_good_ && out.good();
    }
  }

  bool is_good() const { return is_good_; }

 private:
  std::string folder_;
  int count_ = 0;
  bool is_good_ = true;
};

void WriteItem(SeedWriter& seeds, const std::vector<std::string>& files,
               int page, int page_count) {
  common::v1::ItemHeader header;
  header.set_page(page);
  header.set_page_count(page_count);
  std::string all;
  for (const std::string& file : files) {
    if (files.size() > 1) {
      header.add_part_sizes(static_cast<int64_t>(file.size()));
    }
    all += file;
  }
  const std::string head = header.SerializeAsString();
  constexpr char kItem = 0;
  constexpr char kFittedItem = 4;
  for (const char kind : {kItem, kFittedItem}) {
    seeds.Write(static_cast<char>(head.size()) + head + all, kind);
  }
}

void WriteRequest(SeedWriter& seeds, const std::vector<std::string>& files,
                  int page) {
  grade::v1::GradeSheetRequest request;
  request.mutable_scan()->set_encoded(files[0]);
  request.mutable_scan()->set_page(page);
  for (size_t i = 1; i < files.size(); ++i) {
    request.add_more_scans()->set_encoded(files[i]);
  }
  constexpr char kRequest = 2;
  seeds.Write(request.SerializeAsString(), kRequest);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: write_scan_pages_seeds FOLDER\n");
    return 2;
  }
  SeedWriter seeds(argv[1]);
  const Picture picture = SmoothPicture(5, 4, 1);
  const std::string png = PngFile(picture);
  const std::string tiff =
      TiffFile({{picture, {}}, {picture, {.compression = 5}}, {picture, {}}});
  for (const std::vector<std::string>& files :
       {std::vector<std::string>{png}, {tiff}, {png, png}, {tiff, png, tiff}}) {
    for (const int page : {0, 2}) {
      for (const int page_count : {0, 1, 3}) {
        WriteItem(seeds, files, page, page_count);
      }
      WriteRequest(seeds, files, page);
    }
  }
  return seeds.is_good() ? 0 : 1;
}
