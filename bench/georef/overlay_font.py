"""Makes pictures of a TrueType font, for frames with a burned-in overlay.

  overlay_font.py FONT.ttf SIZE OUT.json

One picture for each character, in cells of the font's pitch, as coverage
0..255 (tests/support/overlay/drawn_font.h reads it). Fonts of fixed pitch only.
"""

import base64
import json
import sys

from PIL import Image, ImageDraw, ImageFont

CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.:'\"/°"


def main(path, size, out):
    font = ImageFont.truetype(path, int(size))
    advances = {round(font.getlength(c), 2) for c in CHARACTERS}
    if len(advances) != 1:
        sys.exit(f"{path} has no fixed pitch: {sorted(advances)}")
    width = round(advances.pop())
    ascent, descent = font.getmetrics()
    height = ascent + descent
    glyphs = {}
    for character in CHARACTERS:
        picture = Image.new("L", (width, height), 0)
        ImageDraw.Draw(picture).text((0, 0), character, fill=255, font=font)
        glyphs[character] = base64.b64encode(picture.tobytes()).decode()
    with open(out, "w", encoding="utf-8") as file:
        json.dump({"pitch": width, "cell_width": width, "cell_height": height,
                   "glyphs": glyphs}, file, ensure_ascii=False)


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
