#include "tools/sightline/grade_jobs.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "sightline/grade/v1/grade.grpc.pb.h"
#include "tools/sightline/client/choose_appearance.h"
#include "tools/sightline/client/rpc_error.h"
#include "tools/sightline/input/layout_reference.h"
#include "tools/sightline/input/message_file.h"
#include "tools/sightline/input/omrchecker_folder.h"
#include "tools/sightline/input/sheet_pages.h"
#include "tools/sightline/text/printable.h"

namespace sightline::cli {
namespace {

namespace fs = std::filesystem;
using grade::omrchecker::Finding;
using grade::omrchecker::Import;
using grade::v1::GradeSheetResponse;
using grade::v1::GradeSheetsRequest;
using grade::v1::GradeSheetsResponse;
using grade::v1::SheetLayout;

constexpr size_t kTrialScans = 3;

// The first, the last and the middle one: of a pile, often different pens.
std::vector<Scan> TrialScans(const std::vector<Scan>& scans) {
  std::vector<Scan> usable;
  for (const Scan& scan : scans) {
    if (scan.problem.ok()) usable.push_back(scan);
  }
  if (usable.size() <= kTrialScans) return usable;
  return {usable.front(), usable[usable.size() / 2], usable.back()};
}

bool IsOneOf(const std::string& path, const std::vector<std::string>& files) {
  return std::any_of(files.begin(), files.end(), [&](const std::string& file) {
    std::error_code error;
    return fs::equivalent(path, file, error);
  });
}

class JobMaker {
 public:
  JobMaker(const GradeJobOptions& options, const Connection& connection,
           Session& session)
      : options_(options), connection_(connection), session_(session) {}

  absl::StatusOr<std::vector<GradeJob>> FromLayout() {
    GradeJob job;
    auto& settings = *job.settings.mutable_settings();
    *settings.mutable_options() = options_.options;
    std::vector<std::string> pictures;
    MessageFileOptions file_options;
    file_options.allow_outside = options_.allow_outside;
    file_options.named_files = &pictures;
    SL_RETURN_IF_ERROR(ReadMessageFile(options_.layout, file_options,
                                       settings.mutable_layout()));
    if (!options_.key.empty()) {
      SL_RETURN_IF_ERROR(
          ReadMessageFile(options_.key, file_options, settings.mutable_key()));
    }
    SL_ASSIGN_OR_RETURN(std::vector<Scan> scans, List(pictures));
    job.scans = GroupPages(std::move(scans), options_.pages_per_sheet > 0
                                                 ? options_.pages_per_sheet
                                                 : PagesOf(settings.layout()));
    return std::vector<GradeJob>{std::move(job)};
  }

  absl::StatusOr<std::vector<GradeJob>> FromTemplate() {
    SL_ASSIGN_OR_RETURN(std::vector<Scan> scans, List({}));
    const OmrCheckerPaths paths = OmrCheckerFilesBeside(options_.layout);
    std::vector<Group> groups;
    groups.push_back({paths, std::move(scans)});
    return FromGroups(std::move(groups));
  }

  absl::StatusOr<std::vector<GradeJob>> FromFolders() {
    std::vector<Group> groups;
    size_t place = 0;
    for (const std::string& path : options_.paths) {
      std::error_code error;
      const std::string root =
          fs::is_directory(path, error) ? path : FolderOf(path);
      ScanListOptions list;
      list.except_folders = options_.except_folders;
      SL_ASSIGN_OR_RETURN(std::vector<Scan> scans,
                          ListScans({path}, list, session_.stop));
      for (Scan& scan : scans) {
        scan.place = place++;
        const OmrCheckerPaths files =
            FindOmrCheckerFiles(FolderOf(scan.path), root);
        if (files.template_json.empty()) {
          return Error(absl::StatusCode::kInvalidArgument, "FLAG_INVALID")
              .Message(absl::StrCat(
                  "--layout is missing: what is printed on the sheets; and "
                  "there is no template.json of OMRChecker in or above ",
                  FolderOf(scan.path)));
        }
        const auto known =
            std::find_if(groups.begin(), groups.end(),
                         [&](const Group& g) { return g.paths == files; });
        if (known == groups.end()) {
          groups.push_back({files, {std::move(scan)}});
        } else {
          known->scans.push_back(std::move(scan));
        }
      }
    }
    return FromGroups(std::move(groups));
  }

 private:
  // Scans for which the same files count.
  struct Group {
    OmrCheckerPaths paths;
    std::vector<Scan> scans;
  };

