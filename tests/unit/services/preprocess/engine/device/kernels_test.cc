// The kernels, run on the processor, against the operators: not a pixel may
// differ, whatever the sizes, the batch, and the order of lanes and blocks.
#include "services/preprocess/engine/device/kernels/kernels.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "services/preprocess/engine/device/device_job.h"
#include "services/preprocess/engine/device/host_device.h"
#include "services/preprocess/engine/device/slot.h"
#include "services/preprocess/engine/engine.h"
#include "tests/unit/services/preprocess/engine/test_pages.h"

namespace sightline::preprocess::device {
namespace {

constexpr LaneOrder kOrders[] = {LaneOrder::kForwards, LaneOrder::kBackwards,
                                 LaneOrder::kShuffled};

// Pages that go through the device as one batch.
class Batch {
 public:
  explicit Batch(LaneOrder order)
      : device_({.order = order}), slot_(device_, *device_.OpenStream()) {}

  // `page` must live until Differences(); `run` is copied.
  template <typename Operator, typename Page>
  void Add(const Operator& run, const Page& page) {
    const auto view = View(page);
    GrayImage expected;
    ASSERT_TRUE(run.Run(view, expected).ok());
    expected_.push_back(std::move(expected));
    const auto kept = std::make_shared<const Operator>(run);
    operators_.push_back(kept);
    jobs_.push_back(std::make_unique<DeviceJob>(WorkOf(*kept), view));
    ASSERT_TRUE(jobs_.back()->is_supported());
  }

  // Runs them; the first difference.
  std::string Differences() {
    std::vector<GrayImage> results(jobs_.size());
    std::vector<SlotJob> batch;
    for (size_t i = 0; i < jobs_.size(); ++i) {
      batch.push_back({.job = jobs_[i].get(), .out = &results[i]});
    }
    const absl::Status status =
        slot_.Run(absl::MakeSpan(batch), absl::Seconds(100));
    if (!status.ok()) return status.ToString();
    for (size_t i = 0; i < results.size(); ++i) {
      if (!batch[i].is_done) return "a page was not done";
      const std::string differences =
          preprocess::Differences(expected_[i], results[i]);
      if (!differences.empty()) {
        return "page " + std::to_string(i) + ": " + differences;
      }
    }
    return kSame;
  }

 private:
  static GrayView View(const GrayImage& page) { return page; }
  static RgbView View(const RgbImage& page) { return page; }

