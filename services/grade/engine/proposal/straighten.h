// Turns a page that lies askew in its picture.
#ifndef SIGHTLINE_SERVICES_GRADE_ENGINE_PROPOSAL_STRAIGHTEN_H_
#define SIGHTLINE_SERVICES_GRADE_ENGINE_PROPOSAL_STRAIGHTEN_H_

#include "common/image/image.h"

namespace sightline::grade {

// `page` turned counterclockwise by `degrees` around its middle, at its own
// size; corners that come from outside are white. Thread-safe.
GrayImage Straightened(const GrayImage& page, double degrees);

}  // namespace sightline::grade

#endif  // SIGHTLINE_SERVICES_GRADE_ENGINE_PROPOSAL_STRAIGHTEN_H_
