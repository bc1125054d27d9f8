#include "services/preprocess/engine/device/device_job.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <variant>

#include "services/preprocess/engine/device/kernels/kernels.h"
#include "services/preprocess/engine/execution.h"
#include "services/preprocess/engine/pixel_rules/adaptive_mean.h"

namespace sightline::preprocess::device {
namespace {

// The only weight of a Gaussian along a side of one pixel.
constexpr uint16_t kWholeWeight = 256;
constexpr int kMaxBands = 64;

int CeilDivide(int a, int b) { return (a + b - 1) / b; }

// Puts a job's memory and kernels together.
class Planner {
 public:
  Planner(const JobMemory& memory, JobPlan& plan)
      : memory_(memory), plan_(plan) {}

  DeviceImage AddPage(const AcceleratorPage& page) {
    plan_.page_offset = plan_.bytes.upload;
    DeviceImage image = Image(page.width, page.height, page.channels);
    image.pixels = Take(memory_.upload, plan_.bytes.upload, Bytes(image));
    plan_.page = image;
    return image;
  }
  DeviceImage AddScratch(const DeviceImage& like) {
    DeviceImage image = Image(like.width, like.height, 1);
    image.pixels = Take(memory_.scratch, plan_.bytes.scratch, Bytes(image));
    return image;
  }
  DeviceImage AddResult(const DeviceImage& like, bool is_packed) {
    plan_.is_packed = is_packed;
    plan_.result_offset = plan_.bytes.result;
    DeviceImage image = Image(like.width, like.height, 1);
    if (is_packed) image.stride = DeviceStride(CeilDivide(like.width, 8), 1);
    image.pixels = Take(memory_.result, plan_.bytes.result, Bytes(image));
    plan_.result = image;
    return image;
  }

  void AddChain(const ChainWork& work, const DeviceImage& in,
                const DeviceImage& out, const DeviceImage& divided) {
    ChainPage page;
    page.in = in;
    page.out = out;
    page.divided = divided;
    page.blocks_x = CeilDivide(in.width, kChainTileWidth);
    if (work.clahe) AddTables(*work.clahe, page);
    if (work.gaussian) {
      page.weights_x =
          AddWeights(*work.gaussian->weights_x, in.width, page.taps_x);
      page.weights_y =
          AddWeights(*work.gaussian->weights_y, in.height, page.taps_y);
    }
    if (work.adaptive_mean) {
      const AdaptiveMeanOptions& mean = *work.adaptive_mean;
      page.mean_size = mean.size;
      page.mean_delta = rules::MeanDelta(mean.offset, mean.is_inverted);
      page.is_mean_inverted = mean.is_inverted;
      page.is_packed = true;
    }
    plan_.steps.push_back(page);
  }

  void AddExtreme(const DeviceImage& in, int size, bool is_vertical,
                  bool is_minimum, const DeviceImage& out) {
    ExtremePage page;
    page.in = in;
    page.size = size;
    page.is_vertical = is_vertical;
    page.is_minimum = is_minimum;
    page.out = out;
    page.blocks_x = CeilDivide(in.width, ExtremeBlockWidth(page));
    plan_.steps.push_back(page);
  }

  // By way of `between` and, if it takes two operations, `other`.
  void AddMorphology(const MorphologyOptions& options, const DeviceImage& in,
                     const DeviceImage& between, const DeviceImage& other,
                     const DeviceImage& out) {
    const bool is_double = options.operation == MorphologyOperation::kOpen ||
                           options.operation == MorphologyOperation::kClose;
    const bool is_minimum = options.operation == MorphologyOperation::kErode ||
                            options.operation == MorphologyOperation::kOpen;
    AddExtreme(in, options.width, false, is_minimum, between);
    AddExtreme(between, options.height, true, is_minimum,
               is_double ? other : out);
    if (!is_double) return;
    AddExtreme(other, options.width, false, !is_minimum, between);
    AddExtreme(between, options.height, true, !is_minimum, out);
  }

