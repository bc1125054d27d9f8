// Scans put together to sheets of several pages.
#include "tools/sightline/input/sheet_pages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/support/files/temporary_folder.h"
#include "tools/sightline/report/journal.h"

namespace sightline::cli {
namespace {

using ::testing::ElementsAre;

Scan File(const std::string& path) {
  Scan scan;
  scan.name = scan.path = path;
  return scan;
}

// The pages of one file.
std::vector<Scan> Pages(const std::string& path, int count) {
  std::vector<Scan> scans;
  for (int i = 0; i < count; ++i) {
    Scan scan = File(path);
    scan.name = absl::StrCat(path, "#", i + 1);
    scan.page = i;
    scans.push_back(scan);
  }
  return scans;
}

std::vector<Scan> Joined(std::vector<std::vector<Scan>> parts) {
  std::vector<Scan> scans;
  for (const auto& part : parts) {
    scans.insert(scans.end(), part.begin(), part.end());
  }
  return scans;
}

// Every sheet as the names of its pages.
std::vector<std::string> Sheets(std::vector<Scan> scans, int pages_per_sheet) {
  std::vector<std::string> sheets;
  for (const Scan& sheet : GroupPages(std::move(scans), pages_per_sheet)) {
    sheets.push_back(sheet.name);
    for (const Scan& page : sheet.more_pages) {
      absl::StrAppend(&sheets.back(), " ", page.name);
    }
  }
  return sheets;
}

TEST(GroupPages, CutsAFileIntoSheets) {
  EXPECT_THAT(Sheets(Pages("a.pdf", 5), 2),
              ElementsAre("a.pdf#1 a.pdf#2", "a.pdf#3 a.pdf#4", "a.pdf#5"));
  EXPECT_THAT(Sheets(Pages("a.pdf", 2), 1), ElementsAre("a.pdf#1", "a.pdf#2"));
  EXPECT_THAT(Sheets(Pages("a.pdf", 2), 3), ElementsAre("a.pdf#1 a.pdf#2"));
}

TEST(GroupPages, NeverJoinsFilesThatHaveSeveralPages) {
  EXPECT_THAT(
      Sheets(Joined({Pages("a.tif", 3), Pages("b.tif", 2), {File("c.jpg")}}),
             2),
      ElementsAre("a.tif#1 a.tif#2", "a.tif#3", "b.tif#1 b.tif#2", "c.jpg"));
  EXPECT_THAT(Sheets(Joined({{File("0.jpg")}, Pages("a.tif", 2)}), 2),
              ElementsAre("0.jpg", "a.tif#1 a.tif#2"));
}

TEST(GroupPages, JoinsSinglePagesThatFollowEachOtherInAFolder) {
  EXPECT_THAT(Sheets({File("x/1.jpg"), File("x/2.jpg"), File("x/3.jpg"),
                      File("y/4.jpg"), File("y/5.jpg")},
                     2),
              ElementsAre("x/1.jpg x/2.jpg", "x/3.jpg", "y/4.jpg y/5.jpg"));
  EXPECT_THAT(Sheets({File("1.jpg"), File("1.jpg")}, 2),
              ElementsAre("1.jpg 1.jpg"))
      << "named twice";
}

TEST(GroupPages, LeavesProblemsAlone) {
  Scan broken = File("2.pdf");
  broken.problem = absl::NotFoundError("it is not there");
  EXPECT_THAT(Sheets({File("1.jpg"), broken, File("3.jpg"), File("4.jpg")}, 2),
              ElementsAre("1.jpg", "2.pdf", "3.jpg 4.jpg"));
}

TEST(ReadSheet, SendsFilesOneAfterTheOtherAndAFileOnce) {
  TemporaryFolder folder;
  const std::string a = folder.Write("a.jpg", "aaa");
  const std::string b = folder.Write("b.jpg", "bb");
  const auto files = GroupPages({File(a), File(b)}, 2);
  auto content = ReadSheet(files[0], 300, StopToken());
  ASSERT_TRUE(content.ok()) << content.status();
  EXPECT_EQ(content->bytes, "aaabb");
  EXPECT_THAT(content->header.part_sizes(), ElementsAre(3, 2));
  EXPECT_EQ(content->header.page_count(), 2);
  EXPECT_THAT(PathsOf(files), ElementsAre(a, b));
  EXPECT_EQ(PageOf(files[0], 1)->path, b);
  EXPECT_EQ(PageOf(files[0], 2), nullptr);
  EXPECT_EQ(PageOf(files[0], -1), nullptr);

  const auto pages = GroupPages(Pages(a, 3), 2);
  content = ReadSheet(pages[0], 300, StopToken());
  EXPECT_EQ(content->bytes, "aaa");
  EXPECT_TRUE(content->header.part_sizes().empty());
  EXPECT_EQ(content->header.page(), 0);
  EXPECT_EQ(content->header.page_count(), 2);
  content = ReadSheet(pages[1], 300, StopToken());
  EXPECT_EQ(content->header.page(), 2);
  EXPECT_EQ(content->header.page_count(), 1);
  EXPECT_THAT(PathsOf(pages), ElementsAre(a, a));

  const auto gone = GroupPages({File(a), File(folder.path() + "/c.jpg")}, 2);
  EXPECT_FALSE(ReadSheet(gone[0], 300, StopToken()).ok());
}

TEST(JournalOfSheets, KnowsAllPages) {
  TemporaryFolder folder;
  const std::string a = folder.Write("a.jpg", "aaa");
  const std::string b = folder.Write("b.jpg", "bb");
  const auto sheet = GroupPages({File(a), File(b)}, 2);
  const auto identity = IdentityOf(sheet[0], "settings");
  ASSERT_TRUE(identity.has_value());
  EXPECT_NE(*identity, IdentityOf(File(a), "settings"));
  folder.Write("b.jpg", "bbb");
  EXPECT_NE(*identity, IdentityOf(sheet[0], "settings"));
  const auto gone = GroupPages({File(a), File(folder.path() + "/c.jpg")}, 2);
  EXPECT_FALSE(IdentityOf(gone[0], "settings").has_value());
}

}  // namespace
}  // namespace sightline::cli
