"""Starts a built server for a test and stops it afterwards."""

import os
import pathlib
import re
import socket
import subprocess
import tempfile
import time
import urllib.request

import grpc

_SERVING = b"\x08\x01"  # HealthCheckResponse{status: SERVING}


def free_port():
    """A port that nothing listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def is_serving(address, service=""):
    """What the standard health service says of `service`."""
    name = service.encode()
    request = b"\x0a" + bytes([len(name)]) + name if name else b""
    with grpc.insecure_channel(address) as channel:
        check = channel.unary_unary("/grpc.health.v1.Health/Check")
        try:
            return check(request, timeout=2) == _SERVING
        except grpc.RpcError:
            return False


def sheets_begun(metrics):
    """Sheets of streams that the server with these metrics has begun with."""
    with urllib.request.urlopen(f"http://{metrics}/metrics") as page:
        found = re.search(
            r'sightline_stage_seconds_count\{method='
            r'"sightline.grade.v1.GradeService/GradeSheets",'
            r'stage="decode"\} (\d+)', page.read().decode())
    return int(found.group(1)) if found else 0


class Server:
    """A running program of build/<preset>/bin. A context manager."""

    def __init__(self, program, *flags):
        self.program = pathlib.Path(program)
        self.flags = flags
        self.address = ""
        self.exit_code = None
        self._log = None
        self._process = None

    def log(self):
        self._log.flush()
        return pathlib.Path(self._log.name).read_text(errors="replace")

    def __enter__(self):
        # Somebody may take the port between finding and using it.
        for attempt in range(5):
            if self._start():
                return self
            if attempt < 4 and "ddress already in use" in self.log():
                continue
            break
        raise AssertionError(
            f"{self.program.name} did not start; its log:\n{self.log()}")

    def _start(self):
        self.address = f"127.0.0.1:{free_port()}"
        environment = {name: value for name, value in os.environ.items()
                       if not name.startswith("SIGHTLINE_")}
        self._log = tempfile.NamedTemporaryFile(suffix=".log")
        self._process = subprocess.Popen(
            [str(self.program), "--listen", self.address,
             "--metrics_listen", "off", *self.flags],
            stdout=self._log, stderr=subprocess.STDOUT, env=environment)
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                return False
            if is_serving(self.address):
                return True
            time.sleep(0.05)
        self._process.kill()
        self._process.wait()
        return False

    def __exit__(self, *unused):
        """SIGTERM; `exit_code` says how it ended."""
        self._process.terminate()
        try:
            self.exit_code = self._process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            raise AssertionError(
                f"{self.program.name} ignored SIGTERM; its log:\n{self.log()}"
            ) from None
