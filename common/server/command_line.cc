#include "common/server/command_line.h"

#include <algorithm>

#include "absl/flags/commandlineflag.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/server/reasons.h"
#include "common/status/error.h"

namespace sightline {
namespace {

// Flags that Abseil itself defines are none of ours.
bool IsOurs(const absl::CommandLineFlag& flag) {
  return absl::StrContains(flag.Filename(), "common/server") ||
         absl::StrContains(flag.Filename(), "common/jobs") ||
         absl::StrContains(flag.Filename(), "services/");
}

absl::Status Bad(absl::string_view what) {
  return Error(absl::StatusCode::kInvalidArgument, kBadConfiguration)
      .Message(what);
}

// The words of `text` in lines that `indent` begins.
std::string Wrapped(absl::string_view text, absl::string_view indent) {
  constexpr size_t kColumns = 80;
  std::string lines;
  size_t column = kColumns;
  for (const absl::string_view word : absl::StrSplit(text, ' ')) {
    if (column + 1 + word.size() > kColumns) {
      absl::StrAppend(&lines, lines.empty() ? "" : "\n", indent, word);
      column = indent.size() + word.size();
    } else {
      absl::StrAppend(&lines, " ", word);
      column += 1 + word.size();
    }
  }
  return lines;
}

}  // namespace

std::vector<absl::CommandLineFlag*> ProgramFlags() {
  std::vector<absl::CommandLineFlag*> flags;
  for (const auto& [name, flag] : absl::GetAllFlags()) {
    if (IsOurs(*flag)) flags.push_back(flag);
  }
  std::sort(flags.begin(), flags.end(),
            [](const absl::CommandLineFlag* a, const absl::CommandLineFlag* b) {
              return a->Name() < b->Name();
            });
  return flags;
}

absl::CommandLineFlag* FindProgramFlag(absl::string_view name) {
  absl::CommandLineFlag* const flag = absl::FindCommandLineFlag(name);
  return flag != nullptr && IsOurs(*flag) ? flag : nullptr;
}

absl::Status ParseFlags(absl::Span<const std::string> arguments) {
  for (size_t i = 0; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    absl::string_view name = argument;
    if (!absl::ConsumePrefix(&name, "--") || name.empty()) {
      return Bad(absl::StrCat("'", argument,
                              "' is not a flag; see --help for the flags"));
    }
    const size_t equals = name.find('=');
    bool has_value = equals != absl::string_view::npos;
    std::string value(has_value ? name.substr(equals + 1) : "");
    name = name.substr(0, equals);
    absl::CommandLineFlag* flag = FindProgramFlag(name);
    if (flag == nullptr && !has_value && absl::ConsumePrefix(&name, "no")) {
      flag = FindProgramFlag(name);
      if (flag != nullptr && !flag->IsOfType<bool>()) flag = nullptr;
      value = "false";
      has_value = true;
    }
    if (flag == nullptr) {
      return Bad(absl::StrCat("there is no flag ", argument,
                              "; see --help for the flags"));
    }
    if (!has_value && flag->IsOfType<bool>()) {
      value = "true";
    } else if (!has_value) {
      if (i + 1 == arguments.size()) {
        return Bad(absl::StrCat(argument, " needs a value"));
      }
      value = arguments[++i];
    }
    std::string error;
    if (!flag->ParseFrom(value, &error)) {
      return Bad(absl::StrCat("--", flag->Name(), ": ", error));
    }
  }
  return absl::OkStatus();
}

std::string HelpText(absl::string_view name, absl::string_view purpose) {
  std::string help = absl::StrCat(
      name, "\n\n", Wrapped(purpose, ""), "\n\n",
      "Every flag has an environment twin: --listen is SIGHTLINE_LISTEN.\n"
      "Guide: docs/operations.md\n\nFlags with their defaults:\n");
  for (const absl::CommandLineFlag* flag : ProgramFlags()) {
    const std::string otherwise = flag->DefaultValue();
    absl::StrAppend(&help, "  --", flag->Name(), "=",
                    otherwise.empty() ? "\"\"" : otherwise, "\n",
                    Wrapped(flag->Help(), "      "), "\n");
  }
  return help;
}

}  // namespace sightline
