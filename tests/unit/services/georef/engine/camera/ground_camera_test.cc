#include "services/georef/engine/camera/ground_camera.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "services/georef/engine/camera/reasons.h"
#include "tests/unit/services/georef/engine/camera/poses.h"

namespace sightline::georef {
namespace {

constexpr PixelSize kFrame{1920, 1080};

// Another way to the ground, in long double: the ray is turned step by step
// about moving axes (Rodrigues) and walked until its height, by Heiskanen's
// iteration, is that of the ground.
using Long = long double;
struct Long3 {
  Long x, y, z;
};
constexpr Long kLongDegree = 3.14159265358979323846264338327950288L / 180;

Long3 Add(Long3 a, Long s, Long3 b) {
  return {a.x + s * b.x, a.y + s * b.y, a.z + s * b.z};
}
Long3 Turned(Long3 v, Long3 axis, Long degrees) {
  const Long c = std::cos(degrees * kLongDegree);
  const Long s = std::sin(degrees * kLongDegree);
  const Long dot = axis.x * v.x + axis.y * v.y + axis.z * v.z;
  const Long3 cross{axis.y * v.z - axis.z * v.y, axis.z * v.x - axis.x * v.z,
                    axis.x * v.y - axis.y * v.x};
  return Add(Add({c * v.x, c * v.y, c * v.z}, s, cross), (1 - c) * dot, axis);
}

struct Axes {
  Long3 forward, right, down;
  void Yaw(Long degrees) {
    forward = Turned(forward, down, degrees);
    right = Turned(right, down, degrees);
  }
  void Pitch(Long degrees) {
    forward = Turned(forward, right, degrees);
    down = Turned(down, right, degrees);
  }
  void Roll(Long degrees) {
    right = Turned(right, forward, degrees);
    down = Turned(down, forward, degrees);
  }
};

constexpr Long kA = 6378137.0L;
constexpr Long kF = 1 / 298.257223563L;
constexpr Long kE2 = kF * (2 - kF);

Long HeightOf(Long3 p, Long* latitude) {
  const Long radius = std::sqrt(p.x * p.x + p.y * p.y);
  Long phi = std::atan2(p.z, radius * (1 - kE2));
  Long height = 0;
  for (int i = 0; i < 12; ++i) {
    const Long s = std::sin(phi);
    const Long normal = kA / std::sqrt(1 - kE2 * s * s);
    height = radius * std::cos(phi) + p.z * s - kA * kA / normal;
    phi = std::atan2(p.z, radius * (1 - kE2 * normal / (normal + height)));
  }
  *latitude = phi;
  return height;
}

// Earth-centred; false when the ray does not meet the ground.
bool Walk(const Pose& pose, PixelPoint pixel, Long3* place) {
  const Long f = pose.latitude_deg * kLongDegree;
  const Long l = pose.longitude_deg * kLongDegree;
  const Long3 up{std::cos(f) * std::cos(l), std::cos(f) * std::sin(l),
                 std::sin(f)};
  const Long normal = kA / std::sqrt(1 - kE2 * std::sin(f) * std::sin(f));
  const Long3 origin =
      Add({normal * up.x, normal * up.y, normal * (1 - kE2) * up.z},
          pose.height.metres, up);
  Axes axes{
      {-std::sin(f) * std::cos(l), -std::sin(f) * std::sin(l), std::cos(f)},
      {-std::sin(l), std::cos(l), 0},
      {-up.x, -up.y, -up.z}};
  axes.Yaw(pose.heading.degrees);
  axes.Pitch(pose.pitch_deg);
  axes.Roll(pose.roll_deg);
  axes.Yaw(pose.sensor_azimuth_deg);
  axes.Pitch(pose.sensor_elevation_deg);
  axes.Roll(pose.sensor_roll_deg);
  const Long half =
      std::tan(pose.horizontal_field_of_view_deg / 2 * kLongDegree);
  Long3 ray = Add(
      Add(axes.forward, half * (2 * pixel.x / kFrame.width - 1), axes.right),
      half * (2 * pixel.y - kFrame.height) / kFrame.width, axes.down);
  const Long length = std::sqrt(ray.x * ray.x + ray.y * ray.y + ray.z * ray.z);
  ray = {ray.x / length, ray.y / length, ray.z / length};
  const Long ground = pose.ground.metres;
  Long latitude;
  Long below = 0;
  const Long stride = (pose.height.metres - ground) / 4;
  while (HeightOf(Add(origin, below, ray), &latitude) > ground) {
    below += stride;
    if (below > 500000) return false;
  }
  Long above = below - stride;
  for (int i = 0; i < 60; ++i) {
    const Long middle = (above + below) / 2;
    const Long3 p = Add(origin, middle, ray);
    (HeightOf(p, &latitude) > ground ? above : below) = middle;
  }
  *place = Add(origin, below, ray);
  return true;
}

Pose RandomPose(std::mt19937& random) {
  const auto uniform = [&](double low, double high) {
    return std::uniform_real_distribution<double>(low, high)(random);
  };
  Pose pose = PoseAt(uniform(-180, 180), uniform(-85, 85), uniform(100, 9000),
                     uniform(-360, 360), uniform(8, 90));
  if (uniform(0, 1) < 0.2)
    pose.longitude_deg = uniform(0, 1) < 0.5 ? 180 : -180;
  pose.pitch_deg = uniform(-20, 20);
  pose.roll_deg = uniform(-20, 20);
  pose.sensor_azimuth_deg = uniform(-180, 180);
  pose.sensor_roll_deg = uniform(-30, 30);
  pose.ground.metres = std::min(uniform(-400, 3000), pose.height.metres - 50);
  return pose;
}

TEST(GroundCamera, AgreesWithARayWalkedInLongDouble) {
  std::mt19937 random(20);
  std::uniform_real_distribution<double> unit(0, 1);
  int met = 0;
  double greatest = 0;
  for (int i = 0; i < 400; ++i) {
    const Pose pose = RandomPose(random);
    const auto camera = GroundCamera::Create(pose, kFrame);
    ASSERT_TRUE(camera.ok()) << camera.status();
    const PixelPoint pixel{kFrame.width * unit(random),
                           kFrame.height * unit(random)};
    const auto hit = camera->Trace(pixel);
    Long3 walked;
    const bool is_met = Walk(pose, pixel, &walked);
    if (!hit.has_value()) {
      // Only what misses or grazes is refused.
      if (is_met) {
        const GeoPoint place = ToGeodetic({static_cast<double>(walked.x),
                                           static_cast<double>(walked.y),
                                           static_cast<double>(walked.z)});
        const Vector3 line =
            ToEarthCentred(place) - ToEarthCentred(camera->place());
        EXPECT_LT(-Dot(line, Up(place)) / Length(line), 0.00175);
      }
      continue;
    }
    ASSERT_TRUE(is_met) << i;
    ++met;
    const double error =
        Length(hit->position - Vector3{static_cast<double>(walked.x),
                                       static_cast<double>(walked.y),
                                       static_cast<double>(walked.z)});
    greatest = std::max(greatest, error);
    EXPECT_NEAR(hit->slant_range_m,
                Length(hit->position - ToEarthCentred(camera->place())), 1e-6);
    const auto back = camera->Pixel(hit->place);
    ASSERT_TRUE(back.ok()) << back.status();
    EXPECT_NEAR(back->x, pixel.x, 1e-6);
    EXPECT_NEAR(back->y, pixel.y, 1e-6);
  }
  EXPECT_GT(met, 250);
  EXPECT_LT(greatest, 1e-5);
  RecordProperty("greatest_error_m", std::to_string(greatest));
}

TEST(GroundCamera, LooksStraightDownWithTheNoseAtTheTop) {
  // 90 degrees of view from 1,000 m: the frame is 2,000 m wide.
  Pose pose = PoseAt(20, 0, 1000, 90, 90);
  pose.horizontal_field_of_view_deg = 90;
  const auto camera = GroundCamera::Create(pose, kFrame);
  ASSERT_TRUE(camera.ok()) << camera.status();
  const Rotation local = EastNorthUp({20, 0, 0});
  const Vector3 origin = ToEarthCentred({20, 0, 0});
  const auto east_north = [&](PixelPoint pixel) {
    return local.ApplyInverse(camera->Ground(pixel)->position - origin);
  };
  EXPECT_NEAR(Length(east_north({960, 540})), 0, 1e-6);
  // The nose points east, so east is up and south is right; the Earth's
  // curvature takes less than 0.2 m away.
  EXPECT_NEAR(east_north({960, 0}).x, 1000.0 * 1080 / 1920, 0.2);
  EXPECT_NEAR(east_north({1920, 540}).y, -1000, 0.2);
  const auto distance = camera->SampleDistance({960, 540});
  ASSERT_TRUE(distance.ok());
  EXPECT_NEAR(distance->longest_m, 2000.0 / 1920, 1e-9);
  EXPECT_NEAR(distance->shortest_m, 2000.0 / 1920, 1e-9);
}

TEST(GroundCamera, SampleDistanceIsThatOfNeighbouringPixels) {
  Pose pose = PoseAt(-120, 60, 2000, 33, 20);
  pose.roll_deg = 7;
  pose.vertical_field_of_view_deg = 20;
  const auto camera = GroundCamera::Create(pose, kFrame);
  ASSERT_TRUE(camera.ok());
  const PixelPoint pixel{300, 900};
  const auto distance = camera->SampleDistance(pixel);
  ASSERT_TRUE(distance.ok()) << distance.status();
  double longest = 0;
  double shortest = 1e9;
  for (int degrees = 0; degrees < 180; ++degrees) {
    const double x = 0.5 * std::cos(degrees * kDegree);
    const double y = 0.5 * std::sin(degrees * kDegree);
    const double step =
        Length(camera->Ground({pixel.x + x, pixel.y + y})->position -
               camera->Ground({pixel.x - x, pixel.y - y})->position);
    longest = std::max(longest, step);
    shortest = std::min(shortest, step);
  }
  EXPECT_NEAR(distance->longest_m / longest, 1, 1e-3);
  EXPECT_NEAR(distance->shortest_m / shortest, 1, 1e-3);
  EXPECT_NEAR(distance->area_m2, distance->longest_m * distance->shortest_m,
              1e-9);
}

TEST(GroundCamera, FootprintRunsAroundTheFrame) {
  const auto camera =
      GroundCamera::Create(PoseAt(180, 10, 1000, 0, 90), kFrame);
  ASSERT_TRUE(camera.ok());
  const auto outline = camera->Footprint(3);
  ASSERT_TRUE(outline.ok()) << outline.status();
  ASSERT_EQ(outline->size(), 12u);
  EXPECT_EQ((*outline)[3], camera->Ground({1920, 0})->place);
  EXPECT_EQ((*outline)[6], camera->Ground({1920, 1080})->place);
  // West of the antimeridian, and east of it.
  EXPECT_GT((*outline)[0].longitude_deg, 179.9);
  EXPECT_LT((*outline)[3].longitude_deg, -179.9);
  ExpectReason(camera->Footprint(0).status(), kPixelInvalid);
}

TEST(GroundCamera, RefusesWhatIsAboveTheHorizon) {
  // From 1,000 m the horizon lies 1.01 degrees below the horizontal.
  for (const double depression : {-20.0, 0.0, 1.0}) {
    const auto camera =
        GroundCamera::Create(PoseAt(5, 45, 1000, 70, depression), kFrame);
    ASSERT_TRUE(camera.ok());
    ExpectReason(camera->Ground({960, 540}).status(), kPixelAboveHorizon);
    ExpectReason(camera->Footprint(2).status(), kPixelAboveHorizon);
  }
  const auto camera =
      GroundCamera::Create(PoseAt(5, 45, 1000, 70, 1.2), kFrame);
  const auto hit = camera->Ground({960, 540});
  ASSERT_TRUE(hit.ok()) << hit.status();
  EXPECT_GT(hit->slant_range_m, 50000);
  ExpectReason(camera->Ground({NAN, 0}).status(), kPixelInvalid);
}

TEST(GroundCamera, RefusesPlacesItCannotSee) {
  const auto camera = GroundCamera::Create(PoseAt(0, 0, 1000, 90, 5), kFrame);
  ASSERT_TRUE(camera.ok());
  EXPECT_TRUE(camera->Pixel({0.1, 0, 0}).ok());
  ExpectReason(camera->Pixel({-0.1, 0, 0}).status(), kGroundNotVisible);
  ExpectReason(camera->Pixel({3, 0, 0}).status(), kGroundNotVisible);
  ExpectReason(camera->Pixel({NAN, 0, 0}).status(), kPixelInvalid);
  ExpectReason(
      GroundCamera::Create(PoseAt(0, 0, 1000, 90, 5), {0, 10}).status(),
      kPixelInvalid, "frame");
}

}  // namespace
}  // namespace sightline::georef
