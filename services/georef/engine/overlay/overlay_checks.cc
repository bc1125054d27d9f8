#include "services/georef/engine/overlay/overlay_checks.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "services/georef/engine/camera/ellipsoid.h"
#include "services/georef/engine/camera/vector3.h"

namespace sightline::georef {
namespace {

using Kind = OverlayMeaning::Kind;

constexpr double kMetresPerDegree = 111320;
// The ground, where it is not read: the Dead Sea and below any aircraft.
constexpr double kLowestGround = -500;
constexpr double kSecondsPerDay = 86400;

// One number of one field.
struct Said {
  int field = -1;
  double value = 0;
  double resolution = 0;
};

std::map<Quantity, std::vector<Said>> AllSaid(const OverlayProfile& profile,
                                              const OverlayReading& reading) {
  std::map<Quantity, std::vector<Said>> said;
  for (size_t i = 0; i < profile.fields.size(); ++i) {
    const FieldReading& field = reading.fields[i];
    const auto add = [&](Quantity quantity,
                         const std::optional<double>& number) {
      if (!number.has_value()) return;
      said[quantity].push_back(
          {static_cast<int>(i), *number, field.resolution});
    };
    switch (profile.fields[i].meaning.kind) {
      case Kind::kQuantity:
        add(profile.fields[i].meaning.quantity, field.number);
        break;
      case Kind::kSensorPosition:
        add(Quantity::kSensorLatitude, field.number);
        add(Quantity::kSensorLongitude, field.second_number);
        break;
      case Kind::kTargetPosition:
        add(Quantity::kTargetLatitude, field.number);
        add(Quantity::kTargetLongitude, field.second_number);
        break;
      case Kind::kFrameCenterPosition:
        add(Quantity::kFrameCenterLatitude, field.number);
        add(Quantity::kFrameCenterLongitude, field.second_number);
        break;
      default:
        break;
    }
  }
  return said;
}

double AngleBetween(double a, double b) {
  return std::abs(std::remainder(a - b, 360));
}

bool IsCircular(Quantity quantity) {
  return UnitOf(quantity) == Unit::kDegrees;
}

class Checker {
 public:
  Checker(const OverlayProfile& profile, const OverlayReading& reading)
      : profile_(profile), said_(AllSaid(profile, reading)) {}

  std::vector<CheckResult> Run() {
    CheckSameQuantities();
    CheckLine();
    return std::move(results_);
  }

 private:
  const Said* Find(Quantity quantity) const {
    const auto found = said_.find(quantity);
    return found == said_.end() ? nullptr : &found->second[0];
  }
  const Said* Find(Quantity first, Quantity second) const {
    const Said* found = Find(first);
    return found != nullptr ? found : Find(second);
  }

  void Report(OverlayCheck check, bool has_passed,
              std::vector<const Said*> said, std::string message) {
    CheckResult result;
    result.check = check;
    result.has_passed = has_passed;
    result.message = std::move(message);
    for (const Said* one : said) {
      if (one == nullptr || std::count(result.fields.begin(),
                                       result.fields.end(), one->field) != 0) {
        continue;
      }
      result.fields.push_back(one->field);
    }
    results_.push_back(std::move(result));
  }

  void CheckSameQuantities() {
    for (const auto& [quantity, said] : said_) {
      for (size_t i = 1; i < said.size(); ++i) {
        const double difference =
            IsCircular(quantity) ? AngleBetween(said[0].value, said[i].value)
                                 : std::abs(said[0].value - said[i].value);
        // Each may be cut off instead of rounded.
        const double allowed =
            1.001 * (said[0].resolution + said[i].resolution);
        Report(OverlayCheck::kSameQuantity, difference <= allowed,
               {&said[0], &said[i]},
               absl::StrFormat("%s is %.8g and %.8g",
                               std::string(NameOf(quantity)), said[0].value,
                               said[i].value));
      }
    }
  }

