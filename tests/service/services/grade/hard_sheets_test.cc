// GradeService over TCP on what graders of answer sheets are known to get
// wrong. The table in docs/omr.md says who complained, and where.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "tests/support/omr/omr_requests.h"
#include "tests/support/omr/omr_server.h"

namespace sightline::omr {
namespace {

using generator::Degradation;
using generator::FormFamily;
using generator::GeneratedSheet;
using generator::MarkProfile;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using Response = grade::v1::GradeSheetResponse;

// Rows without a mark between filled ones, by different people: never "ABCDE",
// nor any other answer.
TEST(HardSheetsOverTcp, BlankRowsAmongMarkedOnesReadBlank) {
  OmrServer server;
  int blanks = 0;
  for (uint64_t seed = 1; seed <= 6; ++seed) {
    const GeneratedSheet& sheet =
        SheetOf(FormFamily::kStandard, MarkProfile::kMixed,
                {Degradation::kRotation, Degradation::kNoise}, seed);
    const Answer<Response> answer = Ask(server, GradeRequestOf(sheet));
    ASSERT_TRUE(answer.ok()) << answer.status;
    std::map<std::string, std::string> read;
    for (const auto& field : answer.response.fields()) {
      read[field.label()] = field.answer();
    }
    for (const generator::FieldTruth& field : sheet.truth) {
      if (!field.values.empty() || field.doubtful()) continue;
      ++blanks;
      EXPECT_EQ(read.at(field.label), "") << "seed " << seed << field.label;
    }
  }
  EXPECT_GT(blanks, 6);
}

TEST(HardSheetsOverTcp, TicksAndCrossesAreMarks) {
  OmrServer server;
  for (uint64_t seed = 1; seed <= 4; ++seed) {
    const GeneratedSheet& sheet =
        SheetOf(FormFamily::kQuickstart, MarkProfile::kTicksAndCrosses,
                {Degradation::kRotation, Degradation::kNoise}, seed);
    const Answer<Response> answer = Ask(server, GradeRequestOf(sheet));
    ASSERT_TRUE(answer.ok()) << answer.status;
    EXPECT_THAT(SilentlyWrong(answer.response, sheet), IsEmpty()) << seed;
    EXPECT_THAT(Wrong(answer.response, sheet), SizeIs(testing::Le(2))) << seed;
  }
}

// Paper that a copier fed unevenly, copies of copies, paper that curls. A page
// that curls a millimetre may be refused, not misread.
TEST(HardSheetsOverTcp, PagesThatAreNotFlatAreReadRight) {
  OmrServer server;
  int refused = 0;
  for (const Degradation degradation :
       {Degradation::kStretch, Degradation::kXerox, Degradation::kCurl}) {
    for (uint64_t seed = 1; seed <= 3; ++seed) {
      const GeneratedSheet& sheet = SheetOf(
          FormFamily::kStandard, MarkProfile::kClean, {degradation}, seed);
      const Answer<Response> answer = Ask(server, GradeRequestOf(sheet));
      const char* name = generator::DegradationName(degradation);
      if (degradation == Degradation::kCurl && !answer.ok()) {
        EXPECT_EQ(answer.reason(), "PAGE_NOT_FOUND") << answer.status;
        ++refused;
        continue;
      }
      ASSERT_TRUE(answer.ok()) << name << seed << ": " << answer.status;
      EXPECT_THAT(Wrong(answer.response, sheet), IsEmpty()) << name << seed;
    }
  }
  EXPECT_LE(refused, 1);
}

TEST(HardSheetsOverTcp, PagesMayLieInAnyOrientation) {
  OmrServer server;
  for (const Degradation degradation :
       {Degradation::kRotation90, Degradation::kRotation180,
        Degradation::kRotation270, Degradation::kStrongRotation}) {
    const GeneratedSheet& sheet =
        SheetOf(FormFamily::kStandard, MarkProfile::kClean, {degradation});
    const Answer<Response> answer = Ask(server, GradeRequestOf(sheet));
    const char* name = generator::DegradationName(degradation);
    ASSERT_TRUE(answer.ok()) << name << ": " << answer.status;
    EXPECT_THAT(Wrong(answer.response, sheet), IsEmpty()) << name;
  }
}

}  // namespace
}  // namespace sightline::omr
