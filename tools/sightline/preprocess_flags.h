// What `sightline preprocess` was asked for.
#ifndef SIGHTLINE_TOOLS_SIGHTLINE_PREPROCESS_FLAGS_H_
#define SIGHTLINE_TOOLS_SIGHTLINE_PREPROCESS_FLAGS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sightline/preprocess/v1/preprocess.pb.h"
#include "tools/sightline/arguments.h"
#include "tools/sightline/client/connection.h"
#include "tools/sightline/client/send_scans.h"
#include "tools/sightline/output/page_files.h"

namespace sightline::cli {

struct PreprocessFlags {
  PreprocessFlags() { connection.server = "localhost:50053"; }

  // A preprocess.v1.Preset; unspecified: not said.
  int preset = preprocess::v1::PRESET_UNSPECIFIED;
  std::string operations_file;
  std::vector<std::string> operations;
  double dots_per_inch = 0;
  int device = preprocess::v1::DEVICE_UNSPECIFIED;

  bool assess = false;
  bool capabilities = false;
  std::string regions;

  // A preprocess.v1.PageFormat; unspecified: not said.
  int output = preprocess::v1::PAGE_FORMAT_UNSPECIFIED;
  int quality = 0;
  std::string out;
  bool before_after = false;
  bool overwrite = false;
  bool skip_existing = false;
  bool reasons = false;
  bool json = false;

  SendingOptions sending;
  ConnectionOptions connection;
};

ArgumentParser MakePreprocessParser(PreprocessFlags& flags);

// Errors: InvalidArgument FLAG_INVALID for values out of range and flags that
// do not go together.
absl::Status CheckPreprocessFlags(const PreprocessFlags& flags);

// Reads the files that the flags name. Errors: those of ReadMessageFile() and
// ParseOperation().
absl::StatusOr<preprocess::v1::PreprocessOptions> MakePreprocessOptions(
    const PreprocessFlags& flags);

ExistingFiles ExistingFilesOf(const PreprocessFlags& flags);

}  // namespace sightline::cli

#endif  // SIGHTLINE_TOOLS_SIGHTLINE_PREPROCESS_FLAGS_H_
