"""`sightline georef --out` with a real server, and its map.html in a real
browser.

  map_page_test.py BIN_FOLDER     (build/dev/bin)

Skipped without the georef service. What needs a browser is skipped without
Chromium (scripts/packages browser). With the environment variable
SIGHTLINE_SCREENSHOTS pictures of the page are left in that folder, to look at.
"""

import json
import math
import os
import pathlib
import struct
import subprocess
import sys
import tempfile
import unittest

import browser
from flight import (FIELD_DEG, HEIGHT, HEIGHT_M, LATITUDE, LONGITUDE, WIDTH,
                    gray_png, label_at, local_set, pose, pose_items, recording,
                    sea)

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
SKIPPED = 77
HOSTILE_NAME = "'\"><svg onload=alert(2)>&amp;"
OVERFLOWING = """(() => {
  const width = document.documentElement.clientWidth;
  return [...document.querySelectorAll('body *')].filter((element) => {
    const box = element.getBoundingClientRect();
    return box.width > 0 && box.right > width + 0.5 && box.left < width &&
        !element.closest('svg');
  }).map((element) => element.tagName + '.' + element.className).slice(0, 5)
      .concat(document.documentElement.scrollWidth > width ?
          ['the page: ' + document.documentElement.scrollWidth] : []);
})()"""


