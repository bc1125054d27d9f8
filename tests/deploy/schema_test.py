"""Every manifest is what its kind allows: right types, no unknown keys."""

import copy
import json
import shutil
import subprocess
import sys
import unittest

import manifests

SCHEMA = manifests.REPOSITORY / "tests/deploy/schema"
SKIPPED = 77


def validate(documents):
    return subprocess.run(
        ["node", str(SCHEMA / "validate.cjs")], input=json.dumps(documents),
        capture_output=True, text=True, timeout=120, check=False)


class SchemaTest(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        cls.sources = manifests.sources()
        cls.deployment = next(
            d for documents in cls.sources.values() for d in documents
            if d["kind"] == "Deployment")

    def test_manifests_follow_their_schemas(self):
        for source, documents in self.sources.items():
            with self.subTest(source=source):
                done = validate(documents)
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_a_misspelt_key_is_found(self):
        broken = copy.deepcopy(self.deployment)
        container = broken["spec"]["template"]["spec"]["containers"][0]
        container["readynessProbe"] = container.pop("readinessProbe")
        done = validate([broken])
        self.assertEqual(done.returncode, 1)
        self.assertIn("containers/0/readynessProbe: unknown key", done.stdout)

    def test_a_wrong_type_is_found(self):
        broken = copy.deepcopy(self.deployment)
        broken["spec"]["template"]["spec"][
            "terminationGracePeriodSeconds"] = "35s"
        done = validate([broken])
        self.assertEqual(done.returncode, 1)
        self.assertIn("terminationGracePeriodSeconds", done.stdout)

    def test_a_missing_key_is_found(self):
        broken = copy.deepcopy(self.deployment)
        del broken["spec"]["selector"]
        done = validate([broken])
        self.assertEqual(done.returncode, 1)
        self.assertIn("selector", done.stdout)


if __name__ == "__main__":
    if shutil.which("node") is None:
        print("SKIPPED: node is not installed (scripts/packages end_to_end)")
        sys.exit(SKIPPED)
    installed = subprocess.run(
        [str(manifests.REPOSITORY / "scripts/npm_packages"), str(SCHEMA)],
        check=False)
    if installed.returncode != 0:
        sys.exit(installed.returncode)
    unittest.main()
