// Reads a server's command line into its flags.
//
// Abseil's own parser ends the process with code 1 and writes lines of its own;
// a server that can't be set up says why in one line of its log and exits with
// 2, and one that is asked for --help has not failed.
#ifndef SIGHTLINE_COMMON_SERVER_COMMAND_LINE_H_
#define SIGHTLINE_COMMON_SERVER_COMMAND_LINE_H_

#include <string>
#include <vector>

#include "absl/flags/reflection.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace sightline {

// The flags that this program's own code defines, by name.
std::vector<absl::CommandLineFlag*> ProgramFlags();

// The flag `name` if it is one of those, else nullptr.
absl::CommandLineFlag* FindProgramFlag(absl::string_view name);

// Sets flags from "--name=value", "--name value" and, for switches, "--name"
// and "--noname". `arguments`: without the program's name. Errors:
// InvalidArgument BAD_CONFIGURATION that quotes the argument.
absl::Status ParseFlags(absl::Span<const std::string> arguments);

// What --help prints, 80 columns wide: `purpose` in one sentence, then every
// flag with its default and its meaning.
std::string HelpText(absl::string_view name, absl::string_view purpose);

}  // namespace sightline

#endif  // SIGHTLINE_COMMON_SERVER_COMMAND_LINE_H_
