#include "services/grade/engine/code_reader.h"

#include <ZXing/BitMatrix.h>
#include <ZXing/MultiFormatWriter.h>

#include <cmath>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "common/status/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/grade/engine/reasons.h"
#include "sheet_reading.h"

namespace sightline::grade {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kText[] = "sheet 0042/b";

// A page of 620 x 877 units with a bubble field, and codes as given.
Sheet SheetWith(std::vector<CodeField> codes) {
  SheetLayout layout = ExamLayout(4);
  layout.codes = std::move(codes);
  return MakeSheet(layout);
}

// White paper with codes, `scale` pixels a page unit.
class CodePage {
 public:
  explicit CodePage(double scale)
      : scale_(scale),
        pixels_(static_cast<int>(620 * scale), static_cast<int>(877 * scale)) {
    std::fill(pixels_.data(), pixels_.data() + pixels_.size_bytes(), 245);
  }

  void Print(const CodeField& code, ZXing::BarcodeFormat format,
             const std::string& text) {
    const int width = static_cast<int>(code.size.width * scale_);
    const int height = static_cast<int>(code.size.height * scale_);
    ZXing::MultiFormatWriter writer(format);
    const ZXing::BitMatrix bits = writer.encode(text, width, height);
    const int left = static_cast<int>(code.center.x * scale_) - width / 2;
    const int top = static_cast<int>(code.center.y * scale_) - height / 2;
    for (int y = 0; y < std::min(height, bits.height()); ++y) {
      for (int x = 0; x < std::min(width, bits.width()); ++x) {
        if (bits.get(x, y)) pixels_.row(top + y)[left + x] = 30;
      }
    }
  }

  void AddNoise(double sigma) {
    std::mt19937 random(7);
    std::normal_distribution<double> noise(0, sigma);
    for (int64_t i = 0; i < pixels_.size_bytes(); ++i) {
      pixels_.data()[i] = static_cast<uint8_t>(
          std::clamp(pixels_.data()[i] + noise(random), 0.0, 255.0));
    }
  }

  const GrayImage& scan() const { return pixels_; }
  Homography scan_to_page() const {
    return Homography::Scale(1 / scale_, 1 / scale_);
  }

