// The server's log: one line per event, on stderr.
//
//   Log(Severity::kInfo, "listening", {{"address", address}, {"port", port}});
//
// as JSON, for machines (the default):
//
//   {"timestamp":"2026-11-20T11:14:27.123Z","severity":"INFO",
//    "message":"listening","address":"0.0.0.0:50050","port":50050}
//
// (on one line), or for the console:
//
//   2026-11-20T11:14:27.123Z INFO listening address=0.0.0.0:50050 port=50050
//
// Whatever stands in the values, a line is one line of valid UTF-8 and, as
// JSON, one valid object: quotes and control characters are escaped, bytes that
// are not UTF-8 become U+FFFD. Never log paths of the server, image content,
// tokens or embeddings.
//
// Everything here is thread-safe.
#ifndef SIGHTLINE_COMMON_OBSERVE_LOG_H_
#define SIGHTLINE_COMMON_OBSERVE_LOG_H_

#include <concepts>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <mutex>
#include <optional>
#include <string>
#include <variant>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "absl/types/span.h"

namespace sightline {

enum class Severity { kDebug, kInfo, kWarning, kError };
enum class LogFormat { kJson, kConsole };

// The values of --log_format, "json" and "console", and of --log_level,
// "debug", "info", "warning" and "error". Errors: InvalidArgument that lists
// the choices.
absl::StatusOr<LogFormat> ParseLogFormat(absl::string_view name);
absl::StatusOr<Severity> ParseSeverity(absl::string_view name);

// A named value. Refers to the caller's strings, so it must not outlive the
// statement it stands in.
class LogField {
 public:
  using Value =
      std::variant<absl::string_view, int64_t, uint64_t, double, bool>;

  // `name`: lower_snake_case, unique within a line.
  LogField(absl::string_view name, absl::string_view value)
      : name_(name), value_(value) {}
  LogField(absl::string_view name, const std::string& value)
      : name_(name), value_(absl::string_view(value)) {}
  LogField(absl::string_view name, const char* value)
      : name_(name), value_(absl::string_view(value)) {}
  template <std::same_as<bool> T>
  LogField(absl::string_view name, T value) : name_(name), value_(value) {}
  template <std::signed_integral T>
  LogField(absl::string_view name, T value)
      : name_(name), value_(static_cast<int64_t>(value)) {}
  template <std::unsigned_integral T>
  requires(!std::same_as<T, bool>) LogField(absl::string_view name, T value)
      : name_(name), value_(static_cast<uint64_t>(value)) {}
  template <std::floating_point T>
  LogField(absl::string_view name, T value)
      : name_(name), value_(static_cast<double>(value)) {}

  absl::string_view name() const { return name_; }
  const Value& value() const { return value_; }

 private:
  absl::string_view name_;
  Value value_;
};

// Sets the form of the lines and the least severity that is written. Until it
// is called: JSON from kInfo on.
void ConfigureLog(LogFormat format, Severity minimum);

// Writes one line, in one write. Strings beyond 8 KiB are cut, and end in an
// ellipsis. Blocks while stderr does not take it.
void Log(Severity severity, absl::string_view message,
         std::initializer_list<LogField> fields = {});

// Takes lines, without their newline, in place of stderr; nullptr restores
// stderr. Calls to the sink never overlap. The sink must not log.
using LogSink = std::function<void(absl::string_view line)>;
void SetLogSink(LogSink sink);

// The line Log() writes, without its newline. Fields named like one of the
// three that every line has get an underscore appended. Numbers that JSON does
// not know become the strings "NaN", "Infinity" and "-Infinity".
std::string FormatLogLine(LogFormat format, absl::Time time, Severity severity,
                          absl::string_view message,
                          absl::Span<const LogField> fields);

// Keeps an event that a stranger can cause at will from flooding the log: at
// most `most` times per `interval` is it allowed.
//
//   if (const std::optional<int64_t> dropped = limiter.Allow()) {
//     Log(Severity::kWarning, "refused a call", {{"dropped", *dropped}});
//   }
class LogLimiter {
 public:
  // `most` at least 1, `interval` above zero.
  LogLimiter(int most, absl::Duration interval);

  // nullopt: don't log. Otherwise how many were not logged since the last one
  // that was. A new interval begins with the first event after the old one.
  std::optional<int64_t> Allow(absl::Time now = absl::Now());

  // All that were ever dropped.
  int64_t total_dropped() const;

 private:
  const int most_;
  const absl::Duration interval_;
  mutable std::mutex mutex_;
  // Guarded by mutex_.
  absl::Time interval_end_ = absl::InfinitePast();
  int allowed_in_interval_ = 0;
  int64_t dropped_since_allowed_ = 0;
  int64_t total_dropped_ = 0;
};

}  // namespace sightline

#endif  // SIGHTLINE_COMMON_OBSERVE_LOG_H_
