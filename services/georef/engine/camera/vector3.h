// Vectors of three numbers and rotations: the little linear algebra that a
// camera above an ellipsoid needs.
#ifndef SIGHTLINE_SERVICES_GEOREF_ENGINE_CAMERA_VECTOR3_H_
#define SIGHTLINE_SERVICES_GEOREF_ENGINE_CAMERA_VECTOR3_H_

#include <cmath>

namespace sightline::georef {

inline constexpr double kDegree = 3.14159265358979323846 / 180;

struct Vector3 {
  double x = 0;
  double y = 0;
  double z = 0;
  bool operator==(const Vector3&) const = default;
};

inline Vector3 operator+(const Vector3& a, const Vector3& b) {
  return {a.x + b.x, a.y + b.y, a.z + b.z};
}
inline Vector3 operator-(const Vector3& a, const Vector3& b) {
  return {a.x - b.x, a.y - b.y, a.z - b.z};
}
inline Vector3 operator*(double s, const Vector3& a) {
  return {s * a.x, s * a.y, s * a.z};
}
inline double Dot(const Vector3& a, const Vector3& b) {
  return a.x * b.x + a.y * b.y + a.z * b.z;
}
inline double Length(const Vector3& a) { return std::sqrt(Dot(a, a)); }

// A rotation by its columns: where the three axes go.
struct Rotation {
  Vector3 x{1, 0, 0};
  Vector3 y{0, 1, 0};
  Vector3 z{0, 0, 1};

  Vector3 Apply(const Vector3& v) const { return v.x * x + v.y * y + v.z * z; }
  Vector3 ApplyInverse(const Vector3& v) const {
    return {Dot(x, v), Dot(y, v), Dot(z, v)};
  }
  // First `first`, then *this.
  Rotation operator*(const Rotation& first) const {
    return {Apply(first.x), Apply(first.y), Apply(first.z)};
  }

  // The intrinsic z-y-x rotation of aviation (x forward, y right, z down):
  // heading to the right, then pitch up, then roll to the right. Degrees.
  static Rotation HeadingPitchRoll(double heading_deg, double pitch_deg,
                                   double roll_deg) {
    const double ch = std::cos(heading_deg * kDegree);
    const double sh = std::sin(heading_deg * kDegree);
    const double cp = std::cos(pitch_deg * kDegree);
    const double sp = std::sin(pitch_deg * kDegree);
    const double cr = std::cos(roll_deg * kDegree);
    const double sr = std::sin(roll_deg * kDegree);
    return {{ch * cp, sh * cp, -sp},
            {ch * sp * sr - sh * cr, sh * sp * sr + ch * cr, cp * sr},
            {ch * sp * cr + sh * sr, sh * sp * cr - ch * sr, cp * cr}};
  }
};

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_ENGINE_CAMERA_VECTOR3_H_
