#include <algorithm>
#include <cmath>
#include <cstring>
#include <opencv2/imgproc.hpp>
#include <vector>

#include "tests/generator/degradation.h"

namespace sightline::generator {
namespace {

// Normal deviates to look up: a table of 2^16, the same for every picture.
const std::vector<float>& NormalTable() {
  static const auto& table = *[] {
    auto* list = new std::vector<float>(1 << 16);
    Random random(20);
    for (float& value : *list) value = static_cast<float>(random.Normal());
    return list;
  }();
  return table;
}

// Four table indices per draw.
class NoiseSource {
 public:
  explicit NoiseSource(Random random) : random_(random) {}
  float Next() {
    if (left_ == 0) {
      bits_ = random_.Bits();
      left_ = 4;
    }
    --left_;
    const float value = table_[bits_ & 0xffff];
    bits_ >>= 16;
    return value;
  }

 private:
  const std::vector<float>& table_ = NormalTable();
  Random random_;
  uint64_t bits_ = 0;
  int left_ = 0;
};

cv::Mat Wrap(GrayImage& image) {
  return cv::Mat(image.height(), image.width(), CV_8UC1, image.data());
}

cv::Mat Wrap(Raster<2>& image) {
  return cv::Mat(image.height(), image.width(), CV_8UC2, image.data());
}

// Smooth noise, mean 0, deviation 1, in patches of about `grain` pixels.
cv::Mat SmoothNoise(cv::Size size, double grain, Random random) {
  cv::Mat coarse(cv::Size(static_cast<int>(size.width / grain) + 2,
                          static_cast<int>(size.height / grain) + 2),
                 CV_32F);
  for (int y = 0; y < coarse.rows; ++y) {
    for (int x = 0; x < coarse.cols; ++x) {
      coarse.at<float>(y, x) = static_cast<float>(random.Normal());
    }
  }
  cv::Mat fine;
  cv::resize(coarse, fine, size, 0, 0, cv::INTER_CUBIC);
  return fine;
}

// A steep curve, not a step: toner has soft edges.
double CopiedLuma(const Copier& copier, double luma) {
  return 252 - 225 / (1 + std::exp((luma - copier.threshold) / 9.0));
}

void PhotoCopy(cv::Mat& luma, cv::Mat& chroma, const Copier& copier,
               Random random) {
  cv::GaussianBlur(luma, luma, cv::Size(0, 0), 1.3);
  cv::Mat curve(1, 256, CV_8UC1);
  for (int v = 0; v < 256; ++v) {
    curve.at<uint8_t>(v) = cv::saturate_cast<uint8_t>(CopiedLuma(copier, v));
  }
  cv::LUT(luma, curve, luma);
  chroma.setTo(cv::Scalar(128, 128));
  const int specks = static_cast<int>(copier.specks * luma.total());
  for (int i = 0; i < specks; ++i) {
    const cv::Point at(random.Integer(0, luma.cols - 1),
                       random.Integer(0, luma.rows - 1));
    const int radius = random.Chance(0.06) ? random.Integer(2, 5) : 1;
    const int tone = random.Chance(0.8) ? random.Integer(20, 90) : 250;
    cv::circle(luma, at, radius, cv::Scalar(tone), cv::FILLED);
  }
  for (int i = 0; i < copier.streaks; ++i) {
    const int x = random.Integer(0, luma.cols - 8);
    cv::Mat streak = luma.colRange(x, x + random.Integer(1, 4));
    cv::subtract(streak, cv::Scalar(random.Uniform(20, 70)), streak);
  }
}

// The map for cv, which puts pixel centres at integers.
cv::Matx33d CenterBased(const Homography& h) {
  const cv::Matx33d map(h.values().data());
  const cv::Matx33d in(1, 0, 0.5, 0, 1, 0.5, 0, 0, 1);
  const cv::Matx33d out(1, 0, -0.5, 0, 1, -0.5, 0, 0, 1);
  return out * map * in;
}

// Where in the print each pixel of the picture comes from, the bend included.
void CurlMaps(const CapturePlan& plan, double print_width, double print_height,
              cv::Mat* map_x, cv::Mat* map_y) {
  map_x->create(plan.height, plan.width, CV_32F);
  map_y->create(plan.height, plan.width, CV_32F);
  const Homography back = plan.print_to_scan.Inverse().value();
  for (int y = 0; y < plan.height; ++y) {
    for (int x = 0; x < plan.width; ++x) {
      const PixelPoint p = BentPoint(plan, {print_width, print_height},
                                     back.Map({x + 0.5, y + 0.5}));
      map_y->at<float>(y, x) = static_cast<float>(p.y - 0.5);
      map_x->at<float>(y, x) = static_cast<float>(p.x - 0.5);
    }
  }
}

cv::Mat Background(const CapturePlan& plan, Random random) {
  cv::Mat background(plan.height, plan.width, CV_8UC1,
                     cv::Scalar(plan.background));
  if (!plan.table) return background;
  // Wood: smooth across, streaky along.
  cv::Mat streaks = SmoothNoise(
      cv::Size(plan.width, std::max(2, plan.height / 24)), 40, random);
  cv::resize(streaks, streaks, background.size(), 0, 0, cv::INTER_LINEAR);
  background.convertTo(background, CV_32F);
  background += 9 * streaks;
  background.convertTo(background, CV_8U);
  return background;
}

// Lays the print into the picture.
void Project(cv::Mat print_luma, cv::Mat print_chroma, const CapturePlan& plan,
             Random random, PageImage* out) {
  const double shrink = std::sqrt(std::abs(plan.print_to_scan.JacobianAt(
      {print_luma.cols / 2.0, print_luma.rows / 2.0})));
  if (shrink < 0.9) {
    // Below the picture's own resolution detail must go, or it aliases.
    const double sigma = 0.45 * std::sqrt(1 / (shrink * shrink) - 1);
    cv::GaussianBlur(print_luma, print_luma, cv::Size(0, 0), sigma);
  }
  const cv::Size size(plan.width, plan.height);
  cv::Mat luma = Wrap(out->luma);
  cv::Mat cover(print_luma.size(), CV_8UC1, cv::Scalar(255));
  cv::Mat page;
  cv::Mat mask;
  cv::Mat map_x;
  cv::Mat map_y;
  const bool is_bent = plan.curl > 0 || plan.stretch > 0;
  if (is_bent) {
    CurlMaps(plan, print_luma.cols, print_luma.rows, &map_x, &map_y);
    cv::remap(print_luma, page, map_x, map_y, cv::INTER_LINEAR,
              cv::BORDER_REPLICATE);
    cv::remap(cover, mask, map_x, map_y, cv::INTER_LINEAR, cv::BORDER_CONSTANT);
  } else {
    const cv::Matx33d map = CenterBased(plan.print_to_scan);
    cv::warpPerspective(print_luma, page, map, size, cv::INTER_LINEAR,
                        cv::BORDER_REPLICATE);
    cv::warpPerspective(cover, mask, map, size, cv::INTER_LINEAR,
                        cv::BORDER_CONSTANT);
  }
  const cv::Mat background = Background(plan, random);
  for (int y = 0; y < luma.rows; ++y) {
    uint8_t* to = luma.ptr(y);
    const uint8_t* from = page.ptr(y);
    const uint8_t* share = mask.ptr(y);
    const uint8_t* around = background.ptr(y);
    for (int x = 0; x < luma.cols; ++x) {
      to[x] = static_cast<uint8_t>(
          (from[x] * share[x] + around[x] * (255 - share[x]) + 127) / 255);
    }
  }
  cv::Mat chroma = Wrap(out->chroma);
  const cv::Scalar behind =
      plan.table ? cv::Scalar(120, 134) : cv::Scalar(128, 128);
  if (is_bent) {
    // Every second pixel's source, in pixels of half the size.
    cv::Mat half_x;
    cv::Mat half_y;
    cv::resize(map_x, half_x, chroma.size(), 0, 0, cv::INTER_AREA);
    cv::resize(map_y, half_y, chroma.size(), 0, 0, cv::INTER_AREA);
    half_x = half_x * 0.5 - 0.25;
    half_y = half_y * 0.5 - 0.25;
    cv::remap(print_chroma, chroma, half_x, half_y, cv::INTER_LINEAR,
              cv::BORDER_CONSTANT, behind);
    return;
  }
  const Homography half = Homography::Scale(0.5, 0.5) * plan.print_to_scan *
                          Homography::Scale(2, 2);
  cv::warpPerspective(print_chroma, chroma, CenterBased(half), chroma.size(),
                      cv::INTER_LINEAR, cv::BORDER_CONSTANT, behind);
}

void Blur(cv::Mat& luma, const CapturePlan& plan) {
  if (plan.blur > 0) {
    cv::GaussianBlur(luma, luma, cv::Size(0, 0), plan.blur);
  }
  if (plan.soft_side_blur <= plan.blur) return;
  cv::Mat soft;
  cv::GaussianBlur(luma, soft, cv::Size(0, 0), plan.soft_side_blur);
  const double c = std::cos(plan.soft_side_angle);
  const double s = std::sin(plan.soft_side_angle);
  for (int y = 0; y < luma.rows; ++y) {
    uint8_t* to = luma.ptr(y);
    const uint8_t* from = soft.ptr(y);
    const double v = (y + 0.5) / luma.rows - 0.5;
    for (int x = 0; x < luma.cols; ++x) {
      const double u = (x + 0.5) / luma.cols - 0.5;
      const double share = std::clamp(0.5 + 1.2 * (c * u + s * v), 0.0, 1.0);
      to[x] = static_cast<uint8_t>(to[x] + share * (from[x] - to[x]) + 0.5);
    }
  }
}

// Light that reaches a point of the picture, 0..1; u and v are relative to
// its size.
double LightAt(const CapturePlan& plan, double u, double v) {
  const double c = std::cos(plan.gradient_angle);
  const double s = std::sin(plan.gradient_angle);
  const double along = 0.5 + (c * (u - 0.5) + s * (v - 0.5)) / std::sqrt(2);
  double light = plan.gain * (1 - plan.gradient * along);
  const double r2 = (u - 0.5) * (u - 0.5) + (v - 0.5) * (v - 0.5);
  light *= 1 - plan.vignette * r2 * 2;
  if (plan.shadow) {
    const Shadow& shadow = *plan.shadow;
    const double beyond = (u - shadow.point.x) * shadow.normal.x +
                          (v - shadow.point.y) * shadow.normal.y;
    light *= 1 - shadow.depth / (1 + std::exp(-beyond / shadow.softness * 2));
  }
  return light;
}

// The same at an eighth of the picture's size.
cv::Mat LightMap(const CapturePlan& plan) {
  cv::Mat light((plan.height + 7) / 8, (plan.width + 7) / 8, CV_32F);
  for (int y = 0; y < light.rows; ++y) {
    for (int x = 0; x < light.cols; ++x) {
      light.at<float>(y, x) = static_cast<float>(
          LightAt(plan, (x + 0.5) / light.cols, (y + 0.5) / light.rows));
    }
  }
  return light;
}

// The sensor's curve: luma out for lit luma 0..255.
double Develop(const CapturePlan& plan, double lit) {
  return plan.black +
         (plan.white - plan.black) * std::pow(lit / 255.0, plan.gamma);
}

void Expose(cv::Mat& luma, const CapturePlan& plan, Random random) {
  cv::Mat light;
  cv::resize(LightMap(plan), light, luma.size(), 0, 0, cv::INTER_LINEAR);
  float curve[256];
  for (int v = 0; v < 256; ++v) {
    curve[v] =
        static_cast<float>(plan.black + (plan.white - plan.black) *
                                            std::pow(v / 255.0, plan.gamma));
  }
  NoiseSource noise(random);
  const float strength = static_cast<float>(plan.noise);
  for (int y = 0; y < luma.rows; ++y) {
    uint8_t* row = luma.ptr(y);
    const float* share = light.ptr<float>(y);
    for (int x = 0; x < luma.cols; ++x) {
      const float lit = row[x] * share[x];
      const float value =
          curve[static_cast<int>(lit)] + strength * noise.Next();
      row[x] = static_cast<uint8_t>(std::clamp(value + 0.5f, 0.f, 255.f));
    }
  }
}

void ExposeColor(cv::Mat& chroma, const CapturePlan& plan, Random random) {
  NoiseSource noise(random);
  const float strength = static_cast<float>(plan.noise) * 0.4f;
  const float cast[2] = {static_cast<float>(plan.cast_cb),
                         static_cast<float>(plan.cast_cr)};
  const float gain = static_cast<float>(plan.gain);
  for (int y = 0; y < chroma.rows; ++y) {
    uint8_t* row = chroma.ptr(y);
    for (int i = 0; i < 2 * chroma.cols; ++i) {
      const float value = (row[i] - 128) * gain + cast[i % 2] +
                          strength * noise.Next() + 128.5f;
      row[i] = static_cast<uint8_t>(std::clamp(value, 0.f, 255.f));
    }
  }
}

}  // namespace

std::array<double, 256> ToneCurve(const CapturePlan& plan,
                                  PixelPoint scan_point) {
  const double light =
      LightAt(plan, scan_point.x / plan.width, scan_point.y / plan.height);
  std::array<double, 256> curve;
  for (int v = 0; v < 256; ++v) {
    const double paper = plan.copier ? CopiedLuma(*plan.copier, v) : v;
    curve[v] = Develop(plan, paper * light);
    if (plan.fax_threshold) curve[v] = curve[v] > *plan.fax_threshold ? 255 : 0;
  }
  return curve;
}

PageImage Capture(const PageImage& print, const CapturePlan& plan,
                  Random random) {
  PageImage original = print.Clone();
  cv::Mat print_luma = Wrap(original.luma);
  cv::Mat print_chroma = Wrap(original.chroma);
  if (plan.copier) {
    PhotoCopy(print_luma, print_chroma, *plan.copier, random.For("copier"));
  }
  PageImage picture(plan.width, plan.height);
  Project(print_luma, print_chroma, plan, random.For("background"), &picture);
  cv::Mat luma = Wrap(picture.luma);
  cv::Mat chroma = Wrap(picture.chroma);
  Blur(luma, plan);
  Expose(luma, plan, random.For("noise"));
  ExposeColor(chroma, plan, random.For("color noise"));
  if (plan.fax_threshold) {
    cv::threshold(luma, luma, *plan.fax_threshold, 255, cv::THRESH_BINARY);
    chroma.setTo(cv::Scalar(128, 128));
  }
  return picture;
}

}  // namespace sightline::generator
