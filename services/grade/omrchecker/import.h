// Brings OMRChecker's files into our own form.
//
//   Files files;
//   files.template_json = ...;                 // as they stand in the folder
//   for (const std::string& name : PicturesOf(files)) files.pictures[name] =
//   ...; const Import imported = ImportFiles(files); for (const Finding&
//   finding : imported.findings) ...
//
// A file is honoured, or a finding says what is done instead: nothing in them
// is passed over in silence. The files are untrusted: size, depth and numbers
// are bounded, and whatever they say, nothing but findings comes of it.
#ifndef SIGHTLINE_SERVICES_GRADE_OMRCHECKER_IMPORT_H_
#define SIGHTLINE_SERVICES_GRADE_OMRCHECKER_IMPORT_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "services/grade/omrchecker/appearance.h"
#include "services/grade/omrchecker/evaluation_file.h"
#include "services/grade/omrchecker/findings.h"
#include "services/grade/omrchecker/pre_processors.h"
#include "sightline/grade/v1/answer_key.pb.h"
#include "sightline/grade/v1/layout.pb.h"
#include "sightline/grade/v1/omrchecker.pb.h"

namespace sightline::grade::omrchecker {

// Of each text file.
inline constexpr int64_t kMaxFileBytes = 512 << 10;

struct Files {
  // Contents; "" where the folder has none.
  std::string template_json;
  std::string config_json;
  std::string evaluation_json;
  std::string answer_key_csv;
  // By the path that the template names them with.
  Pictures pictures;
};

struct Import {
  // Of use only without errors.
  v1::SheetLayout layout;
  std::optional<v1::AnswerKey> key;
  // How the sheet may be printed; see appearance.h.
  std::vector<v1::SheetAppearance> appearances;
  // Set where the right answers are those of a picture: what is read there is
  // given as Files::answer_key_csv, made by AnswerKeyOf(), to a second import.
  std::string answer_key_picture;
  std::vector<std::string> answer_key_questions;
  std::vector<Finding> findings;
  bool has_errors = false;
};

// The pictures that the template names; none if it can't be read.
std::vector<std::string> PicturesOf(const Files& files);

// Thread-safe. Working memory: at most ImportBytes().
Import ImportFiles(const Files& files);

// An upper bound on what ImportFiles() allocates, its result included.
int64_t ImportBytes(const Files& files);

// What was read on a picture of right answers, as an answer key: of the labels
// in `questions`, or of all that are not blank.
std::string AnswerKeyOf(const std::map<std::string, std::string>& answers,
                        const std::vector<std::string>& questions);

}  // namespace sightline::grade::omrchecker

#endif  // SIGHTLINE_SERVICES_GRADE_OMRCHECKER_IMPORT_H_
