"""Generated frames, drawn by the program sea_frame_generator."""

import pathlib
import subprocess
import tempfile

import numpy as np


def read_netpbm(path):
    """Pixels of a binary netpbm file, height x width (x 3)."""
    data = path.read_bytes()
    kind, size, _, pixels = data.split(b"\n", 3)
    width, height = map(int, size.split())
    shape = (height, width, 3) if kind == b"P6" else (height, width)
    return np.frombuffer(pixels, np.uint8).reshape(shape)


def draw(generator, seed, count, side):
    """Frames and their classes: count x side x side x 3, count x side x side."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            [generator, "--out", folder, "--seed", str(seed), "--count",
             str(count), "--width", str(side), "--height", str(side)],
            check=True)
        folder = pathlib.Path(folder)
        names = [f"{seed + i:06d}" for i in range(count)]
        return (np.stack([read_netpbm(folder / f"{n}.ppm") for n in names]),
                np.stack([read_netpbm(folder / f"{n}.pgm") for n in names]))