 private:
  const double scale_;
  GrayImage pixels_;
};

std::vector<FieldReading> Read(const CodePage& page, const Sheet& sheet) {
  auto readings = ReadCodes(page.scan(), page.scan_to_page(), sheet, {});
  EXPECT_TRUE(readings.ok()) << readings.status();
  return *std::move(readings);
}

TEST(CodeReader, ReadsEveryFormatAtThePlaceItIsIn) {
  const std::pair<ZXing::BarcodeFormat, CodeFormat> kFormats[] = {
      {ZXing::BarcodeFormat::QRCode, CodeFormat::kQr},
      {ZXing::BarcodeFormat::DataMatrix, CodeFormat::kDataMatrix},
      {ZXing::BarcodeFormat::Aztec, CodeFormat::kAztec},
      {ZXing::BarcodeFormat::PDF417, CodeFormat::kPdf417},
      {ZXing::BarcodeFormat::Code128, CodeFormat::kCode128},
      {ZXing::BarcodeFormat::Code39, CodeFormat::kCode39},
      {ZXing::BarcodeFormat::Codabar, CodeFormat::kCodabar},
      {ZXing::BarcodeFormat::EAN13, CodeFormat::kEan13},
      {ZXing::BarcodeFormat::EAN8, CodeFormat::kEan8},
      {ZXing::BarcodeFormat::UPCA, CodeFormat::kUpcA},
      {ZXing::BarcodeFormat::UPCE, CodeFormat::kUpcE},
      {ZXing::BarcodeFormat::ITF, CodeFormat::kItf}};
  for (const auto& [written, wanted] : kFormats) {
    std::string text = "SHEET-42";
    switch (wanted) {
      case CodeFormat::kCodabar:
      case CodeFormat::kItf:
        text = "00123456";
        break;
      case CodeFormat::kEan13:
        text = "4006381333931";
        break;
      case CodeFormat::kEan8:
        text = "96385074";
        break;
      case CodeFormat::kUpcA:
        text = "036000291452";
        break;
      case CodeFormat::kUpcE:
        text = "01234565";
        break;
      default:
        break;
    }
    const CodeField code = {"id", {420, 60}, {240, 90}, {wanted}};
    CodePage page(2);
    page.Print(code, written, text);
    const auto readings = Read(page, SheetWith({code}));
    ASSERT_EQ(readings.size(), 1u);
    EXPECT_THAT(readings[0].answer, ::testing::HasSubstr(text))
        << static_cast<int>(wanted);
    EXPECT_THAT(readings[0].flags, IsEmpty());
    EXPECT_FALSE(readings[0].needs_review);
    EXPECT_EQ(readings[0].confidence, 1);
  }
}

TEST(CodeReader, ReadsInNoiseAndInAnyOrientation) {
  const CodeField code = {"id", {420, 90}, {120, 120}, {}};
  const Sheet sheet = SheetWith({code});
  CodePage page(1.6);
  page.Print(code, ZXing::BarcodeFormat::QRCode, kText);
  page.AddNoise(20);
  EXPECT_EQ(Read(page, sheet)[0].answer, kText);

  // The scan upside down: what is at (x, y) of the page lies at (W - x, H - y).
  GrayImage turned(page.scan().width(), page.scan().height());
  for (int y = 0; y < turned.height(); ++y) {
    for (int x = 0; x < turned.width(); ++x) {
      turned.row(y)[x] =
          page.scan().row(turned.height() - 1 - y)[turned.width() - 1 - x];
    }
  }
  const Homography to_page({-1 / 1.6, 0, turned.width() / 1.6, 0, -1 / 1.6,
                            turned.height() / 1.6, 0, 0, 1});
  const auto readings = ReadCodes(turned, to_page, sheet, {});
  ASSERT_TRUE(readings.ok());
  EXPECT_EQ((*readings)[0].answer, kText);
}

TEST(CodeReader, OtherKindsThanWantedAreNotRead) {
  const CodeField code = {"id", {420, 90}, {120, 120}, {CodeFormat::kCode128}};
  CodePage page(2);
  page.Print(code, ZXing::BarcodeFormat::QRCode, kText);
  const auto readings = Read(page, SheetWith({code}));
  EXPECT_EQ(readings[0].answer, "");
  EXPECT_THAT(readings[0].flags, ElementsAre(Flag::kUnreadable));
  EXPECT_TRUE(readings[0].needs_review);
}

TEST(CodeReader, AnEmptyPlaceIsForReview) {
  const CodeField code = {"id", {420, 90}, {120, 120}, {}};
  const auto readings = Read(CodePage(2), SheetWith({code}));
  EXPECT_EQ(readings[0].answer, "");
  EXPECT_THAT(readings[0].flags, ElementsAre(Flag::kUnreadable));
  EXPECT_LT(readings[0].confidence, 0.5);
}

TEST(CodeReader, TwoCodesInOnePlaceAreForReview) {
  const CodeField place = {"id", {420, 90}, {240, 120}, {}};
  CodePage page(2);
  page.Print({"", {360, 90}, {100, 100}, {}}, ZXing::BarcodeFormat::QRCode,
             "one");
  page.Print({"", {480, 90}, {100, 100}, {}}, ZXing::BarcodeFormat::QRCode,
             "two");
  const auto readings = Read(page, SheetWith({place}));
  EXPECT_THAT(readings[0].flags, ElementsAre(Flag::kMultiple));
  EXPECT_TRUE(readings[0].needs_review);
}

TEST(CodeReader, SeveralPlacesAreReadInOrder) {
  const CodeField first = {"sheet", {480, 70}, {110, 110}, {}};
  const CodeField second = {"student", {480, 780}, {200, 60}, {}};
  CodePage page(2);
  page.Print(first, ZXing::BarcodeFormat::QRCode, "S1");
  page.Print(second, ZXing::BarcodeFormat::Code128, "P77");
  const auto readings = Read(page, SheetWith({first, second}));
  ASSERT_EQ(readings.size(), 2u);
  EXPECT_EQ(readings[0].answer, "S1");
  EXPECT_EQ(readings[1].answer, "P77");
}

TEST(CodeReader, APlaceBeyondTheScanIsCutOff) {
  const CodeField code = {"id", {420, 780}, {120, 120}, {}};
  const Sheet sheet = SheetWith({code});
  CodePage page(1);
  // The scan shows the page's upper 700 units only.
  GrayImage upper(620, 700);
  std::fill(upper.data(), upper.data() + upper.size_bytes(), 240);
  const auto readings = ReadCodes(upper, page.scan_to_page(), sheet, {});
  ASSERT_TRUE(readings.ok());
  EXPECT_THAT((*readings)[0].flags, ElementsAre(Flag::kCutOff));
}

TEST(CodeReader, RefusesMapsThatCannotBeInverted) {
  const CodeField code = {"id", {420, 90}, {120, 120}, {}};
  const CodePage page(1);
  const auto readings =
      ReadCodes(page.scan(), Homography::Scale(0, 1), SheetWith({code}), {});
  ASSERT_FALSE(readings.ok());
  EXPECT_EQ(DetailsOf(readings.status())->reason, kHomographySingular);
}

TEST(CodeReader, SheetsWithoutCodesCostNothing) {
  const Sheet sheet = SheetWith({});
  EXPECT_EQ(ReadCodesBytes(sheet), 0);
  EXPECT_THAT(Read(CodePage(1), sheet), IsEmpty());
}

TEST(FindCodeTexts, FindsSelfCheckingCodesAnywhere) {
  CodePage page(2);
  page.Print({"", {520, 90}, {100, 100}, {}}, ZXing::BarcodeFormat::QRCode,
             "exam7-p1/0042");
  page.Print({"", {150, 800}, {220, 40}, {}}, ZXing::BarcodeFormat::Code128,
             "student 4711");
  // Stripes of any form may look like one of these.
  page.Print({"", {450, 800}, {200, 40}, {}}, ZXing::BarcodeFormat::ITF,
             "00123456");
  page.AddNoise(8);
  const auto texts = FindCodeTexts(page.scan(), {});
  ASSERT_TRUE(texts.ok()) << texts.status();
  EXPECT_THAT(*texts,
              ::testing::UnorderedElementsAre("exam7-p1/0042", "student 4711"));
  EXPECT_THAT(*FindCodeTexts(CodePage(2).scan(), {}), IsEmpty());
  EXPECT_GT(FindCodeTextsBytes(1000), 1000);
}

TEST(FindCodeTexts, StopsWhenAsked) {
  StopSource stop;
  stop.Stop(absl::CancelledError("enough"));
  EXPECT_EQ(FindCodeTexts(CodePage(2).scan(), stop.token()).status().code(),
            absl::StatusCode::kCancelled);
}

}  // namespace
}  // namespace sightline::grade
