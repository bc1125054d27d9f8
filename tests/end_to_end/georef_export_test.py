"""sightline-georef-export, its files read by GDAL's own Python.

  georef_export_test.py BIN_FOLDER     (build/dev/bin)
"""
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

BIN = pathlib.Path(sys.argv.pop(1))
EXPORT = BIN / "sightline-georef-export"
try:
    import numpy as np
    from osgeo import ogr
    import pyproj  # noqa: F401
except ImportError as missing:
    print(f"SKIPPED: {missing}; needs python3-gdal and python3-pyproj")
    sys.exit(77)
if not EXPORT.exists():
    print("SKIPPED: sightline-georef-export is not built")
    sys.exit(77)
sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "support/georef"))
from independent_camera import Pose  # noqa: E402

ogr.UseExceptions()


def run(*arguments, text=""):
    return subprocess.run([EXPORT, *map(str, arguments)], input=text,
                          text=True, capture_output=True)


class ExportTest(unittest.TestCase):

    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory()
        self.addCleanup(self.temporary.cleanup)
        self.folder = pathlib.Path(self.temporary.name)

    def features(self, longitude=128.5):
        mask = np.zeros((60, 80), np.uint8)
        mask[5:40, 10:30] = 1
        mask[10:20, 15:20] = 0
        mask[20:50, 45:75] = 3
        (self.folder / "mask").write_bytes(mask.tobytes())
        pose = Pose(longitude=longitude, latitude=35, height=1000, heading=20,
                    width=80, frame_height=60)
        subprocess.run([BIN / "georef_probe", "features", self.folder / "mask",
                        self.folder / "in.geojson", "1"], input=pose.words(),
                       text=True, check=True, capture_output=True)
        return (self.folder / "in.geojson").read_text()

    def check(self, path, epsg, names=None):
        names = names or {}
        expected = json.loads(
            (self.folder / "in.geojson").read_text())["features"]
        dataset = ogr.Open(str(path))
        layer = dataset.GetLayer(0)
        found = list(layer)
        self.assertEqual(len(found), len(expected))
        for feature, wanted in zip(
                sorted(found, key=lambda f: f.GetField("label")),
                sorted(expected, key=lambda f: f["properties"]["label"])):
            properties = wanted["properties"]
            for name in ("label", "area_m2", "perimeter_m", "pixel_count",
                         "holes", "truncated_by_edge", "position_error_m"):
                value = feature.GetField(names.get(name, name))
                if isinstance(value, str):
                    value = float(value) if value else None
                if properties[name] is None:
                    self.assertIsNone(value, name)
                else:
                    self.assertAlmostEqual(value, properties[name], places=2)
            geometry = feature.GetGeometryRef()
            if geometry is not None:
                self.assertTrue(geometry.IsValid())
                if epsg != 4326:  # metres; the scale of UTM is 0.9996 or so
                    self.assertAlmostEqual(
                        geometry.Area() / properties["area_m2"], 1, delta=2e-3)
        if layer.GetSpatialRef() is not None:
            self.assertEqual(layer.GetSpatialRef().GetAuthorityCode(None),
                             str(epsg))

    SHORT = {"perimeter_m": "perim_m", "pixel_count": "pixels",
             "truncated_by_edge": "trunc_edge",
             "position_error_m": "pos_err_m"}

    def test_every_format_is_read_back(self):
        text = self.features()
        for format_, name, short in (
                ("gpkg", "out.gpkg", None), ("fgb", "out.fgb", None),
                ("shp", "folder", self.SHORT), ("shp", "out.zip", self.SHORT),
                ("geojson", "out.geojson", None), ("csv-wkt", "out.csv", None)):
            for epsg in (4326, 32652):
                if format_ == "geojson" and epsg != 4326:
                    continue
                path = self.folder / f"{epsg}_{name}"
                done = run("--format", format_, "--out", path, "--epsg", epsg,
                           text=text)
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertIn("2 features written", done.stderr)
                read = f"/vsizip/{path}" if name.endswith("zip") else path
                self.check(read, epsg, short)

    def test_features_across_the_antimeridian_stay_cut(self):
        text = self.features(longitude=180)
        self.assertIn("MultiPolygon", text)
        done = run("--format=fgb", f"--out={self.folder}/out.fgb", text=text)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.check(self.folder / "out.fgb", 4326)

    def test_a_file_is_read_as_well(self):
        self.features()
        done = run(self.folder / "in.geojson", "--format", "gpkg", "--out",
                   self.folder / "out.gpkg")
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_nothing_is_replaced_unasked(self):
        text = self.features()
        path = self.folder / "out.gpkg"
        path.write_text("precious")
        done = run("--format", "gpkg", "--out", path, text=text)
        self.assertEqual(done.returncode, 1)
        self.assertIn("exists", done.stderr)
        self.assertEqual(path.read_text(), "precious")
        done = run("--format", "gpkg", "--out", path, "--overwrite", text=text)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.check(path, 4326)

    def test_a_folder_loses_only_what_is_replaced(self):
        text = self.features()
        (self.folder / "keep").mkdir()
        (self.folder / "keep/other.txt").write_text("precious")
        for _ in range(2):
            done = run("--format", "shp", "--out", self.folder / "keep",
                       "--overwrite", text=text)
            self.assertEqual(done.returncode, 0, done.stderr)
        self.check(self.folder / "keep", 4326, self.SHORT)
        self.assertEqual((self.folder / "keep/other.txt").read_text(),
                         "precious")
        done = run("--format", "fgb", "--out", self.folder / "keep",
                   "--overwrite", text=text)
        self.assertEqual(done.returncode, 1)
        self.assertIn("is a folder", done.stderr)

    def test_what_is_wrong_is_said(self):
        text = self.features()
        out = self.folder / "out.fgb"
        # EXPORT_INPUT_INVALID
        for bad in ("", "{", "[1, 2]", '{"type": "FeatureCollection"}x',
                    '{"type":"FeatureCollection","features":[{"type":"Feature",'
                    '"properties":{"label":1},"geometry":{"type":"Point",'
                    '"coordinates":[1,2]}}]}'):
            done = run("--format", "fgb", "--out", out, text=bad)
            self.assertEqual(done.returncode, 1, bad)
            self.assertIn("the input", done.stderr)
            self.assertFalse(out.exists(), bad)
        # UNKNOWN_COORDINATE_SYSTEM, OUTSIDE_COORDINATE_SYSTEM
        done = run("--format", "fgb", "--out", out, "--epsg", 99999, text=text)
        self.assertEqual(done.returncode, 1)
        self.assertIn("EPSG register", done.stderr)
        # EXPORT_OPTION_INVALID
        for arguments, word in (
                (("--format", "gpkg", "--out", out), ".gpkg"),
                (("--format", "geojson", "--out", out, "--epsg", 32652),
                 "4326")):
            done = run(*arguments, text=text)
            self.assertEqual(done.returncode, 1)
            self.assertIn(word, done.stderr)
        # EXPORT_NOT_WRITTEN
        done = run("--format", "fgb", "--out", self.folder / "no/such/out.fgb",
                   text=text)
        self.assertEqual(done.returncode, 1)
        self.assertIn("could not be written", done.stderr)
        self.assertFalse(out.exists())

    def test_wrong_arguments_end_with_2(self):
        for arguments in ((), ("--format", "kml", "--out", "x"),
                          ("--format", "fgb"), ("--epsg",), ("--nonsense=1",),
                          ("--format", "fgb", "--out", "x", "--epsg", "UTM"),
                          ("a", "b", "--format", "fgb", "--out", "x")):
            done = run(*arguments)
            self.assertEqual(done.returncode, 2, arguments)
            self.assertIn("--help", done.stderr)
        done = run("--help")
        self.assertEqual(done.returncode, 0)
        self.assertIn("usage:", done.stdout)


if __name__ == "__main__":
    unittest.main()
