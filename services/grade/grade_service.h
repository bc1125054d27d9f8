// sightline.grade.v1.GradeService: translates between the contract and the
// reading engine, and asks the align service where the page lies.
#ifndef SIGHTLINE_SERVICES_GRADE_GRADE_SERVICE_H_
#define SIGHTLINE_SERVICES_GRADE_GRADE_SERVICE_H_

#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "common/image_message/image_message.h"
#include "common/server/conveyor.h"
#include "common/server/service.h"
#include "services/grade/align_client.h"
#include "services/grade/engine/layout.h"
#include "services/grade/engine/scoring.h"
#include "services/grade/grade_options.h"
#include "sightline/grade/v1/grade.pb.h"

namespace sightline::grade {

class GradeService final : public Service {
 public:
  // `align`: where the align service is.
  GradeService(GradeLimits limits, AlignClient::ChannelSource align);

 private:
  // All that sheets of one kind share, checked once.
  struct Task {
    Sheet sheet;
    std::optional<AnswerKey> key;
    GradeSettings settings;
    v1::Alignment alignment;
    NamedReference reference;
    // The layout has a picture of the blank page.
    bool has_picture = false;
    // Where the layout is in the request: "" or "settings.".
    std::string root;
  };

  absl::StatusOr<v1::GradeSheetResponse> GradeSheet(
      Call& call, const v1::GradeSheetRequest& request);
  absl::StatusOr<v1::ValidateLayoutResponse> ValidateLayout(
      Call& call, const v1::ValidateLayoutRequest& request);
  absl::StatusOr<ItemFunction<v1::GradeSheetResponse>> OpenStream(
      Call& call, const v1::GradeSheetsSettings& settings);

  // From a GradeSheetRequest or GradeSheetsSettings; paths of errors are below
  // the message.
  template <typename Message>
  absl::StatusOr<Task> MakeTask(Call& call, const Message& message) const;
  absl::StatusOr<v1::GradeSheetResponse> Grade(Call& call,
                                               const ImageSource& scan,
                                               const Task& task);
  absl::StatusOr<Homography> FindPage(Call& call,
                                      const Decoded<GrayImage>& scan,
                                      const Task& task,
                                      v1::AlignmentSummary* summary);

  const GradeLimits limits_;
  AlignClient align_;
};

}  // namespace sightline::grade

#endif  // SIGHTLINE_SERVICES_GRADE_GRADE_SERVICE_H_
