"""Where a pixel of an aerial frame lies on the ground, by another way than the
engine's.

Coordinates change through PROJ (+proj=cart, +proj=topocentric), attitudes are
quaternions, and the ground is where the geodetic height along the ray, as PROJ
says it, is that of the ground. Nothing here comes from services/georef.
"""
import dataclasses
import math
import random
import subprocess

import numpy as np
import pyproj

TO_EARTH = pyproj.Transformer.from_pipeline(
    "+proj=pipeline +step +proj=unitconvert +xy_in=deg +xy_out=rad "
    "+step +proj=cart +ellps=WGS84")
GEOD = pyproj.Geod(ellps="WGS84")
# The least angle at which the engine takes a ray to meet the ground.
LEAST_GRAZING_DEG = 0.1


@dataclasses.dataclass
class Pose:
    """Degrees; metres above the ellipsoid; heading from true north."""
    longitude: float
    latitude: float
    height: float
    heading: float = 0
    pitch: float = 0
    roll: float = 0
    sensor_azimuth: float = 0
    sensor_elevation: float = -90
    sensor_roll: float = 0
    horizontal_fov: float = 30
    vertical_fov: float = 0
    width: int = 1920
    frame_height: int = 1080
    ground: float = 0

    def words(self):
        return " ".join(repr(float(v)) for v in (
            self.longitude, self.latitude, self.height, self.heading,
            self.pitch, self.roll, self.sensor_azimuth, self.sensor_elevation,
            self.sensor_roll, self.horizontal_fov, self.vertical_fov,
            self.width, self.frame_height, self.ground))


def _turn(axis, degrees):
    half = math.radians(degrees) / 2
    return np.array([math.cos(half), *(math.sin(half) * np.array(axis))])


def _times(a, b):
    w = a[0] * b[0] - a[1:] @ b[1:]
    v = a[0] * b[1:] + b[0] * a[1:] + np.cross(a[1:], b[1:])
    return np.array([w, *v])


def _attitude(pose):
    """The quaternion from sensor (forward, right, down) to (north, east,
    down): each angle turns about an axis of the frame turned before it."""
    x, y, z = np.eye(3)
    q = np.array([1.0, 0, 0, 0])
    for axis, degrees in ((z, pose.heading), (y, pose.pitch), (x, pose.roll),
                          (z, pose.sensor_azimuth),
                          (y, pose.sensor_elevation), (x, pose.sensor_roll)):
        q = _times(q, _turn(axis, degrees))
    return q


def _rotate(q, vectors):
    v = np.asarray(vectors, dtype=float)
    t = 2 * np.cross(q[1:], v)
    return v + q[0] * t + np.cross(q[1:], t)


def rays(pose, pixels):
    """Origin and unit directions, Earth-centred."""
    pixels = np.asarray(pixels, dtype=float)
    right = math.tan(math.radians(pose.horizontal_fov) / 2)
    down = (math.tan(math.radians(pose.vertical_fov) / 2) if pose.vertical_fov
            else right * pose.frame_height / pose.width)
    seen = np.stack([
        np.ones(len(pixels)),
        right * (2 * pixels[:, 0] / pose.width - 1),
        down * (2 * pixels[:, 1] / pose.frame_height - 1)], axis=1)
    north, east, downward = _rotate(_attitude(pose), seen).T
    local = pyproj.Transformer.from_pipeline(
        f"+proj=topocentric +ellps=WGS84 +lon_0={pose.longitude!r} "
        f"+lat_0={pose.latitude!r} +h_0={pose.height!r}")
    origin = np.array(TO_EARTH.transform(pose.longitude, pose.latitude,
                                         pose.height))
    # Far ends: of lengths near 1 only ten digits would be left at 6e6 m.
    far = 1e6
    ends = np.stack(local.transform(far * east, far * north, -far * downward,
                                    direction="INVERSE"), axis=1)
    directions = ends - origin
    return origin, directions / np.linalg.norm(directions, axis=1)[:, None]


def _places(origins, directions, ranges):
    points = origins + ranges[:, None] * directions
    return TO_EARTH.transform(points[:, 0], points[:, 1], points[:, 2],
                              direction="INVERSE")


