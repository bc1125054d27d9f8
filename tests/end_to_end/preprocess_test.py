"""`sightline preprocess` against sightline-preprocess: files of every format,
folders, TIFFs and PDFs of several pages, what fails among what does not,
reports, pictures before and after, parts of pages.

  preprocess_test.py BIN_FOLDER     (build/dev/bin)
"""

import json
import os
import pathlib
import random
import shutil
import struct
import subprocess
import sys
import tempfile
import unittest
import zlib

from several_pages_test import pdf_of, tiff_of

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
SKIPPED = 77
WIDTH, HEIGHT = 700, 400
SIGNATURES = {"png": b"\x89PNG", "jpeg": b"\xff\xd8\xff", "gray": b"P5\n",
              "packed": b"P4\n", "bilevel_png": b"\x89PNG",
              "tiff_g4": b"II*\0"}


def page(light=lambda x: 1.0, paper=235, ink=30):
    """Rows of gray: lines of letters made of bars, under a light."""
    draw = random.Random(7)
    rows = [[paper] * WIDTH for _ in range(HEIGHT)]

    def box(left, top, width, height):
        for y in range(top, top + height):
            for x in range(left, left + width):
                rows[y][x] = ink
    for top in range(40, HEIGHT - 50, 34):
        for left in range(40, WIDTH - 50, 16):
            if draw.random() < 0.15:
                continue
            box(left, top, 3, 18)
            for bar in (0, 8, 15):
                if draw.random() < 0.5:
                    box(left, top + bar, 10, 3)
    noise = random.Random(8)
    return [bytes(max(0, min(255, round(v * light(x) + noise.gauss(0, 1.5))))
                  for x, v in enumerate(row)) for row in rows]


def png(rows, bits=8, colour_type=0, samples=1):
    """`rows` of bytes as the file stores them."""
    def chunk(kind, data):
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(
            ">I", zlib.crc32(body))
    width = len(rows[0]) * 8 // bits // samples
    header = struct.pack(">IIBBBBB", width, len(rows), bits, colour_type, 0, 0,
                         0)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) +
            chunk(b"IDAT", zlib.compress(b"".join(b"\0" + r for r in rows))) +
            chunk(b"IEND", b""))


def bmp(rows):
    width, height = len(rows[0]), len(rows)
    stride = (width + 3) // 4 * 4
    palette = b"".join(bytes((v, v, v, 0)) for v in range(256))
    pixels = b"".join(r.ljust(stride, b"\0") for r in reversed(rows))
    start = 14 + 40 + len(palette)
    return (struct.pack("<2sIHHI", b"BM", start + len(pixels), 0, 0, start) +
            struct.pack("<IiiHHIIiiII", 40, width, height, 1, 8, 0,
                        len(pixels), 0, 0, 256, 0) + palette + pixels)


def png_size(file):
    return struct.unpack(">II", file[16:24])


