// Where decoders put their rows. Internal to common/image.
//
// A RowSink takes the rows of a file from top to bottom, averages blocks of
// `reduction` x `reduction` pixels while they come, converts between gray and
// colour, and writes the result where the orientation wants it. Beside the
// result it holds one row of sums, and sixteen rows where the image is turned.
//
// Blocks are counted from the top left corner of the oriented image. Where the
// orientation mirrors an axis, that corner is the far end of the stored one, so
// that the incomplete block, if there is one, comes first (Padding).
#ifndef SIGHTLINE_COMMON_IMAGE_ROW_SINK_H_
#define SIGHTLINE_COMMON_IMAGE_ROW_SINK_H_

#include <cstdint>
#include <vector>

namespace sightline::image_internal {

// What comes in.
struct RowShape {
  int width = 0;
  int height = 0;
  // 1: gray, 3: red, green, blue; 8 bits each.
  int channels = 1;
};

// What goes out: `pixels` are rows without padding of the oriented, reduced
// image, of 1 or 3 channels. Not owned.
struct Canvas {
  uint8_t* pixels = nullptr;
  int channels = 1;
  // EXIF orientation that is applied.
  int orientation = 1;
};

// Sides of a `width` x `height` image after reduction; a part of a block at
// the edge counts as a whole one.
inline int Reduced(int side, int reduction) {
  return side / reduction + (side % reduction != 0 ? 1 : 0);
}

// Pixels that the first block lacks, before the stored image's first column and
// row.
struct Padding {
  int columns = 0;
  int rows = 0;
};
Padding PaddingFor(int width, int height, int reduction, int orientation);

class RowSink {
 public:
  RowSink(const RowShape& shape, int reduction, const Canvas& canvas);

  // The next row, `shape.width` pixels. At most `shape.height` calls.
  void AddRow(const uint8_t* row);

  // Rows that came so far.
  int rows() const { return rows_; }
  bool is_complete() const { return rows_ == shape_.height; }

  // Upper bound of the memory that a sink allocates.
  static int64_t Bytes(int64_t width, int reduction, int orientation);

 private:
  void AddToSums(const uint8_t* row);
  // Averages the sums of `rows` rows.
  void AverageSums(int rows);
  // The next row of the result, still of the file's channels.
  void Emit(const uint8_t* row);
  void Convert(const uint8_t* row, uint8_t* out) const;
  // Writes the rows that wait to become columns.
  void FlushTurned();

  const RowShape shape_;
  const int reduction_;
  const Canvas canvas_;
  // Size of the result before it is oriented.
  const int width_;
  const int height_;
  const Padding padding_;
  int rows_ = 0;
  int emitted_ = 0;
  int turned_ = 0;
  std::vector<uint16_t> sums_;
  std::vector<uint8_t> averaged_;
  std::vector<uint8_t> converted_;
};

// Sums of blocks whose pixels come in any order; for interlaced files.
class BlockSums {
 public:
  BlockSums(const RowShape& shape, int reduction, int orientation);

  // Pixels (x0 + i * step, y), i < count, of `shape.channels` samples.
  void Add(int y, int x0, int step, int count, const uint8_t* pixels);

  // Averages all blocks into `sink`, whose shape is the reduced image.
  void Finish(RowSink& sink) const;

  static int64_t Bytes(int64_t width, int64_t height, int channels,
                       int reduction);

 private:
  const RowShape shape_;
  const int reduction_;
  const int reduced_width_;
  const Padding padding_;
  std::vector<uint16_t> sums_;
};

}  // namespace sightline::image_internal

#endif  // SIGHTLINE_COMMON_IMAGE_ROW_SINK_H_
