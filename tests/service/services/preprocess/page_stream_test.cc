// PreprocessStream over TCP: files of one page and of many.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "common/image/encode.h"
#include "common/image/reasons.h"
#include "common/image_message/reasons.h"
#include "services/preprocess/engine/reasons.h"
#include "tests/support/images/image_files.h"
#include "tests/support/preprocess/preprocess_server.h"
#include "tests/unit/services/preprocess/engine/pipeline/drawn_pages.h"

namespace sightline::preprocess {
namespace {

using ::testing::IsEmpty;
using testing::NoisePicture;
using testing::Picture;
using ::testing::SizeIs;

std::string Content(const Picture& picture) {
  return std::string(picture.samples.begin(), picture.samples.end());
}

// Pages of different sizes.
std::string ThreePages() {
  return testing::TiffFile({{NoisePicture(30, 20, 1, 1), {}},
                            {NoisePicture(21, 13, 1, 2), {}},
                            {NoisePicture(1, 1, 1, 3), {}}});
}

common::v1::ItemHeader Header(const std::string& id, int page, int count) {
  common::v1::ItemHeader header;
  header.set_id(id);
  header.set_page(page);
  header.set_page_count(count);
  return header;
}

class PageStreamOverTcp : public ::testing::Test {
 protected:
  PageStreamOverTcp() { settings_.mutable_options()->mutable_operations(); }

  PreprocessServer server_;
  std::unique_ptr<v1::PreprocessService::Stub> stub_ = server_.Stub();
  PageStream stream_{[this](grpc::ClientContext* context) {
    return stub_->PreprocessStream(context);
  }};
  // Pages to gray, nothing else.
  v1::PreprocessStreamSettings settings_;
};

TEST_F(PageStreamOverTcp, AFileOfSeveralPagesGivesThemInOrder) {
  stream_.Begin(settings_).Item("file", ThreePages());
  EXPECT_TRUE(stream_.End().ok());
  const auto& answer = stream_.answers().at("file");
  ASSERT_TRUE(answer.ok()) << answer.status;
  ASSERT_THAT(answer.response.pages(), SizeIs(3));
  EXPECT_EQ(answer.response.pages(0).page().content(),
            Content(NoisePicture(30, 20, 1, 1)));
  EXPECT_EQ(answer.response.pages(1).page().content(),
            Content(NoisePicture(21, 13, 1, 2)));
  EXPECT_EQ(answer.response.pages(2).page().content(),
            Content(NoisePicture(1, 1, 1, 3)));
}

TEST_F(PageStreamOverTcp, TheHeaderChoosesPages) {
  stream_.Begin(settings_)
      .Item(Header("second", 1, 1), ThreePages())
      .Item(Header("from second", 1, 0), ThreePages())
      .Item(Header("more than there are", 1, 10), ThreePages())
      .Item(Header("beyond", 3, 0), ThreePages())
      .Item(Header("before", -1, 0), ThreePages())
      .Item(Header("negative", 0, -1), ThreePages());
  EXPECT_TRUE(stream_.End().ok());
  const auto& answers = stream_.answers();
  ASSERT_THAT(answers.at("second").response.pages(), SizeIs(1));
  EXPECT_EQ(answers.at("second").response.pages(0).page().width(), 21);
  EXPECT_THAT(answers.at("from second").response.pages(), SizeIs(2));
  EXPECT_THAT(answers.at("more than there are").response.pages(), SizeIs(2));
  EXPECT_EQ(answers.at("beyond").reason(), kImagePageOutOfRange);
  EXPECT_EQ(answers.at("before").reason(), kImagePageOutOfRange);
  EXPECT_EQ(answers.at("negative").reason(), kItemPartsInvalid);
}

TEST_F(PageStreamOverTcp, ABadFileIsAnsweredAndTheOthersGoOn) {
  Random random(3);
  const std::string good = *EncodePng(TextPage(random));
  common::v1::ItemHeader parts = Header("parts", 0, 0);
  parts.add_part_sizes(1);
  parts.add_part_sizes(static_cast<int64_t>(good.size()) - 1);
  stream_.Begin(settings_)
      .Item("good", good)
      .Item("text", "no image")
      .Item("half", good.substr(0, good.size() / 2))
      .Item("bomb", testing::PngBomb(60000, 60000, false))
      .Item(parts, good)
      .Item("good too", good);
  EXPECT_TRUE(stream_.End().ok());
  const auto& answers = stream_.answers();
  ASSERT_THAT(answers, SizeIs(6));
  EXPECT_TRUE(answers.at("good").ok());
  EXPECT_TRUE(answers.at("good too").ok());
  EXPECT_EQ(answers.at("text").reason(), kImageFormatUnknown);
  EXPECT_EQ(answers.at("half").reason(), kImageTruncated);
  EXPECT_EQ(answers.at("bomb").reason(), kImageTooLarge);
  EXPECT_EQ(answers.at("parts").reason(), kItemPartsInvalid);
}

TEST_F(PageStreamOverTcp, SettingsThatAreWrongEndTheStream) {
  settings_.mutable_options()
      ->mutable_operations()
      ->add_operations()
      ->mutable_median()
      ->set_size(4);
  stream_.Begin(settings_).Item("a", "never looked at");
  const absl::Status ended = stream_.End();
  EXPECT_EQ(ended.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(DetailsOf(ended)->reason, kParameterInvalid);
  EXPECT_EQ(DetailsOf(ended)->fields[0].field,
            "settings.options.operations.operations[0].median.size");
  EXPECT_THAT(stream_.answers(), IsEmpty());
}

}  // namespace
}  // namespace sightline::preprocess
