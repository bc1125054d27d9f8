// The import as messages: what ValidateLayout takes and answers.
#ifndef SIGHTLINE_SERVICES_GRADE_OMRCHECKER_IMPORT_MESSAGE_H_
#define SIGHTLINE_SERVICES_GRADE_OMRCHECKER_IMPORT_MESSAGE_H_

#include "services/grade/omrchecker/import.h"
#include "sightline/grade/v1/grade.pb.h"

namespace sightline::grade::omrchecker {

// Takes the contents out of `message`.
Files FilesOf(v1::OmrCheckerFiles message);

// Findings as problems whose paths begin with "omrchecker.", and, without
// errors, everything else as the response's import.
void FillImport(Import imported, v1::ValidateLayoutResponse* response);

}  // namespace sightline::grade::omrchecker

#endif  // SIGHTLINE_SERVICES_GRADE_OMRCHECKER_IMPORT_MESSAGE_H_
