#include "services/georef/engine/overlay/temporal_filter.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <utility>

#include "absl/strings/str_format.h"
#include "common/status/error.h"
#include "services/georef/engine/overlay/reasons.h"

namespace sightline::georef {
namespace {

using Kind = OverlayMeaning::Kind;

constexpr double kMetresPerDegree = 111320;
constexpr double kSecondsPerDay = 86400;
// Last places by which a steady value may be off its line: cut off at both
// ends of the window, and where the line itself was drawn through cut values.
constexpr double kLastPlaces = 3;
// Of clocks, whose line is known.
constexpr double kClockPlaces = 1.5;

// A number that is followed over time.
struct Course {
  // 0: a straight line; else the values wrap around.
  double period = 0;
  // By which it may depart from its course, per second.
  double max_change = 0;
  // Follows the stream's clock.
  bool is_clock = false;
  double last_places = kLastPlaces;
};

// How fast values can depart from a steady course. Sensors slew: targets and
// angles move much faster than aircraft.
double DefaultChange(Quantity quantity) {
  switch (quantity) {
    case Quantity::kSensorLatitude:
    case Quantity::kSensorLongitude:
      // 300 m/s; longitudes shrink with the latitude, to 75 degrees.
      return 300 / kMetresPerDegree * 4;
    case Quantity::kTargetLatitude:
    case Quantity::kTargetLongitude:
    case Quantity::kFrameCenterLatitude:
    case Quantity::kFrameCenterLongitude:
      return 5000 / kMetresPerDegree * 4;
    case Quantity::kSlantRange:
    case Quantity::kTargetWidth:
      return 5000;
    case Quantity::kTargetElevation:
    case Quantity::kFrameCenterElevation:
    case Quantity::kFrameCenterEllipsoidHeight:
      return 2000;
    case Quantity::kPlatformHeading:
    case Quantity::kPlatformPitch:
    case Quantity::kPlatformRoll:
      return 45;
    case Quantity::kHorizontalFieldOfView:
    case Quantity::kVerticalFieldOfView:
      return 60;
    default:
      return UnitOf(quantity) == Unit::kMetres ? 100 : 120;
  }
}

Course CourseOf(const OverlayField& field, bool is_second) {
  Course course;
  switch (field.meaning.kind) {
    case Kind::kClock:
      course = {kSecondsPerDay, 0.05, true, kClockPlaces};
      break;
    case Kind::kDate:
      // From one day to the next, whenever midnight comes.
      course = {0, 0, false, 1};
      break;
    case Kind::kSensorPosition:
      course.max_change = DefaultChange(Quantity::kSensorLatitude);
      break;
    case Kind::kTargetPosition:
    case Kind::kFrameCenterPosition:
      course.max_change = DefaultChange(Quantity::kTargetLatitude);
      break;
    case Kind::kQuantity:
      course.max_change = DefaultChange(field.meaning.quantity);
      if (UnitOf(field.meaning.quantity) == Unit::kDegrees) course.period = 360;
      break;
    case Kind::kNone:
      course.max_change = 1e9;
      break;
  }
  if (is_second) course.period = 360;
  if (field.max_change_per_second.has_value()) {
    course.max_change = *field.max_change_per_second;
  }
  return course;
}

struct Point {
  double time_s = 0;
  double value = 0;
};

double Median(std::vector<double> values) {
  const size_t half = values.size() / 2;
  std::nth_element(values.begin(), values.begin() + half, values.end());
  const double upper = values[half];
  if (values.size() % 2 == 1) return upper;
  return (upper + *std::max_element(values.begin(), values.begin() + half)) / 2;
}

// What is known of one number.
class Track {
 public:
  explicit Track(Course course) : course_(course) {}

  void Reset() {
    points_.clear();
    strangers_.clear();
  }

  // Whether `value` goes on as the readings before; remembers it.
  bool Accept(double time_s, double value, double resolution,
              const TemporalOptions& options) {
    const auto window = static_cast<size_t>(options.window);
    if (!points_.empty() &&
        time_s - points_.back().time_s > options.max_gap_s) {
      Reset();
    }
    if (points_.empty() || Fits(points_, time_s, value, resolution)) {
      Remember(points_, time_s, value, window);
      strangers_.clear();
      return true;
    }
    // Another course: believed when it has lasted.
    if (!strangers_.empty() && !Fits(strangers_, time_s, value, resolution)) {
      strangers_.clear();
    }
    Remember(strangers_, time_s, value, window);
    if (strangers_.size() < window) return false;
    points_ = std::move(strangers_);
    strangers_.clear();
    return true;
  }

