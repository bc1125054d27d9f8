#include "services/georef/engine/overlay/overlay_pattern.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "common/text/utf8.h"
#include "services/georef/engine/overlay/reasons.h"

namespace sightline::georef {
namespace {

constexpr size_t kMaxAlternatives = 256;
constexpr size_t kMaxCells = 64;
constexpr int kMaxDigits = 9;
constexpr char32_t kReplacement = 0xFFFD;

struct NumberToken {
  absl::string_view name;
  CellRole role;
  bool may_have_fraction;
};
constexpr NumberToken kNumberTokens[] = {
    {"deg", CellRole::kDegrees, true},
    {"arcmin", CellRole::kArcMinutes, true},
    {"arcsec", CellRole::kArcSeconds, true},
    {"num", CellRole::kNumber, true},
    {"hour", CellRole::kHour, false},
    {"minute", CellRole::kMinute, false},
    {"second", CellRole::kSecond, true},
    {"year", CellRole::kYear, false},
    {"month", CellRole::kMonth, false},
    {"day", CellRole::kDay, false},
    {"zone", CellRole::kZone, false},
    {"easting", CellRole::kEasting, false},
    {"northing", CellRole::kNorthing, false},
};
constexpr std::array<absl::string_view, 12> kMonthNames = {
    "JAN", "FEB", "MAR", "APR", "MAY", "JUN",
    "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"};
constexpr char32_t kDigits[] = U"0123456789";
// Of MGRS: latitude bands C..X, columns and rows of squares, without I and O.
constexpr char32_t kBands[] = U"CDEFGHJKLMNPQRSTUVWX";
constexpr char32_t kSquares[] = U"ABCDEFGHJKLMNPQRSTUVWXYZ";

absl::Status Invalid(absl::string_view what) {
  return Error(absl::StatusCode::kInvalidArgument, kOverlayProfileInvalid)
      .Field("", what);
}

using Alternatives = std::vector<PatternAlternative>;

PatternAlternative Spelled(absl::string_view text, CellRole role) {
  PatternAlternative cells;
  for (char32_t c : ToCodePoints(text)) {
    cells.push_back({role, std::u32string(1, c)});
  }
  return cells;
}

// "3", "1-5", "~5", each with ".2" behind it if it may.
absl::StatusOr<Alternatives> Digits(absl::string_view token,
                                    absl::string_view count,
                                    const NumberToken& number) {
  const absl::string_view written = count;
  const auto fail = [&](absl::string_view why) {
    return Invalid(absl::StrCat("{", token, "}: ", why, " ('", written,
                                "'; right are 3, 1-5, ~5, 2.1)"));
  };
  int fraction = 0;
  const bool has_fraction = count.find('.') != absl::string_view::npos;
  if (has_fraction) {
    const std::pair<absl::string_view, absl::string_view> parts =
        absl::StrSplit(count, absl::MaxSplits('.', 1));
    if (!number.may_have_fraction) return fail("has no fraction");
    if (!absl::SimpleAtoi(parts.second, &fraction) || fraction < 1 ||
        fraction > kMaxDigits) {
      return fail("a fraction has 1 to 9 digits");
    }
    count = parts.first;
  }
  const bool is_padded = !count.empty() && count[0] == '~';
  if (is_padded) count.remove_prefix(1);
  int least = 0;
  int most = 0;
  const std::pair<absl::string_view, absl::string_view> range =
      absl::StrSplit(count, absl::MaxSplits('-', 1));
  const bool is_range = count.find('-') != absl::string_view::npos;
  if (!absl::SimpleAtoi(range.first, &least) ||
      !absl::SimpleAtoi(is_range ? range.second : range.first, &most) ||
      least < 1 || most < least || most > kMaxDigits ||
      (is_padded && is_range)) {
    return fail("a count is 1 to 9 digits");
  }
  if (is_padded) least = 1;
  Alternatives all;
  for (int digits = most; digits >= least; --digits) {
    PatternAlternative cells;
    if (is_padded)
      cells = Spelled(std::string(most - digits, ' '), CellRole::kLiteral);
    for (int i = 0; i < digits; ++i) cells.push_back({number.role, kDigits});
    if (fraction > 0) cells.push_back({number.role, U"."});
    for (int i = 0; i < fraction; ++i) cells.push_back({number.role, kDigits});
    all.push_back(std::move(cells));
  }
  return all;
}

absl::StatusOr<Alternatives> Expand(absl::string_view token,
                                    absl::Span<const std::string> units) {
  const auto one = [](CellRole role, std::u32string allowed, int times = 1) {
    return Alternatives{PatternAlternative(times, {role, allowed})};
  };
  if (token == "ns") return one(CellRole::kHemisphere, U"NS");
  if (token == "ew") return one(CellRole::kHemisphere, U"EW");
  if (token == "sign") return one(CellRole::kSign, U"+-");
  if (token == "band") return one(CellRole::kBand, kBands);
  if (token == "square") return one(CellRole::kSquare, kSquares, 2);
  if (token == "sign?" || token == "minus?") {
    Alternatives all = one(CellRole::kSign, token == "sign?" ? U"+-" : U"-");
    all.emplace_back();
    return all;
  }
  Alternatives words;
  if (token == "month_name") {
    for (absl::string_view name : kMonthNames) {
      words.push_back(Spelled(name, CellRole::kMonthName));
    }
    return words;
  }
  if (token == "unit") {
    for (const std::string& unit : units) {
      words.push_back(Spelled(unit, CellRole::kUnit));
    }
    if (words.empty()) return Invalid("{unit} needs the field's \"units\"");
    return words;
  }
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(token, absl::MaxSplits(':', 1));
  for (const NumberToken& number : kNumberTokens) {
    if (number.name != parts.first) continue;
    return Digits(token, parts.second, number);
  }
  return Invalid(absl::StrCat("{", token, "} is no token of patterns"));
}

absl::Status Append(const Alternatives& next, Alternatives& all) {
  if (all.size() * next.size() > kMaxAlternatives) {
    return Invalid("can be written in more than 256 ways");
  }
  Alternatives longer;
  for (const PatternAlternative& head : all) {
    for (const PatternAlternative& tail : next) {
      if (head.size() + tail.size() > kMaxCells) {
        return Invalid("has more than 64 characters");
      }
      PatternAlternative cells = head;
      cells.insert(cells.end(), tail.begin(), tail.end());
      longer.push_back(std::move(cells));
    }
  }
  all = std::move(longer);
  return absl::OkStatus();
}

}  // namespace

bool OverlayPattern::Has(CellRole role) const {
  for (const PatternAlternative& cells : alternatives) {
    for (const PatternCell& cell : cells) {
      if (cell.role == role) return true;
    }
  }
  return false;
}

int OverlayPattern::longest() const {
  return alternatives.empty() ? 0 : static_cast<int>(alternatives[0].size());
}

absl::StatusOr<OverlayPattern> ParseOverlayPattern(
    absl::string_view text, absl::Span<const std::string> units) {
  Alternatives all(1);
  std::set<CellRole> used;
  for (size_t at = 0; at < text.size();) {
    if (text[at] == '}') return Invalid("'}' closes nothing");
    if (text[at] == '{') {
      const size_t end = text.find('}', at);
      if (end == absl::string_view::npos) return Invalid("'{' is not closed");
      SL_ASSIGN_OR_RETURN(const Alternatives next,
                          Expand(text.substr(at + 1, end - at - 1), units));
      // Two numbers of one kind would be read as one.
      if (!used.insert(next[0].back().role).second) {
        return Invalid(absl::StrCat("says {", text.substr(at + 1, end - at - 1),
                                    "} where it has one of its kind"));
      }
      SL_RETURN_IF_ERROR(Append(next, all));
      at = end + 1;
      continue;
    }
    const int bytes = Utf8Length(text.substr(at));
    if (bytes == 0) return Invalid("is not UTF-8");
    SL_RETURN_IF_ERROR(
        Append({Spelled(text.substr(at, bytes), CellRole::kLiteral)}, all));
    at += bytes;
  }
  for (const PatternAlternative& cells : all) {
    if (cells.empty() || cells.back().allowed == U" ") {
      return Invalid("is empty, or ends with a blank");
    }
  }
  std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
    return a.size() > b.size();
  });
  return OverlayPattern{std::string(text), std::move(all)};
}