  // Everything that the line from sensor to target says.
  void CheckLine() {
    const Said* latitude = Find(Quantity::kSensorLatitude);
    const Said* longitude = Find(Quantity::kSensorLongitude);
    const Said* altitude =
        Find(Quantity::kSensorAltitude, Quantity::kSensorEllipsoidHeight);
    const bool has_target = Find(Quantity::kTargetLatitude) != nullptr &&
                            Find(Quantity::kTargetLongitude) != nullptr;
    const Said* target_latitude =
        Find(has_target ? Quantity::kTargetLatitude
                        : Quantity::kFrameCenterLatitude);
    const Said* target_longitude =
        Find(has_target ? Quantity::kTargetLongitude
                        : Quantity::kFrameCenterLongitude);
    const bool is_ellipsoidal = Find(Quantity::kSensorAltitude) == nullptr;
    // Heights that count from one level; which one cancels out.
    const Said* elevation =
        is_ellipsoidal
            ? (has_target ? nullptr
                          : Find(Quantity::kFrameCenterEllipsoidHeight))
            : Find(has_target ? Quantity::kTargetElevation
                              : Quantity::kFrameCenterElevation);
    if (latitude == nullptr || longitude == nullptr ||
        target_latitude == nullptr || target_longitude == nullptr) {
      return;
    }
    const GeoPoint sensor = {longitude->value, latitude->value, 0};
    const GeoPoint target = {target_longitude->value, target_latitude->value,
                             0};
    const Vector3 line = EastNorthUp(sensor).ApplyInverse(
        ToEarthCentred(target) - ToEarthCentred(sensor));
    const double ground = std::hypot(line.x, line.y);
    const double step =
        kMetresPerDegree *
        (latitude->resolution + longitude->resolution +
         target_latitude->resolution + target_longitude->resolution);
    const std::vector<const Said*> ends = {latitude, longitude, target_latitude,
                                           target_longitude};
    CheckRange(line, ground, step, altitude, elevation, ends);
    CheckAzimuth(line, ground, step, ends);
    if (altitude != nullptr && elevation != nullptr) {
      CheckElevation(line, ground, step, altitude, elevation, ends);
    }
  }

  void CheckRange(const Vector3& line, double ground, double step,
                  const Said* altitude, const Said* elevation,
                  std::vector<const Said*> said) {
    const Said* range = Find(Quantity::kSlantRange);
    if (range == nullptr) return;
    said.push_back(range);
    double shortest = ground;
    // Without a height it can be any.
    double longest = 1e9;
    if (altitude != nullptr) {
      said.push_back(altitude);
      const double low =
          elevation != nullptr ? elevation->value : kLowestGround;
      longest = std::hypot(ground, line.z - (altitude->value - low));
      if (elevation != nullptr) {
        said.push_back(elevation);
        shortest = longest;
      }
    }
    const double allowed =
        step + range->resolution +
        (altitude == nullptr ? 0 : altitude->resolution) +
        std::max(profile_.tolerances.slant_range_m,
                 profile_.tolerances.slant_range_share * range->value);
    const bool has_passed =
        range->value >= shortest - allowed && range->value <= longest + allowed;
    Report(OverlayCheck::kSlantRange, has_passed, said,
           longest > 1e8
               ? absl::StrFormat("slant range %.0f m, positions %.0f m apart",
                                 range->value, ground)
               : absl::StrFormat(
                     "slant range %.0f m, positions %.0f to %.0f m apart",
                     range->value, shortest, longest));
  }

  // Degrees by which the positions' last places can turn the line.
  static double Turn(double ground, double step) {
    return std::atan2(step, ground) / kDegree;
  }

  // The sensor's direction: azimuth from north and elevation, as far as it is
  // said. `used` gets the fields.
  struct Direction {
    std::optional<double> azimuth;
    std::optional<double> elevation;
    double resolution = 0;
  };
  Direction Sensor(std::vector<const Said*>& used) const {
    Direction direction;
    const Said* yaw = Find(Quantity::kGimbalYaw);
    const Said* pitch = Find(Quantity::kGimbalPitch);
    if (yaw != nullptr) direction.azimuth = yaw->value;
    if (pitch != nullptr) direction.elevation = pitch->value;
    used = {yaw, pitch};
    if (yaw != nullptr || pitch != nullptr) {
      direction.resolution = (yaw == nullptr ? 0 : yaw->resolution) +
                             (pitch == nullptr ? 0 : pitch->resolution);
      return direction;
    }
    const Said* heading = Find(Quantity::kPlatformHeading);
    const Said* azimuth = Find(Quantity::kSensorRelativeAzimuth);
    const Said* elevation = Find(Quantity::kSensorRelativeElevation);
    const Said* platform_pitch = Find(Quantity::kPlatformPitch);
    const Said* platform_roll = Find(Quantity::kPlatformRoll);
    used = {heading, azimuth, elevation, platform_pitch, platform_roll};
    if (heading == nullptr || azimuth == nullptr) return direction;
    const auto value = [](const Said* said) {
      return said == nullptr ? 0 : said->value;
    };
    const Vector3 axis =
        (Rotation::HeadingPitchRoll(heading->value, value(platform_pitch),
                                    value(platform_roll)) *
         Rotation::HeadingPitchRoll(azimuth->value, value(elevation), 0))
            .Apply({1, 0, 0});
    direction.azimuth = std::atan2(axis.y, axis.x) / kDegree;
    if (elevation != nullptr) {
      direction.elevation =
          std::atan2(-axis.z, std::hypot(axis.x, axis.y)) / kDegree;
    }
    direction.resolution = heading->resolution + azimuth->resolution +
                           (elevation == nullptr ? 0 : elevation->resolution);
    return direction;
  }

