#include "common/observe/page_server.h"

#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <exception>
#include <list>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "common/observe/reasons.h"
#include "common/status/error.h"

namespace sightline {
namespace {

constexpr size_t kMaximumConnections = 16;
constexpr size_t kMaximumRequestBytes = size_t{8} * 1024;
constexpr absl::Duration kConnectionTime = absl::Seconds(5);
// After accept() failed for want of descriptors: the next one would, too.
constexpr absl::Duration kAcceptPause = absl::Milliseconds(100);

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept
      : number_(std::exchange(other.number_, -1)) {}
  ~Descriptor() {
    if (number_ >= 0) close(number_);
  }
  Descriptor& operator=(Descriptor&&) = delete;
  int number() const { return number_; }

 private:
  int number_;
};

absl::Status Unavailable(const std::string& host, int port,
                         absl::string_view reason) {
  return Error(absl::StatusCode::kUnavailable, kReasonMetricsAddressUnavailable)
      .Message(absl::StrCat("--metrics_listen: port ", port, " of ", host,
                            " can't be listened on: ", reason));
}

struct AddressesDeleter {
  void operator()(addrinfo* addresses) const { freeaddrinfo(addresses); }
};
using Addresses = std::unique_ptr<addrinfo, AddressesDeleter>;

// Puts `port` into an address of either family.
void SetPort(sockaddr* address, int port) {
  const uint16_t network_order = htons(static_cast<uint16_t>(port));
  if (address->sa_family == AF_INET6) {
    reinterpret_cast<sockaddr_in6*>(address)->sin6_port = network_order;
  } else {
    reinterpret_cast<sockaddr_in*>(address)->sin_port = network_order;
  }
}

int BoundPort(const Descriptor& listener) {
  sockaddr_storage address = {};
  socklen_t size = sizeof(address);
  getsockname(listener.number(), reinterpret_cast<sockaddr*>(&address), &size);
  // The port stands at the same place for both families.
  return ntohs(reinterpret_cast<sockaddr_in*>(&address)->sin_port);
}

// Listeners for all addresses of `host`, on the same port.
absl::StatusOr<std::vector<Descriptor>> OpenListeners(const std::string& host,
                                                      int port) {
  addrinfo wanted = {};
  wanted.ai_family = AF_UNSPEC;
  wanted.ai_socktype = SOCK_STREAM;
  wanted.ai_flags = AI_PASSIVE;
  addrinfo* found = nullptr;
  if (const int error = getaddrinfo(host.c_str(), nullptr, &wanted, &found);
      error != 0) {
    return Unavailable(host, port, gai_strerror(error));
  }
  const Addresses addresses(found);
  std::vector<Descriptor> listeners;
  int missing = 0;
  for (addrinfo* address = found; address != nullptr;
       address = address->ai_next) {
    Descriptor listener(socket(address->ai_family,
                               SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    const int yes = 1, no = 0;
    setsockopt(listener.number(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
    if (address->ai_family == AF_INET6) {
      setsockopt(listener.number(), IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof(no));
    }
    SetPort(address->ai_addr,
            listeners.empty() ? port : BoundPort(listeners.front()));
    if (listener.number() >= 0 &&
        bind(listener.number(), address->ai_addr, address->ai_addrlen) == 0 &&
        listen(listener.number(), SOMAXCONN) == 0) {
      listeners.push_back(std::move(listener));
      continue;
    }
    // A name like localhost may stand for a family this machine lacks.
    missing = errno;
    if (missing != EAFNOSUPPORT && missing != EADDRNOTAVAIL) {
      return Unavailable(host, port, std::strerror(missing));
    }
  }
  if (listeners.empty()) return Unavailable(host, port, std::strerror(missing));
  return listeners;
}

std::string Answer(absl::string_view status, absl::string_view content_type,
                   absl::string_view content, bool with_content) {
  return absl::StrCat("HTTP/1.1 ", status, "\r\nContent-Type: ", content_type,
                      "\r\nContent-Length: ", content.size(),
                      "\r\nConnection: close\r\n\r\n",
                      with_content ? content : "");
}

std::string Refusal(absl::string_view status) {
  return Answer(status, "text/plain", absl::StrCat(status, "\n"), true);
}

// `request`: everything up to the empty line after the header.
std::string AnswerTo(absl::string_view request, const Page& page) {
  const std::vector<absl::string_view> words =
      absl::StrSplit(request.substr(0, request.find("\r\n")), ' ');
  if (words.size() != 3 || !absl::StartsWith(words[2], "HTTP/1.")) {
    return Refusal("400 Bad Request");
  }
  const absl::string_view path = words[1].substr(0, words[1].find('?'));
  if (path != page.path) return Refusal("404 Not Found");
  if (words[0] != "GET" && words[0] != "HEAD") {
    return Refusal("405 Method Not Allowed");
  }
  try {
    return Answer("200 OK", page.content_type, page.content(),
                  words[0] == "GET");
  } catch (const std::exception&) {
    return Refusal("500 Internal Server Error");
  }
}

// A scraper: first its request is read, then the answer is written.
class Connection {
 public:
  explicit Connection(Descriptor socket)
      : socket_(std::move(socket)), deadline_(absl::Now() + kConnectionTime) {}

  int number() const { return socket_.number(); }
  int16_t events() const { return answer_.empty() ? POLLIN : POLLOUT; }
  absl::Time deadline() const { return deadline_; }

  // Goes on as far as the socket allows. False: close it.
  bool Advance(const Page& page) {
    if (answer_.empty() && !Read(page)) return false;
    return answer_.empty() || Write();
  }

 private:
  bool Read(const Page& page) {
    char buffer[2048];
    const ssize_t size = recv(number(), buffer, sizeof(buffer), 0);
    if (size < 0) return errno == EAGAIN || errno == EINTR;
    if (size == 0) return false;
    request_.append(buffer, static_cast<size_t>(size));
    if (const size_t end = request_.find("\r\n\r\n");
        end != std::string::npos) {
      answer_ = AnswerTo(absl::string_view(request_).substr(0, end), page);
    } else if (request_.size() > kMaximumRequestBytes) {
      answer_ = Refusal("431 Request Header Fields Too Large");
    }
    return true;
  }

  bool Write() {
    const ssize_t size = send(number(), answer_.data() + sent_,
                              answer_.size() - sent_, MSG_NOSIGNAL);
    if (size < 0) return errno == EAGAIN || errno == EINTR;
    sent_ += static_cast<size_t>(size);
    return sent_ < answer_.size();
  }

  const Descriptor socket_;
  const absl::Time deadline_;
  std::string request_;
  std::string answer_;
  size_t sent_ = 0;
};

}  // namespace

class PageServer::Impl {
 public:
  Impl(std::vector<Descriptor> listeners, Page page)
      : listeners_(std::move(listeners)),
        page_(std::move(page)),
        stop_(eventfd(0, EFD_CLOEXEC)) {
    if (stop_.number() < 0) {
      throw std::system_error(errno, std::generic_category());
    }
    // Signals are for the threads that wait for them.
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    thread_ = std::thread([this] { Run(); });
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
  }

  ~Impl() {
    eventfd_write(stop_.number(), 1);
    thread_.join();
  }

  int port() const { return BoundPort(listeners_.front()); }

 private:
  void Run() {
    std::vector<pollfd> waits;
    while (true) {
      const absl::Time now = absl::Now();
      connections_.remove_if([now](const Connection& connection) {
        return now >= connection.deadline();
      });
      waits = Waits(now);
      poll(waits.data(), waits.size(), TimeoutMilliseconds(now));
      if (waits[0].revents != 0) return;
      // The waits stand in the order of the connections.
      size_t i = 1;
      for (auto it = connections_.begin(); it != connections_.end(); ++i) {
        const bool is_ready = waits[i].revents != 0;
        it = is_ready && !it->Advance(page_) ? connections_.erase(it)
                                             : std::next(it);
      }
      for (; i < waits.size(); ++i) {
        if (waits[i].revents != 0) Accept(waits[i].fd);
      }
    }
  }

  // The stop event, the connections, and the listeners while there is room.
  std::vector<pollfd> Waits(absl::Time now) const {
    std::vector<pollfd> waits = {{stop_.number(), POLLIN, 0}};
    for (const Connection& connection : connections_) {
      waits.push_back({connection.number(), connection.events(), 0});
    }
    if (connections_.size() < kMaximumConnections && now >= accept_from_) {
      for (const Descriptor& listener : listeners_) {
        waits.push_back({listener.number(), POLLIN, 0});
      }
    }
    return waits;
  }

  int TimeoutMilliseconds(absl::Time now) const {
    absl::Time wake = absl::InfiniteFuture();
    if (accept_from_ > now) wake = accept_from_;
    for (const Connection& connection : connections_) {
      wake = std::min(wake, connection.deadline());
    }
    if (wake == absl::InfiniteFuture()) return -1;
    // Rounded up: not to wake a moment too early, again and again.
    return static_cast<int>(absl::ToInt64Milliseconds(wake - now)) + 1;
  }

  void Accept(int listener) {
    if (connections_.size() >= kMaximumConnections) return;
    Descriptor socket(
        accept4(listener, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (socket.number() >= 0) {
      connections_.emplace_back(std::move(socket));
    } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS ||
               errno == ENOMEM) {
      accept_from_ = absl::Now() + kAcceptPause;
    }
  }

  const std::vector<Descriptor> listeners_;
  const Page page_;
  const Descriptor stop_;
  // Of the thread alone.
  std::list<Connection> connections_;
  absl::Time accept_from_ = absl::InfinitePast();
  std::thread thread_;
};

absl::StatusOr<std::unique_ptr<PageServer>> PageServer::Listen(
    const std::string& host, int port, Page page) {
  absl::StatusOr<std::vector<Descriptor>> listeners = OpenListeners(host, port);
  if (!listeners.ok()) return listeners.status();
  try {
    return std::unique_ptr<PageServer>(new PageServer(
        std::make_unique<Impl>(*std::move(listeners), std::move(page))));
  } catch (const std::system_error& error) {
    // No thread or descriptor is left.
    return Unavailable(host, port, error.what());
  }
}

PageServer::PageServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
PageServer::~PageServer() = default;

int PageServer::port() const { return impl_->port(); }

}  // namespace sightline
