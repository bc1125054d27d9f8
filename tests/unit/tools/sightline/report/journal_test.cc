#include "tools/sightline/report/journal.h"

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "common/status/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/files/temporary_folder.h"

namespace sightline::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

JournalEntry EntryOf(const ScanIdentity& identity, const std::string& answer) {
  JournalEntry entry;
  entry.set_path(identity.path);
  entry.set_page(identity.page);
  entry.set_size_bytes(identity.size_bytes);
  entry.set_modified_ns(identity.modified_ns);
  entry.set_settings_id(identity.settings_id);
  entry.mutable_result()->add_fields()->set_answer(answer);
  return entry;
}

const ScanIdentity kScan = {"scans/a.jpg", 0, 1000, 77, "settings"};

struct Found {
  std::vector<std::string> answers;
  int64_t intact = 0;
};

Found Scanned(const std::string& bytes) {
  Found found;
  std::istringstream in(bytes);
  found.intact = ScanJournal(in, [&](int64_t, const JournalEntry& entry) {
    found.answers.push_back(
        entry.has_error() ? "!" : entry.result().fields(0).answer());
  });
  return found;
}

std::string Reason(const absl::Status& status) {
  return DetailsOf(status).value_or(ErrorDetails{}).reason;
}

class JournalFile : public testing::Test {
 protected:
  std::unique_ptr<Journal> Open(bool resume = true) {
    auto journal = Journal::Open(path_, resume);
    EXPECT_TRUE(journal.ok()) << journal.status();
    return journal.ok() ? *std::move(journal) : nullptr;
  }
  std::string AnswerAt(const Journal& journal,
                       const std::optional<JournalPlace>& place) {
    if (!place.has_value()) return "none";
    const auto entry = journal.Read(place->offset);
    return entry.ok() ? entry->result().fields(0).answer()
                      : entry.status().ToString();
  }

  TemporaryFolder folder_;
  const std::string path_ = folder_.Path("journal");
};

TEST_F(JournalFile, KeepsWhatWasAppended) {
  const ScanIdentity other = {"scans/a.jpg", 1, 1000, 77, "settings"};
  {
    const auto journal = Open();
    ASSERT_TRUE(journal->Append(EntryOf(kScan, "A")).ok());
    ASSERT_TRUE(journal->Append(EntryOf(other, "B")).ok());
  }
  const auto journal = Open();
  EXPECT_EQ(journal->size(), 2);
  EXPECT_EQ(AnswerAt(*journal, journal->Find(other)), "B");
  EXPECT_EQ(AnswerAt(*journal, journal->Find(kScan)), "A");
  // Each entry stands for one scan.
  EXPECT_EQ(AnswerAt(*journal, journal->Find(kScan)), "none");
}

TEST_F(JournalFile, TellsScansApartByEverythingThatMatters) {
  {
    const auto journal = Open();
    ASSERT_TRUE(journal->Append(EntryOf(kScan, "A")).ok());
  }
  const auto journal = Open();
  const ScanIdentity others[] = {
      {"scans/b.jpg", 0, 1000, 77, "settings"},
      {"scans/a.jpg", 1, 1000, 77, "settings"},
      {"scans/a.jpg", 0, 1001, 77, "settings"},
      {"scans/a.jpg", 0, 1000, 78, "settings"},
      {"scans/a.jpg", 0, 1000, 77, "others"},
  };
  for (const ScanIdentity& other : others) {
    EXPECT_FALSE(journal->Find(other).has_value());
  }
  EXPECT_TRUE(journal->Find(kScan).has_value());
}

TEST_F(JournalFile, CutsOffATornEntryAndGoesOnAfterTheRest) {
  const std::string whole = std::string(JournalHead()) +
                            JournalBytes(EntryOf(kScan, "A")) +
                            JournalBytes(EntryOf(kScan, "B"));
  const size_t first =
      JournalHead().size() + JournalBytes(EntryOf(kScan, "A")).size();
  for (size_t length = first; length < whole.size(); ++length) {
    folder_.Write("journal", whole.substr(0, length));
    {
      const auto journal = Open();
      ASSERT_EQ(journal->size(), 1) << length;
      ASSERT_TRUE(journal->Append(EntryOf(kScan, "C")).ok());
    }
    EXPECT_THAT(Scanned(folder_.Read("journal")).answers, ElementsAre("A", "C"))
        << length;
  }
}

TEST_F(JournalFile, BeginsAnewInAFileOfWhichTheHeadIsTorn) {
  for (const size_t length : {size_t{0}, size_t{5}, JournalHead().size() - 1}) {
    folder_.Write("journal", std::string(JournalHead().substr(0, length)));
    const auto journal = Open();
    EXPECT_EQ(journal->size(), 0);
    EXPECT_EQ(folder_.Read("journal"), JournalHead());
  }
}

