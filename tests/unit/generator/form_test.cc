#include "tests/generator/form.h"

#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <cmath>
#include <set>
#include <string>

#include "tests/generator/sheet_files.h"

namespace sightline::generator {
namespace {

class Form : public testing::TestWithParam<FormFamily> {};

TEST_P(Form, PrintsSomethingDarkAroundEveryBubble) {
  for (uint64_t seed = 0; seed < 3; ++seed) {
    SCOPED_TRACE(testing::Message() << "form seed " << seed);
    const PrintedForm form = PrintForm(GetParam(), seed);
    const double k = 1 / form.units_per_pixel;
    for (const grade::Field& field : form.fields) {
      for (const grade::Bubble& bubble : field.bubbles) {
        // The outline crosses the box's left and right edges at half height,
        // whatever its shape.
        for (const int side : {-1, 1}) {
          const int y = static_cast<int>(bubble.center.y * k);
          const double edge =
              bubble.center.x * k + side * bubble.size.width * k / 2;
          int darkest = 255;
          for (int x = static_cast<int>(edge) - 5; x <= edge + 5; ++x) {
            darkest = std::min<int>(darkest, form.print.luma.row(y)[x]);
          }
          EXPECT_LT(darkest, 200) << field.label << " " << bubble.value;
        }
      }
    }
  }
}

TEST_P(Form, KeepsBubblesApartAndOnThePage) {
  for (uint64_t seed = 0; seed < 5; ++seed) {
    const PrintedForm form = PrintForm(GetParam(), seed);
    std::vector<grade::Bubble> bubbles;
    std::set<std::string> labels;
    for (const grade::Field& field : form.fields) {
      EXPECT_TRUE(labels.insert(field.label).second) << field.label;
      bubbles.insert(bubbles.end(), field.bubbles.begin(), field.bubbles.end());
    }
    for (size_t i = 0; i < bubbles.size(); ++i) {
      const grade::Bubble& a = bubbles[i];
      EXPECT_GT(a.center.x - a.size.width / 2, 0);
      EXPECT_GT(a.center.y - a.size.height / 2, 0);
      EXPECT_LT(a.center.x + a.size.width / 2, form.layout.page.width);
      EXPECT_LT(a.center.y + a.size.height / 2, form.layout.page.height);
      for (size_t j = 0; j < i; ++j) {
        const grade::Bubble& b = bubbles[j];
        const bool apart = std::abs(a.center.x - b.center.x) >=
                               (a.size.width + b.size.width) / 2 ||
                           std::abs(a.center.y - b.center.y) >=
                               (a.size.height + b.size.height) / 2;
        ASSERT_TRUE(apart) << "form seed " << seed << ": bubbles " << i
                           << " and " << j << " overlap";
      }
    }
  }
}

TEST_P(Form, IsTheSameForTheSameSeed) {
  const PrintedForm a = PrintForm(GetParam(), 11);
  const PrintedForm b = PrintForm(GetParam(), 11);
  const auto json = LayoutJson(a);
  ASSERT_TRUE(json.ok()) << json.status();
  EXPECT_EQ(*json, *LayoutJson(b));
  EXPECT_EQ(*KeyJson(a), *KeyJson(b));
}

TEST_P(Form, WritesALayoutThatProtobufReads) {
  const PrintedForm form = PrintForm(GetParam(), 2);
  const auto json = LayoutJson(form);
  ASSERT_TRUE(json.ok()) << json.status();
  grade::v1::SheetLayout layout;
  const auto parsed =
      google::protobuf::util::JsonStringToMessage(*json, &layout);
  ASSERT_TRUE(parsed.ok()) << parsed.ToString();
  EXPECT_EQ(
      layout.blocks_size() + layout.fields_size(),
      static_cast<int>(form.layout.blocks.size() + form.layout.fields.size()));
  EXPECT_EQ(layout.markers_size(), static_cast<int>(form.markers.size()));
  EXPECT_GT(layout.reference().encoded().size(), 10000u);

  const auto bare = LayoutMessage(form, {.reference = false, .markers = false});
  ASSERT_TRUE(bare.ok()) << bare.status();
  EXPECT_FALSE(bare->has_reference());
  EXPECT_EQ(bare->markers_size(), 0);

  grade::v1::AnswerKey key;
  ASSERT_TRUE(
      google::protobuf::util::JsonStringToMessage(*KeyJson(form), &key).ok());
  EXPECT_EQ(key.questions_size(), static_cast<int>(form.key.questions.size()));
  EXPECT_GE(key.questions_size(), 10);
}

INSTANTIATE_TEST_SUITE_P(Families, Form, testing::ValuesIn(AllFormFamilies()),
                         [](const auto& info) {
                           return FormFamilyName(info.param);
                         });

TEST(ToReference, NamesEveryBubbleAndMarker) {
  const PrintedForm form = PrintForm(FormFamily::kImageMarkers, 1);
  const align::Reference reference = ToReference(form);
  EXPECT_EQ(reference.page, form.layout.page);
  EXPECT_EQ(reference.markers.size(), 4u);
  EXPECT_FALSE(reference.markers[0].image.empty());
  EXPECT_EQ(reference.shapes.size(), 4 * 10 + 60 * 4u);
}

}  // namespace
}  // namespace sightline::generator
