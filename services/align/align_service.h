// sightline.align.v1.AlignService: translates between the contract and the
// registration engine.
#ifndef SIGHTLINE_SERVICES_ALIGN_ALIGN_SERVICE_H_
#define SIGHTLINE_SERVICES_ALIGN_ALIGN_SERVICE_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "common/image_message/image_message.h"
#include "common/server/conveyor.h"
#include "common/server/service.h"
#include "services/align/align_options.h"
#include "services/align/engine/page_registrar.h"
#include "services/align/reference_cache.h"
#include "sightline/align/v1/align.pb.h"

namespace sightline::align {

class AlignService final : public Service {
 public:
  explicit AlignService(AlignLimits limits);

 private:
  // A reference that is ready to register to.
  struct Target {
    std::string id;
    std::shared_ptr<const PageRegistrar> registrar;
  };

  absl::StatusOr<v1::AlignResponse> Align(Call& call,
                                          const v1::AlignRequest& request);
  absl::StatusOr<ItemFunction<v1::AlignResponse>> OpenStream(
      Call& call, const v1::AlignStreamSettings& settings);
  absl::StatusOr<v1::AlignResponse> AlignImage(Call& call,
                                               const ImageSource& scan,
                                               const Target& target,
                                               const AlignSettings& settings);

  // The reference of `message` (an AlignRequest or an AlignStreamSettings),
  // from the cache or computed now; `path` is its place in the request.
  template <typename Message>
  absl::StatusOr<Target> FindTarget(Call& call, const Message& message,
                                    const std::string& path);
  absl::StatusOr<Target> MakeTarget(Call& call, const v1::Reference& reference,
                                    const std::string& path);

  const AlignLimits limits_;
  ReferenceCache cache_;
};

}  // namespace sightline::align

#endif  // SIGHTLINE_SERVICES_ALIGN_ALIGN_SERVICE_H_
