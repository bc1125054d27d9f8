// The network in models/sea_slick, from frame to classes. Its scores on 100
// frames are measured by segment_score (models/sea_slick/README.md).
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "common/inference/model_folder.h"
#include "services/georef/engine/segment/segmentor.h"
#include "tests/generator/sea/sea_frame.h"
#include "tests/support/segment/segment_score.h"

namespace sightline::georef {
namespace {

using generator::kSeaClasses;
using generator::SeaClass;
using testing::SegmentScore;

// None that it was trained with.
constexpr uint64_t kFirstSeed = 900;

std::shared_ptr<const Model> LoadSeaSlick(InferenceRuntime runtime) {
  const auto model =
      LoadModelFolder(SIGHTLINE_SOURCE_DIR "/models/sea_slick", {}, runtime);
  EXPECT_TRUE(model.ok()) << model.status();
  return model.ok() ? *model : nullptr;
}

class SeaSlick : public ::testing::TestWithParam<InferenceRuntime> {};

INSTANTIATE_TEST_SUITE_P(Runtimes, SeaSlick,
                         ::testing::ValuesIn(AvailableRuntimes()),
                         [](const auto& info) {
                           return info.param == InferenceRuntime::kOnnxRuntime
                                      ? "OnnxRuntime"
                                      : "OpenCv";
                         });

TEST_P(SeaSlick, FindsSlicksShipsAndShoresOnFramesItNeverSaw) {
  const auto model = LoadSeaSlick(GetParam());
  ASSERT_NE(model, nullptr);
  const auto segmentor = Segmentor::Create(model, {});
  ASSERT_TRUE(segmentor.ok()) << segmentor.status();
  SegmentScore score(kSeaClasses);
  for (int i = 0; i < 12; ++i) {
    const auto frame = generator::DrawSeaFrame(kFirstSeed + i, 512, 512);
    const auto found = segmentor->Segment(frame.image, {}, StopToken());
    ASSERT_TRUE(found.ok()) << found.status();
    EXPECT_EQ(found->tiles, 1);
    score.Add(found->labels, frame.classes);
  }
  EXPECT_GT(score.Of(static_cast<int>(SeaClass::kSea)), 0.8);
  EXPECT_GT(score.Of(static_cast<int>(SeaClass::kSlick)), 0.3);
  EXPECT_GT(score.Of(static_cast<int>(SeaClass::kShip)), 0.5);
  EXPECT_GT(score.Of(static_cast<int>(SeaClass::kShore)), 0.85);
}

TEST_P(SeaSlick, FindsAsMuchInTiles) {
  const auto model = LoadSeaSlick(GetParam());
  ASSERT_NE(model, nullptr);
  const auto segmentor = Segmentor::Create(model, {});
  ASSERT_TRUE(segmentor.ok()) << segmentor.status();
  SegmentScore score(kSeaClasses);
  const auto frame = generator::DrawSeaFrame(kFirstSeed + 5, 1290, 730);
  const auto found = segmentor->Segment(frame.image, {}, StopToken());
  ASSERT_TRUE(found.ok()) << found.status();
  EXPECT_GT(found->tiles, 1);
  score.Add(found->labels, frame.classes);
  EXPECT_GT(score.Of(static_cast<int>(SeaClass::kSea)), 0.6);
}

TEST_P(SeaSlick, TakesAllSizesOfItsCard) {
  const auto model = LoadSeaSlick(GetParam());
  ASSERT_NE(model, nullptr);
  for (const InputSize size : {InputSize{64, 64}, InputSize{256, 128},
                               InputSize{96, 480}, InputSize{512, 512}}) {
    const TensorShape shape = model->card().input.ShapeOf(size);
    const std::vector<float> input(ElementCount(shape), 0.1f);
    const auto outputs = model->Run({shape, input}, StopToken());
    ASSERT_TRUE(outputs.ok()) << outputs.status();
    EXPECT_EQ((*outputs)[0].shape,
              (TensorShape{1, 4, size.height / 2, size.width / 2}));
  }
}

TEST(SeaSlickModel, GivesTheSameClassesOnBothRuntimes) {
  if (AvailableRuntimes().size() < 2) {
    GTEST_SKIP() << "one runtime is built in";
  }
  const auto frame = generator::DrawSeaFrame(kFirstSeed + 20, 640, 400);
  std::vector<Segmentation> found;
  for (const InferenceRuntime runtime : AvailableRuntimes()) {
    const auto segmentor = Segmentor::Create(LoadSeaSlick(runtime), {});
    ASSERT_TRUE(segmentor.ok());
    auto one = segmentor->Segment(frame.image, {}, StopToken());
    ASSERT_TRUE(one.ok()) << one.status();
    found.push_back(*std::move(one));
  }
  int64_t different = 0;
  for (int64_t i = 0; i < frame.classes.size_bytes(); ++i) {
    different += found[0].labels.data()[i] != found[1].labels.data()[i];
    EXPECT_LE(
        std::abs(found[0].confidence.data()[i] - found[1].confidence.data()[i]),
        1);
  }
  // Where two classes are equally likely, up to rounding.
  EXPECT_LE(different, frame.classes.size_bytes() / 10'000);
}

}  // namespace
}  // namespace sightline::georef
