"""`sightline grade --out --resume` on a tree of OMRChecker's folders, each with
a template of its own.

  resume_folders_test.py BIN_FOLDER     (build/dev/bin)

What the server did is counted by the server: sheets that reached the stage
"decode". Before the sheets come the trials, up to three sheets a folder: they
find out how a folder's sheets are printed.
"""

import csv
import json
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

SKIPPED = 77
DIFFERENT = 4
IN_FLIGHT = 2
# Folder: what is generated there, how many sheets. "morning/late" lies among
# the sheets of "morning", has its template and a key of its own.
FOLDERS = {
    "morning": ("quickstart", 16),
    "morning/late": ("quickstart", 6),
    "noon": ("quiz", 16),
}
SHEETS = sum(count for _, count in FOLDERS.values())


def template(layout):
    """A layout of ours as OMRChecker's template.json, by the reference."""
    blocks = {}
    for block in layout["blocks"]:
        bubble = block.get("bubble", layout["bubble"])
        size = (bubble["width"], bubble["height"])
        blocks[block["name"]] = {
            "fieldLabels": block["labels"],
            "bubblesGap": block["valueGap"],
            "labelsGap": block["fieldGap"],
            "origin": [block["origin"][axis] - length / 2
                       for axis, length in zip("xy", size)],
            "bubbleDimensions": size,
            **({"fieldType": "QTYPE_INT"}
               if block["kind"] == "FIELD_KIND_INTEGER" else
               {"bubbleValues": block["values"], "direction": "horizontal"}),
        }
    return {
        "pageDimensions": [layout["page"]["width"], layout["page"]["height"]],
        "bubbleDimensions": [layout["bubble"]["width"],
                             layout["bubble"]["height"]],
        "preProcessors": [{"name": "FeatureBasedAlignment",
                           "options": {"reference": "reference.png"}}],
        "fieldBlocks": blocks,
    }


def evaluation(key, shift=0):
    """A key of ours as evaluation.json; `shift` makes it another one."""
    answers = {q["field"]: q["accepted"][0]["answer"]
               for q in key["questions"] if q.get("accepted")}
    given = list(answers.values())
    return {"source_type": "custom",
            "options": {"questions_in_order": list(answers),
                        "answers_in_order": given[shift:] + given[:shift]},
            "marking_schemes": {"DEFAULT": {"correct": 1, "incorrect": 0,
                                            "unmarked": 0}}}