  const uint8_t* AddConstant(const void* data, int64_t bytes) {
    plan_.constants.push_back({plan_.bytes.upload, data, bytes});
    return Take(memory_.upload, plan_.bytes.upload, bytes);
  }
  void Add(const KernelPage& step) { plan_.steps.push_back(step); }

 private:
  static DeviceImage Image(int width, int height, int channels) {
    DeviceImage image;
    image.width = width;
    image.height = height;
    image.channels = channels;
    image.stride = DeviceStride(width, channels);
    return image;
  }
  static int64_t Bytes(const DeviceImage& image) {
    return int64_t{image.stride} * image.height;
  }
  static uint8_t* Take(uint8_t* section, int64_t& used, int64_t bytes) {
    uint8_t* const taken = section + used;
    used += AlignSection(bytes);
    return taken;
  }

  const uint16_t* AddWeights(const std::vector<uint16_t>& weights, int side,
                             int& taps) {
    taps = side == 1 ? 1 : static_cast<int>(weights.size());
    const void* const data = side == 1 ? &kWholeWeight : weights.data();
    return reinterpret_cast<const uint16_t*>(
        AddConstant(data, int64_t{taps} * 2));
  }

  void AddTables(const ClaheOptions& options, ChainPage& page) {
    TablesPage tables;
    tables.in = page.in;
    tables.grid =
        rules::MakeClaheGrid(page.in.width, page.in.height, options.tiles_x,
                             options.tiles_y, options.clip_limit);
    const int64_t area =
        int64_t{tables.grid.tile_width} * tables.grid.tile_height;
    tables.bands = static_cast<int>(
        std::min<int64_t>({(area + kPixelsPerBand - 1) / kPixelsPerBand,
                           kMaxBands, tables.grid.tile_height}));
    const int64_t tiles = int64_t{options.tiles_x} * options.tiles_y;
    tables.counts = reinterpret_cast<uint32_t*>(
        Take(memory_.cleared, plan_.bytes.cleared, tiles * 256 * 4));
    tables.done = reinterpret_cast<uint32_t*>(
        Take(memory_.cleared, plan_.bytes.cleared, tiles * 4));
    tables.tables = Take(memory_.scratch, plan_.bytes.scratch, tiles * 256);
    if (page.in.channels == 3) {
      tables.gray = AddScratch(page.in);
      page.in = tables.gray;
    }
    page.tables = tables.tables;
    page.grid = tables.grid;
    plan_.steps.push_back(tables);
  }

  const JobMemory memory_;
  JobPlan& plan_;
};

// One for each work.
struct PlanWork {
  Planner& planner;
  const DeviceImage& page;

