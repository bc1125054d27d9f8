#include "tools/sightline/layout_picture_commands.h"

#include <cmath>
#include <cstddef>
#include <filesystem>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "common/image/decode.h"
#include "common/image/encode.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "sightline/grade/v1/grade.grpc.pb.h"
#include "tools/sightline/arguments.h"
#include "tools/sightline/client/connection.h"
#include "tools/sightline/input/message_file.h"
#include "tools/sightline/input/read_file.h"
#include "tools/sightline/input/scan_list.h"
#include "tools/sightline/output/layout_file.h"
#include "tools/sightline/text/printable.h"
#include "tools/sightline/text/table.h"

namespace sightline::cli {
namespace {

namespace fs = std::filesystem;
using grade::v1::GradeService;
using grade::v1::ProposeLayoutRequest;
using grade::v1::ProposeLayoutResponse;
using grade::v1::ValidateLayoutRequest;
using grade::v1::ValidateLayoutResponse;

constexpr char kFromReference[] =
    "Proposes a layout from a picture of the blank page: finds the grids of "
    "bubbles, and says what it had to assume. Correct the file and look at it "
    "with `sightline layout preview`.\n\n"
    "  sightline layout from-reference page.png --out layout.json "
    "--preview check.png\n"
    "  sightline layout from-reference form.pdf --page 2 --out layout.json\n\n"
    "Questions become q1, q2 ... in reading order with values A, B ...; "
    "columns "
    "of ten become numbers. A PDF's page, and a page that was straightened, is "
    "written beside the layout as NAME-reference.png.\n\n"
    "Exit code: 0, or 13 if the page shows no bubbles or lies askew.";

constexpr char kPreview[] =
    "Draws a layout over its reference picture, or over white paper if it has "
    "none: bubbles with their values, labels, names of blocks, codes and "
    "markers.\n\n"
    "  sightline layout preview layout.json --out check.png\n\n"
    "Exit code: 0, or 13 if the layout is wrong.";

// What a unary call carries, with room for the rest of the message.
constexpr size_t kMostSentBytes = size_t{7} << 20;
// Confidence below which a block deserves a look.
constexpr double kDoubtful = 0.9;

struct FromReferenceFlags {
  std::string out;
  std::string preview;
  int page = 0;
  int pdf_dots_per_inch = 300;
  int width = 0;
  bool straighten = false;
  ConnectionOptions connection;
};

struct PreviewFlags {
  std::string out;
  int page = 1;
  int width = 0;
  bool allow_outside = false;
  ConnectionOptions connection;
};

absl::Status FlagError(absl::string_view message) {
  return Error(absl::StatusCode::kInvalidArgument, "FLAG_INVALID")
      .Message(message);
}

void SetPreview(int width, const std::string& path,
                grade::v1::PreviewOptions* options) {
  options->set_width(width);
  options->mutable_output()->set_format(absl::EndsWithIgnoreCase(path, ".png")
                                            ? common::v1::IMAGE_FORMAT_PNG
                                            : common::v1::IMAGE_FORMAT_JPEG);
}

// The one page that `path` and --page name.
absl::StatusOr<Scan> ChoosePage(const std::string& path, int page,
                                const StopToken& stop) {
  SL_ASSIGN_OR_RETURN(std::vector<Scan> pages, ListScans({path}, {}, stop));
  if (page < 0 || page > static_cast<int>(pages.size())) {
    return FlagError(
        absl::StrCat("--page is ", page, ", ", path, " has ", pages.size()));
  }
  if (page == 0 && pages.size() > 1) {
    return FlagError(absl::StrCat(path, " has ", pages.size(),
                                  " pages: say which with --page"));
  }
  return std::move(pages[page == 0 ? 0 : page - 1]);
}

absl::StatusOr<std::string> AsPng(const std::string& picture, int page) {
  DecodeOptions options;
  options.page = page;
  SL_ASSIGN_OR_RETURN(const Decoded<GrayImage> decoded,
                      DecodeGray(picture, options));
  return EncodePng(decoded.pixels);
}

// Where a picture that has no file of its own goes: beside the layout.
std::string ReferencePath(const std::string& out) {
  const fs::path path(out);
  return (path.parent_path() /
          absl::StrCat(path.stem().string(), "-reference.png"))
      .string();
}

// Of labels such as "q1..15".
int FieldCount(const grade::v1::FieldBlock& block) {
  int count = 0;
  for (const std::string& label : block.labels()) {
    const size_t dots = label.find("..");
    if (dots == std::string::npos) {
      ++count;
      continue;
    }
    size_t digits = dots;
    while (digits > 0 && absl::ascii_isdigit(label[digits - 1])) --digits;
    int first = 0;
    int last = 0;
    if (absl::SimpleAtoi(label.substr(digits, dots - digits), &first) &&
        absl::SimpleAtoi(label.substr(dots + 2), &last)) {
      count += last - first + 1;
    }
  }
  return count;
}

void Report(const ProposeLayoutResponse& answer, std::ostream& out,
            bool coloured) {
  Table table({{"block"}, {"fields"}, {"values"}, {"sure", true}, {"notes"}});
  int bubbles = 0;
  for (int b = 0; b < answer.blocks_size(); ++b) {
    const grade::v1::ProposedBlock& block = answer.blocks(b);
    const grade::v1::FieldBlock& placed = answer.layout().blocks(b);
    const bool is_number = placed.kind() == grade::v1::FIELD_KIND_INTEGER;
    const int values = is_number ? 10 : placed.values_size();
    bubbles += FieldCount(placed) * values;
    table.AddRow(
        {{block.name()},
         {absl::StrJoin(placed.labels(), " ")},
         {is_number     ? "0..9"
          : values == 1 ? placed.values(0)
                        : absl::StrCat(placed.values(0), "..",
                                       placed.values(values - 1))},
         {absl::StrFormat("%.2f", block.confidence()),
          block.confidence() < kDoubtful ? Style::kDoubtful : Style::kPlain},
         {absl::StrJoin(block.notes(), "; ")}});
  }
  out << answer.blocks_size()
      << (answer.blocks_size() == 1 ? " block, " : " blocks, ") << bubbles
      << " bubbles";
  if (answer.layout().markers_size() > 0) {
    out << ", " << answer.layout().markers_size() << " markers";
  }
  out << "\n" << table.Render(coloured);
  if (answer.turned_degrees() != 0) {
    out << absl::StrFormat(
        "straightened: turned by %.2f degrees %s\n",
        std::abs(answer.turned_degrees()),
        answer.turned_degrees() > 0 ? "counterclockwise" : "clockwise");
  }
  for (const std::string& note : answer.notes()) {
    out << Printable(note) << "\n";
  }
}

// The picture of the page, as the layout will name it and as it is sent.
struct PagePicture {
  std::string content;
  int page = 0;
  // It has no file of its own: a PDF's page, or one that was turned.
  bool is_new = false;
};

absl::StatusOr<PagePicture> ReadPicture(const FromReferenceFlags& flags,
                                        const std::string& path,
                                        const StopToken& stop) {
  SL_ASSIGN_OR_RETURN(const Scan scan, ChoosePage(path, flags.page, stop));
  PagePicture picture;
  SL_ASSIGN_OR_RETURN(picture.content,
                      ReadScan(scan, flags.pdf_dots_per_inch, stop));
  if (!scan.is_pdf) {
    picture.page = scan.page;
    return picture;
  }
  SL_ASSIGN_OR_RETURN(picture.content, AsPng(picture.content, 0));
  picture.is_new = true;
  return picture;
}

absl::StatusOr<ProposeLayoutResponse> Propose(const FromReferenceFlags& flags,
                                              const PagePicture& picture,
                                              Session& session) {
  ProposeLayoutRequest request;
  common::v1::Image* reference = request.mutable_reference();
  if (picture.content.size() > kMostSentBytes) {
    // Packed, and gray: what the server makes of it anyway.
    SL_ASSIGN_OR_RETURN(*reference->mutable_encoded(),
                        AsPng(picture.content, picture.page));
  } else {
    reference->set_encoded(picture.content);
    reference->set_page(picture.page);
  }
  request.mutable_options()->set_straighten(flags.straighten);
  if (!flags.preview.empty()) {
    request.mutable_options()->set_return_preview(true);
    SetPreview(flags.width, flags.preview,
               request.mutable_options()->mutable_preview());
  }
  SL_ASSIGN_OR_RETURN(const Connection connection,
                      Connection::Open(flags.connection));
  const auto stub = GradeService::NewStub(connection.channel());
  ProposeLayoutResponse response;
  SL_RETURN_IF_ERROR(
      connection.Call(session.stop, [&](grpc::ClientContext* context) {
        response.Clear();
        return stub->ProposeLayout(context, request, &response);
      }));
  return response;
}

absl::StatusOr<int> FromReference(const FromReferenceFlags& flags,
                                  const std::string& path, Session& session) {
  SL_ASSIGN_OR_RETURN(PagePicture picture,
                      ReadPicture(flags, path, session.stop));
  SL_ASSIGN_OR_RETURN(ProposeLayoutResponse answer,
                      Propose(flags, picture, session));
  if (answer.has_straightened()) {
    picture = {std::move(*answer.mutable_straightened()->mutable_content()), 0,
               true};
  }
  // Without --out the layout is meant for a file in the current folder.
  const std::string out = flags.out.empty() ? "layout.json" : flags.out;
  std::string file = path;
  if (picture.is_new) {
    file = ReferencePath(out);
    SL_RETURN_IF_ERROR(WriteFile(file, picture.content));
  }
  grade::v1::SheetLayout layout = answer.layout();
  layout.mutable_reference()->set_page(picture.page);
  layout.mutable_reference()->set_encoded(std::move(picture.content));
  SL_ASSIGN_OR_RETURN(const std::string text,
                      LayoutText(layout, PicturesBeside(out, {file})));
  if (flags.out.empty()) {
    session.out << text << std::flush;
    Report(answer, session.err, session.err_is_terminal);
  } else {
    SL_RETURN_IF_ERROR(WriteFile(flags.out, text));
    Report(answer, session.out, session.out_is_terminal);
  }
  if (!flags.preview.empty()) {
    if (answer.has_preview()) {
      SL_RETURN_IF_ERROR(WriteFile(flags.preview, answer.preview().content()));
    } else {
      session.err << "no preview: the proposal is no valid layout yet\n";
    }
  }
  return 0;
}

absl::StatusOr<int> Preview(const PreviewFlags& flags, const std::string& path,
                            Session& session) {
  ValidateLayoutRequest request;
  MessageFileOptions options;
  options.allow_outside = flags.allow_outside;
  SL_RETURN_IF_ERROR(ReadMessageFile(path, options, request.mutable_layout()));
  request.set_return_preview(true);
  SetPreview(flags.width, flags.out, request.mutable_preview());
  request.mutable_preview()->set_page(flags.page - 1);
  SL_ASSIGN_OR_RETURN(const Connection connection,
                      Connection::Open(flags.connection));
  const auto stub = GradeService::NewStub(connection.channel());
  ValidateLayoutResponse response;
  SL_RETURN_IF_ERROR(
      connection.Call(session.stop, [&](grpc::ClientContext* context) {
        response.Clear();
        return stub->ValidateLayout(context, request, &response);
      }));
  Error error(absl::StatusCode::kInvalidArgument, "LAYOUT_INVALID");
  for (const grade::v1::LayoutProblem& problem : response.problems()) {
    if (problem.severity() == grade::v1::LayoutProblem::SEVERITY_ERROR) {
      error.Field(problem.field(), problem.description());
    } else {
      session.err << Printable(absl::StrCat(problem.field(), ": ",
                                            problem.description()))
                  << "\n";
    }
  }
  if (!response.valid()) return error;
  SL_RETURN_IF_ERROR(WriteFile(flags.out, response.preview().content()));
  session.out << flags.out << ": " << response.fields_size() << " fields, "
              << response.bubbles() << " bubbles\n";
  return 0;
}

}  // namespace

absl::StatusOr<int> RunLayoutFromReference(
    absl::Span<const std::string> arguments, Session& session) {
  FromReferenceFlags flags;
  ArgumentParser parser("layout from-reference PAGE [flags]", kFromReference);
  parser.Add("out", "FILE", "Writes the layout here. Default: standard output.",
             &flags.out);
  parser.Add("preview", "FILE",
             "Writes a picture of the layout over the page, PNG or JPEG.",
             &flags.preview);
  parser.AddSwitch("straighten",
                   "Turns a page that lies askew first. Default: it is "
                   "refused.",
                   &flags.straighten);
  parser.Add("page", "N", "Page of a PDF or TIFF that has several, from 1.",
             &flags.page);
  parser.Add("pdf_dpi", "N",
             "Resolution at which a PDF is rendered, 36..1200. Default 300.",
             &flags.pdf_dots_per_inch);
  parser.Add("width", "PIXELS", "Width of the preview. Default 1600.",
             &flags.width);
  AddConnectionFlags(parser, &flags.connection);
  SL_ASSIGN_OR_RETURN(const ParsedArguments parsed, parser.Parse(arguments));
  if (parsed.help) {
    session.out << parser.Help();
    return 0;
  }
  if (parsed.positional.size() != 1) {
    return FlagError("write: sightline layout from-reference PAGE");
  }
  if (flags.pdf_dots_per_inch < 36 || flags.pdf_dots_per_inch > 1200) {
    return FlagError(absl::StrCat("--pdf_dpi must lie in 36..1200, not ",
                                  flags.pdf_dots_per_inch));
  }
  return FromReference(flags, parsed.positional[0], session);
}

absl::StatusOr<int> RunLayoutPreview(absl::Span<const std::string> arguments,
                                     Session& session) {
  PreviewFlags flags;
  ArgumentParser parser("layout preview LAYOUT --out FILE [flags]", kPreview);
  parser.Add("out", "FILE", "Writes the picture here, PNG or JPEG.",
             &flags.out);
  parser.Add("page", "NUMBER",
             "Page of a layout of several, counted from 1. Default 1.",
             &flags.page);
  parser.Add("width", "PIXELS",
             "Its width. Default 1600, at most the layout's page.",
             &flags.width);
  parser.AddSwitch("allow_outside",
                   "Lets {\"file\": ...} name files outside the folder of "
                   "the layout.",
                   &flags.allow_outside);
  AddConnectionFlags(parser, &flags.connection);
  SL_ASSIGN_OR_RETURN(const ParsedArguments parsed, parser.Parse(arguments));
  if (parsed.help) {
    session.out << parser.Help();
    return 0;
  }
  if (parsed.positional.size() != 1 || flags.out.empty()) {
    return FlagError("write: sightline layout preview LAYOUT --out FILE");
  }
  return Preview(flags, parsed.positional[0], session);
}

}  // namespace sightline::cli
