// Real sheets for the tests: read from the data shared outside the
// repository, nowhere copied.
#ifndef SIGHTLINE_TESTS_UNIT_SERVICES_ALIGN_ENGINE_SAMPLE_SHEETS_H_
#define SIGHTLINE_TESTS_UNIT_SERVICES_ALIGN_ENGINE_SAMPLE_SHEETS_H_

#include <optional>
#include <string>
#include <vector>

#include "common/geometry/homography.h"
#include "common/image/image.h"
#include "services/align/engine/reference.h"

namespace sightline::align {

// One scan whose position is known.
struct SampleScan {
  std::string name;
  GrayImage pixels;
  // Best known, corner-based; the data's own is centre-based.
  Homography scan_to_page;
};

// A reference and its scans.
struct SampleSheet {
  std::string name;
  Reference reference;
  // Smaller side of a bubble, page units.
  double bubble = 0;
  std::vector<SampleScan> scans;
};

// The folder of the samples; nullopt where it does not exist.
std::optional<std::string> SampleFolder();

// sample2, sample4, sample5, sample6 and UmarFarootAPS, each with the
// reference its kind calls for.
std::vector<SampleSheet> LoadSampleSheets(const std::string& folder);

// The scan of the form with timing marks, and where they are on it.
struct TimingSample {
  GrayImage scan;
  TimingTrack track;
};
TimingSample LoadTimingSample(const std::string& folder);

}  // namespace sightline::align

#endif  // SIGHTLINE_TESTS_UNIT_SERVICES_ALIGN_ENGINE_SAMPLE_SHEETS_H_
