// A JSON file of OMRChecker, read value by value.
//
// Every function that reads a value says at its place what is wrong with it
// and returns nothing then: what was wrong once is not reported again by those
// who would have used it.
#ifndef SIGHTLINE_SERVICES_GRADE_OMRCHECKER_JSON_FILE_H_
#define SIGHTLINE_SERVICES_GRADE_OMRCHECKER_JSON_FILE_H_

#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "common/geometry/homography.h"
#include "common/text/json_text.h"
#include "services/grade/omrchecker/findings.h"

namespace sightline::grade::omrchecker {

// A value and where it stands in its file: "fieldBlocks.Roll.origin".
struct Place {
  const JsonValue* value = nullptr;
  std::string path;

  bool exists() const { return value != nullptr; }
  // The member, which may not exist.
  Place operator[](absl::string_view name) const;
  Place Item(size_t index) const;
  // A member at hand.
  Place Of(const JsonMember& member) const;
};

class JsonFile {
 public:
  // `findings` outlives it.
  JsonFile(File file, Findings& findings) : file_(file), findings_(findings) {}

  // Reads the file; nullopt after an error. The result is kept by the caller.
  std::optional<JsonValue> Parse(absl::string_view text) const;

  void Error(const Place& place, absl::string_view text) const;
  void Note(const Place& place, absl::string_view text) const;
  // An error that the member `name` is missing.
  void Missing(const Place& object, absl::string_view name,
               absl::string_view meaning) const;

  bool IsObject(const Place& place) const;
  bool IsList(const Place& place) const;
  std::optional<std::string> String(const Place& place) const;
  // Finite, and at least `least`.
  std::optional<double> Number(const Place& place, double least) const;
  std::optional<bool> Bool(const Place& place) const;
  // [x, y], both at least `least`.
  std::optional<PixelPoint> Pair(const Place& place, double least) const;
  std::optional<std::vector<std::string>> Strings(const Place& place) const;
  // A list of labels in which "q1..20" (or "q1...20") stands for q1 to q20;
  // expanded, at most `limit` of them.
  std::optional<std::vector<std::string>> Labels(const Place& place,
                                                 int limit) const;
  // Marks: a number, or text such as "3", "-0.25", "-1/4".
  std::optional<double> Marks(const Place& place) const;

  // Notes every member of `object` that is not among `known`.
  void NoteUnknown(const Place& object,
                   std::initializer_list<absl::string_view> known,
                   absl::string_view instead) const;

  File file() const { return file_; }
  Findings& findings() const { return findings_; }

 private:
  bool ExpandInto(const Place& place, const std::string& text, int limit,
                  std::vector<std::string>& labels) const;

  File file_;
  Findings& findings_;
};

// "-1/4", "3", "0.5": the number, if it is finite.
std::optional<double> ParseMarks(absl::string_view text);

}  // namespace sightline::grade::omrchecker

#endif  // SIGHTLINE_SERVICES_GRADE_OMRCHECKER_JSON_FILE_H_
