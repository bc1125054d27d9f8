// Filled-in answer sheets as an office scanner delivers them, ready to send,
// and what a server should answer.
//
// A4, 300 dpi, colour JPEG, turned by up to 4 degrees, every fourth upside
// down, all of one form, with one plain mark in every field: there is nothing
// in them that may be read wrongly.
#ifndef SIGHTLINE_TESTS_SUPPORT_SHEETS_SHEET_BATCH_H_
#define SIGHTLINE_TESTS_SUPPORT_SHEETS_SHEET_BATCH_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "sightline/grade/v1/grade.pb.h"

namespace sightline::sheets {

enum class Scanner {
  // Paper and sensor noise: files of about 1.8 MB.
  kGrainy,
  // A good flatbed: files of about 0.6 MB.
  kFlatbed,
};

class SheetBatch {
 public:
  // `count` different sheets; the same for the same `seed`. About a second of
  // CPU time each. Errors: those of the generator.
  static absl::StatusOr<SheetBatch> Make(int count, uint64_t seed,
                                         Scanner scanner = Scanner::kGrainy);

  int count() const { return static_cast<int>(requests_.size()); }
  // A whole request: scan, layout with a picture of the blank page, key.
  const grade::v1::GradeSheetRequest& request(int i) const {
    return requests_[i];
  }
  const std::string& scan(int i) const { return requests_[i].scan().encoded(); }
  // The same layout and key for a stream.
  const grade::v1::GradeSheetsSettings& settings() const { return settings_; }

  // What is wrong with the answer to sheet `i`; empty if every field was read
  // as it is filled in.
  std::string Mistakes(int i,
                       const grade::v1::GradeSheetResponse& answer) const;

 private:
  SheetBatch() = default;

  std::vector<grade::v1::GradeSheetRequest> requests_;
  grade::v1::GradeSheetsSettings settings_;
  // Per sheet, by field label.
  std::vector<std::map<std::string, std::string>> truth_;
};

}  // namespace sightline::sheets

#endif  // SIGHTLINE_TESTS_SUPPORT_SHEETS_SHEET_BATCH_H_
