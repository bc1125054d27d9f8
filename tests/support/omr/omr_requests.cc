#include "tests/support/omr/omr_requests.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <mutex>
#include <tuple>
#include <utility>

#include "absl/status/statusor.h"
#include "common/image/encode.h"
#include "services/grade/layout_from_proto.h"
#include "tests/generator/sheet_files.h"

namespace sightline::omr {
namespace {

template <typename T>
T Must(absl::StatusOr<T> value) {
  if (!value.ok()) {
    std::fprintf(stderr, "a test's sheet cannot be made: %s\n",
                 value.status().ToString().c_str());
    std::abort();
  }
  return *std::move(value);
}

// Layouts carry a picture that takes a while to write.
const grade::v1::SheetLayout& KeptLayout(const generator::PrintedForm& form) {
  static std::mutex mutex;
  static auto& kept =
      *new std::map<const generator::PrintedForm*, grade::v1::SheetLayout>();
  const std::lock_guard<std::mutex> lock(mutex);
  auto it = kept.find(&form);
  if (it == kept.end()) {
    it = kept.emplace(&form, Must(generator::LayoutMessage(form))).first;
  }
  return it->second;
}

}  // namespace

const generator::GeneratedSheet& SheetOf(
    generator::FormFamily family, generator::MarkProfile profile,
    const std::vector<generator::Degradation>& degradations, uint64_t seed) {
  using Key = std::tuple<generator::FormFamily, generator::MarkProfile,
                         std::vector<generator::Degradation>, uint64_t>;
  static std::mutex mutex;
  static auto& sheets = *new std::map<Key, generator::GeneratedSheet>();
  static auto& forms =
      *new std::map<generator::FormFamily,
                    std::shared_ptr<const generator::PrintedForm>>();
  const std::lock_guard<std::mutex> lock(mutex);
  const Key key{family, profile, degradations, seed};
  auto it = sheets.find(key);
  if (it == sheets.end()) {
    auto& form = forms[family];
    if (form == nullptr) {
      form = std::make_shared<generator::PrintedForm>(
          generator::PrintForm(family, 1));
    }
    generator::SheetSpecification specification;
    specification.profile = profile;
    specification.degradations = degradations;
    it = sheets
             .emplace(key,
                      Must(generator::GenerateSheet(form, specification, seed)))
             .first;
  }
  return it->second;
}

const generator::GeneratedSheet& QuizSheet() {
  return SheetOf(generator::FormFamily::kQuiz);
}

grade::v1::SheetLayout LayoutOf(const generator::GeneratedSheet& sheet) {
  return KeptLayout(*sheet.form);
}

grade::v1::AnswerKey KeyOf(const generator::GeneratedSheet& sheet) {
  return generator::KeyMessage(*sheet.form);
}

align::v1::Reference ReferenceOf(const generator::GeneratedSheet& sheet) {
  const grade::v1::SheetLayout& layout = KeptLayout(*sheet.form);
  return grade::ToReference(
      layout, Must(grade::Sheet::Create(Must(grade::ToLayout(layout)))));
}

align::v1::AlignRequest AlignRequestOf(const generator::GeneratedSheet& sheet) {
  align::v1::AlignRequest request;
  request.mutable_scan()->set_encoded(sheet.jpeg);
  *request.mutable_reference() = ReferenceOf(sheet);
  return request;
}

grade::v1::GradeSheetRequest GradeRequestOf(
    const generator::GeneratedSheet& sheet) {
  grade::v1::GradeSheetRequest request;
  request.mutable_scan()->set_encoded(sheet.jpeg);
  *request.mutable_layout() = LayoutOf(sheet);
  *request.mutable_key() = KeyOf(sheet);
  return request;
}

common::v1::Image RawImage(const GrayImage& gray) {
  common::v1::Image image;
  image.mutable_gray()->set_width(gray.width());
  image.mutable_gray()->set_height(gray.height());
  image.mutable_gray()->set_data(gray.data(),
                                 static_cast<size_t>(gray.size_bytes()));
  return image;
}

std::string PlainPng(int width, int height, uint8_t gray) {
  GrayImage image(width, height);
  std::fill(image.data(), image.data() + image.size_bytes(), gray);
  return Must(EncodePng(image));
}

MapError Compare(const google::protobuf::RepeatedField<double>& homography,
                 const Homography& scan_to_page, PixelSize page) {
  constexpr int kSteps = 10;
  MapError error;
  if (homography.size() != 9) {
    error.mean = error.worst = std::nan("");
    return error;
  }
  std::array<double, 9> values;
  std::copy(homography.begin(), homography.end(), values.begin());
  const Homography found(values);
  const Homography page_to_scan = *scan_to_page.Inverse();
  for (int i = 0; i <= kSteps; ++i) {
    for (int j = 0; j <= kSteps; ++j) {
      const PixelPoint at{page.width * i / kSteps, page.height * j / kSteps};
      const PixelPoint said = found.Map(page_to_scan.Map(at));
      const double distance = std::hypot(said.x - at.x, said.y - at.y);
      error.worst = std::max(error.worst, distance);
      error.mean += distance;
      error.bias.x += said.x - at.x;
      error.bias.y += said.y - at.y;
    }
  }
  const double points = (kSteps + 1) * (kSteps + 1);
  error.mean /= points;
  error.bias = {error.bias.x / points, error.bias.y / points};
  return error;
}

std::vector<std::string> Wrong(const grade::v1::GradeSheetResponse& response,
                               const generator::GeneratedSheet& sheet) {
  std::map<std::string, std::string> read;
  for (const auto& field : response.fields()) {
    read[field.label()] = field.answer();
  }
  std::vector<std::string> wrong;
  for (const generator::FieldTruth& truth : sheet.truth) {
    const auto it = read.find(truth.label);
    if (it == read.end() || it->second != truth.answer) {
      wrong.push_back(truth.label);
    }
  }
  return wrong;
}

std::vector<std::string> SilentlyWrong(
    const grade::v1::GradeSheetResponse& response,
    const generator::GeneratedSheet& sheet) {
  std::vector<std::string> wrong = Wrong(response, sheet);
  std::erase_if(wrong, [&](const std::string& label) {
    return std::find(response.review().begin(), response.review().end(),
                     label) != response.review().end();
  });
  return wrong;
}

}  // namespace sightline::omr
