#!/usr/bin/env python3
"""A folder of many sheets through `sightline grade --out`, start to end.

  folder_bench.py BIN_FOLDER [--sheets 10000] [--json]

Sixteen generated A4 300-dpi scans, a few of them hard to read, stand in a
folder under as many names as asked for. Printed are sheets per second, CPU time
and memory of client and server while they run, and what the results take on
disk. Memory that grows with the number of sheets would show between the medians
of the run's fifths.
"""

import argparse
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve()
sys.path.insert(0, str(HERE.parents[2] / "tests/end_to_end"))

import server  # noqa: E402 (the path above)

DIFFERENT = 16


def status(pid, name):
    """A figure of /proc/PID/status in MB, 0 when the process has gone."""
    try:
        text = pathlib.Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    found = re.search(rf"^{name}:\s+(\d+) kB", text, re.MULTILINE)
    return int(found.group(1)) / 1024 if found else 0


def folder_bytes(folder):
    return sum(path.stat().st_size for path in folder.rglob("*")
               if path.is_file())


def prepare(bin_folder, folder, sheets):
    subprocess.run(
        [bin_folder / "sheet_generator", "--family", "quickstart",
         "--degradation", "all", "--count", str(DIFFERENT), "--seed", "11",
         "--out", folder], check=True, stdout=subprocess.DEVNULL)
    different = sorted((folder / "quickstart").glob("0*.jpg"))
    scans = folder / "scans"
    scans.mkdir()
    for i in range(sheets):
        os.link(different[i % DIFFERENT], scans / f"{i:06}.jpg")
    return scans


def run(bin_folder, sheets):
    figures = {"sheets": sheets}
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        scans = prepare(bin_folder, folder, sheets)
        made, out = folder / "quickstart", folder / "out"
        with server.Server(bin_folder / "sightline-omr", "--predrain",
                           "0s") as running:
            start = time.monotonic()
            client = subprocess.Popen(
                [bin_folder / "sightline", "grade", scans, "--layout",
                 made / "layout.json", "--key", made / "key.json",
                 "--server", running.address, "--out", out],
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            samples = []
            while client.poll() is None:
                try:
                    size = (out / "results.csv").stat().st_size
                except OSError:
                    size = 0
                samples.append((size, status(client.pid, "VmRSS"),
                                status(running._process.pid, "VmRSS")))
                time.sleep(0.1)
            elapsed = time.monotonic() - start
            figures["exit_code"] = client.returncode
            figures["sheets_per_s"] = sheets / elapsed
            ticks = os.sysconf("SC_CLK_TCK")
            used = pathlib.Path(
                f"/proc/{running._process.pid}/stat").read_text()
            user, system = used.rsplit(")", 1)[1].split()[11:13]
            figures["server_cpu_ms_per_sheet"] = (
                1000 * (int(user) + int(system)) / ticks / sheets)
            figures["server_peak_rss_mb"] = status(running._process.pid,
                                                   "VmHWM")
        # By how much of the results was written, the median of each fifth: a
        # single moment depends on which sheets are inside.
        total = max(sample[0] for sample in samples)
        for fifth in range(5):
            inside = [sample for sample in samples
                      if fifth <= 5 * sample[0] / total <= fifth + 1]
            for place, side in ((1, "client"), (2, "server")):
                figures[f"{side}_rss_mb_{fifth + 1}_of_5"] = (
                    statistics.median(sample[place] for sample in inside))
        lines = (out / "results.csv").read_text().splitlines()[1:]
        names = [line.split(",")[0] for line in lines]
        figures["in_order"] = (names == sorted(names)
                               and len(names) == sheets)
        for name in ("results.csv", "review.csv", "report.html", "journal"):
            figures[f"{name}_mb"] = (out / name).stat().st_size / 1e6
        figures["crops_mb"] = folder_bytes(out / "crops") / 1e6
        start = time.monotonic()
        done = subprocess.run(
            [bin_folder / "sightline", "grade", scans, "--layout",
             made / "layout.json", "--key", made / "key.json", "--server",
             "unix:/nowhere", "--out", out, "--resume"],
            stdout=subprocess.DEVNULL, check=False)
        figures["resume_of_all_done_s"] = time.monotonic() - start
        figures["resume_exit_code"] = done.returncode
    return figures


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("bin_folder", type=pathlib.Path)
    parser.add_argument("--sheets", type=int, default=10000)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    figures = run(arguments.bin_folder.resolve(), arguments.sheets)
    if arguments.json:
        print(json.dumps(figures))
        return
    for name, value in figures.items():
        shown = f"{value:.2f}" if isinstance(value, float) else value
        print(f"{name:28}{shown}")


if __name__ == "__main__":
    main()
