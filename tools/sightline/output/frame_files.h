// What a frame leaves in the folder of `sightline georef --out`.
#ifndef SIGHTLINE_TOOLS_SIGHTLINE_OUTPUT_FRAME_FILES_H_
#define SIGHTLINE_TOOLS_SIGHTLINE_OUTPUT_FRAME_FILES_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "common/stop/stop_token.h"
#include "sightline/georef/v1/georef.pb.h"
#include "tools/sightline/georef_flags.h"
#include "tools/sightline/input/scan_list.h"
#include "tools/sightline/output/class_palette.h"
#include "tools/sightline/output/page_files.h"

namespace sightline::cli {

inline constexpr char kMapFile[] = "map.html";

// Paths; empty for what was not written.
struct FrameFiles {
  std::string polygons;
  std::string picture;
  std::string raster;
  std::string stac;
  std::string mask;
};

// Thread-safe.
class FrameWriter {
 public:
  // Plans the files of all `scans` by their places, and finds what writes them.
  // `flags` must outlive it. Errors: InvalidArgument WOULD_OVERWRITE, those of
  // PlanFiles() and FindExportProgram().
  static absl::StatusOr<FrameWriter> Plan(const GeorefFlags& flags,
                                          absl::Span<const Scan> scans);

  // Writes the files of one frame. Errors: Internal FILE_UNWRITABLE; those of
  // MaskPicture() and ExportPolygons().
  absl::StatusOr<FrameFiles> Write(const Scan& scan,
                                   const georef::v1::ProcessResponse& response,
                                   const ClassPalette& palette,
                                   const StopToken& stop) const;

 private:
  FrameWriter(const GeorefFlags& flags, std::vector<PlannedFiles> plan,
              std::string export_program);

  const GeorefFlags* flags_;
  std::vector<PlannedFiles> plan_;
  std::string export_program_;
};

// Features as lines of CSV with a heading; the first column is the geometry in
// hexadecimal, which databases read as such.
std::string WkbCsv(const georef::v1::FeatureSet& features);

}  // namespace sightline::cli

#endif  // SIGHTLINE_TOOLS_SIGHTLINE_OUTPUT_FRAME_FILES_H_
