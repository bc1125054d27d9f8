// sightline.grade.v1.GradeService: translates between the contract and the
// reading engine, and asks the align service where the page lies.
#ifndef SIGHTLINE_SERVICES_GRADE_GRADE_SERVICE_H_
#define SIGHTLINE_SERVICES_GRADE_GRADE_SERVICE_H_

#include "absl/status/statusor.h"
#include "common/server/conveyor.h"
#include "common/server/service.h"
#include "services/grade/align_client.h"
#include "services/grade/grade_options.h"
#include "services/grade/sheet_task.h"
#include "sightline/grade/v1/grade.pb.h"

namespace sightline::grade {

class GradeService final : public Service {
 public:
  // `align`: where the align service is.
  GradeService(GradeLimits limits, AlignClient::ChannelSource align);

 private:
  absl::StatusOr<v1::GradeSheetResponse> GradeSheet(
      Call& call, const v1::GradeSheetRequest& request);
  absl::StatusOr<v1::ValidateLayoutResponse> ValidateLayout(
      Call& call, const v1::ValidateLayoutRequest& request);
  absl::StatusOr<ItemFunction<v1::GradeSheetResponse>> OpenStream(
      Call& call, const v1::GradeSheetsSettings& settings);

  // From a GradeSheetRequest or GradeSheetsSettings; paths of errors are below
  // the message.
  template <typename Message>
  absl::StatusOr<SheetTask> MakeTask(Call& call, const Message& message) const;

  const GradeLimits limits_;
  AlignClient align_;
};

}  // namespace sightline::grade

#endif  // SIGHTLINE_SERVICES_GRADE_GRADE_SERVICE_H_
