#include "services/align/engine/opencv_guard.h"

#include <exception>
#include <new>
#include <opencv2/core.hpp>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "services/align/engine/reasons.h"

namespace sightline::align {
namespace {

absl::Status NoMemory() {
  return Error(absl::StatusCode::kResourceExhausted, kMemoryExhausted)
      .Message("not enough memory to register this scan");
}

absl::Status Failed(absl::string_view what) {
  return Error(absl::StatusCode::kInternal, kRegistrationFailed)
      .Message(absl::StrCat("registration failed: ", what));
}

}  // namespace

absl::Status StatusOfCurrentException() {
  try {
    throw;
  } catch (const std::bad_alloc&) {
    return NoMemory();
  } catch (const cv::Exception& exception) {
    if (exception.code == cv::Error::StsNoMem) return NoMemory();
    // err, not what(): the latter names source files.
    return Failed(absl::string_view(exception.err));
  } catch (const std::exception& exception) {
    return Failed(exception.what());
  } catch (...) {
    return Failed("unknown exception");
  }
}

}  // namespace sightline::align
