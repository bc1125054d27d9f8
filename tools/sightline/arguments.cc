#include "tools/sightline/arguments.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/status/error.h"

namespace sightline::cli {
namespace {

constexpr int kHelpWidth = 80;
constexpr int kHelpIndent = 6;

std::string SetBool(absl::string_view text, bool* value) {
  return absl::SimpleAtob(text, value) ? "" : "expects true or false";
}

std::string SetDouble(absl::string_view text, double* value) {
  return absl::SimpleAtod(text, value) && std::isfinite(*value)
             ? ""
             : "expects a number";
}

absl::Status FlagError(absl::string_view name, absl::string_view message) {
  return Error(absl::StatusCode::kInvalidArgument, "FLAG_INVALID")
      .Message(absl::StrCat("--", name, " ", message));
}

// Insertions, deletions, substitutions and swaps of neighbours that turn `a`
// into `b` (optimal string alignment).
int EditDistance(absl::string_view a, absl::string_view b) {
  std::vector<int> before(b.size() + 1);
  std::vector<int> last(b.size() + 1);
  std::iota(last.begin(), last.end(), 0);
  for (size_t i = 1; i <= a.size(); ++i) {
    std::vector<int> row(b.size() + 1, static_cast<int>(i));
    for (size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({last[j] + 1, row[j - 1] + 1,
                         last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      const bool swapped =
          i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    before = std::exchange(last, std::move(row));
  }
  return last[b.size()];
}

}  // namespace

ArgumentParser::ArgumentParser(absl::string_view usage,
                               absl::string_view description)
    : usage_(usage), description_(description) {}

void ArgumentParser::Heading(absl::string_view text) {
  heading_ = std::string(text);
}

void ArgumentParser::AddFlag(
    absl::string_view name, absl::string_view value_name,
    absl::string_view help, std::function<std::string(absl::string_view)> set) {
  flags_.push_back({std::string(name), std::string(value_name),
                    std::string(help), heading_, std::move(set)});
}

void ArgumentParser::Add(absl::string_view name, absl::string_view value_name,
                         absl::string_view help, std::string* target) {
  AddFlag(name, value_name, help, [target](absl::string_view text) {
    *target = std::string(text);
    return text.empty() ? "expects a value" : "";
  });
}

void ArgumentParser::Add(absl::string_view name, absl::string_view value_name,
                         absl::string_view help,
                         std::vector<std::string>* target) {
  AddFlag(name, value_name, help, [target](absl::string_view text) {
    target->push_back(std::string(text));
    return text.empty() ? "expects a value" : "";
  });
}

void ArgumentParser::Add(absl::string_view name, absl::string_view value_name,
                         absl::string_view help, int* target) {
  AddFlag(name, value_name, help, [target](absl::string_view text) {
    return absl::SimpleAtoi(text, target) ? "" : "expects a whole number";
  });
}

void ArgumentParser::Add(absl::string_view name, absl::string_view value_name,
                         absl::string_view help, double* target) {
  AddFlag(name, value_name, help,
          [target](absl::string_view text) { return SetDouble(text, target); });
}

void ArgumentParser::Add(absl::string_view name, absl::string_view value_name,
                         absl::string_view help,
                         std::optional<double>* target) {
  AddFlag(name, value_name, help, [target](absl::string_view text) {
    return SetDouble(text, &target->emplace());
  });
}

void ArgumentParser::Add(absl::string_view name, absl::string_view value_name,
                         absl::string_view help, absl::Duration* target) {
  AddFlag(name, value_name, help,
          [target](absl::string_view text) -> std::string {
            double seconds = 0;
            if (absl::SimpleAtod(text, &seconds)) {
              *target = absl::Seconds(seconds);
            } else if (!absl::ParseDuration(text, target)) {
              return "expects a duration such as 250ms, 1.5s or 2m";
            }
            return *target > absl::ZeroDuration() &&
                           *target < absl::InfiniteDuration()
                       ? ""
                       : "must be longer than nothing, and finite";
          });
}

void ArgumentParser::AddSwitch(absl::string_view name, absl::string_view help,
                               bool* target) {
  AddFlag(name, "", help,
          [target](absl::string_view text) { return SetBool(text, target); });
}

void ArgumentParser::AddSwitch(absl::string_view name, absl::string_view help,
                               std::optional<bool>* target) {
  AddFlag(name, "", help, [target](absl::string_view text) {
    return SetBool(text, &target->emplace());
  });
}

void ArgumentParser::AddChoice(absl::string_view name,
                               std::vector<std::pair<std::string, int>> choices,
                               absl::string_view help, int* target) {
  std::vector<std::string> words;
  for (const auto& [word, number] : choices) words.push_back(word);
  const std::string list = absl::StrJoin(words, "|");
  AddFlag(name, list, help,
          [target, choices, list](absl::string_view text) -> std::string {
            for (const auto& [word, number] : choices) {
              if (absl::AsciiStrToLower(text) == word) {
                *target = number;
                return "";
              }
            }
            return absl::StrCat("expects one of ", list);
          });
}

const ArgumentParser::Flag* ArgumentParser::Find(absl::string_view name) const {
  for (const Flag& flag : flags_) {
    if (flag.name == name) return &flag;
  }
  return nullptr;
}

absl::StatusOr<ParsedArguments> ArgumentParser::Parse(
    absl::Span<const std::string> arguments) const {
  ParsedArguments parsed;
  for (size_t i = 0; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    if (argument == "--") {
      parsed.positional.insert(parsed.positional.end(),
                               arguments.begin() + i + 1, arguments.end());
      break;
    }
    if (argument == "--help" || argument == "-h") {
      parsed.help = true;
      return parsed;
    }
    if (argument.size() < 2 || argument[0] != '-') {
      parsed.positional.push_back(argument);
      continue;
    }
    const size_t dashes = argument[1] == '-' ? 2 : 1;
    const size_t equals = argument.find('=');
    const std::string name = argument.substr(dashes, equals - dashes);
    std::optional<std::string> value;
    if (equals != std::string::npos) value = argument.substr(equals + 1);
    const Flag* flag = dashes == 2 ? Find(name) : nullptr;
    if (flag == nullptr && dashes == 2 && !value.has_value() &&
        name.rfind("no", 0) == 0) {
      flag = Find(absl::string_view(name).substr(2));
      if (flag != nullptr && !flag->value_name.empty()) flag = nullptr;
      if (flag != nullptr) value = "false";
    }
    if (flag == nullptr) {
      std::vector<std::string> names = {"help"};
      for (const Flag& known : flags_) names.push_back(known.name);
      const std::string nearest = NearestWord(name, names);
      return Error(absl::StatusCode::kInvalidArgument, "FLAG_INVALID")
          .Message(absl::StrCat(
              "there is no flag ", argument.substr(0, equals),
              nearest.empty() ? "" : absl::StrCat("; --", nearest, "?"),
              " (--help lists them)"));
    }
    if (!value.has_value()) {
      if (flag->value_name.empty()) {
        value = "true";
      } else if (i + 1 < arguments.size()) {
        value = arguments[++i];
      } else {
        return FlagError(flag->name, "needs a value");
      }
    }
    const std::string problem = flag->set(*value);
    if (!problem.empty()) {
      return FlagError(
          flag->name,
          absl::StrCat(problem, ", not \"", absl::string_view(*value), "\""));
    }
  }
  return parsed;
}

std::string ArgumentParser::Help() const {
  std::string out = absl::StrCat("Usage: sightline ", usage_, "\n\n",
                                 WrapText(description_, 0, kHelpWidth));
  std::string heading;
  for (const Flag& flag : flags_) {
    if (flag.heading != heading) {
      heading = flag.heading;
      absl::StrAppend(&out, "\n", heading, ":\n");
    }
    absl::StrAppend(&out, "  --", flag.name, flag.value_name.empty() ? "" : " ",
                    flag.value_name, "\n",
                    WrapText(flag.help, kHelpIndent, kHelpWidth));
  }
  return out;
}

std::string WrapText(absl::string_view text, int indent, int width) {
  std::string out;
  const std::string margin(indent, ' ');
  for (absl::string_view paragraph : absl::StrSplit(text, '\n')) {
    if (paragraph.empty()) {
      absl::StrAppend(&out, "\n");
      continue;
    }
    if (paragraph[0] == ' ') {
      absl::StrAppend(&out, margin, paragraph, "\n");
      continue;
    }
    std::string line;
    for (absl::string_view word :
         absl::StrSplit(paragraph, ' ', absl::SkipEmpty())) {
      if (!line.empty() &&
          indent + line.size() + 1 + word.size() > static_cast<size_t>(width)) {
        absl::StrAppend(&out, margin, line, "\n");
        line.clear();
      }
      absl::StrAppend(&line, line.empty() ? "" : " ", word);
    }
    absl::StrAppend(&out, margin, line, "\n");
  }
  return out;
}

std::string NearestWord(absl::string_view word,
                        absl::Span<const std::string> words) {
  std::string nearest;
  // A word of up to 200 bytes: the distance is quadratic in it.
  if (word.size() > 200) return nearest;
  int least = std::max<int>(1, static_cast<int>(word.size()) / 3) + 1;
  for (const std::string& candidate : words) {
    const int distance = EditDistance(word, candidate);
    if (distance < least) {
      least = distance;
      nearest = candidate;
    }
  }
  return nearest;
}

}  // namespace sightline::cli
