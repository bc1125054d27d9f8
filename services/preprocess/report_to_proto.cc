#include "services/preprocess/report_to_proto.h"

#include "common/server/call.h"

namespace sightline::preprocess {

v1::StageReport ToProto(const StageReport& report) {
  v1::StageReport out;
  out.set_name(report.name);
  out.set_first_operation(report.first_operation);
  out.set_operation_count(report.operation_count);
  out.set_has_run(report.has_run);
  out.set_reason(report.reason);
  out.set_doubtful(report.is_doubtful);
  for (const Measurement& measurement : report.measurements) {
    v1::Measurement* added = out.add_measurements();
    added->set_name(measurement.name);
    added->set_value(measurement.value);
  }
  *out.mutable_duration() = ToProtoDuration(report.elapsed);
  out.set_device(report.device);
  out.set_fallback_reason(report.fallback_reason);
  return out;
}

v1::PipelineReport ToProto(const PipelineReport& report,
                           const Homography& input_to_page) {
  v1::PipelineReport out;
  for (const StageReport& stage : report.stages) {
    *out.add_stages() = ToProto(stage);
  }
  const Homography whole =
      (input_to_page * report.output_to_input).Normalized();
  for (const double value : whole.values()) out.add_output_to_input(value);
  out.set_unchanged(report.is_unchanged);
  return out;
}

}  // namespace sightline::preprocess
