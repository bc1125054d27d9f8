// IsLoopback().
#include <arpa/inet.h>
#include <netinet/in.h>

#include <cstdint>

#include "absl/strings/match.h"
#include "absl/strings/strip.h"
#include "common/credentials/server_credentials.h"

namespace sightline {
namespace {

// "host", "host:port", "[host]:port", and bare IPv6 addresses.
absl::string_view HostOf(absl::string_view address) {
  if (absl::StartsWith(address, "[")) {
    const size_t end = address.find(']');
    return end == absl::string_view::npos ? "" : address.substr(1, end - 1);
  }
  const size_t colon = address.find(':');
  const bool has_port =
      colon != absl::string_view::npos && colon == address.rfind(':');
  return has_port ? address.substr(0, colon) : address;
}

bool IsLoopbackVersion4(uint32_t address) { return address >> 24 == 127; }

bool IsLoopbackHost(absl::string_view host) {
  if (absl::EqualsIgnoreCase(host, "localhost")) return true;
  const std::string text(host);
  in_addr version_4 = {};
  if (inet_pton(AF_INET, text.c_str(), &version_4) == 1) {
    return IsLoopbackVersion4(ntohl(version_4.s_addr));
  }
  in6_addr version_6 = {};
  if (inet_pton(AF_INET6, text.c_str(), &version_6) != 1) return false;
  if (IN6_IS_ADDR_V4MAPPED(&version_6)) return version_6.s6_addr[12] == 127;
  return IN6_IS_ADDR_LOOPBACK(&version_6);
}

}  // namespace

bool IsLoopback(absl::string_view listen_address) {
  if (absl::StartsWith(listen_address, "unix:") ||
      absl::StartsWith(listen_address, "unix-abstract:")) {
    return true;
  }
  for (const absl::string_view scheme : {"dns:///", "dns:", "ipv4:", "ipv6:"}) {
    if (absl::ConsumePrefix(&listen_address, scheme)) break;
  }
  return IsLoopbackHost(HostOf(listen_address));
}

}  // namespace sightline
