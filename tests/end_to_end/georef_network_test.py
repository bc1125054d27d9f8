"""`sightline georef` with a real server and the network of this repository.

  georef_network_test.py BIN_FOLDER     (build/dev/bin)

Skipped without the georef service.
"""

import json
import pathlib
import struct
import subprocess
import sys
import tempfile
import unittest

from flight import HEIGHT, WIDTH, pose, sea

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
SKIPPED = 77


class NetworkTest(unittest.TestCase):
    # Set by main.
    bin_folder = None

    @classmethod
    def setUpClass(cls):
        import server
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        (cls.folder / "frame.png").write_bytes(sea(0))
        (cls.folder / "pose.json").write_text(json.dumps(pose()))
        cls.running = cls.enterClassContext(server.Server(
            cls.bin_folder / "sightline-georef", "--predrain", "0s",
            "--models", str(REPOSITORY / "models/sea_slick")))

    def run_command(self, *arguments):
        done = subprocess.run(
            [self.bin_folder / "sightline", "georef", *arguments,
             "--server", self.running.address], capture_output=True, text=True,
            check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def test_the_network_is_described(self):
        card = json.loads((REPOSITORY / "models/sea_slick/card.json")
                          .read_text())
        text = self.run_command("model")
        self.assertIn(card["name"] + " " + card["version"], text)
        self.assertIn(card["sha256"], text)
        for entry in card["classes"]:
            self.assertRegex(text, f"(?i){entry['name']} +{entry['colour']}")
        described = json.loads(self.run_command("model", card["name"],
                                                "--json"))
        self.assertEqual(len(described["models"]), 1)

    def test_a_frame_goes_through_it_with_and_without_a_pose(self):
        frame = self.folder / "frame.png"
        text = self.run_command("segment", frame, "--out",
                                self.folder / "masks", "--confidence")
        self.assertRegex(text, r"\w+ [0-9.]+ %.*, confidence 0\.[0-9]+, "
                               r"\d+ tiles, (ONNX Runtime|OpenCV) \d")
        made = self.run_command("--pose", self.folder / "pose.json", frame,
                                "--mask_out", "--out", self.folder / "map",
                                "--json")
        answer = json.loads(made)
        self.assertEqual(answer["response"]["segment"]["model"], "sea_slick")
        for path in ("masks/frame.mask.png", "map/frame.mask.png"):
            head = (self.folder / path).read_bytes()[:24]
            self.assertEqual(struct.unpack(">II", head[16:]),
                             (WIDTH, HEIGHT), path)
        for name in ("masks/frame.confidence.png", "masks/frame.overlay.jpg",
                     "map/frame.overlay.jpg", "map/frame.geojson",
                     "map/map.html"):
            self.assertTrue((self.folder / name).exists(), name)


    def test_networks_that_are_not_there_are_said_to_be(self):
        done = subprocess.run(
            [self.bin_folder / "sightline", "georef",
             self.folder / "frame.png", "--pose", self.folder / "pose.json",
             "--model", "ships", "--server", self.running.address],
            capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 15)
        self.assertIn("GEOREF_MODEL_UNKNOWN", done.stdout)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    NetworkTest.bin_folder = pathlib.Path(sys.argv[1]).resolve()
    if not (NetworkTest.bin_folder / "sightline-georef").exists():
        print("SKIPPED: sightline-georef is not built")
        sys.exit(SKIPPED)
    try:
        __import__("grpc")
    except ImportError:
        print("SKIPPED: Python module grpc is not installed "
              "(scripts/packages end_to_end)")
        sys.exit(SKIPPED)
    unittest.main(argv=sys.argv[:1])
