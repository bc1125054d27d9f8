// The preprocess engine beside OpenCV: processor time of one thread on the same
// page in the same process, the pixels compared.
//
//   engine_bench                    the table
//   engine_bench --json             one JSON object per figure
//   engine_bench --only median      what has this in its name
//   engine_bench --repeat 15        the least time of so many runs (default 9)
//
// The page is that of bench_page.h. NLM
// runs on a part of it, and the time is scaled up.
#include <time.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <functional>
#include <opencv2/imgproc.hpp>
#include <opencv2/photo.hpp>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "bench/preprocess/bench_page.h"
#include "common/image/image.h"
#include "common/memory/process_memory.h"
#include "services/preprocess/engine/engine.h"

namespace sightline::preprocess {
namespace {

struct Options {
  bool json = false;
  int repeat = 9;
  std::string only;
};

double ThreadSeconds() {
  timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) +
         1e-9 * static_cast<double>(now.tv_nsec);
}

double LeastMilliseconds(int repeat, const std::function<void()>& run) {
  run();
  double least = 1e30;
  for (int i = 0; i < repeat; ++i) {
    const double begin = ThreadSeconds();
    run();
    least = std::min(least, ThreadSeconds() - begin);
  }
  return 1000 * least;
}

// One operation, ours and OpenCV's.
struct Comparison {
  // In JSON "pre_<name>_cpu_ms".
  std::string name;
  std::string title;
  std::function<absl::Status(GrayImage&, const Execution&)> ours;
  std::function<void(cv::Mat&)> theirs;
  // What a time is multiplied by where only a part of the page was taken.
  double scale = 1;
  // Not where ours follows a rule of its own.
  bool is_exact = true;
};

cv::Mat AsMatrix(const GrayImage& image) {
  return cv::Mat(image.height(), image.width(), CV_8UC1,
                 const_cast<uint8_t*>(image.data()));
}

int64_t CountDifferent(const GrayImage& ours, const cv::Mat& theirs) {
  int64_t different = 0;
  for (int y = 0; y < ours.height(); ++y) {
    for (int x = 0; x < ours.width(); ++x) {
      different += ours.row(y)[x] != theirs.ptr(y)[x];
    }
  }
  return different;
}

std::vector<Comparison> Comparisons(const GrayImage& page,
                                    const RgbImage& colour,
                                    const GrayImage& part) {
  std::vector<Comparison> all;
  const cv::Mat matrix = AsMatrix(page);
  const cv::Mat colours(kBenchHeight, kBenchWidth, CV_8UC3,
                        const_cast<uint8_t*>(colour.data()));
  const cv::Mat part_matrix = AsMatrix(part);
  const auto run = [&page](auto op) {
    return [op, &page](GrayImage& out, const Execution& execution) {
      return op.Run(page, out, execution);
    };
  };
  all.push_back({"gray", "gray",
                 [&colour](GrayImage& out, const Execution& execution) {
                   return ConvertToGray(colour, out, execution);
                 },
                 [colours](cv::Mat& out) {
                   cv::cvtColor(colours, out, cv::COLOR_RGB2GRAY);
                 }});
  const auto clahe = cv::createCLAHE(3.0, cv::Size(8, 8));
  FusedChainOptions chain;
  chain.gaussian.reset();
  all.push_back({"clahe", "CLAHE 3.0, 8 x 8", run(*FusedChain::Create(chain)),
                 [=](cv::Mat& out) { clahe->apply(matrix, out); }});
  chain.gaussian = GaussianOptions();
  all.push_back({"clahe_gaussian", "CLAHE + Gaussian 3",
                 run(*FusedChain::Create(chain)), [=](cv::Mat& out) {
                   cv::Mat between;
                   clahe->apply(matrix, between);
                   cv::GaussianBlur(between, out, cv::Size(3, 3), 0.8);
                 }});
  chain.adaptive_mean = AdaptiveMeanOptions{.size = 11, .offset = 2};
  all.push_back({"chain", "CLAHE + Gaussian 3 + mean 11",
                 run(*FusedChain::Create(chain)), [=](cv::Mat& out) {
                   cv::Mat equalised, blurred;
                   clahe->apply(matrix, equalised);
                   cv::GaussianBlur(equalised, blurred, cv::Size(3, 3), 0.8);
                   cv::adaptiveThreshold(blurred, out, 255,
                                         cv::ADAPTIVE_THRESH_MEAN_C,
                                         cv::THRESH_BINARY, 11, 2);
                 }});
  const FusedChain full = *FusedChain::Create(chain);
  all.push_back({"colour_chain", "the same from colour",
                 [&colour, full](GrayImage& out, const Execution& execution) {
                   return full.Run(colour, out, execution);
                 },
                 [=](cv::Mat& out) {
                   cv::Mat gray, equalised, blurred;
                   cv::cvtColor(colours, gray, cv::COLOR_RGB2GRAY);
                   clahe->apply(gray, equalised);
                   cv::GaussianBlur(equalised, blurred, cv::Size(3, 3), 0.8);
                   cv::adaptiveThreshold(blurred, out, 255,
                                         cv::ADAPTIVE_THRESH_MEAN_C,
                                         cv::THRESH_BINARY, 11, 2);
                 }});
  for (const int size : {31, 101}) {
    all.push_back(
        {"mean" + std::to_string(size), "mean " + std::to_string(size),
         run(*AdaptiveMean::Create({.size = size})), [=](cv::Mat& out) {
           cv::adaptiveThreshold(matrix, out, 255, cv::ADAPTIVE_THRESH_MEAN_C,
                                 cv::THRESH_BINARY, size, 10);
         }});
  }
  for (const double sigma : {1.2, 15.0}) {
    GaussianOptions options;
    options.size_x = options.size_y = 0;
    options.sigma_x = sigma;
    const std::string number = sigma < 2 ? "1.2" : "15";
    all.push_back({"gaussian" + number, "Gaussian, sigma " + number,
                   run(*Gaussian::Create(options)), [=](cv::Mat& out) {
                     cv::GaussianBlur(matrix, out, cv::Size(0, 0), sigma);
                   }});
  }
  for (const int size : {3, 31}) {
    MorphologyOptions options;
    options.width = options.height = size;
    all.push_back(
        {"close" + std::to_string(size), "closing " + std::to_string(size),
         run(*Morphology::Create(options)), [=](cv::Mat& out) {
           cv::morphologyEx(
               matrix, out, cv::MORPH_CLOSE,
               cv::getStructuringElement(cv::MORPH_RECT, cv::Size(size, size)));
         }});
  }
  MorphologyOptions ellipse;
  ellipse.shape = rules::ElementShape::kEllipse;
  ellipse.operation = MorphologyOperation::kDilate;
  ellipse.width = ellipse.height = 15;
  all.push_back({"ellipse15", "dilation, ellipse 15",
                 run(*Morphology::Create(ellipse)), [=](cv::Mat& out) {
                   cv::dilate(matrix, out,
                              cv::getStructuringElement(cv::MORPH_ELLIPSE,
                                                        cv::Size(15, 15)));
                 }});
  for (const int size : {3, 5, 7, 9}) {
    all.push_back({"median" + std::to_string(size),
                   "median " + std::to_string(size),
                   run(*Median::Create({.size = size})),
                   [=](cv::Mat& out) { cv::medianBlur(matrix, out, size); }});
  }
  all.push_back({"otsu", "Otsu",
                 [&page](GrayImage& out, const Execution& execution) {
                   return ApplyOtsu(page, out, {}, execution).status();
                 },
                 [=](cv::Mat& out) {
                   cv::threshold(matrix, out, 0, 255,
                                 cv::THRESH_BINARY | cv::THRESH_OTSU);
                 }});
  const AffineMap turn = RotationMap(kBenchWidth, kBenchHeight, 1.7);
  // OpenCV counts from pixel centres.
  const cv::Matx23d centre_based(
      turn[0], turn[1], turn[2] + (turn[0] + turn[1]) * 0.5 - 0.5, turn[3],
      turn[4], turn[5] + (turn[3] + turn[4]) * 0.5 - 0.5);
  all.push_back({"warp", "warp, linear",
                 run(*AffineWarp::Create(turn, kBenchWidth, kBenchHeight)),
                 [=](cv::Mat& out) {
                   cv::warpAffine(matrix, out, centre_based,
                                  cv::Size(kBenchWidth, kBenchHeight),
                                  cv::INTER_LINEAR | cv::WARP_INVERSE_MAP,
                                  cv::BORDER_REPLICATE);
                 }});
  for (const ScaleMethod method : {ScaleMethod::kLinear, ScaleMethod::kCubic}) {
    const bool is_linear = method == ScaleMethod::kLinear;
    all.push_back({is_linear ? "linear1.5" : "cubic1.5",
                   is_linear ? "scaling 1.5, linear" : "scaling 1.5, cubic",
                   run(*Scale::Create({.method = method,
                                       .width = kBenchWidth * 3 / 2,
                                       .height = kBenchHeight * 3 / 2})),
                   [=](cv::Mat& out) {
                     cv::resize(
                         matrix, out,
                         cv::Size(kBenchWidth * 3 / 2, kBenchHeight * 3 / 2), 0,
                         0, is_linear ? cv::INTER_LINEAR : cv::INTER_CUBIC);
                   },
                   1, is_linear});
  }
  all.push_back(
      {"bilateral9", "bilateral 9", run(*Bilateral::Create({})),
       [=](cv::Mat& out) { cv::bilateralFilter(matrix, out, 9, 30, 3); }, 1,
       false});
  all.push_back({"gaussian_mean31", "Gaussian mean 31",
                 run(*AdaptiveGaussian::Create({})),
                 [=](cv::Mat& out) {
                   cv::adaptiveThreshold(matrix, out, 255,
                                         cv::ADAPTIVE_THRESH_GAUSSIAN_C,
                                         cv::THRESH_BINARY, 31, 10);
                 },
                 1, false});
  all.push_back({"sauvola31", "Sauvola 31 (in double)",
                 run(*LocalThresholdFilter::Create({})),
                 [=](cv::Mat& out) {
                   cv::Mat mean, squares, deviation;
                   const cv::Size window(31, 31);
                   cv::boxFilter(matrix, mean, CV_64F, window, {-1, -1}, true,
                                 cv::BORDER_REPLICATE);
                   cv::sqrBoxFilter(matrix, squares, CV_64F, window, {-1, -1},
                                    true, cv::BORDER_REPLICATE);
                   cv::sqrt(cv::max(squares - mean.mul(mean), 0), deviation);
                   const cv::Mat level =
                       mean.mul(1 + 0.2 * (deviation / 128 - 1));
                   cv::Mat wide;
                   matrix.convertTo(wide, CV_64F);
                   out = wide > level;
                 },
                 1, false});
  all.push_back({"flatten", "flatten", run(*Flatten::Create({})),
                 [=](cv::Mat& out) {
                   cv::Mat smooth, closed, background;
                   cv::GaussianBlur(matrix, smooth, cv::Size(5, 5), 1.2);
                   cv::morphologyEx(smooth, closed, cv::MORPH_CLOSE,
                                    cv::getStructuringElement(
                                        cv::MORPH_RECT, cv::Size(31, 31)));
                   cv::GaussianBlur(closed, background, cv::Size(0, 0), 15);
                   cv::divide(matrix, background, out, 255);
                 },
                 1, false});
  const double scale = static_cast<double>(page.size_bytes()) /
                       static_cast<double>(part.size_bytes());
  for (const double strength : {10.0, 30.0}) {
    const NonLocalMeans means = *NonLocalMeans::Create({.strength = strength});
    const std::string number = strength < 20 ? "" : "30";
    all.push_back(
        {"nlm" + number,
         "NLM 7 in 21, strength " + std::string(strength < 20 ? "10" : "30"),
         [&part, means](GrayImage& out, const Execution& execution) {
           return means.Run(part, out, execution);
         },
         [=](cv::Mat& out) {
           cv::fastNlMeansDenoising(part_matrix, out,
                                    static_cast<float>(strength), 7, 21);
         },
         scale});
  }
  return all;
}

int Compare(const Options& options) {
  cv::setNumThreads(1);
  const GrayImage page = BenchPage();
  // Before OpenCV takes any memory: a page, its result, the engine's own.
  {
    FusedChainOptions chain;
    chain.adaptive_mean = AdaptiveMeanOptions{.size = 11, .offset = 2};
    GrayImage out;
    if (!FusedChain::Create(chain)->Run(page, out).ok()) return 1;
  }
  const double rss_megabytes =
      static_cast<double>(PeakResidentBytes()) / (1 << 20);
  RgbImage colour(kBenchWidth, kBenchHeight);
  for (int64_t i = 0; i < page.size_bytes(); ++i) {
    std::memset(colour.data() + 3 * i, page.data()[i], 3);
    colour.data()[3 * i] = static_cast<uint8_t>(colour.data()[3 * i] / 2);
  }
  GrayImage part(640, 360);
  for (int y = 0; y < part.height(); ++y) {
    std::memcpy(part.row(y), page.row(y), 640);
  }
  if (!options.json) {
    printf("%dx%d, processor ms of one thread, least of %d\n", kBenchWidth,
           kBenchHeight, options.repeat);
    printf("%-30s %9s", "", "OpenCV");
    for (const InstructionSet set : SupportedInstructionSets()) {
      printf(" %16s", InstructionSetName(set));
    }
    printf("   differing pixels\n");
  }
  int64_t all_different = 0;
  for (const Comparison& each : Comparisons(page, colour, part)) {
    if (each.name.find(options.only) == std::string::npos) continue;
    cv::Mat expected;
    const double theirs = each.scale * LeastMilliseconds(options.repeat, [&] {
                            each.theirs(expected);
                          });
    if (!options.json) printf("%-30s %9.2f", each.title.c_str(), theirs);
    int64_t different = 0;
    double best = 0;
    for (const InstructionSet set : SupportedInstructionSets()) {
      GrayImage out;
      absl::Status status;
      best = each.scale * LeastMilliseconds(options.repeat, [&] {
               status = each.ours(out, {.instructions = set});
             });
      if (!status.ok()) {
        fprintf(stderr, "%s: %s\n", each.name.c_str(),
                std::string(status.message()).c_str());
        return 1;
      }
      if (each.is_exact) different += CountDifferent(out, expected);
      if (!options.json) printf(" %8.2f (%4.1fx)", best, theirs / best);
    }
    all_different += different;
    if (options.json) {
      printf(
          "{\"figure\": \"pre_%s_cpu_ms\", \"value\": %.3f, \"unit\": "
          "\"ms\", \"peer\": \"OpenCV\", \"peer_value\": %.3f, \"ratio\": "
          "%.2f}\n",
          each.name.c_str(), best, theirs, theirs / best);
    } else {
      printf("   %s\n",
             each.is_exact ? std::to_string(different).c_str() : "own rule");
    }
  }
  if (options.json) {
    printf(
        "{\"figure\": \"pre_differing_pixels\", \"value\": %lld, \"unit\": "
        "\"pixels\"}\n",
        static_cast<long long>(all_different));
    printf(
        "{\"figure\": \"pre_engine_rss_mb\", \"value\": %.1f, \"unit\": "
        "\"MB\"}\n",
        rss_megabytes);
  } else {
    printf("peak RSS after the chain, page and result included: %.1f MB\n",
           rss_megabytes);
  }
  return all_different == 0 ? 0 : 1;
}

}  // namespace
}  // namespace sightline::preprocess

int main(int argc, char** argv) {
  sightline::preprocess::Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string flag = argv[i];
    bool good = true;
    if (flag == "--json") {
      options.json = true;
    } else if (flag == "--only" && i + 1 < argc) {
      options.only = argv[++i];
    } else if (flag == "--repeat" && i + 1 < argc) {
      good =
          absl::SimpleAtoi(argv[++i], &options.repeat) && options.repeat >= 1;
    } else {
      good = false;
    }
    if (!good) {
      fprintf(stderr,
              "usage: engine_bench [--json] [--only NAME] [--repeat N]\n");
      return 2;
    }
  }
  return sightline::preprocess::Compare(options);
}
