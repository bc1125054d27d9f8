// Generated sheets as requests, and answers compared with their truth.
#ifndef SIGHTLINE_TESTS_SUPPORT_OMR_OMR_REQUESTS_H_
#define SIGHTLINE_TESTS_SUPPORT_OMR_OMR_REQUESTS_H_

#include <memory>
#include <string>
#include <vector>

#include "common/geometry/homography.h"
#include "common/image/image.h"
#include "google/protobuf/repeated_field.h"
#include "sightline/align/v1/align.pb.h"
#include "sightline/grade/v1/grade.pb.h"
#include "tests/generator/sheet_generator.h"

namespace sightline::omr {

// A sheet of `family`, seed 1 of both form and sheet unless said, cleanly
// marked and straight to 4 degrees. Made once a process and kept. Ends the
// process if it cannot be made.
const generator::GeneratedSheet& SheetOf(
    generator::FormFamily family,
    generator::MarkProfile profile = generator::MarkProfile::kClean,
    const std::vector<generator::Degradation>& degradations =
        {generator::Degradation::kRotation},
    uint64_t seed = 1);

// The smallest sheet there is: A5, ten questions.
const generator::GeneratedSheet& QuizSheet();

// The layout with the blank page's picture and every marker.
grade::v1::SheetLayout LayoutOf(const generator::GeneratedSheet& sheet);
grade::v1::AnswerKey KeyOf(const generator::GeneratedSheet& sheet);

// The blank page as registration wants it.
align::v1::Reference ReferenceOf(const generator::GeneratedSheet& sheet);

// The sheet's JPEG with everything that belongs to it.
align::v1::AlignRequest AlignRequestOf(const generator::GeneratedSheet& sheet);
grade::v1::GradeSheetRequest GradeRequestOf(
    const generator::GeneratedSheet& sheet);

// `gray` as raw pixels.
common::v1::Image RawImage(const GrayImage& gray);
// A file of `width` x `height` pixels of one gray.
std::string PlainPng(int width, int height, uint8_t gray);

// The mean and the largest distance, over a grid of points of the page, of
// where `homography` (an answer's nine numbers) and `scan_to_page` put what
// lies there, and the mean displacement; page units.
struct MapError {
  double mean = 0;
  double worst = 0;
  PixelPoint bias;
};
MapError Compare(const google::protobuf::RepeatedField<double>& homography,
                 const Homography& scan_to_page, PixelSize page);

// The labels whose answers differ from the truth and are not on the review
// list.
std::vector<std::string> SilentlyWrong(
    const grade::v1::GradeSheetResponse& response,
    const generator::GeneratedSheet& sheet);
// The labels whose answers differ from the truth.
std::vector<std::string> Wrong(const grade::v1::GradeSheetResponse& response,
                               const generator::GeneratedSheet& sheet);

}  // namespace sightline::omr

#endif  // SIGHTLINE_TESTS_SUPPORT_OMR_OMR_REQUESTS_H_
