// template.json's preProcessors: what they say of how the page is found.
#ifndef SIGHTLINE_SERVICES_GRADE_OMRCHECKER_PRE_PROCESSORS_H_
#define SIGHTLINE_SERVICES_GRADE_OMRCHECKER_PRE_PROCESSORS_H_

#include <map>
#include <optional>
#include <string>

#include "common/geometry/homography.h"
#include "services/grade/omrchecker/json_file.h"

namespace sightline::grade::omrchecker {

// Pictures by the path that names them.
using Pictures = std::map<std::string, std::string>;

// What makes a scan the page that the template measures.
enum class PageSource {
  kScan,       // The scan is the page.
  kOutline,    // The sheet's outline (CropPage).
  kMarkers,    // The page spans the centres of four markers (CropOnMarkers).
  kReference,  // A picture of the page (FeatureBasedAlignment).
};

struct PageFinding {
  PageSource source = PageSource::kScan;
  // The marker or the reference, as the template names it.
  std::string picture;
  // Of a marker on the page, page units.
  double marker_width = 0;
  double marker_height = 0;
};

// Paths of all pictures that the pre-processors in `root`, the whole template,
// name; nothing is reported.
std::vector<std::string> PicturesNamedBy(const JsonValue& root);

// Reads `list`, which may not exist. `page`: the template's pageDimensions.
// Pictures that are named and missing are errors.
PageFinding ReadPreProcessors(const JsonFile& file, const Place& list,
                              PixelSize page, const Pictures& pictures);

}  // namespace sightline::grade::omrchecker

#endif  // SIGHTLINE_SERVICES_GRADE_OMRCHECKER_PRE_PROCESSORS_H_
