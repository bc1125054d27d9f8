// Objects of a JSON file, member by member, with the place of what is wrong.
#ifndef SIGHTLINE_SERVICES_GEOREF_ENGINE_OVERLAY_JSON_OBJECT_H_
#define SIGHTLINE_SERVICES_GEOREF_ENGINE_OVERLAY_JSON_OBJECT_H_

#include <initializer_list>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/text/json_text.h"

namespace sightline::georef {

// "line 3, column 7: WHAT", of `reason`, for the field `path`.
absl::Status JsonInvalid(absl::string_view reason, TextPosition position,
                         absl::string_view path, absl::string_view what);

// Reads the members of one object. Points into the JsonValue it was made of.
// Errors: InvalidArgument of the reason it was made with.
class JsonObject {
 public:
  // `members`: all that may be there; another one, or no object, is an error.
  static absl::StatusOr<JsonObject> Create(
      const JsonValue& value, std::string path, absl::string_view reason,
      std::initializer_list<absl::string_view> members);

  bool Has(absl::string_view name) const { return Find(name) != nullptr; }
  // Required ones.
  absl::StatusOr<std::string> Text(absl::string_view name) const;
  absl::StatusOr<int> Whole(absl::string_view name, int low, int high) const;
  absl::StatusOr<double> Number(absl::string_view name, double low,
                                double high) const;
  absl::StatusOr<const JsonValue*> Member(absl::string_view name,
                                          JsonValue::Kind kind) const;
  // `otherwise` where there is none.
  absl::StatusOr<double> NumberOr(absl::string_view name, double low,
                                  double high, double otherwise) const;
  absl::StatusOr<std::string> TextOr(absl::string_view name,
                                     absl::string_view otherwise) const;
  absl::StatusOr<bool> BoolOr(absl::string_view name, bool otherwise) const;

  std::string PathOf(absl::string_view name) const;
  absl::Status Invalid(absl::string_view name, absl::string_view what) const;

 private:
  JsonObject(const JsonValue& value, std::string path, absl::string_view reason)
      : value_(&value), path_(std::move(path)), reason_(reason) {}
  const JsonValue* Find(absl::string_view name) const {
    return value_->Find(name);
  }

  const JsonValue* value_;
  std::string path_;
  absl::string_view reason_;
};

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_ENGINE_OVERLAY_JSON_OBJECT_H_
