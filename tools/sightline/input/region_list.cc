#include "tools/sightline/input/region_list.h"

#include <array>
#include <cstdint>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "tools/sightline/input/message_file.h"
#include "tools/sightline/input/read_file.h"

namespace sightline::cli {
namespace {

using preprocess::v1::PreprocessRegionsRequest;
using preprocess::v1::Region;

// Some 10,000 regions take a tenth of it.
constexpr int64_t kMaxTableBytes = int64_t{8} << 20;

absl::Status Fail(absl::string_view place, absl::string_view problem) {
  return Error(absl::StatusCode::kInvalidArgument, "FILE_INVALID")
      .Message(absl::StrCat(place, ": ", problem));
}

bool IsHeading(absl::string_view line) {
  return absl::StartsWithIgnoreCase(absl::StripAsciiWhitespace(line), "x");
}

absl::StatusOr<std::vector<Region>> ReadJson(const std::string& path) {
  PreprocessRegionsRequest request;
  SL_RETURN_IF_ERROR(ReadMessageFile(path, {}, &request));
  if (request.has_page() || request.has_options() || request.with_reports()) {
    return Fail(path, "expects \"regions\" alone");
  }
  return std::vector<Region>(request.regions().begin(),
                             request.regions().end());
}

}  // namespace

absl::StatusOr<std::vector<Region>> ParseRegionTable(absl::string_view text,
                                                     absl::string_view name) {
  std::vector<Region> regions;
  int line_number = 0;
  bool is_first = true;
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    ++line_number;
    const absl::string_view content = absl::StripAsciiWhitespace(line);
    if (content.empty() || content[0] == '#') continue;
    if (std::exchange(is_first, false) && IsHeading(content)) continue;
    std::array<int32_t, 4> numbers = {};
    size_t count = 0;
    for (const absl::string_view cell : absl::StrSplit(line, ',')) {
      const std::string place = absl::StrCat(name, ":", line_number, ":",
                                             cell.data() - line.data() + 1);
      if (count == numbers.size()) {
        return Fail(place, "a region is x,y,width,height: there is more here");
      }
      if (!absl::SimpleAtoi(cell, &numbers[count])) {
        return Fail(place,
                    absl::StrCat("expects a whole number, not \"",
                                 absl::StripAsciiWhitespace(cell), "\""));
      }
      ++count;
    }
    if (count < numbers.size()) {
      return Fail(absl::StrCat(name, ":", line_number, ":", line.size() + 1),
                  "a region is x,y,width,height: the line ends early");
    }
    Region region;
    region.set_x(numbers[0]);
    region.set_y(numbers[1]);
    region.set_width(numbers[2]);
    region.set_height(numbers[3]);
    regions.push_back(region);
  }
  return regions;
}

absl::StatusOr<std::vector<Region>> ReadRegions(const std::string& path) {
  std::vector<Region> regions;
  if (absl::EndsWithIgnoreCase(path, ".json")) {
    SL_ASSIGN_OR_RETURN(regions, ReadJson(path));
  } else {
    SL_ASSIGN_OR_RETURN(const std::string text, ReadFile(path, kMaxTableBytes));
    SL_ASSIGN_OR_RETURN(regions, ParseRegionTable(text, path));
  }
  if (regions.empty()) return Fail(path, "lists no regions");
  return regions;
}

}  // namespace sightline::cli
