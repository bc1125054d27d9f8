"""Somebody who has no proto files asks a running server with `buf curl`, which
speaks as grpcurl does.

  reflection_test.py BIN_FOLDER     (build/dev/bin)
"""

import base64
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
BUF = REPOSITORY / "tools/contract/buf"
SKIPPED = 77


class ReflectionTest(unittest.TestCase):
    # Set by main.
    bin_folder = None

    @classmethod
    def setUpClass(cls):
        import server
        cls.server = server.Server(cls.bin_folder / "sightline-omr",
                                   "--predrain", "0s")
        cls.enterClassContext(cls.server)

    def curl(self, target, *flags):
        """What `buf curl` prints for a path below the server's address."""
        done = subprocess.run(
            [str(BUF), "curl", "--protocol", "grpc", "--http2-prior-knowledge",
             *flags, f"http://{self.server.address}{target}"],
            capture_output=True, text=True, timeout=120, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def test_lists_every_service_and_its_methods(self):
        self.assertEqual(
            set(self.curl("", "--list-services").split()),
            {"grpc.health.v1.Health",
             "grpc.reflection.v1alpha.ServerReflection",
             "sightline.align.v1.AlignService",
             "sightline.grade.v1.GradeService"})
        methods = self.curl("", "--list-methods").split()
        for method in ("sightline.grade.v1.GradeService/GradeSheet",
                       "sightline.grade.v1.GradeService/GradeSheets",
                       "sightline.grade.v1.GradeService/ValidateLayout",
                       "sightline.align.v1.AlignService/Align",
                       "sightline.align.v1.AlignService/AlignStream",
                       "grpc.health.v1.Health/Check"):
            self.assertIn(method, methods)

    def test_asks_for_health(self):
        for name in ("", "sightline.grade.v1.GradeService",
                     "sightline.align.v1.AlignService"):
            answer = self.curl("/grpc.health.v1.Health/Check", "--data",
                               json.dumps({"service": name}))
            self.assertEqual(json.loads(answer), {"status": "SERVING"})

    def test_grades_a_sheet(self):
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run(
                [str(self.bin_folder / "sheet_generator"), "--quickstart",
                 "--seed", "1", "--out", folder],
                check=True, stdout=subprocess.DEVNULL)
            sheet = pathlib.Path(folder) / "quickstart"
            truth, = json.loads((sheet / "truth.json").read_text())["sheets"]
            request = {
                "scan": {"encoded": base64.b64encode(
                    (sheet / truth["file"]).read_bytes()).decode()},
                "layout": json.loads((sheet / "layout.json").read_text()),
                "key": json.loads((sheet / "key.json").read_text())}
            file = pathlib.Path(folder) / "request.json"
            file.write_text(json.dumps(request))
            answer = json.loads(self.curl(
                "/sightline.grade.v1.GradeService/GradeSheet",
                "--data", f"@{file}"))
        self.assertEqual({field["label"] for field in answer["fields"]},
                         set(truth["fields"]))
        review = set(answer.get("review", []))
        wrong = {field["label"] for field in answer["fields"]
                 if field.get("answer", "") !=
                 truth["fields"][field["label"]]["answer"]}
        self.assertEqual(wrong - review, set(), "silently wrong")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    ReflectionTest.bin_folder = pathlib.Path(sys.argv[1]).resolve()
    try:
        import grpc  # noqa: F401, the server's health is asked with it
    except ImportError:
        print("SKIPPED: Python module grpc is not installed "
              "(scripts/packages end_to_end)")
        sys.exit(SKIPPED)
    if subprocess.run([str(BUF), "--version"], stdout=subprocess.DEVNULL,
                      check=False).returncode == SKIPPED:
        print("SKIPPED: buf cannot be had here")
        sys.exit(SKIPPED)
    unittest.main(argv=sys.argv[:1])
