"""The georef engine beside a renderer that shares no formula with it.

  georef_ground_test.py BIN_FOLDER     (build/dev/bin)
"""
import json
import math
import pathlib
import subprocess
import sys
import tempfile
import unittest

try:
    import numpy as np
    import pyproj  # noqa: F401
except ImportError as missing:
    print(f"SKIPPED: {missing}; needs python3-numpy and python3-pyproj")
    sys.exit(77)
sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "support/georef"))
import independent_camera  # noqa: E402
from independent_camera import GEOD, Pose  # noqa: E402

PROBE = pathlib.Path(sys.argv.pop(1)) / "georef_probe"


def features_of(pose, mask):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder)
        (path / "mask").write_bytes(mask.tobytes())
        subprocess.run([PROBE, "features", path / "mask", path / "out", "1"],
                       input=pose.words(), text=True, check=True,
                       capture_output=True)
        return json.loads((path / "out").read_text())["features"]


def pixel_centres(pose):
    x, y = np.meshgrid(np.arange(pose.width) + 0.5,
                       np.arange(pose.frame_height) + 0.5)
    return np.stack([x.ravel(), y.ravel()], axis=1)


def geodesic_area(feature):
    geometry = feature["geometry"]
    polygons = (geometry["coordinates"] if geometry["type"] == "MultiPolygon"
                else [geometry["coordinates"]])
    total = 0
    for polygon in polygons:
        for ring in polygon:
            longitudes, latitudes = zip(*ring)
            total += GEOD.polygon_area_perimeter(longitudes, latitudes)[0]
    return total


# Views in which a shape around the middle of the frame fits.
VIEWS = [
    Pose(longitude=128.5, latitude=35.2, height=1000, heading=37),
    Pose(longitude=-70, latitude=-80, height=300, heading=111, roll=12,
         pitch=-9, ground=120),
    Pose(longitude=10, latitude=0, height=9000, heading=300, pitch=3,
         sensor_azimuth=140, sensor_elevation=-50, ground=500),
    Pose(longitude=179.97, latitude=80, height=4000, heading=10, roll=-20,
         sensor_elevation=-65, sensor_azimuth=-30),
    Pose(longitude=30, latitude=-45, height=800, heading=250, pitch=5,
         sensor_elevation=-35, vertical_fov=12, ground=-30),
    Pose(longitude=-123, latitude=62, height=2500, heading=80, roll=6,
         sensor_elevation=-25, sensor_roll=8, horizontal_fov=12),
]


class GroundTest(unittest.TestCase):

    def test_positions_are_within_a_centimetre(self):
        errors, misses = independent_camera.position_errors(PROBE)
        self.assertGreater(len(errors), 400)
        self.assertGreater(misses, 5, "the sweep reaches the horizon")
        self.assertLess(max(errors), 0.01)

    def shape_area(self, pose, inside, perimeter, area):
        """The area of the traced shape beside the true one: pixels at its
        border are in or out by chance, each wrong by up to half of itself
        (variance 1/12), so the sum strays by sqrt(border pixels / 12)."""
        longitude, latitude = independent_camera.ground(
            pose, pixel_centres(pose))
        middle = independent_camera.ground(
            pose, [[pose.width / 2, pose.frame_height / 2]])
        n = len(longitude)
        forward, _, distance = GEOD.inv(
            np.full(n, middle[0]), np.full(n, middle[1]), longitude, latitude)
        angle = np.radians(forward)
        mask = inside(distance * np.sin(angle), distance * np.cos(angle))
        mask = mask.astype(np.uint8).reshape(pose.frame_height, pose.width)
        self.assertFalse(mask[0].any() or mask[-1].any() or mask[:, 0].any() or
                         mask[:, -1].any(), "the shape leaves the frame")
        found = features_of(pose, mask)
        traced = sum(f["properties"]["area_m2"] for f in found)
        pixels = int(mask.sum())
        pixel_m2 = area / pixels
        border = perimeter / math.sqrt(pixel_m2) * 4 / math.pi
        # Oblique pixels are not square: their border counts along the longer
        # side of shapes; twice is more than enough at these angles.
        limit = 3 * math.sqrt(border / 12) * pixel_m2
        if pose.sensor_elevation > -60:
            limit *= 2
        self.assertLess(abs(traced - area), limit,
                        f"{pose}: {traced} m2 for {area} m2")
        for feature in found:
            self.assertAlmostEqual(
                feature["properties"]["area_m2"] / geodesic_area(feature), 1,
                delta=3e-5 if pixels < 20000 else 3e-6)
        self.assertEqual(sum(f["properties"]["pixel_count"] for f in found),
                         pixels)
        return found

    def sized(self, pose):
        """A length that fits into the frame, and the pose with fewer pixels."""
        pose.width, pose.frame_height = 480, 300
        outline = independent_camera.ground(
            pose, [[240, 75], [240, 225], [120, 150], [360, 150]])
        middle = independent_camera.ground(pose, [[240, 150]])
        return min(GEOD.inv(middle[0][0], middle[1][0], x, y)[2]
                   for x, y in zip(*outline)), pose

    def test_discs_have_their_area(self):
        for pose in VIEWS:
            radius, pose = self.sized(pose)
            found = self.shape_area(
                pose, lambda e, n: np.hypot(e, n) <= radius,
                2 * math.pi * radius, math.pi * radius ** 2)
            self.assertEqual(len(found), 1)
            # Round, so its centre is the middle of the frame.
            middle = independent_camera.ground(pose, [[240, 150]])
            off = GEOD.inv(*found[0]["properties"]["centroid"],
                           middle[0][0], middle[1][0])[2]
            self.assertLess(off, 0.01 * radius)

    def test_squares_with_a_hole_have_their_area(self):
        for pose in VIEWS:
            half, pose = self.sized(pose)
            half *= 0.7
            hole = 0.4 * half
            found = self.shape_area(
                pose,
                lambda e, n: (np.maximum(abs(e), abs(n)) <= half) &
                (np.maximum(abs(e), abs(n)) > hole),
                8 * (half + hole), 4 * (half ** 2 - hole ** 2))
            self.assertEqual(len(found), 1)
            self.assertEqual(found[0]["properties"]["holes"], 1)
            self.assertFalse(found[0]["properties"]["centroid_inside"])


if __name__ == "__main__":
    unittest.main()