  void operator()(const ChainWork& work) {
    planner.AddChain(work, page,
                     planner.AddResult(page, work.adaptive_mean.has_value()),
                     DeviceImage());
  }
  void operator()(const LocalMeansWork& work) {
    LocalMeansPage means;
    means.in = page;
    means.template_radius = work.template_radius;
    means.search_radius = work.search_radius;
    means.shift = work.weights->shift;
    means.table_size = static_cast<int>(work.weights->table.size());
    means.table = reinterpret_cast<const int*>(planner.AddConstant(
        work.weights->table.data(), int64_t{means.table_size} * 4));
    means.blocks_x = CeilDivide(page.width, kMeansTileWidth);
    means.out = planner.AddResult(page, false);
    planner.Add(means);
  }
  void operator()(const MedianWork& work) {
    MedianPage median;
    median.in = page;
    median.size = work.size;
    median.blocks_x = CeilDivide(page.width, kMedianTile);
    median.out = planner.AddResult(page, false);
    planner.Add(median);
  }
  void operator()(const MorphologyWork& work) {
    planner.AddMorphology(work.options, page, planner.AddScratch(page),
                          planner.AddScratch(page),
                          planner.AddResult(page, false));
  }
  void operator()(const FlattenWork& work) {
    const DeviceImage first = planner.AddScratch(page);
    const DeviceImage second = planner.AddScratch(page);
    const DeviceImage third = planner.AddScratch(page);
    ChainWork smoothing;
    smoothing.gaussian = work.smoothing;
    planner.AddChain(smoothing, page, first, DeviceImage());
    planner.AddMorphology(work.closing, first, second, third, first);
    ChainWork spreading;
    spreading.gaussian = work.spreading;
    planner.AddChain(spreading, first, planner.AddResult(page, false), page);
  }
};

bool IsRectangle(const MorphologyOptions& options) {
  return options.shape == rules::ElementShape::kRectangle ||
         (options.width == 1 && options.height == 1);
}

bool HasKernels(const AcceleratorWork& work, int channels) {
  if (std::holds_alternative<ChainWork>(work)) return true;
  if (channels != 1) return false;
  const auto* morphology = std::get_if<MorphologyWork>(&work);
  return morphology == nullptr || IsRectangle(morphology->options);
}

// Bits to pixels, eight at a time.
using ByteOfPixels = std::array<uint8_t, 8>;

const std::array<ByteOfPixels, 256>& PixelsOfBytes() {
  static const auto table = [] {
    std::array<ByteOfPixels, 256> made;
    for (size_t byte = 0; byte < 256; ++byte) {
      for (size_t bit = 0; bit < 8; ++bit) {
        made[byte][bit] = (byte & (128u >> bit)) != 0 ? 255 : 0;
      }
    }
    return made;
  }();
  return table;
}

void Unpack(const uint8_t* bits, int width, uint8_t* pixels) {
  const auto& table = PixelsOfBytes();
  for (int x = 0; x < width; x += 8) {
    std::memcpy(pixels + x, table[bits[x / 8]].data(),
                static_cast<size_t>(std::min(8, width - x)));
  }
}

}  // namespace

int BlocksOf(const KernelPage& page) {
  return std::visit([](const auto& each) { return device::BlocksOf(each); },
                    page);
}

int SharedBytesOf(const KernelPage& page) {
  return std::visit([](const auto& each) { return device::SharedBytes(each); },
                    page);
}

DeviceJob::DeviceJob(const AcceleratorWork& work, const AcceleratorPage& page)
    : work_(work), page_(page) {
  is_supported_ = HasKernels(work, page.channels);
  if (!is_supported_) return;
  // Only differences between addresses matter here, and that none is null.
  static uint8_t somewhere;
  const JobPlan plan = Plan({&somewhere, &somewhere, &somewhere, &somewhere});
  bytes_ = plan.bytes;
  for (const KernelPage& step : plan.steps) {
    kernels_.push_back(static_cast<int>(step.index()));
    if (SharedBytesOf(step) > kMaxSharedBytes) is_supported_ = false;
  }
}

int64_t DeviceJob::description_bytes() const {
  return static_cast<int64_t>(kernels_.size()) *
         AlignSection(sizeof(KernelPage));
}

JobPlan DeviceJob::Plan(const JobMemory& memory) const {
  JobPlan plan;
  Planner planner(memory, plan);
  const DeviceImage page = planner.AddPage(page_);
  std::visit(PlanWork{planner, page}, work_);
  return plan;
}

void DeviceJob::FillUpload(const JobPlan& plan, uint8_t* upload) const {
  for (const JobPlan::Constant& constant : plan.constants) {
    std::memcpy(upload + constant.offset, constant.data,
                static_cast<size_t>(constant.bytes));
  }
  const size_t row_bytes =
      static_cast<size_t>(page_.width) * static_cast<size_t>(page_.channels);
  for (int y = 0; y < page_.height; ++y) {
    std::memcpy(upload + plan.page_offset + int64_t{plan.page.stride} * y,
                page_.pixels + page_.stride_bytes * y, row_bytes);
  }
}

bool DeviceJob::TakeResult(const JobPlan& plan, const uint8_t* result,
                           GrayImage& out) {
  const DeviceImage& image = plan.result;
  if (!Resize(image.width, image.height, out).ok()) return false;
  for (int y = 0; y < image.height; ++y) {
    const uint8_t* const row =
        result + plan.result_offset + int64_t{image.stride} * y;
    if (plan.is_packed) {
      Unpack(row, image.width, out.row(y));
    } else {
      std::memcpy(out.row(y), row, static_cast<size_t>(image.width));
    }
  }
  return true;
}

}  // namespace sightline::preprocess::device
