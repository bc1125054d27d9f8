#include "common/inference/model_slot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "common/inference/model_folder.h"
#include "common/inference/reasons.h"
#include "common/status/error.h"
#include "tests/support/files/temporary_folder.h"
#include "tests/support/models/colour_model.h"

namespace sightline::testing {
namespace {

using ::testing::HasSubstr;

std::string ReasonOf(const absl::Status& status) {
  const auto details = DetailsOf(status);
  return details ? details->reason : std::string(status.ToString());
}

// Writes a model of `version` to `name` in `folder`; gives its path.
std::string WriteFolder(const TemporaryFolder& folder, const std::string& name,
                        const std::string& version) {
  WrittenModel written = WriteColourModel({});
  written.card.version = version;
  folder.Write(name + "/colours.onnx", written.file);
  folder.Write(name + "/card.json", CardJson(written.card));
  return folder.Path(name);
}

TEST(ModelFolder, IsReadByItsPathOrItsCards) {
  const TemporaryFolder folder;
  const std::string path = WriteFolder(folder, "model", "1");
  EXPECT_TRUE(LoadModelFolder(path, {}).ok());
  EXPECT_TRUE(LoadModelFolder(path + "/card.json", {}).ok());
}

TEST(ModelFolder, SaysWhichFileIsAtFault) {
  const TemporaryFolder folder;
  auto files = ReadModelFolder(folder.Path("nowhere"));
  EXPECT_EQ(files.status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(ReasonOf(files.status()), kModelFileUnreadable);
  EXPECT_THAT(std::string(files.status().message()), HasSubstr("nowhere"));

  const std::string path = WriteFolder(folder, "model", "1");
  std::filesystem::remove(path + "/colours.onnx");
  files = ReadModelFolder(path);
  EXPECT_EQ(ReasonOf(files.status()), kModelFileUnreadable);
  EXPECT_THAT(std::string(files.status().message()), HasSubstr("colours.onnx"));
  std::filesystem::create_directory(path + "/colours.onnx");
  EXPECT_EQ(ReasonOf(ReadModelFolder(path).status()), kModelFileUnreadable);

  folder.Write("model/card.json", "{]");
  files = ReadModelFolder(path);
  EXPECT_EQ(ReasonOf(files.status()), kModelCardInvalid);
  EXPECT_THAT(std::string(files.status().message()),
              HasSubstr("card.json: line 1, column 2"));
}

TEST(ModelSlot, KeepsTheOldModelWhenTheNewOneIsRefused) {
  const TemporaryFolder folder;
  ModelSlot slot({});
  EXPECT_EQ(slot.Get(), nullptr);
  ASSERT_TRUE(slot.Load(WriteFolder(folder, "one", "1")).ok());
  const auto first = slot.Get();
  ASSERT_NE(first, nullptr);
  EXPECT_EQ(first->card().version, "1");
  EXPECT_EQ(slot.history().loaded, 1);
  EXPECT_TRUE(slot.history().loaded_at.has_value());

  const std::string broken = WriteFolder(folder, "two", "2");
  folder.Write("two/colours.onnx", "not what the card says");
  EXPECT_EQ(ReasonOf(slot.Load(broken)), kModelChecksumMismatch);
  EXPECT_EQ(slot.Get(), first);
  EXPECT_EQ(slot.history().refused, 1);
  EXPECT_EQ(ReasonOf(slot.history().last_refusal), kModelChecksumMismatch);

  ASSERT_TRUE(slot.Load(WriteFolder(folder, "two", "2")).ok());
  EXPECT_EQ(slot.Get()->card().version, "2");
  EXPECT_TRUE(slot.history().last_refusal.ok());
  EXPECT_EQ(slot.history().loaded, 2);
  // Whoever took the old one still has it.
  const std::vector<float> input(3 * 32 * 32);
  EXPECT_TRUE(first->Run({{1, 3, 32, 32}, input}, StopToken()).ok());
}

TEST(ModelSlot, AsksWhoeverNeedsTheModel) {
  const TemporaryFolder folder;
  ModelSlot slot({}, std::nullopt, [](const Model& model) -> absl::Status {
    if (model.card().version == "good") return absl::OkStatus();
    return Error(absl::StatusCode::kFailedPrecondition, kModelCardMismatch)
        .Message("not this one");
  });
  EXPECT_EQ(ReasonOf(slot.Load(WriteFolder(folder, "bad", "bad"))),
            kModelCardMismatch);
  EXPECT_EQ(slot.Get(), nullptr);
  EXPECT_TRUE(slot.Load(WriteFolder(folder, "good", "good")).ok());
  const auto other = LoadModelFolder(folder.Path("bad"), {});
  ASSERT_TRUE(other.ok());
  EXPECT_FALSE(slot.Put(*other).ok());
  EXPECT_EQ(slot.Get()->card().version, "good");
}

TEST(ModelSlot, LosesNoRunWhileModelsComeAndGo) {
  const TemporaryFolder folder;
  const std::vector<std::string> paths = {WriteFolder(folder, "a", "a"),
                                          WriteFolder(folder, "b", "b")};
  ModelSlot slot({});
  ASSERT_TRUE(slot.Load(paths[0]).ok());
  std::atomic<bool> is_over = false;
  std::atomic<int> failed = 0;
  std::atomic<int> runs = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([&] {
      const std::vector<float> input(3 * 32 * 32);
      while (!is_over) {
        const auto model = slot.Get();
        if (!model->Run({{1, 3, 32, 32}, input}, StopToken()).ok()) ++failed;
        ++runs;
      }
    });
  }
  for (int i = 1; i <= 10; ++i) {
    EXPECT_TRUE(slot.Load(paths[i % 2]).ok());
    // One that cannot be, between those that can.
    EXPECT_FALSE(slot.Load(folder.Path("nowhere")).ok());
  }
  is_over = true;
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(failed, 0);
  EXPECT_GT(runs, 10);
  EXPECT_EQ(slot.history().loaded, 11);
  EXPECT_EQ(slot.history().refused, 10);
}

}  // namespace
}  // namespace sightline::testing
