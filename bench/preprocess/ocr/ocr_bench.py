#!/usr/bin/env python3
"""What preprocessing does for an OCR engine: wrong characters before and after.

  ocr_bench.py BIN_FOLDER [--seeds dev|held_out] [--pages 2] [--json]
               [--families text,drawing] [--kinds all] [--presets all]
               [--processes 2] [--results FILE] [--keep FOLDER]

Draws text pages and engineering drawings (pages.py), spoils them in fourteen
ways (degradations.py), and has Tesseract read them as they are ("raw") and
after each preset. Printed is the share of wrong characters for each kind of
damage and its mean over the kinds with a 95 % interval (pages drawn anew within
each kind), of drawings also how many dimension strings are right to the last
character. --json prints the figures that bind.

Two sets of seeds: `dev`, which `auto` may be tuned on, and `held_out`, which it
must not. A page is what it is by its family, kind, set and number alone: no two
show the same words. With --results every reading goes into a file at once, and
what the file has is not read again; --keep leaves pages and results in a folder
to look at.
"""

import argparse
import concurrent.futures
import json
import pathlib
import random
import subprocess
import sys
import tempfile
import zlib

import numpy as np
from PIL import Image

import degradations
import pages
import recognition
import tallies

PRESETS = ["raw", "seed_compat", "document", "drawing", "auto"]
FAMILIES = {"text": pages.text_page, "drawing": pages.drawing_page}


def draw(family, kind, seeds, number):
    """The page as it arrives, what is on it, and where."""
    # From a string a generator starts the same way on every machine.
    key = f"{family}/{kind}/{seeds}/{number}"
    page = FAMILIES[family](random.Random(key))
    spoilt, matrix = degradations.degrade(
        page.image, kind, np.random.default_rng(zlib.crc32(key.encode())))
    return page, spoilt, matrix


def preprocess(program, path, presets, folder):
    """By preset: the resulting page and the report's line."""
    done = subprocess.run([program, folder, ",".join(presets), path],
                          stdout=subprocess.PIPE, text=True, check=True)
    results = {}
    for line in done.stdout.splitlines():
        report = json.loads(line)
        results[report["preset"]] = (Image.open(folder / report["file"]),
                                     report)
    return results


def read(image, page, matrix):
    if page.strings:
        return recognition.read_strings(image, page.strings, matrix)
    return recognition.read_text(image, page.text)


def measure(program, folder, family, kind, seeds, number, presets):
    """Records of one page, one for each of `presets`."""
    page, spoilt, matrix = draw(family, kind, seeds, number)
    path = folder / f"{family}-{kind}-{seeds}-{number}.png"
    spoilt.save(path)
    results = {}
    ours = [preset for preset in presets if preset != "raw"]
    if ours:
        results = preprocess(program, path, ours, folder)
    records = []
    for preset in presets:
        record = {"family": family, "kind": kind, "seeds": seeds,
                  "page": number, "preset": preset}
        if preset == "raw":
            reading = read(spoilt, page, matrix)
        else:
            image, report = results[preset]
            back = np.array(report["output_to_input"]).reshape(3, 3)
            reading = read(image, page, np.linalg.inv(back) @ matrix)
            record["cpu_ms"] = report["cpu_ms"]
            record["ran"] = [stage["name"] for stage in report["stages"]
                             if stage["has_run"]]
        records.append({**record, **vars(reading)})
    return records


def key_of(record):
    return tuple(record[name]
                 for name in ("family", "kind", "seeds", "page", "preset"))


def measure_all(arguments, folder, known):
    """Measures what `known` lacks, and yields the records."""
    program = arguments.bin_folder / "preprocess_pages"
    with concurrent.futures.ThreadPoolExecutor(
            arguments.processes) as executor:
        running = []
        for number in range(arguments.pages):
            for kind in arguments.kinds:
                for family in arguments.families:
                    missing = [
                        preset for preset in arguments.presets
                        if (family, kind, arguments.seeds, number, preset)
                        not in known]
                    if missing:
                        running.append(executor.submit(
                            measure, program, folder, family, kind,
                            arguments.seeds, number, missing))
        try:
            for done in concurrent.futures.as_completed(running):
                yield from done.result()
        finally:
            executor.shutdown(cancel_futures=True)


def load(path):
    if not path or not path.exists():
        return {}
    records = map(json.loads, path.read_text().splitlines())
    return {key_of(record): record for record in records}


def list_of(known):
    def parse(text):
        names = list(known) if text == "all" else text.split(",")
        for name in names:
            if name not in known:
                raise argparse.ArgumentTypeError(
                    f"no '{name}'; there are {', '.join(known)}")
        return names
    return parse


def parse_arguments():
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bin_folder", type=pathlib.Path)
    parser.add_argument("--seeds", choices=["dev", "held_out"], default="dev")
    parser.add_argument("--pages", type=int, default=2,
                        help="of each family and kind")
    parser.add_argument("--families", type=list_of(FAMILIES), default="all")
    parser.add_argument("--kinds", type=list_of(degradations.KINDS),
                        default="all")
    parser.add_argument("--presets", type=list_of(PRESETS), default="all")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--results", type=pathlib.Path)
    parser.add_argument("--keep", type=pathlib.Path)
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def main():
    arguments = parse_arguments()
    if arguments.json:
        # No more than the figures compare.
        arguments.presets = ["raw", "auto"]
    records = load(arguments.results)
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.keep or pathlib.Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        for record in measure_all(arguments, folder, set(records)):
            records[key_of(record)] = record
            if record["timed_out"]:
                print(f"timed out: {key_of(record)}", file=sys.stderr)
            if arguments.results:
                with arguments.results.open("a") as file:
                    file.write(json.dumps(record) + "\n")
    wanted = tallies.Tallies(
        record for record in records.values()
        if record["seeds"] == arguments.seeds
        and record["page"] < arguments.pages
        and record["family"] in arguments.families
        and record["kind"] in arguments.kinds
        and record["preset"] in arguments.presets)
    if arguments.json:
        tallies.print_json(wanted, arguments.families)
        return
    for family in arguments.families:
        tallies.print_family(wanted, family, arguments.presets)
    if {"raw", "auto"} <= set(arguments.presets):
        print(f"\nauto on the clean page where it is worst: "
              f"{tallies.harm(wanted, arguments.families):+.2f} points")


if __name__ == "__main__":
    main()