  HostDevice device_;
  Slot slot_;
  // What jobs point into.
  std::vector<std::shared_ptr<const void>> operators_;
  std::vector<std::unique_ptr<DeviceJob>> jobs_;
  std::vector<GrayImage> expected_;
};

// Small, since the processor is no graphics device: 1 x 1, 1 x N, odd, around
// the borders of tiles.
GrayImage SmallPage(Random& random) {
  constexpr int kSides[] = {1, 2, 3, 15, 16, 17, 31, 33, 63, 64, 65, 127, 129};
  const auto side = [&](int most) {
    return Between(random, 0, 1) == 0 ? kSides[Between(random, 0, 12)]
                                      : Between(random, 1, most);
  };
  const int width = side(290);
  return RandomPage(random, width, side(140));
}

int Odd(Random& random, int low, int high) {
  return 2 * Between(random, low / 2, (high - 1) / 2) + 1;
}

FusedChainOptions RandomChain(Random& random, bool has_clahe) {
  FusedChainOptions options;
  options.clahe.reset();
  options.gaussian.reset();
  if (has_clahe) {
    options.clahe = {.clip_limit = Between(random, 0, 40) / 4.0,
                     .tiles_x = Between(random, 1, 9),
                     .tiles_y = Between(random, 1, 9)};
  }
  const int parts = Between(random, has_clahe ? 0 : 1, 3);
  if ((parts & 1) != 0) {
    options.gaussian = {.size_x = Odd(random, 1, 13),
                        .size_y = Odd(random, 1, 13),
                        .sigma_x = Between(random, 0, 12) / 4.0};
    if (Between(random, 0, 1) == 0) options.gaussian = GaussianOptions();
  }
  if ((parts & 2) != 0) {
    options.adaptive_mean = {.size = Odd(random, 3, 41),
                             .offset = Between(random, -60, 60) / 4.0,
                             .is_inverted = Between(random, 0, 2) == 0};
  }
  return options;
}

TEST(ChainKernels, EqualTheFusedChainInBatchesOfAllSizes) {
  Random random(1);
  for (int i = 0; i < 40 * CaseFactor(); ++i) {
    const bool has_clahe = i % 4 != 3;
    std::vector<GrayImage> pages;
    for (int k = Between(random, 1, 6); k > 0; --k) {
      pages.push_back(SmallPage(random));
    }
    Batch batch(kOrders[i % 3]);
    for (const GrayImage& page : pages) {
      // Pages of a batch need not even have the same parameters.
      batch.Add(*FusedChain::Create(RandomChain(random, has_clahe)), page);
    }
    ASSERT_EQ(batch.Differences(), kSame) << "batch " << i;
  }
}

TEST(ChainKernels, TurnColourToGrayOnTheWay) {
  Random random(2);
  for (int i = 0; i < 20 * CaseFactor(); ++i) {
    const RgbImage first = RandomColourPage(random, Between(random, 1, 200),
                                            Between(random, 1, 90));
    const RgbImage second = RandomColourPage(random, Between(random, 1, 40),
                                             Between(random, 1, 90));
    const auto chain = FusedChain::Create(RandomChain(random, i % 2 == 0));
    Batch batch(kOrders[i % 3]);
    batch.Add(*chain, first);
    batch.Add(*chain, second);
    ASSERT_EQ(batch.Differences(), kSame) << "batch " << i;
  }
}

// All lanes count the same gray; a tile of many bands.
TEST(ChainKernels, SurviveWhitePaper) {
  GrayImage white(700, 600);
  std::fill_n(white.data(), white.size_bytes(), uint8_t{255});
  GrayImage black(333, 777);
  std::fill_n(black.data(), black.size_bytes(), uint8_t{0});
  for (const LaneOrder order : kOrders) {
    for (const int tiles : {1, 3, 8}) {
      const auto chain = FusedChain::Create(
          {.clahe = ClaheOptions{.tiles_x = tiles, .tiles_y = tiles},
           .adaptive_mean = AdaptiveMeanOptions()});
      Batch batch(order);
      batch.Add(*chain, white);
      batch.Add(*chain, black);
      ASSERT_EQ(batch.Differences(), kSame) << tiles << " tiles";
    }
  }
}

TEST(ChainKernels, TakeTheWidestWindowsThatFitAndNoWider) {
  Random random(3);
  const GrayImage page = RandomPage(random, 260, 100);
  const auto mean = [](int size) {
    return *FusedChain::Create({.clahe = std::nullopt,
                                .gaussian = std::nullopt,
                                .adaptive_mean = {{.size = size}}});
  };
  Batch batch(LaneOrder::kShuffled);
  batch.Add(mean(127), page);
  batch.Add(*FusedChain::Create(
                {.clahe = std::nullopt,
                 .gaussian = {{.size_x = 91, .size_y = 91, .sigma_x = 15}},
                 .adaptive_mean = std::nullopt}),
            page);
  EXPECT_EQ(batch.Differences(), kSame);
  EXPECT_FALSE(DeviceJob(WorkOf(mean(255)), GrayView(page)).is_supported());
}

// 8-bit results of a threshold are packed on the device and unpacked here; the
// kernel itself can do either.
TEST(ChainKernels, PackEightPixelsInAByte) {
  Random random(4);
  for (const int width : {1, 7, 8, 9, 130, 250}) {
    const GrayImage page = RandomPage(random, width, 37);
    const auto chain = FusedChain::Create(
        {.clahe = std::nullopt,
         .gaussian = std::nullopt,
         .adaptive_mean = AdaptiveMeanOptions{.size = 5, .offset = 1}});
    GrayImage expected;
    ASSERT_TRUE(chain->Run(page, expected).ok());
    const DeviceJob job(WorkOf(*chain), GrayView(page));
    EXPECT_LT(job.bytes().result, 37 * (width / 8 + 32) + 256);
    for (const bool is_packed : {true, false}) {
      std::vector<uint8_t> upload(static_cast<size_t>(job.bytes().upload));
      std::vector<uint8_t> result(
          static_cast<size_t>(DeviceStride(width, 1)) * 37, 0xEE);
      JobPlan plan = job.Plan({.upload = upload.data(),
                               .cleared = nullptr,
                               .scratch = nullptr,
                               .result = result.data()});
      job.FillUpload(plan, upload.data());
      auto& described = std::get<ChainPage>(plan.steps.back());
      ASSERT_TRUE(described.is_packed);
      if (!is_packed) described.out.stride = DeviceStride(width, 1);
      described.is_packed = is_packed;
      std::vector<int> lanes;
      for (int lane = 0; lane < kBlockLanes; ++lane) lanes.push_back(lane);
      std::vector<uint8_t> shared(static_cast<size_t>(SharedBytes(described)) +
                                  16);
      uint8_t* const aligned = reinterpret_cast<uint8_t*>(
          (reinterpret_cast<uintptr_t>(shared.data()) + 15) & ~uintptr_t{15});
      for (int block = 0; block < BlocksOf(described); ++block) {
        RunBlock(HostBlock(block, aligned, lanes), &described, 1);
      }
      for (int y = 0; y < 37; ++y) {
        const uint8_t* const row = result.data() + y * described.out.stride;
        for (int x = 0; x < width; ++x) {
          const int actual =
              is_packed ? (row[x / 8] >> (7 - x % 8) & 1) * 255 : row[x];
          ASSERT_EQ(actual, expected.row(y)[x]) << x << ", " << y;
        }
        if (is_packed && width % 8 != 0) {
          ASSERT_EQ(row[width / 8] & (0xFF >> width % 8), 0);
        }
      }
    }
  }
}

TEST(LocalMeansKernel, EqualsNonLocalMeans) {
  Random random(5);
  for (int i = 0; i < 9 * CaseFactor(); ++i) {
    Batch batch(kOrders[i % 3]);
    const GrayImage first =
        RandomPage(random, Between(random, 1, 90), Between(random, 1, 50));
    const GrayImage second =
        RandomPage(random, Between(random, 1, 30), Between(random, 1, 70));
    NonLocalMeansOptions options;
    // Long tables of weights as well as short ones.
    options.strength = i % 2 == 0 ? 10 : Between(random, 1, 250);
    batch.Add(*NonLocalMeans::Create(options), first);
    options.template_size = Odd(random, 1, 21);
    options.search_size = Odd(random, 1, i % 3 == 0 ? 51 : 15);
    batch.Add(*NonLocalMeans::Create(options), second);
    ASSERT_EQ(batch.Differences(), kSame)
        << options.strength << ", " << options.template_size << " in "
        << options.search_size;
  }
}

TEST(MedianKernel, EqualsMedian) {
  Random random(6);
  for (int i = 0; i < 12 * CaseFactor(); ++i) {
    Batch batch(kOrders[i % 3]);
    const GrayImage first = SmallPage(random);
    const GrayImage second = SmallPage(random);
    batch.Add(*Median::Create({.size = 3 + 2 * (i % 4)}), first);
    batch.Add(*Median::Create({.size = 3}), second);
    ASSERT_EQ(batch.Differences(), kSame) << "batch " << i;
  }
}

TEST(ExtremeKernel, EqualsMorphologyWithRectangles) {
  Random random(7);
  for (int i = 0; i < 40 * CaseFactor(); ++i) {
    Batch batch(kOrders[i % 3]);
    const GrayImage first = SmallPage(random);
    const GrayImage second = SmallPage(random);
    MorphologyOptions options;
    options.operation = static_cast<MorphologyOperation>(i % 4);
    options.width = Between(random, 1, i % 5 == 0 ? 300 : 40);
    options.height = Between(random, 1, 40);
    batch.Add(*Morphology::Create(options), first);
    std::swap(options.width, options.height);
    batch.Add(*Morphology::Create(options), second);
    ASSERT_EQ(batch.Differences(), kSame)
        << options.width << " x " << options.height;
  }
}

TEST(ExtremeKernel, LeavesOtherElementsToTheProcessor) {
  const GrayImage page(9, 9);
  const auto is_supported = [&page](const MorphologyOptions& options) {
    return DeviceJob(WorkOf(*Morphology::Create(options)), GrayView(page))
        .is_supported();
  };
  EXPECT_TRUE(is_supported({.width = 901}));
  EXPECT_FALSE(is_supported({.width = 1001}));
  EXPECT_FALSE(is_supported({.shape = rules::ElementShape::kCross}));
  EXPECT_FALSE(is_supported({.shape = rules::ElementShape::kEllipse}));
}

TEST(FlattenKernels, EqualFlatten) {
  Random random(8);
  for (int i = 0; i < 6 * CaseFactor(); ++i) {
    Batch batch(kOrders[i % 3]);
    const GrayImage first = SmallPage(random);
    const GrayImage second = SmallPage(random);
    batch.Add(*Flatten::Create({}), first);
    batch.Add(*Flatten::Create({.closing_size = Between(random, 3, 60),
                                .sigma = Between(random, 4, 60) / 4.0}),
              second);
    ASSERT_EQ(batch.Differences(), kSame) << "batch " << i;
  }
}

}  // namespace
}  // namespace sightline::preprocess::device
