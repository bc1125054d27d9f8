// Why a reading deserves a second look.
#ifndef SIGHTLINE_SERVICES_GRADE_ENGINE_FLAG_H_
#define SIGHTLINE_SERVICES_GRADE_ENGINE_FLAG_H_

namespace sightline::grade {

enum class Flag {
  kBlank,
  kMultiple,
  kFaint,
  kErased,
  kAmbiguous,
  kOffGrid,
  kCutOff,
  // A code that is not there or can't be decoded.
  kUnreadable,
  // A mark was taken back, and no other is there.
  kCancelled,
  // The page it is on was not scanned.
  kPageMissing,
  // The page it is on was scanned more than once.
  kPageTwice,
};

// "blank", "multiple", ...
const char* FlagName(Flag flag);

}  // namespace sightline::grade

#endif  // SIGHTLINE_SERVICES_GRADE_ENGINE_FLAG_H_
