"""A client that only has the protos and Debian's python3-grpcio grades a
sheet.

  python_client_test.py BIN_FOLDER     (build/dev/bin)
"""

import importlib.util
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
SKIPPED = 77


class PythonClientTest(unittest.TestCase):
    # Set by main.
    bin_folder = None

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        out = pathlib.Path(cls.folder.name)
        subprocess.run([str(REPOSITORY / "scripts/python_stubs"),
                        str(out / "stubs")], check=True)
        sys.path.insert(0, str(out / "stubs"))
        spec = importlib.util.spec_from_file_location(
            "grade_sheet", REPOSITORY / "docs/examples/grade_sheet.py")
        cls.example = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(cls.example)

        subprocess.run(
            [str(cls.bin_folder / "sheet_generator"), "--quickstart",
             "--seed", "1", "--out", str(out)],
            check=True, stdout=subprocess.DEVNULL)
        cls.sheet = out / "quickstart"
        cls.truth, = json.loads(
            (cls.sheet / "truth.json").read_text())["sheets"]

    def setUp(self):
        # Not at the top: without python3-grpcio this test is skipped.
        import server
        self.server = server.Server(self.bin_folder / "sightline-omr",
                                    "--predrain", "0s")
        # Runs last, after the server was told to stop.
        self.addCleanup(
            lambda: self.assertEqual(self.server.exit_code, 0, "on SIGTERM"))
        self.enterContext(self.server)

    def stub(self):
        import grpc
        from sightline.grade.v1 import grade_pb2_grpc
        channel = self.enterContext(grpc.insecure_channel(
            self.server.address,
            options=[("grpc.max_receive_message_length", 32 << 20)]))
        return grade_pb2_grpc.GradeServiceStub(channel)

    def read(self, name):
        return (self.sheet / name).read_text()

    def test_every_field_is_read_right_or_put_on_the_review_list(self):
        answer = self.example.grade(
            self.stub(), (self.sheet / self.truth["file"]).read_bytes(),
            self.read("layout.json"), self.read("key.json"))
        read = {field.label: field.answer for field in answer.fields}
        meant = {label: field["answer"]
                 for label, field in self.truth["fields"].items()}
        self.assertEqual(set(read), set(meant))
        silently_wrong = {
            label: (read[label], meant[label]) for label in meant
            if read[label] != meant[label] and label not in answer.review}
        self.assertEqual(silently_wrong, {}, "label: (read, meant)")
        self.assertEqual(
            answer.score, sum(q.score for q in answer.questions))
        self.assertEqual(answer.annotated.content[:2], b"\xff\xd8", "a JPEG")

    def test_the_example_prints_the_score(self):
        annotated = self.sheet / "annotated.jpg"
        done = subprocess.run(
            [sys.executable, str(REPOSITORY / "docs/examples/grade_sheet.py"),
             self.server.address, str(self.sheet / self.truth["file"]),
             str(self.sheet / "layout.json"), str(self.sheet / "key.json"),
             str(annotated)],
            env={"PYTHONPATH": sys.path[0], "PATH": "/usr/bin:/bin"},
            capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        lines = done.stdout.splitlines()
        self.assertEqual(len(lines), len(self.truth["fields"]) + 1)
        self.assertTrue(re.fullmatch(r"score [\d.-]+ of [\d.]+", lines[-1]),
                        lines[-1])
        self.assertTrue(annotated.exists())

    def test_a_failure_carries_its_reason(self):
        import grpc
        with self.assertRaises(grpc.RpcError) as raised:
            self.example.grade(self.stub(), b"this is no image",
                               self.read("layout.json"),
                               self.read("key.json"))
        self.assertEqual(raised.exception.code(),
                         grpc.StatusCode.INVALID_ARGUMENT)
        self.assertEqual(self.example.reason(raised.exception),
                         "IMAGE_FORMAT_UNKNOWN")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    PythonClientTest.bin_folder = pathlib.Path(sys.argv[1]).resolve()
    for module in ("grpc", "google.protobuf"):
        try:
            __import__(module)
        except ImportError:
            print(f"SKIPPED: Python module {module} is not installed "
                  "(scripts/packages end_to_end)")
            sys.exit(SKIPPED)
    unittest.main(argv=sys.argv[:1])