class PreprocessTest(unittest.TestCase):
    # Set by main.
    bin_folder = None

    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(
            server.Server(cls.bin_folder / "sightline-preprocess"))
        shaded = page(light=lambda x: 1 - 0.55 * x / WIDTH)
        cls.clean, cls.shaded = png(page()), png(shaded)
        cls.bmp = bmp(shaded)
        # Two JPEGs of the server's own making, to build files of.
        made = pathlib.Path(cls.enterClassContext(
            tempfile.TemporaryDirectory()))
        (made / "a.png").write_bytes(cls.clean)
        (made / "b.png").write_bytes(cls.shaded)
        cls.run_command("preprocess", made, "--out", made / "jpeg",
                        "--output=jpeg", "--operation=clahe:clip_limit=1",
                        check=0)
        cls.jpegs = [(made / "jpeg" / f"{n}.jpg").read_bytes() for n in "ab"]

    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(
            tempfile.TemporaryDirectory()))
        self.out = self.folder / "out"

    def write(self, name, content):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    @classmethod
    def run_command(cls, *arguments, check=None):
        done = subprocess.run(
            [str(cls.bin_folder / "sightline"), *map(str, arguments),
             "--server", cls.server.address],
            capture_output=True, text=True, timeout=120, check=False)
        if check is not None and done.returncode != check:
            raise AssertionError(f"exit code {done.returncode}, not {check}:\n"
                                 f"{done.stdout}{done.stderr}")
        return done

    def objects(self, *arguments, check=0):
        done = self.run_command("preprocess", *arguments, "--json",
                                check=check)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def test_files_of_each_format_give_a_page_and_a_report(self):
        scans = [self.write("a.png", self.shaded),
                 self.write("b.bmp", self.bmp),
                 self.write("c.jpg", self.jpegs[1]),
                 self.write("d.tif", tiff_of(self.jpegs[1:]))]
        found = self.objects(*scans, "--out", self.out)
        self.assertEqual([o["file"] for o in found], [str(s) for s in scans])
        for scan, one in zip(scans, found):
            with self.subTest(scan=scan.name):
                self.assertIsNone(one["error"])
                self.assertEqual(one["page"], 1)
                self.assertEqual(one["output"],
                                 str(self.out / f"{scan.stem}.png"))
                self.assertEqual(
                    png_size(pathlib.Path(one["output"]).read_bytes()),
                    (one["width"], one["height"]))
                self.assertEqual(len(one["output_to_input"]), 9)
                self.assertFalse(one["unchanged"])
                stages = {s["name"]: s for s in one["stages"]}
                self.assertTrue(stages["even_light"]["has_run"])
                self.assertGreater(
                    stages["even_light"]["measurements"]["light_unevenness"],
                    0.1)
                self.assertFalse(stages["correct_polarity"]["has_run"])
                self.assertFalse(stages["deskew"]["doubtful"])
                for stage in one["stages"]:
                    self.assertTrue(stage["reason"])
                    self.assertTrue(stage["device"])
        # The same pixels in two formats: the same page.
        self.assertEqual((self.out / "a.png").read_bytes(),
                         (self.out / "b.png").read_bytes())

    def test_a_clean_page_stays_as_it_is(self):
        one, = self.objects(self.write("clean.png", self.clean),
                            "--out", self.out, "--output=gray")
        self.assertTrue(one["unchanged"])
        self.assertEqual(one["output_to_input"],
                         [1, 0, 0, 0, 1, 0, 0, 0, 1])
        self.assertEqual((self.out / "clean.pgm").read_bytes(),
                         b"P5\n%d %d\n255\n" % (WIDTH, HEIGHT) +
                         b"".join(page()))

    def test_every_output_format(self):
        scan = self.write("a.png", self.shaded)
        for name, signature in SIGNATURES.items():
            with self.subTest(output=name):
                out = self.folder / name
                one, = self.objects(
                    scan, "--out", out, "--output", name,
                    "--operation=flatten", "--operation=otsu")
                content = pathlib.Path(one["output"]).read_bytes()
                self.assertTrue(content.startswith(signature), content[:8])
        gray, packed = [(self.folder / name).read_bytes()
                        for name in ("gray/a.pgm", "packed/a.pbm")]
        gray = gray[len(b"P5\n%d %d\n255\n" % (WIDTH, HEIGHT)):]
        packed = packed[len(b"P4\n%d %d\n" % (WIDTH, HEIGHT)):]
        stride = (WIDTH + 7) // 8
        for x, y in ((45, 45), (41, 50), (5, 5), (300, 200)):
            bit = packed[y * stride + x // 8] >> (7 - x % 8) & 1
            self.assertEqual(gray[y * WIDTH + x], 0 if bit else 255)

    def test_a_page_with_grays_is_no_black_and_white_file(self):
        one, = self.objects(self.write("a.png", self.shaded), "--out",
                            self.out, "--output=tiff_g4", check=13)
        self.assertEqual(one["error"]["reason"], "IMAGE_NOT_BILEVEL")
        self.assertEqual(list(self.out.iterdir()), [])

    def test_a_broken_file_does_not_stop_the_rest(self):
        self.write("in/1.png", self.clean)
        self.write("in/2.png", self.clean[:200])
        self.write("in/3.jpg", b"no picture")
        self.write("in/10.png", self.clean)
        self.write("in/.hidden.png", b"")
        self.write("in/notes.txt", b"none")
        found = self.objects(self.folder / "in", "--out", self.out, check=25)
        self.assertEqual([pathlib.Path(o["file"]).name for o in found],
                         ["1.png", "2.png", "3.jpg", "10.png"])
        self.assertEqual([o["error"] and o["error"]["reason"] for o in found],
                         [None, "IMAGE_TRUNCATED", "IMAGE_FORMAT_UNKNOWN",
                          None])
        self.assertEqual(sorted(p.name for p in self.out.iterdir()),
                         ["1.png", "10.png"])
        for one in found[1:3]:
            self.assertIsNone(one["output"])
            self.assertEqual(one["stages"], [])

    def test_odd_pages_have_the_meaning_that_the_manual_gives_them(self):
        clear = png([b"\x10\x20\x30\x00" * 9 + b"\x10\x10\x10\xff"],
                    colour_type=6, samples=4)
        cases = {
            "one_pixel": (png([b"\x80"]), b"\x80"),
            "row": (png([bytes(range(200))]), bytes(range(200))),
            "column": (png([bytes([v]) for v in range(200)]),
                       bytes(range(200))),
            "sixteen_bits": (png([b"\x12\xff\xfe\x01"], bits=16),
                             b"\x12\xfe"),
            "alpha": (clear, b"\xff" * 9 + b"\x10"),
        }
        nothing = self.write("nothing.json", b"{}")
        for name, (file, pixels) in cases.items():
            with self.subTest(page=name):
                scan = self.write(f"{name}.png", file)
                one, = self.objects(scan, "--operations", nothing,
                                    "--output=gray", "--out", self.out)
                self.assertEqual(
                    (self.out / f"{name}.pgm").read_bytes()[-len(pixels):],
                    pixels)
                # Whatever auto makes of it, it answers.
                one, = self.objects(scan)
                self.assertIsNone(one["error"])
        strip = self.write("strip.png", png([b"\xff" * 20001]))
        one, = self.objects(strip, check=13)
        self.assertEqual(one["error"]["reason"], "IMAGE_TOO_LARGE")

    def test_every_page_of_a_tiff(self):
        stack = self.write("stack.tif", tiff_of(self.jpegs + self.jpegs[:1]))
        found = self.objects(stack, "--out", self.out)
        self.assertEqual([o["page"] for o in found], [1, 2, 3])
        self.assertEqual([o["file"] for o in found],
                         [f"{stack}#page={n}" for n in (1, 2, 3)])
        self.assertEqual([o["unchanged"] for o in found],
                         [True, False, True])
        pages = [(self.out / f"stack-page{n}.png").read_bytes()
                 for n in (1, 2, 3)]
        self.assertEqual(pages[0], pages[2])
        self.assertNotEqual(pages[0], pages[1])

    @unittest.skipUnless(shutil.which("pdftoppm"), "poppler-utils are missing")
    def test_every_page_of_a_pdf(self):
        stack = self.write("stack.pdf", pdf_of(self.jpegs))
        found = self.objects(stack, "--out", self.out, "--before_after")
        self.assertEqual([o["page"] for o in found], [1, 2])
        self.assertEqual([o["dots_per_inch"] for o in found], [300, 300])
        self.assertTrue((self.out / "stack-page2-before_after.png").exists())

    def test_before_and_after_side_by_side(self):
        scan = self.write("a.png", self.shaded)
        one, = self.objects(scan, "--out", self.out, "--before_after",
                            "--operation=resample:factor=2")
        picture = pathlib.Path(one["before_after"])
        self.assertEqual(picture, self.out / "a-before_after.png")
        # At the input's scale, though the page is twice as large.
        self.assertEqual((one["width"], one["height"]),
                         (2 * WIDTH, 2 * HEIGHT))
        self.assertEqual(png_size(picture.read_bytes()),
                         (2 * WIDTH + 8, HEIGHT))

    def test_nothing_is_written_over_unasked(self):
        scan = self.write("a.png", self.shaded)
        self.run_command("preprocess", scan, "--out", self.out, check=0)
        written = self.out / "a.png"
        written.write_bytes(b"mine")
        done = self.run_command("preprocess", scan, "--out", self.out,
                                check=13)
        self.assertIn(f"{written} is there already", done.stderr)
        done = self.run_command("preprocess", scan, "--out", self.out,
                                "--skip_existing", check=0)
        self.assertIn("1 were there already", done.stdout)
        self.assertEqual(written.read_bytes(), b"mine")
        self.run_command("preprocess", scan, "--out", self.out, "--overwrite",
                         check=0)
        self.assertNotEqual(written.read_bytes(), b"mine")
        # Into the folder it came from.
        self.run_command("preprocess", scan, "--out", self.folder, check=0)
        self.assertEqual(scan.read_bytes(), self.shaded)
        self.assertTrue((self.folder / "a-2.png").exists())

    def test_the_line_for_people_says_what_and_why(self):
        done = self.run_command("preprocess", self.write("a.png", self.shaded),
                                "--reasons", check=0)
        head, *rest = done.stdout.splitlines()
        self.assertRegex(head, r"a\.png  even_light [\d.]+ %; left alone: .*"
                               r"correct_polarity.*; \d+ ms$")
        self.assertRegex("\n".join(rest), r"deskew +no +skew of")

    def test_operations_of_ones_own(self):
        listed = self.write("list.json", b"""{"operations": [
            {"median": {"size": 5}},
            {"adaptive_mean": {"size": 31, "offset": 10}}]}""")
        scan = self.write("a.png", self.shaded)
        by_file, = self.objects(scan, "--operations", listed, "--out",
                                self.folder / "1")
        by_flag, = self.objects(
            scan, "--operation=median:size=5",
            "--operation=adaptive_mean:size=31,offset=10", "--out",
            self.folder / "2")
        self.assertEqual([s["name"] for s in by_file["stages"]],
                         ["median", "adaptive_mean"])
        self.assertEqual(pathlib.Path(by_file["output"]).read_bytes(),
                         pathlib.Path(by_flag["output"]).read_bytes())
        # Out of range: the server's answer, with the field.
        done = self.run_command("preprocess", scan,
                                "--operation=median:size=4", check=13)
        self.assertIn("operations[0].median.size: is 4", done.stdout + done.stderr)

    def test_a_page_is_assessed(self):
        shaded = self.write("a.png", self.shaded)
        clean = self.write("b.png", self.clean)
        first, second = self.objects(shaded, clean, "--assess")
        self.assertFalse(first["clean"])
        self.assertTrue(second["clean"])
        self.assertEqual((first["width"], first["height"]), (WIDTH, HEIGHT))
        self.assertGreater(first["measurements"]["light_unevenness"], 0.1)
        self.assertIn("skew_degrees", first["measurements"])
        done = self.run_command("preprocess", shaded, "--assess", check=0)
        self.assertRegex(done.stdout, "auto would: even_light")

    def test_regions_are_pages_of_their_own(self):
        scan = self.write("a.png", self.shaded)
        boxes = self.write("boxes.csv",
                           b"x,y,width,height\n0,0,200,100\n500,300,200,100\n")
        found = self.objects(scan, "--regions", boxes, "--operation=otsu",
                             "--out", self.out)
        self.assertEqual([o["region"]["index"] for o in found], [1, 2])
        self.assertEqual(found[1]["output_to_input"],
                         [1, 0, 500, 0, 1, 300, 0, 0, 1])
        for n in (1, 2):
            self.assertEqual(
                png_size((self.out / f"a-region{n}.png").read_bytes()),
                (200, 100))
        outside = self.write("outside.csv", b"600,300,200,100\n")
        one, = self.objects(scan, "--regions", outside, check=13)
        self.assertEqual(one["error"]["reason"], "PREPROCESS_REGIONS_INVALID")

    def test_the_server_says_what_it_can_do(self):
        done = self.run_command("preprocess", "--capabilities", "--json",
                                check=0)
        told = json.loads(done.stdout)
        self.assertEqual(told["devices"][0]["id"], "cpu")
        self.assertTrue(told["devices"][0]["healthy"])
        self.assertEqual(
            {p["preset"] for p in told["presets"]},
            {"PRESET_AUTO", "PRESET_DOCUMENT", "PRESET_DRAWING",
             "PRESET_SEED_COMPAT"})
        # What is told can be sent: auto, spelt out, is auto.
        listed = next(p["operations"] for p in told["presets"]
                      if p["preset"] == "PRESET_AUTO")
        path = self.write("auto.json", json.dumps(listed).encode())
        scan = self.write("a.png", self.shaded)
        self.run_command("preprocess", scan, "--operations", path, "--out",
                         self.folder / "1", check=0)
        self.run_command("preprocess", scan, "--out", self.folder / "2",
                         check=0)
        self.assertEqual((self.folder / "1/a.png").read_bytes(),
                         (self.folder / "2/a.png").read_bytes())
        text = self.run_command("preprocess", "--capabilities", check=0).stdout
        self.assertRegex(text, "preset auto: correct_polarity, remove_specks")

    def test_the_example_in_the_manual_works(self):
        subprocess.run([str(REPOSITORY / "scripts/python_stubs"),
                        str(self.folder / "stubs")], check=True)
        scan = self.write("a.png", self.shaded)
        done = subprocess.run(
            [sys.executable, str(REPOSITORY / "docs/examples/clean_page.py"),
             self.server.address, str(scan), str(self.folder / "clean.png")],
            env={**os.environ, "PYTHONPATH": str(self.folder / "stubs")},
            capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stdout, r"changed  even_light: light uneven by")
        self.assertIn(f"({WIDTH}.0, {HEIGHT}.0) on the scan", done.stdout)
        self.assertEqual(png_size((self.folder / "clean.png").read_bytes()),
                         (WIDTH, HEIGHT))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    bin_folder = pathlib.Path(sys.argv[1]).resolve()
    missing = [name for name in ("sightline", "sightline-preprocess")
               if not (bin_folder / name).exists()]
    try:
        import server
    except ImportError as error:
        missing.append(str(error))
    if missing:
        print("SKIPPED: there is no " + ", ".join(missing))
        sys.exit(SKIPPED)
    PreprocessTest.bin_folder = bin_folder
    unittest.main(argv=sys.argv[:1])
