"""Rules that hold for the repository as a whole.

  repository_test.py BIN_FOLDER     (build/dev/bin)
"""

import pathlib
import re
import subprocess
import sys
import unittest

import sources

LEAN = ("sightline-align", "sightline-grade", "sightline-omr",
        "sightline-preprocess", "sightline")
# Each would bring dozens of megabytes into a pod of 512 MB.
HEAVY = ("opencv_imgcodecs", "opencv_highgui", "opencv_videoio", "opencv_dnn",
         "onnxruntime", "gdal", "proj", "avcodec", "torch", "cuda")


class ErrorReasonsTest(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.reasons = sources.reasons()
        # A row of the tables: | `IMAGE_EMPTY` | ...
        cls.documented = set(re.findall(
            r"^\| `([A-Z0-9_]+)`", sources.read("docs/errors.md"),
            re.MULTILINE))

    def test_the_code_has_reasons(self):
        self.assertTrue(self.reasons, "none was found: is the search broken?")

    def test_every_reason_is_documented(self):
        self.assertEqual(sorted(set(self.reasons) - self.documented), [],
                         "missing in docs/errors.md")

    def test_every_documented_reason_exists(self):
        self.assertEqual(sorted(self.documented - set(self.reasons)), [],
                         "in docs/errors.md, but no code gives it")

    def test_every_reason_has_a_test(self):
        tests = "\n".join(
            sources.read(p)
            for p in sources.files("tests", endings=sources.CODE + (".py",)))
        words = set(re.findall(r"\w+", tests))
        untested = [reason for reason, names in sorted(self.reasons.items())
                    if not words & ({reason} | names)]
        self.assertEqual(untested, [], "no test names them")


class DocumentedTestsTest(unittest.TestCase):

    def test_tests_that_answer_complaints_exist(self):
        section = sources.read("docs/omr.md").split(
            "## What users of other graders ask for")[1].split("\n## ")[0]
        tests = "\n".join(sources.read(p) for p in sources.files(
            "tests", endings=sources.CODE + (".txt", ".py")))
        named = re.findall(r"\b([A-Z]\w+)\.([A-Z]\w+)\b", section)
        self.assertGreater(len(named), 20)
        missing = [f"{suite}.{name}" for suite, name in named if not re.search(
            rf"^TEST(_F|_P)?\(\s*{suite},\s*{name}\)", tests, re.MULTILINE)]
        # Of Python: end_to_end_resume is resume in a list of names.
        missing += [name for name in re.findall(
            r"`(?:end_to_end_)?(\w+)`", section)
            if name.endswith("_test") and f"sightline_test({name}" not in tests]
        missing += [name for name in re.findall(
            r"`end_to_end_(\w+)`", section)
            if not (sources.REPOSITORY /
                    f"tests/end_to_end/{name}_test.py").exists()]
        self.assertEqual(missing, [], "named in docs/omr.md")


class FilesTest(unittest.TestCase):

    def test_no_file_names_a_place_on_somebodys_machine(self):
        home = re.compile("(?<![\\w.$}~-])/(" + "|".join(
            ("work", "home", "root", "Users")) + ")/\\w")
        named = []
        for path in sources.files():
            for number, line in enumerate(sources.read(path).splitlines(), 1):
                if home.search(line):
                    named.append(f"{path}:{number}: {line.strip()[:100]}")
        self.assertEqual(named, [])

    def test_every_header_says_what_it_is_for(self):
        bare = [str(p) for p in sources.files(endings=(".h", ".cuh"))
                if not re.match(r"// \S", sources.read(p))]
        self.assertEqual(bare, [])


class DependencyDirectionTest(unittest.TestCase):
    """tools, main.cc -> service -> engine -> common."""

    def check(self, folders, allowed, explanation):
        """`allowed(path, included)` decides about every include."""
        wrong = [f"{path} includes {included}"
                 for path in sources.files(*folders, endings=sources.CODE)
                 for included in sources.includes(path)
                 if not allowed(path, included)]
        self.assertEqual(wrong, [], explanation)

    def test_common_knows_no_service(self):
        self.check(
            ("common",),
            lambda path, included: not included.startswith(
                ("services/", "tools/", "tests/", "bench/")),
            "what two services need is in common; it needs none of them")

    def test_common_needs_no_opencv(self):
        self.check(
            ("common",),
            # The adapter to its DNN module is a library that few link.
            lambda path, included: not included.startswith("opencv2/")
            or str(path) == "common/inference/opencv_model.cc",
            "services without OpenCV link common too")

    def test_services_know_no_sibling(self):
        def allowed(path, included):
            if not included.startswith("services/"):
                return True
            service = path.parts[1]
            # omr is align and grade in one process.
            own = (service, "align", "grade") if service == "omr" else (
                service,)
            return included.split("/")[1] in own
        self.check(("services",), allowed,
                   "services meet through their contracts alone")

    def test_engines_know_no_wire(self):
        def allowed(path, included):
            if path.parts[2] != "engine":
                return True
            if included.startswith("services/"):
                return included.startswith("/".join(path.parts[:3]) + "/")
            return not (included.startswith(
                ("grpc/", "grpc++/", "grpcpp/", "google/protobuf/",
                 "common/server/"))
                or included.endswith((".pb.h", ".grpc.pb.h")))
        self.check(("services",), allowed,
                   "an engine could be used as a library")

    def test_the_client_knows_contracts_and_what_they_mean(self):
        # What a layout expands to, and where a recording's metadata is, is
        # decided once, for server and client.
        shared = ("services/georef/engine/metadata/ber.h",
                  "services/georef/engine/metadata/local_set.h",
                  "services/georef/engine/metadata/transport_stream.h",
                  "services/grade/engine/layout.h",
                  "services/grade/layout_from_proto.h",
                  "services/grade/omrchecker/appearance.h",
                  "services/grade/omrchecker/import.h")
        # Programs about the engine's own files, which call no server.
        own_files = {"georef_calibrate": "services/georef/engine/overlay/",
                     "georef_export": "services/georef/engine/export/"}

        def is_about_files(path, included):
            folder = own_files.get(path.parts[1])
            return folder is not None and included.startswith(folder)

        self.check(
            ("tools",),
            lambda path, included: included in shared
            or is_about_files(path, included)
            or not included.startswith(
                ("services/", "common/server/", "tests/")),
            "the client is a client of the same contracts as everybody's")

    def test_no_program_needs_test_code(self):
        self.check(
            ("services",),
            lambda path, included: not included.startswith(
                ("tests/", "bench/", "tools/")),
            "tests depend on services, not the other way round")


class PreprocessManualTest(unittest.TestCase):

    def setUp(self):
        manual = sources.read("docs/preprocess.md")
        self.explained = set(re.findall(r"`([a-z_]+)`", manual))

    def test_every_operation_is_explained_with_its_parameters(self):
        proto = sources.read("protos/sightline/preprocess/v1/operation.proto")
        messages = dict(re.findall(r"^message (\w+) \{(.*?)^\}", proto,
                                   re.MULTILINE | re.DOTALL))
        fields = re.findall(r"^ +(?:optional )?(\w+) (\w+) = \d+;",
                            messages["Operation"], re.MULTILINE)
        self.assertGreater(len(fields), 20)
        for kind, name in fields:
            with self.subTest(operation=name):
                parameters = set(re.findall(r"(\w+) = \d+;", messages.get(
                    kind, "")))
                self.assertLessEqual({name} | parameters, self.explained)

    def test_every_measurement_is_explained(self):
        text = "".join(
            sources.read(path) for path in sources.files("services")
            if path.parts[1:4] == ("preprocess", "engine", "pipeline"))
        names = set(re.findall(
            r"measurements\.push_back\(\s*\{\"(\w+)\"", text))
        self.assertGreater(len(names), 15)
        self.assertLessEqual(names, self.explained)


class LeanProgramsTest(unittest.TestCase):
    # Set by main.
    bin_folder = None

    def test_lean_programs_link_nothing_heavy(self):
        built = [p for p in (self.bin_folder / name for name in LEAN)
                 if p.exists()]
        if not built:
            self.skipTest(f"nothing is built in {self.bin_folder}")
        for program in built:
            with self.subTest(program=program.name):
                libraries = subprocess.run(
                    ["ldd", str(program)], capture_output=True, text=True,
                    check=True).stdout
                self.assertNotIn("not found", libraries)
                heavy = [line.split()[0] for line in libraries.splitlines()
                         if any(f"lib{name}" in line for name in HEAVY)]
                self.assertEqual(heavy, [])

    def test_preprocess_computes_by_itself(self):
        # And starts on a node without a driver: its library is not among those
        # that the loader insists on.
        program = self.bin_folder / "sightline-preprocess"
        if not program.exists():
            self.skipTest("sightline-preprocess is not built")
        libraries = subprocess.run(["ldd", str(program)], capture_output=True,
                                   text=True, check=True).stdout
        for name in ("libopencv", "libcuda", "libnvidia"):
            self.assertNotIn(name, libraries)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    LeanProgramsTest.bin_folder = pathlib.Path(sys.argv[1]).resolve()
    unittest.main(argv=sys.argv[:1])
