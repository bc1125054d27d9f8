#include "tools/sightline/input/natural_order.h"

#include "absl/strings/ascii.h"

namespace sightline::cli {
namespace {

bool IsDigit(char letter) {
  return absl::ascii_isdigit(static_cast<unsigned char>(letter));
}

// Takes the digits `text` begins with, without leading zeros.
absl::string_view TakeNumber(absl::string_view& text) {
  size_t end = 0;
  while (end < text.size() && IsDigit(text[end])) ++end;
  size_t begin = 0;
  while (begin + 1 < end && text[begin] == '0') ++begin;
  const absl::string_view number = text.substr(begin, end - begin);
  text.remove_prefix(end);
  return number;
}

// A separator sorts before everything, so that a folder's files stay together.
int Rank(char letter) {
  if (letter == '/') return 0;
  return absl::ascii_tolower(static_cast<unsigned char>(letter)) + 1;
}

}  // namespace

bool NaturallyBefore(absl::string_view a, absl::string_view b) {
  const absl::string_view whole_a = a;
  const absl::string_view whole_b = b;
  while (!a.empty() && !b.empty()) {
    if (IsDigit(a[0]) && IsDigit(b[0])) {
      const absl::string_view number_a = TakeNumber(a);
      const absl::string_view number_b = TakeNumber(b);
      if (number_a.size() != number_b.size()) {
        return number_a.size() < number_b.size();
      }
      if (number_a != number_b) return number_a < number_b;
      continue;
    }
    const int rank_a = Rank(a[0]);
    const int rank_b = Rank(b[0]);
    if (rank_a != rank_b) return rank_a < rank_b;
    a.remove_prefix(1);
    b.remove_prefix(1);
  }
  if (a.empty() != b.empty()) return a.empty();
  return whole_a < whole_b;
}

}  // namespace sightline::cli