  void CheckAzimuth(const Vector3& line, double ground, double step,
                    std::vector<const Said*> said) {
    std::vector<const Said*> used;
    const Direction sensor = Sensor(used);
    const double turn = Turn(ground, step);
    // Almost below: the azimuth says nothing.
    if (!sensor.azimuth.has_value() || turn > 45) return;
    const double steepness = std::cos(sensor.elevation.value_or(0) * kDegree);
    if (std::abs(steepness) < 0.1) return;
    said.insert(said.end(), used.begin(), used.end());
    const double bearing = std::atan2(line.x, line.y) / kDegree;
    // An unread tilt turns the azimuth more, the steeper the sensor looks.
    const double allowed =
        profile_.tolerances.line_of_sight_deg / std::abs(steepness) + turn +
        sensor.resolution;
    Report(OverlayCheck::kAzimuth,
           AngleBetween(*sensor.azimuth, bearing) <= allowed, said,
           absl::StrFormat("the sensor looks to %.1f deg, the target bears "
                           "%.1f deg",
                           std::fmod(*sensor.azimuth + 720, 360),
                           std::fmod(bearing + 360, 360)));
  }

  void CheckElevation(const Vector3& line, double ground, double step,
                      const Said* altitude, const Said* elevation,
                      std::vector<const Said*> said) {
    std::vector<const Said*> used;
    const Direction sensor = Sensor(used);
    if (!sensor.elevation.has_value()) return;
    said.insert(said.end(), used.begin(), used.end());
    said.push_back(altitude);
    said.push_back(elevation);
    const double rise = line.z - (altitude->value - elevation->value);
    const double expected = std::atan2(rise, ground) / kDegree;
    const double allowed =
        profile_.tolerances.line_of_sight_deg + sensor.resolution +
        Turn(std::hypot(ground, rise),
             step + altitude->resolution + elevation->resolution);
    Report(OverlayCheck::kElevation,
           AngleBetween(*sensor.elevation, expected) <= allowed, said,
           absl::StrFormat("the sensor looks %.1f deg up, the target is at "
                           "%.1f deg",
                           *sensor.elevation, expected));
  }

  const OverlayProfile& profile_;
  const std::map<Quantity, std::vector<Said>> said_;
  std::vector<CheckResult> results_;
};

// Clock fields against `expected_time_us`, with the date where there is one.
void CheckClocks(const OverlayProfile& profile, const OverlayReading& reading,
                 double expected_time_us, std::vector<CheckResult>& results) {
  int date = -1;
  for (size_t i = 0; i < profile.fields.size(); ++i) {
    if (profile.fields[i].meaning.kind == Kind::kDate &&
        reading.fields[i].number.has_value() && date < 0) {
      date = static_cast<int>(i);
    }
  }
  for (size_t i = 0; i < profile.fields.size(); ++i) {
    const FieldReading& clock = reading.fields[i];
    const bool is_utc = profile.fields[i].is_utc ||
                        (!clock.text.empty() && clock.text.back() == 'Z');
    if (profile.fields[i].meaning.kind != Kind::kClock ||
        !clock.number.has_value() || !is_utc) {
      continue;
    }
    double difference = *clock.number - expected_time_us / 1e6;
    CheckResult result;
    result.check = OverlayCheck::kClock;
    result.fields = {static_cast<int>(i)};
    if (date >= 0) {
      difference += *reading.fields[date].number * kSecondsPerDay;
      result.fields.push_back(date);
    } else {
      difference = std::remainder(difference, kSecondsPerDay);
    }
    result.has_passed =
        std::abs(difference) <= profile.tolerances.clock_s + clock.resolution;
    result.message = absl::StrFormat(
        "the clock is %.1f s %s the time that is expected",
        std::abs(difference), difference < 0 ? "behind" : "ahead of");
    results.push_back(std::move(result));
  }
}

}  // namespace

absl::string_view NameOf(OverlayCheck check) {
  switch (check) {
    case OverlayCheck::kSlantRange:
      return "slant range";
    case OverlayCheck::kAzimuth:
      return "azimuth";
    case OverlayCheck::kElevation:
      return "elevation";
    case OverlayCheck::kSameQuantity:
      return "same quantity";
    case OverlayCheck::kClock:
      return "clock";
  }
  return "";
}

std::vector<CheckResult> CheckOverlay(const OverlayProfile& profile,
                                      OverlayReading& reading,
                                      std::optional<double> expected_time_us) {
  if (reading.fields.size() != profile.fields.size()) return {};
  std::vector<CheckResult> results = Checker(profile, reading).Run();
  if (expected_time_us.has_value()) {
    CheckClocks(profile, reading, *expected_time_us, results);
  }
  for (const CheckResult& result : results) {
    if (result.has_passed) continue;
    for (const int field : result.fields) {
      Withdraw(reading.fields[field], FieldProblem::kCheckFailed,
               absl::StrCat(NameOf(result.check), ": ", result.message));
    }
  }
  return results;
}

}  // namespace sightline::georef
