#!/usr/bin/env python3
"""Real answer sheets in OMRChecker's own folders, as they are and worse.

  real_sheets_bench.py BIN_FOLDER [--seed 1] [--variants 180,blur] [--samples
                       sample5] [--json] [--details] [--keep FOLDER]

Every folder with a template.json and a truth.json below SIGHTLINE_SHARED_DATA
(or ../shared/data beside the checkout) is graded by `sightline grade FOLDER`,
once for every variant of its scans (sheet_variants.py). Printed are, for each
variant, how many fields are right, how many a person is asked about, and how
many are wrong without a word; sheets that were refused; CPU time and memory of
the server; and what OMRChecker itself read wrong on the untouched scans.

A template may itself contradict its form: where a template_fixed.json beside it
names the values of a field otherwise, a reading of the right bubble under the
template's name for it is counted by itself, as the template's mistake.
"""

import argparse
import collections
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import zlib

HERE = pathlib.Path(__file__).resolve()
sys.path.insert(0, str(HERE.parent))
sys.path.insert(0, str(HERE.parents[2] / "tests/end_to_end"))

import cv2  # noqa: E402
import numpy as np  # noqa: E402

import server  # noqa: E402
from omrchecker_folders_test import data_folder, samples  # noqa: E402
from sheet_variants import VARIANTS  # noqa: E402

OURS = {"truth.json", "bubbles.json", "geometry.json", "template_fixed.json"}


def marks_of(folder, sheet, truth):
    """Corners of the bubbles that are marked, in the file's pixels."""
    geometry = json.loads((folder / "geometry.json").read_text())
    entry = geometry["sheets"].get(sheet)
    if entry is None:
        return []
    to_file = np.linalg.inv(np.array(entry["raw_to_page"], float))
    boxes = json.loads((folder / "bubbles.json").read_text())["boxes"]
    marks = []
    for field, value, x, y, width, height in boxes:
        if value not in truth["fields"].get(field, ""):
            continue
        corners = np.array([[x, y], [x + width, y], [x + width, y + height],
                            [x, y + height]], float)
        marks.append(cv2.perspectiveTransform(corners[None], to_file)[0])
    return marks


def prepare(source, target, truth, variant, seed):
    """Copies what belongs to OMRChecker, scans changed by `variant`."""
    target.mkdir(parents=True)
    for path in source.iterdir():
        if path.name in OURS or path.is_dir():
            continue
        if path.name not in truth["sheets"]:
            shutil.copy(path, target / path.name)
            continue
        image = cv2.imread(str(path), cv2.IMREAD_COLOR)
        key = f"{source.name}/{path.name}/{variant}/{seed}"
        random = np.random.default_rng(zlib.crc32(key.encode()))
        if variant == "faint":
            marks = marks_of(source, path.name, truth["sheets"][path.name])
            image = VARIANTS[variant](image, random, marks)
        else:
            image = VARIANTS[variant](image, random)
        if variant == "as_is":
            shutil.copy(path, target / path.name)
        else:
            cv2.imwrite(str(target / path.name), image,
                        [cv2.IMWRITE_JPEG_QUALITY, 85])


def labels_of(block):
    """["b1..7"] is b1 to b7."""
    for label in block["fieldLabels"]:
        found = re.fullmatch(r"(.*?)(\d+)\.{2,3}(\d+)", label)
        if found is None:
            yield label
            continue
        for number in range(int(found[2]), int(found[3]) + 1):
            yield f"{found[1]}{number}"


def values_of(block):
    if "bubbleValues" in block:
        return block["bubbleValues"]
    kind = block.get("fieldType", "")
    if kind.startswith("QTYPE_INT"):
        first = 1 if kind.endswith("FROM_1") else 0
        return [str((first + i) % 10) for i in range(10)]
    return list("ABCDE"[:int(kind.removeprefix("QTYPE_MCQ") or 0)])


def misnamed(folder):
    """{field: {value: the template's name for it}}, where that is another one
    than the corrected template's."""
    corrected = folder / "template_fixed.json"
    if not corrected.is_file():
        return {}

    def names(path):
        blocks = json.loads(path.read_text())["fieldBlocks"]
        return {label: values_of(block) for block in blocks.values()
                for label in labels_of(block)}

    theirs = names(folder / "template.json")
    return {label: dict(zip(values, theirs[label]))
            for label, values in names(corrected).items()
            if label in theirs and values != theirs[label]}


