// Each promise of Model, with every runtime that is built in.
#include "common/inference/model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <atomic>
#include <cmath>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include "common/inference/reasons.h"
#include "common/memory/process_memory.h"
#include "common/status/error.h"
#include "tests/support/models/colour_model.h"

namespace sightline::testing {
namespace {

using ::testing::HasSubstr;

std::string ReasonOf(const absl::Status& status) {
  const auto details = DetailsOf(status);
  return details ? details->reason : std::string(status.ToString());
}

std::vector<float> Ramp(InputSize size, int channels = 3) {
  std::vector<float> values(static_cast<size_t>(size.width) * size.height *
                            channels);
  for (size_t i = 0; i < values.size(); ++i) {
    values[i] = static_cast<float>(i % 97) / 97;
  }
  return values;
}

class ModelTest : public ::testing::TestWithParam<InferenceRuntime> {
 protected:
  absl::StatusOr<std::shared_ptr<const Model>> Load(
      const WrittenModel& written, ModelOptions options = {}) const {
    return LoadModel(written.file, written.card, options, GetParam());
  }
  // The reason why it is refused.
  std::string Refusal(const WrittenModel& written,
                      ModelOptions options = {}) const {
    return ReasonOf(Load(written, options).status());
  }
};

INSTANTIATE_TEST_SUITE_P(Runtimes, ModelTest,
                         ::testing::ValuesIn(AvailableRuntimes()),
                         [](const auto& info) {
                           return info.param == InferenceRuntime::kOnnxRuntime
                                      ? "OnnxRuntime"
                                      : "OpenCv";
                         });

TEST_P(ModelTest, GivesTheNumbersThatCanBeWorkedOutByHand) {
  for (const int stride : {1, 4}) {
    for (const char* then : {"", "Softmax"}) {
      SCOPED_TRACE(then);
      ColourModel colours;
      colours.stride = stride;
      colours.then = then;
      const auto model = Load(WriteColourModel(colours));
      ASSERT_TRUE(model.ok()) << model.status();
      EXPECT_EQ((*model)->runtime(), GetParam());
      // A size other than the self-check's, and not square.
      const InputSize size = {64, 32};
      const std::vector<float> input = Ramp(size);
      const auto outputs = (*model)->Run(
          {(*model)->card().input.ShapeOf(size), input}, StopToken());
      ASSERT_TRUE(outputs.ok()) << outputs.status();
      ASSERT_EQ(outputs->size(), 1u);
      EXPECT_EQ((*outputs)[0].shape,
                (TensorShape{1, 4, 32 / stride, 64 / stride}));
      const std::vector<float> expected = ColourScores(colours, input, size);
      ASSERT_EQ((*outputs)[0].values.size(), expected.size());
      for (size_t i = 0; i < expected.size(); ++i) {
        ASSERT_NEAR((*outputs)[0].values[i], expected[i], 1e-4) << i;
      }
    }
  }
}

TEST_P(ModelTest, RefusesAFileThatIsNotTheCards) {
  WrittenModel written = WriteColourModel({});
  written.file[written.file.size() / 2] ^= 1;
  const auto model = Load(written);
  EXPECT_EQ(model.status().code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(ReasonOf(model.status()), kModelChecksumMismatch);
}

TEST_P(ModelTest, RefusesACorruptFileOfTheRightChecksum) {
  WrittenModel written = WriteColourModel({});
  written.file.resize(written.file.size() / 2);
  written.card.sha256 = Sha256Of(written.file);
  EXPECT_EQ(Refusal(written), kModelCorrupt);
}

TEST_P(ModelTest, RefusesACardThatIsNotTheModels) {
  const WrittenModel good = WriteColourModel({});
  WrittenModel written = good;
  written.card.input.name = "picture";
  EXPECT_EQ(Refusal(written), kModelCardMismatch);
  written = good;
  written.card.input.channels = ChannelOrder::kGray;
  EXPECT_EQ(Refusal(written), kModelCardMismatch);
  written = good;
  written.card.input.layout = TensorLayout::kChannelsLast;
  EXPECT_EQ(Refusal(written), kModelCardMismatch);
  written = good;
  written.card.outputs[0].name = "boxes";
  EXPECT_EQ(Refusal(written), kModelCardMismatch);
  written = good;
  written.card.self_check.expected[0].shape[1] = 5;
  EXPECT_EQ(Refusal(written), kModelCardMismatch);
  // A model of another type, and one of a fixed size that the card exceeds.
  written = good;
  WrittenGraph graph = ColourGraph({});
  graph.inputs[0].type = 7;
  written.file = WriteOnnx(graph);
  written.card.sha256 = Sha256Of(written.file);
  EXPECT_EQ(Refusal(written), kModelCardMismatch);
  graph = ColourGraph({});
  graph.inputs[0].shape = {1, 3, 32, 32};
  written.file = WriteOnnx(graph);
  written.card.sha256 = Sha256Of(written.file);
  EXPECT_EQ(Refusal(written), kModelCardMismatch);
}

TEST_P(ModelTest, SaysWhichOperatorIsMissing) {
  ColourModel colours;
  colours.then = "Frobnicate";
  const auto model = Load(WriteColourModel(colours));
  EXPECT_EQ(model.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(ReasonOf(model.status()), kModelUnsupported);
  EXPECT_THAT(std::string(model.status().message()), HasSubstr("Frobnicate"));
}

TEST_P(ModelTest, RefusesAModelThatComputesSomethingElse) {
  WrittenModel written = WriteColourModel({});
  written.card.self_check.expected[0].values[100] += 0.01f;
  const auto model = Load(written);
  EXPECT_EQ(model.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(ReasonOf(model.status()), kModelSelfCheckFailed);
  EXPECT_THAT(std::string(model.status().message()),
              HasSubstr("at element 100;"));
}

TEST_P(ModelTest, ComparesEveryNthNumberWithItsOwn) {
  WrittenModel written = WriteColourModel({});
  ExpectedOutput& expected = written.card.self_check.expected[0];
  const std::vector<float> all = expected.values;
  expected.every = {1, 3, 5, 7};
  expected.values.clear();
  for (const int k : {0, 3}) {
    for (int y = 0; y < 32; y += 5) {
      for (int x = 0; x < 32; x += 7) {
        expected.values.push_back(all[(k * 32 + y) * 32 + x]);
      }
    }
  }
  EXPECT_TRUE(Load(written).ok());
  expected.values.back() += 1;
  EXPECT_EQ(Refusal(written), kModelSelfCheckFailed);
}

TEST_P(ModelTest, RefusesInputsThatItDoesNotTake) {
  ModelOptions options;
  options.largest_input = {64, 32};
  const auto model = Load(WriteColourModel({}), options);
  ASSERT_TRUE(model.ok()) << model.status();
  const std::vector<float> numbers(3 * 64 * 64);
  const absl::Span<const float> all = numbers;
  const std::vector<TensorView> views = {{{}, {}},
                                         {{1, 3, 32}, all.first(96)},
                                         {{1, 1, 32, 32}, all.first(1024)},
                                         {{2, 3, 32, 32}, all.first(6144)},
                                         {{1, 3, 33, 32}, all.first(3168)},
                                         {{1, 3, 32, 32}, all.first(3071)},
                                         {{1, 3, -32, -32}, all.first(3072)},
                                         // Allowed, but larger than said.
                                         {{1, 3, 64, 64}, all}};
  for (const TensorView& view : views) {
    SCOPED_TRACE(ShapeText(view.shape));
    const auto outputs = (*model)->Run(view, StopToken());
    EXPECT_EQ(outputs.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(ReasonOf(outputs.status()), kModelInputInvalid);
  }
  options.largest_input = {48, 48};
  EXPECT_EQ(Refusal(WriteColourModel({}), options), kModelInputInvalid);
}

TEST_P(ModelTest, GivesNoNumbersThatAreNone) {
  ColourModel colours;
  colours.then = "Log";
  // Positive for the self-check; the logarithm of less is none.
  colours.offset = 100;
  const auto model = Load(WriteColourModel(colours));
  ASSERT_TRUE(model.ok()) << model.status();
  const std::vector<float> input(3 * 32 * 32, -1000.0f);
  const auto outputs = (*model)->Run({{1, 3, 32, 32}, input}, StopToken());
  EXPECT_EQ(outputs.status().code(), absl::StatusCode::kInternal);
  EXPECT_EQ(ReasonOf(outputs.status()), kModelOutputInvalid);
}

// The model adds a picture of its own, so that other sizes fail as it runs.
WrittenModel OneSizeModel(std::vector<InputSize> said) {
  ColourModel colours;
  colours.sizes = std::move(said);
  // Between convolution and sum, else OpenCV makes the picture a bias.
  colours.then = "Softmax";
  WrittenModel written = WriteColourModel(colours);
  WrittenGraph graph = ColourGraph(colours);
  graph.weights.push_back(
      {"picture", {1, 4, 32, 32}, std::vector<float>(4096, 0.0f)});
  graph.nodes[1].outputs = {"shares"};
  graph.nodes.push_back(
      {"Add", {"shares", "picture"}, {"scores"}, "add", {}, {}});
  written.file = WriteOnnx(graph);
  written.card.sha256 = Sha256Of(written.file);
  return written;
}

TEST_P(ModelTest, SaysSoWhereTheRuntimeFails) {
  // At the first run with that size already ...
  const auto refused = Load(OneSizeModel({{32, 32}, {64, 64}}));
  EXPECT_EQ(ReasonOf(refused.status()), kModelUnsupported);
  // ... or later.
  const auto model = Load(OneSizeModel({{32, 32}, {16, 16}}));
  ASSERT_TRUE(model.ok()) << model.status();
  const std::vector<float> input(3 * 16 * 16);
  const auto outputs = (*model)->Run({{1, 3, 16, 16}, input}, StopToken());
  EXPECT_EQ(outputs.status().code(), absl::StatusCode::kInternal);
  EXPECT_EQ(ReasonOf(outputs.status()), kModelRunFailed);
  // And goes on with what it can.
  const std::vector<float> good(3 * 32 * 32);
  EXPECT_TRUE((*model)->Run({{1, 3, 32, 32}, good}, StopToken()).ok());
}

TEST_P(ModelTest, RunsOnManyThreadsAtOnce) {
  ModelOptions options;
  // Fewer than threads: some wait.
  options.concurrent_runs = 2;
  const ColourModel colours;
  const auto model = Load(WriteColourModel(colours), options);
  ASSERT_TRUE(model.ok()) << model.status();
  const InputSize size = {64, 64};
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 6; ++t) {
    threads.emplace_back([&, t] {
      std::vector<float> input = Ramp(size);
      for (float& value : input) value += static_cast<float>(t);
      const std::vector<float> expected = ColourScores(colours, input, size);
      for (int run = 0; run < 20; ++run) {
        const auto outputs =
            (*model)->Run({{1, 3, 64, 64}, input}, StopToken());
        if (!outputs.ok()) {
          ++wrong;
          continue;
        }
        for (size_t i = 0; i < expected.size(); ++i) {
          if (std::abs((*outputs)[0].values[i] - expected[i]) > 1e-3) {
            ++wrong;
            break;
          }
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

TEST_P(ModelTest, KeepsItsOutputsWhenItRunsAgain) {
  const auto model = Load(WriteColourModel({}));
  ASSERT_TRUE(model.ok()) << model.status();
  const std::vector<float> zeros(3 * 32 * 32);
  const std::vector<float> ones(3 * 32 * 32, 1.0f);
  const auto first = (*model)->Run({{1, 3, 32, 32}, zeros}, StopToken());
  ASSERT_TRUE(first.ok());
  const std::vector<float> before((*first)[0].values.begin(),
                                  (*first)[0].values.end());
  ASSERT_TRUE((*model)->Run({{1, 3, 32, 32}, ones}, StopToken()).ok());
  EXPECT_THAT((*first)[0].values, ::testing::ElementsAreArray(before));
}

TEST_P(ModelTest, StopsWhenNobodyWaits) {
  const auto model = Load(WriteColourModel({}));
  ASSERT_TRUE(model.ok()) << model.status();
  StopSource source;
  source.Stop(absl::CancelledError("gone"));
  const std::vector<float> input(3 * 32 * 32);
  EXPECT_EQ(
      (*model)->Run({{1, 3, 32, 32}, input}, source.token()).status().code(),
      absl::StatusCode::kCancelled);
  StopSource late(absl::InfinitePast());
  EXPECT_EQ(
      (*model)->Run({{1, 3, 32, 32}, input}, late.token()).status().code(),
      absl::StatusCode::kDeadlineExceeded);
}

// Takes small pictures and large ones.
ColourModel LargeModel(int side) {
  ColourModel colours;
  colours.then = "Softmax";
  colours.sizes = {{64, 64}, {side, side}};
  return colours;
}

TEST_P(ModelTest, MeasuresItsMemory) {
  ModelOptions options;
  options.largest_input = {64, 64};
  const auto small = Load(WriteColourModel(LargeModel(1024)), options);
  ASSERT_TRUE(small.ok()) << small.status();
  EXPECT_GT((*small)->memory().loaded_bytes, 0);
  EXPECT_GE((*small)->memory().run_bytes, 4 * 64 * 64 * 4);
  const auto large = Load(WriteColourModel(LargeModel(1024)));
  ASSERT_TRUE(large.ok()) << large.status();
  // The scores at least, and not many times as much: ONNX Runtime turns them
  // around for the softmax, and its memory grows by powers of two.
  const int64_t scores = int64_t{4} * 1024 * 1024 * 4;
  EXPECT_GE((*large)->memory().run_bytes, scores);
  EXPECT_LE((*large)->memory().run_bytes, 12 * scores);
}

TEST_P(ModelTest, SaysThatMemoryRanOut) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "sanitizers take more address space than there is to limit";
#endif
  // In a process of its own: a fork would lack the runtimes' threads.
  ::testing::GTEST_FLAG(death_test_style) = "threadsafe";
  const WrittenModel written = WriteColourModel(LargeModel(4096));
  const auto load_with_little = [&] {
    ModelOptions options;
    options.largest_input = {64, 64};
    // The libraries' own start is not what is tested.
    if (!Load(written, options).ok()) std::exit(3);
    // Enough for the input and one tensor of scores, and not for two.
    rlimit limit;
    getrlimit(RLIMIT_AS, &limit);
    std::FILE* const file = std::fopen("/proc/self/statm", "r");
    long pages = 0;
    if (file == nullptr || std::fscanf(file, "%ld", &pages) != 1) std::exit(4);
    std::fclose(file);
    limit.rlim_cur = static_cast<rlim_t>(pages) * 4096 + (rlim_t{500} << 20);
    setrlimit(RLIMIT_AS, &limit);
    const auto model = Load(written);
    std::fprintf(stderr, "%s\n", model.status().ToString().c_str());
    std::exit(ReasonOf(model.status()) == kModelOutOfMemory ? 0 : 1);
  };
  EXPECT_EXIT(load_with_little(), ::testing::ExitedWithCode(0), "memory");
}

TEST(Runtimes, AreThoseThatWereBuiltIn) {
  const WrittenModel written = WriteColourModel({});
  const auto runtimes = AvailableRuntimes();
  ASSERT_FALSE(runtimes.empty());
  for (const auto runtime :
       {InferenceRuntime::kOnnxRuntime, InferenceRuntime::kOpenCv}) {
    const bool is_there =
        std::find(runtimes.begin(), runtimes.end(), runtime) != runtimes.end();
    const auto model = LoadModel(written.file, written.card, {}, runtime);
    EXPECT_EQ(model.ok(), is_there) << model.status();
    if (!is_there) {
      EXPECT_EQ(ReasonOf(model.status()), kInferenceRuntimeMissing);
    }
  }
  // Without a runtime said, the preferred one.
  const auto model = LoadModel(written.file, written.card, {});
  ASSERT_TRUE(model.ok()) << model.status();
  EXPECT_EQ((*model)->runtime(), runtimes.front());
}

}  // namespace
}  // namespace sightline::testing
