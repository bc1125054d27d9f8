"""Real scans and phone photos, graded by the built server over gRPC.

  real_sheets_test.py BIN_FOLDER     (build/dev/bin)

The sheets are not part of the repository: without them
(SIGHTLINE_SHARED_DATA, or ../shared/data beside the checkout) the test is
skipped. Layouts in our own form are in tests/fixtures/layouts/SAMPLE; the
pictures they name lie beside the sheets.

A field counts as
  right     read as a person read it,
  flagged   read otherwise, but on the review list,
  wrong     read otherwise without a word: there must be none. What people
            could not agree on ("ambiguous" in truth.json) is not counted.
"""

import base64
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import unittest

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
LAYOUTS = REPOSITORY / "tests/fixtures/layouts"
SKIPPED = 77
LEAST_RIGHT = 0.97
SHEETS = {"sample2": 2, "sample4": 3, "sample5": 2, "sample6": 2,
          "community__UmarFarootAPS": 1}


def data_folder():
    shared = os.environ.get("SIGHTLINE_SHARED_DATA",
                            str(REPOSITORY.parent / "shared/data"))
    return pathlib.Path(shared) / "omr"


def with_files(value, folder, key=""):
    """`value` with every {"file": name} replaced by what protobuf's JSON
    expects there, as the command `sightline` does."""
    if isinstance(value, list):
        return [with_files(v, folder, key) for v in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {"file"}:
        content = base64.b64encode(
            (folder / value["file"]).read_bytes()).decode()
        # A marker's image is bytes, the reference an Image message.
        return {"encoded": content} if key == "reference" else content
    return {k: with_files(v, folder, k) for k, v in value.items()}


class Tally:
    """What became of one sheet."""

    def __init__(self, truth, answer):
        self.fields = len(truth["fields"])
        self.right = 0
        self.flagged = []
        self.wrong = []
        self.reviewed = len(answer.review)
        read = {field.label: field for field in answer.fields}
        assert set(read) == set(truth["fields"]), "the layout's labels"
        for label, meant in truth["fields"].items():
            if read[label].answer == meant:
                self.right += 1
                continue
            said = f"{label} is '{meant}', read '{read[label].answer}'"
            if label in answer.review or label in truth["ambiguous"]:
                self.flagged.append(said)
            else:
                self.wrong.append(said)


class RealSheetsTest(unittest.TestCase):
    # Set by main.
    bin_folder = None
    data = None

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        subprocess.run([str(REPOSITORY / "scripts/python_stubs"),
                        folder.name], check=True)
        sys.path.insert(0, folder.name)

    def test_no_field_is_silently_wrong_and_nearly_all_are_right(self):
        import grpc
        import server
        from sightline.grade.v1 import grade_pb2_grpc
        rows = []
        with server.Server(self.bin_folder / "sightline-omr", "--predrain",
                           "0s") as running:
            with grpc.insecure_channel(running.address) as channel:
                stub = grade_pb2_grpc.GradeServiceStub(channel)
                for sample, count in SHEETS.items():
                    truth = json.loads(
                        (self.data / sample / "truth.json").read_text())
                    self.assertEqual(len(truth["sheets"]), count, sample)
                    for file, sheet in truth["sheets"].items():
                        rows.append(self.grade(stub, sample, file, sheet))
        self.print_table(rows)
        fields = sum(row["fields"] for row in rows)
        right = sum(row["right"] for row in rows)
        self.assertEqual([f"{r['sheet']}: {w}" for r in rows
                          for w in r["wrong"]], [], "silently wrong")
        self.assertEqual([f"{r['sheet']}: {r['error']}" for r in rows
                          if r["error"]], [], "not graded at all")
        self.assertGreaterEqual(right, LEAST_RIGHT * fields,
                                f"{right} of {fields} fields are right")

    def grade(self, stub, sample, file, truth):
        import grpc
        from google.protobuf import json_format
        from sightline.grade.v1 import grade_pb2
        folder = self.data / sample
        request = grade_pb2.GradeSheetRequest()
        json_format.ParseDict(
            with_files(json.loads(
                (LAYOUTS / sample / "layout.json").read_text()), folder),
            request.layout)
        request.scan.encoded = (folder / file).read_bytes()
        row = {"sheet": f"{sample}/{file}", "fields": len(truth["fields"]),
               "right": 0, "reviewed": 0, "flagged": [], "wrong": [],
               "method": "-", "confidence": 0, "error": ""}
        start = time.monotonic()
        try:
            answer = stub.GradeSheet(request, timeout=120)
        except grpc.RpcError as error:
            row["error"] = f"{error.code().name}: {error.details()}"
            row["ms"] = 1000 * (time.monotonic() - start)
            return row
        row["ms"] = 1000 * (time.monotonic() - start)
        tally = Tally(truth, answer)
        row.update(right=tally.right, reviewed=tally.reviewed,
                   flagged=tally.flagged, wrong=tally.wrong,
                   confidence=answer.alignment.confidence)
        attempt = [a for a in answer.alignment.attempts if a.accepted]
        if attempt:
            row["method"] = attempt[0].DESCRIPTOR.fields_by_name[
                "method"].enum_type.values_by_number[
                    attempt[0].method].name.removeprefix("ALIGN_METHOD_")
        return row

    def print_table(self, rows):
        line = "{:<44} {:>6} {:>5} {:>7} {:>5} {:>8} {:<8} {:>10} {:>6}"
        print(line.format("sheet", "fields", "right", "flagged", "wrong",
                          "reviewed", "method", "confidence", "ms"))
        for row in rows:
            print(line.format(row["sheet"][-44:], row["fields"], row["right"],
                              len(row["flagged"]), len(row["wrong"]),
                              row["reviewed"], row["method"],
                              f"{row['confidence']:.2f}", f"{row['ms']:.0f}"))
        for row in rows:
            for kind in ("flagged", "wrong"):
                for said in row[kind]:
                    print(f"  {row['sheet']}: {kind}: {said}")
            if row["error"]:
                print(f"  {row['sheet']}: {row['error']}")
        sys.stdout.flush()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    RealSheetsTest.bin_folder = pathlib.Path(sys.argv[1]).resolve()
    RealSheetsTest.data = data_folder()
    if not RealSheetsTest.data.is_dir():
        print(f"SKIPPED: the real sheets are not here ({data_folder()}; "
              "SIGHTLINE_SHARED_DATA names another folder)")
        sys.exit(SKIPPED)
    for module in ("grpc", "google.protobuf"):
        try:
            __import__(module)
        except ImportError:
            print(f"SKIPPED: Python module {module} is not installed "
                  "(scripts/packages end_to_end)")
            sys.exit(SKIPPED)
    unittest.main(argv=sys.argv[:1])
