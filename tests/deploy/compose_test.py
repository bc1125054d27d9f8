"""What deploy/compose.yaml promises: the limits and ports of a cluster."""

import re
import subprocess
import unittest

import known_settings
import yaml
from manifests import REPOSITORY

COMPOSE = REPOSITORY / "deploy/compose.yaml"
PORTS = {"omr": 50050, "align": 50051, "grade": 50052}
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
        for name, port in PORTS.items():
            yield name, port, self.services[name]

    def test_services(self):
        self.assertEqual(set(self.services), set(PORTS))

    def test_only_omr_starts_without_a_profile(self):
        self.assertEqual(
            [n for n, s in self.services.items() if not s.get("profiles")],
            ["omr"])

    def test_limits_are_those_of_a_pod(self):
        for name, _, service in self.each():
            with self.subTest(service=name):
                self.assertEqual(service["mem_limit"], "512m")
                self.assertEqual(service["memswap_limit"], "512m")
                self.assertEqual(service["user"], "65532:65532")
                self.assertIs(service["read_only"], True)
                self.assertEqual(service["cap_drop"], ["ALL"])
                grace = re.fullmatch(r"(\d+)s", service["stop_grace_period"])
                self.assertGreaterEqual(int(grace.group(1)), DRAIN_SECONDS + 5)

    def test_ports_are_open_on_this_machine_only(self):
        for name, port, service in self.each():
            with self.subTest(service=name):
                self.assertEqual(service["command"], [f"sightline-{name}"])
                self.assertEqual(
                    service["ports"],
                    [f"127.0.0.1:{p}:{p}" for p in (port, port + 1000)])
                self.assertEqual(service["healthcheck"]["test"][-1],
                                 f"localhost:{port}")

    def test_settings_are_known_to_the_server(self):
        for name, _, service in self.each():
            known = known_settings.known_variables(name)
            if not known:
                self.skipTest("the servers' flags are not in this tree")
            with self.subTest(service=name):
                self.assertLessEqual(set(service.get("environment", {})),
                                     known)

    @unittest.skipUnless(docker_compose_works(), "no docker compose here")
    def test_docker_compose_accepts_it(self):
        done = subprocess.run(
            ["docker", "compose", "-f", str(COMPOSE), "config", "--quiet"],
            capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)


if __name__ == "__main__":
    unittest.main()
