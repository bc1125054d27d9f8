#include "common/jobs/artifact_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "common/jobs/file_artifact_store.h"
#include "common/jobs/identity.h"
#include "common/jobs/reasons.h"
#include "tests/support/jobs/job_place.h"

namespace sightline::jobs {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ArtifactStoreTest : public ::testing::Test {
 protected:
  ArtifactStoreTest() {
    auto store = OpenFileArtifactStore(folder_.path() + "/files");
    EXPECT_TRUE(store.ok()) << store.status();
    store_ = *std::move(store);
    EXPECT_EQ(store_->AddJob(job_), absl::OkStatus());
  }

  Blob Put(const std::string& bytes) {
    const auto writer = store_->Write(job_);
    EXPECT_TRUE(writer.ok()) << writer.status();
    EXPECT_EQ((*writer)->Append(bytes), absl::OkStatus());
    const auto blob = (*writer)->Commit();
    EXPECT_TRUE(blob.ok()) << blob.status();
    return *blob;
  }

  std::string PathOf(const Blob& blob) const {
    return folder_.path() + "/files/" + job_ + "/" + blob.id;
  }

  TemporaryFolder folder_;
  std::unique_ptr<ArtifactStore> store_;
  const std::string job_ = RandomId();
};

TEST_F(ArtifactStoreTest, GivesBackWhatWasWritten) {
  const std::string bytes(300000, 'b');
  const Blob blob = Put(bytes);
  EXPECT_EQ(blob.size_bytes, 300000);
  EXPECT_EQ(blob.sha256, Sha256(bytes));
  EXPECT_EQ(*ReadAll(*store_, job_, blob), bytes);
  const auto reader = store_->Read(job_, blob);
  ASSERT_TRUE(reader.ok());
  std::string read;
  for (auto piece = (*reader)->Read(1000); piece.ok() && !piece->empty();
       piece = (*reader)->Read(1000)) {
    read += *piece;
  }
  EXPECT_EQ(read, bytes);
  // Nothing at all is a file, too.
  EXPECT_EQ(*ReadAll(*store_, job_, Put("")), "");
}

TEST_F(ArtifactStoreTest, ShowsNothingOfWhatIsNotCommitted) {
  {
    const auto writer = store_->Write(job_);
    ASSERT_EQ((*writer)->Append("half"), absl::OkStatus());
  }
  EXPECT_THAT(*store_->Blobs(job_), IsEmpty());
}

TEST_F(ArtifactStoreTest, TellsWhenAFileIsNotWhatWasCommitted) {
  const Blob changed = Put("some content");
  std::ofstream(PathOf(changed), std::ios::binary) << "SOME content";
  EXPECT_EQ(ReasonOf(ReadAll(*store_, job_, changed).status()),
            kJobArtifactCorrupt);
  const Blob shortened = Put("some content");
  std::filesystem::resize_file(PathOf(shortened), 3);
  EXPECT_EQ(ReasonOf(ReadAll(*store_, job_, shortened).status()),
            kJobArtifactCorrupt);
  const Blob gone = Put("some content");
  std::filesystem::remove(PathOf(gone));
  EXPECT_EQ(ReasonOf(ReadAll(*store_, job_, gone).status()),
            kJobArtifactCorrupt);
}

TEST_F(ArtifactStoreTest, RemovesAJobWithEverything) {
  Put("one");
  Put("two");
  const auto late = store_->Write(job_);
  ASSERT_EQ(store_->RemoveJob(job_), absl::OkStatus());
  EXPECT_THAT(*store_->Jobs(), IsEmpty());
  EXPECT_EQ(store_->RemoveJob(job_), absl::OkStatus());
  // A worker that comes too late leaves nothing.
  EXPECT_EQ((*late)->Append("late"), absl::OkStatus());
  EXPECT_EQ(ReasonOf((*late)->Commit().status()), kJobLeaseLost);
  EXPECT_EQ(ReasonOf(store_->Write(job_).status()), kJobLeaseLost);
  EXPECT_THAT(*store_->Jobs(), IsEmpty());
}

TEST_F(ArtifactStoreTest, TakesNoPathsForNames) {
  EXPECT_EQ(ReasonOf(store_->AddJob("../outside")), kJobNotFound);
  EXPECT_EQ(ReasonOf(store_->RemoveJob("..")), kJobNotFound);
  EXPECT_EQ(ReasonOf(store_->Remove(job_, "../../lock")), kJobNotFound);
  EXPECT_EQ(ReasonOf(store_->Read(job_, {"../x", "", 0}).status()),
            kJobNotFound);
}

TEST_F(ArtifactStoreTest, SaysThatTheDiskIsFull) {
  const Blob before = Put("before");
  const int status = InChild([&] {
    // No file may grow beyond 64 KiB: a disk that is full just there.
    signal(SIGXFSZ, SIG_IGN);
    const rlimit limit = {65536, 65536};
    setrlimit(RLIMIT_FSIZE, &limit);
    const auto writer = store_->Write(job_);
    const absl::Status full = (*writer)->Append(std::string(100000, 'x'));
    _exit(ReasonOf(full) == kJobStoreFull ? 0 : 1);
  });
  EXPECT_EQ(status, 0);
  EXPECT_EQ(*ReadAll(*store_, job_, before), "before");
}

TEST(FileArtifactStore, NeedsAFolderItCanWriteTo) {
  const auto store = OpenFileArtifactStore("/proc/no/such/folder");
  EXPECT_EQ(ReasonOf(store.status()), kJobStoreFailed);
}

}  // namespace
}  // namespace sightline::jobs