class Tally:
    def __init__(self):
        self.misnamed = 0
        self.sheets = self.fields = self.right = self.asked = 0
        self.refused = []
        self.wrong = []
        self.reasons = collections.Counter()

    def add(self, name, read, truth, names):
        self.sheets += 1
        if read["error"] is not None:
            self.refused.append(f"{name}: {read['error']['reason']}")
            return
        for label, meant in truth["fields"].items():
            self.fields += 1
            answer = read["fields"].get(label)
            in_review = label in read["review"]
            self.asked += in_review
            if in_review:
                flags = read["flags"].get(label, ["unsure"])
                self.reasons[f"{name}: {' '.join(flags)}"] += 1
            self.right += answer == meant
            if answer != meant and not in_review and (
                    answer == names.get(label, {}).get(meant)):
                self.misnamed += 1
            elif answer != meant and not in_review and (
                    label not in truth["ambiguous"]):
                self.wrong.append(f"{name}: {label} is '{meant}', read "
                                  f"'{answer}'")


def cpu_ms(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1]
    user, system = fields.split()[11:13]
    return 1000 * (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def peak_mb(pid):
    text = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"^VmHWM:\s+(\d+)", text, re.M).group(1)) / 1024


def grade(bin_folder, folder, address):
    done = subprocess.run(
        [bin_folder / "sightline", "grade", folder, "--json", "--server",
         address], capture_output=True, text=True, check=False)
    for line in done.stdout.splitlines():
        read = json.loads(line)
        yield pathlib.Path(read["file"]).name, read


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("bin_folder", type=pathlib.Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--variants", default=",".join(VARIANTS))
    parser.add_argument("--samples", default="")
    parser.add_argument("--details", action="store_true")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--keep", type=pathlib.Path)
    arguments = parser.parse_args()
    bin_folder = arguments.bin_folder.resolve()
    data = data_folder()
    wanted = [name for name in arguments.samples.split(",") if name]
    folders = [folder for folder in (samples(data) if data.is_dir() else [])
               if not wanted or folder.name in wanted]
    if not folders:
        sys.exit(f"SKIPPED: no real sheets in {data} (SIGHTLINE_SHARED_DATA "
                 "names another folder)")
    rows = {}
    theirs = sum(
        len(sheet["omrchecker_wrong_fields"]) for folder in folders
        for sheet in json.loads((folder / "truth.json").read_text())
        ["sheets"].values())
    with tempfile.TemporaryDirectory() as name:
        place = arguments.keep or pathlib.Path(name)
        for variant in arguments.variants.split(","):
            tally = Tally()
            with server.Server(bin_folder / "sightline-omr", "--predrain",
                               "0s") as running:
                pid = running._process.pid
                for folder in folders:
                    truth = json.loads((folder / "truth.json").read_text())
                    names = misnamed(folder)
                    target = place / variant / folder.name
                    prepare(folder, target, truth, variant, arguments.seed)
                    for sheet, read in grade(bin_folder, target,
                                             running.address):
                        if sheet in truth["sheets"]:
                            tally.add(f"{folder.name}/{sheet}", read,
                                      truth["sheets"][sheet], names)
                rows[variant] = (tally, cpu_ms(pid) / max(1, tally.sheets),
                                 peak_mb(pid))
            if not arguments.json:
                print_row(variant, *rows[variant], header=len(rows) == 1)
                if arguments.details:
                    for line in tally.refused + tally.wrong:
                        print("   ", line)
                    for reason, count in sorted(tally.reasons.items()):
                        print(f"    {count:4} asked: {reason}")
                sys.stdout.flush()
    report(rows, theirs, arguments.json)


def print_row(variant, tally, cpu, peak, header):
    if header:
        print(f"{'variant':12}{'sheets':>7}{'refused':>8}{'fields':>7}"
              f"{'right':>7}{'asked':>7}{'wrong':>6}{'CPU ms':>8}{'peak MB':>8}")
    print(f"{variant:12}{tally.sheets:7}{len(tally.refused):8}"
          f"{tally.fields:7}{tally.right:7}{tally.asked:7}"
          f"{len(tally.wrong):6}{cpu:8.0f}{peak:8.1f}")


def report(rows, theirs, as_json):
    tallies = [row[0] for row in rows.values()]
    fields = max(1, sum(tally.fields for tally in tallies))
    asked = 100 * sum(tally.asked for tally in tallies) / fields
    wrong = sum(len(tally.wrong) for tally in tallies)
    refused = sum(len(tally.refused) for tally in tallies)
    by_template = sum(tally.misnamed for tally in tallies)
    if as_json:
        for figure, value, unit in (
                ("omr_real_silent_wrong_fields", wrong, "fields"),
                ("omr_real_misnamed_by_template", by_template, "fields"),
                ("omr_real_flagged_fields_pct", asked, "%"),
                ("omr_real_refused_sheets", refused, "sheets")):
            print(json.dumps({"figure": figure, "value": value, "unit": unit,
                              "peer": "OMRChecker, untouched scans",
                              "peer_value": theirs if "silent" in figure
                              else None}))
        return
    print(f"{fields} fields in all: {wrong} silently wrong, {by_template} as "
          f"their template misnames them, {asked:.1f} % on the review list; "
          f"{refused} sheets refused. OMRChecker's wrong fields on the "
          f"untouched scans: {theirs}")


if __name__ == "__main__":
    main()
