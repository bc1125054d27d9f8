// sightline layout: layouts of other programs, of blank pages, and pictures of
// layouts.
#include <filesystem>
#include <map>
#include <string>
#include <system_error>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "tools/sightline/arguments.h"
#include "tools/sightline/client/connection.h"
#include "tools/sightline/client/rpc_error.h"
#include "tools/sightline/client/send_scans.h"
#include "tools/sightline/command.h"
#include "tools/sightline/grade_jobs.h"
#include "tools/sightline/input/omrchecker_folder.h"
#include "tools/sightline/input/read_file.h"
#include "tools/sightline/layout_picture_commands.h"
#include "tools/sightline/output/layout_file.h"
#include "tools/sightline/text/printable.h"

namespace sightline::cli {
namespace {

namespace fs = std::filesystem;
using grade::omrchecker::Finding;
using grade::omrchecker::Import;

constexpr char kDescription[] =
    "Writes the files of OMRChecker as a layout and a key of ours, and says of "
    "everything in them that can't be honoured what is done instead. Takes a "
    "folder with a template.json, or the template itself.\n\n"
    "  sightline layout import inputs/ --out layout.json --key key.json\n"
    "  sightline layout import inputs/template.json\n"
    "  sightline layout import inputs/ --fit --out layout.json\n\n"
    "The template does not say how large bubbles and markers are printed, and "
    "whether bubbles are round or square. With --fit the scans in the folder "
    "tell: a server grades some of them.\n\n"
    "A layout of a blank page, and a picture of a layout (each has its own "
    "--help):\n\n"
    "  sightline layout from-reference page.png --out layout.json\n"
    "  sightline layout preview layout.json --out check.png\n\n"
    "Exit code: 0, or 13 if the files can't be read.";

struct LayoutFlags {
  std::string out;
  std::string key;
  bool fit = false;
  bool allow_outside = false;
  SendingOptions sending;
  ConnectionOptions connection;
};

ArgumentParser MakeParser(LayoutFlags& flags) {
  ArgumentParser parser("layout import FOLDER_OR_TEMPLATE [flags]",
                        kDescription);
  parser.Add("out", "FILE", "Writes the layout here. Default: standard output.",
             &flags.out);
  parser.Add("key", "FILE", "Writes the answer key here.", &flags.key);
  parser.AddSwitch("fit",
                   "Finds out from the scans in the folder how sheets are "
                   "printed; needs a server.",
                   &flags.fit);
  parser.AddSwitch("allow_outside",
                   "Lets the files name pictures and keys outside their "
                   "folder.",
                   &flags.allow_outside);
  AddSendingFlags(parser, &flags.sending);
  AddConnectionFlags(parser, &flags.connection);
  return parser;
}

absl::StatusOr<OmrCheckerPaths> PathsOf(const std::string& source) {
  std::error_code error;
  if (!fs::is_directory(source, error)) return OmrCheckerFilesBeside(source);
  OmrCheckerPaths paths = FindOmrCheckerFiles(source, source);
  if (!paths.template_json.empty()) return paths;
  return Error(absl::StatusCode::kNotFound, "FILE_NOT_FOUND")
      .Message(absl::StrCat("there is no template.json in or above ", source));
}

absl::StatusOr<int> RunImport(const LayoutFlags& flags,
                              const std::string& source, Session& session) {
  SL_ASSIGN_OR_RETURN(const OmrCheckerPaths paths, PathsOf(source));
  SL_ASSIGN_OR_RETURN(const OmrCheckerSource read,
                      ReadOmrChecker(paths, flags.allow_outside));
  Import imported = grade::omrchecker::ImportFiles(read.files);
  SL_RETURN_IF_ERROR(ImportError(paths, imported));
  if (flags.fit) {
    // As grading does it; it says the findings, too.
    SL_ASSIGN_OR_RETURN(const Connection connection,
                        Connection::Open(flags.connection));
    GradeJobOptions options;
    options.paths = {fs::path(paths.template_json).parent_path().string()};
    options.layout = paths.template_json;
    options.allow_outside = flags.allow_outside;
    options.sending = flags.sending;
    SL_ASSIGN_OR_RETURN(const std::vector<GradeJob> jobs,
                        MakeGradeJobs(options, connection, session));
    imported.layout = jobs.front().settings.settings().layout();
    if (jobs.front().settings.settings().has_key()) {
      imported.key = jobs.front().settings.settings().key();
    }
  } else {
    for (const Finding& finding : imported.findings) {
      session.err << Printable(FindingText(paths, finding)) << "\n";
    }
  }
  SL_ASSIGN_OR_RETURN(
      const std::string layout,
      LayoutText(imported.layout, PicturesBeside(flags.out, read.pictures)));
  if (flags.out.empty()) {
    session.out << layout << std::flush;
  } else {
    SL_RETURN_IF_ERROR(WriteFile(flags.out, layout));
  }
  if (!flags.key.empty()) {
    if (!imported.key.has_value()) {
      return Error(absl::StatusCode::kInvalidArgument, "FLAG_INVALID")
          .Message(imported.answer_key_picture.empty()
                       ? "--key: there is no evaluation.json beside the "
                         "template"
                       : "--key: the right answers are those of a picture, "
                         "which --fit reads");
    }
    SL_ASSIGN_OR_RETURN(const std::string key, KeyText(*imported.key));
    SL_RETURN_IF_ERROR(WriteFile(flags.key, key));
  }
  return 0;
}

}  // namespace

absl::StatusOr<int> RunLayout(absl::Span<const std::string> arguments,
                              Session& session) {
  if (!arguments.empty() && arguments[0] == "from-reference") {
    return RunLayoutFromReference(arguments.subspan(1), session);
  }
  if (!arguments.empty() && arguments[0] == "preview") {
    return RunLayoutPreview(arguments.subspan(1), session);
  }
  LayoutFlags flags;
  const ArgumentParser parser = MakeParser(flags);
  SL_ASSIGN_OR_RETURN(const ParsedArguments parsed, parser.Parse(arguments));
  if (parsed.help) {
    session.out << parser.Help();
    return 0;
  }
  if (parsed.positional.size() != 2 || parsed.positional[0] != "import") {
    return Error(absl::StatusCode::kInvalidArgument, "COMMAND_UNKNOWN")
        .Message(
            "write: sightline layout import FOLDER_OR_TEMPLATE, layout "
            "from-reference PAGE or layout preview LAYOUT");
  }
  SL_RETURN_IF_ERROR(CheckSendingOptions(flags.sending));
  return RunImport(flags, parsed.positional[1], session);
}

}  // namespace sightline::cli
