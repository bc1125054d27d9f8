"""What the OCR benchmark draws, counts and averages; Tesseract is not run."""

import pathlib
import random
import sys
import unittest
from unittest import mock

REPOSITORY = pathlib.Path(__file__).resolve().parents[4]
sys.path.insert(0, str(REPOSITORY / "bench/preprocess/ocr"))

try:
    import numpy as np
    from PIL import Image, ImageDraw

    import degradations
    import ocr_bench
    import pages
    import recognition
    import tallies
except ImportError as missing:
    print(f"SKIPPED: {missing} (scripts/packages bench)")
    sys.exit(77)
if not all(pathlib.Path(pages.FONTS, font).exists()
           for font in pages.TEXT_FONTS + pages.DRAWING_FONTS):
    print("SKIPPED: fonts are missing (scripts/packages bench)")
    sys.exit(77)


def plain_distance(a, b):
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        above, row = row, [i]
        for j, y in enumerate(b, 1):
            row.append(min(above[j] + 1, row[-1] + 1, above[j - 1] + (x != y)))
    return row[-1]


class Pages(unittest.TestCase):

    def test_depend_on_their_name_alone(self):
        for family in ocr_bench.FAMILIES:
            first = ocr_bench.draw(family, "noise_35", "dev", 0)
            again = ocr_bench.draw(family, "noise_35", "dev", 0)
            self.assertEqual(first[1].tobytes(), again[1].tobytes())
            for other in (("noise_35", "held_out", 0), ("noise_35", "dev", 1),
                          ("clean", "dev", 0)):
                page = ocr_bench.draw(family, *other)[0]
                self.assertNotEqual((page.text, page.strings),
                                    (first[0].text, first[0].strings))

    def test_have_ink_in_every_box_and_keep_boxes_apart(self):
        for seed in range(5):
            page = pages.drawing_page(random.Random(seed))
            self.assertGreaterEqual(len(page.strings), 20)
            taken = np.zeros((page.image.height, page.image.width), bool)
            for string, (left, top, right, bottom) in page.strings:
                inside = np.asarray(page.image)[top:bottom, left:right]
                self.assertGreater((inside == 0).sum(), 10, string)
                self.assertFalse(taken[top:bottom, left:right].any(), string)
                taken[top:bottom, left:right] = True


class Degradations(unittest.TestCase):

    def test_are_fourteen_and_tell_where_pixels_went(self):
        self.assertGreaterEqual(len(degradations.DEGRADED), 14)
        page = Image.new("L", (500, 300), 255)
        ImageDraw.Draw(page).rectangle((380, 60, 399, 79), fill=0)
        for kind in degradations.KINDS:
            spoilt, matrix = degradations.degrade(
                page, kind, np.random.default_rng(3))
            gray = degradations.blur(np.asarray(spoilt, np.float32), 4)
            if kind == "blueprint":
                gray = 255 - gray
            # Against the light around.
            away = degradations.blur(gray, 30) - gray
            y, x = np.unravel_index(np.argmax(away), away.shape)
            expected = matrix @ [390, 70, 1]
            self.assertLess(abs(x + 0.5 - expected[0]), 4, kind)
            self.assertLess(abs(y + 0.5 - expected[1]), 4, kind)


class Recognition(unittest.TestCase):

    def test_distance_is_levenshteins(self):
        generator = random.Random(1)
        for _ in range(200):
            a, b = ("".join(generator.choices("abcü", k=generator.randint(
                0, 12))) for _ in range(2))
            self.assertEqual(recognition.distance(a, b), plain_distance(a, b),
                             (a, b))

    def test_boxes_follow_the_matrix_and_stay_inside(self):
        image = Image.new("L", (100, 100))
        box = (10, 20, 30, 40)
        self.assertEqual(recognition.box_in(image, box, np.diag([2, 2, 1])),
                         (20, 40, 60, 80))
        quarter = np.array([[0, -1, 100], [1, 0, 0], [0, 0, 1]])
        self.assertEqual(recognition.box_in(image, box, quarter),
                         (60, 10, 80, 30))
        self.assertEqual(recognition.box_in(image, (80, 80, 130, 130),
                                            np.eye(3)), (80, 80, 100, 100))

    def test_strings_are_counted_one_by_one(self):
        strings = [("R12", (0, 0, 40, 20)), ("M8x1", (0, 30, 60, 50)),
                   ("25H7", (0, 60, 50, 80))]
        header = "level\ttop\theight\ttext"
        # Rows of 20 pixels with gaps of 8: the middle one is not seen, the
        # last one has a wrong letter and a space.
        table = "\n".join([header, "4\t0\t90\t", "5\t6\t14\tR12",
                           "5\t62\t14\t25", "5\t62\t14\tH1"])
        with mock.patch.object(recognition, "tesseract", return_value=table):
            reading = recognition.read_strings(
                Image.new("L", (100, 100), 255), strings, np.eye(3))
        self.assertEqual((reading.exact, reading.strings), (1, 3))
        self.assertEqual((reading.errors, reading.characters), (4 + 2, 11))
        with mock.patch.object(recognition, "tesseract", return_value=None):
            reading = recognition.read_text(Image.new("L", (9, 9)), "ab c")
        self.assertEqual((reading.errors, reading.timed_out), (4, True))


def record(kind, preset, page, errors):
    return {"family": "text", "kind": kind, "preset": preset, "page": page,
            "errors": errors, "characters": 100, "exact": 0, "strings": 0}


class Tallies(unittest.TestCase):

    def test_means_are_over_kinds_and_intervals_around_them(self):
        records = [record("blur", "auto", page, 10 * page) for page in range(5)]
        records += [record("faint", "auto", 0, 60)]
        found = tallies.Tallies(records)
        mean, resampled = found.samples("text", ["blur", "faint"], "auto")
        self.assertAlmostEqual(mean, (20 + 60) / 2)
        low, high = tallies.interval(resampled)
        # One kind has a single page, the other five from 0 to 40.
        self.assertTrue(30 < low < mean < high < 50, (low, high))

    def test_harm_is_that_of_the_worst_clean_page(self):
        found = tallies.Tallies(
            [record("clean", "raw", 0, 0), record("clean", "auto", 0, 1),
             record("office", "raw", 0, 5), record("office", "auto", 0, 0),
             record("blur", "raw", 0, 0), record("blur", "auto", 0, 50)])
        self.assertAlmostEqual(tallies.harm(found, ["text"]), 1)


if __name__ == "__main__":
    unittest.main()
