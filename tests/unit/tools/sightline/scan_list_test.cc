// Which scans a command line names, and in which order.
#include "tools/sightline/input/scan_list.h"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "common/image/sniff.h"
#include "common/status/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/files/temporary_folder.h"
#include "tools/sightline/input/child_process.h"
#include "tools/sightline/input/natural_order.h"

namespace sightline::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(NaturallyBefore, CountsAsPeopleDo) {
  const std::vector<std::string> sorted = {"",
                                           "a/z.jpg",
                                           "a1",
                                           "A2",
                                           "a2",
                                           "a02b",
                                           "a10",
                                           "b",
                                           "p-1",
                                           "p 1",
                                           "x99999999999999999999998",
                                           "x99999999999999999999999"};
  std::vector<std::string> shuffled = sorted;
  std::reverse(shuffled.begin(), shuffled.end());
  std::sort(shuffled.begin(), shuffled.end(),
            [](const auto& a, const auto& b) { return NaturallyBefore(a, b); });
  for (size_t i = 0; i < sorted.size(); ++i) {
    EXPECT_FALSE(NaturallyBefore(sorted[i], sorted[i]));
  }
  EXPECT_TRUE(NaturallyBefore("page2.jpg", "page10.jpg"));
  EXPECT_TRUE(NaturallyBefore("page02.jpg", "page2a.jpg"));
  EXPECT_TRUE(NaturallyBefore("A2", "a10"));
  EXPECT_FALSE(NaturallyBefore("a10", "A2"));
  // Equal but for leading zeros: still an order.
  EXPECT_NE(NaturallyBefore("a02", "a2"), NaturallyBefore("a2", "a02"));
  EXPECT_TRUE(
      NaturallyBefore("x99999999999999999999998", "x99999999999999999999999"));
  EXPECT_TRUE(std::is_sorted(
      shuffled.begin(), shuffled.end(),
      [](const auto& a, const auto& b) { return NaturallyBefore(a, b); }));
}

std::vector<std::string> Names(const TemporaryFolder& folder,
                               const std::vector<Scan>& scans) {
  std::vector<std::string> names;
  for (const Scan& scan : scans) {
    EXPECT_THAT(scan.name, StartsWith(folder.path()));
    names.push_back(scan.name.substr(folder.path().size() + 1));
  }
  return names;
}

TEST(ListScans, WalksFoldersInNaturalOrder) {
  TemporaryFolder folder;
  for (const char* name :
       {"s10.jpg", "s2.JPG", "s1.png", "notes.txt", "sub/s3.webp",
        ".hidden.jpg", ".git/s4.jpg", "out/s1-annotated.jpg", "no_extension"}) {
    folder.Write(name, "x");
  }
  std::filesystem::create_directory_symlink(folder.path(), folder.Path("loop"));
  const auto scans = ListScans(
      {folder.path()},
      {{folder.Path("out")}, {folder.Path("./blank_page.png")}}, StopToken());
  ASSERT_TRUE(scans.ok()) << scans.status();
  EXPECT_THAT(Names(folder, *scans),
              ElementsAre("s1.png", "s2.JPG", "s10.jpg", "sub/s3.webp"));
  EXPECT_EQ((*scans)[1].media_type, "image/jpeg");
}

TEST(ListScans, KeepsTheOrderGivenAndTheProblems) {
  TemporaryFolder folder;
  const std::string b = folder.Write("b.jpg", "x");
  const std::string a = folder.Write("a.dat", "x");
  ASSERT_EQ(mkfifo(folder.Path("pipe").c_str(), 0600), 0);
  const auto scans = ListScans({b, folder.Path("none"), folder.Path("pipe"), a},
                               {}, StopToken());
  ASSERT_TRUE(scans.ok()) << scans.status();
  EXPECT_THAT(Names(folder, *scans),
              ElementsAre("b.jpg", "none", "pipe", "a.dat"));
  EXPECT_TRUE((*scans)[0].problem.ok());
  EXPECT_EQ((*scans)[1].problem.code(), absl::StatusCode::kNotFound);
  EXPECT_EQ((*scans)[2].problem.code(), absl::StatusCode::kInvalidArgument);
  // A file named by itself is taken whatever it is called.
  EXPECT_TRUE((*scans)[3].problem.ok());
  EXPECT_EQ(ReadScan((*scans)[1], 300, StopToken()).status(),
            (*scans)[1].problem);
}

TEST(ListScans, NeedsSomething) {
  TemporaryFolder folder;
  EXPECT_EQ(ListScans({}, {}, StopToken()).status().code(),
            absl::StatusCode::kInvalidArgument);
  const auto empty = ListScans({folder.path()}, {}, StopToken());
  EXPECT_THAT(std::string(empty.status().message()),
              HasSubstr("no images and no PDFs"));
  EXPECT_EQ(DetailsOf(empty.status())->reason, "NO_SCANS");
}

