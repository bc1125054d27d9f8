#!/usr/bin/env python3
"""Makes the pictures of docs/georef.md.

  scripts/packages bench browser end_to_end
  cmake --build --preset dev --target sightline sightline-georef \
      sea_frame_generator
  docs/images/georef/make_pictures.py build/dev/bin

Seas are drawn by a program and labelled by models/sea_slick, which has seen
none but such.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

from PIL import Image

HERE = pathlib.Path(__file__).resolve().parent
REPOSITORY = HERE.parents[2]
sys.path.insert(0, str(REPOSITORY / "tests/end_to_end"))

import browser  # noqa: E402
import server  # noqa: E402

ELLIPSOID = "HEIGHT_REFERENCE_ELLIPSOID"


def pose(number):
    """An aircraft that flies east and looks ever more straight down."""
    return {"longitude_deg": 9.18 + 0.02 * number, "latitude_deg": 54.9,
            "height": {"metres": 1200, "reference": ELLIPSOID},
            "heading": {"degrees": 30, "reference": "NORTH_REFERENCE_TRUE"},
            "pitch_deg": 1, "roll_deg": 0.5, "sensor_azimuth_deg": 0,
            "sensor_elevation_deg": -60 - 10 * number, "sensor_roll_deg": 0,
            "horizontal_field_of_view_deg": 40,
            "ground": {"metres": 0, "reference": ELLIPSOID}}


def main(bin_folder):
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        frames, poses, out = (folder / n for n in ("frames", "poses", "map"))
        frames.mkdir()
        poses.mkdir()
        subprocess.run([bin_folder / "sea_frame_generator", "--out",
                        folder / "drawn", "--seed", "5", "--count", "4",
                        "--width", "1280", "--height", "960"], check=True)
        for number, drawn in enumerate(sorted(folder.glob("drawn/*.ppm"))):
            name = f"frame-{number + 1}"
            Image.open(drawn).save(frames / (name + ".png"))
            (poses / (name + ".json")).write_text(json.dumps(pose(number)))
        with server.Server(bin_folder / "sightline-georef", "--predrain", "0s",
                           "--models",
                           str(REPOSITORY / "models/sea_slick")) as running:
            subprocess.run(
                [bin_folder / "sightline", "georef", "frames", "--pose",
                 "poses", "--min_area", "100", "--out", "map", "--server",
                 running.address], check=True, cwd=folder)
        picture = Image.open(out / "frame-1.overlay.jpg")
        picture.resize((960, 720)).save(HERE / "overlay.jpg", quality=80)
        with browser.Browser(browser.find()) as page:
            page.resize(1200, 760)
            page.open((out / "map.html").as_uri())
            page.evaluate("document.querySelectorAll('#list tbody tr')[3]"
                          ".click()")
            page.screenshot(str(folder / "map.png"))
        Image.open(folder / "map.png").convert("RGB").quantize(128).save(
            HERE / "map.png", optimize=True)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(pathlib.Path(sys.argv[1]).resolve())
