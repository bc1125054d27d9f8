#include "common/observe/log.h"

#include <poll.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <type_traits>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/observe/reasons.h"
#include "common/status/error.h"

namespace sightline {
namespace {

// Bounds what one line can cost when a message quotes a caller.
constexpr size_t kMaximumStringBytes = size_t{8} * 1024;
constexpr absl::string_view kEllipsis = "\xE2\x80\xA6";
constexpr absl::string_view kReplacementCharacter = "\xEF\xBF\xBD";

const char* Name(Severity severity) {
  switch (severity) {
    case Severity::kDebug:
      return "DEBUG";
    case Severity::kInfo:
      return "INFO";
    case Severity::kWarning:
      return "WARNING";
    case Severity::kError:
      return "ERROR";
  }
  return "ERROR";
}

// RFC 3339 in UTC, to the millisecond.
std::string FormatTimestamp(absl::Time time) {
  return absl::FormatTime("%Y-%m-%d%ET%H:%M:%E3SZ", time, absl::UTCTimeZone());
}

// One character of UTF-8 at the beginning of `text`.
struct Character {
  // Bytes it takes; of an invalid sequence, those of its longest prefix that
  // begins a valid one, at least 1 (Unicode 15, section 3.9, table 3-8).
  size_t size;
  // U+0000 to U+10FFFF without surrogates; nullopt if invalid.
  std::optional<uint32_t> code_point;
};

// `text` must not be empty. The ranges of the second byte are those of table
// 3-7 of the Unicode standard: they exclude overlong forms, surrogates and
// everything above U+10FFFF.
Character FirstCharacter(absl::string_view text) {
  const auto byte = [&text](size_t i) {
    return static_cast<unsigned char>(text[i]);
  };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return {1, lead};
  size_t size = 0;
  uint32_t code_point = 0;
  unsigned char low = 0x80, high = 0xBF;
  if (lead >= 0xC2 && lead <= 0xDF) {
    size = 2;
    code_point = lead & 0x1Fu;
  } else if (lead >= 0xE0 && lead <= 0xEF) {
    size = 3;
    code_point = lead & 0x0Fu;
    if (lead == 0xE0) low = 0xA0;
    if (lead == 0xED) high = 0x9F;
  } else if (lead >= 0xF0 && lead <= 0xF4) {
    size = 4;
    code_point = lead & 0x07u;
    if (lead == 0xF0) low = 0x90;
    if (lead == 0xF4) high = 0x8F;
  } else {
    return {1, std::nullopt};
  }
  for (size_t i = 1; i < size; ++i) {
    if (i >= text.size() || byte(i) < low || byte(i) > high) {
      return {i, std::nullopt};
    }
    code_point = code_point << 6 | (byte(i) & 0x3Fu);
    low = 0x80;
    high = 0xBF;
  }
  return {size, code_point};
}

void AppendHexEscape(std::string& out, uint32_t code_point) {
  absl::StrAppend(&out, "\\u", absl::Hex(code_point, absl::kZeroPad4));
}

// Appends `text` as the inside of a JSON string. Escapes also DEL and the C1
// controls, which JSON would let through: terminals obey them.
void AppendEscaped(std::string& out, absl::string_view text) {
  const size_t end = out.size() + kMaximumStringBytes;
  while (!text.empty()) {
    if (out.size() >= end) {
      absl::StrAppend(&out, kEllipsis);
      return;
    }
    const Character character = FirstCharacter(text);
    const absl::string_view bytes = text.substr(0, character.size);
    text.remove_prefix(character.size);
    if (!character.code_point.has_value()) {
      absl::StrAppend(&out, kReplacementCharacter);
      continue;
    }
    switch (*character.code_point) {
      case '"':
        absl::StrAppend(&out, "\\\"");
        break;
      case '\\':
        absl::StrAppend(&out, "\\\\");
        break;
      case '\n':
        absl::StrAppend(&out, "\\n");
        break;
      case '\r':
        absl::StrAppend(&out, "\\r");
        break;
      case '\t':
        absl::StrAppend(&out, "\\t");
        break;
      default:
        if (*character.code_point < 0x20 ||
            (*character.code_point >= 0x7F && *character.code_point <= 0x9F)) {
          AppendHexEscape(out, *character.code_point);
        } else {
          absl::StrAppend(&out, bytes);
        }
    }
  }
}

void AppendQuoted(std::string& out, absl::string_view text) {
  out.push_back('"');
  AppendEscaped(out, text);
  out.push_back('"');
}

// The shortest decimal that reads back as `value`.
std::string FormatDouble(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "Infinity" : "-Infinity";
  char digits[32];
  const std::to_chars_result result =
      std::to_chars(digits, digits + sizeof(digits), value);
  return std::string(digits, result.ptr);
}

// A console value that can be told from its neighbours without quotes.
bool IsPlain(absl::string_view text) {
  if (text.empty()) return false;
  for (const char c : text) {
    if (c <= ' ' || c > '~' || c == '"' || c == '\\' || c == '=') return false;
  }
  return true;
}

void AppendValue(std::string& out, LogFormat format,
                 const LogField::Value& value) {
  std::visit(
      [&](auto typed) {
        using Type = decltype(typed);
        if constexpr (std::is_same_v<Type, bool>) {
          absl::StrAppend(&out, typed ? "true" : "false");
        } else if constexpr (std::is_same_v<Type, double>) {
          const bool needs_quotes =
              format == LogFormat::kJson && !std::isfinite(typed);
          const char* const quote = needs_quotes ? "\"" : "";
          absl::StrAppend(&out, quote, FormatDouble(typed), quote);
        } else if constexpr (std::is_integral_v<Type>) {
          absl::StrAppend(&out, typed);
        } else if (format == LogFormat::kConsole && IsPlain(typed) &&
                   typed.size() <= kMaximumStringBytes) {
          absl::StrAppend(&out, typed);
        } else {
          AppendQuoted(out, typed);
        }
      },
      value);
}

// The name a field has in the line: one that every line has would make a
// second key of that name.
std::string FieldName(absl::string_view name) {
  const bool is_taken =
      name == "timestamp" || name == "severity" || name == "message";
  return absl::StrCat(name, is_taken ? "_" : "");
}

class Logger {
 public:
  static Logger& Get() {
    // Never destroyed: other objects' destructors may log at exit.
    static Logger& logger = *new Logger();
    return logger;
  }

