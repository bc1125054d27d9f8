"""What Tesseract reads, and how much of it is wrong."""

import csv
import dataclasses
import io
import os
import subprocess

import numpy as np
from PIL import Image

# A page that takes longer than any that is read at all; seconds.
TIMEOUT = 180


@dataclasses.dataclass
class Reading:
    """`errors` of `characters`: insertions, deletions and substitutions, never
    more than there are characters. Of a drawing's `strings`, `exact` are right
    to the last character."""

    errors: int
    characters: int
    exact: int = 0
    strings: int = 0
    timed_out: bool = False


def distance(read, truth):
    """Levenshtein's, a row at a time."""
    if not read or not truth:
        return len(read) + len(truth)
    read = np.frombuffer(read.encode("utf-32-le"), np.uint32)
    columns = np.arange(len(read) + 1)
    row = columns
    for i, character in enumerate(truth, 1):
        best = np.minimum(row[1:] + 1, row[:-1] + (read != ord(character)))
        row = np.concatenate(([i], best)) - columns
        row = np.minimum.accumulate(row) + columns
    return int(row[-1])


def one_line(text):
    return " ".join(text.split())


def tesseract(image, output):
    """The text, or the table of words (`output` "tsv"); None on a timeout."""
    file = io.BytesIO()
    image.save(file, "PNG", compress_level=1)
    try:
        return subprocess.run(
            ["tesseract", "stdin", "stdout", "-l", "eng", "--psm", "6",
             "--dpi", "150", output],
            input=file.getvalue(), stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, check=True, timeout=TIMEOUT,
            env={**os.environ, "OMP_THREAD_LIMIT": "1"},
        ).stdout.decode("utf-8", "replace")
    except subprocess.TimeoutExpired:
        return None


def read_text(image, truth):
    truth = one_line(truth)
    text = tesseract(image, "txt")
    errors = distance(one_line(text or ""), truth)
    return Reading(min(errors, len(truth)), len(truth),
                   timed_out=text is None)


def box_in(image, box, matrix):
    """Where the corners of `box` come to lie, as a box inside the image."""
    left, top, right, bottom = box
    corners = matrix @ np.array([[left, right, right, left],
                                 [top, top, bottom, bottom], [1, 1, 1, 1]])
    corners = corners[:2] / corners[2]
    (x0, y0), (x1, y1) = corners.min(axis=1), corners.max(axis=1)
    x0, y0 = max(0, int(np.floor(x0))), max(0, int(np.floor(y0)))
    return (x0, y0, max(x0 + 1, min(image.width, int(np.ceil(x1)))),
            max(y0 + 1, min(image.height, int(np.ceil(y1)))))


def read_strings(image, strings, matrix):
    """Cuts the strings' boxes out, which are known as a reader of drawings
    knows them, and shows them one below the other. `matrix`: from the boxes'
    pixels to the image's."""
    scale = float(np.sqrt(abs(np.linalg.det(matrix[:2, :2]))))
    margin, gap = round(20 * scale), max(1, round(8 * scale))
    crops = [np.asarray(image.crop(box_in(image, box, matrix)))
             for _, box in strings]
    width = max(crop.shape[1] for crop in crops) + 2 * margin
    rows, edges = [], [0]
    for crop in crops:
        height, crop_width = crop.shape
        row = np.full((height + gap, width), np.median(crop), np.uint8)
        row[gap // 2:gap // 2 + height, margin:margin + crop_width] = crop
        rows.append(row)
        edges.append(edges[-1] + row.shape[0])
    table = tesseract(Image.fromarray(np.vstack(rows)), "tsv")
    read = [[] for _ in strings]
    for word in csv.DictReader((table or "").splitlines(), delimiter="\t",
                               quoting=csv.QUOTE_NONE):
        if word["level"] != "5":
            continue
        middle = int(word["top"]) + int(word["height"]) / 2
        at = int(np.searchsorted(edges, middle, side="right")) - 1
        read[min(at, len(read) - 1)].append(word["text"])
    reading = Reading(0, 0, strings=len(strings), timed_out=table is None)
    for (truth, _), words in zip(strings, read):
        text = one_line(" ".join(words))
        reading.errors += min(distance(text, truth), len(truth))
        reading.characters += len(truth)
        reading.exact += text == truth
    return reading
