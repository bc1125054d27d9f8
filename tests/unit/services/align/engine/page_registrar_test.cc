#include "services/align/engine/page_registrar.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <thread>

#include "tests/unit/services/align/engine/degradation.h"
#include "tests/unit/services/align/engine/generated_page.h"

namespace sightline::align {
namespace {

constexpr int64_t kPlenty = int64_t{1} << 30;

std::unique_ptr<PageRegistrar> MakeRegistrar(Reference reference) {
  auto registrar = PageRegistrar::Create(std::move(reference));
  EXPECT_TRUE(registrar.ok()) << registrar.status();
  return *std::move(registrar);
}

PageDesign DesignWith(MarkerKind marker) {
  PageDesign design;
  design.has_markers = true;
  design.marker = marker;
  return design;
}

// A scan of the filled page whose margins are all seen.
struct Scan {
  GrayImage pixels;
  Homography scan_to_page;
};

Scan MakeScan(const GeneratedPage& page, double degrees, int width = 1300,
              double zoom = 0.92, int ground = 90) {
  const int height =
      static_cast<int>(width * page.page.height / page.page.width);
  const Homography map = Homography::Translation(width * 0.5, height * 0.5) *
                         Homography::Scale(zoom, zoom) *
                         Homography::Translation(-width * 0.5, -height * 0.5) *
                         ScannerMap(page.page, width, degrees, 0.005, 0.01);
  return {
      WithNoise(SeenThrough(FillIn(page, 4), map, width, height, ground), 4, 8),
      *map.Inverse()};
}

TEST(PageRegistrar, FindsThePageWhateverScannersAndPhonesDo) {
  const GeneratedPage page = DrawPage(PageDesign());
  const auto registrar = MakeRegistrar(page.WithImage());
  const Homography map = ScannerMap(page.page, 1240, 1.7, 0.01, 0.01);
  const GrayImage scan =
      WithNoise(SeenThrough(FillIn(page, 5), map, 1240, 1754, 200), 6, 2);
  for (const Degradation degradation : AllDegradations()) {
    const Degraded degraded = Degrade(scan, degradation, 3);
    const auto found = registrar->Register(degraded.pixels, {}, StopToken());
    ASSERT_TRUE(found.ok())
        << DegradationName(degradation) << ": " << found.status();
    const Homography truth = *(degraded.original_to_degraded * map).Inverse();
    EXPECT_LT(MeanError(found->scan_to_page, truth, page.page), 0.3)
        << DegradationName(degradation);
    EXPECT_GE(found->confidence, 0.9) << DegradationName(degradation);
    EXPECT_GE(found->inliers, 12) << DegradationName(degradation);
    EXPECT_LE(found->inliers, found->patches);
  }
}

TEST(PageRegistrar, TakesTheFastPathForAFlatbedScanInAnyOrientation) {
  const GeneratedPage page = DrawPage(PageDesign());
  const auto registrar = MakeRegistrar(page.WithImage());
  const Homography map = ScannerMap(page.page, 1240, -2.5, 0.01, 0);
  const GrayImage scan = SeenThrough(FillIn(page, 5), map, 1240, 1754, 255);
  for (const Degradation turn : {Degradation::kAsIs, Degradation::kUpsideDown,
                                 Degradation::kQuarterTurn}) {
    const auto found =
        registrar->Register(Degrade(scan, turn, 0).pixels, {}, StopToken());
    ASSERT_TRUE(found.ok()) << found.status();
    EXPECT_EQ(found->method, Method::kPatches) << DegradationName(turn);
    EXPECT_EQ(found->attempts.size(), 1u);
  }
}

TEST(PageRegistrar, FindsThePageAtAnyAngle) {
  const GeneratedPage page = DrawPage(PageDesign());
  const auto registrar = MakeRegistrar(page.WithImage());
  for (int degrees = 15; degrees < 360; degrees += 45) {
    const Scan scan = MakeScan(page, degrees, 1500, 0.6);
    const auto found = registrar->Register(scan.pixels, {}, StopToken());
    ASSERT_TRUE(found.ok()) << degrees << ": " << found.status();
    EXPECT_LT(MeanError(found->scan_to_page, scan.scan_to_page, page.page), 0.3)
        << degrees;
  }
}

TEST(PageRegistrar, FindsThePageByEachMethodAlone) {
  const GeneratedPage page = DrawPage(DesignWith(MarkerKind::kRing));
  const auto registrar = MakeRegistrar(page.WithImage());
  const Scan scan = MakeScan(page, 2);
  for (const Method method :
       {Method::kPatches, Method::kMarkers, Method::kContour, Method::kOrb,
        Method::kAkaze, Method::kSift}) {
    RegistrationOptions options;
    options.method = method;
    options.memory_bytes = kPlenty;
    const auto found = registrar->Register(scan.pixels, options, StopToken());
    ASSERT_TRUE(found.ok()) << MethodName(method) << ": " << found.status();
    EXPECT_EQ(found->method, method);
    ASSERT_EQ(found->attempts.size(), 1u);
    EXPECT_TRUE(found->attempts[0].accepted);
    EXPECT_NE(found->attempts[0].outcome, "");
    EXPECT_LT(MeanError(found->scan_to_page, scan.scan_to_page, page.page), 0.3)
        << MethodName(method);
  }
}

TEST(PageRegistrar, FindsThePageByMarkersOfEachKindWithoutAnImage) {
  for (const MarkerKind kind :
       {MarkerKind::kImage, MarkerKind::kRing, MarkerKind::kSquare}) {
    for (const bool has_outlines : {true, false}) {
      PageDesign design = DesignWith(kind);
      design.has_outlines = has_outlines;
      const GeneratedPage page = DrawPage(design);
      const auto registrar = MakeRegistrar(page.WithoutImage());
      const Scan scan = MakeScan(page, 3);
      RegistrationOptions options;
      options.method = Method::kMarkers;
      for (const Degradation degradation :
           {Degradation::kAsIs, Degradation::kUpsideDown,
            Degradation::kQuarterTurn, Degradation::kLowLight,
            Degradation::kPerspective, Degradation::kBlur}) {
        const Degraded degraded = Degrade(scan.pixels, degradation, 3);
        const auto found =
            registrar->Register(degraded.pixels, options, StopToken());
        const std::string what = std::string(DegradationName(degradation)) +
                                 ", kind " +
                                 std::to_string(static_cast<int>(kind)) +
                                 (has_outlines ? "" : ", no outlines");
        ASSERT_TRUE(found.ok()) << what << ": " << found.status();
        const Homography truth =
            scan.scan_to_page * *degraded.original_to_degraded.Inverse();
        EXPECT_LT(MeanError(found->scan_to_page, truth, page.page), 0.6)
            << what;
      }
    }
  }
}

TEST(PageRegistrar, MakesDoWithThreeMarkersAndTheBubbles) {
  const GeneratedPage page = DrawPage(DesignWith(MarkerKind::kSquare));
  const auto registrar = MakeRegistrar(page.WithoutImage());
  Scan scan = MakeScan(page, 1);
  const PixelPoint hidden =
      scan.scan_to_page.Inverse()->Map(page.markers[2].center);
  for (int y = -60; y < 60; ++y) {
    for (int x = -60; x < 60; ++x) {
      scan.pixels.row(static_cast<int>(hidden.y) +
                      y)[static_cast<int>(hidden.x) + x] = 225;
    }
  }
  RegistrationOptions options;
  options.method = Method::kMarkers;
  const auto found = registrar->Register(scan.pixels, options, StopToken());
  ASSERT_TRUE(found.ok()) << found.status();
  EXPECT_LT(MeanError(found->scan_to_page, scan.scan_to_page, page.page), 0.5);
}

TEST(PageRegistrar, FindsAPhotographedPageByItsBubblesAlone) {
  for (const ShapeKind shape :
       {ShapeKind::kEllipse, ShapeKind::kRectangle, ShapeKind::kBrackets}) {
    PageDesign design;
    design.shape = shape;
    const GeneratedPage page = DrawPage(design);
    const auto registrar = MakeRegistrar(page.WithoutImage());
    const Scan scan = MakeScan(page, 4, 1500, 0.7);
    const auto found = registrar->Register(scan.pixels, {}, StopToken());
    ASSERT_TRUE(found.ok()) << found.status();
    EXPECT_EQ(found->method, Method::kContour);
    EXPECT_LT(MeanError(found->scan_to_page, scan.scan_to_page, page.page),
              0.3);
  }
}

// A reference at twice the scan's resolution and the same picture: a mixture
// of centre- and corner-based coordinates would show as half a pixel.
TEST(PageRegistrar, IsCornerBased) {
  const GeneratedPage page = DrawPage(PageDesign());
  const auto registrar = MakeRegistrar(page.WithImage());
  const Homography half = Homography::Scale(0.5, 0.5);
  const GrayImage scan = SeenThrough(page.blank, half, 620, 877, 255);
  for (const Method method : {Method::kPatches, Method::kOrb}) {
    RegistrationOptions options;
    options.method = method;
    const auto found = registrar->Register(scan, options, StopToken());
    ASSERT_TRUE(found.ok()) << found.status();
    EXPECT_LT(MeanError(found->scan_to_page, *half.Inverse(), page.page), 0.12)
        << MethodName(method);
  }
}

GrayImage Plain(int width, int height, int level) {
  GrayImage image(width, height);
  std::fill(image.data(), image.data() + image.size_bytes(),
            static_cast<uint8_t>(level));
  return image;
}

TEST(PageRegistrar, RefusesWhatIsNotThePage) {
  PageDesign other_text;
  other_text.seed = 77;
  PageDesign other_rows;
  other_rows.seed = 78;
  other_rows.rows = 15;
  PageDesign other_blocks;
  other_blocks.seed = 79;
  other_blocks.blocks = 2;
  std::vector<std::pair<std::string, GrayImage>> scans;
  scans.emplace_back("blank", Plain(1240, 1754, 255));
  scans.emplace_back("black", Plain(1240, 1754, 0));
  scans.emplace_back("noise", WithNoise(Plain(1240, 1754, 128), 60, 1));
  scans.emplace_back("other words",
                     MakeScan(DrawPage(other_text), 1).pixels.Clone());
  scans.emplace_back("other rows",
                     MakeScan(DrawPage(other_rows), 1).pixels.Clone());
  scans.emplace_back("other blocks",
                     MakeScan(DrawPage(other_blocks), 1).pixels.Clone());
  const auto by_image = MakeRegistrar(DrawPage(PageDesign()).WithImage());
  const auto by_bubbles = MakeRegistrar(DrawPage(PageDesign()).WithoutImage());
  const auto by_markers =
      MakeRegistrar(DrawPage(DesignWith(MarkerKind::kSquare)).WithoutImage());
  RegistrationOptions options;
  options.memory_bytes = kPlenty;
  for (const auto& [name, scan] : scans) {
    for (const PageRegistrar* registrar :
         {by_image.get(), by_bubbles.get(), by_markers.get()}) {
      // Other words around the same bubbles are the same structure.
      if (name == "other words" && registrar == by_bubbles.get()) continue;
      const auto found = registrar->Register(scan, options, StopToken());
      EXPECT_EQ(found.status().code(), absl::StatusCode::kNotFound)
          << name << ": " << (found.ok() ? found->attempts.back().outcome : "")
          << found.status();
    }
  }
}

// Sheets of one family differ in what is written and in some words; those that
// are accepted must lie right, and sure ones nowhere else.
TEST(PageRegistrar, IsNeverSureOfAWrongPosition) {
  std::mt19937 random(2024);
  std::uniform_real_distribution<double> uniform(-1, 1);
  int accepted = 0;
  for (int i = 0; i < 24; ++i) {
    PageDesign design;
    design.seed = 100 + i % 4;
    design.rows = 12 + i % 5;
    design.blocks = 2 + i % 2;
    design.has_markers = i % 3 == 0;
    design.marker = MarkerKind::kRing;
    const GeneratedPage page = DrawPage(design);
    const auto registrar =
        MakeRegistrar(i % 2 == 0 ? page.WithImage() : page.WithoutImage());
    const double degrees =
        90 * static_cast<int>(random() % 4) + 6 * uniform(random);
    const Scan scan = MakeScan(page, degrees, 1240, 0.7 + 0.2 * uniform(random),
                               static_cast<int>(random() % 200));
    const GrayImage noisy = WithNoise(scan.pixels, 8 + 8 * uniform(random),
                                      static_cast<int>(random()));
    const auto found = registrar->Register(noisy, {}, StopToken());
    if (!found.ok()) continue;
    ++accepted;
    // Far from the bubbles, where nothing is compared, a pixel more is not
    // wrong.
    EXPECT_LT(MeanError(found->scan_to_page, scan.scan_to_page, page.page), 3)
        << "case " << i << ", confidence " << found->confidence << ": "
        << found->attempts.back().outcome;
  }
  EXPECT_GE(accepted, 18);
}

TEST(PageRegistrar, CopesWithTinyAndHugeScans) {
  const GeneratedPage page = DrawPage(PageDesign());
  const auto registrar = MakeRegistrar(page.WithImage());
  const GrayImage tiny =
      SeenThrough(page.blank, Homography::Scale(0.0807, 0.0807), 100, 141, 255);
  const auto in_tiny = registrar->Register(tiny, {}, StopToken());
  if (in_tiny.ok()) {
    EXPECT_LT(MeanError(in_tiny->scan_to_page,
                        Homography::Scale(1 / 0.0807, 1 / 0.0807), page.page),
              10);
  }
  const Scan huge = MakeScan(page, 1, 6200);
  const auto found = registrar->Register(huge.pixels, {}, StopToken());
  ASSERT_TRUE(found.ok()) << found.status();
  EXPECT_LT(MeanError(found->scan_to_page, huge.scan_to_page, page.page), 0.3);
}

TEST(PageRegistrar, CopesWithScansOfAnyShape) {
  const GeneratedPage page = DrawPage(DesignWith(MarkerKind::kImage));
  const auto by_image = MakeRegistrar(page.WithImage());
  const auto by_structure = MakeRegistrar(page.WithoutImage());
  RegistrationOptions options;
  options.memory_bytes = kPlenty;
  for (const auto& [width, height] :
       {std::pair{100, 9000}, {9000, 100}, {100, 100}}) {
    const GrayImage scan =
        SeenThrough(page.blank, Homography(), width, height, 200);
    for (const PageRegistrar* registrar :
         {by_image.get(), by_structure.get()}) {
      EXPECT_EQ(registrar->Register(scan, options, StopToken()).status().code(),
                absl::StatusCode::kNotFound)
          << width << " x " << height;
    }
  }
}

TEST(PageRegistrar, CopesWithBubblesAndMarkersOfAnySize) {
  const GeneratedPage page = DrawPage(PageDesign());
  for (const double size : {0.5, 3.0, 60.0, 400.0, 620.0}) {
    Reference reference = page.WithoutImage();
    for (size_t i = 0; i < reference.shapes.size(); i += 2) {
      reference.shapes[i].size = {size, size};
    }
    reference.markers.clear();
    for (const PixelPoint& corner :
         {PixelPoint{0, 0}, {1240, 0}, {1240, 1754}, {0, 1754}}) {
      reference.markers.push_back(
          {MarkerKind::kSquare, corner, {size, size}, {}});
    }
    const auto registrar = MakeRegistrar(std::move(reference));
    EXPECT_FALSE(registrar->Register(page.blank, {}, StopToken()).ok())
        << "no such markers are there";
  }
}

TEST(PageRegistrar, MayBeSharedByThreads) {
  const GeneratedPage page = DrawPage(PageDesign());
  const auto registrar = MakeRegistrar(page.WithImage());
  const Scan scan = MakeScan(page, 40, 1000, 0.6);
  RegistrationOptions options;
  options.method = Method::kOrb;
  std::vector<Homography> maps(4);
  std::vector<std::thread> threads;
  for (Homography& map : maps) {
    threads.emplace_back([&] {
      for (int i = 0; i < 2; ++i) {
        const auto found =
            registrar->Register(scan.pixels, options, StopToken());
        if (found.ok()) map = found->scan_to_page;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const Homography& map : maps) {
    EXPECT_EQ(map.values(), maps[0].values()) << "the same scan, the same map";
    EXPECT_LT(MeanError(map, scan.scan_to_page, page.page), 0.3);
  }
}

TEST(PageRegistrar, KeepsLittle) {
  const GeneratedPage page = DrawPage(PageDesign());
  const auto registrar = MakeRegistrar(page.WithImage());
  const int64_t before = registrar->ResidentBytes();
  EXPECT_LT(before, 3 << 20);
  RegistrationOptions options;
  options.method = Method::kOrb;
  const Scan scan = MakeScan(page, 5);
  ASSERT_TRUE(registrar->Register(scan.pixels, options, StopToken()).ok());
  EXPECT_GT(registrar->ResidentBytes(), before) << "the features are kept";
  EXPECT_LT(registrar->ResidentBytes(), 4 << 20);
}

}  // namespace
}  // namespace sightline::align
