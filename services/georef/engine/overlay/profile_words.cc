#include "services/georef/engine/overlay/profile_words.h"

namespace sightline::georef {
namespace {

template <typename T>
struct Word {
  absl::string_view text;
  T value;
};

constexpr Word<OverlayInk> kInks[] = {
    {"light", OverlayInk::kLight}, {"dark", OverlayInk::kDark},
    {"red", OverlayInk::kRed},     {"green", OverlayInk::kGreen},
    {"blue", OverlayInk::kBlue},
};

struct UnitWord {
  absl::string_view text;
  OverlayUnit value;
  double factor;
};
constexpr UnitWord kUnits[] = {
    {"", OverlayUnit::kNone, 1},
    {"deg", OverlayUnit::kDegrees, 1},
    {"m", OverlayUnit::kMetres, 1},
    {"km", OverlayUnit::kKilometres, 1000},
    {"ft", OverlayUnit::kFeet, 0.3048},
    {"NM", OverlayUnit::kNauticalMiles, 1852},
    {"kn", OverlayUnit::kKnots, 1852.0 / 3600},
    {"m/s", OverlayUnit::kMetresPerSecond, 1},
};

using Kind = OverlayMeaning::Kind;
constexpr Word<Kind> kMeanings[] = {
    {"none", Kind::kNone},
    {"sensor_position", Kind::kSensorPosition},
    {"target_position", Kind::kTargetPosition},
    {"frame_center_position", Kind::kFrameCenterPosition},
    {"clock", Kind::kClock},
    {"date", Kind::kDate},
};

}  // namespace

double FactorOf(OverlayUnit unit) {
  for (const UnitWord& word : kUnits) {
    if (word.value == unit) return word.factor;
  }
  return 1;
}

std::optional<OverlayInk> InkOf(absl::string_view word) {
  for (const auto& known : kInks) {
    if (known.text == word) return known.value;
  }
  return std::nullopt;
}

absl::string_view WordOf(OverlayInk ink) {
  for (const auto& known : kInks) {
    if (known.value == ink) return known.text;
  }
  return "";
}

std::optional<OverlayUnit> UnitNamed(absl::string_view word) {
  for (const UnitWord& known : kUnits) {
    if (known.text == word && !word.empty()) return known.value;
  }
  return std::nullopt;
}

absl::string_view WordOf(OverlayUnit unit) {
  for (const UnitWord& known : kUnits) {
    if (known.value == unit) return known.text;
  }
  return "";
}

std::optional<OverlayMeaning> MeaningNamed(absl::string_view word) {
  for (const auto& known : kMeanings) {
    if (known.text == word) return OverlayMeaning{known.value, {}};
  }
  for (int i = 0; i < kQuantities; ++i) {
    const auto quantity = static_cast<Quantity>(i);
    if (NameOf(quantity) == word) {
      return OverlayMeaning{Kind::kQuantity, quantity};
    }
  }
  return std::nullopt;
}

absl::string_view WordOf(const OverlayMeaning& meaning) {
  for (const auto& known : kMeanings) {
    if (known.value == meaning.kind) return known.text;
  }
  return NameOf(meaning.quantity);
}

}  // namespace sightline::georef
