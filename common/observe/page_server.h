// Serves one page over HTTP: what a scraper needs, and nothing else.
//
// Internal to this folder. The listener that comes with prometheus-cpp knows
// no IPv6 as Debian builds it, takes up to two seconds to stop and brings
// three threads and a web server's options; a scrape needs a GET.
#ifndef SIGHTLINE_COMMON_OBSERVE_PAGE_SERVER_H_
#define SIGHTLINE_COMMON_OBSERVE_PAGE_SERVER_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace sightline {

// What to serve, and where in the server.
struct Page {
  // "/metrics". Everything else is not found.
  std::string path;
  std::string content_type;
  // Makes the page anew for every request, on the server's own thread, one
  // request at a time. May throw: the answer is then 500.
  std::function<std::string()> content;
};

// One thread; at most 16 connections at once, each closed after its answer or
// after five seconds. Thread-safe.
class PageServer {
 public:
  // Listens on every address that `host` means: an address or a name, without
  // brackets. "::" also takes IPv4. `port` 0 picks a free one. Errors:
  // Unavailable, with the system's reason.
  static absl::StatusOr<std::unique_ptr<PageServer>> Listen(
      const std::string& host, int port, Page page);

  // Stops at once; an answer under way is cut off.
  ~PageServer();
  PageServer(const PageServer&) = delete;
  PageServer& operator=(const PageServer&) = delete;

  int port() const;

 private:
  class Impl;
  explicit PageServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace sightline

#endif  // SIGHTLINE_COMMON_OBSERVE_PAGE_SERVER_H_