 private:
  double Difference(double a, double b) const {
    return course_.period > 0 ? std::remainder(a - b, course_.period) : a - b;
  }

  // Within the gate about the line through the points: the median of their
  // slopes (Theil-Sen), at the median of what they then say of `time_s`.
  bool Fits(const std::deque<Point>& points, double time_s, double value,
            double resolution) const {
    const double reference = points.back().value;
    double slope = course_.is_clock ? 1 : 0;
    if (!course_.is_clock && points.size() >= 3) {
      std::vector<double> slopes;
      for (size_t i = 0; i < points.size(); ++i) {
        for (size_t j = i + 1; j < points.size(); ++j) {
          slopes.push_back(Difference(points[j].value, points[i].value) /
                           (points[j].time_s - points[i].time_s));
        }
      }
      slope = Median(std::move(slopes));
    }
    std::vector<double> expected;
    for (const Point& point : points) {
      expected.push_back(Difference(point.value, reference) +
                         slope * (time_s - point.time_s));
    }
    const double gap = time_s - points.back().time_s;
    const double gate =
        course_.max_change * gap + course_.last_places * resolution;
    return std::abs(Difference(value, reference) -
                    Median(std::move(expected))) <= gate;
  }

  static void Remember(std::deque<Point>& points, double time_s, double value,
                       size_t window) {
    points.push_back({time_s, value});
    if (points.size() > window) points.pop_front();
  }

  Course course_;
  std::deque<Point> points_;
  // Readings in a row that agree with each other and not with `points_`.
  std::deque<Point> strangers_;
};

}  // namespace

struct TemporalFilter::Impl {
  struct FieldTracks {
    Track first;
    Track second;
  };
  TemporalOptions options;
  std::vector<FieldTracks> fields;
  std::optional<double> last_time_s;

  void Reset() {
    for (FieldTracks& tracks : fields) {
      tracks.first.Reset();
      tracks.second.Reset();
    }
    last_time_s.reset();
  }
};

TemporalFilter::TemporalFilter(std::unique_ptr<Impl> impl)
    : impl_(std::move(impl)) {}
TemporalFilter::TemporalFilter(TemporalFilter&&) noexcept = default;
TemporalFilter& TemporalFilter::operator=(TemporalFilter&&) noexcept = default;
TemporalFilter::~TemporalFilter() = default;

absl::StatusOr<TemporalFilter> TemporalFilter::Create(
    const OverlayProfile& profile, TemporalOptions options) {
  const bool has_window = options.window >= 3 && options.window <= 31;
  if (!has_window || !(options.max_gap_s > 0)) {
    return Error(absl::StatusCode::kInvalidArgument, kOverlayProfileInvalid)
        .Field(has_window ? "max_gap_s" : "window",
               has_window ? "must be above 0" : "must be 3 to 31");
  }
  auto impl = std::make_unique<Impl>();
  impl->options = options;
  for (const OverlayField& field : profile.fields) {
    impl->fields.push_back(
        {Track(CourseOf(field, false)), Track(CourseOf(field, true))});
  }
  return TemporalFilter(std::move(impl));
}

void TemporalFilter::Apply(double time_s, OverlayReading& reading) {
  Impl& impl = *impl_;
  if (reading.fields.size() != impl.fields.size()) return;
  if (impl.last_time_s.has_value()) {
    const double passed = time_s - *impl.last_time_s;
    // A frame twice, or a stream that begins anew.
    if (!(passed > 0) || passed > impl.options.max_gap_s) impl.Reset();
  }
  impl.last_time_s = time_s;
  for (size_t i = 0; i < reading.fields.size(); ++i) {
    FieldReading& field = reading.fields[i];
    if (!field.number.has_value()) continue;
    bool fits = impl.fields[i].first.Accept(time_s, *field.number,
                                            field.resolution, impl.options);
    if (field.second_number.has_value()) {
      fits = impl.fields[i].second.Accept(time_s, *field.second_number,
                                          field.resolution, impl.options) &&
             fits;
    }
    if (fits) continue;
    Withdraw(field, FieldProblem::kUnsteady,
             absl::StrFormat("%.8g does not follow from the frames before",
                             *field.number));
  }
}

void TemporalFilter::Reset() { impl_->Reset(); }

}  // namespace sightline::georef
