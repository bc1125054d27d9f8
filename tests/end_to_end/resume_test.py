"""A long run of `sightline grade --out` that is killed goes on where it was.

  resume_test.py BIN_FOLDER     (build/dev/bin)

What the server did is counted by the server: sheets that reached the stage
"decode".
"""

import csv
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time
import unittest

SKIPPED = 77
SHEETS = 240
DIFFERENT = 8
IN_FLIGHT = 4
# Name of the page that is none.
BAD = "0100_bad.jpg"


class ResumeTest(unittest.TestCase):
    # Set by main.
    bin_folder = None

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        subprocess.run(
            [str(cls.bin_folder / "sheet_generator"), "--family",
             "quickstart", "--count", str(DIFFERENT), "--gray", "--seed", "3",
             "--out", folder.name], check=True, stdout=subprocess.DEVNULL)
        cls.made = cls.folder / "quickstart"
        different = sorted(cls.made.glob("0*.jpg"))
        cls.scans = cls.folder / "scans"
        cls.scans.mkdir()
        for i in range(SHEETS - 1):
            os.link(different[i % DIFFERENT], cls.scans / f"{i:04}.jpg")
        (cls.scans / BAD).write_text("this is no image")

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
        return [str(self.bin_folder / "sightline"), "grade", str(self.scans),
                "--layout", str(self.made / "layout.json"), "--key",
                str(self.made / "key.json"), "--server", self.server.address,
                "--in_flight", str(IN_FLIGHT), "--out", str(self.folder / out),
                *flags]

    def grade(self, out, *flags):
        done = subprocess.run(self.command(out, *flags), capture_output=True,
                              text=True, check=False)
        # The bad page's code; nothing stopped because of it.
        self.assertEqual(done.returncode, 13, done.stdout + done.stderr)
        return done.stdout

    def lines(self, out, name="results.csv"):
        path = self.folder / out / name
        return path.read_bytes().splitlines() if path.exists() else []

    def kill_half_way(self, out):
        """Starts a run and kills it with SIGKILL; returns how many sheets the
        server had begun with by the time it was done with the rest."""
        before = self.graded()
        process = subprocess.Popen(self.command(out),
                                   stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        try:
            deadline = time.monotonic() + 120
            while len(self.lines(out)) < SHEETS // 2:
                self.assertIsNone(process.poll(), "it ended too early")
                self.assertLess(time.monotonic(), deadline)
                time.sleep(0.01)
        finally:
            process.send_signal(signal.SIGKILL)
            process.wait()
        # The server notices and finishes what it had begun.
        count = -1
        while count != self.graded():
            count = self.graded()
            time.sleep(0.5)
        return count - before

    def test_a_killed_run_goes_on_without_grading_twice(self):
        self.grade("whole")
        self.assertEqual(self.graded(), SHEETS)
        # In the order of the files, the bad one in its place.
        with open(self.folder / "whole" / "results.csv", newline="") as file:
            rows = list(csv.DictReader(file))
        self.assertEqual([pathlib.Path(row["file"]).name for row in rows],
                         sorted(p.name for p in self.scans.iterdir()))
        self.assertEqual([pathlib.Path(row["file"]).name for row in rows
                          if row["error"]], [BAD])
        self.assertTrue(all(row["score"] for row in rows
                            if not row["error"]))

        begun = self.kill_half_way("killed")
        self.assertLess(len(self.lines("killed")), SHEETS, "half way")
        self.assertFalse((self.folder / "killed" / "report.html").exists())
        # And a machine that went down in the middle of writing.
        with open(self.folder / "killed" / "journal", "ab") as journal:
            journal.write(b"\x40\x01\x00\x00torn off he")

        before = self.graded()
        said = self.grade("killed", "--resume")
        recalled = int(re.search(r"^(\d+) of them had been graded before$",
                                 said, re.MULTILINE).group(1))
        again = self.graded() - before
        self.assertGreaterEqual(recalled, SHEETS // 2 - 1)
        self.assertEqual(again, SHEETS - recalled,
                         "what the journal has is not sent again")
        # Only what was on its way when the run was killed is lost.
        self.assertLessEqual(begun - recalled, IN_FLIGHT)
        for name in ("results.csv", "review.csv"):
            self.assertEqual(self.lines("killed", name),
                             self.lines("whole", name), name)
        self.assertEqual(
            sorted(p.name for p in (self.folder / "killed/crops").iterdir()),
            sorted(p.name for p in (self.folder / "whole/crops").iterdir()))
        self.assertEqual(self.page("killed"), self.page("whole"))

        # Nothing is left to do.
        before = self.graded()
        self.grade("killed", "--resume")
        self.assertEqual(self.graded(), before)
        self.assertEqual(self.lines("killed"), self.lines("whole"))

    def page(self, out):
        """report.html without the time in its head."""
        text = (self.folder / out / "report.html").read_text()
        return re.sub(r'<p class="meta">.*?</p>', "", text)

    def test_a_second_run_in_the_same_folder_is_refused(self):
        process = subprocess.Popen(self.command("busy"),
                                   stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        try:
            while len(self.lines("busy")) < 2:
                self.assertIsNone(process.poll())
                time.sleep(0.01)
            second = subprocess.run(self.command("busy", "--resume"),
                                    capture_output=True, text=True,
                                    check=False)
            self.assertIn("OUTPUT_BUSY", second.stderr)
            self.assertEqual(second.returncode, 19, second.stderr)
        finally:
            process.kill()
            process.wait()

    def test_another_key_is_graded_anew(self):
        few = self.folder / "few"
        few.mkdir()
        for scan in sorted(self.scans.iterdir())[:5]:
            os.link(scan, few / scan.name)
        key = json.loads((self.made / "key.json").read_text())
        other = self.folder / "other_key.json"
        key["questions"][0]["accepted"][0]["answer"] = "A"
        key["questions"][1]["accepted"][0]["answer"] = "B"
        other.write_text(json.dumps(key))

        def grade(key, *flags):
            command = self.command("keys", *flags)
            command[2] = str(few)
            command[command.index("--key") + 1] = str(key)
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            return self.lines("keys")

        first = grade(self.made / "key.json")
        self.assertEqual(self.graded(), 5)
        second = grade(other, "--resume")
        self.assertEqual(self.graded(), 10)
        self.assertNotEqual(first, second)
        # Both are remembered.
        self.assertEqual(grade(self.made / "key.json", "--resume"), first)
        # A scan that was made anew is another scan.
        replaced = few / sorted(p.name for p in few.iterdir())[2]
        content = replaced.read_bytes()
        replaced.unlink()
        replaced.write_bytes(content)
        self.assertEqual(grade(self.made / "key.json", "--resume"), first)
        self.assertEqual(self.graded(), 11)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    ResumeTest.bin_folder = pathlib.Path(sys.argv[1]).resolve()
    try:
        __import__("grpc")
    except ImportError:
        print("SKIPPED: Python module grpc is not installed "
              "(scripts/packages end_to_end)")
        sys.exit(SKIPPED)
    unittest.main(argv=sys.argv[:1])
