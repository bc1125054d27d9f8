// Which colour a class has in pictures and on maps.
#ifndef SIGHTLINE_TOOLS_SIGHTLINE_OUTPUT_CLASS_PALETTE_H_
#define SIGHTLINE_TOOLS_SIGHTLINE_OUTPUT_CLASS_PALETTE_H_

#include <cstdint>
#include <map>
#include <string>

#include "sightline/georef/v1/georef.pb.h"

namespace sightline::cli {

struct ClassLook {
  // "label 3" for a class without a name.
  std::string name;
  // 0xRRGGBB.
  uint32_t color = 0;
  // It is not drawn.
  bool is_background = false;
};

class ClassPalette {
 public:
  // For masks of the caller's: label 0 is background, the others have colours
  // that people with any kind of colour vision can tell apart.
  ClassPalette() = default;
  // The classes of a network.
  explicit ClassPalette(const georef::v1::ModelDescription& model);

  ClassLook Of(uint32_t label) const;

 private:
  std::map<uint32_t, ClassLook> classes_;
};

// "#D55E00".
std::string ColorText(uint32_t color);

// "840 m2", "1.24 ha", "3.2 km2" of square metres, with `square` for the raised
// 2.
std::string AreaText(double area_m2, const char* square = "²");

}  // namespace sightline::cli

#endif  // SIGHTLINE_TOOLS_SIGHTLINE_OUTPUT_CLASS_PALETTE_H_
