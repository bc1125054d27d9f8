#include "services/grade/engine/flag.h"

namespace sightline::grade {

const char* FlagName(Flag flag) {
  switch (flag) {
    case Flag::kBlank:
      return "blank";
    case Flag::kMultiple:
      return "multiple";
    case Flag::kFaint:
      return "faint";
    case Flag::kErased:
      return "erased";
    case Flag::kAmbiguous:
      return "ambiguous";
    case Flag::kOffGrid:
      return "off_grid";
    case Flag::kCutOff:
      return "cut_off";
    case Flag::kUnreadable:
      return "unreadable";
    case Flag::kCancelled:
      return "cancelled";
    case Flag::kPageMissing:
      return "page_missing";
    case Flag::kPageTwice:
      return "page_twice";
  }
  return "unknown";
}

}  // namespace sightline::grade
