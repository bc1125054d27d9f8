"""`sightline grade` with a layout of several pages: PDFs, TIFFs and folders of
single pages are cut into sheets, and each sheet is one result.

  several_pages_test.py BIN_FOLDER     (build/dev/bin)
"""

import base64
import csv
import json
import pathlib
import shutil
import struct
import subprocess
import sys
import tempfile
import unittest

SKIPPED = 77
PREFIX = "back_"


def jpeg_size(jpeg):
    """Width and height of a baseline JPEG."""
    at = 2
    while jpeg[at + 1] not in (0xC0, 0xC1, 0xC2):
        at += 2 + struct.unpack(">H", jpeg[at + 2:at + 4])[0]
    height, width = struct.unpack(">HH", jpeg[at + 5:at + 9])
    return width, height


def pdf_of(jpegs):
    """A PDF with one gray JPEG a page, at 300 dpi."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b""]
    kids = []
    for jpeg in jpegs:
        width, height = jpeg_size(jpeg)
        box = (width * 72 / 300, height * 72 / 300)
        number = len(objects) + 1
        drawing = b"%.3f 0 0 %.3f 0 0 cm /I Do" % box
        kids.append(b"%d 0 R" % number)
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %.3f %.3f] "
            b"/Contents %d 0 R /Resources << /XObject << /I %d 0 R >> >> >>"
            % (*box, number + 1, number + 2))
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream"
                       % (len(drawing), drawing))
        objects.append(
            b"<< /Type /XObject /Subtype /Image /Width %d /Height %d "
            b"/ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /DCTDecode "
            b"/Length %d >>\nstream\n%s\nendstream"
            % (width, height, len(jpeg), jpeg))
    objects[1] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (
        b" ".join(kids), len(kids))
    pdf = b"%PDF-1.4\n"
    places = []
    for number, content in enumerate(objects, 1):
        places.append(len(pdf))
        pdf += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = len(pdf)
    pdf += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    pdf += b"".join(b"%010d 00000 n \n" % place for place in places)
    return pdf + (b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF"
                  % (len(objects) + 1, table))


def tiff_of(jpegs):
    """A TIFF whose pages are gray JPEGs (compression 7)."""
    tiff = b"II*\0"
    link = len(tiff)
    tiff += b"\0\0\0\0"
    for jpeg in jpegs:
        width, height = jpeg_size(jpeg)
        strip = len(tiff)
        tiff += jpeg + b"\0" * (len(jpeg) % 2)
        tags = [(256, width), (257, height), (258, 8), (259, 7), (262, 1),
                (273, strip), (277, 1), (278, height), (279, len(jpeg))]
        tiff = (tiff[:link] + struct.pack("<I", len(tiff)) + tiff[link + 4:])
        tiff += struct.pack("<H", len(tags))
        for tag, value in tags:
            tiff += struct.pack("<HHII", tag, 4, 1, value)
        link = len(tiff)
        tiff += b"\0\0\0\0"
    return tiff


class SeveralPagesTest(unittest.TestCase):
    # Set by main.
    bin_folder = None

    @classmethod
    def make(cls, family, count):
        subprocess.run(
            [str(cls.bin_folder / "sheet_generator"), "--family", family,
             "--count", str(count), "--gray", "--marks", "clean", "--seed",
             "5", "--out", str(cls.folder)], check=True,
            stdout=subprocess.DEVNULL)
        made = cls.folder / family
        truth = json.loads((made / "truth.json").read_text())
        sheets = [{"jpeg": (made / sheet["file"]).read_bytes(),
                   "answers": {label: field["answer"] for label, field
                               in sheet["fields"].items()}}
                  for sheet in truth["sheets"]]
        return json.loads((made / "layout.json").read_text()), sheets, made

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        layout, cls.fronts, _ = cls.make("quickstart", 2)
        back, cls.backs, _ = cls.make("ring_markers", 2)
        _, cls.foreign, _ = cls.make("multi_mark", 1)
        for block in back.get("blocks", []):
            block["labels"] = [PREFIX + label for label in block["labels"]]
        for field in back.get("fields", []):
            field["label"] = PREFIX + field["label"]
        for combined in back.pop("combined", []):
            combined["label"] = PREFIX + combined["label"]
            combined["fields"] = [PREFIX + f for f in combined["fields"]]
            layout.setdefault("combined", []).append(combined)
        # A picture of a further page may be named like any other.
        (cls.folder / "back.png").write_bytes(
            base64.b64decode(back["reference"]["encoded"]))
        back["reference"] = {"file": "back.png"}
        layout["more_pages"] = [back]
        (cls.folder / "layout.json").write_text(json.dumps(layout))

    def setUp(self):
        import server
        self.server = self.enterContext(server.Server(
            self.bin_folder / "sightline-omr", "--predrain", "0s"))
        scans = tempfile.TemporaryDirectory()
        self.addCleanup(scans.cleanup)
        self.scans = pathlib.Path(scans.name)

    def run_command(self, *arguments):
        return subprocess.run(
            [str(self.bin_folder / "sightline"), "grade", *arguments,
             "--layout", str(self.folder / "layout.json"), "--server",
             self.server.address], capture_output=True, text=True,
            check=False)

    def grade(self, *arguments):
        done = self.run_command(*arguments, "--json")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def assert_read(self, sheet, front=None, back=None):
        """The pages given were read as they were filled in."""
        for page, prefix in ((front, ""), (back, PREFIX)):
            for label, answer in (page or {"answers": {}})["answers"].items():
                self.assertEqual(sheet["fields"][prefix + label], answer,
                                 prefix + label)

    def pages(self, sheet):
        return [page["layout_page"] for page in sheet["pages"]]

    def write(self, name, content):
        path = self.scans / name
        path.write_bytes(content)
        return str(path)

    def test_a_pdf_is_cut_into_sheets(self):
        if shutil.which("pdftoppm") is None:
            self.skipTest("needs poppler-utils")
        path = self.write("exam.pdf", pdf_of(
            [self.fronts[0]["jpeg"], self.backs[0]["jpeg"],
             self.backs[1]["jpeg"], self.fronts[1]["jpeg"]]))
        sheets = self.grade(path)
        self.assertEqual([sheet["file"] for sheet in sheets],
                         [path + "#page=1", path + "#page=3"])
        self.assertEqual([self.pages(sheet) for sheet in sheets],
                         [[1, 2], [2, 1]])
        for sheet, front, back in zip(sheets, self.fronts, self.backs):
            self.assert_read(sheet, front, back)
            for page in sheet["pages"]:
                self.assertEqual(page["match"], "registration")
                self.assertIsNone(page["error"])

    def test_what_is_left_over_of_a_tiff_is_a_sheet_with_missing_pages(self):
        path = self.write("exam.tif", tiff_of(
            [self.fronts[0]["jpeg"], self.backs[0]["jpeg"],
             self.fronts[1]["jpeg"]]))
        whole, rest = self.grade(path)
        self.assert_read(whole, self.fronts[0], self.backs[0])
        self.assertEqual(self.pages(rest), [1])
        self.assert_read(rest, self.fronts[1])
        for label in self.backs[0]["answers"]:
            self.assertEqual(rest["flags"][PREFIX + label], ["page_missing"])
            self.assertIn(PREFIX + label, rest["review"])

    def test_pages_per_sheet_takes_more_pages_than_the_layout_has(self):
        path = self.write("exam.tif", tiff_of(
            [self.foreign[0]["jpeg"], self.fronts[0]["jpeg"],
             self.backs[0]["jpeg"]]))
        [sheet] = self.grade(path, "--pages_per_sheet", "3")
        self.assertEqual(self.pages(sheet), [None, 1, 2])
        self.assertEqual(sheet["pages"][0]["error"]["reason"],
                         "PAGE_UNMATCHED")
        self.assert_read(sheet, self.fronts[0], self.backs[0])
        done = self.run_command(path, "--pages_per_sheet", "65")
        self.assertEqual(done.returncode, 13)
        self.assertIn("--pages_per_sheet must lie in 1..64", done.stderr)

    def test_results_of_single_page_files_and_their_resumption(self):
        scans = self.scans / "in"
        scans.mkdir()
        for number, page in enumerate(
                [self.fronts[0], self.backs[0], self.fronts[1],
                 self.foreign[0]], 1):
            (scans / f"{number}.jpg").write_bytes(page["jpeg"])
        out = self.scans / "out"
        drawn = self.scans / "drawn"
        arguments = [str(scans), "--out", str(out), "--annotated", str(drawn)]
        done = self.run_command(*arguments)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("2 sheets: 2 graded, 1 to review", done.stdout)
        self.assertIn("page 2 of the scan", done.stdout)
        self.assertEqual(sorted(path.name for path in drawn.iterdir()),
                         ["1-annotated.jpg", "2-annotated.jpg",
                          "3-annotated.jpg"])
        with open(out / "results.csv", newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        self.assertEqual([row["file"] for row in rows],
                         [str(scans / "1.jpg"), str(scans / "3.jpg")])
        for label, answer in self.backs[0]["answers"].items():
            column = PREFIX + label
            if column in rows[0]:
                self.assertEqual(rows[0][column], answer)
                self.assertEqual(rows[1][column], "")
        with open(out / "review.csv", newline="", encoding="utf-8") as file:
            review = list(csv.DictReader(file))
        self.assertEqual(len(review), len(self.backs[0]["answers"]))
        for row in review:
            self.assertEqual(row["flags"], "page_missing")
            self.assertEqual(row["crop"], "")
        report = (out / "report.html").read_text()
        self.assertIn("PAGE_UNMATCHED", report)
        self.assertIn("page 2 of the scan", report)

        results = (out / "results.csv").read_bytes()
        done = self.run_command(*arguments, "--resume")
        self.assertIn("2 of them had been graded before", done.stdout)
        self.assertEqual((out / "results.csv").read_bytes(), results)
        # Another second page makes another sheet.
        (scans / "4.jpg").write_bytes(self.backs[1]["jpeg"])
        done = self.run_command(*arguments, "--resume")
        self.assertIn("1 of them had been graded before", done.stdout)
        self.assertIn("2 sheets: 2 graded\n", done.stdout)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    SeveralPagesTest.bin_folder = pathlib.Path(sys.argv[1]).resolve()
    try:
        __import__("grpc")
    except ImportError:
        print("SKIPPED: Python module grpc is not installed "
              "(scripts/packages end_to_end)")
        sys.exit(SKIPPED)
    unittest.main(argv=sys.argv[:1])
