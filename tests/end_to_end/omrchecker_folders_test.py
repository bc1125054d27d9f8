"""Folders of OMRChecker, graded as they are: `sightline grade FOLDER`.

  omrchecker_folders_test.py BIN_FOLDER     (build/dev/bin)

The folders are not part of the repository: without them
(SIGHTLINE_SHARED_DATA, or ../shared/data beside the checkout) the test is
skipped. They hold what their authors gave to OMRChecker (template.json,
config.json, evaluation.json, an answer key, a marker, scans), and a truth.json
of what people read.

A field counts as
  right     read as a person read it,
  flagged   read otherwise, but on the review list,
  wrong     read otherwise without a word: there must be none. What people
            could not agree on ("ambiguous" in truth.json) is not counted.
"""

import json
import os
import pathlib
import subprocess
import sys
import unittest

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
SKIPPED = 77
LEAST_RIGHT = 0.97
# Scores that follow from the folder's own evaluation and the truth.
SCORES = {
    "sample4/IMG_20201116_143512.jpg": 33,
    "sample4/IMG_20201116_150717658.jpg": 33,
    "sample4/IMG_20201116_150750830.jpg": -2,
    "sample5/camscanner-1.jpg": -4,
    "sample5/camscanner-2.jpg": 55,
    "community__UmarFarootAPS/scan-type-1.jpg": 49,
}


def data_folder():
    shared = os.environ.get("SIGHTLINE_SHARED_DATA",
                            str(REPOSITORY.parent / "shared/data"))
    return pathlib.Path(shared) / "omr"


def samples(data):
    """Folders with a template, scans and the truth about them."""
    return sorted(folder for folder in data.iterdir()
                  if (folder / "truth.json").is_file()
                  and (folder / "template.json").is_file())


def tally(sheet, read, truth):
    """What became of one sheet; `read` is a line of `grade --json`."""
    row = {"sheet": sheet, "fields": len(truth["fields"]), "right": 0,
           "flagged": [], "wrong": [], "reviewed": len(read["review"]),
           "score": read["score"],
           "theirs": len(truth["omrchecker_wrong_fields"])}
    for label, meant in truth["fields"].items():
        answer = read["fields"].get(label)
        if answer == meant:
            row["right"] += 1
            continue
        said = f"{label} is '{meant}', read '{answer}'"
        forgiven = label in read["review"] or label in truth["ambiguous"]
        row["flagged" if forgiven else "wrong"].append(said)
    return row


class OmrCheckerFoldersTest(unittest.TestCase):
    # Set by main.
    bin_folder = None
    data = None

    def test_no_field_is_silently_wrong(self):
        import server
        rows = []
        failed = []
        with server.Server(self.bin_folder / "sightline-omr", "--predrain",
                           "0s") as running:
            for folder in samples(self.data):
                truth = json.loads((folder / "truth.json").read_text())
                for sheet, read in self.grade(folder, running.address):
                    known = truth["sheets"].get(sheet.name)
                    if known is None:
                        continue  # A picture that no template here names.
                    name = f"{folder.name}/{sheet.name}"
                    if read["error"] is not None:
                        failed.append(f"{name}: {read['error']}")
                    else:
                        rows.append(tally(name, read, known))
        self.print_table(rows)
        self.assertEqual(failed, [], "not graded at all")
        self.assertEqual([f"{r['sheet']}: {w}" for r in rows
                          for w in r["wrong"]], [], "silently wrong")
        fields = sum(row["fields"] for row in rows)
        right = sum(row["right"] for row in rows)
        self.assertGreaterEqual(right, LEAST_RIGHT * fields,
                                f"{right} of {fields} fields are right")
        scores = {row["sheet"]: row["score"] for row in rows}
        self.assertEqual({s: scores.get(s) for s in SCORES}, SCORES)

    def grade(self, folder, address):
        """(path, what was read) of every scan in `folder`."""
        done = subprocess.run(
            [str(self.bin_folder / "sightline"), "grade", str(folder),
             "--json", "--server", address],
            capture_output=True, text=True, timeout=240, check=False)
        self.assertTrue(done.stdout, f"{folder.name}: {done.stderr}")
        for line in done.stdout.splitlines():
            read = json.loads(line)
            yield pathlib.Path(read["file"]), read

    def print_table(self, rows):
        line = "{:<44} {:>6} {:>5} {:>7} {:>5} {:>8} {:>17}"
        print(line.format("sheet", "fields", "right", "flagged", "wrong",
                          "reviewed", "OMRChecker wrong"))
        for row in rows:
            print(line.format(row["sheet"][-44:], row["fields"], row["right"],
                              len(row["flagged"]), len(row["wrong"]),
                              row["reviewed"], row["theirs"]))
        for row in rows:
            for kind in ("flagged", "wrong"):
                for said in row[kind]:
                    print(f"  {row['sheet']}: {kind}: {said}")
        sys.stdout.flush()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    OmrCheckerFoldersTest.bin_folder = pathlib.Path(sys.argv[1]).resolve()
    OmrCheckerFoldersTest.data = data_folder()
    if not OmrCheckerFoldersTest.data.is_dir():
        print(f"SKIPPED: the folders are not here ({data_folder()}; "
              "SIGHTLINE_SHARED_DATA names another place)")
        sys.exit(SKIPPED)
    try:
        import grpc  # noqa: F401: what server.py needs.
    except ImportError:
        print("SKIPPED: Python module grpc is not installed "
              "(scripts/packages end_to_end)")
        sys.exit(SKIPPED)
    unittest.main(argv=sys.argv[:1])
