// Reads bytes as a layout file, as people write them, and takes them the way
// of a request: JSON -> SheetLayout -> engine layout -> checks -> a reference
// for every page -> what registration reads of it.
// Whatever comes in, nothing crashes; Check() and Create() agree; a sheet that
// is made can be scored against any key without a crash.
//
// The JSON form of {"layout": ..., "key": ...} is that of
// ValidateLayoutRequest.
#include <google/protobuf/stubs/logging.h>
#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "absl/status/statusor.h"
#include "common/status/error.h"
#include "services/align/reference_from_proto.h"
#include "services/grade/engine/layout.h"
#include "services/grade/engine/reasons.h"
#include "services/grade/engine/scoring.h"
#include "services/grade/layout_from_proto.h"
#include "services/grade/page_layouts.h"
#include "sightline/grade/v1/grade.pb.h"

namespace sightline::grade {
namespace {

void Demand(bool promise, const char* what) {
  if (promise) return;
  std::fprintf(stderr, "broken promise: %s\n", what);
  std::abort();
}

// A failure tells its reason and what field it is about.
void DemandInvalid(const absl::Status& status) {
  const auto details = DetailsOf(status);
  Demand(absl::IsInvalidArgument(status), "a bad layout is InvalidArgument");
  Demand(details.has_value() && details->reason == kLayoutInvalid,
         "a bad layout is LAYOUT_INVALID");
  Demand(!details->fields.empty(), "a bad layout has a field");
}

// Every page by itself, as align gets it.
void CheckPages(const v1::SheetLayout& layout, const Sheet& sheet) {
  ImageLimits limits;
  limits.max_side_pixels = 300;
  limits.max_pixels = 30'000;
  int bubbles = 0;
  for (int i = 0; i < sheet.page_count(); ++i) {
    const Sheet& page = sheet.page_sheet(i);
    bubbles += page.bubble_count();
    Demand(sheet.first_field(i + 1) - sheet.first_field(i) ==
               static_cast<int>(page.fields().size()),
           "a sheet has the fields of its pages");
    const align::v1::Reference reference =
        ToReference(PageMessage(layout, i), page);
    Demand(reference.shapes_size() == page.bubble_count(),
           "every bubble is a printed shape");
    const auto read = align::ToReference(reference, limits);
    Demand(read.ok() || DetailsOf(read.status()).has_value(),
           "a reference is refused with a reason");
  }
  Demand(bubbles == sheet.bubble_count(), "a sheet has all bubbles");
  for (const LayoutProblem& problem : CheckPagesDiffer(layout, sheet)) {
    Demand(!problem.is_error, "pages that look alike are a warning");
  }
}

void Run(const v1::ValidateLayoutRequest& request) {
  const absl::StatusOr<SheetLayout> layout = ToLayout(request.layout());
  if (!layout.ok()) return DemandInvalid(layout.status());
  // Small, so that a layout of a few bytes reaches them.
  LayoutLimits limits;
  limits.max_fields = 200;
  limits.max_bubbles = 1000;
  limits.max_bubbles_per_field = 50;
  const std::vector<LayoutProblem> problems = Sheet::Check(*layout, limits);
  const bool has_error =
      std::any_of(problems.begin(), problems.end(),
                  [](const LayoutProblem& p) { return p.is_error; });
  const absl::StatusOr<Sheet> sheet = Sheet::Create(*layout, limits);
  Demand(sheet.ok() == !has_error, "Check() and Create() agree");
  if (!sheet.ok()) return DemandInvalid(sheet.status());

  CheckPages(request.layout(), *sheet);
  Demand(ColumnsOf(request.layout(), *sheet).ok() ==
             CheckColumns(request.layout(), *sheet).empty(),
         "CheckColumns() and ColumnsOf() agree");

  const AnswerKey key = ToKey(request.key());
  const std::vector<LayoutProblem> key_problems = CheckKey(key, *sheet);
  const bool key_fits =
      std::none_of(key_problems.begin(), key_problems.end(),
                   [](const LayoutProblem& p) { return p.is_error; });
  // A page on which nothing is marked.
  SheetReading reading;
  for (const Field& field : sheet->fields()) {
    FieldReading blank;
    blank.answer = field.empty_value;
    blank.confidence = 1;
    blank.flags = {Flag::kBlank};
    blank.bubbles.resize(field.bubbles.size());
    reading.fields.push_back(blank);
  }
  Demand(Combine(*sheet, reading).size() == sheet->combined().size(),
         "every combined field is read");
  const absl::StatusOr<Score> score = ScoreSheet(key, *sheet, reading);
  Demand(score.ok() == key_fits, "CheckKey() and ScoreSheet() agree");
}

}  // namespace
}  // namespace sightline::grade

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  // Complaints about text that is no UTF-8, thousands a second.
  [[maybe_unused]] static const auto kLog =
      google::protobuf::SetLogHandler(nullptr);
  const std::string json(reinterpret_cast<const char*>(data), size);
  google::protobuf::util::JsonParseOptions options;
  options.ignore_unknown_fields = true;  // Get past them: more is reached.
  sightline::grade::v1::ValidateLayoutRequest request;
  if (google::protobuf::util::JsonStringToMessage(json, &request, options)
          .ok()) {
    sightline::grade::Run(request);
  }
  // The same bytes as a request on the wire.
  if (request.ParseFromArray(data, static_cast<int>(size))) {
    sightline::grade::Run(request);
  }
  return 0;
}
