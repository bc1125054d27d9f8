"""A layout of a blank page, proposed, drawn and graded with, by the command.

  layout_from_reference_test.py BIN_FOLDER     (build/dev/bin)

Sheets are generated with their truth; the layout that grades them is the one
that `sightline layout from-reference` makes of their blank page, unedited.
"""

import json
import pathlib
import shutil
import struct
import subprocess
import sys
import tempfile
import unittest
import zlib

import server

# Families whose questions are numbered as people read, and the conditions of
# their scans.
FAMILIES = ["quickstart", "standard", "dense100", "ring_markers"]
CONDITIONS = ["scanner", "upside_down", "photo"]


def size_of_png(path):
    """Width and height, and that its chunks are whole."""
    data = path.read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n", path
    width, height = struct.unpack(">II", data[16:24])
    at = 8
    while at < len(data):
        length, = struct.unpack(">I", data[at:at + 4])
        check, = struct.unpack(">I", data[at + 8 + length:at + 12 + length])
        assert zlib.crc32(data[at + 4:at + 8 + length]) == check
        at += 12 + length
    return width, height


class LayoutFromReferenceTest(unittest.TestCase):
    # Set by main.
    bin_folder = None

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)
        self.server = server.Server(self.bin_folder / "sightline-omr",
                                    "--predrain", "0s")
        self.server.__enter__()
        self.addCleanup(self.server.__exit__)

    def sightline(self, *arguments, folder=None):
        return subprocess.run(
            [self.bin_folder / "sightline", *map(str, arguments), "--server",
             self.server.address],
            cwd=folder or self.folder, capture_output=True, text=True,
            timeout=120)

    def generate(self, family, condition):
        out = self.folder / f"{family}-{condition}"
        subprocess.run(
            [self.bin_folder / "sheet_generator", "--out", out, "--family",
             family, "--degradation", condition, "--count", "2", "--marks",
             "clean", "--form_seed", "3"],
            check=True, capture_output=True)
        return next(out.rglob("truth.json")).parent

    def test_the_proposed_layout_grades_scans(self):
        for family in FAMILIES:
            for condition in CONDITIONS:
                with self.subTest(family=family, condition=condition):
                    self.check_family(self.generate(family, condition))

    def check_family(self, folder):
        proposed = self.sightline("layout", "from-reference", "reference.png",
                                  "--out", "proposed.json", folder=folder)
        self.assertEqual(proposed.returncode, 0, proposed.stderr)
        layout = json.loads((folder / "proposed.json").read_text())
        self.assertEqual(layout["reference"]["encoded"],
                         {"file": "reference.png"})
        truth = json.loads((folder / "truth.json").read_text())
        files = [sheet["file"] for sheet in truth["sheets"]]
        graded = self.sightline("grade", *files, "--layout", "proposed.json",
                                "--json", folder=folder)
        self.assertEqual(graded.returncode, 0, graded.stderr)
        lines = [json.loads(line) for line in graded.stdout.splitlines()]
        self.assertEqual(len(lines), len(files))
        compared = 0
        for sheet, line in zip(truth["sheets"], lines):
            self.assertIsNone(line["error"])
            for label, field in sheet["fields"].items():
                if not label.startswith("q"):
                    continue
                compared += 1
                if line["fields"][label] != field["visible_answer"]:
                    self.assertIn(label, line["review"],
                                  f"{sheet['file']} {label} is "
                                  f"{field['visible_answer']}, read "
                                  f"{line['fields'][label]}")
            # The roll number, under the name it was given.
            number = "".join(field["visible_answer"]
                             for label, field in sheet["fields"].items()
                             if not label.startswith("q"))
            if "number1" not in line["review"]:
                self.assertEqual(line["combined"]["number1"], number)
        self.assertGreaterEqual(compared, 60)

    def test_pictures_of_the_proposal_and_of_the_layout(self):
        folder = self.generate("quickstart", "none")
        made = self.sightline("layout", "from-reference", "reference.png",
                              "--out", "proposed.json", "--preview",
                              "check.png", folder=folder)
        self.assertEqual(made.returncode, 0, made.stderr)
        self.assertIn("3 blocks, 210 bubbles", made.stdout)
        self.assertIn("questions 2  q16..30", made.stdout)
        self.assertEqual(size_of_png(folder / "check.png"), (1600, 2263))
        drawn = self.sightline("layout", "preview", "proposed.json", "--out",
                               "drawn.png", "--width", "800", folder=folder)
        self.assertEqual(drawn.returncode, 0, drawn.stderr)
        self.assertIn("36 fields, 210 bubbles", drawn.stdout)
        self.assertEqual(size_of_png(folder / "drawn.png"), (800, 1132))

        # To standard output, as a file of the current folder.
        printed = self.sightline("layout", "from-reference", "reference.png",
                                 folder=folder)
        self.assertEqual(printed.returncode, 0, printed.stderr)
        self.assertEqual(json.loads(printed.stdout),
                         json.loads((folder / "proposed.json").read_text()))
        self.assertIn("3 blocks", printed.stderr)

    def test_what_is_wrong_is_said(self):
        folder = self.generate("quickstart", "none")
        # A marked sheet that a scanner took askew is no reference.
        page = self.generate("quickstart", "scanner")
        scan = next(page.glob("*scanner.jpg"))
        askew = self.sightline("layout", "from-reference", scan, "--out",
                               "x.json", folder=folder)
        self.assertEqual(askew.returncode, 13, askew.stdout)
        self.assertIn("REFERENCE_NOT_STRAIGHT", askew.stderr)
        self.assertFalse((folder / "x.json").exists())
        turned = self.sightline("layout", "from-reference", scan, "--out",
                                "x.json", "--straighten", folder=folder)
        self.assertEqual(turned.returncode, 0, turned.stderr)
        self.assertIn("straightened: turned by", turned.stdout)
        self.assertEqual(
            json.loads((folder / "x.json").read_text())["reference"]["encoded"],
            {"file": "x-reference.png"})
        size_of_png(folder / "x-reference.png")

        for arguments in (["from-reference"], ["preview", "proposed.json"],
                          ["from-reference", "reference.png", "--page", "2"]):
            wrong = self.sightline("layout", *arguments, folder=folder)
            self.assertEqual(wrong.returncode, 13, arguments)
        (folder / "bad.json").write_text('{"page": {"width": 10}}')
        bad = self.sightline("layout", "preview", "bad.json", "--out", "b.png",
                             folder=folder)
        self.assertEqual(bad.returncode, 13)
        self.assertIn("LAYOUT_INVALID", bad.stderr)

    def test_a_page_of_a_pdf(self):
        if shutil.which("pdftoppm") is None:
            self.skipTest("poppler-utils are not installed")
        try:
            from PIL import Image
        except ImportError:
            self.skipTest("python3-pil is not installed")
        folder = self.generate("quickstart", "none")
        form = Image.open(folder / "reference.png").convert("L")
        blank = Image.new("L", form.size, 255)
        blank.save(folder / "form.pdf", save_all=True, append_images=[form],
                   resolution=300)
        several = self.sightline("layout", "from-reference", "form.pdf",
                                 folder=folder)
        self.assertEqual(several.returncode, 13)
        self.assertIn("has 2 pages", several.stderr)
        made = self.sightline("layout", "from-reference", "form.pdf", "--page",
                              "2", "--out", "pdf.json", folder=folder)
        self.assertEqual(made.returncode, 0, made.stderr)
        self.assertIn("210 bubbles", made.stdout)
        layout = json.loads((folder / "pdf.json").read_text())
        self.assertEqual(layout["reference"]["encoded"],
                         {"file": "pdf-reference.png"})
        self.assertEqual(size_of_png(folder / "pdf-reference.png"),
                         (2480, 3508))


if __name__ == "__main__":
    LayoutFromReferenceTest.bin_folder = pathlib.Path(
        sys.argv[1]).resolve()
    unittest.main(argv=[sys.argv[0]], verbosity=2)
