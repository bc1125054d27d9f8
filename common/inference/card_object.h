// Reads the members of a JSON object, each once, and remembers what is wrong.
// Internal to common/inference.
//
// Many members, one error: after the first failure readers give empty values,
// so that a card is read from top to bottom and its status looked at once.
#ifndef SIGHTLINE_COMMON_INFERENCE_CARD_OBJECT_H_
#define SIGHTLINE_COMMON_INFERENCE_CARD_OBJECT_H_

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "common/text/json_text.h"

namespace sightline {

// What a number must be; the text says it to a person.
struct NumberRange {
  double least = 0;
  double most = 0;
  bool is_whole = false;
};

class CardObject {
 public:
  // `status` collects the first failure of all objects of a card. `value` and
  // `status` must outlive this.
  CardObject(const JsonValue& value, absl::string_view what,
             absl::Status& status);

  bool Has(absl::string_view name) const;
  // Of at most `most_bytes` and not empty.
  std::string Text(absl::string_view name, size_t most_bytes);
  double Number(absl::string_view name, const NumberRange& range);
  int64_t Whole(absl::string_view name, int64_t least, int64_t most);
  // One of `words`; its index. The first one's after a failure.
  int Choice(absl::string_view name, const std::vector<std::string>& words);
  // The member, an object.
  CardObject Object(absl::string_view name);
  // An object that is an item of one of this object's lists.
  CardObject Item(const JsonValue& item, absl::string_view what) {
    return CardObject(item, what, status_);
  }
  // Items of a list of `least`..`most`, each given to `read`.
  void List(absl::string_view name, size_t least, size_t most,
            const std::function<void(const JsonValue&)>& read);
  std::vector<double> Numbers(absl::string_view name, size_t least, size_t most,
                              const NumberRange& range);

  // Refuses members that nobody asked for.
  void RefuseOthers();
  // Remembers a failure at the member `name`, or at the object if it has none.
  void Fail(absl::string_view name, absl::string_view problem);
  bool ok() const { return status_.ok(); }

 private:
  const JsonValue* Member(absl::string_view name, JsonValue::Kind kind);
  void FailAt(TextPosition position, absl::string_view problem);
  double NumberOf(const JsonValue& value, absl::string_view name,
                  const NumberRange& range);

  const JsonValue& value_;
  const std::string what_;
  absl::Status& status_;
  std::set<std::string> asked_;
};

}  // namespace sightline

#endif  // SIGHTLINE_COMMON_INFERENCE_CARD_OBJECT_H_
