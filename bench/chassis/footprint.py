#!/usr/bin/env python3
"""What a program costs before its first call: builds beside each other.

  footprint.py BIN_FOLDER... [--program sightline-omr] [--runs 15] [--json]

  footprint.py build/release/bin build/static/bin

The runs of the builds take turns. A start lasts until the program accepts
connections; idle memory is taken a second later. The file is measured without
symbols, as images have it; "packages" is what an image must install besides
Debian's base (the required packages and apt), by the sizes that the installed
packages declare.
"""

import argparse
import json
import os
import pathlib
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve()
REPOSITORY = HERE.parents[2]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def cpu_ms(pid):
    return sum(int((task / "schedstat").read_text().split()[0])
               for task in pathlib.Path(f"/proc/{pid}/task").iterdir()) / 1e6


def rollup_mb(pid, name):
    text = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()
    return int(re.search(rf"^{name}:\s+(\d+) kB", text, re.M).group(1)) / 1024


def start_once(program):
    """One start, from the call to the first connection and a second more."""
    port = free_port()
    environment = {name: value for name, value in os.environ.items()
                   if not name.startswith("SIGHTLINE_")}
    begun = time.monotonic()
    with subprocess.Popen(
            [program, "--listen", f"127.0.0.1:{port}", "--metrics_listen",
             "off", "--predrain", "0s"], env=environment,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                if process.poll() is not None or time.monotonic() > begun + 30:
                    process.kill()
                    raise SystemExit(f"{program} does not start") from None
                time.sleep(0.0005)
        figures = {"start_ms": (time.monotonic() - begun) * 1000,
                   "start_cpu_ms": cpu_ms(process.pid)}
        time.sleep(1)
        figures["idle_rss_mb"] = rollup_mb(process.pid, "Rss")
        figures["idle_pss_mb"] = rollup_mb(process.pid, "Pss")
        figures["idle_own_mb"] = (rollup_mb(process.pid, "Private_Dirty") +
                                  rollup_mb(process.pid, "Private_Clean"))
        process.terminate()
    return figures


def installed():
    """{package: (KB, packages it depends on, whether it is of the base)}"""
    listing = subprocess.run(
        ["dpkg-query", "-W", "-f", "${Package}\t${Installed-Size}\t"
         "${Priority}\t${Depends}, ${Pre-Depends}\t${Provides}\n"],
        check=True, capture_output=True, text=True).stdout
    packages = {}
    provided = {}
    for line in listing.splitlines():
        name, size, priority, depends, provides = line.split("\t")
        choices = [[re.split(r"[ (:]", choice.strip())[0]
                    for choice in dependency.split("|")]
                   for dependency in depends.split(",") if dependency.strip()]
        packages[name] = (int(size or 0), choices,
                          priority == "required" or name == "apt")
        for virtual in provides.split(","):
            provided.setdefault(re.split(r"[ (:]", virtual.strip())[0], name)
    return packages, provided


def closure(names, packages, provided):
    found = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        name = name if name in packages else provided.get(name)
        if name is None or name in found:
            continue
        found.add(name)
        for choices in packages[name][1]:
            there = [c for c in choices if c in packages or c in provided]
            waiting += there[:1]
    return found


def on_disk(program):
    with tempfile.TemporaryDirectory() as folder:
        stripped = shutil.copy(program, folder)
        subprocess.run(["strip", stripped], check=True)
        size = os.stat(stripped).st_size
    linked = subprocess.run(["ldd", program], check=True, capture_output=True,
                            text=True).stdout
    named = subprocess.run([REPOSITORY / "scripts/runtime_packages", program],
                           check=True, capture_output=True, text=True).stdout
    packages, provided = installed()
    base = closure([name for name, about in packages.items() if about[2]],
                   packages, provided)
    added = closure(named.split(), packages, provided) - base
    return {"file_mb": size / 1e6,
            "shared_libraries": len(re.findall(r"=> /", linked)),
            "packages": len(added),
            "packages_mb": sum(packages[name][0] for name in added) / 1e3}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="+", metavar="BIN_FOLDER")
    parser.add_argument("--program", default="sightline-omr")
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    programs = [str(pathlib.Path(folder) / arguments.program)
                for folder in arguments.folders]
    runs = {program: [] for program in programs}
    for _ in range(arguments.runs):
        for program in programs:
            runs[program].append(start_once(program))
    for program in programs:
        figures = on_disk(program)
        for name in runs[program][0]:
            figures[name] = statistics.median(run[name]
                                              for run in runs[program])
        if arguments.json:
            print(json.dumps({"program": program, **figures}))
            continue
        print(program)
        for name, value in figures.items():
            print(f"  {name:<17} {value:8.1f}" if isinstance(value, float)
                  else f"  {name:<17} {value:6}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
