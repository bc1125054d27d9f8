// Writes generated answer sheets and their truth to a folder.
//
//   sheet_generator --out sheets --count 20 --seed 1 --family standard
//       --degradation all
//
// writes sheets/standard/{layout,key,truth}.json, reference.png and
// 0000_none.jpg, 0001_rotation.jpg ... The seed of sheet i is --seed + i.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "common/image/encode.h"
#include "common/status/status_macros.h"
#include "tests/generator/sheet_files.h"
#include "tests/generator/sheet_generator.h"

namespace sightline::generator {
namespace {

struct Options {
  std::string out;
  int count = 1;
  uint64_t seed = 1;
  uint64_t form_seed = 0;
  std::vector<FormFamily> families = {FormFamily::kStandard};
  std::vector<Condition> conditions = {{"none", {}}};
  MarkProfile profile = MarkProfile::kMixed;
  bool color = true;
  LayoutContent layout;
};

constexpr char kUsage[] =
    R"(usage: sheet_generator --out DIR [--count N] [--seed S] [--form_seed S]
    [--family F|all] [--degradation D|all] [--marks M] [--gray]
    [--no_reference] [--no_markers] [--quickstart]

  --count N        sheets per family
  --no_reference   leaves the blank page's picture out of layout.json
  --no_markers     leaves the markers out of layout.json
  --quickstart     the sheet of the quick start: --family quickstart
                   --degradation quickstart
)";

// Names of everything in `all`, for messages.
template <typename List, typename Name>
std::string Names(const List& all, const Name& name) {
  std::vector<std::string> names;
  for (const auto& one : all) names.push_back(name(one));
  return absl::StrJoin(names, ", ");
}

absl::Status Unknown(const std::string& flag, const std::string& value,
                     const std::string& known) {
  return absl::InvalidArgumentError(
      absl::StrCat(flag, ": '", value, "' is not known; there are: ", known));
}

absl::Status ParseValue(const std::string& flag, const std::string& value,
                        Options* options) {
  if (flag == "--out") {
    options->out = value;
  } else if (flag == "--count") {
    if (!absl::SimpleAtoi(value, &options->count) || options->count < 1) {
      return absl::InvalidArgumentError("--count: a number above 0");
    }
  } else if (flag == "--seed" || flag == "--form_seed") {
    uint64_t& seed = flag == "--seed" ? options->seed : options->form_seed;
    if (!absl::SimpleAtoi(value, &seed)) {
      return absl::InvalidArgumentError(absl::StrCat(flag, ": a number"));
    }
  } else if (flag == "--family") {
    const std::optional<FormFamily> family = FindFormFamily(value);
    if (value != "all" && !family) {
      return Unknown(flag, value, Names(AllFormFamilies(), FormFamilyName));
    }
    options->families = AllFormFamilies();
    if (family) options->families = {*family};
  } else if (flag == "--degradation") {
    const std::optional<Condition> condition = FindCondition(value);
    if (value != "all" && !condition) {
      return Unknown(
          flag, value,
          Names(AllConditions(), [](const Condition& c) { return c.name; }));
    }
    options->conditions = AllConditions();
    if (condition) options->conditions = {*condition};
  } else if (flag == "--marks") {
    const std::optional<MarkProfile> profile = FindMarkProfile(value);
    if (!profile) {
      return Unknown(flag, value, Names(AllMarkProfiles(), MarkProfileName));
    }
    options->profile = *profile;
  } else {
    return absl::InvalidArgumentError(absl::StrCat(flag, " is not known"));
  }
  return absl::OkStatus();
}

absl::StatusOr<Options> Parse(const std::vector<std::string>& arguments) {
  Options options;
  for (size_t i = 0; i < arguments.size(); ++i) {
    std::string flag = arguments[i];
    if (flag == "--gray") {
      options.color = false;
    } else if (flag == "--no_reference") {
      options.layout.reference = false;
    } else if (flag == "--no_markers") {
      options.layout.markers = false;
    } else if (flag == "--quickstart") {
      options.families = {FormFamily::kQuickstart};
      options.conditions = {*FindCondition("quickstart")};
    } else {
      std::string value;
      const size_t equals = flag.find('=');
      if (equals != std::string::npos) {
        value = flag.substr(equals + 1);
        flag.resize(equals);
      } else if (i + 1 < arguments.size()) {
        value = arguments[++i];
      } else {
        return absl::InvalidArgumentError(
            absl::StrCat(flag, " needs a value or is not known"));
      }
      SL_RETURN_IF_ERROR(ParseValue(flag, value, &options));
    }
  }
  if (options.out.empty()) {
    return absl::InvalidArgumentError("--out is missing");
  }
  return options;
}

absl::Status WriteFamily(const Options& options, FormFamily family) {
  const auto form =
      std::make_shared<const PrintedForm>(PrintForm(family, options.form_seed));
  const std::filesystem::path folder =
      std::filesystem::path(options.out) / FormFamilyName(family);
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  const auto write = [&](const std::string& name, const std::string& content) {
    return WriteFile((folder / name).string(), content);
  };
  SL_ASSIGN_OR_RETURN(const std::string layout,
                      LayoutJson(*form, options.layout));
  SL_RETURN_IF_ERROR(write("layout.json", layout));
  SL_ASSIGN_OR_RETURN(const std::string key, KeyJson(*form));
  SL_RETURN_IF_ERROR(write("key.json", key));
  SL_ASSIGN_OR_RETURN(const std::string reference, EncodePng(form->print.luma));
  SL_RETURN_IF_ERROR(write("reference.png", reference));
  std::vector<SheetRecord> records;
  for (int i = 0; i < options.count; ++i) {
    const Condition& condition =
        options.conditions[i % options.conditions.size()];
    SheetSpecification specification;
    specification.profile = options.profile;
    specification.degradations = condition.degradations;
    specification.color = options.color;
    SL_ASSIGN_OR_RETURN(const GeneratedSheet sheet,
                        GenerateSheet(form, specification, options.seed + i));
    const std::string name = absl::StrFormat("%04d_%s.jpg", i, condition.name);
    SL_RETURN_IF_ERROR(write(name, sheet.jpeg));
    records.push_back(RecordOf(sheet, name));
    std::printf("%s seed %llu, %d x %d, %zu bytes\n", (folder / name).c_str(),
                static_cast<unsigned long long>(sheet.seed), sheet.plan.width,
                sheet.plan.height, sheet.jpeg.size());
  }
  return write("truth.json", TruthJson(*form, records));
}

absl::Status Run(const std::vector<std::string>& arguments) {
  SL_ASSIGN_OR_RETURN(const Options options, Parse(arguments));
  std::printf("seed %llu, form seed %llu\n",
              static_cast<unsigned long long>(options.seed),
              static_cast<unsigned long long>(options.form_seed));
  for (const FormFamily family : options.families) {
    SL_RETURN_IF_ERROR(WriteFamily(options, family));
  }
  return absl::OkStatus();
}

}  // namespace
}  // namespace sightline::generator

int main(int argc, char** argv) {
  const absl::Status status = sightline::generator::Run(
      std::vector<std::string>(argv + 1, argv + argc));
  if (status.ok()) return EXIT_SUCCESS;
  std::fprintf(stderr, "sheet_generator: %s\n%s",
               std::string(status.message()).c_str(),
               sightline::generator::kUsage);
  return EXIT_FAILURE;
}
