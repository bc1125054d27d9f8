"""From a label mask to GeoJSON with geodesic areas, beside what a Python user
writes: rasterio.features.shapes, shapely, pyproj. And how far the camera is
from an independent one.

  features_bench.py BIN_FOLDER [--json] [--repeats N]

The mask is a smooth slick of 1920 x 1080 pixels, from a seed. Fails if the two
find different features, or areas that differ by more than 1e-6 of themselves
(mapped through the independent camera in tests/support/georef) or 1e-4 (by the
affine map that the peer is timed with).
"""
import argparse
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np
from pyproj import Geod, Transformer
import rasterio.transform
from rasterio.features import shapes
from rasterio.transform import Affine
from shapely.geometry import mapping, shape
import shapely.ops

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/support/georef"))
import independent_camera  # noqa: E402

GEOD = Geod(ellps="WGS84")
POSE = independent_camera.Pose(longitude=128.6, latitude=35.1, height=1500,
                               heading=37, horizontal_fov=15)


def slick(width=1920, height=1080, share=0.18, seed=1):
    """Smooth noise of three sizes, cut so that `share` of it is slick."""
    r = np.random.default_rng(seed)
    total = np.zeros((height, width))
    for sigma, weight in ((60, 1.0), (18, 0.45), (6, 0.18)):
        # Blurred by a Gaussian, in the frequencies.
        fy = np.fft.fftfreq(height)[:, None]
        fx = np.fft.rfftfreq(width)[None, :]
        blur = np.exp(-2 * (np.pi * sigma) ** 2 * (fx ** 2 + fy ** 2))
        noise = np.fft.irfft2(np.fft.rfft2(r.standard_normal(
            (height, width))) * blur, s=(height, width))
        total += weight * noise / noise.std()
    return (total > np.quantile(total, 1 - share)).astype(np.uint8)


def affine_of(pose, to_utm):
    """The affine map nearest to the independent camera."""
    x, y = np.meshgrid(np.linspace(0, pose.width, 9),
                       np.linspace(0, pose.frame_height, 9))
    pixels = np.stack([x.ravel(), y.ravel()], axis=1)
    east, north = to_utm.transform(*independent_camera.ground(pose, pixels))
    design = np.column_stack([pixels, np.ones(len(pixels))])
    a = np.linalg.lstsq(design, east, rcond=None)[0]
    b = np.linalg.lstsq(design, north, rcond=None)[0]
    return Affine(*a, *b)


def peer(mask, transform, to_degrees):
    features = []
    for geometry, label in shapes(mask, mask=mask > 0, connectivity=4,
                                  transform=transform):
        polygon = shapely.ops.transform(to_degrees.transform, shape(geometry))
        area = abs(GEOD.geometry_area_perimeter(polygon)[0])
        features.append({
            "type": "Feature",
            "properties": {"label": int(label), "area_m2": area},
            "geometry": mapping(polygon)})
    return json.dumps({"type": "FeatureCollection", "features": features})


def per_point(mask, transform):
    """The map of each point by itself: seconds, points."""
    rings = [ring for geometry, _ in shapes(mask, mask=mask > 0, connectivity=4)
             for ring in geometry["coordinates"]]
    start = time.process_time()
    for ring in rings:
        for column, row in ring:
            rasterio.transform.xy(transform, row, column)
    return time.process_time() - start, sum(map(len, rings))


def exact_areas(mask, pose):
    areas = []
    for geometry, _ in shapes(mask, mask=mask > 0, connectivity=4):
        total = 0
        for ring in geometry["coordinates"]:
            total += GEOD.polygon_area_perimeter(
                *independent_camera.ground(pose, ring))[0]
        areas.append(abs(total))
    return np.sort(areas)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("bin")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--repeats", type=int, default=20)
    arguments = parser.parse_args()
    probe = pathlib.Path(arguments.bin) / "georef_probe"
    mask = slick()
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder)
        (path / "mask").write_bytes(mask.tobytes())
        times = subprocess.run(
            [probe, "features", path / "mask", path / "out",
             str(arguments.repeats)], input=POSE.words(), text=True, check=True,
            capture_output=True).stdout.split()
        ours = json.loads((path / "out").read_text())["features"]
    own_ms = float(times[1])

    to_utm = Transformer.from_crs(4326, 32652, always_xy=True)
    to_degrees = Transformer.from_crs(32652, 4326, always_xy=True)
    transform = affine_of(POSE, to_utm)
    peer_times = []
    for _ in range(max(3, arguments.repeats // 4)):
        start = time.process_time()
        text = peer(mask, transform, to_degrees)
        peer_times.append(1e3 * (time.process_time() - start))
    peer_ms = statistics.median(peer_times)
    point_s, points = per_point(mask, transform)

    areas = np.sort([f["properties"]["area_m2"] for f in ours])
    theirs = np.sort([f["properties"]["area_m2"]
                      for f in json.loads(text)["features"]])
    exact = exact_areas(mask, POSE)
    failures = []
    if not len(areas) == len(theirs) == len(exact):
        failures.append(f"{len(areas)} features, the peer finds {len(theirs)}")
    else:
        # Their text has areas to the millimetre squared: 0.0005 m2 of rounding.
        for name, other, limit in (("exact", exact, 1e-6),
                                   ("affine", theirs, 1e-4)):
            off = np.abs(areas - other) - 0.0006
            if (off > limit * other).any():
                failures.append(f"areas differ from the {name} ones by up to "
                                f"{(np.abs(areas - other) / other).max():.2g}")
    errors, _ = independent_camera.position_errors(probe)

    figures = [
        ("geo_mask_to_geojson_ms", own_ms, "ms"),
        ("geo_mask_to_geojson_rasterio_ms", peer_ms, "ms"),
        ("geo_mask_to_geojson_ratio", peer_ms / own_ms, "x"),
        ("geo_map_per_point_ms", 1e3 * point_s, "ms"),
        ("geo_position_error_m", max(errors), "m"),
    ]
    for name, value, unit in figures:
        if arguments.json:
            print(json.dumps({"figure": name, "value": float(f"{value:.6g}"),
                              "unit": unit}))
        else:
            print(f"{name:<40} {value:12.6g} {unit}")
    if not arguments.json:
        print(f"{len(areas)} features, {points} vertices, processor time")
    if max(errors) > 0.01:
        failures.append(f"a position is {max(errors)} m from the independent "
                        "camera's")
    for failure in failures:
        print(f"features_bench: {failure}", file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
