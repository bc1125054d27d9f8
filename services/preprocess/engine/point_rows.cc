#include "services/preprocess/engine/point_rows.h"

#include "common/status/status_macros.h"

namespace sightline::preprocess {
namespace {

class MappedRows : public RowSource {
 public:
  MappedRows(RowSource& in, const GrayTable& table, const Kernels& kernels)
      : RowSource(in.width(), in.height()),
        in_(in),
        table_(table),
        kernels_(kernels) {}
  const uint8_t* Row(int y, uint8_t* buffer) override {
    // In place where the row was made there.
    kernels_.map(in_.Row(y, buffer), table_.data(), width(), buffer);
    return buffer;
  }
  bool IsStateless() const override { return in_.IsStateless(); }

 private:
  RowSource& in_;
  const GrayTable table_;
  const Kernels& kernels_;
};

}  // namespace

GrayTable Inverse() {
  GrayTable table;
  for (size_t value = 0; value < table.size(); ++value) {
    table[value] = static_cast<uint8_t>(255 - value);
  }
  return table;
}

std::unique_ptr<RowSource> TableRows(RowSource& in, const GrayTable& table,
                                     const Kernels& kernels) {
  return std::make_unique<MappedRows>(in, table, kernels);
}

absl::Status ApplyTable(const GrayView& in, const GrayTable& table,
                        GrayImage& out, const Execution& execution) {
  SL_RETURN_IF_ERROR(CheckRun(in, execution));
  const Kernels& kernels = KernelsFor(execution.instructions);
  return RunRows(
      in.width(), in.height(), 1, execution,
      [&](auto& sources) {
        sources.push_back(GrayRows(in));
        sources.push_back(TableRows(*sources.back(), table, kernels));
      },
      out);
}

}  // namespace sightline::preprocess
