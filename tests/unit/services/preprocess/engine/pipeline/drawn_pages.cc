#include "tests/unit/services/preprocess/engine/pipeline/drawn_pages.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include "gtest/gtest.h"
#include "services/preprocess/engine/affine_warp.h"

namespace sightline::preprocess {
namespace {

void MultiplyColumns(const std::function<double(int x)>& light,
                     GrayImage& page) {
  for (int y = 0; y < page.height(); ++y) {
    for (int x = 0; x < page.width(); ++x) {
      page.row(y)[x] =
          static_cast<uint8_t>(std::lrint(page.row(y)[x] * light(x)));
    }
  }
}

}  // namespace

GrayImage BlankPage(uint8_t paper) {
  GrayImage page(kDrawnWidth, kDrawnHeight);
  std::fill_n(page.data(), page.size_bytes(), paper);
  return page;
}

void FillBox(GrayImage& page, int left, int top, int width, int height,
             uint8_t gray) {
  for (int y = std::max(top, 0); y < std::min(top + height, page.height());
       ++y) {
    for (int x = std::max(left, 0); x < std::min(left + width, page.width());
         ++x) {
      page.row(y)[x] = gray;
    }
  }
}

GrayImage TextPage(Random& random, uint8_t paper, uint8_t ink) {
  GrayImage page = BlankPage(paper);
  for (int line = 60; line < kDrawnHeight - 60; line += 34) {
    for (int x = 60; x < kDrawnWidth - 70; x += 12) {
      if (Between(random, 0, 5) == 0) continue;
      FillBox(page, x, line, 3, 16, ink);
      for (const int bar : {0, 7, 14}) {
        if (Between(random, 0, 1) == 0) {
          FillBox(page, x, line + bar, 8, 2, ink);
        }
      }
      if (Between(random, 0, 1) == 0) FillBox(page, x + 6, line, 3, 16, ink);
    }
  }
  return page;
}

GrayImage PhotoPage(Random& random) {
  GrayImage page = BlankPage(0);
  const double phase = Between(random, 0, 628) / 100.0;
  for (int y = 0; y < page.height(); ++y) {
    for (int x = 0; x < page.width(); ++x) {
      const double value = 128 + 55 * std::sin(x / 97.0 + phase) +
                           45 * std::sin(y / 71.0 + x / 160.0);
      page.row(y)[x] = static_cast<uint8_t>(std::lrint(value));
    }
  }
  AddNoise(random, 2, page);
  return page;
}

void AddNoise(Random& random, double sigma, GrayImage& page) {
  std::normal_distribution<double> noise(0, sigma);
  for (int64_t i = 0; i < page.size_bytes(); ++i) {
    page.data()[i] = static_cast<uint8_t>(
        std::clamp(std::lrint(page.data()[i] + noise(random)), 0l, 255l));
  }
}

void AddSpecks(Random& random, double share, GrayImage& page) {
  const int64_t specks = std::llrint(share * page.size_bytes());
  for (int64_t i = 0; i < specks; ++i) {
    const int64_t at = static_cast<int64_t>(random()) % page.size_bytes();
    page.data()[at] = (random() & 1) != 0 ? 255 : 0;
  }
}

void AddGradient(double right, GrayImage& page) {
  MultiplyColumns(
      [&](int x) { return 1 - (1 - right) * x / (page.width() - 1); }, page);
}

void AddShadow(int left, int right, double inside, GrayImage& page) {
  constexpr double kSoftness = 12;
  MultiplyColumns(
      [&](int x) {
        const double depth =
            std::clamp(std::min(x - left, right - x) / kSoftness, 0.0, 1.0);
        return 1 - (1 - inside) * depth;
      },
      page);
}

GrayImage Inverted(const GrayImage& page) {
  GrayImage inverted = page.Clone();
  for (int64_t i = 0; i < page.size_bytes(); ++i) {
    inverted.data()[i] = static_cast<uint8_t>(255 - page.data()[i]);
  }
  return inverted;
}

GrayImage Tilted(const GrayImage& page, double degrees) {
  GrayImage tilted;
  EXPECT_TRUE(
      AffineWarp::Create(RotationMap(page.width(), page.height(), -degrees),
                         page.width(), page.height())
          ->Run(page, tilted)
          .ok());
  return tilted;
}

}  // namespace sightline::preprocess
