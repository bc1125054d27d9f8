// What this server can do, and how it is right now.
#ifndef SIGHTLINE_SERVICES_PREPROCESS_CAPABILITIES_H_
#define SIGHTLINE_SERVICES_PREPROCESS_CAPABILITIES_H_

#include <cstdint>
#include <functional>

#include "common/server/server.h"
#include "services/preprocess/graphics_device.h"
#include "services/preprocess/page_processor.h"
#include "sightline/preprocess/v1/preprocess.pb.h"

namespace sightline::preprocess {

// What the server around the service knows. Its functions are called by any
// thread, while the server runs.
struct ServerFacts {
  // `server` must outlive them.
  static ServerFacts Of(const Server& server);

  int64_t max_message_bytes = 0;
  int64_t max_item_bytes = 0;
  // Memory that calls share.
  std::function<int64_t()> call_memory_bytes;
  // Calls that wait for a worker.
  std::function<int()> queued_calls;
};

v1::GetCapabilitiesResponse DescribeCapabilities(const PageProcessor& processor,
                                                 const GraphicsDevice& device,
                                                 const ServerFacts& facts);

}  // namespace sightline::preprocess

#endif  // SIGHTLINE_SERVICES_PREPROCESS_CAPABILITIES_H_