class MapPageTest(unittest.TestCase):
    # Set by main.
    bin_folder = None
    program = None

    @classmethod
    def setUpClass(cls):
        import server
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        for name in ("frames", "masks", "poses"):
            (cls.folder / name).mkdir()
        mask = gray_png([[label_at(x, y) for x in range(WIDTH)]
                         for y in range(HEIGHT)])
        frames = {"1-nadir": pose(), "2-beside" + HOSTILE_NAME: pose(400),
                  "3-broken": pose(), "4-oblique": pose(1100, -55),
                  "5-upward": pose(0, 60)}
        for number, (name, where) in enumerate(frames.items()):
            (cls.folder / "frames" / (name + ".png")).write_bytes(
                b"no picture" if "broken" in name else sea(40 * number))
            (cls.folder / "masks" / (name + ".png")).write_bytes(mask)
            (cls.folder / "poses" / (name + ".json")).write_text(
                json.dumps(where))
        cls.running = cls.enterClassContext(server.Server(
            cls.bin_folder / "sightline-georef", "--predrain", "0s"))
        cls.out = cls.folder / "map"
        cls.done = cls.run_command(
            "georef", cls.folder / "frames", "--pose", cls.folder / "poses",
            "--mask", cls.folder / "masks", "--out", cls.out)

    @classmethod
    def run_command(cls, *arguments):
        return subprocess.run(
            [cls.bin_folder / "sightline", *arguments, "--server",
             cls.running.address], capture_output=True, text=True,
            check=False)

    def features(self, name="1-nadir"):
        text = (self.out / (name + ".geojson")).read_text()
        return json.loads(text)["features"]

    def test_one_bad_frame_does_not_stop_the_others(self):
        self.assertEqual(self.done.returncode, 13, self.done.stderr)
        self.assertIn("5 frames: 4 on the map, 1 failed", self.done.stdout)
        self.assertFalse((self.out / "3-broken.geojson").exists())
        self.assertIn("3-broken.png  failed", self.done.stdout)
        self.assertIn("IMAGE_FORMAT_UNKNOWN", self.done.stdout)

    def test_a_frame_of_the_sky_has_nothing_on_the_map(self):
        line, = [line for line in self.done.stdout.splitlines()
                 if "5-upward.png" in line]
        self.assertIn("nothing found; no outline: ", line)
        self.assertEqual(self.features("5-upward"), [])
        self.assertIn(f"{WIDTH * HEIGHT} pixels show no ground",
                      self.done.stdout)

    def test_areas_are_those_of_the_ground(self):
        pixel = 2 * HEIGHT_M * math.tan(math.radians(FIELD_DEG / 2)) / WIDTH
        counted = {}
        for y in range(HEIGHT):
            for x in range(WIDTH):
                label = label_at(x, y)
                counted[label] = counted.get(label, 0) + 1
        measured = {}
        for feature in self.features():
            label = feature["properties"]["label"]
            measured[label] = (measured.get(label, 0) +
                               feature["properties"]["area_m2"])
        self.assertEqual(set(measured), {1, 2, 3})
        for label, area in measured.items():
            self.assertAlmostEqual(area / (counted[label] * pixel * pixel), 1,
                                   delta=1e-3, msg=f"label {label}")

    def test_places_are_those_of_the_ground(self):
        block, = [f["properties"] for f in self.features()
                  if f["properties"]["label"] == 3]
        pixel = 2 * HEIGHT_M * math.tan(math.radians(FIELD_DEG / 2)) / WIDTH
        east = (520 - WIDTH / 2) * pixel
        north = (HEIGHT / 2 - 320) * pixel
        per_degree = 111320 * math.cos(math.radians(LATITUDE))
        self.assertAlmostEqual(block["centroid"][0],
                               LONGITUDE + east / per_degree, delta=2e-5)
        self.assertAlmostEqual(block["centroid"][1],
                               LATITUDE + north / 111320, delta=2e-5)

    def test_one_frame_alone_gives_the_same(self):
        name = "1-nadir"
        when = self.folder / "when.klv"
        when.write_bytes(local_set(1_700_000_000_000_000))
        for flags in ((), ("--stream",),
                      ("--stac", "--raster=north_up", "--klv", when)):
            out = self.folder / "alone"
            done = self.run_command(
                "georef", self.folder / "frames" / (name + ".png"), "--pose",
                self.folder / "poses", "--mask", self.folder / "masks",
                "--out", out, "--overwrite", *flags)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            self.assertEqual((out / (name + ".geojson")).read_bytes(),
                             (self.out / (name + ".geojson")).read_bytes())
        item = json.loads((out / (name + ".stac.json")).read_text())
        self.assertEqual(item["type"], "Feature")
        self.assertEqual(item["id"], name)
        self.assertTrue(item["properties"]["datetime"].startswith(
            "2023-11-14T22:13:20"))

    def test_frames_are_paired_with_the_metadata_of_a_recording(self):
        # A set every 0.2 s and 20 m; frames at 1 s and 1.4 s.
        stream = self.folder / "flight.ts"
        stream.write_bytes(recording(
            [(0.2 * n, local_set(1_700_000_000_000_000 + n * 200_000,
                                 pose_items(20.0 * n))) for n in range(12)]))
        frames = [self.folder / "frames/1-nadir.png",
                  self.folder / "frames/4-oblique.png"]
        shared = ["--mask", self.folder / "masks", "--ts", stream,
                  "--geoid_height", "0", "--sea_level", "--json"]
        for flags, places in ((["--ts_at", "1", "--fps", "2.5"], (100, 140)),
                              ([], (0, 20))):
            done = self.run_command("georef", *frames, *shared, *flags)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            for line, east in zip(done.stdout.splitlines(), places):
                answer = json.loads(line)
                block, = [f for f in answer["geojson"]["features"]
                          if f["properties"]["label"] == 3]
                mine, = [f for f in self.features()
                         if f["properties"]["label"] == 3]
                per_degree = 111320 * math.cos(math.radians(LATITUDE))
                moved = (block["properties"]["centroid"][0] -
                         mine["properties"]["centroid"][0]) * per_degree
                # Angles of 16 bits and a height of 0.3 m steps.
                self.assertAlmostEqual(moved, east, delta=1)
                self.assertTrue(all(
                    value["source"] != "METADATA_SOURCE_REQUEST"
                    for value in answer["response"]["pose"]["values"]))
        late = self.run_command("georef", frames[0], *shared, "--ts_at", "9")
        self.assertEqual(late.returncode, 15)
        self.assertIn("LOCAL_SET_MISSING", late.stdout)

    def test_a_damaged_local_set_is_refused(self):
        damaged = bytearray(local_set(1_700_000_000_000_000, pose_items(0)))
        damaged[40] ^= 4
        path = self.folder / "damaged.klv"
        path.write_bytes(damaged)
        done = self.run_command("georef", self.folder / "frames/1-nadir.png",
                                "--mask", self.folder / "masks", "--klv", path,
                                "--sea_level", "--geoid_height", "0")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("KLV_CHECKSUM_INVALID", done.stdout)

    def test_rasters_masks_and_wkb_are_written(self):
        name = "1-nadir"
        out = self.folder / "more"
        done = self.run_command(
            "georef", self.folder / "frames" / (name + ".png"), "--pose",
            self.folder / "poses", "--mask", self.folder / "masks", "--out",
            out, "--format", "wkb", "--epsg", "32632", "--raster", "north_up",
            "--mask_out")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn((out / (name + ".tif")).read_bytes()[:4],
                      (b"II*\0", b"MM\0*", b"II+\0"))
        self.assertTrue((out / (name + ".mask.png")).read_bytes()
                        .startswith(b"\x89PNG"))
        lines = (out / (name + ".wkb.csv")).read_text().splitlines()
        self.assertEqual(len(lines), 1 + len(self.features()))
        for line in lines[1:]:
            self.assertRegex(line, "^01[0-9A-F]{40,},[123],")

    def test_other_formats_are_written_by_their_program(self):
        if not (self.bin_folder / "sightline-georef-export").exists():
            self.skipTest("sightline-georef-export is not built")
        name = "1-nadir"
        for suffix, magic in (("gpkg", b"SQLite format 3"), ("fgb", b"fgb"),
                              ("shp", b"PK")):
            out = self.folder / suffix
            done = self.run_command(
                "georef", self.folder / "frames" / (name + ".png"), "--pose",
                self.folder / "poses", "--mask", self.folder / "masks",
                "--out", out, "--format", suffix, "--epsg", "25832")
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            file = name + (".shp.zip" if suffix == "shp" else "." + suffix)
            self.assertTrue((out / file).read_bytes().startswith(magic),
                            suffix)

    def test_a_footprint_is_that_of_the_frame(self):
        done = self.run_command(
            "georef", "footprint", "--size", f"{WIDTH}x{HEIGHT}", "--pose",
            self.folder / "poses/1-nadir.json", "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        footprint = json.loads(done.stdout)["footprint"]
        side = 2 * HEIGHT_M * math.tan(math.radians(FIELD_DEG / 2))
        self.assertAlmostEqual(
            footprint["area_m2"] / (side * side * HEIGHT / WIDTH), 1,
            delta=1e-3)
        self.assertEqual(len(footprint["outline"]), 4)

    def test_without_a_mask_a_network_is_needed(self):
        done = self.run_command(
            "georef", self.folder / "frames/1-nadir.png", "--pose",
            self.folder / "poses/1-nadir.json")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("GEOREF_MODEL_MISSING", done.stdout)

    def test_what_is_missing_is_named(self):
        lacking = {"longitude_deg": 9, "latitude_deg": 54}
        path = self.folder / "lacking.json"
        path.write_text(json.dumps(lacking))
        done = self.run_command(
            "georef", self.folder / "frames/1-nadir.png", "--pose", path,
            "--mask", self.folder / "masks")
        self.assertEqual(done.returncode, 13, done.stdout)
        for word in ("POSE_INCOMPLETE", "heading", "roll_deg", "ground"):
            self.assertIn(word, done.stdout)

    def test_the_example_in_the_manual_works(self):
        subprocess.run([str(REPOSITORY / "scripts/python_stubs"),
                        str(self.folder / "stubs")], check=True)
        out = self.folder / "example.geojson"
        done = subprocess.run(
            [sys.executable, str(REPOSITORY / "docs/examples/georeference.py"),
             self.running.address, self.folder / "frames/1-nadir.png",
             self.folder / "poses/1-nadir.json", out,
             self.folder / "masks/1-nadir.png"],
            env={**os.environ, "PYTHONPATH": str(self.folder / "stubs")},
            capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("m2 in view", done.stdout)
        self.assertRegex(done.stdout, r"label 1 : [0-9.]+ m2 at 54\.9.*edge")
        self.assertEqual(json.loads(out.read_text())["features"],
                         self.features())


class MapInBrowserTest(MapPageTest):
    """The same run, looked at."""

    def setUp(self):
        if self.program is None:
            self.skipTest("no Chromium is installed (scripts/packages "
                          "browser)")
        self.browser = self.enterContext(browser.Browser(self.program))
        self.browser.resize(1280)
        self.browser.open((self.out / "map.html").as_uri())

    def look(self, name):
        folder = os.environ.get("SIGHTLINE_SCREENSHOTS")
        if folder:
            self.browser.screenshot(os.path.join(folder, name + ".png"))

    def count(self, selector):
        return self.browser.evaluate(
            f"document.querySelectorAll({json.dumps(selector)}).length")

    def text(self, selector):
        return self.browser.evaluate(
            f"document.querySelector({json.dumps(selector)}).textContent")

    def test_it_asks_nobody_and_complains_of_nothing(self):
        self.assertEqual(self.browser.complaints, [])
        self.assertEqual([url for url in self.browser.requests
                          if not url.startswith("file:")], [])
        self.assertEqual(len(self.browser.requests), 1)

    def test_it_shows_every_frame_and_polygon(self):
        self.assertEqual(self.count(".footprint"), 3)
        names = [path.name.removesuffix(".geojson")
                 for path in self.out.glob("*.geojson")]
        polygons = sum(len(self.features(name)) for name in names)
        self.assertEqual(self.count(".feature"), polygons)
        self.assertEqual(self.count("#list tbody tr"), polygons)
        self.assertIn("1 frame failed", self.text("#failed"))
        self.assertIn("3-broken.png", self.text("#failed"))
        shown = self.browser.evaluate(
            "[...document.querySelectorAll('.feature')].map(path => {"
            "const box = path.getBoundingClientRect();"
            "const map = document.querySelector('#map')"
            ".getBoundingClientRect();"
            "return box.width > 2 && box.left >= map.left - 1 && "
            "box.right <= map.right + 1 && box.top >= map.top - 1 && "
            "box.bottom <= map.bottom + 1; })")
        self.assertTrue(all(shown), shown)
        self.look("map-1280")

    def test_names_stay_text(self):
        self.assertIn(HOSTILE_NAME, self.text("#list"))
        self.assertEqual(self.count("body svg"), 1)
        self.assertEqual(self.count("img"), 0)

    def test_the_largest_come_first(self):
        areas = self.browser.evaluate(
            "[...document.querySelectorAll('#list .number')].slice(1)"
            ".map(cell => { const [n, unit] = cell.textContent.split(' ');"
            "return n * {'m²': 1, 'ha': 1e4, 'km²': 1e6}[unit]; })")
        self.assertGreater(len(areas), 5)
        self.assertEqual(areas, sorted(areas, reverse=True))

    def test_a_click_keeps_what_pointing_shows(self):
        self.browser.evaluate(
            "document.querySelector('.feature').dispatchEvent("
            "new MouseEvent('click', {bubbles: true}))")
        self.assertEqual(self.count(".feature.selected"), 1)
        self.assertEqual(self.count("tr.selected"), 1)
        for word in ("frame", "area m2", "perimeter m", "pixel count",
                     "truncated by edge"):
            self.assertIn(word, self.text("#details"))
        self.look("map-selected")
        self.browser.evaluate(
            "document.querySelectorAll('#list tbody tr')[2].click()")
        self.assertEqual(self.count(".feature.selected"), 1)
        self.assertEqual(self.browser.evaluate(
            "[...document.querySelectorAll('#list tbody tr')]"
            ".findIndex(row => row.matches('.selected'))"), 2)

    def test_classes_can_be_switched_off(self):
        visible = ("[...document.querySelectorAll('.feature')].filter(path => "
                   "getComputedStyle(path).display !== 'none').length")
        before = self.browser.evaluate(visible)
        self.assertEqual(self.count("#legend input"), 3)
        self.browser.evaluate(
            "document.querySelector('#legend input').click()")
        self.assertLess(self.browser.evaluate(visible), before)

    def test_the_scale_is_that_of_the_ground(self):
        # The footprint of the nadir frame is as wide as the camera sees; the
        # bar says how many pixels that is.
        ratio = self.browser.evaluate(
            "(() => { const unit = {cm: 0.01, m: 1, km: 1000};"
            "const [n, u] = document.querySelector('.scale text')"
            ".textContent.split(' ');"
            "const bar = document.querySelector('.scale path')"
            ".getBoundingClientRect().width;"
            "const frame = document.querySelector('.footprint')"
            ".getBoundingClientRect().width;"
            "return frame / bar * n * unit[u]; })()")
        side = 2 * HEIGHT_M * math.tan(math.radians(FIELD_DEG / 2))
        self.assertAlmostEqual(ratio / side, 1, delta=0.03)

    def test_it_zooms_and_comes_back(self):
        place = "document.querySelector('.world').getAttribute('transform')"
        before = self.browser.evaluate(place)
        self.browser.evaluate("document.querySelector('#nearer').click()")
        nearer = self.browser.evaluate(place)
        self.assertNotEqual(nearer, before)
        self.look("map-nearer")
        self.browser.evaluate("document.querySelector('#map').focus()")
        self.browser.press("ArrowRight", 39)
        self.assertNotEqual(self.browser.evaluate(place), nearer)
        self.browser.evaluate("document.querySelector('#all').click()")
        self.assertEqual(self.browser.evaluate(place), before)

    def test_nothing_overflows_at_any_width(self):
        for width in (375, 768, 1280, 1920):
            with self.subTest(width=width):
                self.browser.resize(width)
                self.browser.open((self.out / "map.html").as_uri())
                self.assertEqual(self.browser.evaluate(OVERFLOWING), [])
                self.look(f"map-{width}")


def load_tests(loader, unused_tests, unused_pattern):
    """Those of the run once, then those of the page alone."""
    suite = unittest.TestSuite(loader.loadTestsFromTestCase(MapPageTest))
    inherited = set(dir(MapPageTest))
    for name in loader.getTestCaseNames(MapInBrowserTest):
        if name not in inherited:
            suite.addTest(MapInBrowserTest(name))
    return suite


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    MapPageTest.bin_folder = pathlib.Path(sys.argv[1]).resolve()
    if not (MapPageTest.bin_folder / "sightline-georef").exists():
        print("SKIPPED: sightline-georef is not built")
        sys.exit(SKIPPED)
    MapPageTest.program = browser.find()
    try:
        __import__("grpc")
    except ImportError:
        print("SKIPPED: Python module grpc is not installed "
              "(scripts/packages end_to_end)")
        sys.exit(SKIPPED)
    unittest.main(argv=sys.argv[:1])