TEST(ReadScan, RefusesAnEmptyFile) {
  TemporaryFolder folder;
  Scan scan;
  scan.path = folder.Write("a.jpg", "");
  const auto content = ReadScan(scan, 300, StopToken());
  EXPECT_EQ(content.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(DetailsOf(content.status())->reason, "SCAN_EMPTY");
}

// Little-endian numbers of a TIFF.
std::string Number(uint32_t value, int bytes) {
  std::string text;
  for (int i = 0; i < bytes; ++i) text += static_cast<char>(value >> 8 * i);
  return text;
}

// A TIFF of `pages` gray pages of 16 x 8 pixels.
std::string Tiff(int pages) {
  std::string file = "II*" + std::string(1, '\0') + Number(8, 4);
  for (int page = 0; page < pages; ++page) {
    const struct {
      int tag, type, value;
    } kEntries[] = {{256, 4, 16}, {257, 4, 8}, {258, 3, 8},
                    {259, 3, 1},  {262, 3, 1}, {273, 4, 8},
                    {277, 3, 1},  {278, 4, 8}, {279, 4, 128}};
    const uint32_t next = file.size() + 2 + 12 * std::size(kEntries) + 4;
    file += Number(std::size(kEntries), 2);
    for (const auto& entry : kEntries) {
      file += Number(entry.tag, 2) + Number(entry.type, 2) + Number(1, 4) +
              Number(entry.value, 4);
    }
    file += Number(page + 1 < pages ? next : 0, 4);
  }
  return file + std::string(200, '\x80');
}

TEST(ListScans, TakesEveryPageOfATiff) {
  TemporaryFolder folder;
  const std::string three = folder.Write("three.tif", Tiff(3));
  const std::string one = folder.Write("one.tif", Tiff(1));
  const auto scans = ListScans({three, one}, {}, StopToken());
  ASSERT_TRUE(scans.ok());
  EXPECT_THAT(Names(folder, *scans),
              ElementsAre("three.tif#page=1", "three.tif#page=2",
                          "three.tif#page=3", "one.tif"));
  EXPECT_EQ((*scans)[2].page, 2);
}

// A PDF of two empty pages, as small as they come.
std::string TwoPagePdf() {
  std::string pdf = "%PDF-1.4\n";
  std::vector<size_t> places;
  const auto add = [&](const std::string& object) {
    places.push_back(pdf.size());
    absl::StrAppend(&pdf, places.size(), " 0 obj\n", object, "\nendobj\n");
  };
  add("<< /Type /Catalog /Pages 2 0 R >>");
  add("<< /Type /Pages /Kids [3 0 R 4 0 R] /Count 2 >>");
  add("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 72 144] >>");
  add("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 7200000 144] >>");
  const size_t table = pdf.size();
  absl::StrAppend(&pdf, "xref\n0 5\n0000000000 65535 f \n");
  for (const size_t place : places) {
    absl::StrAppend(&pdf, std::string(10 - std::to_string(place).size(), '0'),
                    place, " 00000 n \n");
  }
  absl::StrAppend(&pdf, "trailer << /Size 5 /Root 1 0 R >>\nstartxref\n", table,
                  "\n%%EOF\n");
  return pdf;
}

class PdfScans : public testing::Test {
 protected:
  void SetUp() override {
    if (!RunChild({"pdftoppm", "-v"}, absl::Seconds(10), StopToken()).ok()) {
      GTEST_SKIP() << "SKIPPED: poppler-utils is not installed";
    }
  }
  TemporaryFolder folder_;
};

TEST_F(PdfScans, AreRenderedPageByPage) {
  // Named so that a careless program takes it for a flag.
  folder_.Write("-r 5.pdf", TwoPagePdf());
  const std::string before = std::filesystem::current_path();
  std::filesystem::current_path(folder_.path());
  const auto scans = ListScans({"-r 5.pdf"}, {}, StopToken());
  ASSERT_TRUE(scans.ok()) << scans.status();
  ASSERT_EQ(scans->size(), 2u) << (*scans)[0].problem;
  EXPECT_EQ((*scans)[1].name, "-r 5.pdf#page=2");
  const auto page = ReadScan((*scans)[0], 300, StopToken());
  std::filesystem::current_path(before);
  ASSERT_TRUE(page.ok()) << page.status();
  // One inch by two.
  const auto info = SniffImage(*page);
  ASSERT_TRUE(info.ok()) << info.status();
  EXPECT_EQ(info->format, FileFormat::kTiff);
  EXPECT_EQ(info->width, 300);
  EXPECT_EQ(info->height, 600);
  EXPECT_EQ(info->channels, 1);
}

TEST_F(PdfScans, RefusesPagesThatWouldFillTheMemory) {
  const std::string path = folder_.Write("a.pdf", TwoPagePdf());
  const auto scans = ListScans({path}, {}, StopToken());
  ASSERT_TRUE(scans.ok());
  ASSERT_EQ(scans->size(), 2u);
  const auto page = ReadScan((*scans)[1], 300, StopToken());
  EXPECT_EQ(page.status().code(), absl::StatusCode::kInvalidArgument)
      << page.status();
  EXPECT_EQ(DetailsOf(page.status())->reason, "PDF_PAGE_TOO_LARGE");
}

TEST_F(PdfScans, SaysWhenAFileIsNone) {
  const std::string path = folder_.Write("a.pdf", "%PDF-1.4\nnothing");
  const auto scans = ListScans({path}, {}, StopToken());
  ASSERT_TRUE(scans.ok());
  ASSERT_EQ(scans->size(), 1u);
  EXPECT_EQ(DetailsOf((*scans)[0].problem)->reason, "PDF_UNREADABLE")
      << (*scans)[0].problem;
}

TEST_F(PdfScans, LeaveNoTemporaryFiles) {
  const std::string temporary = folder_.Path("temporary");
  std::filesystem::create_directory(temporary);
  const std::string path = folder_.Write("a.pdf", TwoPagePdf());
  const auto scans = ListScans({path}, {}, StopToken());
  setenv("TMPDIR", temporary.c_str(), 1);
  EXPECT_TRUE(ReadScan((*scans)[0], 100, StopToken()).ok());
  EXPECT_FALSE(ReadScan((*scans)[1], 300, StopToken()).ok());
  unsetenv("TMPDIR");
  EXPECT_TRUE(std::filesystem::is_empty(temporary));
}

TEST(PdfTools, AreNamedWhenTheyAreMissing) {
  TemporaryFolder folder;
  const std::string path = folder.Write("a.pdf", "%PDF-1.4");
  const std::string search_path = getenv("PATH");
  setenv("PATH", folder.path().c_str(), 1);
  const auto scans = ListScans({path}, {}, StopToken());
  setenv("PATH", search_path.c_str(), 1);
  ASSERT_TRUE(scans.ok());
  EXPECT_EQ((*scans)[0].problem.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string((*scans)[0].problem.message()),
              HasSubstr("apt-get install poppler-utils"));
  EXPECT_EQ(DetailsOf((*scans)[0].problem)->reason, "PROGRAM_NOT_FOUND");
}

TEST(RunChild, ReportsOutputAndExitCode) {
  const auto outcome = RunChild({"sh", "-c", "echo out; echo err >&2; exit 7"},
                                absl::Seconds(10), StopToken());
  ASSERT_TRUE(outcome.ok()) << outcome.status();
  EXPECT_EQ(outcome->exit_code, 7);
  EXPECT_EQ(outcome->output, "out\nerr\n");
}

TEST(RunChild, GivesItsInputHoweverLong) {
  // More than a pipe holds.
  const std::string input(1 << 20, 'x');
  const auto counted =
      RunChild({"wc", "-c"}, absl::Seconds(10), StopToken(), input);
  ASSERT_TRUE(counted.ok()) << counted.status();
  EXPECT_EQ(counted->output, "1048576\n");
  const auto nothing = RunChild({"cat"}, absl::Seconds(10), StopToken());
  ASSERT_TRUE(nothing.ok()) << nothing.status();
  EXPECT_EQ(nothing->output, "");
}

TEST(RunChild, SaysWhyAProgramCannotBeStarted) {
  TemporaryFolder folder;
  const auto outcome = RunChild({folder.Write("not_executable", "")},
                                absl::Seconds(10), StopToken());
  EXPECT_EQ(outcome.status().code(), absl::StatusCode::kInternal);
  EXPECT_EQ(DetailsOf(outcome.status())->reason, "PROGRAM_FAILED");
}

TEST(RunChild, DoesNotWaitForEver) {
  const auto slow =
      RunChild({"sleep", "30"}, absl::Milliseconds(100), StopToken());
  EXPECT_EQ(slow.status().code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_EQ(DetailsOf(slow.status())->reason, "PROGRAM_TIMEOUT");
  // Also not for one that has closed its output.
  const auto quiet = RunChild({"sh", "-c", "exec sleep 30 >&- 2>&-"},
                              absl::Milliseconds(100), StopToken());
  EXPECT_EQ(quiet.status().code(), absl::StatusCode::kDeadlineExceeded);
  StopSource stop;
  stop.Stop(absl::CancelledError("enough"));
  EXPECT_EQ(
      RunChild({"sleep", "30"}, absl::Minutes(1), stop.token()).status().code(),
      absl::StatusCode::kCancelled);
}

TEST(RunChild, KeepsOnlyTheBeginningOfLongOutput) {
  const auto outcome = RunChild({"head", "-c", "1000000", "/dev/zero"},
                                absl::Seconds(20), StopToken());
  ASSERT_TRUE(outcome.ok());
  EXPECT_EQ(outcome->exit_code, 0);
  EXPECT_EQ(outcome->output.size(), 65536u);
}

}  // namespace
}  // namespace sightline::cli
