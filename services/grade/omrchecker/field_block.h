// One of template.json's fieldBlocks.
#ifndef SIGHTLINE_SERVICES_GRADE_OMRCHECKER_FIELD_BLOCK_H_
#define SIGHTLINE_SERVICES_GRADE_OMRCHECKER_FIELD_BLOCK_H_

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "common/geometry/homography.h"
#include "services/grade/omrchecker/json_file.h"
#include "sightline/grade/v1/layout.pb.h"

namespace sightline::grade::omrchecker {

// What the bubbles of a field mean, and how they follow each other.
struct FieldType {
  std::vector<std::string> values;
  // Values downwards and fields to the right; else the other way round.
  bool vertical = false;
};

// What the template says for all blocks.
struct BlockDefaults {
  PixelSize bubble;
  std::string empty_value;
  // Added to every coordinate.
  double margin = 0;
  // The template's own field types.
  std::map<std::string, FieldType> types;
};

struct FieldBlockContent {
  std::string name;
  std::vector<std::string> labels;
  std::vector<std::string> values;
  bool vertical = false;
  // The values are the digits 0 to 9.
  bool is_integer = false;
  // Upper left corner of the first bubble, margin added.
  PixelPoint origin;
  double value_gap = 0;
  // One between each two labels.
  std::vector<double> label_gaps;
  // As the template says it; {0, 0} for the template's own.
  PixelSize bubble_box;
  // As it is read: no larger than the gaps allow.
  PixelSize bubble;
  std::string empty_value;
};

// "vertical" or "horizontal"; nullopt after an error.
std::optional<bool> ReadDirection(const JsonFile& file, const Place& place);

// nullopt after an error, and for a block whose fields are no bubbles, which
// is noted.
std::optional<FieldBlockContent> ReadFieldBlock(const JsonFile& file,
                                                const Place& place,
                                                const std::string& name,
                                                const BlockDefaults& defaults,
                                                int max_labels);

// Adds the block to `layout`: regular grids as blocks, with those labels that
// are in `multiple` apart; the others field by field.
void AddToLayout(const FieldBlockContent& block,
                 const std::set<std::string>& multiple,
                 v1::SheetLayout* layout);

}  // namespace sightline::grade::omrchecker

#endif  // SIGHTLINE_SERVICES_GRADE_OMRCHECKER_FIELD_BLOCK_H_