TEST_F(JournalFile, RefusesWhatIsNoJournalAndLeavesItAlone) {
  const std::string letter = "Dear reader, this is a letter and no journal.\n";
  folder_.Write("journal", letter);
  const auto journal = Journal::Open(path_, true);
  EXPECT_EQ(Reason(journal.status()), "JOURNAL_INVALID");
  EXPECT_EQ(folder_.Read("journal"), letter);
}

TEST_F(JournalFile, IsOpenInOneProgramAtATime) {
  const auto journal = Open();
  EXPECT_EQ(Reason(Journal::Open(path_, true).status()), "OUTPUT_BUSY");
  EXPECT_EQ(Reason(Journal::Open(path_, false).status()), "OUTPUT_BUSY");
}

TEST_F(JournalFile, ForgetsEverythingUnlessResumed) {
  {
    const auto journal = Open();
    ASSERT_TRUE(journal->Append(EntryOf(kScan, "A")).ok());
  }
  EXPECT_EQ(Open(false)->size(), 0);
  EXPECT_EQ(Open()->size(), 0);
}

TEST_F(JournalFile, NoticesThatItWasChangedMeanwhile) {
  {
    const auto journal = Open();
    ASSERT_TRUE(journal->Append(EntryOf(kScan, "A")).ok());
  }
  const auto journal = Open();
  const auto place = journal->Find(kScan);
  ASSERT_TRUE(place.has_value());
  std::filesystem::resize_file(path_, JournalHead().size() + 3);
  EXPECT_EQ(Reason(journal->Read(place->offset).status()), "JOURNAL_INVALID");
}

// Whatever one byte is changed to, nothing wrong is taken for an entry.
TEST(JournalBytes, AChangedByteEndsTheJournal) {
  const std::string good = std::string(JournalHead()) +
                           JournalBytes(EntryOf(kScan, "A")) +
                           JournalBytes(EntryOf(kScan, "B"));
  ASSERT_THAT(Scanned(good).answers, ElementsAre("A", "B"));
  EXPECT_EQ(Scanned(good).intact, static_cast<int64_t>(good.size()));
  for (size_t i = 0; i < good.size(); ++i) {
    for (const int bit : {1, 0x80}) {
      std::string bad = good;
      bad[i] = static_cast<char>(bad[i] ^ bit);
      const Found found = Scanned(bad);
      ASSERT_LT(found.answers.size(), 2u) << i;
      for (const std::string& answer : found.answers) {
        EXPECT_EQ(answer, "A") << i;
      }
      EXPECT_LE(found.intact, static_cast<int64_t>(i)) << i;
    }
  }
}

TEST(JournalBytes, EntriesWithoutAnOutcomeEndTheJournal) {
  JournalEntry nothing;
  nothing.set_path("a");
  JournalEntry no_failure;
  no_failure.mutable_error();
  for (const JournalEntry& entry : {nothing, no_failure}) {
    EXPECT_THAT(
        Scanned(std::string(JournalHead()) + JournalBytes(entry)).answers,
        IsEmpty());
  }
}

TEST(JournalBytes, ALengthThatLiesCostsNoMemory) {
  // 64 MiB are promised, none comes.
  const std::string frame("\0\0\0\4checksum", 12);
  EXPECT_THAT(Scanned(std::string(JournalHead()) + frame).answers, IsEmpty());
  const std::string larger(
      "\xff\xff\xff\xff"
      "checksum",
      12);
  EXPECT_THAT(Scanned(std::string(JournalHead()) + larger).answers, IsEmpty());
}

TEST(ScanIdentity, IsOfTheFileBehindTheName) {
  const TemporaryFolder folder;
  Scan scan;
  scan.path = folder.Write("a.jpg", "12345");
  scan.page = 2;
  const auto identity = IdentityOf(scan, "settings");
  ASSERT_TRUE(identity.has_value());
  EXPECT_EQ(identity->size_bytes, 5);
  EXPECT_EQ(identity->page, 2);
  EXPECT_GT(identity->modified_ns, 1'500'000'000'000'000'000);
  Scan by_detour = scan;
  by_detour.path = folder.path() + "/./a.jpg";
  EXPECT_EQ(IdentityOf(by_detour, "settings"), identity);
  Scan missing = scan;
  missing.path = folder.Path("b.jpg");
  EXPECT_FALSE(IdentityOf(missing, "settings").has_value());
  scan.problem = absl::NotFoundError("");
  EXPECT_FALSE(IdentityOf(scan, "settings").has_value());
}

}  // namespace
}  // namespace sightline::cli
