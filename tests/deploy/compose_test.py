"""What deploy/compose.yaml promises: the limits and ports of a cluster."""

import re
import subprocess
import unittest

import known_settings
import yaml
from manifests import REPOSITORY

COMPOSE = REPOSITORY / "deploy/compose.yaml"
# By entry: program, port, memory.
SERVICES = {
    "omr": ("omr", 50050, "512m"),
    "align": ("align", 50051, "512m"),
    "grade": ("grade", 50052, "512m"),
    "preprocess": ("preprocess", 50053, "2g"),
    "georef": ("georef", 50054, "2g"),
    "preprocess-gpu": ("preprocess", 50053, "3g"),
}
# The servers' defaults; see --predrain and --drain_timeout.
DRAIN_SECONDS = 2 + 25


def docker_compose_works():
    try:
        return subprocess.run(["docker", "compose", "version"],
                              capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


class ComposeTest(unittest.TestCase):

    def setUp(self):
        self.services = yaml.safe_load(COMPOSE.read_text())["services"]

    def each(self):
        for name, (program, port, memory) in SERVICES.items():
            yield name, program, port, memory, self.services[name]

    def test_services(self):
        self.assertEqual(set(self.services), set(SERVICES))

    def test_only_omr_starts_without_a_profile(self):
        self.assertEqual(
            [n for n, s in self.services.items() if not s.get("profiles")],
            ["omr"])

    def test_limits_are_those_of_a_pod(self):
        for name, _, _, memory, service in self.each():
            with self.subTest(service=name):
                self.assertEqual(service["mem_limit"], memory)
                self.assertEqual(service["memswap_limit"], memory)
                self.assertEqual(service["user"], "65532:65532")
                self.assertIs(service["read_only"], True)
                self.assertEqual(service["cap_drop"], ["ALL"])
                grace = re.fullmatch(r"(\d+)s", service["stop_grace_period"])
                self.assertGreaterEqual(int(grace.group(1)), DRAIN_SECONDS + 5)

    def test_ports_are_open_on_this_machine_only(self):
        for name, program, port, _, service in self.each():
            with self.subTest(service=name):
                self.assertEqual(service["command"], [f"sightline-{program}"])
                self.assertEqual(
                    service["ports"],
                    [f"127.0.0.1:{p}:{p}" for p in (port, port + 1000)])
                self.assertEqual(service["healthcheck"]["test"][-1],
                                 f"localhost:{port}")

    def test_settings_are_known_to_the_server(self):
        for name, program, _, _, service in self.each():
            known = known_settings.known_variables(program)
            if not known:
                self.skipTest("the servers' flags are not in this tree")
            with self.subTest(service=name):
                self.assertLessEqual(set(service.get("environment", {})),
                                     known)

    def test_a_device_is_reserved_where_one_is_asked_for(self):
        device, = self.services["preprocess-gpu"]["deploy"]["resources"][
            "reservations"]["devices"]
        self.assertEqual(device, {"driver": "nvidia", "count": 1,
                                  "capabilities": ["gpu"]})
        for name, *_, service in self.each():
            if name != "preprocess-gpu":
                self.assertNotIn("deploy", service)

    def test_images_are_built_from_files_that_exist(self):
        for name, *_, service in self.each():
            with self.subTest(service=name):
                dockerfile = REPOSITORY / service["build"]["dockerfile"]
                arguments = set(re.findall(r"^ARG (\w+)=",
                                           dockerfile.read_text(), re.M))
                self.assertLessEqual(set(service["build"].get("args", {})),
                                     arguments)

    @unittest.skipUnless(docker_compose_works(), "no docker compose here")
    def test_docker_compose_accepts_it(self):
        done = subprocess.run(
            ["docker", "compose", "-f", str(COMPOSE), "config", "--quiet"],
            capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)


if __name__ == "__main__":
    unittest.main()
