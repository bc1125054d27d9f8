// A folder that pictures are written to, never over what was read.
#ifndef SIGHTLINE_TOOLS_SIGHTLINE_OUTPUT_IMAGE_FOLDER_H_
#define SIGHTLINE_TOOLS_SIGHTLINE_OUTPUT_IMAGE_FOLDER_H_

#include <map>
#include <set>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "sightline/common/v1/image.pb.h"
#include "tools/sightline/input/scan_list.h"

namespace sightline::cli {

// Not thread-safe.
class ImageFolder {
 public:
  // Makes the folder if it is missing. Nothing will be written over the files
  // of `scans`. Errors: Internal FILE_UNWRITABLE.
  static absl::StatusOr<ImageFolder> Open(const std::string& folder,
                                          absl::Span<const Scan> scans);

  // Writes the picture made of `scan` as "<name>-<suffix>.jpg" (or .png) and
  // returns its path: "scans/a.jpg" becomes "a-annotated.jpg", page 2 of
  // "b.pdf" "b-page2-annotated.jpg". A name that is taken by another picture
  // of this run, or by an input, gets a number. Errors: Internal
  // FILE_UNWRITABLE.
  absl::StatusOr<std::string> Write(const Scan& scan, absl::string_view suffix,
                                    const common::v1::EncodedImage& image);

  // Nothing will be written over `path`.
  void Keep(const std::string& path);

 private:
  ImageFolder(std::string folder, std::set<std::string> taken);
  std::string folder_;
  // Paths not to write to, in canonical form.
  std::set<std::string> taken_;
  // By name without number: the number to try next.
  std::map<std::string, int> next_numbers_;
};

}  // namespace sightline::cli

#endif  // SIGHTLINE_TOOLS_SIGHTLINE_OUTPUT_IMAGE_FOLDER_H_
