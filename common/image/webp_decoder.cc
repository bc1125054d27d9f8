#include <webp/decode.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "common/image/decoders.h"
#include "common/image/image_error.h"

namespace sightline::image_internal {
namespace {

struct DecoderCloser {
  void operator()(WebPIDecoder* decoder) const { WebPIDelete(decoder); }
};

// libwebp's scaler averages exactly if the sides are multiples.
bool ScalesExactly(const ImageInfo& info, int reduction) {
  return info.width % reduction == 0 && info.height % reduction == 0;
}

// Samples a pixel of libwebp's output.
enum class Output { kLuma, kRgb, kRgbaPremultiplied };

Output ChooseOutput(const ImageInfo& info, int canvas_channels) {
  if (info.channels == 4) return Output::kRgbaPremultiplied;
  // A lossy file stores luma itself.
  const bool is_lossless = info.needs_whole_image;
  return canvas_channels == 1 && !is_lossless ? Output::kLuma : Output::kRgb;
}

// Video luma, 16..235, to 0..255.
uint8_t FullRange(int luma) {
  return static_cast<uint8_t>(
      std::clamp(((luma - 16) * 255 * 2 + 219) / (219 * 2), 0, 255));
}

// Owns the buffers that libwebp allocates into a configuration.
struct Configuration {
  Configuration() { is_valid = WebPInitDecoderConfig(&config) != 0; }
  ~Configuration() { WebPFreeDecBuffer(&config.output); }
  Configuration(const Configuration&) = delete;
  Configuration& operator=(const Configuration&) = delete;
  WebPDecoderConfig config;
  bool is_valid;
};

void ConvertRow(const WebPDecBuffer& buffer, Output output, int y,
                const uint8_t (&full_range)[256], std::vector<uint8_t>& row) {
  const int width = buffer.width;
  if (output == Output::kLuma) {
    const uint8_t* in = buffer.u.YUVA.y + int64_t{y} * buffer.u.YUVA.y_stride;
    for (int x = 0; x < width; ++x) row[x] = full_range[in[x]];
    return;
  }
  const uint8_t* in = buffer.u.RGBA.rgba + int64_t{y} * buffer.u.RGBA.stride;
  if (output == Output::kRgb) {
    std::copy(in, in + 3 * int64_t{width}, row.data());
    return;
  }
  for (int x = 0; x < width; ++x) {
    const int white = 255 - in[4 * x + 3];
    for (int c = 0; c < 3; ++c) {
      row[3 * x + c] =
          static_cast<uint8_t>(std::min(in[4 * x + c] + white, 255));
    }
  }
}

absl::Status Failure(VP8StatusCode code, const WebPIDecoder* decoder,
                     int reduction, const ImageInfo& info) {
  switch (code) {
    case VP8_STATUS_SUSPENDED:
    case VP8_STATUS_NOT_ENOUGH_DATA: {
      int rows = 0;
      if (WebPIDecodedArea(decoder, nullptr, nullptr, nullptr, &rows) ==
          nullptr) {
        rows = 0;
      }
      return PixelsTruncated("WebP", std::min(rows * reduction, info.height),
                             info.height);
    }
    case VP8_STATUS_OUT_OF_MEMORY:
      return OutOfMemory("decoding");
    case VP8_STATUS_UNSUPPORTED_FEATURE:
      return FeatureUnsupported("this kind of WebP");
    default:
      return Corrupt("WebP", absl::StrCat("libwebp's status ", code));
  }
}

}  // namespace

int64_t WebpBytes(const ImageInfo& info, int reduction, int canvas_channels) {
  // libwebp's structures, probability tables, buffers of a few rows.
  constexpr int64_t kFixed = 512 << 10;
  const int scale = ScalesExactly(info, reduction) ? reduction : 1;
  const int64_t width = Reduced(info.width, scale);
  const int64_t height = Reduced(info.height, scale);
  int64_t output = 0;
  switch (ChooseOutput(info, canvas_channels)) {
    case Output::kLuma:
      output = width * height + 2 * ((width + 1) / 2) * ((height + 1) / 2);
      break;
    case Output::kRgb:
      output = width * height * 3;
      break;
    case Output::kRgbaPremultiplied:
      output = width * height * 4;
      break;
  }
  // Scaler: sums of two rows in 32 bits for each of four channels.
  return kFixed + info.held_bytes + output + (info.width + width) * 4 * 4 * 2 +
         RowSink::Bytes(info.width, reduction, info.orientation);
}

absl::Status DecodeWebp(absl::string_view file, int reduction,
                        const Canvas& canvas) {
  const absl::StatusOr<WebpHeader> header = ReadWebpHeader(file);
  if (!header.ok()) return header.status();
  const absl::Status groups = CheckWebpEntropyGroups(*header);
  if (!groups.ok()) return groups;
  const ImageInfo& info = header->info;
  const int scale = ScalesExactly(info, reduction) ? reduction : 1;
  const Output output = ChooseOutput(info, canvas.channels);
  Configuration configuration;
  WebPDecoderConfig& config = configuration.config;
  if (!configuration.is_valid) {
    return absl::InternalError("libwebp has another version than its header");
  }
  config.output.colorspace = output == Output::kLuma  ? MODE_YUV
                             : output == Output::kRgb ? MODE_RGB
                                                      : MODE_rgbA;
  if (scale > 1) {
    config.options.use_scaling = 1;
    config.options.scaled_width = info.width / scale;
    config.options.scaled_height = info.height / scale;
  }
  const std::unique_ptr<WebPIDecoder, DecoderCloser> decoder(
      WebPIDecode(nullptr, 0, &config));
  if (decoder == nullptr) return OutOfMemory("decoding");
  const VP8StatusCode code =
      WebPIUpdate(decoder.get(), reinterpret_cast<const uint8_t*>(file.data()),
                  file.size());
  if (code != VP8_STATUS_OK) {
    return Failure(code, decoder.get(), scale, info);
  }
  if (config.output.width != info.width / scale ||
      config.output.height != info.height / scale) {
    return absl::InternalError("libwebp scales to an unexpected size");
  }
  const RowShape shape = {config.output.width, config.output.height,
                          output == Output::kLuma ? 1 : 3};
  RowSink sink(shape, reduction / scale, canvas);
  std::vector<uint8_t> row(static_cast<size_t>(shape.width) * shape.channels);
  uint8_t full_range[256];
  for (int i = 0; i < 256; ++i) full_range[i] = FullRange(i);
  while (!sink.is_complete()) {
    ConvertRow(config.output, output, sink.rows(), full_range, row);
    sink.AddRow(row.data());
  }
  return absl::OkStatus();
}

}  // namespace sightline::image_internal
