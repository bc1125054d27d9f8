"""The option SIGHTLINE_STATIC configures, and links archives where it says so.

  static_configure_test.py CMAKE

Nothing is compiled: what the programs would be linked with is read from the
build files.
"""

import pathlib
import re
import subprocess
import sys
import tempfile

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
SKIPPED = 77
# What there is no archive of.
SHARED = {"libZXing", "libprometheus-cpp-core", "libtbb"}
ARCHIVES = {"libgrpc++", "libprotobuf", "libabsl_base", "libssl", "libcrypto",
            "libcares", "libre2", "libz", "libjpeg", "libpng", "libtiff",
            "libwebp", "libopencv_core", "libopencv_calib3d"}


def libraries(link_line, ending):
    """Names of the libraries of the system with this ending."""
    return set(re.findall(rf"/(lib[^/ ]+?)\.{ending}(?:\.[0-9.]+)?(?= |$)",
                          link_line, re.MULTILINE))


def main(cmake):
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [cmake, "-S", REPOSITORY, "-B", folder, "-G", "Ninja",
             "-DCMAKE_BUILD_TYPE=Release", "-DSIGHTLINE_STATIC=ON",
             "-DSIGHTLINE_TESTS=OFF", "-DSIGHTLINE_BENCH=OFF"],
            capture_output=True, text=True, check=False)
        if "scripts/packages static" in done.stderr:
            print("SKIPPED: scripts/packages static\n" + done.stderr)
            return SKIPPED
        if done.returncode != 0 or "SIGHTLINE_STATIC:" not in done.stdout:
            print(done.stdout + done.stderr)
            return 1
        build = (pathlib.Path(folder) / "build.ninja").read_text()
    failures = 0
    for program in ("sightline", "sightline-omr"):
        line = re.search(
            rf"^build bin/{program}: .*?LINK_LIBRARIES = (.*?)$", build,
            re.MULTILINE | re.DOTALL)
        if line is None:
            print(f"SKIPPED: {program} is not built here:\n{done.stdout}")
            return SKIPPED
        shared = libraries(line.group(1), "so") - SHARED
        if shared:
            failures += 1
            print(f"{program}: shared, though there may be archives: {shared}")
        wanted = ARCHIVES if program == "sightline-omr" else {"libgrpc++"}
        missing = wanted - libraries(line.group(1), "a")
        if missing:
            failures += 1
            print(f"{program}: no archive is linked of {missing}")
    return 1 if failures else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1]))
