// Command-line flags of one subcommand, and its --help.
//
// Flags are bound to variables whose value beforehand is the default:
//
//   ArgumentParser parser("grade FILES_OR_FOLDERS... --layout FILE [flags]",
//                         "Reads and scores answer sheets.");
//   parser.Add("layout", "FILE", "What is printed on the sheets.", &layout);
//   SL_ASSIGN_OR_RETURN(const ParsedArguments parsed, parser.Parse(arguments));
//   if (parsed.help) { out << parser.Help(); return 0; }
//
// Written `--name value` or `--name=value`, in any order and between the
// positional arguments; `--` ends the flags. A bool is `--name`, `--noname` or
// `--name=false`. Not thread-safe.
//
// Absl's flags are global to a program: every subcommand would accept and list
// the flags of all others.
#ifndef SIGHTLINE_TOOLS_SIGHTLINE_ARGUMENTS_H_
#define SIGHTLINE_TOOLS_SIGHTLINE_ARGUMENTS_H_

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"

namespace sightline::cli {

struct ParsedArguments {
  // What is not a flag, in order.
  std::vector<std::string> positional;
  // --help was given; nothing else was checked.
  bool help = false;
};

class ArgumentParser {
 public:
  // `usage`: the line after "sightline". `description`: what it does, in
  // paragraphs separated by empty lines; lines that begin with a space are
  // kept as they are.
  ArgumentParser(absl::string_view usage, absl::string_view description);

  // Flags added from here on stand under this heading in the help.
  void Heading(absl::string_view text);

  // Binds --`name` to `target`, which must outlive Parse(). `value_name`
  // stands for the value in the help.
  void Add(absl::string_view name, absl::string_view value_name,
           absl::string_view help, std::string* target);
  // May be given several times; each adds a value.
  void Add(absl::string_view name, absl::string_view value_name,
           absl::string_view help, std::vector<std::string>* target);
  void Add(absl::string_view name, absl::string_view value_name,
           absl::string_view help, int* target);
  void Add(absl::string_view name, absl::string_view value_name,
           absl::string_view help, double* target);
  void Add(absl::string_view name, absl::string_view value_name,
           absl::string_view help, std::optional<double>* target);
  // "250ms", "1.5s", "2m"; a number without unit is seconds. Must be > 0.
  void Add(absl::string_view name, absl::string_view value_name,
           absl::string_view help, absl::Duration* target);
  void AddSwitch(absl::string_view name, absl::string_view help, bool* target);
  void AddSwitch(absl::string_view name, absl::string_view help,
                 std::optional<bool>* target);
  // One of `choices`, each a word and the number stored for it.
  void AddChoice(absl::string_view name,
                 std::vector<std::pair<std::string, int>> choices,
                 absl::string_view help, int* target);

  // Errors: InvalidArgument FLAG_INVALID (unknown flag, with the nearest known
  // one; missing or unreadable value).
  absl::StatusOr<ParsedArguments> Parse(
      absl::Span<const std::string> arguments) const;

  // The text of --help, 80 columns wide.
  std::string Help() const;

 private:
  struct Flag {
    std::string name;
    std::string value_name;  // Empty for a switch.
    std::string help;
    std::string heading;
    // Returns what is wrong with a value, or "".
    std::function<std::string(absl::string_view)> set;
  };
  void AddFlag(absl::string_view name, absl::string_view value_name,
               absl::string_view help,
               std::function<std::string(absl::string_view)> set);
  const Flag* Find(absl::string_view name) const;

  std::string usage_;
  std::string description_;
  std::string heading_ = "Flags";
  std::vector<Flag> flags_;
};

// `text` broken at spaces into lines of at most `width` bytes, each after
// `indent` spaces; paragraphs and lines that begin with a space are kept.
std::string WrapText(absl::string_view text, int indent, int width);

// The member of `words` that `word` is most likely meant to be (edit distance
// at most a third of its length), or "".
std::string NearestWord(absl::string_view word,
                        absl::Span<const std::string> words);

}  // namespace sightline::cli

#endif  // SIGHTLINE_TOOLS_SIGHTLINE_ARGUMENTS_H_
