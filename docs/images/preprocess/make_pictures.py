#!/usr/bin/env python3
"""Makes the pictures of docs/preprocess.md: a page before and after a preset.

  scripts/packages bench end_to_end
  docs/images/preprocess/make_pictures.py build/release/bin

Draws pages as the benchmark does (bench/preprocess/ocr), spoils them, and has
`sightline preprocess --before_after` clean them: what is shown is what came
back. Pictures go beside this file.
"""

import pathlib
import random
import subprocess
import sys
import tempfile

import numpy as np
from PIL import Image

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
sys.path += [str(ROOT / "bench/preprocess/ocr"), str(ROOT / "tests/end_to_end")]

import degradations  # noqa: E402
import pages  # noqa: E402
import server  # noqa: E402

MOST_BYTES = 150_000
# What is cut out of a drawing, whose dimensions need the whole sheet.
DRAWING_PART = (20, 30, 490, 240)


def text(kinds):
    page = pages.text_page(random.Random("a page of docs"), 470, 240).image
    return spoilt(page, kinds)


def drawing(kinds):
    page = pages.drawing_page(random.Random("a drawing of docs")).image
    return spoilt(page, kinds).crop(DRAWING_PART)


def spoilt(page, kinds):
    for kind in kinds:
        page, _ = degradations.degrade(page, kind, np.random.default_rng(5))
    return page


PICTURES = {
    "auto": (text, ["skew", "shadow"]),
    "document": (text, ["gradient"]),
    "drawing": (drawing, ["noise_35"]),
    "seed_compat": (text, ["skew", "shadow"]),
}


def main(bin_folder):
    bin_folder = pathlib.Path(bin_folder).resolve()
    with tempfile.TemporaryDirectory() as made, server.Server(
            bin_folder / "sightline-preprocess") as running:
        for preset, (draw, kinds) in PICTURES.items():
            page = pathlib.Path(made) / f"{preset}.png"
            draw(kinds).save(page)
            subprocess.run(
                [bin_folder / "sightline", "preprocess", page, "--preset",
                 preset, "--before_after", "--out", f"{made}/out", "--server",
                 running.address], check=True)
            picture = HERE / f"{preset}.png"
            # 64 grays: fewer bytes, and no eye sees it.
            Image.open(f"{made}/out/{preset}-before_after.png").convert(
                "L").point(lambda gray: round(gray // 4 * 255 / 63)).save(
                    picture, optimize=True)
            if picture.stat().st_size > MOST_BYTES:
                sys.exit(f"{picture.name} has {picture.stat().st_size} bytes")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