  static int PagesOf(const SheetLayout& layout) {
    return layout.more_pages_size() + 1;
  }

  static std::string FolderOf(const std::string& path) {
    const std::string folder = fs::path(path).parent_path().string();
    return folder.empty() ? "." : folder;
  }

  absl::StatusOr<std::vector<Scan>> List(std::vector<std::string> pictures) {
    return ListScans(options_.paths,
                     {options_.except_folders, std::move(pictures)},
                     session_.stop);
  }

  absl::StatusOr<std::vector<GradeJob>> FromGroups(std::vector<Group> groups) {
    std::vector<OmrCheckerSource> sources;
    std::vector<std::string> pictures;
    for (const Group& group : groups) {
      SL_ASSIGN_OR_RETURN(OmrCheckerSource source,
                          ReadOmrChecker(group.paths, options_.allow_outside));
      pictures.insert(pictures.end(), source.pictures.begin(),
                      source.pictures.end());
      sources.push_back(std::move(source));
    }
    std::vector<GradeJob> jobs;
    for (size_t i = 0; i < groups.size(); ++i) {
      std::vector<Scan>& scans = groups[i].scans;
      scans.erase(std::remove_if(scans.begin(), scans.end(),
                                 [&](const Scan& scan) {
                                   return IsOneOf(scan.path, pictures);
                                 }),
                  scans.end());
      if (scans.empty()) continue;
      scans = GroupPages(std::move(scans), options_.pages_per_sheet);
      SL_ASSIGN_OR_RETURN(GradeJob job,
                          FromSource(groups[i], std::move(sources[i])));
      jobs.push_back(std::move(job));
    }
    if (jobs.empty()) {
      return Error(absl::StatusCode::kInvalidArgument, "NO_SCANS")
          .Message(
              "the folders hold no images and no PDFs but the pictures "
              "that belong to the layout");
    }
    return InOrder(std::move(jobs));
  }

  // The same scans in the order of their places.
  static std::vector<GradeJob> InOrder(std::vector<GradeJob> jobs) {
    struct Placed {
      size_t job;
      Scan* scan;
    };
    std::vector<Placed> placed;
    for (size_t i = 0; i < jobs.size(); ++i) {
      for (Scan& scan : jobs[i].scans) placed.push_back({i, &scan});
    }
    std::stable_sort(placed.begin(), placed.end(),
                     [](const Placed& a, const Placed& b) {
                       return a.scan->place < b.scan->place;
                     });
    std::vector<GradeJob> ordered;
    for (size_t i = 0; i < placed.size(); ++i) {
      const GradeJob& job = jobs[placed[i].job];
      if (i == 0 || placed[i].job != placed[i - 1].job) {
        ordered.push_back({job.settings, {}, job.sources});
      }
      ordered.back().scans.push_back(std::move(*placed[i].scan));
    }
    return ordered;
  }

  absl::StatusOr<GradeJob> FromSource(Group& group, OmrCheckerSource source) {
    if (!options_.key.empty()) {
      // --key takes the place of the evaluation.
      group.paths.evaluation_json.clear();
      source.files.evaluation_json.clear();
    }
    Import imported = grade::omrchecker::ImportFiles(source.files);
    SL_RETURN_IF_ERROR(ImportError(group.paths, imported));
    SayFindings(group.paths, imported);
    GradeJob job;
    auto& settings = *job.settings.mutable_settings();
    *settings.mutable_options() = options_.options;
    SL_ASSIGN_OR_RETURN(*settings.mutable_layout(),
                        ChooseAppearance(imported.layout, imported.appearances,
                                         [&](const SheetLayout& layout) {
                                           return GradeWith(
                                               layout, TrialScans(group.scans));
                                         }));
    if (!imported.answer_key_picture.empty()) {
      SL_ASSIGN_OR_RETURN(source.files.answer_key_csv,
                          ReadKeyPicture(source, imported, settings.layout()));
      const Import with_key = grade::omrchecker::ImportFiles(source.files);
      SL_RETURN_IF_ERROR(ImportError(group.paths, with_key));
      imported.key = with_key.key;
    }
    if (imported.key.has_value()) *settings.mutable_key() = *imported.key;
    if (!options_.key.empty()) {
      MessageFileOptions file_options;
      file_options.allow_outside = options_.allow_outside;
      SL_RETURN_IF_ERROR(
          ReadMessageFile(options_.key, file_options, settings.mutable_key()));
    }
    job.scans = std::move(group.scans);
    job.sources = {group.paths.template_json, group.paths.config_json,
                   group.paths.evaluation_json, source.answer_key};
    job.sources.insert(job.sources.end(), source.pictures.begin(),
                       source.pictures.end());
    return job;
  }

