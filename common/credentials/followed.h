// What was read from files, kept up to date while the files change. Internal
// to this folder.
//
// Whoever replaces a certificate or a token does so without telling us, and
// now and then gets it wrong. The files are read again, not their time stamps:
// a file that is written while we read can keep the time stamp it had.
#ifndef SIGHTLINE_COMMON_CREDENTIALS_FOLLOWED_H_
#define SIGHTLINE_COMMON_CREDENTIALS_FOLLOWED_H_

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/observe/log.h"

namespace sightline {

// `Content` can be compared for equality. Thread-safe.
template <typename Content>
class Followed {
 public:
  struct Source {
    // Reads and checks the files.
    std::function<absl::StatusOr<Content>()> read;
    // What the log says while they are not usable.
    const char* complaint;
    // Told of content that differs from that before.
    std::function<void(const Content&)> changed;
  };

  // `content`: what `source.read` gave first.
  Followed(Content content, Source source)
      : source_(std::move(source)),
        content_(std::make_shared<const Content>(std::move(content))) {}

  // The newest good content; the same object as before if nothing changed.
  // Reads the files at most once per second. While they are not acceptable,
  // the last good content stays and the log says so, at most once a minute.
  std::shared_ptr<const Content> Current(absl::Time now) {
    std::lock_guard<std::mutex> lock(mutex_);
    // A clock set back must not stop the reading until it has caught up.
    if (now >= next_look_ || now < next_look_ - kLookEvery) {
      next_look_ = now + kLookEvery;
      ReadLocked(now);
    }
    return content_;
  }

  // The same without looking at the files.
  std::shared_ptr<const Content> Last() {
    std::lock_guard<std::mutex> lock(mutex_);
    return content_;
  }

 private:
  static constexpr absl::Duration kLookEvery = absl::Seconds(1);

  void ReadLocked(absl::Time now) {
    absl::StatusOr<Content> content = source_.read();
    if (!content.ok()) {
      if (const std::optional<int64_t> dropped = limiter_.Allow(now)) {
        Log(Severity::kError, source_.complaint,
            {{"error", content.status().message()}, {"dropped", *dropped}});
      }
      return;
    }
    if (*content == *content_) return;
    content_ = std::make_shared<const Content>(*std::move(content));
    source_.changed(*content_);
  }

  const Source source_;
  LogLimiter limiter_{1, absl::Minutes(1)};
  std::mutex mutex_;
  // Guarded by mutex_.
  std::shared_ptr<const Content> content_;
  absl::Time next_look_ = absl::InfinitePast();
};

}  // namespace sightline

#endif  // SIGHTLINE_COMMON_CREDENTIALS_FOLLOWED_H_