  void Configure(LogFormat format, Severity minimum) {
    format_.store(format, std::memory_order_relaxed);
    minimum_.store(minimum, std::memory_order_relaxed);
  }

  void SetSink(LogSink sink) {
    std::lock_guard<std::mutex> lock(mutex_);
    sink_ = std::move(sink);
  }

  bool Wants(Severity severity) const {
    return severity >= minimum_.load(std::memory_order_relaxed);
  }

  LogFormat format() const { return format_.load(std::memory_order_relaxed); }

  void Write(std::string line) {
    std::lock_guard<std::mutex> lock(mutex_);
    if (sink_) {
      sink_(line);
      return;
    }
    line.push_back('\n');
    absl::string_view rest = line;
    while (!rest.empty()) {
      const ssize_t written = write(STDERR_FILENO, rest.data(), rest.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0 && errno == EAGAIN) {
        // Whoever gave us stderr may have made it non-blocking.
        pollfd writable = {STDERR_FILENO, POLLOUT, 0};
        poll(&writable, 1, -1);
        continue;
      }
      // Nobody is left to be told that stderr is gone.
      if (written <= 0) return;
      rest.remove_prefix(static_cast<size_t>(written));
    }
  }

 private:
  std::atomic<LogFormat> format_ = LogFormat::kJson;
  std::atomic<Severity> minimum_ = Severity::kInfo;
  std::mutex mutex_;
  LogSink sink_;  // Guarded by mutex_.
};

}  // namespace

absl::StatusOr<LogFormat> ParseLogFormat(absl::string_view name) {
  if (name == "json") return LogFormat::kJson;
  if (name == "console") return LogFormat::kConsole;
  return Error(absl::StatusCode::kInvalidArgument, kReasonLogOptionInvalid)
      .Message(absl::StrCat("log format '", name,
                            "' is not known: use json or console"));
}

absl::StatusOr<Severity> ParseSeverity(absl::string_view name) {
  if (name == "debug") return Severity::kDebug;
  if (name == "info") return Severity::kInfo;
  if (name == "warning") return Severity::kWarning;
  if (name == "error") return Severity::kError;
  return Error(absl::StatusCode::kInvalidArgument, kReasonLogOptionInvalid)
      .Message(absl::StrCat("log level '", name,
                            "' is not known: use debug, info, warning or "
                            "error"));
}

void ConfigureLog(LogFormat format, Severity minimum) {
  Logger::Get().Configure(format, minimum);
}

void Log(Severity severity, absl::string_view message,
         std::initializer_list<LogField> fields) {
  Logger& logger = Logger::Get();
  if (!logger.Wants(severity)) return;
  logger.Write(
      FormatLogLine(logger.format(), absl::Now(), severity, message,
                    absl::MakeConstSpan(fields.begin(), fields.end())));
}

void SetLogSink(LogSink sink) { Logger::Get().SetSink(std::move(sink)); }

std::string FormatLogLine(LogFormat format, absl::Time time, Severity severity,
                          absl::string_view message,
                          absl::Span<const LogField> fields) {
  std::string line;
  if (format == LogFormat::kJson) {
    absl::StrAppend(&line, "{\"timestamp\":\"", FormatTimestamp(time),
                    "\",\"severity\":\"", Name(severity), "\",\"message\":");
    AppendQuoted(line, message);
    for (const LogField& field : fields) {
      line.push_back(',');
      AppendQuoted(line, FieldName(field.name()));
      line.push_back(':');
      AppendValue(line, format, field.value());
    }
    line.push_back('}');
    return line;
  }
  absl::StrAppend(&line, FormatTimestamp(time), " ", Name(severity), " ");
  AppendEscaped(line, message);
  for (const LogField& field : fields) {
    line.push_back(' ');
    AppendEscaped(line, FieldName(field.name()));
    line.push_back('=');
    AppendValue(line, format, field.value());
  }
  return line;
}

LogLimiter::LogLimiter(int most, absl::Duration interval)
    : most_(most), interval_(interval) {}

std::optional<int64_t> LogLimiter::Allow(absl::Time now) {
  std::lock_guard<std::mutex> lock(mutex_);
  // A clock set back must not silence the log until it has caught up.
  if (now >= interval_end_ || now < interval_end_ - interval_) {
    interval_end_ = now + interval_;
    allowed_in_interval_ = 0;
  }
  if (allowed_in_interval_ >= most_) {
    ++dropped_since_allowed_;
    ++total_dropped_;
    return std::nullopt;
  }
  ++allowed_in_interval_;
  return std::exchange(dropped_since_allowed_, 0);
}

int64_t LogLimiter::total_dropped() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return total_dropped_;
}

}  // namespace sightline