  void SayFindings(const OmrCheckerPaths& paths, const Import& imported) {
    for (const Finding& finding : imported.findings) {
      session_.err << Printable(FindingText(paths, finding)) << "\n";
    }
    session_.err << std::flush;
  }

  // Without a key and without pictures: what counts is how the page is found.
  std::vector<TrialOutcome> GradeWith(const SheetLayout& layout,
                                      const std::vector<Scan>& scans) {
    GradeSheetsRequest request;
    *request.mutable_settings()->mutable_layout() = layout;
    *request.mutable_settings()->mutable_options() = options_.options;
    request.mutable_settings()->mutable_options()->set_return_annotated(false);
    request.mutable_settings()->mutable_options()->set_return_crops(false);
    const auto stub = grade::v1::GradeService::NewStub(connection_.channel());
    std::vector<TrialOutcome> outcomes;
    const absl::Status status =
        SendScans<GradeSheetResponse, GradeSheetsRequest, GradeSheetsResponse>(
            connection_, scans, options_.sending, request,
            [&](grpc::ClientContext* context) {
              return stub->GradeSheets(context);
            },
            [&](const Scan&, TrialOutcome outcome) {
              outcomes.push_back(std::move(outcome));
              return absl::OkStatus();
            },
            session_.stop);
    if (!status.ok()) outcomes.emplace_back(status);
    return outcomes;
  }

  absl::StatusOr<std::string> ReadKeyPicture(const OmrCheckerSource& source,
                                             const Import& imported,
                                             const SheetLayout& layout) {
    if (source.answer_key_picture.empty()) {
      return Error(absl::StatusCode::kNotFound, "FILE_NOT_FOUND")
          .Message(absl::StrCat(imported.answer_key_picture,
                                ": the picture of the answer key does not "
                                "exist"));
    }
    Scan scan;
    scan.name = scan.path = source.answer_key_picture;
    const std::vector<TrialOutcome> outcomes = GradeWith(layout, {scan});
    const TrialOutcome& outcome = outcomes.front();
    if (!outcome.ok()) {
      session_.err << Printable(scan.path)
                   << ": the answer key could not be read\n";
      return outcome.status();
    }
    std::map<std::string, std::string> answers;
    for (const auto& field : outcome->fields()) {
      answers[field.label()] = field.answer();
    }
    for (const auto& combined : outcome->combined()) {
      answers[combined.label()] = combined.answer();
    }
    if (!outcome->review().empty()) {
      session_.err << Printable(scan.path)
                   << ": the right answers are not sure in "
                   << Printable(absl::StrJoin(outcome->review(), ", "))
                   << ": look at them\n";
    }
    std::vector<std::string> questions = imported.answer_key_questions;
    if (questions.empty()) {
      // All columns but those that identify: the picture has marks there only
      // where somebody meant it.
      for (const std::string& label : AnsweredLabels(layout, answers)) {
        questions.push_back(label);
      }
    }
    return grade::omrchecker::AnswerKeyOf(answers, questions);
  }

  // Labels of `layout`'s columns that are not blank.
  static std::vector<std::string> AnsweredLabels(
      const SheetLayout& layout,
      const std::map<std::string, std::string>& answers) {
    std::vector<std::string> labels;
    const auto columns = OutputLabels(layout);
    if (!columns.ok()) return labels;
    for (const std::string& label : *columns) {
      const auto answer = answers.find(label);
      if (answer != answers.end() && !answer->second.empty()) {
        labels.push_back(label);
      }
    }
    return labels;
  }

  const GradeJobOptions& options_;
  const Connection& connection_;
  Session& session_;
};

}  // namespace

absl::StatusOr<std::vector<GradeJob>> MakeGradeJobs(
    const GradeJobOptions& options, const Connection& connection,
    Session& session) {
  JobMaker maker(options, connection, session);
  if (options.layout.empty()) {
    if (options.paths.empty()) {
      return Error(absl::StatusCode::kInvalidArgument, "FLAG_INVALID")
          .Message("--layout is missing: what is printed on the sheets");
    }
    return maker.FromFolders();
  }
  if (IsOmrCheckerTemplate(options.layout)) return maker.FromTemplate();
  return maker.FromLayout();
}

}  // namespace sightline::cli
