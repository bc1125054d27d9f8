// Walks the fields of a protobuf message that we have no descriptor of.
// Internal to common/inference.
//
// ONNX files are protobuf messages whose contract is not ours. Of their dozens
// of fields a few names and sizes are of interest; those are read here, in
// place and without copies, by the rules of the wire format
// (protobuf.dev/programming-guides/encoding).
#ifndef SIGHTLINE_COMMON_INFERENCE_WIRE_READER_H_
#define SIGHTLINE_COMMON_INFERENCE_WIRE_READER_H_

#include <cstdint>

#include "absl/strings/string_view.h"

namespace sightline {

struct WireField {
  int number = 0;
  // Of a length-delimited field; the message's own bytes.
  bool is_bytes = false;
  absl::string_view bytes;
  // Of every other one.
  uint64_t value = 0;
};

class WireReader {
 public:
  explicit WireReader(absl::string_view message) : rest_(message) {}

  // The next field; false at the end or where the message is damaged.
  bool Next(WireField& field);
  // False once Next() met something that is no field.
  bool ok() const { return is_ok_; }

 private:
  bool ReadVarint(uint64_t& value);
  bool ReadFixed(int bytes, uint64_t& value);
  bool Fail();

  absl::string_view rest_;
  bool is_ok_ = true;
};

}  // namespace sightline

#endif  // SIGHTLINE_COMMON_INFERENCE_WIRE_READER_H_