std::u32string ToCodePoints(absl::string_view utf8) {
  std::u32string text;
  while (!utf8.empty()) {
    const int bytes = Utf8Length(utf8);
    if (bytes == 0) {
      text += kReplacement;
      utf8.remove_prefix(1);
      continue;
    }
    auto code = static_cast<unsigned char>(utf8[0]) &
                (bytes == 1 ? 0x7F : 0xFF >> (bytes + 1));
    char32_t character = code;
    for (int i = 1; i < bytes; ++i) {
      character = character << 6 | (static_cast<unsigned char>(utf8[i]) & 0x3F);
    }
    text += character;
    utf8.remove_prefix(bytes);
  }
  return text;
}

std::string ToUtf8(absl::Span<const char32_t> text) {
  std::string utf8;
  for (const char32_t c : text) {
    if (c < 0x80) {
      utf8 += static_cast<char>(c);
      continue;
    }
    const int more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
    constexpr unsigned char kLead[] = {0, 0xC0, 0xE0, 0xF0};
    utf8 += static_cast<char>(kLead[more] | c >> (6 * more));
    for (int i = more - 1; i >= 0; --i) {
      utf8 += static_cast<char>(0x80 | (c >> (6 * i) & 0x3F));
    }
  }
  return utf8;
}

}  // namespace sightline::georef
