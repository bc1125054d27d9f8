// Plane-to-plane projective maps, and the points they map.
//
// All pixel coordinates of Sightline are corner-based: (0, 0) is the outer
// corner of the first pixel, the first pixel's centre is (0.5, 0.5), and an
// image covers (0, 0)..(width, height). Libraries that put pixel centres at
// integers (OpenCV) are converted where they are called, nowhere else.
#ifndef SIGHTLINE_COMMON_GEOMETRY_HOMOGRAPHY_H_
#define SIGHTLINE_COMMON_GEOMETRY_HOMOGRAPHY_H_

#include <array>
#include <optional>

namespace sightline {

// A point in pixels, corner-based, x to the right, y downwards.
struct PixelPoint {
  double x = 0;
  double y = 0;
  bool operator==(const PixelPoint&) const = default;
};

// A width and a height in pixels, or in page units.
struct PixelSize {
  double width = 0;
  double height = 0;
  bool operator==(const PixelSize&) const = default;
};

// A 3x3 projective map. A value type; every method is const and thread-safe.
class Homography {
 public:
  // The identity.
  Homography() : m_{1, 0, 0, 0, 1, 0, 0, 0, 1} {}
  // `m` row-major. It is kept as given; see Normalized().
  explicit Homography(const std::array<double, 9>& m) : m_(m) {}

  static Homography Scale(double x, double y);
  static Homography Translation(double x, double y);

  // The map that takes from[i] to to[i]; nullopt if three of either four
  // points lie on a line.
  static std::optional<Homography> FromQuads(
      const std::array<PixelPoint, 4>& from,
      const std::array<PixelPoint, 4>& to);

  // Where `point` goes. Points on the line that maps to infinity give
  // non-finite coordinates.
  PixelPoint Map(PixelPoint point) const;

  // First `first`, then *this: (*this * first).Map(p) == Map(first.Map(p)).
  Homography operator*(const Homography& first) const;

  // nullopt if singular.
  std::optional<Homography> Inverse() const;

  // Scaled so that the last number is 1 (if it is not 0).
  Homography Normalized() const;

  // Area scale at `point`: the determinant of the map's Jacobian there. Its
  // sign tells whether the map mirrors.
  double JacobianAt(PixelPoint point) const;

  // Row-major.
  const std::array<double, 9>& values() const { return m_; }
  double operator[](int i) const { return m_[i]; }

 private:
  std::array<double, 9> m_;
};

}  // namespace sightline

#endif  // SIGHTLINE_COMMON_GEOMETRY_HOMOGRAPHY_H_