def meet(origins, directions, heights):
    """Where rays meet the ground of their heights: longitudes and latitudes,
    NaN where they do not."""
    def height(ranges):
        return _places(origins, directions, ranges)[2]
    # The lowest point of a ray: where it stops to sink.
    near = np.zeros(len(directions))
    far = np.full(len(directions), 2e6)
    for _ in range(80):
        a = near + (far - near) / 3
        b = far - (far - near) / 3
        is_a = height(a) < height(b)
        far = np.where(is_a, b, far)
        near = np.where(is_a, near, a)
    lowest = near
    misses = height(lowest) > heights
    near = np.zeros(len(directions))
    far = lowest.copy()
    for _ in range(60):
        middle = (near + far) / 2
        is_above = height(middle) > heights
        near = np.where(is_above, middle, near)
        far = np.where(is_above, far, middle)
    longitude, latitude, _ = _places(origins, directions, far)
    # The angle at the ground, from how much a metre farther sinks.
    sinks = height(far - 0.5) - height(far + 0.5)
    flat = sinks < math.sin(math.radians(LEAST_GRAZING_DEG))
    longitude[misses | flat] = np.nan
    latitude[misses | flat] = np.nan
    return longitude, latitude


def ground(pose, pixels):
    """Where pixels of a frame that shows nothing but ground lie: longitudes
    and latitudes, by Newton's method on the height along the ray."""
    origin, directions = rays(pose, pixels)
    ranges = np.zeros(len(directions))
    for _ in range(30):
        high = _places(origin, directions, ranges)[2]
        low = _places(origin, directions, ranges + 1)[2]
        step = (high - pose.ground) / (high - low)
        ranges += step
        if np.abs(step).max() < 1e-6:
            break
    else:
        raise ValueError(f"{pose}: a ray misses the ground")
    longitude, latitude, _ = _places(origin, directions, ranges)
    return longitude, latitude


def sweep(seed=1, poses=600):
    """Poses and a pixel for each: all that aircraft fly."""
    r = random.Random(seed)
    for i in range(poses):
        nadir = i % 4 == 0
        yield Pose(
            longitude=r.uniform(-180, 180),
            latitude=r.choice((-80, -60, -33.3, -5, 0, 12, 37.5, 51, 68, 80))
            if i % 2 else r.uniform(-80, 80),
            height=math.exp(r.uniform(math.log(100), math.log(9000))) + 60,
            heading=r.uniform(0, 360), pitch=r.uniform(-20, 20),
            roll=r.uniform(-20, 20), sensor_azimuth=r.uniform(-180, 180),
            sensor_elevation=-90 if nadir else r.uniform(-90, -8),
            sensor_roll=r.choice((0, 0, r.uniform(-10, 10))),
            horizontal_fov=r.uniform(1, 60),
            vertical_fov=r.choice((0, r.uniform(1, 40))),
            ground=r.uniform(-50, 1500) if i % 3 == 0 else r.uniform(-50, 50)
        ), (r.uniform(0, 1920), r.uniform(0, 1080))


def position_errors(probe, seed=1, poses=600):
    """Metres between where the engine and this file see each pixel of the
    sweep, and how many both say to show no ground. Raises AssertionError
    where only one of them says so."""
    cases = [(p, x) for p, x in sweep(seed, poses) if p.height > p.ground + 50]
    lines = "".join(f"{p.words()} {x[0]!r} {x[1]!r}\n" for p, x in cases)
    answers = subprocess.run([probe, "ground"], input=lines, text=True,
                             check=True, capture_output=True).stdout
    lines = [rays(pose, [pixel]) for pose, pixel in cases]
    longitudes, latitudes = meet(
        np.stack([origin for origin, _ in lines]),
        np.concatenate([directions for _, directions in lines]),
        np.array([pose.ground for pose, _ in cases]))
    errors = []
    misses = 0
    for case, answer, longitude, latitude in zip(
            cases, answers.splitlines(), longitudes, latitudes, strict=True):
        if answer.startswith("error"):
            assert answer == "error PIXEL_ABOVE_HORIZON", answer
            assert math.isnan(longitude), (case, longitude, latitude)
            misses += 1
            continue
        assert not math.isnan(longitude), (case, answer)
        seen = [float(word) for word in answer.split()]
        height = case[0].ground
        here = np.array(TO_EARTH.transform(*seen, height))
        there = np.array(TO_EARTH.transform(longitude, latitude, height))
        errors.append(float(np.linalg.norm(here - there)))
    return errors, misses