class ResumeFoldersTest(unittest.TestCase):
    # Set by main.
    bin_folder = None

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        cls.inputs = cls.folder / "inputs"
        for name in FOLDERS:
            cls.make(name)

    @classmethod
    def make(cls, name):
        family, count = FOLDERS[name]
        made = cls.folder / "made" / family
        if not made.exists():
            subprocess.run(
                [str(cls.bin_folder / "sheet_generator"), "--family", family,
                 "--count", str(DIFFERENT), "--gray", "--seed", "3", "--out",
                 str(made.parent)], check=True, stdout=subprocess.DEVNULL)
        into = cls.inputs / name
        into.mkdir(parents=True)
        scans = sorted(made.glob("0*.jpg"))
        for i in range(count):
            word = "a" if i % 2 else "page"
            (into / f"{word}{i}.jpg").hardlink_to(scans[i % DIFFERENT])
        key = json.loads((made / "key.json").read_text())
        late = name.endswith("late")
        (into / "evaluation.json").write_text(
            json.dumps(evaluation(key, shift=1 if late else 0)))
        if not late:
            layout = json.loads((made / "layout.json").read_text())
            (into / "template.json").write_text(json.dumps(template(layout)))
            shutil.copy(made / "reference.png", into)

    def setUp(self):
        import server
        self.metrics = f"127.0.0.1:{server.free_port()}"
        self.server = self.enterContext(server.Server(
            self.bin_folder / "sightline-omr", "--predrain", "0s",
            "--metrics_listen", self.metrics))

    def graded(self):
        import server
        return server.sheets_begun(self.metrics)

    def command(self, out, *flags):
        return [str(self.bin_folder / "sightline"), "grade", str(self.inputs),
                "--server", self.server.address, "--in_flight",
                str(IN_FLIGHT), "--out", str(self.folder / out), *flags]

    def grade(self, out, *flags):
        """(what was said, sheets the server began with)"""
        before = self.graded()
        done = subprocess.run(self.command(out, *flags), capture_output=True,
                              text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout, self.graded() - before

    def lines(self, out, name="results.csv"):
        path = self.folder / out / name
        return path.read_bytes().splitlines() if path.exists() else []

    def interrupt(self, out, sheets, by):
        """Starts a run and ends it by a signal once `sheets` are done."""
        process = subprocess.Popen(self.command(out),
                                   stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        try:
            deadline = time.monotonic() + 120
            while len(self.lines(out)) <= sheets:
                self.assertIsNone(process.poll(), "it ended too early")
                self.assertLess(time.monotonic(), deadline)
                time.sleep(0.005)
        finally:
            process.send_signal(by)
            process.wait()
        # The server notices and finishes what it had begun.
        count = -1
        while count != self.graded():
            count = self.graded()
            time.sleep(0.5)

    @staticmethod
    def recalled(said):
        found = re.search(r"^(\d+) of them had been graded before$", said,
                          re.MULTILINE)
        return int(found.group(1)) if found else 0

    def test_nothing_is_graded_twice(self):
        said, begun = self.grade("whole")
        self.assertEqual(self.recalled(said), 0)
        trials = begun - SHEETS
        self.assertGreaterEqual(trials, 0)
        with open(self.folder / "whole/results.csv", newline="") as file:
            rows = list(csv.DictReader(file))
        self.assertEqual([row["error"] for row in rows], [""] * SHEETS)
        self.assertEqual([row["file"] for row in rows], self.in_scan_order())
        # Each folder by its own template and key.
        for row in rows:
            self.assertEqual(row["max_score"],
                             "10" if "/noon/" in row["file"] else "30")
        score = {row["file"]: row["score"] for row in rows}
        self.assertNotEqual(score[f"{self.inputs}/morning/page0.jpg"],
                            score[f"{self.inputs}/morning/late/page0.jpg"])

        # Within the first folder, and within the last one.
        for out, sheets, by in (("first", 5, signal.SIGKILL),
                                ("last", 28, signal.SIGINT)):
            self.interrupt(out, sheets, by)
            said, begun = self.grade(out, "--resume")
            recalled = self.recalled(said)
            self.assertGreaterEqual(recalled, sheets - 1)
            self.assertLess(recalled, SHEETS, "it was interrupted")
            self.assertEqual(begun - trials, SHEETS - recalled,
                             "what the journal has is not sent again")
            for name in ("results.csv", "review.csv"):
                self.assertEqual(self.lines(out, name),
                                 self.lines("whole", name), name)
            said, begun = self.grade(out, "--resume")
            self.assertEqual((self.recalled(said), begun), (SHEETS, trials))
            self.assertEqual(self.lines(out), self.lines("whole"))

    def test_another_key_is_for_its_own_folder(self):
        said, begun = self.grade("keys")
        trials = begun - SHEETS
        first = self.lines("keys")
        path = self.inputs / "noon/evaluation.json"
        before = path.read_text()
        self.addCleanup(path.write_text, before)
        other = json.loads(before)
        other["options"]["answers_in_order"].reverse()
        path.write_text(json.dumps(other))
        said, begun = self.grade("keys", "--resume")
        count = FOLDERS["noon"][1]
        self.assertEqual((self.recalled(said), begun),
                         (SHEETS - count, count + trials))
        self.assertEqual(self.lines("keys")[:-count], first[:-count])
        self.assertNotEqual(self.lines("keys"), first)

    def test_without_a_server_results_stay_as_they_are(self):
        self.grade("kept")
        before = self.lines("kept")
        command = self.command("kept", "--resume")
        command[command.index(self.server.address)] = "127.0.0.1:1"
        done = subprocess.run(command, capture_output=True, text=True,
                              check=False)
        self.assertEqual(done.returncode, 24, done.stdout + done.stderr)
        self.assertEqual(self.lines("kept"), before)

    def in_scan_order(self):
        """All scans in natural order: the folder "morning/late" stands
        between a15.jpg and page0.jpg of its parent."""
        def names(folder, word):
            count = FOLDERS[folder][1]
            first = 1 if word == "a" else 0
            return [f"{self.inputs}/{folder}/{word}{i}.jpg"
                    for i in range(first, count, 2)]
        return [name for folder, word in (
            ("morning", "a"), ("morning/late", "a"), ("morning/late", "page"),
            ("morning", "page"), ("noon", "a"), ("noon", "page"))
                for name in names(folder, word)]


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    ResumeFoldersTest.bin_folder = pathlib.Path(sys.argv[1]).resolve()
    try:
        __import__("grpc")
    except ImportError:
        print("SKIPPED: Python module grpc is not installed "
              "(scripts/packages end_to_end)")
        sys.exit(SKIPPED)
    unittest.main(argv=sys.argv[:1])
