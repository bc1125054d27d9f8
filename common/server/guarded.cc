#include "common/server/guarded.h"

#include <exception>
#include <new>

#include "common/memory/reasons.h"
#include "common/observe/log.h"
#include "common/server/reasons.h"
#include "common/status/error.h"

namespace sightline {

absl::StatusOr<grpc::ByteBuffer> Guarded(
    const std::function<absl::StatusOr<grpc::ByteBuffer>()>& compute) {
  try {
    return compute();
  } catch (const std::bad_alloc&) {
    return Error(absl::StatusCode::kResourceExhausted, kOverloaded)
        .Message("the server ran out of memory for this call")
        .RetryAfter(absl::Seconds(1));
  } catch (const std::exception& exception) {
    Log(Severity::kError, "a handler threw", {{"what", exception.what()}});
  } catch (...) {
    Log(Severity::kError, "a handler threw", {{"what", "not an exception"}});
  }
  return Error(absl::StatusCode::kInternal, kInternal)
      .Message("the server has a defect; its log says more");
}

}  // namespace sightline
